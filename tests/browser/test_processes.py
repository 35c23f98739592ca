"""The chat in two browsers, whose pages are in two processes that share a real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.hyper.conftest import RedisServer, redis_server
from tests.hyper.running import Run, running

from .chromium import ARGUMENTS, CHROMIUM
from .waiting import WAIT_S

pytestmark = pytest.mark.asyncio(loop_scope="session")
__all__ = ["redis_server"]

ROOM = """
import os
from aiohttp import web
from markupsafe import Markup
import hyper

chat = hyper.load({chat!r})["chat"]

async def room(request):
    here = f'<i id="process">{{os.getpid()}}</i>'
    return hyper.page(await hyper.mount(request, chat, name=request.query["name"]) + Markup(here))

async def log_out(request):
    await hyper.renew_session(request)
    return web.Response()

app = web.Application()
hyper.setup(app)
app.add_routes([web.get("/", room), web.get("/log_out", log_out)])
"""
WATCH = """root => {
    root.addEventListener("live:disconnected", () => (window.isGone = true));
    root.addEventListener("live:error", (event) => (window.code = event.detail.code));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def site(redis_server: RedisServer, tmp_path: Path, root: Path) -> AsyncIterator[Run]:
    (tmp_path / "room.py").write_text(ROOM.format(chat=str(root / "examples" / "chat.py")))
    async with running(tmp_path, "room:app", "--workers", "2", HYPER_REDIS_URL=redis_server.url) as run:
        yield run


@pytest_asyncio.fixture(loop_scope="session")
async def second(chromium: Browser) -> AsyncIterator[Browser]:
    """Another Chromium beside the one that all tests use."""
    browser = await chromium.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    await browser.close()


async def opened(browser: Browser, site: Run, name: str, not_in: str = "") -> Page:
    """A connected page, made by another process than ``not_in``; a browser keeps its connection to one process."""
    async with asyncio.timeout(WAIT_S):
        while True:
            context = await browser.new_context()
            page = await context.new_page()
            await page.goto(f"{site.url}/?name={name}")
            await expect(page.locator("[data-live-component]")).to_have_class("live-connected")
            if await page.inner_text("#process") != not_in:
                return page
            await context.close()


async def test_two_browsers_in_two_processes(chromium: Browser, second: Browser, site: Run) -> None:
    ann = await opened(chromium, site, "Ann")
    bob = await opened(second, site, "Bob", not_in=await ann.inner_text("#process"))
    for page in (ann, bob):
        await expect(page.locator("aside")).to_contain_text("2 here")

    await ann.get_by_label("Message", exact=True).fill("Hello Bob")
    await ann.keyboard.press("Enter")
    await expect(bob.locator(".log")).to_contain_text("Hello Bob")
    await bob.get_by_label("Message", exact=True).fill("Hello Ann")
    await expect(ann.locator(".writing")).to_contain_text("Bob is writing")
    await bob.keyboard.press("Enter")
    await expect(ann.locator(".log")).to_contain_text("Hello Ann")

    await bob.close()
    await expect(ann.locator("aside")).to_contain_text("1 here")
    bob = await opened(second, site, "Bob", not_in=await ann.inner_text("#process"))
    await expect(ann.locator("aside")).to_contain_text("2 here")

    await ann.locator("[data-live-component]").evaluate(WATCH)
    answer = await ann.context.request.get(f"{site.url}/log_out")
    assert answer.ok
    await ann.wait_for_function("window.isGone && window.code === 'expired'")
    await expect(bob.locator("[data-live-component]")).to_have_class("live-connected")
    await expect(bob.locator("aside")).to_contain_text("1 here")
    await ann.context.close()
