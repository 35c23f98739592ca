"""Keeps a process's shared values and a backplane at one: asks, sends, retries. The replicas do the merging.

One task talks to the store, one listens for hints. Whatever is lost on the way is found by asking: every
value is checked every few seconds, after every reconnection, and whenever a hint does not fit. While the
backplane cannot be reached all values go on working in their process; changes are sent when it comes back.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hyper.state.backplane import Answer, Backplane, BackplaneError, Entry, State, StoreError
from hyper.state.cells import Cell, running_loop, write_lock
from hyper.state.observed import Observed
from hyper.state.packing import Packer, PackingError, classes_of
from hyper.state.replica import START, Batch, Position, Replica, Snapshot
from hyper.state.sealing import Seal, SealError

if TYPE_CHECKING:
    from hyper.state.hub import Hub

log = logging.getLogger("hyper.state.sharing")

SNAPSHOT_EVERY = 100
"""Batches between two snapshots in the store: a process that starts reads at most about this many."""
HINT_BYTES = 4096
"""Entries up to this size travel with their hint, so that nobody has to ask for them."""


class Hint(NamedTuple):
    """The news that a log grew."""

    name: str
    before: Position
    after: Position
    entry: Entry | None


class Sync:
    """The connection of one hub to a backplane."""

    def __init__(
        self,
        hub: Hub,
        backplane: Backplane,
        seal: Seal,
        *,
        check_interval_s: float = 5.0,
        max_delay_s: float = 2.0,
        alive_s: float = 15.0,
    ) -> None:
        self.hub = hub
        self.backplane = backplane
        self.seal = seal
        self.check_interval_s = check_interval_s
        self.max_delay_s = max_delay_s
        """Longest pause between two attempts to reach the backplane."""
        self.alive_s = alive_s
        """A process that is silent for so long is taken for dead, and its presences end."""
        self.replicas: dict[str, Replica] = {}
        self.is_connected = False
        self.refused = 0
        """Messages that were not ours: forged, or signed with a secret unknown here."""
        self._hints: dict[str, list[Hint]] = {}
        self._asked: set[str] = set()
        """Names to settle with the store."""
        self._reached_at: float | None = None
        self._beat_at = 0.0
        self._news = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Attach all named values and begin."""
        for cell in list(self.hub.named.values()):
            self.attach(cell)
        self._tasks = [
            asyncio.create_task(self._forever(self._talk), name="hyper backplane"),
            asyncio.create_task(self._forever(self._listen), name="hyper backplane hints"),
        ]

    async def stop(self, flush_s: float = 2.0) -> None:
        """Send what is pending, for so long at most, and let go."""
        await cancelled(self._tasks)
        self._asked.update(self.replicas)
        try:
            async with asyncio.timeout(flush_s):
                await self.settle_all()
        except (BackplaneError, TimeoutError):
            log.warning("the backplane could not be reached: the last changes of shared values were not sent")
        for name in list(self.replicas):
            self.detach(name)
        await self.backplane.close()

    def attach(self, cell: Cell) -> None:
        """Share one more value with the other processes."""
        assert cell.name is not None
        assert isinstance(cell.value, Observed)
        packer = Packer([*cell.classes, *classes_of(cell.value)])
        name = cell.name
        self.replicas[name] = Replica(cell, self.hub.origin, packer, lambda: self._ask(name))
        self._ask(name)

    def detach(self, name: str) -> None:
        """Let a value be this process's own again."""
        replica = self.replicas.pop(name, None)
        if replica is not None:
            with write_lock:
                replica.cell.recorder = None

    def _ask(self, name: str) -> None:
        self._asked.add(name)
        self._wake()

    def _wake(self) -> None:
        if running_loop() is self._loop:
            self._news.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._news.set)

    # The two tasks

    async def _forever(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do ``work`` again and again; after a failure wait up to twice as long as before, with jitter."""
        delay_s = 0.1
        while True:
            started = time.monotonic()
            try:
                await work()
            except BackplaneError as error:
                self._lost(error)
            except Exception:
                log.exception("keeping shared values up to date failed; it is tried again")
            if time.monotonic() - started > self.max_delay_s:
                delay_s = 0.1
            await asyncio.sleep(delay_s * random.uniform(0.5, 1))
            delay_s = min(2 * delay_s, self.max_delay_s)

    def _lost(self, error: BackplaneError) -> None:
        if self.is_connected:
            log.warning("%s: shared values stay in their process until it is back", error)
        self.is_connected, self._reached_at = False, None

    def _reached(self) -> None:
        if not self.is_connected:
            log.info("connected to the backplane")
            self.is_connected, self._reached_at = True, time.monotonic()

    async def _talk(self) -> None:
        self._asked.update(self.replicas)
        while True:
            await self.settle_all()
            await self._beat()
            self._reached()
            await self._wait()

    async def _wait(self) -> None:
        """Until there is news, or time for a check."""
        try:
            async with asyncio.timeout(self.check_interval_s * random.uniform(0.8, 1.2)):
                await self._news.wait()
        except TimeoutError:
            self._asked.update(self.replicas)
        self._news.clear()

    async def _listen(self) -> None:
        def ready() -> None:
            self._asked.update(self.replicas)
            self._wake()

        await self.backplane.listen(self._heard, ready)

    def _heard(self, message: str) -> None:
        try:
            name, before, after, entry = self.seal.open(message, "hint")
        except SealError as error:
            self._refuse(error)
            return
        if name in self.replicas:
            hint = Hint(name, Position(*before), Position(*after), Entry(*entry) if entry else None)
            self._hints.setdefault(name, []).append(hint)
            self._ask(name)

    def _refuse(self, error: SealError) -> None:
        self.refused += 1
        if self.refused & (self.refused - 1) == 0:  # the 1st, 2nd, 4th, 8th …
            log.error("%s; %d refused so far. Do all processes have the same secrets?", error, self.refused)

    async def _beat(self) -> None:
        """Say that this process is alive; end the presences of those that are not."""
        now = time.monotonic()
        if now - self._beat_at < min(self.alive_s / 3, self.check_interval_s):
            return
        self._beat_at = now
        alive = await self.backplane.beat(self.hub.origin, self.alive_s)
        if self._reached_at is not None and now - self._reached_at >= self.alive_s:
            self.hub.settle_presences(alive)

    # One value and its log

    async def settle_all(self) -> None:
        while self._asked:
            name = self._asked.pop()
            replica = self.replicas.get(name)
            try:
                if replica is not None:
                    await self._settle(name, replica)
            except SealError as error:
                self._refuse(error)
            except (StoreError, PackingError, KeyError) as error:
                log.error("shared value %r stays in its process: %s", name, error)
            except BackplaneError:
                self._asked.add(name)
                raise

    async def _settle(self, name: str, replica: Replica) -> None:
        """Ask and send until the store has all that is here, and the other way round."""
        if self._follow_hints(name, replica) and not replica.pending:
            return
        while name in self.replicas:
            pending = replica.outgoing()
            at = replica.position
            entry, hint = None, ""
            if pending is not None:
                batch = Batch(at.after(pending.id), pending.id, pending.operations)
                entry = self._entry(name, batch)
                hint = self._hint(name, at, batch.position, entry)
            answer = await self.backplane.exchange(name, at, entry, hint)
            if await self._take(name, replica, answer) and not replica.pending:
                return

    async def _take(self, name: str, replica: Replica, answer: Answer) -> bool:
        """Do what the store's answer asks for; True when we are where its log ends."""
        if answer.kind == "accepted":
            replica.accepted()
            await self._compact(name, replica)
        elif answer.kind == "known":
            replica.drop_first()
        elif answer.kind == "behind":
            if not answer.entries:
                raise StoreError(f"the log of {name!r} is longer than its entries")
            replica.follow(self._batches(name, replica.position, answer.entries))
        elif answer.kind == "other":
            assert answer.state is not None
            return await self._meet(name, replica, answer.state)
        elif answer.kind == "absent":
            return await self._replace(name, replica, START)
        return answer.kind != "known"

    async def _meet(self, name: str, replica: Replica, state: State) -> bool:
        value = self.seal.open(state.snapshot, "snapshot", name, state.epoch, *state.at)
        snapshot = Snapshot(state.epoch, state.at, value)
        batches = self._batches(name, state.base, state.entries)
        if state.at not in (state.base, *(batch.position for batch in batches)):
            raise StoreError(f"the snapshot of {name!r} is of another log")
        if replica.adopt(snapshot, state.base, batches):
            return True
        return await self._replace(name, replica, state.end)

    async def _replace(self, name: str, replica: Replica, expected: Position) -> bool:
        seed = replica.seed()
        state = State(
            seed.epoch,
            seed.position,
            self._sealed_snapshot(name, seed),
            replica.base if replica.tail else seed.position,
            [self._entry(name, batch) for batch in replica.tail],
        )
        hint = self._hint(name, expected, seed.position)
        if is_done := await self.backplane.replace(name, expected, state, hint):
            replica.seeded(seed)
        return is_done

    async def _compact(self, name: str, replica: Replica) -> None:
        if replica.position.version % SNAPSHOT_EVERY == 0:
            snapshot = replica.snapshot()
            await self.backplane.compact(name, snapshot.position, self._sealed_snapshot(name, snapshot))

    def _follow_hints(self, name: str, replica: Replica) -> bool:
        """Apply what came with hints; True if that leaves no doubt and nothing else made us ask."""
        hints = self._hints.pop(name, [])
        for hint in hints:
            if hint.before == replica.position and hint.entry is not None:
                replica.follow(self._batches(name, hint.before, [hint.entry]))
        newest = max((hint.after for hint in hints), default=None)
        return (
            newest is not None and newest <= replica.position and newest.version != replica.position.version
        )

    def _batches(self, name: str, base: Position, entries: Sequence[Entry]) -> list[Batch]:
        """The entries that follow ``base``, verified; StoreError if they do not follow each other."""
        found = []
        for entry_id, mark, body in entries:
            base = base.after(entry_id)
            if base.mark != mark:
                raise StoreError(f"the log of {name!r} has a gap before version {base.version}")
            operations: Any = self.seal.open(body, "entry", name, *base, entry_id)
            found.append(Batch(base, entry_id, operations))
        return found

    def _entry(self, name: str, batch: Batch) -> Entry:
        body = self.seal.close(batch.operations, "entry", name, *batch.position, batch.id)
        return Entry(batch.id, batch.position.mark, body)

    def _sealed_snapshot(self, name: str, snapshot: Snapshot) -> str:
        return self.seal.close(snapshot.value, "snapshot", name, snapshot.epoch, *snapshot.position)

    def _hint(self, name: str, before: Position, after: Position, entry: Entry | None = None) -> str:
        carried = entry if entry is not None and len(entry.body) <= HINT_BYTES else None
        return self.seal.close([name, before, after, carried], "hint")


async def cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """Return when all have ended; asked repeatedly, as ``wait_for`` before Python 3.12 may lose a request."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.1)
