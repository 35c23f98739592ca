"""The visitor's session: a cookie of ours, or what aiohttp-session keeps."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from markupsafe import Markup

import hyper
from hyper.transport.limits import Limits
from hyper.transport.tokens import Signer, hash_session
from hyper.transport.visitors import COOKIE_PREFIX, without_session
from hyper.web.app import LIVE, setup

from .fakes import SECRET, FakeClock

pytestmark = pytest.mark.filterwarnings("ignore::aiohttp.web.NotAppKeyWarning")  # aiohttp-session's own keys
SESSIONS = ["cookie", "aiohttp-session"]


@hyper.live
def page_of_visitors():
    def nothing(): ...

    return Markup('<p @click="nothing">hello</p>')


async def index(request: web.Request) -> web.Response:
    return hyper.page(await hyper.mount(request, page_of_visitors))


async def who(request: web.Request) -> web.Response:
    visit = await request.app[LIVE].server.visitors.of_socket(request)
    return web.json_response(visit)


async def renew(request: web.Request) -> web.Response:
    await hyper.renew_session(request)
    if "new" in request.query:
        import aiohttp_session

        await aiohttp_session.new_session(request)
    return web.Response()


@asynccontextmanager
async def browser_of(sessions: str = "cookie", **options: Any) -> AsyncIterator[TestClient[Any, Any]]:
    app = web.Application()
    if sessions == "aiohttp-session":
        library = pytest.importorskip("aiohttp_session")
        library.setup(app, library.SimpleCookieStorage(max_age=options.pop("max_age", None)))
    setup(app, **{"secret": SECRET, **options})
    app.add_routes([web.get("/", index), web.get("/who", who), web.get("/renew", renew)])
    async with TestClient(TestServer(app)) as client:
        yield client


async def who_is(client: TestClient[Any, Any]) -> tuple[str, float | None]:
    async with client.get("/who") as response:
        session_hash, lasts_s, *_ = await response.json()
    return session_hash, lasts_s


async def load(client: TestClient[Any, Any], path: str = "/") -> None:
    async with client.get(path) as response:
        assert response.status == 200


@pytest.mark.parametrize("sessions", SESSIONS)
async def test_a_page_begins_a_session_and_the_next_one_goes_on_with_it(sessions: str) -> None:
    async with browser_of(sessions) as client:
        assert (await who_is(client))[0] == ""
        await load(client)
        first, _ = await who_is(client)
        assert first
        await load(client)
        assert (await who_is(client))[0] == first


async def test_where_the_application_has_sessions_there_is_no_second_cookie() -> None:
    async with browser_of("aiohttp-session") as client:
        await load(client)
        assert {cookie.key for cookie in client.session.cookie_jar} == {"AIOHTTP_SESSION"}


async def test_a_session_of_the_application_ends_when_that_says_so() -> None:
    async with browser_of("aiohttp-session", max_age=500) as client:
        await load(client)
        _, lasts_s = await who_is(client)
        assert lasts_s is not None
        assert 0 < lasts_s <= 500


@pytest.mark.parametrize("path", ["/renew", "/renew?new"])
@pytest.mark.parametrize("sessions", SESSIONS)
async def test_a_renewed_session_is_another_and_the_old_cookie_is_nobodys(sessions: str, path: str) -> None:
    if path == "/renew?new" and sessions == "cookie":
        return
    async with browser_of(sessions) as client:
        await load(client)
        old, _ = await who_is(client)
        cookies = {cookie.key: cookie.value for cookie in client.session.cookie_jar}
        await load(client, path)
        await load(client)
        new, _ = await who_is(client)
        assert new not in ("", old)
        client.session.cookie_jar.clear()
        client.session.cookie_jar.update_cookies(cookies)
        assert (await who_is(client))[0] not in (old, new)
        await load(client)
        assert (await who_is(client))[0] not in (old, new)


class Site:
    """A browser's cookie at several times."""

    def __init__(self, client: TestClient[Any, Any], age_s: float) -> None:
        self.clock = FakeClock(time.time())
        self.client = client
        app = client.app
        assert app is not None
        self.signer = Signer([SECRET], Limits(session_age_s=age_s), clock=self.clock)
        app[LIVE].server.visitors._signer = self.signer

    def cookie(self) -> str:
        return next(
            cookie.value for cookie in self.client.session.cookie_jar if cookie.key.startswith(COOKIE_PREFIX)
        )


async def test_a_session_is_over_after_its_time() -> None:
    async with browser_of(limits=Limits(session_age_s=1000, token_leeway_s=0)) as client:
        site = Site(client, 1000)
        await load(client)
        old, lasts_s = await who_is(client)
        assert lasts_s is not None
        assert 998 <= lasts_s <= 1001
        site.clock.now_s += 1100
        assert (await who_is(client))[0] != old
        await load(client)
        assert (await who_is(client))[0] != old


async def test_a_session_whose_id_does_not_say_when_it_began_goes_on() -> None:
    async with browser_of() as client:
        site = Site(client, 1000)
        await load(client)
        (cookie,) = [one for one in client.session.cookie_jar if one.key.startswith(COOKIE_PREFIX)]
        signed = site.signer.sign("session", "an-id-and-no-more")
        client.session.cookie_jar.clear()
        client.session.cookie_jar.update_cookies({cookie.key: signed}, client.make_url("/"))
        await load(client)
        assert (await who_is(client))[0] == hash_session("an-id-and-no-more")
        assert site.cookie() == signed


async def test_a_page_that_is_loaded_makes_it_last_longer() -> None:
    async with browser_of(limits=Limits(session_age_s=1000)) as client:
        site = Site(client, 1000)
        await load(client)
        old, _ = await who_is(client)
        first = site.cookie()
        site.clock.now_s += 400
        await load(client)
        assert site.cookie() == first, "more than half of its time is left"
        site.clock.now_s += 400
        await load(client)
        assert site.cookie() != first
        site.clock.now_s += 800
        assert (await who_is(client))[0] == old


async def test_a_request_anew_has_its_session_read_again() -> None:
    library = pytest.importorskip("aiohttp_session")
    reads: list[dict[str, object]] = []

    async def look(request: web.Request) -> web.Response:
        (await library.get_session(request))["seen"] = True
        for again in (request, without_session(request)):
            reads.append(dict(await library.get_session(again)))
        return web.Response()

    app = web.Application()
    library.setup(app, library.SimpleCookieStorage())
    app.router.add_get("/", look)
    async with TestClient(TestServer(app)) as client:
        await load(client)
    assert reads == [{"seen": True}, {}]
