"""Shared values as a test found them: what it does to them is undone when it is over.

A value that other processes have, too, is theirs as well: it stays what it became.
"""

from __future__ import annotations

from hyper.state.cells import Cell, Container, Undo, write_lock
from hyper.state.sharing import hub


class Journal:
    """How to undo what has been done to one shared value; stands where a replica would."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.undos: list[Undo] = []
        cell.recorder = self

    def new_id(self) -> str:
        return ""

    def label(self, container: Container) -> None:
        """Nobody will ask for it by an id."""

    def encode(self, value: object) -> object:
        return value

    def record(self, operation: list[object], undo: Undo) -> None:
        self.undos.append(undo)

    def record_broadcast(self) -> None:
        """A broadcast changes nothing."""

    def take_back(self) -> None:
        """Let the value be what it was, and tell who shows it; nothing if a replica has taken its place."""
        with write_lock:
            if self.cell.recorder is not self:
                return
            self.cell.recorder = None
            for undo in reversed(self.undos):
                undo()
            self.cell.note_broadcast()
        if self.undos:
            self.cell.invalidate()


def begin() -> list[Journal]:
    """Note from now on what is done to the named values of this process."""
    with write_lock:
        return [Journal(cell) for cell in hub.named.values() if cell.recorder is None]
