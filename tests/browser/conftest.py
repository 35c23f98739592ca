"""One Chromium for all browser tests, one window of each engine for some, and a place to serve pages from.

The browser and the server live on the event loop of the session; tests that use them say so by
``pytestmark = pytest.mark.asyncio(loop_scope="session")``.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import WSMsgType, web
from playwright.async_api import Browser, Page, async_playwright, expect

from hyper import runtime_js

from .chromium import ARGUMENTS, CHROMIUM
from .engines import ENGINES, MISSING, Window
from .live import Client, Live
from .waiting import WAIT_S

expect.set_options(timeout=WAIT_S * 1000)

PAGE = """<!doctype html><meta charset="utf-8"><title>Test</title><link rel="icon" href="data:,">
{head}{body}<script type="module" src="/_live/client.js"></script>"""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """A running Chromium; tests are skipped where there is none."""
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no Chromium at {CHROMIUM}: install it, or name it in CHROMIUM")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session", params=ENGINES)
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Window]:
    """A window of each engine; tests are skipped where one is not installed."""
    if request.param in MISSING:
        pytest.skip(MISSING[request.param])
    async with ENGINES[request.param]() as window:
        yield window


def built(name: str) -> str:
    return (Path(runtime_js.__file__).parent / name).read_text("utf-8")


def open_gate() -> asyncio.Event:
    gate = asyncio.Event()
    gate.set()
    return gate


@dataclass
class Site:
    """A server of one page, and of a socket that a test talks over itself."""

    address: str = ""
    body: str = ""
    head: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)
    received: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """The files besides the first that pages have asked for."""
    missing: set[str] = field(default_factory=set)
    """Those that are not there."""
    is_open: asyncio.Event = field(default_factory=open_gate)
    """Until it is set, they do not come."""
    answer: Callable[[web.WebSocketResponse, Any], Coroutine[Any, Any, None]] | None = None
    """Called with each message that a page sends."""

    async def send_page(self, _: web.Request) -> web.Response:
        text = PAGE.format(head=self.head, body=self.body)
        return web.Response(text=text, content_type="text/html", headers=self.headers)

    async def send_client(self, _: web.Request) -> web.Response:
        return web.Response(text=built("hyper-live.js"), content_type="text/javascript")

    async def send_patcher(self, _: web.Request) -> web.Response:
        return web.Response(text=runtime_js.source(), content_type="text/javascript")

    async def send_part(self, request: web.Request) -> web.Response:
        """What the client loads later, once the test lets it."""
        part = request.match_info["part"]
        self.asked.append(part)
        await self.is_open.wait()
        if part in self.missing:
            raise web.HTTPNotFound
        return web.Response(text=built(f"hyper-live-{part}.js"), content_type="text/javascript")

    async def talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.sockets.append(socket)
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self.received.append(message.json())
                if self.answer is not None:
                    await self.answer(socket, self.received[-1])
        return socket


@asynccontextmanager
async def serve() -> AsyncIterator[Site]:
    site = Site()
    app = web.Application()
    app.add_routes(
        [
            web.get("/", site.send_page),
            web.get("/_live/client.js", site.send_client),
            web.get("/_live/patcher.js", site.send_patcher),
            web.get("/_live/{part:editing|forms|modifiers}-{digest}.js", site.send_part),
            web.get("/_live/{part:extras}.js", site.send_part),
            web.get("/_live/ws", site.talk),
            web.static("/js", Path(__file__).parents[1] / "js"),
            web.static("/", Path(__file__).parent),
        ]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    site.address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield site
    finally:
        for socket in site.sockets:
            await socket.close()
        await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    """Serves what the test puts into it."""
    async with serve() as site:
        yield site


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """An empty page of its own; what its scripts throw or complain of fails the test."""
    context = await chromium.new_context()
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    await context.close()
    assert problems == []


@pytest_asyncio.fixture(loop_scope="session")
async def live(site: Site, page: Page) -> Live:
    """A page with a live component, whose server the test plays."""
    return Live(site, page)


@pytest_asyncio.fixture(loop_scope="session")
async def client(site: Site, page: Page) -> Client:
    """A page whose one root is patched by the client alone."""
    await page.goto(site.address)
    await page.evaluate("async () => { window.client = await import('/_live/patcher.js') }")
    return Client(page)
