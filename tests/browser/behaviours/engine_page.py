"""Test pages in Firefox and WebKit: what ``ChromiumPage`` asks of Playwright is done through a ``Window`` here.

Keys and clicks are real. What Playwright does by scripts, such as choosing an option, is done by scripts here too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, Final

from hyper.testing.chromium import ChromiumPage
from hyper.testing.chromium_scripts import LINE
from hyper.testing.studio import Studio, studio

from ..engines import ENGINES, Window

AT: Final = """(element) => {
    element.scrollIntoView({ block: "nearest" });
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return [(left + right) / 2, (top + bottom) / 2];
}"""
FILL: Final = """(element, value) => {  // as Playwright does: what is typed is replaced, what is set is set
    element.focus();
    if (/^(range|color|date|datetime-local|month|week|time)$/.test(element.type)) {
        element.value = value;
        for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
    } else {
        element.select();
        document.execCommand(...(value ? ["insertText", false, value] : ["delete"]));
    }
}"""
CHOOSE: Final = """(element, wanted) => {
    for (const option of element.options)
        option.selected = wanted.includes(option.value) || wanted.includes(option.label);
    for (const kind of ["input", "change"]) element.dispatchEvent(new Event(kind, { bubbles: true }));
}"""
DISPATCH: Final = """(element, [kind, members]) => {
    const type = /^(click|mouse)/.test(kind) ? MouseEvent : Event;
    element.dispatchEvent(new type(kind, { bubbles: true, cancelable: true, composed: true, ...members }));
}"""
FIELD: Final = """customElements.define("x-field", class extends HTMLElement {
    static formAssociated = true;
    static observedAttributes = ["value"];
    inside = this.attachInternals();
    attributeChangedCallback(_name, _old, value) { this.inside.setFormValue(value); }
});"""
"""An element that is part of its form as a control is."""
KEEP: Final = "(number) => (window.handles ??= []).push(({element})(number)) - 1"


class Element:
    """An element of a page, by the number under which the page has kept it."""

    def __init__(self, tab: Tab, number: int) -> None:
        self._tab = tab
        self._number = number

    def as_element(self) -> Element:
        return self

    async def evaluate(self, function: str, argument: Any = None) -> Any:
        return await self._tab.evaluate(
            f"([number, argument]) => ({function})(window.handles[number], argument)",
            [self._number, argument],
        )

    async def click(self, *, force: bool = False) -> None:
        await self._tab.window.click(*await self.evaluate(AT))

    async def focus(self) -> None:
        await self.evaluate("(element) => element.focus()")

    async def press(self, key: str) -> None:
        await self.focus()
        await self._tab.window.press(key)

    async def is_enabled(self) -> bool:
        return not await self.evaluate("(element) => element.matches(':disabled')")

    async def is_checked(self) -> bool:
        return bool(await self.evaluate("(element) => element.checked"))

    async def fill(self, value: str) -> None:
        await self.evaluate(FILL, value)

    async def select_option(self, wanted: list[str]) -> None:
        await self.evaluate(CHOOSE, wanted)

    async def dispatch_event(self, kind: str, members: dict[str, Any]) -> None:
        await self.evaluate(DISPATCH, [kind, members])


class Tab:
    """The one tab of a window."""

    def __init__(self, window: Window) -> None:
        self.window = window

    async def evaluate(self, script: str, argument: Any = None) -> Any:
        """The value of a function, or of an expression."""
        is_function = re.match(r"\s*(async )?(\w+|\([^)]*\)) =>", script)
        return await self.window.evaluate(script if is_function else f"() => {script}", argument)

    async def evaluate_handle(self, function: str, argument: Any) -> Element:
        return Element(self, await self.evaluate(KEEP.replace("{element}", function), argument))


class OneTabPage(ChromiumPage):
    """A page in the only tab of a Chromium: a window of its own for each would take most of the time."""

    async def _open(self) -> None:
        self.name = f"{self.component.name}-{secrets.token_hex(4)}"
        studio().mounts[self.name] = self.mount
        await self._go(f"{studio().address}/{self.name}")
        if self.failures and self.raises:
            raise self.failures[0]
        self.failures.clear()

    async def _go(self, address: str) -> None:
        self.tab = studio().browser
        await self.tab.goto(address)

    async def reload(self) -> None:
        await self.tab.reload()

    async def back(self) -> None:
        """Go to another page, and back."""
        await self._go("about:blank")
        await self.tab.go_back()

    async def _close_tab(self) -> None:
        await self.mount.close()  # the next page takes the tab
        del studio().mounts[self.name]


class EnginePage(OneTabPage):
    """A page in the window of another engine."""

    async def _go(self, address: str) -> None:
        window: Window = studio().browser
        self.tab = Tab(window)  # type: ignore[assignment]
        await window.open(address)

    async def reload(self) -> None:
        await studio().browser.reload()

    async def back(self) -> None:
        await self._go("about:blank")
        await studio().browser.back()


class TableStudio(Studio):
    """Chromium with one tab, and a custom element in every page."""

    head = f"{Studio.head}<script>{FIELD}</script>"

    async def _launch(self) -> list[Callable[[], Awaitable[Any]]]:
        ends = await super()._launch()
        context = await self.browser.new_context(reduced_motion="reduce")
        await context.add_init_script(LINE)
        self.browser = await context.new_page()
        return ends


def studio_of(engine: str) -> type[Studio]:
    """The studio that opens this engine."""
    if engine == "chromium":
        return TableStudio

    class EngineStudio(TableStudio):
        head = f"{TableStudio.head}<script>{LINE}</script>"

        async def _launch(self) -> list[Callable[[], Awaitable[Any]]]:
            stack = AsyncExitStack()
            self.browser = await stack.enter_async_context(ENGINES[engine]())
            return [stack.aclose]

    return EngineStudio
