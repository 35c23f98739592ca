"""Slow lines on a test page: what the user does next comes before the answers."""

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


def test_an_older_answer_does_not_overwrite_what_was_typed_since(load: Load) -> None:
    page = mount(load(FORM))
    seen = []
    with page.latency():
        for text in ("t", "te", "tea"):
            page.fill("input", text)
            seen.append(page.value("input"))
        arrivals = page._session.in_transit
        for arrive in arrivals[:-1]:
            arrive()
            seen.append(page.value("input"))
        del arrivals[:-1]
    assert set(seen[:3]) == {"t", "te", "tea"}
    assert set(seen[3:-1]) == {"tea"}
    assert page.value("input") == "TEA"


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
