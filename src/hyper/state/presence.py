"""Presence: a shared list of the people at a topic; each entry ends with the component that made it.

    people = presence("lobby")                  # once, in the module

    @live
    def lobby(name: str = "guest"):
        def on_mount():
            people.join(name)                   # leaves automatically when the page is closed
        def rename(name: str):
            people.join(name)                   # the same entry, another name
        t"<ul>{[t'<li>{person}</li>' for person in people]}</ul>"

A person whose connection drops stays listed until the component is given up, and is listed again on return.
Components that show the list are re-rendered when someone joins or leaves; no ``broadcast()`` is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from weakref import WeakKeyDictionary

from hyper.context import RunningComponent, current, shared_work
from hyper.state.cells import Cell
from hyper.state.observed_dict import ObservedDict


class Presence:
    """The people at one topic, in the order they joined; a person who is there twice is listed once."""

    def __init__(self, topic: str, hub_id: str, cell: Cell) -> None:
        self.topic = topic
        self._hub_id = hub_id
        """The id of this process's hub."""
        self._cell = cell
        self._all = cast("ObservedDict[str, object]", cell.value)
        """The entries of all processes: ``{"HUB:NUMBER": who}``."""
        self._own: dict[str, object] = {}
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
        for who in self._all.values():
            if who not in seen:
                seen.append(who)
        return iter(seen)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, who: object) -> bool:
        return who in self._all.values()

    def __repr__(self) -> str:
        return f"<presence {self.topic!r}: {', '.join(map(str, self))}>"

    def put(self, entry: str, who: object) -> None:
        """List ``who`` as an entry of this process."""
        self._own[entry] = who
        if entry not in self._all or self._all[entry] != who:
            with no_unit():
                self._all[entry] = who
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
        for entry, who in self._own.items():
            self.put(entry, who)
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
        self.is_taken = False

    def arrive(self, who: object) -> None:
        """List the entry, as ``who``."""
        self.is_taken = True
        self._who = who
        self._presence.put(self._entry, who)

    def suspend(self) -> None:
        """Take the entry off the list until ``resume``: the page was closed, and may come back."""
        if self.is_taken:
            self._presence.drop(self._entry)

    def resume(self) -> None:
        """List the entry again."""
        if self.is_taken:
            self._presence.put(self._entry, self._who)

    def leave(self) -> None:
        """Remove the entry; may be called any number of times."""
        if self.is_taken:
            self.is_taken = False
            self._presence.drop(self._entry)
