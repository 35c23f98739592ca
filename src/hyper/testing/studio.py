"""Where ``pytest --live-browser`` opens its pages: a separate thread with a server and Chromium."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import threading
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final, TypeVar

from aiohttp import web

import hyper.web.app
from hyper.components.page import PageMount
from hyper.testing.clock import Clock
from hyper.transport.component import RequestContext

T = TypeVar("T")
CHROMIUM: Final = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS: Final = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


class Studio:
    """The thread with the server and the browser. There is one."""

    head = '<link rel="icon" href="data:,">'
    """What the pages have in their ``<head>``."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.mounts: dict[str, PageMount] = {}
        """The mount that each page shows, by the name of the page."""
        self.live: hyper.web.app.Live
        self.address = ""
        self.browser: Any = None
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="live-browser")
        self._cleanups: list[Callable[[], Awaitable[Any]]] = []

    def start(self) -> None:
        self._thread.start()
        self.wait(self._open())

    def stop(self) -> None:
        self.wait(self._close())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()

    async def run(self, job: Coroutine[Any, Any, T]) -> T:
        """The result of ``job``, run in the studio's thread."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(job, self.loop))

    def wait(self, job: Coroutine[Any, Any, T]) -> T:
        """The same for callers that cannot await. Blocks the calling thread."""
        return asyncio.run_coroutine_threadsafe(job, self.loop).result()

    async def forget(self, mount_id: str) -> None:
        """Drop the mount of a page, as a server that restarts does."""
        mounts = self.live.process.mounts
        runner = mounts.get(mount_id)
        if runner is not None:
            mounts.remove(runner)
            await runner.close()

    async def _open(self) -> None:
        app = web.Application()
        self.live = hyper.web.app.setup(app, secret=secrets.token_urlsafe())
        app.router.add_get("/{name}", self._show)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._cleanups.append(runner.cleanup)
        self._cleanups += await self._launch()

    async def _launch(self) -> list[Callable[[], Awaitable[Any]]]:
        """Start the browser. Returns what ends it, in the reverse order."""
        from playwright.async_api import async_playwright

        playwright = await async_playwright().start()
        self.browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        return [playwright.stop, self.browser.close]

    async def _close(self) -> None:
        while self._cleanups:
            await self._cleanups.pop()()

    async def _show(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        body = await hyper.web.app.mount(request, _Ready(name, self.mounts))
        return hyper.web.app.page(body, title=name, head=self.head)


class _Ready:
    """A component whose mount was made before its page is requested."""

    def __init__(self, name: str, mounts: Mapping[str, PageMount]) -> None:
        self.name = name
        self.mounts = mounts

    async def mount_for(
        self, mount_id: str, properties: Mapping[str, Any], request: RequestContext
    ) -> PageMount:
        mount = self.mounts[self.name]
        mount.id = mount.root.id = mount_id
        await mount.start()
        return mount


_studio: Studio | None = None


def studio() -> Studio:
    """The open studio."""
    assert _studio is not None
    return _studio


def open_studio(kind: type[Studio] = Studio) -> None:
    """Start the server and the browser."""
    global _studio
    _studio = kind()
    _studio.start()


def close_studio() -> None:
    """Stop both."""
    global _studio
    if _studio is not None:
        _studio.stop()
        _studio = None
