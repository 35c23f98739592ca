"""What is typed and chosen, in all three engines: each has its own idea of numbers, of Back, and of a reload."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Error

from ..engines import Window
from ..waiting import WAIT_S
from .conftest import Stage
from .tab import Tab

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAGE = (Path(__file__).parent / "page.js").read_text(encoding="utf-8")
TOOLS = f"""async () => {{
    if (!globalThis.behaviour) {{ {PAGE} }}
    globalThis.until = async (holds) => {{ while (!(await holds())) await new Promise((go) => setTimeout(go, 10)); }};
    globalThis.settled = () => until(() => document.querySelector(".live-connected")
        && !document.querySelector(".live-loading") && !behaviour.held?.length);
    await until(() => document.querySelector(".live-connected"));
    const {{ need }} = await import(document.querySelector("script[src*='/_live/runtime-']").src);
    await need("forms");
    await need("editing");
    await settled();
}}"""
"""Waits until the page is connected, and has the file that knows what is edited."""


class EditingTab(Tab):
    """One in which a person types."""

    async def leave(self, how: str) -> None:
        """Go to another page by a script, and wait until it is there and connected."""
        await self.window.evaluate(f"() => {{ window.isOld = true; setTimeout(() => {how}); }}")
        async with asyncio.timeout(WAIT_S):
            while not await self.is_new():
                await asyncio.sleep(0.02)
        await self.window.evaluate(self.tools)

    async def is_new(self) -> bool:
        try:
            return bool(await self.says("!window.isOld && document.readyState === 'complete'"))
        except (Error, RuntimeError):  # it is neither here nor there
            return False

    async def type(self, selector: str, keys: str) -> None:
        """Each key is answered before the next."""
        await self.says(f"document.querySelector('{selector}').focus()")
        await self.says(f"document.querySelector('{selector}').select()")
        for key in keys:
            await self.window.press(key)
            await self.says("settled()")

    async def set(self, **values: object) -> None:
        """Set variables from within, as a background task would."""
        number = await self.says("document.querySelector('[data-live-component]').dataset.liveComponent")
        runner = self.stage.live.process.mounts.get(str(number))
        assert runner is not None
        (mounted,) = runner.mount.mounted.values()  # type: ignore[attr-defined]
        for name, value in values.items():
            mounted.cells()[name].cell_contents = value
        mounted.invalidate()

    async def shows(self, selector: str, value: str) -> None:
        """The control has this value, soon."""
        await self.window.evaluate(
            "([selector, value]) => until(() => document.querySelector(selector).value === value)",
            [selector, value],
        )


@pytest_asyncio.fixture(loop_scope="session")
async def tab(engine: Window, stage: Stage) -> EditingTab:
    return EditingTab(engine, stage, TOOLS)


@pytest.mark.parametrize(
    ("field", "typed", "left"),
    [
        ("price", "12", "12.0"),
        ("price", "1.05", "1.05"),
        ("text", "-3", "-3.0"),
        ("whole", "007", "7"),
        ("at", "10:30", "10:30:00"),
        ("amount", "1234", "1,234.00"),
        ("name", "Ada Lovelace ", "Ada Lovelace"),
    ],
)
async def test_a_field_keeps_what_is_typed_until_it_is_left(
    tab: EditingTab, field: str, typed: str, left: str
) -> None:
    await tab.show("converted")
    await tab.type(f"#{field}", typed)
    assert await tab.says(f"document.querySelector('#{field}').value") == typed
    await tab.says("document.activeElement.blur()")
    await tab.shows(f"#{field}", left)


async def test_an_older_answer_does_not_undo_a_later_choice(tab: EditingTab) -> None:
    await tab.show("choosing")
    await tab.says("void (behaviour.held = [])")
    choose = """([selector, value]) => {
        const control = document.querySelector(selector);
        if (control.options) control.value = value; else control.click();
        if (control.options) control.dispatchEvent(new Event("change", { bubbles: true }));
    }"""
    for value in "bc":
        await tab.window.evaluate(choose, ["#pick", value])
        await tab.window.evaluate(choose, [f"#one-{value}", value])
    await tab.window.evaluate(choose, ["#on", ""])
    await tab.window.evaluate(choose, ["#on", ""])
    state = "[pick.value, document.querySelector('#one-c').checked, document.querySelector('#on').checked]"
    for passed, output in ((2, "b False b 0"), (3, "c True c 0"), (1, "c False c 0")):
        await tab.says(f"until(() => behaviour.held.length >= {passed})")
        await tab.says(f"void behaviour.pass({passed})")
        await tab.says(f"until(() => document.querySelector('output').textContent === '{output}')")
        assert await tab.says(state) == ["c", True, False]


async def test_nobodys_choice_changes_when_options_come(tab: EditingTab) -> None:
    await tab.show("offered")
    await tab.says("void (document.querySelector('#plain').value = '3')")
    shown = "['plain', 'bound', 'marked', 'grouped'].map((id) => document.getElementById(id).value)"
    values = await tab.says(shown)
    await tab.set(rows=["0", "1", "2", "3"])
    await tab.says("until(() => document.querySelector('#plain').options.length === 4)")
    assert await tab.says(shown) == values


@pytest.mark.parametrize(
    ("text", "caret", "at"), [("zero one two", 4, 9), ("one two three", 4, 4), ("one, two", 7, 8)]
)
async def test_the_caret_stays_with_its_text(tab: EditingTab, text: str, caret: int, at: int) -> None:
    await tab.show("notes")
    field = "document.querySelector('textarea')"
    await tab.says(f"{field}.focus()")
    await tab.says(f"{field}.setSelectionRange({caret}, {caret})")
    await tab.set(text=text)
    await tab.shows("textarea", text)
    assert await tab.says(f"{field}.selectionStart") == at


async def known(tab: EditingTab) -> None:
    """The server comes to know what the controls show, whatever that is."""
    await tab.window.evaluate(
        """() => until(() => {
            const [name, about, wants, size, place, level] = ["name", "about", "wants", "size", "place", "level"]
                .map((id) => document.getElementById(id));
            const told = [name.value, about.value, wants.checked ? "True" : "False", size.value, place.value, level.value];
            return document.querySelector("output").textContent === told.join(" ");
        })"""
    )


@pytest.mark.parametrize("way", ["reload", "back"])
async def test_the_server_knows_what_a_page_shows_that_comes_again(tab: EditingTab, way: str) -> None:
    await tab.show("early")
    await tab.type("#name", "Ada")
    await tab.says("document.querySelector('#wants').click()")
    await known(tab)
    if way == "back":
        await tab.show("notes")
    await tab.leave("location.reload()" if way == "reload" else "history.back()")
    await known(tab)
    await tab.type("#name", "Bob")
    await known(tab)
