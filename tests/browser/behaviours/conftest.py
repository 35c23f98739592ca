"""One server for all behaviours, which mounts the components of ``components/``; a page of its own for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, BrowserContext

import hyper
from hyper.transport.limits import Limits
from hyper.web.app import LIVE, Live

from .view import Show, View

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Stage:
    """The server of these tests."""

    live: Live
    address: str


def make_app() -> web.Application:
    components = hyper.load(HERE / "components")

    async def show(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body = await hyper.mount(request, components[name], **request.query)
        return hyper.page(body, title=name, head='<link rel="icon" href="data:,">')

    app = web.Application()
    limits = Limits(
        events_per_s=1000,
        events_burst=1000,
        events_per_s_per_address=1e6,
        events_burst_per_address=10**6,
        work_s_burst=1e9,
        work_s_burst_per_address=1e9,
        connections_per_visitor=200,
    )
    live = hyper.setup(app, secret="one for these tests", limits=limits)
    for component in components.values():
        live.register(component)
    app.router.add_get("/{name}", show)
    return app


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    app = make_app()
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Stage(app[LIVE], f"http://127.0.0.1:{runner.addresses[0][1]}")
    await runner.cleanup()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def visitor(chromium: Browser) -> AsyncIterator[BrowserContext]:
    """Somebody with a browser."""
    context = await chromium.new_context(viewport={"width": 900, "height": 700})
    await context.add_init_script(path=HERE / "page.js")
    yield context
    await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def view(visitor: BrowserContext, stage: Stage) -> AsyncIterator[View]:
    """An empty window; whatever its scripts throw, and what the client complains of, fails the test."""
    page = await visitor.new_page()
    view = View(page, stage.live, stage.address)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.on(
        "console", lambda item: view.problems.append(item.text) if item.text.startswith("live:") else None
    )
    yield view
    stage.live.process.is_draining = False
    await page.close()
    assert [*thrown, *view.problems] == []


@pytest_asyncio.fixture(loop_scope="session")
async def show(view: View) -> Show:
    """Shows a component: ``view = await show("letter", author="Ada")``."""

    async def show(name: str, **props: object) -> View:
        await view.show(name, **props)
        return view

    return show
