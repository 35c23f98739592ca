"""What connects the shared values of several processes: a store of logs, and a channel of hints.

A backplane keeps, for each name, one log of batches in one total order, a snapshot of the value at some
position of it, and tells listeners that a log grew. It knows nothing of what it carries: bodies are sealed
text (``sealing.py``), merging is done by the replicas (``replica.py``), asking and retrying by ``sync.py``.

    exchange(name, at, entry)   append if ``at`` is the end of the log; else say what is missing

Hints may be lost, doubled or late: whoever has doubts asks. ``MemoryBackplane`` connects hubs of one process
(in tests, or several event loops); ``RedisBackplane`` connects processes. The default is none at all: values
live in their process, and nothing here runs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from hyper.errors import HyperError
from hyper.state.replica import START, Position, split_id

KEPT = 128
"""Entries that stay in the log behind its snapshot, for processes that are late."""


class BackplaneError(HyperError):
    """The backplane cannot be reached now; what was asked may or may not have happened."""


class StoreError(BackplaneError):
    """The store can be reached, but what it holds under one name makes no sense."""


class Entry(NamedTuple):
    """A batch as the store keeps it."""

    id: str
    """``"origin:number"``; numbers of one origin only grow."""
    mark: str
    """Of the position that it leads to."""
    body: str


class State(NamedTuple):
    """All that a store holds for a name."""

    epoch: str
    at: Position
    """Where the snapshot stands."""
    snapshot: str
    base: Position
    """Where the entries begin: the position before the first."""
    entries: list[Entry]

    @property
    def end(self) -> Position:
        """Position of the last entry."""
        if not self.entries:
            return self.base
        return Position(self.base.version + len(self.entries), self.entries[-1].mark)


class Answer(NamedTuple):
    """What a store says to a process that stands at some position."""

    kind: str
    """accepted, current (nothing new), known (in the log already), behind, other (another log), absent."""
    entries: Sequence[Entry] = ()
    """For behind: all after the position."""
    state: State | None = None
    """For other."""


class Backplane(Protocol):
    """Every method raises BackplaneError when the store cannot be reached."""

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> Answer:
        """Append ``entry`` and send ``hint`` if ``at`` is the end of the log; else what is there."""
        raise NotImplementedError

    async def replace(self, name: str, expected: Position, state: State, hint: str) -> bool:
        """Put ``state`` in place of a log that ends at ``expected`` (none: ``START``); False if none does."""
        raise NotImplementedError

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """Keep a newer snapshot, and only ``KEPT`` entries before it; nothing if ``at`` is not in the log."""

    async def beat(self, origin: str, ttl_s: float) -> set[str]:
        """The processes that said so within the last ``ttl_s``, this one included."""
        raise NotImplementedError

    async def listen(self, heard: Callable[[str], None], ready: Callable[[], None]) -> None:
        """Pass on hints until the connection is lost (BackplaneError); call ``ready`` when listening."""

    async def close(self) -> None:
        """Let go of connections."""


@dataclass
class Log:
    """One name in a memory store."""

    state: State
    sent: dict[str, int] = field(default_factory=dict)
    """The last number of each origin."""

    def has(self, at: Position) -> bool:
        """True for a position that this log went through, as far as it is kept."""
        place = at.version - self.state.base.version
        if place == 0:
            return at == self.state.base
        return 0 < place <= len(self.state.entries) and self.state.entries[place - 1].mark == at.mark


class Store:
    """The logs in memory: the reference for what the Redis scripts do."""

    def __init__(self) -> None:
        self.logs: dict[str, Log] = {}

    def exchange(self, name: str, at: Position, entry: Entry | None) -> Answer:
        """See ``Backplane.exchange``."""
        log = self.logs.get(name)
        if log is None:
            return Answer("absent")
        if at == log.state.end:
            return self._append(log, entry)
        if log.has(at):
            return Answer("behind", log.state.entries[at.version - log.state.base.version :])
        return Answer("other", state=log.state._replace(entries=list(log.state.entries)))

    def _append(self, log: Log, entry: Entry | None) -> Answer:
        if entry is None:
            return Answer("current")
        origin, number = split_id(entry.id)
        if number <= log.sent.get(origin, -1):
            return Answer("known")
        log.state.entries.append(entry)
        log.sent[origin] = number
        return Answer("accepted")

    def replace(self, name: str, expected: Position, state: State) -> bool:
        """See ``Backplane.replace``."""
        log = self.logs.get(name)
        if (log.state.end if log else START) != expected:
            return False
        new = Log(state._replace(entries=list(state.entries)))
        for origin, number in (split_id(entry.id) for entry in state.entries):
            new.sent[origin] = max(number, new.sent.get(origin, -1))
        self.logs[name] = new
        return True

    def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        log = self.logs.get(name)
        if log is None or not log.has(at) or at.version <= log.state.at.version:
            return
        base, entries = log.state.base, log.state.entries
        gone = max(0, at.version - KEPT - base.version)
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

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> Answer:
        """See ``Backplane.exchange``."""
        await self._reach()
        answer = self.store.exchange(name, at, entry)
        if answer.kind == "accepted":
            self._tell(hint)
        return answer

    async def replace(self, name: str, expected: Position, state: State, hint: str) -> bool:
        """See ``Backplane.replace``."""
        await self._reach()
        is_done = self.store.replace(name, expected, state)
        if is_done:
            self._tell(hint)
        return is_done

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        """See ``Backplane.compact``."""
        await self._reach()
        self.store.compact(name, at, snapshot)

    async def beat(self, origin: str, ttl_s: float) -> set[str]:
        """See ``Backplane.beat``."""
        await self._reach()
        now = self._clock()
        self._beats[origin] = now
        return {known for known, at in self._beats.items() if now - at <= ttl_s}

    async def listen(self, heard: Callable[[str], None], ready: Callable[[], None]) -> None:
        """See ``Backplane.listen``."""
        await self._reach()
        lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listeners[lost] = heard
        ready()
        try:
            await lost
        finally:
            del self._listeners[lost]

    async def close(self) -> None:
        """Nothing to let go of."""

    def stop(self) -> None:
        """Be unreachable, as a killed server is."""
        self.is_down = True
        for lost in self._listeners:
            if not lost.done():
                lost.set_exception(BackplaneError("the memory backplane was stopped"))

    def start(self) -> None:
        """Be reachable again."""
        self.is_down = False

    def _tell(self, hint: str) -> None:
        for heard in list(self._listeners.values()):
            heard(hint)

    async def _reach(self) -> None:
        await asyncio.sleep(0)
        if self.is_down:
            raise BackplaneError("the memory backplane is stopped")
