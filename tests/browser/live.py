"""Pages for the tests of the client: patched alone, or live with a server that the test plays."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web
from playwright.async_api import Page, expect

from hyper.web.document import element_count

from .waiting import WAIT_S

if TYPE_CHECKING:
    from .conftest import Site

ROOT = '<div data-live-component="c1" data-live-token="t1" data-live-elements="{}" id="root">{}</div>'


class Live:
    """A page with one live component, and the server's side of it."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.version = 0
        self.done = 0
        self.acknowledges = True
        site.answer = self.answer

    async def answer(self, socket: web.WebSocketResponse, message: Any) -> None:
        if message["type"] == "connect":
            await self.acknowledge()
        elif message["type"] == "event" and self.acknowledges:
            self.done = message["seq"]
            await self.acknowledge()
        elif message["type"] == "ping":
            await socket.send_json({"type": "pong"})

    async def acknowledge(self, **more: Any) -> None:
        await self.send(type="ack", seq=self.done, version=self.version, **more)

    async def send(self, **message: Any) -> None:
        await self.site.sockets[-1].send_json({"component_id": "c1", **message})

    async def update(self, *patches: dict[str, Any], component_id: str = "c1") -> None:
        self.version += 1
        await self.send(type="update", component_id=component_id, version=self.version, patches=list(patches))

    async def show(self, html: str, head: str = "", added: str = "") -> None:
        """``added`` is in the page before the client looks at it, and not the server's."""
        self.site.body = ROOT.format(element_count(html), html) + added
        self.site.head = head
        await self.page.goto(self.site.address)
        await expect(self.page.locator("#root")).to_have_class("live-connected")

    def events(self) -> list[Any]:
        return [message for message in self.site.received if message["type"] == "event"]

    async def until(self, holds: Callable[[], Any]) -> Any:
        async with asyncio.timeout(WAIT_S):
            while not (found := holds()):
                await asyncio.sleep(0.01)
        return found

    async def event(self, number: int = 1) -> Any:
        """The n-th event that the page sent, without what all have."""
        await self.until(lambda: len(self.events()) >= number)
        message = dict(self.events()[number - 1])
        assert message.pop("seq") == number
        assert (message.pop("type"), message.pop("component_id")) == ("event", "c1")
        assert message.pop("fields", None) in ([], None)
        return message


class Client:
    """A page with one root, patched by the client alone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def show(self, html: str) -> None:
        await self.page.evaluate(
            """html => {
                document.body.innerHTML = `<div id="root">${html}</div>`;
                client.createMirror(root);
            }""",
            html,
        )

    async def apply(self, *patches: dict[str, Any]) -> None:
        await self.page.evaluate("patches => client.applyPatches(root, patches)", list(patches))

    async def get(self, expression: str) -> Any:
        return await self.page.evaluate(expression)
