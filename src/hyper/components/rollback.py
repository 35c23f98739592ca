"""The state that a job may change, saved while it runs, so that a failed job leaves no change.

State is what a function's closure holds: variables, and the lists, dicts and sets in them. Those are copied
before the call, level by level, up to ``MAX_ENTRIES`` entries in all: a handler costs no more for a table of a
million rows. Larger containers, and objects of other classes, stay as the handler left them.

    saved = SavedState(add)
    add()                       # count is 1 now
    saved.restore()             # count is 0 again

While a job waits, tasks of the page run beside it, and may change the same state. What they changed is not the job's
to undo, so each of their steps is looked at:

    before = saved.look()
    ...                         # a step of a task: it sets count to 7
    saved.accept(before)        # from now on restore() sets count to 7
"""

from __future__ import annotations

from collections.abc import Callable
from operator import is_
from types import CellType, FunctionType
from typing import Any, Final, NamedTuple

MAX_ENTRIES: Final = 1000
"""How many entries of lists, dicts and sets are copied for one call at most; that takes about 50 microseconds."""
_EMPTY: Final = object()
"""Stands for the content of a variable that has no value."""


class FunctionWrapper:
    """Base of objects that wrap a function: the function's variables can be reached from them, too."""

    __slots__ = ("function",)

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


class Look(NamedTuple):
    """What the saved variables and containers held at one moment, by their identities."""

    values: dict[int, Any]
    containers: dict[int, Any]


class SavedState:
    """The variables and containers that functions can reach, as they are now."""

    __slots__ = ("cells", "containers", "copied", "functions")

    def __init__(self, *functions: Any) -> None:
        self.functions = functions
        self.cells: dict[int, tuple[CellType, Any]] = {}
        self.containers: dict[int, tuple[Any, Any]] = {}
        """Each container with a copy of it, by the container's identity."""
        self.copied = 0
        """How many entries of containers have been copied."""
        level = list(functions)
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

    def include(self, function: Any) -> None:
        """Save what this function can reach, too, now and when it is renewed."""
        if not any([function is other for other in self.functions]):
            self.functions += (function,)
        self.add(function)

    def add(self, *values: Any) -> None:
        """Save what these functions or containers can reach, too, as far as it is not saved yet."""
        more = SavedState(*values)
        self.cells = more.cells | self.cells
        self.containers = more.containers | self.containers

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

    def renewed(self) -> SavedState:
        """What the same functions can reach, as it is now."""
        return SavedState(*self.functions)

    def restore(self) -> None:
        """Restore everything."""
        for cell, value in self.cells.values():
            cell.cell_contents = value
        for container, copy in self.containers.values():
            _refill(container, copy)

    def look(self) -> Look:
        """What the variables and containers hold now, to be given to ``accept`` after a step of other code."""
        values = {key: _content(cell) for key, (cell, _) in self.cells.items()}
        return Look(values, {key: container.copy() for key, (container, _) in self.containers.items()})

    def accept(self, before: Look) -> None:
        """Keep what other code has changed since ``before``: restoring leaves it as it is.

        Of a dict or a set that both have changed, restoring undoes the job's part; a list stays as it is.
        """
        found: list[Any] = []
        for key, (cell, _) in list(self.cells.items()):
            now = _content(cell)
            if now is not before.values.get(key, now) and now is not _EMPTY:
                self.cells[key] = (cell, now)
                found.append(now)
        for key, old in before.containers.items():
            container, copy = self.containers[key]
            if not _is_same(container, old) and _merge(copy, old, container):
                found += container.values() if type(container) is dict else container
            elif not _is_same(container, old):
                del self.containers[key]
        self.add(*found)


def _content(cell: CellType) -> Any:
    """The value of a variable; ``_EMPTY`` if it has none."""
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


def _refill(container: Any, copy: Any) -> None:
    """Give a container the entries of ``copy``."""
    if type(container) is list:
        container[:] = copy
    else:
        container.clear()
        container.update(copy)


def _is_same(one: Any, other: Any) -> bool:
    """Do two containers of one kind hold the same objects in the same order? Calls no code of the objects."""
    if len(one) != len(other):
        return False
    if type(one) is dict:
        return all(map(is_, one, other)) and all(map(is_, one.values(), other.values()))
    if type(one) is set:
        return {id(item) for item in one} == {id(item) for item in other}
    return all(map(is_, one, other))


def _merge(copy: Any, old: Any, new: Any) -> bool:
    """Make in ``copy`` the change that leads from ``old`` to ``new``. ``False`` if that is not clear."""
    if _is_same(copy, old):
        _refill(copy, new)
        return True
    if type(copy) is set:
        copy |= new - old
        copy -= old - new
    elif type(copy) is dict:
        _merge_dicts(copy, old, new)
    return type(copy) is not list


def _merge_dicts(copy: dict[Any, Any], old: dict[Any, Any], new: dict[Any, Any]) -> None:
    for key in old.keys() - new.keys():
        copy.pop(key, None)
    for key, value in new.items():
        if key not in old or old[key] is not value:
            copy[key] = value
