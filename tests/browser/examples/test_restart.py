"""An example whose server is started anew while somebody types."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from ..waiting import WAIT_S

HERE = Path(__file__).parent

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def process(port: int) -> AsyncIterator[str]:
    """The examples served by a process of their own."""
    server = await asyncio.create_subprocess_exec(sys.executable, HERE / "serve.py", str(port))
    try:
        async with asyncio.timeout(WAIT_S):
            while not await _answers(port):
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        await server.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


async def test_a_restart_while_somebody_types(chromium: Browser) -> None:
    context = await chromium.new_context()
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    field, root, port = page.locator("[name=text]"), page.locator("[data-live-token]"), free_port()
    async with process(port) as address:
        await page.goto(f"{address}/live/chat?name=Ada")
        await expect(root).to_have_class("live-connected")
        await page.evaluate("window.stays = true")
        await field.press_sequentially("before ")
    await expect(root).to_have_class("live-disconnected")
    await field.press_sequentially("while ")
    await field.press("Home")
    async with process(port):
        await expect(root).to_have_class("live-connected")
        assert await field.evaluate("field => [field.value, field.selectionStart]") == ["before while ", 0]
        await field.press("End")
        await field.press_sequentially("after")
        await field.press("Enter")
        await expect(page.locator("li.mine p")).to_contain_text("before while after")
        await expect(field).to_have_value("")
        assert await page.evaluate("window.stays")
    assert errors == []
    await context.close()
