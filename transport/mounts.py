"""The store of mounts: all that are in this process, and those among them that wait for a socket.

It holds the runner of each mount. Three kinds wait: *pending* ones for the first socket of their page, *detached*
ones for a socket that was lost, *kept* ones for the next form of a page without a socket. Each kind waits for a
fixed time. The number of each kind is limited, too: those of whoever has the most are evicted, the oldest first
(``shares.py``). As the time is the same for all of a kind, they expire in the order in which they came, and a tick costs
only what is due.

An id belongs to one runner from ``add`` to ``remove``. A table of those that wait holds runners, not ids, and only
runners that are here: one that was removed cannot come back, whoever still speaks of it. So each turn of the loops that
shrink a table takes out the very entry that they look at, and they end after as many turns as there are entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from .inbox import SessionMisusedError
from .limits import Limits
from .runner import Runner
from .shares import FairQueue, Owner

_Waiting: TypeAlias = FairQueue[Runner]
MEASURED_PER_TICK: Final = 50
"""How many pages without a socket are measured again in a tick, a second long: all of a thousand have their turn three
times before they are given up."""


class Mounts:
    """The runners of a process by the ids of their mounts. The caller has to close the runners that a method returns."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: dict[str, Runner] = {}
        self._pending: _Waiting = FairQueue()
        self._detached: _Waiting = FairQueue()
        self._detached_bytes: _Waiting = FairQueue()
        """The same as in ``_detached``, with their sizes."""
        self._kept: _Waiting = FairQueue()
        self._to_measure: list[str] = []
        """The ids of those of ``_detached`` that are to be measured again in this round."""

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Runner]:
        return iter(list(self._all.values()))

    def get(self, mount_id: str) -> Runner | None:
        """The runner of the mount with that id; ``None`` if it is not here."""
        return self._all.get(mount_id)

    def has(self, runner: Runner) -> bool:
        """Is this very runner here, and not another one, or none, under its id?"""
        return self._all.get(runner.session.id) is runner

    def add(self, runner: Runner) -> list[Runner]:
        """Add a mount whose socket may come; returns the runners that were evicted.

        Raises ``SessionMisusedError`` if there is another mount with its id.
        """
        self._enter(runner)
        return self._queue(self._pending, runner, self._limits.pending)

    def expect(self, runner: Runner) -> None:
        """Add a mount whose socket is connecting already: no other is evicted for it. Raises like ``add``."""
        self._enter(runner)
        self._pending.add(runner, owner_of(runner))

    def attached(self, runner: Runner) -> None:
        """Note that its socket has connected: it no longer waits."""
        for table in (*self._waiting, self._detached_bytes):
            table.discard(runner)

    def detached(self, runner: Runner) -> list[Runner]:
        """Note that its socket is gone: it waits again. Returns the runners that were evicted.

        Does nothing for a mount that was removed.
        """
        if not self.has(runner):
            return []
        evicted = self._queue(self._detached, runner, self._limits.detached)
        if self.has(runner):
            evicted += self._queue(self._detached_bytes, runner, self._limits.detached_bytes, runner.size())
        return evicted

    def keep(self, runner: Runner, now_s: float) -> list[Runner]:
        """Wait for the next form of its page, as one was posted. Returns the runners that were evicted.

        Does nothing for a mount that has a socket, or was removed.
        """
        if not self.has(runner) or not runner.session.keep(now_s):
            return []
        self.attached(runner)
        return self._queue(self._kept, runner, self._limits.kept)

    def remove(self, runner: Runner) -> None:
        """Forget a mount that is about to be closed."""
        self.attached(runner)
        if self.has(runner):
            del self._all[runner.session.id]

    def tick(self, now_s: float) -> list[Runner]:
        """Remove and return those that have waited for too long, or for which there is no room any more."""
        expired = [runner for table in self._waiting for runner in self._expired(table, now_s)]
        return expired + self._outgrown()

    def _outgrown(self) -> list[Runner]:
        """Measure a few of those without a socket again, as their timers and tasks go on. Returns whom that evicts."""
        if not self._to_measure:
            self._to_measure = [runner.session.id for runner in self._detached_bytes]
        for mount_id in self._to_measure[-MEASURED_PER_TICK:]:
            runner = self._all.get(mount_id)
            if runner is not None and runner in self._detached_bytes:
                self._detached_bytes.resize(runner, runner.size())
        del self._to_measure[-MEASURED_PER_TICK:]
        return self._evict(self._detached_bytes, self._limits.detached_bytes)

    @property
    def _waiting(self) -> tuple[_Waiting, ...]:
        return self._pending, self._detached, self._kept

    def _enter(self, runner: Runner) -> None:
        mount_id = runner.session.id
        if mount_id in self._all:
            raise SessionMisusedError(f"there is another mount with the id {mount_id}")
        self._all[mount_id] = runner

    def _queue(self, table: _Waiting, runner: Runner, room: int, size: int = 1) -> list[Runner]:
        table.add(runner, owner_of(runner), size)
        return self._evict(table, room)

    def _evict(self, table: _Waiting, room: int) -> list[Runner]:
        evicted = table.crowded_out(room)
        for other in evicted:
            self.remove(other)
        return evicted

    def _expired(self, table: _Waiting, now_s: float) -> Iterator[Runner]:
        while table:
            oldest = table.oldest()
            if not oldest.session.waits:
                self.attached(oldest)  # it was closed: it must not hold up those behind it
            elif oldest.session.tick(now_s):
                self.remove(oldest)
                yield oldest
            else:
                return


def owner_of(runner: Runner) -> Owner:
    """Whose share of the tables a mount takes."""
    return Owner(runner.context.session_hash, runner.context.network)
