"""Undoes after a test what the test has done to shared values.

Values that are shared with other processes stay as they are.
"""

from __future__ import annotations

from hyper.state.cells import Container, Operation, Undo, write_lock
from hyper.state.journal import JournaledCell, LocalNotation
from hyper.state.sharing import hub


class Journal(LocalNotation):
    """Records how to undo changes of one shared value, in place of a replica."""

    def __init__(self, cell: JournaledCell) -> None:
        self.cell = cell
        self.undos: list[Undo] = []
        cell.recorder = self

    def label(self, container: Container) -> None:
        """Does nothing: no other process asks for a container by its id."""

    def record(self, operation: Operation, undo: Undo) -> None:
        self.undos.append(undo)

    def record_broadcast(self) -> None:
        """Does nothing: a broadcast changes no value."""

    def take_back(self) -> None:
        """Undo all changes and re-render the value's readers. Does nothing if a replica records the value by now."""
        with write_lock:
            if self.cell.recorder is not self:
                return
            self.cell.recorder = None
            is_changed = bool(self.undos or self.cell.steps)
            self.cell.drop_open()
            for undo in reversed(self.undos):
                undo()
            self.cell.note_broadcast()
        if is_changed:
            self.cell.invalidate()


def begin() -> list[Journal]:
    """Start to record changes of the named shared values of this process."""
    with write_lock:
        return [Journal(cell) for cell in hub.named.values() if cell.recorder is None]
