"""One page in two tabs, and pages that are left and come back to: Chromium's own ways with a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

import hyper
from hyper.testing.sources import one
from hyper.web.app import LIVE

from .waiting import WAIT_S

pytestmark = pytest.mark.asyncio(loop_scope="session")
TIMES = 10
COUNTER = """
ran = []

@live
def counter():
    count = 0
    def add():
        nonlocal count
        ran.append(count)
        count += 1
    t'<p>{count}</p><button @click="add">+</button>'
"""


class Shop:
    """A site with a page that counts, and one without anything live."""

    def __init__(self, component: Any) -> None:
        self.component = component
        self.ran: list[int] = component.function.__globals__["ran"]
        self.app = web.Application()
        hyper.setup(self.app, secret="of this test")
        self.app.add_routes(
            [web.get("/", self._show), web.get("/same", self._show_same), web.get("/about", self._about)]
        )
        self.address = ""
        self.shown = ""
        self.loads = 0

    @property
    def sockets(self) -> int:
        return len(self.app[LIVE].process.connections)

    async def _show(self, request: web.Request) -> web.Response:
        self.loads += 1
        response = hyper.page(await hyper.mount(request, self.component))
        self.shown = response.text or ""
        return response

    async def _show_same(self, _: web.Request) -> web.Response:
        return web.Response(text=self.shown, content_type="text/html")

    async def _about(self, _: web.Request) -> web.Response:
        return web.Response(text="<a href='/'>Back</a>", content_type="text/html")


@pytest_asyncio.fixture(loop_scope="session")
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    shop = Shop(one(tmp_path, COUNTER))
    runner = web.AppRunner(shop.app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    shop.address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield shop
    await runner.cleanup()


async def click(page: Page) -> None:
    """One click is one step, whatever the page was before."""
    await expect(page.locator(".live-connected")).to_have_count(1)
    count = int(await page.locator("p").inner_text())
    await page.locator("button").click()
    await expect(page.locator("p")).to_have_text(str(count + 1))


async def test_back_and_forward(shop: Shop, page: Page) -> None:
    await page.goto(shop.address)
    for number in range(1, TIMES + 1):
        await click(page)
        assert len(shop.ran) == number, "one click, one call"
        await page.goto(f"{shop.address}about")
        await page.go_back()
    await click(page)
    assert len(shop.ran) == TIMES + 1
    async with asyncio.timeout(WAIT_S):
        while shop.sockets > 1:
            await asyncio.sleep(0.05)


async def test_the_same_page_in_two_tabs(chromium: Browser, shop: Shop) -> None:
    """As after duplicating a tab from a cache: both hold one token. The newer shows the page, the older waits."""
    context = await chromium.new_context()
    try:
        older = await context.new_page()
        await older.goto(shop.address)
        await click(older)
        newer = await context.new_page()
        await newer.goto(f"{shop.address}same")
        await expect(newer.locator("p")).to_have_text("1")
        await click(newer)
        await expect(older.locator(".live-disconnected")).to_have_count(1)
        await older.wait_for_timeout(1_500)
        await expect(older.locator(".live-disconnected")).to_have_count(1)
        await expect(newer.locator(".live-connected")).to_have_count(1)
        await older.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
        await expect(older.locator("p")).to_have_text("2")
        await click(older)
        await expect(newer.locator(".live-disconnected")).to_have_count(1)
        assert shop.ran == [0, 1, 2]
        assert shop.loads == 1
    finally:
        await context.close()
