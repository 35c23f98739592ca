"""A form, a list and validation: what a person does, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

import hyper
from hyper.testing import Page, mount
from hyper.transport.component import BadArgumentError, UnknownEventError

EXAMPLES = Path(__file__).parents[2] / "examples"
todo_list = hyper.load(EXAMPLES / "todo_list.py")["todo_list"]


@pytest.fixture
def page() -> Page:
    return mount(todo_list)


def tasks(page: Page) -> list[str]:
    return page.texts("li span")


def test_a_task_is_added_and_the_field_is_empty_again(page: Page) -> None:
    page.submit(text="  Buy milk ")
    assert tasks(page)[-1] == "Buy milk"
    assert page.value("[name=text]") == ""
    assert page.text("footer p") == "3 tasks left"


def test_an_addition_is_one_inserted_row(page: Page) -> None:
    page.submit(text="Buy milk")
    assert [patch["path"] for patch in page.patches] == [
        "section/form/input/@value",
        "section/ul",
        "section/footer/p/text",
    ]


@pytest.mark.parametrize(
    ("text", "problem"), [(" ", "Write down what there is to do"), ("x" * 81, "80 characters")]
)
def test_what_is_refused_is_said_and_stays_in_the_field(page: Page, text: str, problem: str) -> None:
    before = tasks(page)
    page.submit(text=text)
    assert problem in page.text("[role=alert]")
    assert page.find("[name=text]")["aria-invalid"] == "true"
    assert page.value("[name=text]") == text
    assert tasks(page) == before
    page.submit(text="Buy milk")
    assert page.text("[role=alert]") == ""


def test_tasks_are_ticked_filtered_and_cleared(page: Page) -> None:
    page.check("li:nth-child(3) input")
    assert page.text("footer p") == "1 task left"
    page.click("footer button", "Open")
    assert tasks(page) == ["Add something"]
    page.click("footer button", "Done")
    assert tasks(page) == ["Open this page", "Tick it off"]
    page.click("button", "Clear done")
    assert tasks(page) == []
    assert page.has(".empty")
    page.click("footer button", "All")
    assert tasks(page) == ["Add something"]
    assert page.find("button", "Clear done")["aria-disabled"] == "true"


def test_a_tick_can_be_taken_back(page: Page) -> None:
    page.uncheck("li:first-child input")
    assert page.text("footer p") == "3 tasks left"
    assert not page.has("li.done")


def test_deleting_takes_one_row_away(page: Page) -> None:
    page.click("[aria-label='Delete Add something']")
    assert tasks(page) == ["Open this page", "Tick it off"]
    assert {"path": "section/ul", "remove": 1} in page.patches


def test_forged_events_change_nothing(page: Page) -> None:
    before = tasks(page)
    with pytest.raises(UnknownEventError):
        page.event("something", "x")
    with pytest.raises(BadArgumentError, match="filter"):
        page.event("show", "nothing")
    page.event("add", text={"a": "list"})
    assert tasks(page) == before
    assert page.has("[aria-pressed=true]", "All")
