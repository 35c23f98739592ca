"""Working on a component with ``hyper dev`` and a browser window beside the editor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, ConsoleMessage, Page, expect

from hyper.commands.dev import make_app, watch
from hyper.commands.gallery import Gallery

COUNTER = """
from hyper import live


@live
def counter():
    count = 0

    def increment():
        nonlocal count
        count += 1

    t'<p>Count: {count}</p><button @click="increment">+</button>'
"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def development_server(folder: Path, port: int = 0) -> AsyncIterator[str]:
    """``hyper dev`` of a folder; its address."""
    app = make_app(Gallery(folder))
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    stop = asyncio.Event()
    watching = asyncio.create_task(watch(app, stop))
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        stop.set()
        await watching
        await runner.cleanup()


def is_problem(message: ConsoleMessage) -> bool:
    """A server that is away is none, nor one that came back and does not know the old page."""
    expected = ("WebSocket connection to", "not signed here")
    return message.type == "error" and not any(words in message.text for words in expected)


@pytest_asyncio.fixture(loop_scope="session")
async def window(chromium: Browser) -> AsyncIterator[Page]:
    """A window of a real browser; what its scripts complain of fails the test."""
    problems: list[str] = []
    page = await chromium.new_page()
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if is_problem(message) else None)
    yield page
    await page.close()
    assert problems == []


async def test_an_edit_is_seen_at_once_and_a_mistake_leaves_the_page(tmp_path: Path, window: Page) -> None:
    file = tmp_path / "counter.py"
    file.write_text(COUNTER)
    text, button = window.locator("main p"), window.locator("main button")
    async with development_server(tmp_path) as address:
        await window.goto(address)
        await window.get_by_role("link", name="Counter", exact=True).click()
        await button.click()
        await expect(text).to_have_text("Count: 1")

        file.write_text(COUNTER.replace('"increment"', '"incremnt"'))
        overlay = window.get_by_role("dialog")
        await expect(overlay).to_contain_text('did you mean "increment"?')
        await overlay.get_by_role("button", name="Close").click()
        await button.click()
        await expect(text).to_have_text("Count: 2")

        file.write_text(COUNTER.replace("Count:", "Sum:"))
        await expect(text).to_have_text("Sum: 0")
        await button.click()
        await expect(text).to_have_text("Sum: 1")


async def test_a_broken_file_is_told_of_in_the_gallery_and_on_its_own_page_only(
    tmp_path: Path, window: Page
) -> None:
    (tmp_path / "counter.py").write_text(COUNTER)
    (tmp_path / "broken.py").write_text(COUNTER.replace("counter", "broken") + "1 / 0\n")
    async with development_server(tmp_path) as address:
        await window.goto(address)
        await expect(window.get_by_role("alert")).to_contain_text("broken.py could not be loaded")
        await window.goto(f"{address}/live/counter")
        await window.locator("main button").click()
        await expect(window.locator("main p")).to_have_text("Count: 1")
        await expect(window.get_by_role("dialog")).to_have_count(0)

        await window.goto(address)
        (tmp_path / "broken.py").write_text(COUNTER.replace("counter", "mended"))
        await expect(window.get_by_role("link", name="Mended", exact=True)).to_be_visible()
        await expect(window.get_by_role("alert")).to_have_count(0)


async def test_a_page_comes_back_with_the_server(tmp_path: Path, window: Page) -> None:
    file, text = tmp_path / "counter.py", window.locator("main p")
    file.write_text(COUNTER)
    async with development_server(tmp_path) as address:
        await window.goto(f"{address}/live/counter")
        await expect(text).to_have_text("Count: 0")
    file.write_text(COUNTER.replace("Count:", "Sum:"))
    async with development_server(tmp_path, int(address.rpartition(":")[2])):
        await expect(text).to_have_text("Sum: 0")
        await window.locator("main button").click()
        await expect(text).to_have_text("Sum: 1")
