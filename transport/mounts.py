"""The store of mounts: all that are in this process, and those among them that wait for a socket.

It holds the runner of each mount. Three kinds wait: *pending* ones for the first socket of their page, *detached*
ones for a socket that was lost, *kept* ones for the next form of a page without a socket. Each kind waits for a
fixed time. The number of each kind is limited, too: the oldest are evicted. As the time is the same for all of a kind,
they expire in the order in which they came, and a tick costs only what is due.
"""

from __future__ import annotations

from collections.abc import Iterator

from .limits import Limits
from .runner import Runner


class Mounts:
    """The runners of a process by the ids of their mounts. The caller has to close the runners that a method returns."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._all: dict[str, Runner] = {}
        self._pending: dict[str, Runner] = {}
        self._detached: dict[str, Runner] = {}
        self._kept: dict[str, Runner] = {}

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Runner]:
        return iter(list(self._all.values()))

    def get(self, mount_id: str) -> Runner | None:
        """The runner of the mount with that id; ``None`` if it is not here."""
        return self._all.get(mount_id)

    def add(self, runner: Runner) -> list[Runner]:
        """Add a mount whose socket may come; returns the runners that were evicted."""
        self._all[runner.session.id] = runner
        return self._queue(self._pending, runner, self._limits.pending)

    def expect(self, runner: Runner) -> None:
        """Add a mount whose socket is connecting already: no other is evicted for it."""
        self._all[runner.session.id] = self._pending[runner.session.id] = runner

    def attached(self, runner: Runner) -> None:
        """Note that its socket has connected: it no longer waits."""
        for table in self._waiting:
            table.pop(runner.session.id, None)

    def detached(self, runner: Runner) -> list[Runner]:
        """Note that its socket is gone: it waits again. Returns the runners that were evicted."""
        return self._queue(self._detached, runner, self._limits.detached)

    def keep(self, runner: Runner, now_s: float) -> list[Runner]:
        """Wait for the next form of its page, as one was posted. Returns the runners that were evicted.

        Does nothing for a mount that has a socket.
        """
        if self._all.get(runner.session.id) is not runner or not runner.session.keep(now_s):
            return []
        self.attached(runner)
        return self._queue(self._kept, runner, self._limits.kept)

    def remove(self, runner: Runner) -> None:
        """Forget a mount that is about to be closed."""
        mount_id = runner.session.id
        if self._all.get(mount_id) is runner:
            for table in (self._all, *self._waiting):
                table.pop(mount_id, None)

    def tick(self, now_s: float) -> list[Runner]:
        """Remove and return those that have waited for too long."""
        return [runner for table in self._waiting for runner in self._expired(table, now_s)]

    @property
    def _waiting(self) -> tuple[dict[str, Runner], ...]:
        return self._pending, self._detached, self._kept

    def _queue(self, table: dict[str, Runner], runner: Runner, room: int) -> list[Runner]:
        table[runner.session.id] = runner
        evicted = []
        while len(table) > room:
            oldest = next(iter(table.values()))
            self.remove(oldest)
            evicted.append(oldest)
        return evicted

    def _expired(self, table: dict[str, Runner], now_s: float) -> Iterator[Runner]:
        while table:
            oldest = next(iter(table.values()))
            if not oldest.session.tick(now_s):
                return
            self.remove(oldest)
            yield oldest
