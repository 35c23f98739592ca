"""One component in a browser, with both ends in the test's hand: the page, the line, and the server's side."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Locator, Page, Request, expect

from hyper.components.mounted import MountedComponent
from hyper.transport.runner import Runner
from hyper.transport.sockets import CloseCode
from hyper.web.app import Live

from ..waiting import WAIT_S

IS_IDLE = """version =>
    !document.querySelector(".live-loading") && behaviour.version >= version
    && !!document.querySelector("[data-live-token].live-connected")"""

LOAD_PARTS = """async () => {
    const { need } = await import(document.querySelector("script[src*='/_live/runtime-']").src);
    const links = document.querySelectorAll("link[rel=modulepreload]");
    await Promise.all([...links].map((link) => need(/forms|modifiers/.exec(link.href)[0])));
}"""
"""Waits for the files of the client that the page preloads: until they are there, events wait for them."""


LOADED = "files => Promise.all(files.map((file) => import(file).catch(() => null))).then(() => null)"
"""Waits for files that the client has asked for: until they are there, events wait for them."""


class View:
    """A page that shows one component of ``components/``."""

    def __init__(self, page: Page, live: Live, address: str) -> None:
        self.page = page
        self.live = live
        self.address = address
        self.id = ""
        """Of the component, as the server knows it."""
        self.problems: list[str] = []
        """What the page complained of; a test that provokes complaints clears it."""
        self.files: dict[str, None] = {}
        """Addresses of the client's files that this page has asked for."""
        page.on("request", self._note_file)

    async def show(self, name: str, **props: object) -> None:
        """Load the page of a component, and wait until it is connected."""
        query = "&".join(f"{key}={value}" for key, value in props.items())
        self.files.clear()
        await self.page.goto(f"{self.address}/{name}?{query}")
        self.id = str(await self.find("[data-live-token]").get_attribute("data-live-component"))
        await self.settled()
        await self.page.evaluate(LOAD_PARTS)
        await self.page.evaluate("behaviour.stays = true")

    def _note_file(self, request: Request) -> None:
        if re.search(r"/_live/(editing|forms|modifiers)-", request.url):
            self.files[request.url] = None

    # What a person does

    def find(self, selector: str) -> Locator:
        return self.page.locator(selector)

    async def click(self, selector: str, **options: Any) -> None:
        """Click, and wait until all is shown that comes of it."""
        await self.page.click(selector, **options)
        await self.settled()

    async def fill(self, selector: str, text: str) -> None:
        await self.page.fill(selector, text)
        await self.settled()

    async def has(self, selector: str, *texts: str) -> None:
        """The elements that match have these texts, soon."""
        await expect(self.find(selector)).to_have_text(list(texts))

    async def settled(self) -> None:
        """Wait until the page is connected, nothing is on its way, and the newest version is shown."""
        await self.page.evaluate(LOADED, [*self.files])
        version = -1
        async with asyncio.timeout(WAIT_S):
            while not self.is_quiet() or version != self.version:
                if not self.is_quiet():
                    await asyncio.sleep(0.005)
                    continue
                version = self.version
                await self.page.wait_for_function(IS_IDLE, arg=version)

    async def extras(self) -> None:
        """Wait until the file is loaded that knows actions, hooks, edited fields, and what fades out."""
        await self.page.evaluate("import('/_live/extras.js').then(() => null)")

    # The server's side

    @property
    def runner(self) -> Runner | None:
        """Of this page; ``None`` after the server forgot it."""
        return self.live.process.mounts.get(self.id)

    @property
    def version(self) -> int:
        return self.runner.session.version if self.runner else 0

    def is_quiet(self) -> bool:
        return self.runner is not None and self.runner.session.is_quiet

    def mounted(self, name: str | None = None) -> MountedComponent:
        """The component, or the nested one of that name."""
        assert self.runner is not None
        everything = self.runner.mount.mounted.values()  # type: ignore[attr-defined]
        return next(one for one in everything if name in (None, one.component.name))

    def variable(self, name: str, *, of: str | None = None) -> Any:
        """What a variable of the component holds now."""
        return self.mounted(of).cells()[name].cell_contents

    async def set(self, *, of: str | None = None, **values: object) -> None:
        """Set variables from within, as a background task would, and wait until the page shows it."""
        mounted = self.mounted(of)
        for name, value in values.items():
            mounted.cells()[name].cell_contents = value
        mounted.invalidate()
        await self.settled()

    def global_of(self, name: str, variable: str) -> Any:
        """A variable of the module that a component stands in."""
        return self.live.components[name].compiled.setup.__globals__[variable]  # type: ignore[attr-defined]

    # The line

    async def hold(self) -> None:
        """From now on events wait in the browser, as on a very slow line."""
        await self.page.evaluate("behaviour.held = []")

    async def held(self, count: int) -> Any:
        """The messages that wait, once there are so many."""
        await self.page.wait_for_function("count => behaviour.held.length >= count", arg=count)
        return await self.page.evaluate("behaviour.held.map(({ message }) => message)")

    async def let_pass(self, count: int) -> None:
        """The first of the waiting events arrive."""
        await self.held(count)
        await self.page.evaluate("count => behaviour.pass(count)", count)

    async def free(self) -> None:
        """The line is fast again: nothing waits."""
        await self.page.evaluate("behaviour.pass(behaviour.held.length); behaviour.held = null")
        await self.settled()

    async def disconnect(self, *, forget: bool = False) -> None:
        """Lose the connection, until ``connect``; the server forgets the page, as one that restarts does."""
        process = self.live.process
        process.is_draining = True
        runner = self.runner
        for connection in list(process.connections):
            connection.close(CloseCode.RESTART, "gone")
        await expect(self.find("[data-live-token]")).to_have_class("live-disconnected")
        if forget and runner is not None:
            process.mounts.remove(runner)
            await runner.close()

    async def connect(self) -> None:
        """The connection is back."""
        self.live.process.is_draining = False
        await self.page.evaluate("dispatchEvent(new Event('online'))")
        await self.settled()
        assert await self.page.evaluate("behaviour.stays"), "the page was loaded anew"

    # What changed in the page

    async def watch(self) -> None:
        """Log every change of the page from now on."""
        await self.page.evaluate("behaviour.watch()")

    async def changes(self) -> list[str]:
        """What has changed since ``watch``, sorted: ``ul +li#b``, ``li#b @class``, ``p #text``."""
        await self.settled()
        return sorted(await self.page.evaluate("behaviour.changes()"))

    async def changes_of(self, step: Awaitable[object]) -> list[str]:
        """What a step changes in the page: nothing outside of these places was touched."""
        await self.watch()
        await step
        return await self.changes()


Show = Callable[..., Awaitable[View]]
