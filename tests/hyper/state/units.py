"""A unit of work as shared values see it, for tests: what is written ``within`` it is kept or undone as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hyper.context import Changes, shared_work


class FakeUnit:
    """An open unit, which ends as the unit of a job does."""

    def __init__(self, has_waited: bool = True) -> None:
        self.is_open = True
        self.has_waited = has_waited
        self.changes: dict[Any, Changes] = {}
        self.broadcasts: dict[Any, None] = {}

    @contextmanager
    def within(self) -> Iterator[None]:
        """What is written here belongs to the unit."""
        token = shared_work.set(self)
        try:
            yield
        finally:
            shared_work.reset(token)

    def keep(self) -> None:
        """The job ended well."""
        self.is_open = False
        for changes in list(self.changes.values()):
            changes.keep()
        for cell in self.broadcasts:
            cell.broadcast()

    def undo(self) -> None:
        """The job failed."""
        self.is_open = False
        for changes in reversed(list(self.changes.values())):
            changes.undo()
