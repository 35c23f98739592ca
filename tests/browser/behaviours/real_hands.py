"""What a person does that the pages of ``hyper.testing`` have no verb for, in real browsers.

Pasting is done with real keys in all of them. An input method is real in Chromium, whose protocol has one; in Firefox
and WebKit a script fires its events in that engine's order. No engine lets a test make it fill in a form: a script
does what theirs do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, Final

from hyper.simulated.browser import Browser
from hyper.testing import Page
from hyper.testing.loop import run
from hyper.testing.open_pages import begin_step
from hyper.testing.studio import studio

from ..waiting import WAIT_S
from .engine_page import EnginePage, OneTabPage
from .simulated_hands import states_of
from .visit import Visit

LOOK: Final = """() => [...document.querySelectorAll("#c, .c")].map((node) =>
    node.options ? [...node.options].map(({ value, selected }) => [value, selected])
    : /^(checkbox|radio)$/.test(node.type) ? [node.value, node.checked]
    : node.matches("input, textarea") ? node.value
    : [node.textContent, node.getAttribute("value"), node.hasAttribute("open"),
        node.matches(":modal"), node.matches(":popover-open")])"""
CLIPBOARD: Final = """(text) => {
    const field = document.body.appendChild(document.createElement("textarea"));
    field.id = "clipboard";
    field.value = text;
    field.focus();
    field.select();
}"""
ENTER: Final = """() => {
    document.getElementById("c").focus();
}"""
AUTOFILL: Final = """async (value) => {
    const control = document.getElementById("c");
    for (const option of control.options ?? []) option.selected = [value].flat().includes(option.value);
    if (!control.options) control.value = value;
    for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
    // the client asks for the file at the first edit
    const { need } = await import(document.querySelector("script[src*='/_live/runtime-']").src);
    await need("editing");
}"""
COMPOSE: Final = """([texts, isFirefox]) => {
    const control = document.getElementById("c");
    const fire = (kind, data) => control.dispatchEvent(new CompositionEvent(kind, { bubbles: true, data }));
    const type = (text) => {
        control.select();
        document.execCommand("insertText", false, text);
    };
    const end = () => fire("compositionend", texts.at(-1));
    fire("compositionstart", "");
    for (const text of texts.slice(0, -1)) {
        fire("compositionupdate", text);
        type(text);
    }
    if (isFirefox) end();
    type(texts.at(-1));
    if (!isFirefox) end();
}"""
COMPONENT: Final = "document.querySelector('[data-live-token]').dataset.liveComponent"
IS_NEW: Final = """document.readyState === "complete" && !!document.querySelector("[data-live-token]")"""


class RealHands:
    """In front of a page in a real browser."""

    def __init__(self, page: Page, engine: str) -> None:
        page_under_test = page._under_test
        assert isinstance(page_under_test, OneTabPage)
        self.page = page_under_test
        self.engine = engine

    def look(self) -> list[Any]:
        shown: list[Any] = studio().wait(self.page.tab.evaluate(LOOK))
        return shown

    def fill_clipboard(self, text: str) -> None:
        """This is done before the steps: it moves the focus."""
        studio().wait(self._copy(text))

    async def _copy(self, text: str) -> None:
        await self.page.tab.evaluate(CLIPBOARD, text)
        await self._chord("c")
        await self.page.tab.evaluate("document.querySelector('#clipboard').remove()")

    def paste(self, text: str) -> None:
        self._do(self._paste())

    async def _paste(self) -> None:
        await self._enter()
        await self._chord("v")

    def compose(self, texts: tuple[str, ...]) -> None:
        self._do(self._compose(texts))

    async def _compose(self, texts: tuple[str, ...]) -> None:
        await self._enter()
        if isinstance(self.page, EnginePage):
            await self.page.tab.evaluate(COMPOSE, [texts, self.engine == "firefox"])
            return
        devtools = await self.page.tab.context.new_cdp_session(self.page.tab)
        *ways, result = texts
        for text in ways:
            at = {"selectionStart": len(text), "selectionEnd": len(text)}
            await devtools.send("Input.imeSetComposition", {"text": text, **at})
        await devtools.send("Input.insertText", {"text": result})

    async def _enter(self) -> None:
        await self.page.tab.evaluate(ENTER)
        await self._chord("a")

    async def _chord(self, key: str) -> None:
        if isinstance(self.page, EnginePage):
            await studio().browser.chord("Control", key)
        else:
            await self.page.tab.keyboard.press(f"Control+{key}")

    def autofill(self, value: Any) -> None:
        self._do(self.page.tab.evaluate(AUTOFILL, value))

    def reload(self) -> None:
        self._do(self._come_again(self.page.reload()))

    def back(self) -> None:
        self._do(self._come_again(self.page.back()))

    async def _come_again(self, coming: Awaitable[None]) -> None:
        """The page is loaded again, for which the server has a new mount, or is taken out of the browser's cache."""
        page, old = self.page, self.page.mount
        page.mount = studio().mounts[page.name] = page.new_mount(old.id)
        page.is_joined, page.told = False, 0
        await coming
        async with asyncio.timeout(WAIT_S):
            while not await self._is_new():
                await asyncio.sleep(0.01)
        if await page.tab.evaluate(COMPONENT) == old.id:
            page.mount, page.is_joined = old, True
            studio().mounts[page.name] = old

    def known(self) -> list[Any]:
        """What controls of a page show that is as the server says."""
        return states_of(Browser(self.page.mount.id, self.page.mount.html()))

    async def _is_new(self) -> bool:
        try:
            return bool(await self.page.tab.evaluate(IS_NEW))
        except Exception:  # it is neither here nor there
            return False

    def _do(self, doing: Awaitable[Any]) -> None:
        begin_step()
        run(self._and_settle(doing))

    async def _and_settle(self, doing: Awaitable[Any]) -> None:
        await studio().run(doing)  # type: ignore[arg-type]
        await self.page.settle()


class ReturningVisit(Visit):
    """A visit on which the page comes again."""

    hands: RealHands

    def reload(self) -> None:
        self.hands.reload()

    def back(self) -> None:
        self.hands.back()
