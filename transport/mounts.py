"""Who is mounted in this process, and who of them waits for a socket.

Three kinds wait: *pending* ones for the first socket of their page, *detached* ones for a socket that was
lost, *kept* ones for the next form of a page without a socket. Each wait for a fixed time and at most so many
of them, the oldest giving way; as the time is the same for all, the order of arrival is the order of expiry,
and a tick costs what is due.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from .limits import Limits
from .session import Session


class Lodger(Protocol):
    """Something that drives a session."""

    @property
    def session(self) -> Session: ...


Guest = TypeVar("Guest", bound=Lodger)


class Mounts(Generic[Guest]):
    """All mounts of a process by id. What its methods return has to be closed by the caller."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: dict[str, Guest] = {}
        self._pending: dict[str, Guest] = {}
        self._detached: dict[str, Guest] = {}
        self._kept: dict[str, Guest] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Guest]:
        return iter(list(self._all.values()))

    def get(self, session_id: str) -> Guest | None:
        """The guest of that id."""
        return self._all.get(session_id)

    def add(self, guest: Guest) -> list[Guest]:
        """Take in a guest whose socket will come, perhaps."""
        self._all[guest.session.id] = guest
        return self._queue(self._pending, guest, self._limits.pending)

    def expect(self, guest: Guest) -> None:
        """Take in a guest whose socket is about to come: no other has to go for it."""
        self._all[guest.session.id] = self._pending[guest.session.id] = guest

    def attached(self, guest: Guest) -> None:
        """Its socket is here: it waits no more."""
        for table in self._waiting:
            table.pop(guest.session.id, None)

    def detached(self, guest: Guest) -> list[Guest]:
        """Its socket is gone: it waits again."""
        return self._queue(self._detached, guest, self._limits.detached)

    def keep(self, guest: Guest, now_s: float) -> list[Guest]:
        """Its page came without a socket and was posted: it waits for the next form from now on."""
        if self._all.get(guest.session.id) is not guest or not guest.session.keep(now_s):
            return []
        self.attached(guest)
        return self._queue(self._kept, guest, self._limits.kept)

    def remove(self, guest: Guest) -> None:
        """It is closed."""
        session_id = guest.session.id
        if self._all.get(session_id) is guest:
            for table in (self._all, *self._waiting):
                table.pop(session_id, None)

    def tick(self, now_s: float) -> list[Guest]:
        """Those whose time is over."""
        return [guest for table in self._waiting for guest in self._expired(table, now_s)]

    @property
    def _waiting(self) -> tuple[dict[str, Guest], ...]:
        return self._pending, self._detached, self._kept

    def _queue(self, table: dict[str, Guest], guest: Guest, room: int) -> list[Guest]:
        table[guest.session.id] = guest
        evicted = []
        while len(table) > room:
            oldest = next(iter(table.values()))
            self.remove(oldest)
            evicted.append(oldest)
        return evicted

    def _expired(self, table: dict[str, Guest], now_s: float) -> Iterator[Guest]:
        while table:
            oldest = next(iter(table.values()))
            if not oldest.session.tick(now_s):
                return
            self.remove(oldest)
            yield oldest
