"""Drag and drop, with the keyboard as well, seen by everybody."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.loader import load_module
from hyper.testing import Page, QueryError, mount

EXAMPLES = Path(__file__).parents[2] / "examples"
example = load_module(EXAMPLES / "kanban.py")


@pytest.fixture(autouse=True)
def _four_cards() -> None:
    columns = [(1, "todo"), (2, "todo"), (3, "doing"), (4, "done")]
    example.cards[:] = [example.Card(id, f"Card {id}", column) for id, column in columns]


@pytest.fixture
def page() -> Page:
    return mount(example.kanban)


def board(page: Page) -> list[list[str]]:
    """The cards of each column."""
    return [page.texts(f".column:nth-child({number}) li p") for number in (1, 2, 3)]


def test_a_card_is_dropped_before_another_one(page: Page) -> None:
    page.drag("#card-1", "#card-3")
    assert board(page) == [["Card 2"], ["Card 1", "Card 3"], ["Card 4"]]
    assert not page.has(".lifted, .over")


def test_a_card_is_dropped_at_the_end_of_a_column(page: Page) -> None:
    page.drag("#card-1", ".column:nth-child(3) h2")
    assert board(page) == [["Card 2"], ["Card 3"], ["Card 4", "Card 1"]]


def test_a_card_is_moved_within_its_column(page: Page) -> None:
    page.drag("#card-2", "#card-1")
    assert board(page)[0] == ["Card 2", "Card 1"]
    assert {"path": "div/section[1]/ul", "move": 1, "to": 0} in page.patches
    page.drag("#card-2", "#card-2")
    assert board(page)[0] == ["Card 2", "Card 1"]


def test_everybody_sees_the_move(page: Page) -> None:
    other = mount(example.kanban)
    page.drag("#card-1", "#card-3")
    assert board(other) == board(page)


def test_the_column_under_a_lifted_card_is_marked(page: Page) -> None:
    page.trigger("#card-1", "dragstart")
    page.trigger(".column:nth-child(2)", "dragover")
    assert page.has("#card-1.lifted")
    assert page.has(".column.over h2", "Doing 1")
    page.trigger("#card-1", "dragend")
    assert not page.has(".lifted, .over")


def test_the_arrows_move_too(page: Page) -> None:
    page.click("[aria-label='Move “Card 1” right']")
    assert board(page) == [["Card 2"], ["Card 3", "Card 1"], ["Card 4"]]
    with pytest.raises(QueryError, match="is disabled"):
        page.click("[aria-label='Move “Card 4” right']")
    page.event("push", 4, 1)
    assert board(page)[2] == ["Card 4"]


def test_the_keyboard_does_all_that_the_mouse_does(page: Page) -> None:
    page.keydown("#card-1", "down")
    assert board(page)[0] == ["Card 2", "Card 1"]
    page.keydown("#card-1", "down")
    page.keydown("#card-2", "up")
    assert board(page)[0] == ["Card 2", "Card 1"]
    page.keydown("#card-2", "right")
    assert board(page) == [["Card 1"], ["Card 3", "Card 2"], ["Card 4"]]
    assert page.has("#card-2:focus")
    page.keydown("#card-2", "up")
    assert board(page)[1] == ["Card 2", "Card 3"]
    page.keydown("#card-2", "delete")
    assert board(page)[1] == ["Card 3"]


def test_cards_come_and_go(page: Page) -> None:
    page.submit(text="New")
    assert board(page)[0] == ["Card 1", "Card 2", "New"]
    assert page.text(".column:first-child h2 span") == "3"
    page.click("[aria-label='Delete “New”']")
    assert board(page)[0] == ["Card 1", "Card 2"]


def test_a_card_that_is_gone_cannot_be_dropped(page: Page) -> None:
    page.trigger("#card-1", "dragstart")
    example.cards[:] = [card for card in example.cards if card.id != 1]
    page.event("drop", "done")
    assert board(page) == [["Card 2"], ["Card 3"], ["Card 4"]]
