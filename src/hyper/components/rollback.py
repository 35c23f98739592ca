"""The state that a handler may change, kept while it runs, so that a handler that fails has changed nothing.

State is what the handler's closure holds: variables, and the lists, dicts and sets in them. Those are copied
before the call, level by level, up to ``MAX_ENTRIES`` entries in all: a handler costs no more for a table of a
million rows. What is larger, and objects of other classes, stay as the handler left them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CellType, FunctionType
from typing import Any, Final

MAX_ENTRIES: Final = 1000
"""Of lists, dicts and sets, that are copied for one call: about 50 microseconds."""

WRAPPERS: Final[set[type]] = set()
"""Classes whose ``function`` is one more that is reached."""


class Snapshot:
    """The variables and containers that a function can reach, as they are now."""

    __slots__ = ("cells", "containers", "copied")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.cells: dict[int, tuple[CellType, Any]] = {}
        self.containers: dict[int, tuple[Any, Any]] = {}
        """By identity: a container, and a copy of it."""
        self.copied = 0
        """Entries of containers that were copied."""
        self._take([function])

    def _take(self, values: list[Any]) -> None:
        """Note what is in ``values``, outer containers first."""
        while values:
            inner: list[Any] = []
            for value in values:
                kind = type(value)
                if kind is FunctionType:
                    inner += self._variables(value.__closure__ or ())
                elif kind in WRAPPERS:
                    inner.append(value.function)
                elif kind is list or kind is set:
                    inner += self._copied(value)
                elif kind is dict:
                    inner += self._copied(value) and value.values()
            values = inner

    def _variables(self, cells: Iterable[CellType]) -> list[Any]:
        new = [cell for cell in cells if id(cell) not in self.cells]
        found: list[Any] = []
        for cell in new:
            try:
                value = cell.cell_contents
            except ValueError:  # assigned to later, or deleted
                continue
            self.cells[id(cell)] = (cell, value)
            found.append(value)
        return found

    def _copied(self, container: Any) -> Any:
        """The copy of a container; nothing if it was copied already, or is too large."""
        if id(container) in self.containers or self.copied + len(container) > MAX_ENTRIES:
            return ()
        self.copied += len(container)
        copy = container.copy()
        self.containers[id(container)] = (container, copy)
        return copy

    def restore(self) -> None:
        """Let everything be what it was."""
        self.restore_variables()
        self.restore_containers()

    def restore_variables(self) -> None:
        """Let the variables be what they were."""
        for cell, value in self.cells.values():
            cell.cell_contents = value

    def restore_containers(self) -> None:
        """Let the containers hold what they held."""
        for container, copy in self.containers.values():
            if type(container) is list:
                container[:] = copy
            else:
                container.clear()
                container.update(copy)
