"""A window that shows an example, and what it is compared with: the server's side of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from re import Pattern
from typing import Any

from aiohttp import web
from playwright.async_api import Page, expect

from hyper.web.app import LIVE

from ..waiting import WAIT_S

SAME = """([id, html]) => {
    const root = document.querySelector(`[data-live-component="${id}"]`);
    if (root.querySelector(".live-loading")) return false;
    const [shown, wanted] = [root.cloneNode(true), root.cloneNode(false)];
    window.checking ??= trustedTypes.createPolicy("checking", { createHTML: (html) => html });
    wanted.innerHTML = checking.createHTML(html);
    for (const tree of [shown, wanted]) {
        for (const element of tree.querySelectorAll("[style]")) element.style.cssText = element.style.cssText;
        for (const element of tree.querySelectorAll("[class='']")) element.removeAttribute("class");
    }
    return shown.isEqualNode(wanted) || [shown.innerHTML, wanted.innerHTML];
}"""


class Site:
    """``hyper dev examples`` in this process, so that a test can look at what it rendered."""

    def __init__(self, app: web.Application, address: str) -> None:
        self.app = app
        self.address = address

    def html(self, component_id: str) -> str:
        """What the server thinks a page shows."""
        runners = self.app[LIVE].process.mounts
        return next(runner.mount.html() for runner in runners if runner.mount.id == component_id)


class Window:
    """A window that shows an example."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site

    async def show(self, path: str) -> Window:
        await self.page.goto(f"{self.site.address}/live/{path}")
        await expect(self.page.locator(".live-connected")).to_have_count(1)
        await self.is_right()
        return self

    async def is_right(self) -> None:
        """The page is soon what a browser makes of the server's HTML."""
        root = self.page.locator("[data-live-component][data-live-token]")
        component_id = await root.get_attribute("data-live-component")
        assert component_id is not None
        same: Any = False
        try:
            async with asyncio.timeout(WAIT_S):
                while same is not True:
                    same = await self.page.evaluate(SAME, [component_id, self.site.html(component_id)])
        except TimeoutError:
            assert same is not False, "an event was not acknowledged"
            assert same[0] == same[1]

    async def click(self, selector: str, **options: Any) -> None:
        await self.page.locator(selector).click(**options)
        await self.is_right()

    async def fill(self, selector: str, text: str) -> None:
        await self.page.locator(selector).fill(text)
        await self.is_right()

    async def press(self, selector: str, key: str) -> None:
        await self.page.locator(selector).press(key)
        await self.is_right()

    def has(self, selector: str, text: str | Pattern[str]) -> Awaitable[None]:
        return expect(self.page.locator(selector)).to_have_text(text)


Open = Callable[[str], Awaitable[Window]]
"""Opens a window: ``window = await open_window("chat?name=Ada")``."""
