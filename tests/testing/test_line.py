"""Bad lines on a test page: slow ones, lost ones, and servers that start anew.

``--live-browser`` runs the same tests in Chromium.
"""

from __future__ import annotations

import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest

from hyper import LiveComponent
from hyper.testing import QueryError, mount, mount_async
from hyper.testing.sources import one

Load = Callable[[str], LiveComponent]

FORM = """
@live
def page():
    text, saved = "", []
    def type(value: str):
        nonlocal text
        text = value.upper()
    def save(name: str):
        nonlocal text
        saved.append(name)
        text = ""
    t'<form @submit="save"><input name="name" value="{text}" @input="type(value)"><button>Save</button></form><p>{saved!r}</p>'
"""


COUNTING = '''
@live
def page(start: int = 0):
    count = start
    text = ""
    def add():
        nonlocal count
        count += 1
    def save(value):
        nonlocal text
        text = value.upper()
    t"""<p>{count}</p><button @click="add">+</button><input value="{text}" @input="save(value)">"""
'''
KEPT = '@live\ndef page():\n    def add(text): pass\n    t\'<form @submit="add"><input name="text"></form>\''
FIELDS = """
notes = []
@live
def page():
    name, size, words, extra, colour = "", "s", "", False, "red"
    def note(value: str):
        notes.append(value)
    t'''<input id="name" @bind="name" @input="note(value)">
    <select @bind="size"><option value="s">S</option><option value="l">L</option></select>
    <textarea @bind.debounce.100ms="words"></textarea>
    <input type="checkbox" @bind="extra">
    <input type="radio" name="colour" value="red" @bind="colour"><input type="radio" name="colour" value="blue" @bind="colour">
    <p>{name} {size} {words} {extra!r} {colour} {notes!r}</p>'''
"""
GIVEN = """
given = ["a"]
@live
def page():
    text = ""
    def change(value: str):
        nonlocal text
        given.append("b")
        text = value
    t'<input value="{given[-1]}" @input="change(value)"><p>{text}</p>'
"""
ELSEWHERE = """
mounts = []
@live
def page():
    name = ""
    mounts.append(name)
    number = len(mounts)
    def nothing(): ...
    field = t'<input id="name" @bind="name">'
    t'<section>{field}</section>' if number == 1 else t'<main>{field}</main>'
    t'<p>{name}</p>'
"""
TAKEN = """
@live
def page():
    name, is_open = "", True
    def close():
        nonlocal is_open
        is_open = False
    t'<p>{name}</p><button @click="close">x</button>'
    if is_open:
        t'<input id="name" @bind="name">'
"""
PUSHING = """
from hyper import push
@live
def page():
    def tell(what: str):
        push("told", {"what": [what]})
    t'''<button @click="tell('a')">a</button>'''
"""


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return lambda source: one(tmp_path, source)


def test_answers_come_when_the_block_ends(load: Load) -> None:
    page = mount(load(FORM))
    with page.latency():
        page.submit(name="tea")
        assert page.text("p") == "[]"
        assert "tea" in page.html.lower()
    assert page.text("p") == "['tea']"
    assert page.value("input") == ""


def test_what_is_loading_shows_it_until_the_answer(load: Load) -> None:
    page = mount(load(FORM))
    with page.latency():
        page.submit(name="tea")
        assert page.find("form")["aria-busy"] == "true"
        assert page.has("form.live-loading button:disabled")
        with pytest.raises(QueryError, match="disabled"):
            page.click("button")
    assert page.find("form").attributes.keys() == {"@submit"}
    assert not page.find("button").disabled


@pytest.mark.parametrize("press", ["click", "Enter", "Space"])
def test_a_button_that_has_submitted_keeps_the_focus_and_does_nothing_meanwhile(
    load: Load, press: str
) -> None:
    page = mount(load(FORM))
    page.fill("input", "tea")
    with page.latency():
        page.focus("button")
        if press == "click":
            page.click("button")
        else:
            page.keydown("button", press)
        assert page.has("button:focus:enabled")
        assert page.find("button")["aria-disabled"] == "true"
        page.click("button") if press == "click" else page.keydown("button", press)
    assert page.text("p") == "['TEA']"
    assert "aria-disabled" not in page.find("button")


def test_events_wait_for_the_connection(load: Load) -> None:
    page = mount(load(COUNTING))
    page.disconnect()
    page.click("button")
    page.click("button")
    assert page.text("p") == "0"
    assert page.patches == []
    page.connect()
    assert page.text("p") == "2"


def test_an_answer_that_comes_late_does_not_disturb_who_types(load: Load) -> None:
    page = mount(load(COUNTING))
    page.fill("input", "a")
    assert page.value("input") == "A"
    page.disconnect()
    page.fill("input", "b")
    page.fill("input", "bc")
    page.connect()
    assert page.value("input") == "BC"


def test_a_restart_loses_the_state_and_keeps_what_is_typed(load: Load) -> None:
    page = mount(load(KEPT))
    page.fill("input", "typed")
    page.restart()
    assert page.value("input") == "typed"
    counter = mount(load(COUNTING), start=5)
    counter.click("button")
    counter.restart()
    assert counter.text("p") == "5"
    counter.click("button")
    assert counter.text("p") == "6"


def test_after_a_restart_the_server_is_told_again_what_was_filled_in(load: Load) -> None:
    page = mount(load(FIELDS))
    page.fill("#name", "Ada")
    page.select("select", "l")
    page.fill("textarea", "one two")
    page.check("[type=checkbox]")
    page.check("[value=blue]")
    assert page.text("p") == "Ada l one two True blue ['Ada']"
    for notes in (["Ada"] * 2, ["Ada"] * 3):
        page.restart()
        assert page.text("p") == f"Ada l one two True blue {notes}"
    assert page.value("#name") == "Ada"


def test_what_was_typed_while_the_line_was_down_is_told_after_a_restart(load: Load) -> None:
    page = mount(load(FIELDS))
    page.fill("#name", "A")
    page.disconnect()
    page.fill("#name", "Ad")
    page.fill("#name", "Ada")
    page.restart()
    assert page.text("p") == "Ada s False red ['A', 'Ada']"


def test_what_was_typed_is_told_by_the_field_that_has_the_id_now(load: Load) -> None:
    page = mount(load(ELSEWHERE))
    page.fill("section input", "Ada")
    page.restart()
    assert page.text("p") == page.value("main input") == "Ada"


def test_a_field_that_the_server_has_taken_away_is_not_filled_in_again(load: Load) -> None:
    page = mount(load(TAKEN))
    page.fill("input", "Ada")
    assert page.text("p") == "Ada"
    page.click("button")
    assert not page.has("input")
    page.restart()
    assert page.text("p") == page.value("input") == ""


def test_a_newer_value_of_the_server_is_not_overwritten_after_a_restart(load: Load) -> None:
    page = mount(load(GIVEN))
    page.fill("input", "typed")
    page.blur()
    page.restart()
    assert page.value("input") == "b"
    assert page.text("p") == ""


def test_events_for_a_lost_state_are_dropped_those_for_one_that_was_never_told_anything_are_not(
    load: Load,
) -> None:
    told, untold = mount(load(COUNTING)), mount(load(COUNTING))
    told.click("button")
    for page in (told, untold):
        page.disconnect()
        page.click("button")
        page.restart()
    assert (told.text("p"), untold.text("p")) == ("0", "1")
    assert not told.has(".live-loading")
    for page in (told, untold):
        page.click("button")
    assert (told.text("p"), untold.text("p")) == ("1", "2")


def test_what_is_pushed_while_the_line_is_down_comes_when_it_is_back(load: Load) -> None:
    page = mount(load(PUSHING))
    page.click("button")
    assert [(pushed.event, pushed.detail) for pushed in page.pushed] == [("told", {"what": ["a"]})]
    page.disconnect()
    page.event("tell", "b")
    assert page.pushed == []
    page.connect()
    assert [pushed.detail for pushed in page.pushed] == [{"what": ["b"]}]


def test_loading_is_shown_while_the_line_is_down(load: Load) -> None:
    page = mount(load(FORM))
    page.disconnect()
    page.submit(name="tea")
    assert page.has("form.live-loading button:disabled")
    page.connect()
    assert not page.has(".live-loading, :disabled")
    page.disconnect()
    page.submit(name="lost")
    page.restart()
    assert not page.has(".live-loading, :disabled")


def test_an_event_that_fails_is_acknowledged(load: Load) -> None:
    page = mount(load("@live\ndef page():\n    def fail(): 1 / 0\n    t'<button @click=\"fail\">x</button>'"))
    with page.latency():
        with pytest.raises(ZeroDivisionError):
            page.click("button")
        assert page.has("button.live-loading")
    assert not page.has("button.live-loading")


async def test_latency_in_an_async_test(load: Load) -> None:
    async with await mount_async(load(FORM)) as page:
        with page.latency():
            await page.submit(name="tea")
            assert page.text("p") == "[]"
        assert page.text("p") == "['tea']"


def test_a_page_opens_in_the_browser_of_the_system(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    path = mount(load(FORM)).open_browser()
    try:
        assert opened == [path.as_uri()]
        assert '<input name="name" value="" @input="type(value)">' in path.read_text(encoding="utf-8")
    finally:
        path.unlink()
