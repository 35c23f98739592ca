"""Mines for everybody: one board, all windows play together. Left click opens, right click puts a flag."""

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated

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


def lay_mines(free: Iterable[int], seed: int | None = None) -> None:
    """Mines anywhere but in the cells that have to stay free."""
    places = sorted(set(range(COLUMNS * ROWS)) - set(free))
    board.mines = set(random.Random(seed).sample(places, MINES))


def Cell(cell: int):
    where = f"row {cell // COLUMNS + 1}, column {cell % COLUMNS + 1}"
    if cell in board.opened:
        count = sum(other in board.mines for other in near(cell))
        return t'<td class="open {board.opened[cell]} n{count}" aria-label="{where}: {count}">{count or ""}</td>'
    if board.lost and cell in board.mines:
        return t'<td class="mine" aria-label="{where}: mine">✹</td>'
    flag, over = cell in board.flags, board.lost or board.won
    return t"""<td><button aria-label="{where}{", flag" if flag else ""}" disabled="{over}" @click="open({cell})"
        @contextmenu.prevent="flag({cell})" @keydown.f="flag({cell})">{flag and "⚑"}</button></td>"""


@live
def game():
    mine = random.choice(COLOURS)

    def on_mount():
        nonlocal mine
        free = [colour for colour in COLOURS if colour not in players]
        mine = free[0] if free else mine
        players.join(mine)

    def open(cell: Place):
        if board.lost or cell in board.flags:
            return
        if not board.mines:
            lay_mines(free=[cell, *near(cell)])
        board.lost = cell in board.mines
        if not board.lost:
            _spread(cell)
        broadcast()

    def _spread(cell: int):
        """Open a cell, and where there is no mine around all that are around it."""
        pending = [cell]
        while pending:
            cell = pending.pop()
            if cell in board.opened or cell in board.flags:
                continue
            board.opened[cell] = mine
            if not any(other in board.mines for other in near(cell)):
                pending += near(cell)

    def flag(cell: Place):
        if cell not in board.opened:
            board.flags ^= {cell}
            broadcast()

    def restart():
        board.mines, board.opened, board.flags, board.lost = set(), {}, set(), False
        broadcast()

    points = Counter(board.opened.values())
    left = MINES - len(board.flags)
    state = "Boom. Once more?" if board.lost else "Cleared!" if board.won else f"{left} mines left"
    t"""
    <section class="game" aria-label="Mines">
        <header>
            <p role="status">{state}</p>
            <ul aria-label="Players">{[t'''
                <li key="{colour}" class="{colour}">{"you" if colour == mine else colour} {points[colour]}</li>
                ''' for colour in players]}</ul>
            <button @click="restart">New game</button>
        </header>
        <table class="{board.lost and "lost"}" aria-label="Board"><tbody>{[
            t'<tr>{[Cell(row * COLUMNS + column) for column in range(COLUMNS)]}</tr>' for row in range(ROWS)
        ]}</tbody></table>
    </section>
    """
