"""The name of the session cookie: browsers send cookies to all ports of a host, so each application has its own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.errors import AuthorError
from hyper.transport.visitors import MAX_COOKIES
from hyper.web.app import LIVE

HTTPS = {"X-Forwarded-Proto": "https"}
BEHIND_TLS = {"proxies": ["127.0.0.1"]}


@hyper.live
def page_with_a_cookie():
    def nothing(): ...

    return Markup('<p @click="nothing">hello</p>')


async def index(request: web.Request) -> web.Response:
    return hyper.page(await hyper.mount(request, page_with_a_cookie))


async def who(request: web.Request) -> web.Response:
    visit = await request.app[LIVE].server.visitors.of_socket(request)
    return web.Response(text=visit.session_hash)


async def log_in(request: web.Request) -> web.Response:
    await hyper.renew_session(request)
    return web.Response()


def application(**options: Any) -> web.Application:
    app = web.Application()
    hyper.setup(app, **options)
    app.add_routes([web.get("/", index), web.get("/who", who), web.get("/log-in", log_in)])
    return app


class Browser(NamedTuple):
    """A browser at some applications of one host."""

    session: ClientSession
    addresses: list[str]

    async def get(self, application: int, path: str = "/", **options: Any) -> str:
        async with self.session.get(f"{self.addresses[application]}{path}", **options) as response:
            assert response.status == 200
            return await response.text()

    async def set_cookies(self, application: int, **headers: str) -> list[str]:
        """The ``Set-Cookie`` headers of a page."""
        async with self.session.get(self.addresses[application], headers=headers) as response:
            assert response.status == 200
            return response.headers.getall("Set-Cookie", [])

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.session.cookie_jar}


@asynccontextmanager
async def browsing(*applications: web.Application) -> AsyncIterator[Browser]:
    async with AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(TestServer(app)) for app in applications]
        session = await stack.enter_async_context(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        yield Browser(session, [f"http://127.0.0.1:{server.port}" for server in servers])


@pytest.mark.parametrize(
    "options",
    [
        ({}, {}),
        ({"secret": "one of them" * 4}, {"secret": "the other" * 4}),
        ({"secret": "for both" * 4, "cookie": "shop"}, {"secret": "for both" * 4, "cookie": "blog"}),
    ],
    ids=["no secret", "two secrets", "two names"],
)
async def test_two_applications_of_a_host_do_not_log_each_other_out(options: Any) -> None:
    async with browsing(*[application(**each) for each in options]) as browser:
        for each in (0, 1):
            await browser.get(each)
        before = [await browser.get(each, "/who") for each in (0, 1)]
        assert before[0]
        await browser.get(1, "/log-in")
        assert [await browser.get(0), await browser.get(0, "/who")][1] == before[0]
        assert await browser.get(1, "/who") not in ("", before[1])


async def test_two_applications_below_one_address_do_not_log_each_other_out() -> None:
    app = web.Application()
    for path in ("/shop", "/blog"):
        app.add_subapp(path, application(secret=path * 8))
    async with browsing(app) as browser:
        await browser.get(0, "/shop/")
        before = await browser.get(0, "/shop/who")
        await browser.get(0, "/blog/")
        await browser.get(0, "/blog/log-in")
        assert await browser.get(0, "/shop/who") == before


@pytest.mark.parametrize("newest", [["new" * 9, "old" * 9], ["newer" * 9, "new" * 9, "old" * 9]])
async def test_a_new_secret_before_the_old_one_keeps_sessions(newest: list[str]) -> None:
    async with browsing(application(secret="old" * 9), application(secret=newest)) as browser:
        await browser.get(0)
        before = await browser.get(0, "/who")
        await browser.get(1)
        assert await browser.get(1, "/who") == before


async def test_workers_of_one_run_have_one_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPER_RUN_SECRET", "of all workers" * 3)
    async with browsing(application(), application()) as browser:
        await browser.get(0)
        await browser.get(1)
        assert await browser.get(0, "/who") == await browser.get(1, "/who") != ""
        assert len(browser.cookies) == 1


async def test_on_https_the_cookie_is_bound_to_its_host() -> None:
    async with browsing(application(cookie="shop", **BEHIND_TLS)) as browser:
        (secure,) = await browser.set_cookies(0, **HTTPS)
        (plain,) = await browser.set_cookies(0)
    assert secure.startswith("__Host-hyper-shop=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(secure.split("; "))
    assert "Domain" not in secure
    assert plain.startswith("hyper-shop=")
    assert "Secure" not in plain


@pytest.mark.parametrize(
    ("name", "headers", "is_known"),
    [
        ("__Host-hyper-shop", HTTPS, True),
        ("hyper-shop", HTTPS, False),
        ("hyper-shop", {}, True),
        ("__Host-hyper-shop", {}, False),
        ("hyper_session", {}, False),
        ("hyper-blog", {}, False),
    ],
)
async def test_only_the_cookie_of_the_scheme_is_read(
    name: str, headers: dict[str, str], is_known: bool
) -> None:
    """A page of another port, or of http, can set a cookie without ``__Host-``, but not one with it."""
    async with browsing(application(cookie="shop", **BEHIND_TLS)) as browser:
        await browser.get(0)
        token = browser.cookies["hyper-shop"]
        before = await browser.get(0, "/who")
        browser.session.cookie_jar.clear()
        sent = {"Cookie": f"{name}={token}", **headers}
        assert (await browser.get(0, "/who", headers=sent) == before) is is_known


async def test_where_origins_say_https_the_cookie_is_that_of_https() -> None:
    app = application(cookie="shop", origins=["https://example.com"])
    async with browsing(app) as browser:
        (cookie,) = await browser.set_cookies(0, Host="example.com")
        assert cookie.startswith("__Host-hyper-shop=")
        sent = {"Cookie": cookie.partition(";")[0], "Host": "example.com"}
        assert await browser.get(0, "/who", headers=sent)


@pytest.mark.parametrize("cookie", ["", "a b", "a;b", "a=b", "ü", "a" * 65, "a\r\nb"])
def test_a_name_that_no_cookie_can_have_is_refused(cookie: str) -> None:
    with pytest.raises(AuthorError, match=r"setup\(cookie="):
        application(cookie=cookie)


async def test_cookies_of_applications_that_are_no_more_do_not_pile_up() -> None:
    """Without a secret each start has a name of its own; a head with all of them would be refused one day."""
    async with browsing(application()) as browser:
        old = "; ".join(f"hyper-{number:016}={'x' * 90}" for number in range(MAX_COOKIES + 2))
        removed = await browser.set_cookies(0, Cookie=f"theirs=1; {old}; __Host-hyper-z=1; hyperbole=1")
    names = [cookie.partition("=")[0] for cookie in removed if "Max-Age=0" in cookie]
    assert names == ["hyper-0000000000000000", "hyper-0000000000000001", "hyper-0000000000000002"]
