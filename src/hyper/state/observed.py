"""Lists, dicts, sets and objects that notice being read and written, nested to any depth.

They *are* lists, dicts and sets (subclasses), so equality, slices, ``json`` and ``isinstance`` work; slices,
``copy()``, pickles and ``copy.deepcopy`` give plain ones. One rule follows from that:

    A container put into a shared value is copied in. Take it out again to change it.

    >>> from hyper import shared
    >>> todos = shared([])
    >>> todo = {"text": "tea", "done": False}
    >>> todos.append(todo)
    >>> todos[0]["done"] = True          # observed
    >>> todo["done"]                     # the original stays the caller's own
    False

So every observed container stands in exactly one place, and a change can be named by container and position.
Reads and writes inside C code which takes a container apart without asking it are not noticed: ``heapq``,
``set(observed_set)``.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from hyper.state.cells import Cell, Recorder, Undo, write_lock

C = TypeVar("C", bound=type)
P = ParamSpec("P")
R = TypeVar("R")


class Observed:
    """What all observed containers share; each of them has the slots for it."""

    if not TYPE_CHECKING:
        __slots__ = ()

    _cell: Cell | None
    """The shared value this container belongs to; None: it belongs to nobody."""
    _parent: Observed | None
    """The container this one stands in; None at the top, and after it was taken out."""
    _id: str
    """Its name in operations sent to other processes; empty where there are none."""

    def _note(self) -> None:
        if self._cell is not None:
            self._cell.note()

    def _recorder(self) -> Recorder | None:
        return self._cell.recorder if self._cell is not None and self._attached() else None

    def _attached(self) -> bool:
        top: Observed = self
        while top._parent is not None:
            top = top._parent
        return self._cell is not None and self._cell.value is top

    def _changed(self, operation: list[object], undo: Undo) -> None:
        """Call after every write, still holding the lock."""
        if self._cell is None or not self._attached():
            return
        self._cell.touch()
        if self._cell.recorder is not None:
            self._cell.recorder.record(operation, undo)

    def _children(self) -> Iterable[object]:
        """What stands in it, unnoted."""
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


Adopter = Callable[[Any, Cell | None, Observed | None], Observed]
adopters: dict[type, Adopter] = {}
"""How a plain container becomes an observed one, by exact type; filled in ``hub.py``."""
adopter_finders: list[Callable[[type], Adopter | None]] = []
"""Asked for types that are not in the table, such as dataclasses."""


def adopt(value: object, cell: Cell | None, parent: Observed | None) -> object:
    """``value`` as it is kept in an observed container: containers as observed copies, all else as it is."""
    if isinstance(value, Observed):
        value = value._copy()
    adopter = find_adopter(type(value))
    if adopter is None:
        return value
    child = adopter(value, cell, parent)
    if cell is not None and cell.recorder is not None:
        cell.recorder.label(child)
    return child


def find_adopter(kind: type) -> Adopter | None:
    """How values of this type become observed; None when they are kept as they are."""
    if kind in adopters:
        return adopters[kind]
    found = (finder(kind) for finder in adopter_finders)
    return next((adopter for adopter in found if adopter is not None), None)


def place(child: object, parent: Observed) -> None:
    """Note where a container stands now."""
    if isinstance(child, Observed):
        child._parent = parent


def release(child: object) -> None:
    """Note that a container stands nowhere any more: changing it is nobody's business now."""
    if isinstance(child, Observed):
        child._parent = None


def walk(top: Observed) -> Iterable[Observed]:
    """``top`` and all observed containers in it, parents first."""
    yield top
    for child in top._children():
        if isinstance(child, Observed):
            yield from walk(child)


def noting(*names: str) -> Callable[[C], C]:
    """Class decorator: note the rendering component, then do what the built-in base does."""

    def decorate(cls: C) -> C:
        for name in names:
            setattr(cls, name, noted(getattr(cls, name)))
        return cls

    return decorate


def noted(method: Callable[..., object]) -> Callable[..., object]:
    """The same method, with the read noted first."""

    @functools.wraps(method)
    def read(self: Observed, *args: object, **options: object) -> object:
        if (cell := self._cell) is not None:
            cell.note()
        return method(self, *args, **options)

    return read


def locked(method: Callable[P, R]) -> Callable[P, R]:
    """The same method, run under the write lock."""

    @functools.wraps(method)
    def write(*args: P.args, **options: P.kwargs) -> R:
        with write_lock:
            return method(*args, **options)

    return write
