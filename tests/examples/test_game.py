"""A game for several windows: chance is set up by the test, the rest is clicking."""

from __future__ import annotations

from pathlib import Path

import pytest

from hyper.components.loader import load_module
from hyper.testing import Page, mount
from hyper.transport.component import BadArgumentError

EXAMPLES = Path(__file__).parents[2] / "examples"
example = load_module(EXAMPLES / "game.py")
LAST = example.COLUMNS * example.ROWS - 1


@pytest.fixture(autouse=True)
def _one_mine_in_the_last_cell() -> None:
    """The board of these tests: the mine is at the bottom right, and one cell beside it is safe and shut."""
    example.board.mines, example.board.opened, example.board.flags = {LAST}, {}, set()
    example.board.lost = False


@pytest.fixture
def mine() -> Page:
    return mount(example.game)


@pytest.fixture
def yours() -> Page:
    return mount(example.game)


def cell(row: int, column: int) -> str:
    """The element that stands for a cell, whatever its label says of it besides."""
    label = f"row {row}, column {column}"
    return f'[aria-label="{label}"], [aria-label^="{label}:"], [aria-label^="{label},"]'


def test_both_play_on_one_board(mine: Page, yours: Page) -> None:
    assert mine.texts("ul li") == ["you 0", "teal 0"]
    mine.click(cell(12, 15))
    assert mine.text(cell(12, 15)) == yours.text(cell(12, 15)) == "1"
    assert yours.texts("ul li") == ["violet 1", "you 0"]
    yours.click(cell(12, 14))
    assert mine.has("td.teal")


def test_a_free_cell_opens_its_neighbours(mine: Page) -> None:
    mine.click(cell(1, 1))
    assert len(mine.all("td.open")) == LAST
    assert mine.text(cell(11, 15)) == "1"


def test_the_mine_ends_the_game_for_everybody(mine: Page, yours: Page) -> None:
    mine.click(cell(12, 16))
    assert yours.text("[role=status]") == "Boom. Once more?"
    assert yours.has("td.mine")
    yours.click(cell(1, 1))
    assert not yours.has("td.open")
    yours.click("button", "New game")
    assert mine.text("[role=status]") == f"{example.MINES} mines left"
    assert len(mine.all("td.shut")) == LAST + 1


def test_a_flag_protects(mine: Page, yours: Page) -> None:
    mine.trigger(cell(12, 16), "contextmenu")
    assert yours.text(cell(12, 16)) == "⚑"
    yours.click(cell(12, 16))
    assert not yours.has("td.mine")
    yours.trigger(cell(12, 16), "contextmenu")
    assert mine.text(cell(12, 16)) == ""


def test_the_keyboard_does_all_that_the_mouse_does(mine: Page) -> None:
    mine.keydown("table", "left")
    assert mine.find("table")["aria-activedescendant"] == f"cell-{LAST}"
    mine.keydown("table", "f")
    assert mine.text(".at") == "⚑"
    for key in ("up", "down", "left", "enter"):
        mine.keydown("table", key)
    assert mine.text(".at") == mine.text(cell(12, 15)) == "1"
    mine.keydown("table", "right")
    mine.keydown("table", "f")
    mine.keydown("table", "space")
    assert mine.has("td.mine.at")


def test_the_first_cell_is_never_a_mine(mine: Page) -> None:
    mine.click("button", "New game")
    mine.click(cell(6, 8))
    assert len(example.board.mines) == example.MINES
    assert not mine.has("td.mine")
    assert "open" in mine.find(cell(6, 8)).classes


def test_the_board_has_an_edge(mine: Page) -> None:
    with pytest.raises(BadArgumentError):
        mine.event("open", LAST + 1)


def test_keys_on_a_slow_line_open_the_cell_that_they_have_moved_to(mine: Page) -> None:
    with mine.latency():
        mine.keydown("table", "right")
        mine.keydown("table", "down")
        mine.keydown("table", "f")
    assert example.board.flags == {example.COLUMNS + 1}
    with mine.latency():
        mine.keydown("table", "f")
        mine.keydown("table", "left")
        mine.keydown("table", "enter")
    assert example.COLUMNS in example.board.opened
