"""``$`` actions on a test page. ``--live-browser`` runs the same tests in Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hyper import LiveComponent
from hyper.simulated.actions import ACTION_FUNCTIONS
from hyper.testing import QueryError, mount
from hyper.testing.sources import one
from hyper.vdom.templates import expressions

Load = Callable[[str], LiveComponent]

PAGE = '''
@live
def page(open: bool = False):
    count, tone = 0, "plain"
    def more(number: int = 1):
        nonlocal count, tone
        count += number
        tone = "warm"
    t"""
    <button id="act" @click="ACTION">Act</button> <button id="more" @click="more">More</button>
    <div id="box" class="box {tone}" title="{tone}" hidden="{not open}"><b>Text</b> <button id="in">In</button></div>
    <p @ping="more(10)"><button id="ping" @click="$dispatch('ping')">Ping</button> <output>{count}</output></p>
    <input id="field" @blur="more" value="{tone}">
    """
'''
FADING = '''
@live
def page():
    is_on = True
    def drop():
        nonlocal is_on
        is_on = False
    t"""<style>.fade {{ opacity: 0; transition: opacity 60s; }}</style><button @click="drop">Drop</button>"""
    if is_on:
        t'<p live-leave="fade">A while</p>'
'''


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """A page with a button that does an action."""
    return lambda action: one(tmp_path, PAGE.replace("ACTION", action))


@pytest.mark.parametrize(
    ("action", "name", "value"),
    [
        ("$show('#box')", "hidden", None),
        ("$toggle('#box')", "hidden", None),
        ("$hide('#box')", "hidden", ""),
        ("$toggle('#box'); $toggle('#box')", "hidden", ""),
        ("$add_class('#box', 'wide')", "class", "box {} wide"),
        ("$remove_class('#box', 'box')", "class", "{}"),
        ("$toggle_class('#box', 'box')", "class", "{}"),
        ("$set_attribute('#box', 'title', 5)", "title", "5"),
        ("$set_attribute('#box', 'data-on')", "data-on", ""),
        ("$remove_attribute('#box', 'title')", "title", None),
        ("$toggle_attribute('#box', 'data-tone', 'a', 'b')", "data-tone", "a"),
        ("$toggle_attribute('#box', 'title', 'plain', 'other')", "title", "other"),
        ("$set_attribute('#box', 'title', 'a; b')", "title", "a; b"),
    ],
)
def test_what_an_action_has_set_stays_over_later_patches(
    load: Load, action: str, name: str, value: str | None
) -> None:
    page = mount(load(action))
    page.click("#act")
    for tone in ("plain", "warm"):
        wanted = value and value.format(tone)
        assert page.find("#box").attributes.get(name) == wanted
        page.click("#more")


def test_the_element_itself_is_meant_without_a_selector(load: Load) -> None:
    page = mount(load("$add_class(this, 'a'); $add_class('', 'b')"))
    page.click("#act")
    assert page.find("#act").classes == ["a", "b"]
    assert page.has("button.a.b")
    assert page.patches == []


def test_what_an_action_hides_cannot_be_clicked(load: Load) -> None:
    page = mount(load("$hide('p')"))
    page.click("#act")
    with pytest.raises(QueryError, match="hidden"):
        page.click("#ping")


def test_the_handler_after_confirm_runs_if_the_user_agrees(load: Load) -> None:
    page = mount(load("$confirm('Sure; really?'); more(5)"))
    page.click("#act")
    assert page.text("output") == "5"
    page.agrees = False
    page.click("#act")
    assert page.text("output") == "5"
    assert page.asked == ["Sure; really?"] * 2


def test_focus_goes_to_the_first_that_takes_it(load: Load) -> None:
    page = mount(load("$show('#box'); $focus('#box')"))
    page.click("#act")
    assert page.has("#in:focus")


def test_nothing_hidden_gets_the_focus(load: Load) -> None:
    page = mount(load("$focus('#box')"))
    page.click("#act")
    assert page.has("#act:focus")


def test_dispatched_events_are_heard_around(load: Load) -> None:
    page = mount(load("more"))
    page.click("#ping")
    assert page.text("output") == "10"


@pytest.mark.parametrize(("selector", "copied"), [("#box b", "Text"), ("#field", "typed")])
def test_copied_is_a_text_or_what_a_control_shows(load: Load, selector: str, copied: str) -> None:
    page = mount(
        load(f"$copy('{selector}')"),
    )
    page.fill("#field", "typed")
    page.click("#act")
    assert page.copied == copied


def test_a_transition_ends_with_its_time(load: Load) -> None:
    page = mount(load("$transition('#box', 'moving', 1500)"), open=True)
    page.click("#act")
    assert page.has("#box.moving")
    page.advance(2)
    assert not page.has("#box.moving")


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ("$set_attribute('#box', 'onclick', 'x()')", "onclick cannot be set"),
        ("$set_attribute('#box')", r"\$set_attribute does not take these arguments"),
        ("$hide('!')", "is no CSS selector"),
        ("$copy('#none')", "nothing matches '#none'"),
    ],
)
def test_an_action_that_cannot_be_done_says_where(load: Load, action: str, message: str) -> None:
    page = mount(load(action))
    with pytest.raises(QueryError, match=message):
        page.click("#act")


def test_the_simulated_browser_has_all_actions() -> None:
    assert set(ACTION_FUNCTIONS) == expressions.ACTIONS


def test_what_fades_out_has_gone(tmp_path: Path) -> None:
    page = mount(one(tmp_path, FADING))
    page.click("button")
    assert not page.has("p")
