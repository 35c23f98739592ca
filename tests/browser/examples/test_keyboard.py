"""Every example without a mouse: all that it can do can be done with keys, and the focus can be seen."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import expect

from .window import Open, Window

pytestmark = pytest.mark.asyncio(loop_scope="session")

HAS_RING = """() => {
    const element = document.activeElement;
    const shown = element.querySelector(":scope .at") || element;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    return element.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
}"""


class Keys(Window):
    """A window and a keyboard."""

    async def tab_to(self, selector: str) -> None:
        """Tab until an element has the focus; each stop on the way shows that it has it."""
        target = self.page.locator(selector)
        await expect(target).to_have_count(1)
        for _ in range(40):
            await self.page.keyboard.press("Tab")
            assert await self.page.evaluate(HAS_RING), await self.page.evaluate(
                "document.activeElement.outerHTML"
            )
            if await target.evaluate("element => element === document.activeElement"):
                return
        raise AssertionError(f"Tab does not lead to {selector}")

    async def hit(self, *keys: str) -> None:
        """Press keys, one after the other; each one's answer is there before the next."""
        for key in keys:
            await self.page.keyboard.press(key)
            await self.is_right()

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)
        await self.is_right()


OpenWithKeys = Callable[[str], Awaitable[Keys]]


@pytest_asyncio.fixture(loop_scope="session")
async def keys(open_window: Open) -> OpenWithKeys:
    async def open_with_keys(path: str) -> Keys:
        window = await open_window(path)
        return Keys(window.page, window.site)

    return open_with_keys


async def test_counter(keys: OpenWithKeys) -> None:
    window = await keys("counter")
    await window.tab_to("main button")
    await window.hit("Enter", "Space")
    await window.has("main p", "Count: 2")


async def test_todo_list(keys: OpenWithKeys) -> None:
    window = await keys("todo_list")
    await window.tab_to("[name=text]")
    await window.type("Go out")
    await window.hit("Enter")
    await window.tab_to("li:nth-child(4) input")
    await window.hit("Space", "Tab")
    await expect(window.page.locator("li:nth-child(4) button")).to_be_focused()
    await window.hit("Enter")
    await expect(window.page.locator("li")).to_have_count(3)
    await expect(window.page.locator("#title")).to_be_focused()
    await window.tab_to("text=Done >> nth=0")
    await window.hit("Space")
    await expect(window.page.locator("li")).to_have_count(1)
    await window.tab_to("text=Clear done")
    await window.hit("Enter")
    await window.has(".empty", "Nothing here.")
    await expect(window.page.locator(".clear")).to_be_focused()


async def test_search(keys: OpenWithKeys) -> None:
    window = await keys("search")
    await window.tab_to("input")
    await window.type("datetime")
    await window.tab_to("li a")
    await window.hit("Shift+Tab", "Escape")
    await expect(window.page.locator("input")).to_have_value("")


async def test_chat(keys: OpenWithKeys) -> None:
    window = await keys("chat?name=Ada")
    await window.tab_to("aside input")
    await window.hit("Control+a")
    await window.type("Ada L.")
    await window.tab_to(".log")
    await window.tab_to("[name=text]")
    await window.type("Hello")
    await window.hit("Enter")
    await expect(window.page.locator("li.mine p")).to_contain_text("Hello")
    await window.has("aside li", re.compile("Ada L. \\(you\\)$"))
    await window.tab_to(".room button")


async def test_form_validation(keys: OpenWithKeys) -> None:
    window = await keys("form_validation")
    for name, text in (
        ("name", "Ada Lovelace"),
        ("age", "36"),
        ("email", "ada@example.org"),
        ("password", "Analytical-1"),
        ("repeated", "Analytical-1"),
    ):
        await window.tab_to(f"#{name}")
        await window.type(text)
    await window.tab_to("[value=free]")
    await window.hit("ArrowRight")
    await window.tab_to("[name=terms]")
    await window.hit("Space")
    await window.tab_to("text=Create account >> nth=-1")
    await window.hit("Enter")
    await window.has("main p", "Your Team account is ready.")
    await window.tab_to("text=Another one")


async def test_dashboard(keys: OpenWithKeys) -> None:
    window = await keys("dashboard?seed=1")
    await window.tab_to("main button")
    await window.page.keyboard.press("Space")
    await window.has("main button", "Go on")


async def test_game(keys: OpenWithKeys) -> None:
    window = await keys("game")
    await window.tab_to("text=New game")
    await window.hit("Enter", "Tab", "ArrowDown", "ArrowRight", "f")
    await window.has("[aria-label='row 2, column 2, flag']", "⚑")
    assert await window.page.evaluate(HAS_RING)
    await window.hit("f", "ArrowLeft", "Enter")
    await expect(window.page.locator("#cell-16.open.at")).to_have_count(1)


async def test_table(keys: OpenWithKeys) -> None:
    window = await keys("table")
    await window.tab_to("input")
    await window.type("ada")
    await window.tab_to("th.amount button")
    await window.hit("Enter", "Space")
    await expect(window.page.locator("th.amount")).to_have_attribute("aria-sort", "descending")
    await window.tab_to("text=Next →")
    await window.hit("Enter")
    await expect(window.page.locator("footer p")).to_contain_text("11–20")
    await window.hit("Shift+Tab", "Enter")
    await expect(window.page.locator("footer p")).to_contain_text("1–10")


async def test_the_focus_stays_on_a_button_that_leads_no_further(keys: OpenWithKeys) -> None:
    window = await keys("table")
    place, focused = window.page.locator("footer p"), window.page.locator("footer button:focus")
    await window.tab_to("input")
    await window.type("ada nantes 2025-0")
    await window.tab_to("text=Next →")
    await window.hit("Enter", "Space")
    await expect(place).to_have_text("21–25 of 25")
    await expect(focused).to_have_attribute("aria-disabled", "true")
    assert await window.page.evaluate(HAS_RING)
    await window.hit("Enter")
    await expect(place).to_have_text("21–25 of 25")
    await window.hit("Shift+Tab", "Enter", "Enter")
    await expect(place).to_have_text("1–10 of 25")
    await expect(focused).to_have_text("← Back")
    await expect(focused).to_have_attribute("aria-disabled", "true")


async def test_kanban(keys: OpenWithKeys) -> None:
    window = await keys("kanban")
    doing = window.page.locator(".column:nth-child(2) li p")
    await window.tab_to("#card-4")
    await window.tab_to("[name=text]")
    await window.type("Rest")
    await window.hit("Enter", "Shift+Tab", "ArrowUp", "ArrowRight", "ArrowUp")
    await expect(doing).to_have_text(["Rest", "Build the thing"])
    await expect(window.page.locator("li:focus p")).to_have_text("Rest")
    assert await window.page.evaluate(HAS_RING)
    await window.hit("ArrowDown", "ArrowLeft", "Delete")
    await expect(window.page.locator("li p", has_text="Rest")).to_have_count(0)
    await expect(window.page.locator("#todo")).to_be_focused()
    assert await window.page.evaluate(HAS_RING)
