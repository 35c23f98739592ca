"""The state that a handler may change, saved while it runs, so that a failed handler leaves no change.

State is what the handler's closure holds: variables, and the lists, dicts and sets in them. Those are copied
before the call, level by level, up to ``MAX_ENTRIES`` entries in all: a handler costs no more for a table of a
million rows. Larger containers, and objects of other classes, stay as the handler left them.

    saved = SavedState(add)
    add()                       # count is 1 now
    saved.restore()             # count is 0 again
"""

from __future__ import annotations

from collections.abc import Callable
from types import CellType, FunctionType
from typing import Any, Final

MAX_ENTRIES: Final = 1000
"""How many entries of lists, dicts and sets are copied for one call at most; that takes about 50 microseconds."""


class FunctionWrapper:
    """Base of objects that wrap a function: the function's variables can be reached from them, too."""

    __slots__ = ("function",)

    def __init__(self, function: FunctionType) -> None:
        self.function = function


class SavedState:
    """The variables and containers that a function can reach, as they are now."""

    __slots__ = ("cells", "containers", "copied")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.cells: dict[int, tuple[CellType, Any]] = {}
        self.containers: dict[int, tuple[Any, Any]] = {}
        """Each container with a copy of it, by the container's identity."""
        self.copied = 0
        """How many entries of containers have been copied."""
        level: list[Any] = [function]
        while level:  # outer containers first, as the number of entries is limited
            inner: list[Any] = []
            for value in level:
                kind = type(value)
                if kind is FunctionType:
                    inner += self._variables(value.__closure__ or ())
                elif kind is list or kind is set:
                    inner += self._copied(value)
                elif kind is dict:
                    inner += self._copied(value) and value.values()
                elif issubclass(kind, FunctionWrapper):
                    inner.append(value.function)
            level = inner

    def _variables(self, cells: tuple[CellType, ...]) -> list[Any]:
        """The values of the variables in ``cells`` that are not saved yet."""
        found: list[Any] = []
        for cell in cells:
            if id(cell) in self.cells:
                continue
            try:
                value = cell.cell_contents
            except ValueError:  # not assigned yet, or deleted
                continue
            self.cells[id(cell)] = (cell, value)
            found.append(value)
        return found

    def _copied(self, container: Any) -> Any:
        """Copy a container. Returns the copy; ``()`` if it was copied already, or is too large."""
        if id(container) in self.containers or self.copied + len(container) > MAX_ENTRIES:
            return ()
        self.copied += len(container)
        copy = container.copy()
        self.containers[id(container)] = (container, copy)
        return copy

    def restore(self) -> None:
        """Restore everything."""
        self.restore_variables()
        self.restore_containers()

    def restore_variables(self) -> None:
        """Set the variables to their old values."""
        for cell, value in self.cells.values():
            cell.cell_contents = value

    def restore_containers(self) -> None:
        """Put the old entries back into the containers."""
        for container, copy in self.containers.values():
            if type(container) is list:
                container[:] = copy
            else:
                container.clear()
                container.update(copy)
