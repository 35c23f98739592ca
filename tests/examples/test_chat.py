"""Several people in one room: mount a page for each."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper import ComponentError
from hyper.components.loader import load_module
from hyper.testing import Page, mount

EXAMPLES = Path(__file__).parents[2] / "examples"
example = load_module(EXAMPLES / "chat.py")


@pytest.fixture(autouse=True)
def _empty_room() -> None:
    example.messages.clear()
    example.writing.clear()


@pytest.fixture
def ada() -> Page:
    return mount(example.chat, name="Ada")


@pytest.fixture
def grace() -> Page:
    return mount(example.chat, name="Grace")


def test_everybody_sees_a_message(ada: Page, grace: Page) -> None:
    ada.submit(text="Hello")
    assert grace.texts("[role=log] p")[0].startswith("Hello")
    assert grace.has("li.theirs b", "Ada")
    assert ada.has("li.mine")
    assert ada.value("[name=text]") == ""


def test_a_message_is_one_inserted_row_for_everybody(ada: Page, grace: Page) -> None:
    ada.submit(text="Hello")
    grace.submit(text="Hello you")
    inserted = [patch for patch in ada.patches if patch["path"].endswith("/ol")]
    assert [(patch["insert"], "Hello you" in patch["html"]) for patch in inserted] == [(1, True)]


def test_the_name_is_said_once_for_several_messages(ada: Page, grace: Page) -> None:
    ada.submit(text="One")
    ada.submit(text="Two")
    assert grace.texts("li.theirs b") == ["Ada"]


def test_everybody_sees_who_is_here(ada: Page, grace: Page) -> None:
    assert ada.text("h2") == "2 here"
    assert ada.texts("aside li") == ["A Ada (you)", "G Grace"]
    grace.close()
    ada.settle()
    assert ada.texts("aside li") == ["A Ada (you)"]


def test_everybody_sees_who_is_writing(ada: Page, grace: Page) -> None:
    grace.fill("[name=text]", "Hel")
    assert ada.text(".writing") == "Grace is writing …"
    assert grace.text(".writing") == ""
    grace.fill("[name=text]", "Hell")
    assert ada.patches == []
    grace.fill("[name=text]", "")
    assert ada.text(".writing") == ""


def test_who_leaves_is_not_writing_any_more(ada: Page, grace: Page) -> None:
    grace.fill("[name=text]", "Hel")
    grace.close()
    ada.settle()
    assert ada.text(".writing") == ""


def test_a_new_name_is_everybodys(ada: Page, grace: Page) -> None:
    ada.fill("aside input", "Ada Lovelace")
    assert grace.texts("aside li") == ["A Ada Lovelace", "G Grace (you)"]
    ada.submit(text="Hi")
    assert grace.has("li.theirs b", "Ada Lovelace")


def test_messages_are_text_never_html(ada: Page, grace: Page) -> None:
    ada.submit(text="<img src=x onerror=alert(1)>")
    assert not grace.has("img")
    assert grace.has("p", "<img src=x onerror=alert(1)>")


def test_the_room_forgets(ada: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(example, "KEPT", 2)
    for text in ("one", "two", "three"):
        ada.submit(text=text)
    assert [text.split()[0] for text in ada.texts("[role=log] p")] == ["two", "three"]


def test_who_comes_late_sees_what_was_said(ada: Page) -> None:
    ada.submit(text="Hello")
    late = mount(example.chat)
    assert late.has("[role=log] p", "Hello")


def test_a_name_is_not_empty() -> None:
    with pytest.raises(ComponentError, match="name"):
        mount(example.chat, name=" ")
