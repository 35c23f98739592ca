"""Cells: each keeps the readers of one shared value, and whether the value was changed since the last broadcast.

A cell knows no list, dict or class: the observed values (``observed*.py``) report every read and write to it. The cells
of shared values also keep the changes of open units of work (``journal.py``), and pass the others on to a recorder
(``replica.py``) if there is one.
"""

from __future__ import annotations

import asyncio
import itertools
from asyncio import _get_running_loop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary, WeakSet, ref

from hyper.context import Reader, rendering

Undo = Callable[[], object]
Operation = list[Any]
"""A change as data, by which it can be made again: ``["put", CONTAINER, KEY, VALUE]``."""

write_lock = RLock()
"""Held while an observed value changes, never across an await: threads may write and broadcast."""

current_reader = rendering.get
"""Returns the component that is rendering, or None."""

local_ids = itertools.count()
"""Ids of list elements that never leave this process."""

NO_READER = cast("ref[Reader]", ref(set[Any]()))
"""A weak reference to an object that no longer exists."""


class Container(Protocol):
    """An observed list, dict, set, object or box: the part that a recorder needs."""

    _id: str

    def _label(self, new_id: Callable[[], str]) -> None:
        """Give itself (not the containers in it) an id."""

    def _is_attached(self) -> bool:
        """Is it still part of its shared value? False once it has been removed from it."""
        raise NotImplementedError


class Notation(Protocol):
    """How operations name containers, elements and values: by JSON for other processes, or by the objects themselves."""

    def new_ids(self, count: int) -> list[Any]:
        """Ids for so many elements of a list, which nobody else assigns."""
        raise NotImplementedError

    def name(self, container: Container) -> object:
        """What names the container in operations."""
        raise NotImplementedError

    def encode(self, value: object) -> object:
        """What stands for ``value`` in operations. Raises ``TypeError`` if other processes could not read it."""

    def is_attached(self, operation: Operation) -> bool:
        """Is the container that the operation changes still part of its shared value?"""
        raise NotImplementedError

    def do(self, operation: Operation) -> Undo:
        """Do an operation of this process again, also to a container that was removed: handlers may hold it.

        Returns ``no_undo`` if it changes nothing, because what it names is gone.
        """
        raise NotImplementedError


class Recorder(Notation, Protocol):
    """Records every change of a shared value: to send it to other processes, or to undo it after a test."""

    def label(self, container: Container) -> None:
        """Give a container that was just inserted (not those in it) an id, by which operations will name it."""

    def record(self, operation: Operation, undo: Undo) -> None:
        """Record a change of this process that is not part of an open unit of work."""

    def record_broadcast(self) -> None:
        """Record that the changes so far were broadcast."""


CopyIn = Callable[[object, "Cell"], object]
"""Returns an observed copy, which belongs to the cell, if the value is a container; else the value itself."""


def no_undo() -> None:
    """The undo of an operation that did nothing."""


class Cell:
    """One shared value: its content, its readers, and whether it was changed since the last broadcast."""

    local: Notation | None = None
    """How changes are written down that only this process needs to know."""

    def __init__(
        self, name: str | None, changed: WeakSet[Cell], copy_in: CopyIn, classes: tuple[type, ...] = ()
    ) -> None:
        self.name = name
        self.classes = classes
        """Classes whose instances may be in it, besides the classes of the instances that are in it now."""
        self.copy_in = copy_in
        self.value: object = None
        self.initial: object = None
        """What it held at first, if it has a name."""
        self.is_changed = False
        self.recorder: Recorder | None = None
        self.steps: list[Any] = []
        """What open units of work have changed, the first change first: see ``journal.py``."""
        self.units: list[Any] = []
        """The open units of work that have changed it."""
        self.readers: WeakKeyDictionary[Reader, asyncio.AbstractEventLoop | None] = WeakKeyDictionary()
        """Each component that has read it, with the event loop in which it did so."""
        self.watchers: list[Callable[[], None]] = []
        self.last_reader = NO_READER
        """A weak reference to the component that was added last."""
        self._changed = changed

    def add_reader(self, reader: Reader) -> None:
        """Add the component that is rendering to the readers.

        Reads are frequent, so observed containers do not call this for the ``last_reader``.
        """
        with write_lock:
            self.readers[reader] = _get_running_loop()
        self.last_reader = ref(reader)

    def note_change(self, operation: Operation | None, undo: Undo) -> None:
        """Mark it for the next broadcast, and write the change down unless ``operation`` is None.

        Called under the lock, after the change and before the next one.
        """
        if operation is not None:
            self.write_down(operation, undo)
        if not self.is_changed:
            self.is_changed = True
            self._changed.add(self)

    def write_down(self, operation: Operation, undo: Undo) -> None:
        """Keep what was changed, for whoever needs to know."""

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes that name elements by their place: nobody else's are put between; used under the lock."""
        yield

    @contextmanager
    def without_open_steps(self) -> Iterator[None]:
        """The final value, without what open units of work have changed; used under the lock."""
        yield

    def note_broadcast(self) -> None:
        """Unmark it, as its readers are about to be invalidated; called under the lock."""
        self.is_changed = False
        self._changed.discard(self)
        if self.recorder is not None:
            self.recorder.record_broadcast()

    def broadcast(self) -> None:
        """Invalidate its readers, in this process and in the others."""
        with write_lock:
            self.note_broadcast()
        self.invalidate()

    def invalidate(self) -> None:
        """Invalidate every reader, each in its own event loop, and call the watchers; from any thread."""
        with write_lock:
            for unit in self.units:
                unit.is_disturbed = True
            readers = list(self.readers.items())
            watchers = list(self.watchers)
        here = _get_running_loop()
        for reader, loop in readers:
            if loop is None or loop is here:
                reader.invalidate()
            else:
                self._invalidate_in(loop, reader)
        for watcher in watchers:
            watcher()

    def _invalidate_in(self, loop: asyncio.AbstractEventLoop, reader: Reader) -> None:
        if loop.is_closed():
            return
        try:
            loop.call_soon_threadsafe(reader.invalidate)
        except RuntimeError:  # the loop has been closed: its components are gone
            self.readers.pop(reader, None)


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _keep(value: object, cell: Cell) -> object:
    return value


UNSHARED = Cell(None, WeakSet(), _keep)
"""The cell of containers in no shared value, such as copies of a box: values in them are not copied."""
