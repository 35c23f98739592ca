"""A browser without scripts, as far as a server sees one, and a component to try it on."""

from __future__ import annotations

import html as html_module
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.vdom import Element, iter_nodes, parse_html
from hyper.web.app import LIVE

SECRET = "a secret of the tests"


class Window:
    """One page as a browser without scripts has it."""

    def __init__(self, browser: Browser, path: str) -> None:
        self.browser = browser
        self.path = path
        self.html = ""
        self.answer: Any = None

    async def load(self) -> Window:
        async with self.browser.session.get(self.browser.origin + self.path) as response:
            assert response.status == 200, await response.text()
            self._take(response, await response.text())
        return self

    def _take(self, response: aiohttp.ClientResponse, text: str) -> None:
        self.answer, self.html, self.path = response, text, str(response.url.relative())

    def elements(self, tag: str) -> Iterator[Element]:
        for node in iter_nodes(parse_html(self.html)):
            if isinstance(node, Element) and node.tag == tag:
                yield node

    def text(self, tag: str = "p") -> str:
        found = re.search(rf"<{tag}[^>]*>(.*?)</{tag}>", self.html, re.DOTALL)
        assert found is not None, self.html
        return html_module.unescape(found[1]).strip()

    @property
    def notice(self) -> str:
        found = re.search(r'<p class="live-notice"[^>]*>(.*?)</p>', self.html)
        return html_module.unescape(found[1]) if found else ""

    def url_of(self, handler: str, number: int = 0) -> str:
        return re.findall(rf'(?<![\w-])(?:form)?action="(/[^"]*post\?do={handler}\.[^"]*)"', self.html)[
            number
        ]

    def token(self, number: int = 0) -> str:
        """Of the form of the component with that number; each has one here."""
        return re.findall(r'name="_live" value="(.*?)"', self.html)[number]

    async def post(self, url: str, _htmx: bool = False, _number: int = 0, **fields: Any) -> Window:
        headers = {"Origin": self.browser.origin, **({"HX-Request": "true"} if _htmx else {})}
        pairs = [
            (name, item)
            for name, value in fields.items()
            for item in ([value] if isinstance(value, str) else value)
        ]
        data = [("_live", self.token(_number)), *pairs]
        async with self.browser.session.post(
            self.browser.origin + url, data=data, headers=headers
        ) as response:
            assert response.status == 200, (response.status, await response.text())
            self._take(response, await response.text())
        return self

    async def click(self, handler: str, number: int = 0, **fields: Any) -> Window:
        return await self.post(self.url_of(handler, number), _number=number, **fields)


class Browser:
    """A visitor's browser: cookies, and windows."""

    def __init__(self, app: web.Application, origin: str, session: aiohttp.ClientSession) -> None:
        self.app = app
        self.origin = origin
        self.session = session

    async def open(self, path: str = "/") -> Window:
        return await Window(self, path).load()

    @property
    def mounts(self) -> Any:
        return self.app[LIVE].process.mounts

    async def forget(self) -> None:
        """Let every mount be gone, as after a restart."""
        for runner in self.mounts:
            self.mounts.remove(runner)
            await runner.close()


@asynccontextmanager
async def browsing(
    component: Any, *, times: int = 1, prefix: str = "", **options: Any
) -> AsyncIterator[Browser]:
    async def index(request: web.Request) -> web.Response:
        props = {name: int(value) for name, value in request.query.items() if name == "start"}
        body = [await hyper.mount(request, component, **props) for _ in range(times)]
        return hyper.page(Markup("").join(body))

    app = live = web.Application()
    if prefix:
        live = web.Application()
    hyper.setup(live, **{"secret": SECRET, **options}).register(component)
    live.router.add_get("/", index)
    live.router.add_get("/{tail:.*}", index)
    if prefix:
        app.add_subapp(prefix, live)
    async with TestServer(app, host="127.0.0.1") as server:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Browser(live, f"http://127.0.0.1:{server.port}", session)


@hyper.live(fallback="htmx")
def counter(start: int = 0):
    count = start

    def increment():
        nonlocal count
        count += 1

    def fail():
        raise ZeroDivisionError("on purpose")

    return Markup(
        f'<p>Count: {count}</p><button @click="increment">+</button><button @click="fail">!</button>'
    )
