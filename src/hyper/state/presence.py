"""Presence: a shared list of the people at a topic; each entry ends with the component that made it.

    people = presence("lobby")                  # once, in the module

    @live
    def lobby(name: str = "guest"):
        def on_mount():
            people.join(name)                   # leaves automatically when the page is closed
        def rename(name: str):
            people.join(name)                   # the same entry, another name
        t"<ul>{[t'<li>{person}</li>' for person in people]}</ul>"

A person whose connection is lost stays listed until the component is given up, and is one of ``people.lost`` meanwhile.
One whose browser closes the page goes at once, and is listed again on return.
Components that show the list are re-rendered when someone joins or leaves; no ``broadcast()`` is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakKeyDictionary

from hyper.context import Line, RunningComponent, current, shared_work
from hyper.state.cells import Cell
from hyper.state.observed_dict import ObservedDict


class Presence:
    """The people at one topic, in the order they joined; a person who is there twice is listed once."""

    def __init__(self, topic: str, hub_id: str, cell: Cell) -> None:
        self.topic = topic
        self._hub_id = hub_id
        """The id of this process's hub."""
        self._cell = cell
        self._all = cast("ObservedDict[str, Any]", cell.value)
        """The entries of all processes: ``{"HUB:NUMBER": {"who": …, "lost": False}}``."""
        self._own: dict[str, dict[str, Any]] = {}
        """The entries of this process, which ``settle`` puts back if another process has removed them."""
        self._attendees: WeakKeyDictionary[RunningComponent, Attendee] = WeakKeyDictionary()
        self._count = itertools.count(1)

    def join(self, who: object) -> Attendee:
        """Join the list as ``who``, a name or other JSON value; joining again in one component renames the entry."""
        component = current.get()
        attendee = self._attendees.get(component) if component is not None else None
        if attendee is None:
            attendee = Attendee(self, f"{self._hub_id}:{next(self._count)}")
            if component is not None:
                self._attendees[component] = attendee
                component.cleanups += (attendee.leave,)
        if component is not None:
            component.page.attend(attendee)
        attendee.arrive(who)
        return attendee

    def leave(self) -> None:
        """Remove the entry that the running component made with ``join``, if there is one."""
        component = current.get()
        attendee = self._attendees.get(component) if component is not None else None
        if attendee is not None:
            attendee.leave()

    def __iter__(self) -> Iterator[Any]:
        seen: list[object] = []
        for entry in self._all.values():
            if entry["who"] not in seen:
                seen.append(entry["who"])
        return iter(seen)

    @property
    def lost(self) -> list[Any]:
        """Those of them whose connection is lost, on all their pages: they may come back, or be gone soon."""
        connected = [entry["who"] for entry in self._all.values() if not entry["lost"]]
        return [who for who in self if who not in connected]

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, who: object) -> bool:
        return who in list(self)

    def __repr__(self) -> str:
        return f"<presence {self.topic!r}: {', '.join(map(str, self))}>"

    def put(self, entry: str, who: object, *, lost: bool = False) -> None:
        """List ``who`` as an entry of this process."""
        state = self._own[entry] = {"who": who, "lost": lost}
        if entry not in self._all or self._all[entry] != state:
            with no_unit():
                self._all[entry] = state
            self._cell.broadcast()

    def drop(self, entry: str) -> None:
        """Remove an entry."""
        self._own.pop(entry, None)
        if entry in self._all:
            with no_unit():
                del self._all[entry]
            self._cell.broadcast()

    def settle(self, alive: set[str]) -> None:
        """List the entries of this process, and remove those of hubs that are not in ``alive``."""
        for entry, state in self._own.items():
            self.put(entry, **state)
        for entry in list(self._all):
            if entry not in self._own and entry.partition(":")[0] not in alive:
                self.drop(entry)


@contextmanager
def no_unit() -> Iterator[None]:
    """Write outside of the running unit of work: who is here does not depend on how it ends."""
    token = shared_work.set(None)
    try:
        yield
    finally:
        shared_work.reset(token)


class Attendee:
    """One person's entry in the list, from ``join`` to ``leave``."""

    def __init__(self, presence: Presence, entry: str) -> None:
        self._presence = presence
        self._entry = entry
        self._who: object = None
        self._line = Line.OPEN
        self.is_taken = False

    def arrive(self, who: object) -> None:
        """List the entry, as ``who``; not yet if the browser has closed the page."""
        self.is_taken = True
        self._who = who
        self._list()

    def follow(self, line: Line) -> None:
        """Note how the page is connected: closed by its browser, it is not listed until it comes back."""
        self._line = line
        if self.is_taken:
            self._list()

    def leave(self) -> None:
        """Remove the entry; may be called any number of times."""
        if self.is_taken:
            self.is_taken = False
            self._presence.drop(self._entry)

    def _list(self) -> None:
        if self._line is Line.CLOSED:
            self._presence.drop(self._entry)
        else:
            self._presence.put(self._entry, self._who, lost=self._line is Line.LOST)
