"""Actions: done at once by the browser, and not undone by what the server sends."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOUCHED = [
    "section#panel @aria-expanded",
    "section#panel @class",
    "section#panel @data-open",
    "section#panel @hidden",
]


async def panel(view: View) -> dict[str, str]:
    return await view.find("#panel").evaluate(
        "panel => Object.fromEntries(Array.from(panel.attributes, ({ name, value }) => [name, value]))"
    )


async def acts(view: View, button: str) -> list[str]:
    """What a button's actions change, once its transition is over."""
    await view.watch()
    await view.click(button)
    # the first action of a page loads the extras
    await view.page.wait_for_function("behaviour.changes().includes('section#panel @hidden')")
    await expect(view.find("#panel.fade")).to_have_count(0)
    return await view.changes()


@pytest.mark.parametrize(
    ("opening", "closing", "is_open"), [("#toggle", "#toggle", ""), ("#show", "#hide", "yes")]
)
async def test_what_actions_set_is_there_at_once_and_stays(
    show: Show, opening: str, closing: str, is_open: str
) -> None:
    view = await show("dialog")
    assert await acts(view, opening) == TOUCHED
    shown = {"id": "panel", "aria-expanded": "true", "data-open": is_open}
    assert await panel(view) == {**shown, "class": "n0"}
    await view.set(count=1)
    assert await panel(view) == {**shown, "class": "n1"}
    assert await acts(view, closing) == TOUCHED
    await view.set(count=2)
    assert await panel(view) == {"id": "panel", "hidden": "", "aria-expanded": "false", "class": "n2"}


async def test_details_that_the_user_opened_stay_open(show: Show) -> None:
    view = await show("dialog")
    await view.find("summary").click()
    await view.click("#more")
    await view.has("#more", "1")
    await expect(view.find("details")).to_have_attribute("open", "")


async def test_an_action_that_fails_is_told_and_the_rest_goes_on(show: Show) -> None:
    view = await show("sending")
    await view.page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    await view.click("#copy")
    await view.has("#count", "1")
    await expect(view.find("#text")).to_have_class("on")
    assert ["https" in problem for problem in view.problems] == [True]
    view.problems.clear()
