"""The examples, served by ``hyper dev`` under the strict policy that the security guide prints.

Of that policy not one violation may be reported, and no console may show an error.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser

from hyper.commands.dev import make_app
from hyper.commands.gallery import Gallery

from .window import Open, Site, Window

ROOT = Path(__file__).parents[3]
GUIDE = ROOT / "docs" / "guides" / "security.md"
(POLICY,) = re.findall(r"^Content-Security-Policy: (.*)$", GUIDE.read_text(), re.MULTILINE)
REPORT = """addEventListener("securitypolicyviolation", (event) => console.error(
    `violates ${event.effectiveDirective}: ${event.blockedURI} ${event.sample}`), true)"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site() -> AsyncIterator[Site]:
    app = make_app(Gallery(ROOT / "examples"))
    app.on_response_prepare.append(be_strict)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Site(app, f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


async def be_strict(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Content-Security-Policy"] = f"{POLICY} checking"  # the one of SAME


@pytest_asyncio.fixture(loop_scope="session")
async def open_window(chromium: Browser, site: Site) -> AsyncIterator[Open]:
    """Opens windows on examples; an error in a console, a policy violated too, fails the test."""
    problems: list[str] = []
    contexts = []

    async def open_window(path: str) -> Window:
        contexts.append(await chromium.new_context(viewport={"width": 1000, "height": 700}))
        page = await contexts[-1].new_page()
        await page.add_init_script(REPORT)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda item: problems.append(item.text) if item.type != "log" else None)
        return await Window(page, site).show(path)

    yield open_window
    for context in contexts:
        await context.close()
    assert problems == []
