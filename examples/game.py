"""Mines for everybody: one board, all windows play together. Click or Enter opens, right click or F flags."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from hyper import broadcast, live, presence, shared

COLUMNS, ROWS, MINES = 16, 12, 26
Place = Annotated[int, Field(ge=0, lt=COLUMNS * ROWS)]
COLOURS = ["violet", "teal", "orange", "pink", "blue", "green"]


@dataclass
class Board:
    mines: set[int] = field(default_factory=set)
    opened: dict[int, str] = field(default_factory=dict)  # cell → colour of who opened it
    flags: set[int] = field(default_factory=set)
    lost: bool = False

    @property
    def won(self) -> bool:
        return not self.lost and len(self.opened) == COLUMNS * ROWS - MINES


board = shared(Board())
players = presence("game")


def near(cell: int) -> list[int]:
    """The cells around a cell."""
    row, column = divmod(cell, COLUMNS)
    rows = range(max(0, row - 1), min(ROWS, row + 2))
    columns = range(max(0, column - 1), min(COLUMNS, column + 2))
    return [r * COLUMNS + c for r in rows for c in columns if (r, c) != (row, column)]


def lay_mines(free: list[int], seed: int | None = None) -> None:
    """Mines anywhere but in the cells that have to stay free."""
    board.mines = set(random.Random(seed).sample(sorted(set(range(COLUMNS * ROWS)) - set(free)), MINES))


def Cell(cell: int, is_at: bool):
    look, text, label = "shut", "", f"row {cell // COLUMNS + 1}, column {cell % COLUMNS + 1}"
    if cell in board.opened:
        count = sum(other in board.mines for other in near(cell))
        look, text, label = f"open {board.opened[cell]} n{count}", count or "", f"{label}: {count}"
    elif board.lost and cell in board.mines:
        look, text, label = "mine", "✹", f"{label}: mine"
    elif cell in board.flags:
        text, label = "⚑", f"{label}, flag"
    return t"""<td id="cell-{cell}" class="{look}{" at" if is_at else ""}" aria-label="{label}" @click="open({cell})"
        @contextmenu.prevent="flag({cell})">{text}</td>"""


@live
def game():
    mine, at = random.choice(COLOURS), 0

    def on_mount():
        nonlocal mine
        mine = next((colour for colour in COLOURS if colour not in players), mine)
        players.join(mine)

    def step(by: int):
        nonlocal at
        at = (at + by) % (COLUMNS * ROWS)

    def open(cell: Place):
        if board.lost or cell in board.flags:
            return
        if not board.mines:
            lay_mines(free=[cell, *near(cell)])
        board.lost = cell in board.mines
        pending = [] if board.lost else [cell]
        for cell in pending:  # grows: where there is no mine around, all that is around is opened as well
            if cell not in board.opened and cell not in board.flags:
                board.opened[cell] = mine
                if not any(other in board.mines for other in near(cell)):
                    pending += near(cell)
        broadcast()

    def flag(cell: Place):
        if not board.lost and cell not in board.opened:
            board.flags ^= {cell}
            broadcast()

    def here(do: Literal["open", "flag"]):  # where the keys are by now: on a slow line, the page shows where they were
        (open if do == "open" else flag)(at)

    def restart():
        board.mines, board.opened, board.flags, board.lost = set(), {}, set(), False
        broadcast()

    points = Counter(board.opened.values())
    state = "Boom. Once more?" if board.lost else "Cleared!" if board.won else f"{MINES - len(board.flags)} mines left"
    t"""
    <section class="game" aria-labelledby="title">
        <header>
            <h1 id="title">Mines</h1>
            <p role="status">{state}</p>
            <ul aria-label="Players">{[t'''
                <li key="{colour}" class="{colour}">{"you" if colour == mine else colour} {points[colour]}</li>
                ''' for colour in players]}</ul>
            <button @click="restart">New game</button>
        </header>
        <div class="{["scroller", board.lost and "lost"]}"><table role="grid" tabindex="0" aria-label="Board"
            aria-activedescendant="cell-{at}" @keydown.f="here('flag')" @keydown.enter="here('open')"
            @keydown.space.prevent="here('open')" @keydown.left.prevent="step(-1)" @keydown.right.prevent="step(1)"
            @keydown.up.prevent="step({-COLUMNS})" @keydown.down.prevent="step({COLUMNS})"><tbody>{[
            t'<tr>{[Cell(cell, cell == at) for cell in range(row, row + COLUMNS)]}</tr>'
            for row in range(0, COLUMNS * ROWS, COLUMNS)
        ]}</tbody></table></div>
        <p class="help">A click opens, a right click puts a flag. So do Enter and F, with the arrow keys.</p>
    </section>
    """
