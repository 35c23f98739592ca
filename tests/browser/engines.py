"""The three engines behind one door: a window that opens addresses and runs functions."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from playwright.async_api import async_playwright

from .chromium import ARGUMENTS, CHROMIUM
from .firefox import FIREFOX, firefox
from .webkit import IS_THERE, webkit


class Window(Protocol):
    """One tab of any engine."""

    async def open(self, address: str) -> None: ...

    async def evaluate(self, function: str, argument: Any = None) -> Any: ...

    async def press(self, keys: str) -> None:
        """Presses a key for each character, as a person does, in what has the focus."""

    async def chord(self, held: str, key: str) -> None:
        """Presses a key while another is held: ``await window.chord("Control", "v")``."""

    async def click(self, x: float, y: float) -> None: ...

    async def reload(self) -> None: ...

    async def back(self) -> None:
        """Goes back to the page before, which need not be there when this returns."""


class ChromiumWindow:
    def __init__(self, page: Any) -> None:
        self._page = page

    async def open(self, address: str) -> None:
        await self._page.goto(address)

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        return await self._page.evaluate(function, argument)

    async def press(self, keys: str) -> None:
        await self._page.keyboard.type(keys)

    async def chord(self, held: str, key: str) -> None:
        await self._page.keyboard.press(f"{held}+{key}")

    async def click(self, x: float, y: float) -> None:
        await self._page.mouse.click(x, y)

    async def reload(self) -> None:
        await self._page.reload()

    async def back(self) -> None:
        await self._page.go_back()


@asynccontextmanager
async def chromium() -> AsyncIterator[ChromiumWindow]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield ChromiumWindow(await browser.new_page())
        await browser.close()


ENGINES: Mapping[str, Callable[[], AbstractAsyncContextManager[Window]]] = {
    "chromium": chromium,
    "firefox": firefox,
    "webkit": webkit,
}
MISSING: Mapping[str, str] = {
    **({} if os.access(CHROMIUM, os.X_OK) else {"chromium": f"no Chromium at {CHROMIUM}: install it"}),
    **({} if FIREFOX else {"firefox": "no Firefox: install firefox-esr, or name one in FIREFOX"}),
    **({} if IS_THERE else {"webkit": "no WebKit: install webkit2gtk-driver and xvfb"}),
}
"""Engines that are not on this machine, and what to do about it."""
