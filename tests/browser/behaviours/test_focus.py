"""Where the focus goes: into what opens, round in it, and back."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def goes_through(view: View, key: str, *selectors: str) -> None:
    """Each press of the key leads to the next of these elements."""
    for selector in selectors:
        await view.page.keyboard.press(key)
        await expect(view.find(selector)).to_be_focused()


async def test_a_menu_that_opens_has_the_focus_and_tab_goes_round_in_it(show: Show) -> None:
    view = await show("menu")
    await expect(view.find("#menu")).to_be_hidden()
    await view.click("#open")
    await expect(view.find("#one")).to_be_focused()
    await goes_through(view, "Tab", "#two", "#three", "#one")
    await goes_through(view, "Shift+Tab", "#three", "#two", "#one", "#three")


async def test_the_focus_is_back_where_it_was_when_a_menu_closes(show: Show) -> None:
    view = await show("menu")
    await view.click("#open")
    await expect(view.find("#one")).to_be_focused()
    await view.page.keyboard.press("Escape")
    await expect(view.find("#menu")).to_be_hidden()
    await expect(view.find("#open")).to_be_focused()
    await view.click("#open")
    await view.click("#two")
    await view.has("#after", "two")
    await expect(view.find("#menu")).to_be_hidden()
    await expect(view.find("#open")).to_be_focused()


async def test_tab_goes_round_among_what_can_have_the_focus(show: Show) -> None:
    view = await show("menu")
    await view.extras()
    await view.click("#a")
    await goes_through(view, "Tab", "#b", "#c", "#a")
    await goes_through(view, "Shift+Tab", "#c", "#b", "#a", "#c")


async def test_tab_comes_in_at_the_first_from_before_and_at_the_last_from_after(show: Show) -> None:
    view = await show("menu")
    await view.find("#open").focus()
    await goes_through(view, "Tab", "#a")
    await view.find("#after").focus()
    await goes_through(view, "Shift+Tab", "#c")


async def test_the_focus_goes_on_with_what_moves_into_another_list(show: Show) -> None:
    view = await show("lanes")
    for lane in ("right", "left"):
        await view.click("#y")
        await expect(view.find(f"#{lane} #y")).to_be_focused()


async def test_the_focus_goes_round_without_a_trace_in_the_page(show: Show) -> None:
    view = await show("menu")
    await view.extras()
    await view.click("#a")
    await view.watch()
    await goes_through(view, "Tab", "#b", "#c", "#a")
    assert await view.changes() == []


async def test_the_focus_is_on_the_button_again_when_its_form_has_arrived(show: Show) -> None:
    view = await show("sending")
    await view.find("#go").focus()
    for count in ("1", "2"):
        await view.page.keyboard.press("Space")
        await view.has("#count", count)
        await expect(view.find("#go")).to_be_focused()


@pytest.mark.parametrize("key", ["Space", "Enter", "click"])
async def test_the_focus_stays_on_the_button_while_its_form_is_on_its_way(show: Show, key: str) -> None:
    view = await show("sending")
    await view.find("#go").focus()
    await view.hold()
    for _ in range(3):
        if key == "click":
            await view.find("#go").click(force=True)
        else:
            await view.page.keyboard.press(key)
        await view.held(1)
        await expect(view.find("#go")).to_be_focused()
        await expect(view.find("#go")).to_have_attribute("aria-disabled", "true")
    await view.find("#text").focus()
    await view.page.keyboard.press("Enter")
    assert len(await view.held(1)) == 1
    await view.free()
    await view.has("#count", "1")
    await expect(view.find("#go")).not_to_have_attribute("aria-disabled", "true")
    await view.click("#go")
    await view.has("#count", "2")


async def test_what_a_held_button_says_itself_is_not_said_twice(show: Show) -> None:
    view = await show("two_steps")
    await view.find("#choose").focus()
    await view.hold()
    await view.page.keyboard.press("Enter")
    await view.held(2)
    await expect(view.find("#by-night")).to_have_attribute("disabled", "")
    await view.find("#choose").click(force=True)
    assert len(await view.held(2)) == 2
    await view.free()
    await view.has("output", "chosen, hello sent ")
    await expect(view.find("#by-night")).to_be_enabled()


async def test_what_the_server_says_of_a_held_button_is_left(show: Show) -> None:
    view = await show("pager")
    for was, is_last in (("false", "true"), ("true", "true")):
        await expect(view.find("#next")).to_have_attribute("aria-disabled", was)
        await view.find("#next").focus()
        await view.page.keyboard.press("Enter")
        await view.settled()
        await expect(view.find("#next")).to_have_attribute("aria-disabled", is_last)
        await expect(view.find("#next")).to_be_focused()


async def test_the_focus_that_moved_on_stays_when_a_form_has_arrived(show: Show) -> None:
    view = await show("sending")
    await view.find("#go").focus()
    await view.hold()
    await view.page.keyboard.press("Space")
    await view.held(1)
    await view.find("#text").focus()
    await view.free()
    await view.has("#count", "1")
    await expect(view.find("#text")).to_be_focused()


async def test_what_has_live_autofocus_has_the_focus_each_time_it_is_shown(show: Show) -> None:
    view = await show("sending")
    for _ in range(2):
        await view.click("#turn")
        await expect(view.find("#new")).to_be_focused()
        await view.click("#turn")
        await expect(view.find("#new")).to_have_count(0)


async def test_a_dialog_is_closed_by_its_buttons_and_cancel_sends_nothing(show: Show) -> None:
    view = await show("sending")
    for dialog, button, count in (("#dialog", "#cancel", "0"), ("#own", "#yes", "1")):
        await view.find(dialog).evaluate("dialog => dialog.showModal()")
        await view.click(button)
        await expect(view.find(dialog)).to_be_hidden()
        await view.has("#count", count)
