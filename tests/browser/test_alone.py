"""The client without our server: the example of ``docs/guides/just-the-diff.md``, in Chromium."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from tests.test_docs import ROOT, blocks_of, run

pytestmark = pytest.mark.asyncio(loop_scope="session")

GUIDE = ROOT / "docs" / "guides" / "just-the-diff.md"


async def test_patches_over_a_transport_of_ones_own(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    [script] = [code for language, _, code in blocks_of(GUIDE.read_text("utf-8")) if language == "js"]
    app: web.Application = run(GUIDE, tmp_path).app

    async def send_script(request: web.Request) -> web.Response:
        return web.Response(text="\n".join(script), content_type="text/javascript")

    app.router.add_get("/clock.js", send_script)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await page.evaluate("window.first = document.querySelector('p')")
        await expect(page.locator("main")).to_have_text("Up for 8 s")
        assert await page.locator("main").inner_html() == "<p>Up for 8 s</p><hr><hr>"
        assert await page.evaluate("first === document.querySelector('p')")
    finally:
        await runner.cleanup()
