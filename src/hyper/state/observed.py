"""The base of observed lists, dicts, sets and objects, which note reads and writes at any depth.

They *are* lists, dicts and sets (subclasses), so equality, slices, ``json`` and ``isinstance`` work; slices,
``copy()``, pickles and ``copy.deepcopy`` give plain ones. One rule follows from that:

    A container put into a shared value is copied in. To change it, get it from the shared value.

    >>> from hyper import shared
    >>> todos = shared([])
    >>> todo = {"text": "tea", "done": False}
    >>> todos.append(todo)
    >>> todos[0]["done"] = True          # observed
    >>> todo["done"]                     # the original stays the caller's own
    False

So every observed container is in exactly one place, and a change can be named by container and position.
Reads and writes by C code that bypasses a container's methods are not noted: ``heapq``,
``set(observed_set)``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from hyper.context import shared_work
from hyper.state.cells import UNSHARED, Cell, Notation, Operation, current_reader, write_lock

C = TypeVar("C", bound=type)
P = ParamSpec("P")
R = TypeVar("R")

MISSING: Any = object()
"""Used as the value of a key or field that does not exist."""

SIMPLE_TYPES = frozenset({str, int, float, bool, bytes, type(None)})
"""Types of values that cannot change inside: a fast check for most values."""


class Observed:
    """Base of all observed containers; each of them has the slots for these attributes."""

    if not TYPE_CHECKING:
        __slots__ = ()

    _cell: Cell
    """The shared value this container belongs to; ``UNSHARED`` if there is none."""
    _parent: Observed | None
    """The container that contains this one; None at the top, and after it was removed from there."""
    _id: str
    """Its name in operations sent to other processes; empty if the value is not shared with any."""

    def _note_read(self) -> None:
        """Add the component that is rendering to the readers. Frequent reads do the same inline."""
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)

    def _home(self) -> tuple[Cell, Notation | None]:
        """The cell that notes a change, and how it is written down (None: nobody needs to know). Every write calls it.

        The cell is ``UNSHARED`` once the container has been removed, unless units of work are open: the removal may be
        undone.
        """
        top: Observed = self
        while top._parent is not None:
            top = top._parent
        cell = self._cell
        if not cell.steps:
            if cell.value is not top:
                return UNSHARED, None
            if cell.recorder is None and ((work := shared_work.get()) is None or not work.is_open):
                return cell, None
        return cell, cell.recorder or cell.local

    def _is_attached(self) -> bool:
        """Is it still part of its shared value? False once it has been removed from it."""
        top: Observed = self
        while top._parent is not None:
            top = top._parent
        return self._cell is not UNSHARED and self._cell.value is top

    def _change(self, notation: Notation | None, kind: str, *values: object) -> Operation | None:
        """``[kind, CONTAINER, VALUE, …]``: a change of this container."""
        if notation is None:
            return None
        return [kind, notation.name(self), *map(notation.encode, values)]

    def _changes(self, notation: Notation | None, kind: str, values: Iterable[object]) -> Operation | None:
        """``[kind, CONTAINER, [VALUE, …]]``: a change of this container."""
        if notation is None:
            return None
        return [kind, notation.name(self), [*map(notation.encode, values)]]

    def _copy_in(self, value: object) -> object:
        """The value to store for ``value``: an observed copy of a container, else ``value`` itself."""
        if type(value) in SIMPLE_TYPES:
            return value
        return self._cell.copy_in(plain(value), self._cell)

    def _children(self) -> Iterable[object]:
        """The values in it; not noted as a read."""
        raise NotImplementedError

    def _label(self, new_id: Callable[[], str]) -> None:
        """Give itself (not its children) an id."""
        self._id = new_id()

    def _copy(self) -> object:
        """A plain, independent copy, all the way down."""
        raise NotImplementedError

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        return identity, (self._copy(),)

    def __copy__(self) -> object:
        return self._copy()

    def __deepcopy__(self, memo: object) -> object:
        return self._copy()


def identity(value: object) -> object:
    """The same value: what an observed container is pickled as."""
    return value


def plain(value: object) -> object:
    """``value`` with every observed container in it replaced by a plain copy."""
    return value._copy() if isinstance(value, Observed) else value


def place(child: object, parent: Observed) -> None:
    """Set the parent of ``child``, if it is a container."""
    if isinstance(child, Observed):
        child._parent = parent


def release(child: object) -> None:
    """Note that ``child`` was removed: if it is a container, it no longer reports changes to a shared value."""
    if isinstance(child, Observed):
        child._parent = None


def walk(top: Observed) -> Iterable[Observed]:
    """``top`` and all observed containers in it, parents first."""
    yield top
    for child in top._children():
        if isinstance(child, Observed):
            yield from walk(child)


def noting(*names: str) -> Callable[[C], C]:
    """Class decorator: these methods note the read, then do what the built-in base does."""

    def decorate(cls: C) -> C:
        for name in names:
            setattr(cls, name, noted(getattr(cls, name)))
        return cls

    return decorate


def noted(method: Callable[..., object]) -> Callable[..., object]:
    """The same method, with the read noted first."""

    @functools.wraps(method)
    def read(self: Observed, *args: object, **options: object) -> object:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return method(self, *args, **options)

    return read


def locked(method: Callable[P, R]) -> Callable[P, R]:
    """The same method, run under the write lock."""

    @functools.wraps(method)
    def write(*args: P.args, **options: P.kwargs) -> R:
        with write_lock:
            return method(*args, **options)

    return write
