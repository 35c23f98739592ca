"""The record kept about one shared value: who reads it, and whether it was changed since the last broadcast.

A cell knows no list, dict or class: the observed values (``observed*.py``) tell it of every read and write,
and a replica (``replica.py``) may ask it to be told of the operations too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary, WeakSet, ref

from hyper.context import Reader, rendering

if TYPE_CHECKING:
    from hyper.state.observed import Observed

Undo = Callable[[], object]

write_lock = RLock()
"""Held while an observed value changes, never across an await: threads may write and broadcast."""


class Recorder(Protocol):
    """What a replica offers to the observed values it carries to other processes."""

    def new_id(self) -> str:
        """An id that no other process gives out."""
        raise NotImplementedError

    def label(self, container: Observed) -> None:
        """Give a container that just came in (not those in it) an id, by which operations will name it."""

    def encode(self, value: object) -> object:
        """``value`` as JSON; TypeError for what other processes could not read."""

    def record(self, operation: list[object], undo: Undo) -> None:
        """Take note of a change that was just made here."""

    def said(self) -> None:
        """Take note that the changes so far were broadcast."""


class Cell:
    """One shared value's readers and marks."""

    def __init__(self, name: str | None, unsaid: WeakSet[Cell], classes: tuple[type, ...] = ()) -> None:
        self.name = name
        self.classes = classes
        """What may be in it, besides what is found in it."""
        self.value: object = None
        self.changed = False
        self._unsaid = unsaid
        self.recorder: Recorder | None = None
        self.readers: WeakKeyDictionary[Reader, asyncio.AbstractEventLoop | None] = WeakKeyDictionary()
        self.watchers: list[Callable[[], None]] = []
        self._last: Callable[[], Reader | None] = no_reader

    def note(self) -> None:
        """Remember the component that renders right now, if one does."""
        reader = rendering.get()
        if reader is not None and reader is not self._last():
            with write_lock:
                self.readers[reader] = running_loop()
            self._last = ref(reader)

    def touch(self) -> None:
        """Mark it for the next broadcast; called under the lock."""
        if not self.changed:
            self.changed = True
            self._unsaid.add(self)

    def said(self) -> None:
        """Take the mark away, as everybody is about to be told; called under the lock."""
        self.changed = False
        self._unsaid.discard(self)
        if self.recorder is not None:
            self.recorder.said()

    def invalidate(self) -> None:
        """Tell every reader and watcher that the value is another; from any thread."""
        with write_lock:
            readers = list(self.readers.items())
            watchers = list(self.watchers)
        here = running_loop()
        for reader, loop in readers:
            self._tell(reader, loop, here)
        for watcher in watchers:
            watcher()

    def _tell(
        self, reader: Reader, loop: asyncio.AbstractEventLoop | None, here: asyncio.AbstractEventLoop | None
    ) -> None:
        if loop is None or loop is here:
            reader.invalidate()
        elif not loop.is_closed():
            try:
                loop.call_soon_threadsafe(reader.invalidate)
            except RuntimeError:  # the loop was closed in between: nobody is left to render
                self.readers.pop(reader, None)


def no_reader() -> None:
    """Stands for a dead weak reference."""


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop of this thread, or None."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
