"""Dialogs and popovers: what opens and closes them, where the focus goes, and who wins, the user or the server."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .view import Show, View

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def shown(view: View, *ids: str) -> None:
    """Only these dialogs are open, soon."""
    await expect(view.find("dialog[open]")).to_have_count(len(ids))
    for name in ids:
        await expect(view.find(f"#{name}")).to_be_visible()


async def opened(show: Show, *clicks: str) -> View:
    view = await show("dialogs")
    await view.extras()
    for click in clicks:
        await view.click(click)
    return view


@pytest.mark.parametrize(
    ("button", "value", "log"),
    [
        ("#yes", "yes", "close outer"),
        ("#named-yes", "named", "close outer"),
        ("#both", "both", "saved t close outer"),
        ("#cancel", "cancelled", "close outer"),
        ("#close", "", "closing close outer"),
    ],
)
async def test_a_dialog_closes_with_its_value_and_gives_the_focus_back(
    show: Show, button: str, value: str, log: str
) -> None:
    view = await opened(show, "#opener")
    await shown(view, "outer")
    await view.click(button)
    await shown(view)
    await view.has("output", log)
    assert await view.find("#outer").evaluate("dialog => dialog.returnValue") == value
    await expect(view.find("#opener")).to_be_focused()


async def test_a_form_of_a_dialog_that_is_prevented_leaves_it_open(show: Show) -> None:
    view = await opened(show, "#opener", "#stay")
    await view.has("output", "saved kept")
    await shown(view, "outer")


async def test_escape_closes_the_dialog_in_front_unless_that_is_prevented(show: Show) -> None:
    view = await opened(show, "#opener", "#nested")
    await view.page.keyboard.press("Escape")
    await view.has("output", "cancel inner")
    await shown(view, "outer", "inner")
    await view.click("#shut")
    await expect(view.find("#nested")).to_be_focused()
    await view.page.keyboard.press("Escape")
    await view.has("output", "cancel inner cancel outer close outer")
    await shown(view)
    await expect(view.find("#opener")).to_be_focused()


async def test_a_dialog_that_the_user_opened_stays_modal_through_updates_and_restarts(show: Show) -> None:
    view = await opened(show, "#opener")
    await view.set(log=["news"])
    await view.has("output", "news")
    await view.disconnect(forget=True)
    await view.connect()
    await shown(view, "outer")
    assert await view.find("#outer").evaluate("dialog => dialog.matches(':modal')")


async def test_a_dialog_that_the_user_closed_is_opened_by_the_next_change_of_the_server(show: Show) -> None:
    view = await opened(show, "#turn", "#away")
    await view.has("output", "close told")
    await view.set(log=["news"])
    await shown(view)
    await view.set(is_open=False)
    await shown(view)
    await view.set(is_open=True)
    await shown(view, "told")


async def test_a_dialog_that_the_server_closes_leaves_the_page_free(show: Show) -> None:
    view = await opened(show, "#turn")
    await view.page.evaluate("told.close(); told.showModal()")
    await view.has("output", "close told")
    await view.set(is_open=False)
    await shown(view)
    await view.has("output", "close told close told")
    await view.click("#turn")
    await shown(view, "told")


async def test_a_dialog_that_the_user_closed_stays_so_when_the_connection_is_back(show: Show) -> None:
    view = await opened(show, "#turn", "#away")
    await view.disconnect()
    await view.connect()
    await shown(view)


async def test_a_dialog_that_the_user_closed_opens_where_a_server_without_its_state_says_so(
    show: Show,
) -> None:
    view = await show("dialogs", begins_open=True)
    await view.extras()
    await view.click("#away")
    await view.has("output", "close told")  # browsers tell of it later
    await shown(view)
    await view.disconnect(forget=True)
    await view.connect()
    await shown(view, "told")


async def test_a_popover_tells_that_it_opens_and_stays_through_updates(show: Show) -> None:
    view = await opened(show, "#tipper")
    await view.has("output", "open")
    await view.set(log=["news"])
    await expect(view.find("#tip")).to_be_visible()
    await view.page.keyboard.press("Escape")
    await view.has("output", "news closed")
