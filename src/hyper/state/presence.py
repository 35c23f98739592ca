"""Who is here: a shared list of people, each entry tied to the life of the component that made it.

    people = presence("lobby")                  # once, in the module

    @live
    def lobby(name: str = "guest"):
        def on_mount():
            people.join(name)                   # leaves by itself when the page is closed
        def rename(name: str):
            people.join(name)                   # the same place, another name
        t"<ul>{[t'<li>{person}</li>' for person in people]}</ul>"

Whoever loses the connection stays listed until the component is given up; whoever comes back is listed again.
Everybody who shows the list is rendered again when somebody comes or goes; no ``broadcast()`` is needed.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, cast
from weakref import WeakKeyDictionary, finalize

from hyper.context import RunningComponent, current
from hyper.state.hub import Hub
from hyper.state.observed_dict import ObservedDict


class Presence:
    """The people at one topic, in the order they came; a person who is there twice is listed once."""

    def __init__(self, hub: Hub, topic: str) -> None:
        self.topic = topic
        self.hub = hub
        self.name = f"presence {topic}"
        """Of its shared value."""
        self._count = itertools.count(1)
        self._own: dict[str, object] = {}
        """The entries of this process, as they must stand among all."""
        self._attendees: WeakKeyDictionary[RunningComponent, Attendee] = WeakKeyDictionary()
        self._all = cast("ObservedDict[str, object]", hub.share({}, self.name))
        """The entries of all processes: ``{"process:number": who}``."""

    def join(self, who: object) -> Attendee:
        """Join the list as ``who``, a name or other JSON value; joining again in one component renames the entry."""
        component = current.get()
        attendee = self._attendees.get(component) if component is not None else None
        if attendee is None:
            attendee = Attendee(self, f"{self.hub.origin}:{next(self._count)}")
            if component is not None:
                self._attendees[component] = attendee
                component.cleanups += (attendee.leave,)
        if component is not None:
            component.page.attend(attendee)
        attendee.arrive(who)
        return attendee

    def leave(self) -> None:
        """End the entry that this component made by ``join``, if it made one."""
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
        """Let an entry of this process stand."""
        self._own[entry] = who
        if entry not in self._all or self._all[entry] != who:
            self._all[entry] = who
            self.hub.broadcast((self._all,))

    def drop(self, entry: str) -> None:
        """Take an entry away."""
        self._own.pop(entry, None)
        if entry in self._all:
            del self._all[entry]
            self.hub.broadcast((self._all,))

    def settle(self, alive: set[str]) -> None:
        """Let the entries of this process stand, and take those of processes that ended away."""
        for entry, who in self._own.items():
            self.put(entry, who)
        for entry in list(self._all):
            if entry not in self._own and entry.partition(":")[0] not in alive:
                self.drop(entry)


def presence_of(hub: Hub, topic: str) -> Presence:
    """The one presence of a topic; it is forgotten when no module and no component holds it any more."""
    found = hub.presences.get(topic)
    if found is None:
        hub.presences[topic] = found = Presence(hub, topic)
        finalize(found, hub.forget, found.name)
    return found


class Attendee:
    """One person's entry in the list, from ``join`` to ``leave``."""

    def __init__(self, presence: Presence, entry: str) -> None:
        self._presence = presence
        self._entry = entry
        self._who: object = None
        self.is_taken = False

    def arrive(self, who: object) -> None:
        """Be listed as ``who``."""
        self.is_taken = True
        self._who = who
        self._presence.put(self._entry, who)

    def suspend(self) -> None:
        """Be listed no more until ``resume``: the page was closed, and may come back."""
        if self.is_taken:
            self._presence.drop(self._entry)

    def resume(self) -> None:
        """Be listed again."""
        if self.is_taken:
            self._presence.put(self._entry, self._who)

    def leave(self) -> None:
        """End the entry; may be called any number of times."""
        if self.is_taken:
            self.is_taken = False
            self._presence.drop(self._entry)
