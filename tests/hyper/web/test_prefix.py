"""Pages behind a proxy that takes a prefix off the path: every address in them, and in what answers their forms."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.errors import AuthorError
from hyper.web.app import runtime_url

SECRET = "a secret of the tests"
SAID = {"X-Forwarded-Prefix": "/shop"}


@hyper.live(fallback="htmx")
def basket():
    count = 0

    def add():
        nonlocal count
        count += 1

    def pay():
        raise web.HTTPSeeOther("receipt")

    return Markup(f'<p>{count}</p><button @click="add">+</button><button @click="pay">€</button>')


@hyper.live
def letter():
    def write(text: str = ""): ...

    return Markup('<form @submit="write"><input name="text"></form><p @keydown.escape="write">-</p>')


class Visitor:
    """Somebody in front of the proxy, who knows the page by its outer address."""

    def __init__(self, origin: str, session: aiohttp.ClientSession, app: web.Application) -> None:
        self.origin = origin
        self.session = session
        self.app = app

    async def html(self, path: str, **headers: str) -> str:
        async with self.session.get(self.origin + path, headers=headers) as response:
            assert response.status == 200
            return await response.text()

    async def post(self, html: str, handler: str, **headers: str) -> aiohttp.ClientResponse:
        """Post the form of a page as its proxy passes it on."""
        url = unescape(re.findall(rf'formaction="([^"]*do={handler}\.[^"]*)"', html)[0])
        data = {"_live": re.findall(r'name="_live" value="(.*?)"', html)[0]}
        inner = url.removeprefix("/shop")
        assert inner.startswith("/_live/post?")
        headers["Origin"] = self.origin
        return await self.session.post(self.origin + inner, data=data, headers=headers, allow_redirects=False)


@asynccontextmanager
async def visiting(**options: Any) -> AsyncIterator[Visitor]:
    async def show(request: web.Request) -> web.Response:
        component = basket if request.path.endswith("basket") else letter
        head = f'<meta name="script" content="{runtime_url(request)}">'
        return hyper.page(await hyper.mount(request, component), head=head)

    app = web.Application()
    hyper.setup(app, **{"secret": SECRET, **options})
    app.router.add_get("/{path:.*}", show)
    async with TestServer(app, host="127.0.0.1") as server:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Visitor(f"http://127.0.0.1:{server.port}", session, app)


def addresses(html: str) -> list[str]:
    return [unescape(found) for found in re.findall(r'(?:src|href|action|hx-post|content)="(/[^"]*)"', html)]


@pytest.mark.parametrize("path", ["/basket", "/letter", "/deep/er/basket"])
@pytest.mark.parametrize(
    ("options", "headers"),
    [({"proxies": ["127.0.0.1"]}, SAID), ({"prefix": "/shop"}, {}), ({"prefix": "/shop/"}, {})],
    ids=["said", "given", "given with a slash"],
)
async def test_all_addresses_of_a_page_begin_with_the_prefix(
    path: str, options: dict[str, Any], headers: dict[str, str]
) -> None:
    async with visiting(**options) as visitor:
        found = addresses(await visitor.html(path, **headers))
        assert len(found) >= 3
        assert [address for address in found if not address.startswith("/shop/_live/")] == []
        for address in found:
            if address.partition("?")[0].endswith(".js"):
                assert re.search("import|export", await visitor.html(address.removeprefix("/shop")))


@pytest.mark.parametrize(
    ("options", "headers"),
    [
        ({}, SAID),
        ({"proxies": ["10.0.0.1"]}, SAID),
        ({"proxies": ["127.0.0.1"]}, {"X-Forwarded-Prefix": "//evil.test"}),
        ({"proxies": ["127.0.0.1"]}, {"X-Forwarded-Prefix": '/"><script>'}),
        ({"proxies": ["127.0.0.1"], "prefix": ""}, SAID),
    ],
    ids=["no proxy", "another proxy", "another host", "markup", "none given"],
)
async def test_a_header_that_is_not_believed_changes_nothing(
    options: dict[str, Any], headers: dict[str, str]
) -> None:
    async with visiting(**options) as visitor:
        for path in ("/basket", "/letter"):
            html = await visitor.html(path, **headers)
            assert all(address.startswith("/_live/") for address in addresses(html))
            assert "evil" not in html
            assert "<script>" not in html


@pytest.mark.parametrize("path", ["/basket", "/deep/basket?size=2&color=a%26b"])
async def test_a_posted_form_leads_back_to_its_page(path: str) -> None:
    async with visiting(proxies=["127.0.0.1"]) as visitor:
        html = await visitor.html(path, **SAID)
        answer = await visitor.post(html, "add", **SAID)
        location = answer.headers["Location"]
        assert (answer.status, location.startswith(f"/shop{path}")) == (303, True)
        again = await visitor.html(location.removeprefix("/shop"), **SAID)
        assert "<p>1</p>" in again
        assert location.count("/shop") == 1
        answer = await visitor.post(again, "add", **SAID)
        assert answer.headers["Location"].startswith(f"/shop{path}")


async def test_a_relative_redirect_of_a_handler_stays_below_the_prefix() -> None:
    async with visiting(prefix="/shop") as visitor:
        html = await visitor.html("/deep/basket")
        answer = await visitor.post(html, "pay")
        assert answer.headers["Location"] == "/shop/deep/receipt"
        html = await visitor.html("/deep/basket")
        answer = await visitor.post(html, "pay", **{"HX-Request": "true"})
        assert answer.headers["HX-Redirect"] == "/shop/deep/receipt"


@pytest.mark.parametrize("around", ["/shop/cart?size=2", "/shop/", "/shop?a=1", "/shopping"])
async def test_what_htmx_fetched_leads_back_to_the_page_around_it(around: str) -> None:
    async with visiting(prefix="/shop") as visitor:
        headers = {"HX-Request": "true", "HX-Current-URL": f"https://example.com{around}"}
        answer = await visitor.post(await visitor.html("/basket", **headers), "add", **headers)
        kept = answer.headers["HX-Replace-Url"]
        path = {"/shop?a=1": "/shop/?a=1", "/shopping": "/shop/shopping"}.get(around, around)
        assert kept.startswith(f"{path}{'&' if '?' in path else '?'}_live=")


async def test_an_address_that_htmx_says_leads_to_no_other_host() -> None:
    async with visiting(proxies=["127.0.0.1"]) as visitor:
        headers = {"HX-Request": "true", "HX-Current-URL": "https://example.com/shop//evil.test/a"}
        html = await visitor.html("/basket", **headers, **SAID)
        answer = await visitor.post(html, "add")  # without the header: what was kept stands alone
        assert answer.headers["Location"].startswith("/evil.test/a?")


async def test_the_path_of_a_component_is_the_same_before_and_after_a_restart() -> None:
    """It is the one that the application routes, without the prefix."""
    seen: list[str] = []

    @hyper.live(name="page_with_a_path", fallback="htmx")
    def looking():
        def look(): ...

        return Markup('<button @click="look">look</button>')

    async def show(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, looking))

    app = web.Application()
    live = hyper.setup(app, secret=SECRET, prefix="/shop")
    app.router.add_get("/look", show)
    async with (
        TestServer(app, host="127.0.0.1") as server,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session,
    ):
        visitor = Visitor(f"http://127.0.0.1:{server.port}", session, app)
        html = await visitor.html("/look")
        for runner in list(live.process.mounts):
            seen.append(runner.context.path)
            live.process.mounts.remove(runner)
            await runner.close()
        await visitor.post(html, "look")
        seen += [runner.context.path for runner in live.process.mounts]
    assert seen == ["/look", "/look"]


async def test_the_environment_gives_a_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPER_PREFIX", "/shop")
    async with visiting() as visitor:
        assert runtime_url(visitor.app).startswith("/shop/_live/runtime-")
    monkeypatch.setenv("HYPER_PREFIX", "//evil.test")
    with pytest.raises(AuthorError, match="HYPER_PREFIX"):
        hyper.setup(web.Application(), secret=SECRET)


@pytest.mark.parametrize("prefix", ["//evil.test", "shop", '/"', "/a/../b", "/" + "a" * 200])
def test_what_is_no_prefix_is_refused_at_the_start(prefix: str) -> None:
    with pytest.raises(AuthorError, match="such as '/shop'"):
        hyper.setup(web.Application(), secret=SECRET, prefix=prefix)
