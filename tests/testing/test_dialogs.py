"""Dialogs and popovers on a test page. ``--live-browser`` runs the same tests in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hyper.testing import Page, QueryError, mount
from hyper.testing.sources import one

PAGE = '''
@live
def page(open: bool = False):
    log, is_open = [], open
    def note(what: str):
        log.append(what)
    def save(method: str = "", text: str = ""):
        log.append(f"saved {text}".strip())
    def turn():
        nonlocal is_open
        is_open = not is_open
    t"""
    <button id="opener" @click="$show_modal('#first')">Open</button>
    <button id="turn" @click="turn">Turn</button>
    <button id="early" @click="$show_modal('#plain')">Open what is open</button>
    <dialog id="first" @close="note('closed first')" @cancel="note('cancelled first')">
        <form @submit="save">
            <input name="method" required><input name="text">
            <button id="save">Save</button>
            <button id="cancel" formmethod="dialog" formnovalidate value="no">Cancel</button>
        </form>
        <button id="close" @click="$close; note('clicked')">Close</button>
        <button id="nested" @click="$show_modal('#second')">More</button>
        <button id="bump" @click="note('bump')">Bump</button>
        <button id="other" @click="turn">Turn</button>
    </dialog>
    <dialog id="second" @close="note('closed second')" @cancel.prevent="note('kept second')">
        <form method="dialog"><input name="method"><button id="yes" value="yes">Yes</button></form>
        <form method="dialog" @submit="save"><input name="text"><button id="both">Both</button></form>
        <form method="dialog" @submit.prevent="save"><button id="stay">Stay</button></form>
        <button id="far" @click="$close('#first')">Close the first</button>
        <button id="inner" @click="$show_modal('#second')">Again</button>
    </dialog>
    <dialog id="plain" open="{is_open}" @close="note('closed plain')">
        <button id="shut" @click="$close(this)">Shut</button></dialog>
    <button id="pop" popovertarget="tip">Tip</button> <button id="hide" popovertarget="tip" popovertargetaction="hide">x</button>
    <p popover="manual" id="tip"><button id="told" @click="note('told')">Tell</button></p>
    <output>{", ".join(log)}</output>
    """
'''

Open = Callable[..., Page]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """The page, after clicks on these elements."""

    def open_page(*clicks: str, **props: bool) -> Page:
        page = mount(one(tmp_path, PAGE), **props)
        for click in clicks:
            page.click(click)
        return page

    return open_page


def has_open(page: Page, *ids: str) -> bool:
    return [dialog["id"] for dialog in page.all("dialog[open]")] == list(ids)


def test_a_dialog_that_is_not_open_cannot_be_reached(opened: Open) -> None:
    page = opened()
    with pytest.raises(QueryError):
        page.click("#bump")


def test_what_is_behind_a_modal_dialog_cannot_be_reached(opened: Open) -> None:
    page = opened("#opener", "#bump")
    with pytest.raises(QueryError):
        page.click("#turn")
    page.click("#nested")
    with pytest.raises(QueryError):
        page.click("#bump")
    page.click("#yes")
    page.click("#bump")
    assert page.text("output") == "bump, closed second, bump"


@pytest.mark.parametrize(
    ("clicks", "log", "still"),
    [
        (["#opener", "#cancel"], "closed first", []),
        (["#opener", "#close"], "clicked, closed first", []),
        (["#opener", "#nested", "#yes"], "closed second", ["first"]),
        (["#opener", "#nested", "#both"], "saved, closed second", ["first"]),
        (["#opener", "#nested", "#stay"], "saved", ["first", "second"]),
        (["#opener", "#nested", "#far"], "closed first", ["second"]),
        (["#opener", "#nested", "#inner"], "", ["first", "second"]),
    ],
)
def test_a_dialog_is_closed_by_what_says_so(
    opened: Open, clicks: list[str], log: str, still: list[str]
) -> None:
    page = opened(*clicks)
    assert page.text("output") == log
    assert has_open(page, *still)


def test_a_form_in_a_dialog_is_sent_and_leaves_it_open(opened: Open) -> None:
    page = opened("#opener")
    page.submit("#first form", method="a", text="b")
    assert page.text("output") == "saved b"
    assert has_open(page, "first")


def test_escape_cancels_and_closes_unless_it_is_prevented(opened: Open) -> None:
    page = opened("#opener", "#nested")
    page.keydown("#yes", "Escape")
    assert page.text("output") == "kept second"
    page.click("#yes")
    page.keydown("#bump", "Escape")
    assert page.text("output") == "kept second, closed second, cancelled first, closed first"
    assert has_open(page)


def test_updates_leave_a_dialog_open_that_its_user_opened(opened: Open) -> None:
    page = opened("#opener", "#bump", "#other")
    assert has_open(page, "first", "plain")
    page.click("#other")
    assert has_open(page, "first")


def test_the_server_opens_and_closes_a_dialog_by_its_attribute(opened: Open) -> None:
    page = opened("#turn")
    assert has_open(page, "plain")
    page.click("#turn")
    assert has_open(page)
    assert page.text("output") == "closed plain"


def test_what_the_user_closed_stays_so_until_the_server_changes_its_attribute(opened: Open) -> None:
    page = opened("#shut", open=True)
    assert page.text("output") == "closed plain"
    assert has_open(page)
    page.click("#turn")
    assert has_open(page)
    page.click("#turn")
    assert has_open(page, "plain")


def test_the_server_closes_a_dialog_that_its_user_opened_as_modal(opened: Open) -> None:
    page = opened("#early", "#shut", "#opener", "#other")
    assert has_open(page, "first", "plain")


def test_the_focus_is_back_on_the_opener(opened: Open) -> None:
    page = opened("#opener", "#close")
    assert page.find(":focus")["id"] == "opener"
    page.click("#opener")
    page.click("#nested")
    page.click("#yes")
    assert page.find(":focus")["id"] == "nested"


def test_a_popover_is_opened_by_its_button_and_stays_through_updates(opened: Open) -> None:
    page = opened()
    with pytest.raises(QueryError):
        page.click("#told")
    page.click("#pop")
    page.click("#told")
    page.click("#told")
    assert page.text("output") == "told, told"
    page.click("#hide")
    with pytest.raises(QueryError):
        page.click("#told")


def test_a_dialog_that_is_open_cannot_become_modal(opened: Open) -> None:
    page = opened(open=True)
    with pytest.raises(QueryError):
        page.click("#early")
