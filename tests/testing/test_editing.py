"""Controls of a test page while somebody edits them: as in the client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hyper import LiveComponent
from hyper.testing import QueryError, mount
from hyper.testing.sources import one
from hyper.transport.bad_frames import BadFrameError
from hyper.transport.component import BadArgumentError

Load = Callable[[str], LiveComponent]

CHOOSING = """
@live
def page():
    pick, one, on, seen = "a", "a", False, []
    def choose(value: str):
        nonlocal pick
        pick = value
    def take(value: str):
        nonlocal one
        one = value
    def tick(checked: bool):
        nonlocal on
        on = checked
    def give():
        nonlocal pick, one, on
        pick, one, on = "c", "c", True
    t'''<select @change="choose(value)">{[t'<option selected="{v == pick}">{v}</option>' for v in "abc"]}</select>
    {[t'<input type="radio" name="one" value="{v}" checked="{v == one}" @change="take(value)">' for v in "abc"]}
    <input type="checkbox" checked="{on}" @change="tick(checked)"><button @click="give">x</button>
    <p>{pick} {one} {on!r}</p>'''
"""
SLIDING = """
levels = []
@live
def page():
    level = 0
    def slide(value: int):
        nonlocal level
        level = value
        levels.append(value)
    t'<input type="range" value="{level}" @input="slide(value)"><p>{levels!r}</p>'
"""
UNMATCHED = """
@live
def page():
    place, rows = "elsewhere", ["here", "there"]
    def turn():
        rows.reverse()
    def put():
        rows.insert(0, "first")
    t'''<select @bind="place">{[t'<option key="{row}">{row}</option>' for row in rows]}</select>
    <button id="turn" @click="turn">t</button><button id="put" @click="put">p</button><p>{place}</p>'''
"""
WORDED = """
@live
def page():
    price = 0.0
    def write(value: float):
        nonlocal price
        price = value
    t'<input value="{price:.2f}" @input="write(value)"><button @click="write(1)">x</button>'
"""
LONG = """
heard = []
@live
def page():
    text = ""
    def write(value: str):
        heard.append(len(value))
    t'<textarea @input="write(value)"></textarea><p>{heard!r}</p>'
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return lambda source: one(tmp_path, source)


def test_an_older_answer_does_not_undo_a_later_choice(load: Load) -> None:
    page = mount(load(CHOOSING))
    with page.latency():
        page.trigger("button", "click")
        page.select("select", "b")
        page.check("[value=b]")
        page.check("[type=checkbox]")
        page.uncheck("[type=checkbox]")
        arrivals = page._under_test.in_transit
        for arrive in arrivals[:1]:
            arrive()
        del arrivals[:1]
        assert (page.value("select"), page.value("[name=one]:checked")) == ("b", "b")
        assert not page.find("[type=checkbox]").checked
    assert page.text("p") == "b b False"
    assert (page.value("select"), page.value("[name=one]:checked")) == ("b", "b")
    assert not page.find("[type=checkbox]").checked


def test_of_many_edits_on_their_way_the_last_state_is_sent(load: Load) -> None:
    page = mount(load(SLIDING))
    with page.latency():
        for level in range(1, 21):
            page.fill("input", level)
    assert page.text("p") == "[1, 2, 3, 4, 5, 6, 7, 8, 20]"
    page.disconnect()
    for level in range(30, 50):
        page.fill("input", level)
    page.connect()
    assert page.text("p") == "[1, 2, 3, 4, 5, 6, 7, 8, 20, 30, 31, 32, 33, 34, 35, 36, 37, 49]"
    assert page.value("input") == "49"


def test_what_many_edits_have_left_is_sent_when_the_page_is_left(load: Load) -> None:
    component = load(SLIDING)
    levels = component.compiled.setup.__globals__["levels"]
    with mount(component) as page:
        page._under_test.slow_down()
        for level in range(1, 21):
            page.fill("input", level)
    assert levels == [1, 2, 3, 4, 5, 6, 7, 8, 20]


def test_a_bound_select_without_a_match_sets_its_variable(load: Load) -> None:
    page = mount(load(UNMATCHED))
    assert page.text("p") == page.value("select") == "here"


@pytest.mark.parametrize("step", ["#turn", "#put"])
def test_a_choice_stays_when_options_move_or_come(load: Load, step: str) -> None:
    page = mount(load(UNMATCHED))
    page.select("select", "there")
    page.click(step)
    assert page.text("p") == page.value("select") == "there"


def test_a_value_in_other_words_is_shown_when_the_field_is_left(load: Load) -> None:
    page = mount(load(WORDED))
    for typed in ("1", "12", "12.5"):
        page.fill("input", typed)
        assert page.value("input") == typed
    page.blur()
    assert page.value("input") == "12.50"
    page.fill("input", "3")
    page.trigger("button", "click")
    assert page.value("input") == "1.00"


def test_what_is_refused_stays_and_what_was_late_is_dropped(load: Load) -> None:
    page = mount(load(WORDED))
    with page.latency():
        page.fill("input", "1")
        with pytest.raises(BadArgumentError, match="Please enter a number"):
            page.fill("input", "bad")
    assert page.value("input") == "bad"


def test_a_text_that_is_too_long_is_not_told_again(load: Load) -> None:
    page = mount(load(LONG))
    with pytest.raises(BadFrameError, match="65536"):
        page.fill("textarea", "x" * 70_000)
    for _ in range(2):
        page.disconnect()
        page.connect()
    page.fill("textarea", "short")
    assert page.text("p") == "[5]"


def test_a_field_changed_by_keys_fires_change_when_it_is_left(load: Load) -> None:
    page = mount(load(LONG.replace("@input", "@change")))
    page.keydown("textarea", "a")
    page.keydown("textarea", "b")
    assert page.text("p") == "[]"
    page.blur()
    page.focus("textarea")
    page.blur()
    assert page.text("p") == "[2]"


@pytest.mark.parametrize(
    ("html", "fits", "text"),
    [("<input maxlength=4>", "ab😀", "abc😀"), ("<textarea maxlength=2></textarea>", "😀", "😀x")],
)
def test_maxlength_counts_utf16_units(load: Load, html: str, fits: str, text: str) -> None:
    page = mount(load(f"@live\ndef page():\n    def add(): pass\n    t'{html}<button @click=add>x</button>'"))
    page.fill("input, textarea", fits)
    with pytest.raises(QueryError, match=r"UTF-16 units"):
        page.fill("input, textarea", text)
    with pytest.raises(QueryError, match="listens"):
        page.keydown("input, textarea", "x")
    assert page.value("input, textarea") == fits
