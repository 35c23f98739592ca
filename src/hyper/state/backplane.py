"""Backplanes connect the shared values of several processes: each is a store of logs, and a channel of hints.

For each name, a backplane keeps one log of batches in one total order, and a snapshot of the value at some position in
it. It also notifies listeners when a log has grown. Contents are opaque to it: bodies are sealed text (``sealing.py``),
replicas merge them (``replica.py``), and ``sync.py`` sends requests and retries.

    exchange(name, at, entry)   append if ``at`` is the end of the log; else return the entries after ``at``

Hints may be lost, doubled or late: in doubt a process asks the store. ``MemoryBackplane`` connects hubs of one
process (in tests, or several event loops); ``RedisBackplane`` connects processes. By default there is none:
values stay in their process, and nothing here runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hyper.errors import HyperError
from hyper.state.replica import START, Position, split_id

KEPT_ENTRIES = 128
"""How many entries before its snapshot a log keeps, for processes that are behind."""


class BackplaneError(HyperError):
    """The backplane cannot be reached; the request may or may not have been carried out."""


class RefusedError(BackplaneError):
    """The store can be reached, but takes no writes: it is a copy of another, is full, or its user has no right to."""


class StoreError(BackplaneError):
    """The store can be reached, but its data for one name is inconsistent."""


class Entry(NamedTuple):
    """A batch in the store."""

    id: str
    """``"HUB:NUMBER"``: the id of the hub that made it, whose numbers only increase."""
    mark: str
    """The mark of the position after it, a hash over all batches so far (see ``replica.Position``)."""
    body: str


class LogState(NamedTuple):
    """Everything that a store holds for one name."""

    epoch: str
    at: Position
    """The position of the snapshot."""
    snapshot: str
    base: Position
    """The position before the first entry."""
    entries: list[Entry]

    @property
    def end(self) -> Position:
        """The position after the last entry."""
        if not self.entries:
            return self.base
        return Position(self.base.version + len(self.entries), self.entries[-1].mark)


class StoreAnswer(NamedTuple):
    """The store's answer to a process that is at some position."""

    kind: str
    """accepted, current (nothing new), known (the log already has the entry), behind, other (another log), absent."""
    entries: Sequence[Entry] = ()
    """If behind: all entries after the position."""
    state: LogState | None = None
    """If other: everything that the store holds."""


class Backplane(Protocol):
    """A store of logs and a channel of hints. All methods raise ``BackplaneError`` if the store cannot be reached."""

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> StoreAnswer:
        """Append ``entry`` and send ``hint`` if ``at`` is the end of the log. Returns what happened, or what is new."""
        raise NotImplementedError

    async def replace(self, name: str, expected: Position, state: LogState, hint: str) -> bool:
        """Replace the log by ``state`` if it ends at ``expected`` (``START``: if there is none); else return False."""
        raise NotImplementedError

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """Keep a newer snapshot, and only ``KEPT_ENTRIES`` entries before it, if ``at`` is in the log."""

    async def beat(self, hub_id: str, ttl_s: float) -> set[str]:
        """Note that a hub is alive. Returns the ids of the hubs that called this in the last ``ttl_s`` seconds."""
        raise NotImplementedError

    async def listen(self, take_hint: Callable[[str], None], ready: Callable[[], None]) -> None:
        """Call ``ready`` once listening, then ``take_hint`` for each hint. Raises ``BackplaneError`` if disconnected."""

    async def close(self) -> None:
        """Close all connections."""


@dataclass
class Log:
    """The log of one name in a memory store."""

    state: LogState
    sent: dict[str, int] = field(default_factory=dict)
    """The highest number of each hub, by the hub's id."""

    def has(self, at: Position) -> bool:
        """Is ``at`` a position in the part of the log that is kept?"""
        place = at.version - self.state.base.version
        if place == 0:
            return at == self.state.base
        return 0 < place <= len(self.state.entries) and self.state.entries[place - 1].mark == at.mark


class Store:
    """Logs in memory: the reference for what the Redis scripts do."""

    def __init__(self) -> None:
        self.logs: dict[str, Log] = {}

    def exchange(self, name: str, at: Position, entry: Entry | None) -> StoreAnswer:
        """See ``Backplane.exchange``."""
        log = self.logs.get(name)
        if log is None:
            return StoreAnswer("absent")
        if at == log.state.end:
            return self._append(log, entry)
        if log.has(at):
            return StoreAnswer("behind", log.state.entries[at.version - log.state.base.version :])
        return StoreAnswer("other", state=log.state._replace(entries=list(log.state.entries)))

    def _append(self, log: Log, entry: Entry | None) -> StoreAnswer:
        if entry is None:
            return StoreAnswer("current")
        hub_id, number = split_id(entry.id)
        if number <= log.sent.get(hub_id, -1):
            return StoreAnswer("known")
        log.state.entries.append(entry)
        log.sent[hub_id] = number
        return StoreAnswer("accepted")

    def replace(self, name: str, expected: Position, state: LogState) -> bool:
        """See ``Backplane.replace``."""
        log = self.logs.get(name)
        if (log.state.end if log else START) != expected:
            return False
        new = Log(state._replace(entries=list(state.entries)))
        for hub_id, number in (split_id(entry.id) for entry in state.entries):
            new.sent[hub_id] = max(number, new.sent.get(hub_id, -1))
        self.logs[name] = new
        return True

    def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        log = self.logs.get(name)
        if log is None or not log.has(at) or at.version <= log.state.at.version:
            return
        base, entries = log.state.base, log.state.entries
        gone = max(0, at.version - KEPT_ENTRIES - base.version)
        if gone:
            base = Position(base.version + gone, entries[gone - 1].mark)
        log.state = log.state._replace(at=at, snapshot=snapshot, base=base, entries=entries[gone:])


class MemoryBackplane:
    """Connects hubs of one process: every hub that is connected to the same object shares its values."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.store = Store()
        self.is_down = False
        self._clock = clock
        self._beats: dict[str, float] = {}
        self._listeners: dict[asyncio.Future[None], Callable[[str], None]] = {}

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> StoreAnswer:
        """See ``Backplane.exchange``."""
        await self._check_reachable()
        answer = self.store.exchange(name, at, entry)
        if answer.kind == "accepted":
            self._send(hint)
        return answer

    async def replace(self, name: str, expected: Position, state: LogState, hint: str) -> bool:
        """See ``Backplane.replace``."""
        await self._check_reachable()
        is_done = self.store.replace(name, expected, state)
        if is_done:
            self._send(hint)
        return is_done

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        await self._check_reachable()
        self.store.compact(name, at, snapshot)

    async def beat(self, hub_id: str, ttl_s: float) -> set[str]:
        """See ``Backplane.beat``."""
        await self._check_reachable()
        now = self._clock()
        self._beats[hub_id] = now
        return {known for known, at in self._beats.items() if now - at <= ttl_s}

    async def listen(self, take_hint: Callable[[str], None], ready: Callable[[], None]) -> None:
        """See ``Backplane.listen``."""
        await self._check_reachable()
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listeners[lost] = take_hint
        ready()
        try:
            await lost
        finally:
            del self._listeners[lost]

    async def close(self) -> None:
        """Does nothing: there are no connections."""

    def stop(self) -> None:
        """Make it unreachable, like a killed server."""
        self.is_down = True
        for lost in self._listeners:
            if not lost.done():
                lost.set_exception(BackplaneError("the memory backplane was stopped"))

    def start(self) -> None:
        """Make it reachable again."""
        self.is_down = False

    def _send(self, hint: str) -> None:
        for take_hint in list(self._listeners.values()):
            take_hint(hint)

    async def _check_reachable(self) -> None:
        await asyncio.sleep(0)
        if self.is_down:
            raise BackplaneError("the memory backplane is stopped")
