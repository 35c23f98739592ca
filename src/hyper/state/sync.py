"""Keeps the shared values of a process in sync with a backplane: asks, sends, retries. The replicas merge.

One task talks to the store, one listens for hints. Anything lost on the way is found by asking the store: every value
is checked every few seconds, after every reconnection, and whenever a hint does not match. While the backplane cannot
be reached, all values keep working in their process; changes are sent once it can be reached again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from hyper.state.arrivals import Arrivals
from hyper.state.backplane import Backplane, BackplaneError, Entry, LogState, StoreAnswer, StoreError
from hyper.state.cells import running_loop, write_lock
from hyper.state.journal import JournaledCell
from hyper.state.observed import Observed
from hyper.state.packing import Packer, PackingError, classes_of
from hyper.state.replica import START, Batch, Position, Replica, ValueSnapshot
from hyper.state.sealing import Seal, SealError
from hyper.state.telling import Reach
from hyper.transport.each_minute import EachMinute

log = logging.getLogger("hyper.state")

TALK, LISTEN = "talk", "listen"
"""The two ways in which a store is used."""

SNAPSHOT_EVERY = 100
"""Batches from one snapshot in the store to the next: a process that starts reads about this many at most."""
HINT_BYTES = 4096
"""Entries up to this size are sent with their hint, so that no process has to ask for them."""


class Hint(NamedTuple):
    """Says that a log has grown."""

    name: str
    before: Position
    after: Position
    entry: Entry | None


class Sync:
    """The connection of one process to a backplane."""

    def __init__(
        self,
        hub_id: str,
        backplane: Backplane,
        seal: Seal,
        note_alive: Callable[[set[str]], None],
        *,
        check_interval_s: float = 5.0,
        max_delay_s: float = 2.0,
        alive_s: float = 15.0,
    ) -> None:
        self.hub_id = hub_id
        """The id of this process's hub."""
        self.backplane = backplane
        self.seal = seal
        self.check_interval_s = check_interval_s
        self.max_delay_s = max_delay_s
        """The longest pause between two attempts to reach the backplane."""
        self.alive_s = alive_s
        """A process that is silent for this long counts as dead, and its presences end."""
        self.replicas: dict[str, Replica] = {}
        self._reach = Reach(TALK, LISTEN)
        self._minute = EachMinute()
        self.arrivals = Arrivals()
        """Which values hold what the store has."""
        self.refused = 0
        """How many messages were rejected: forged, or signed with a secret that is unknown here."""
        self._note_alive = note_alive
        """Called with the ids of the hubs that are alive."""
        self._waiting: dict[str, JournaledCell] = {}
        """Values to attach once no unit of work that has changed them is open."""
        self._hints: dict[str, list[Hint]] = {}
        self._due: set[str] = set()
        """Names of the values to settle with the store."""
        self._beat_at = 0.0
        self._has_work = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_connected(self) -> bool:
        """Are changes sent to the other processes, and heard from them?"""
        return self._reach.since_s is not None

    def is_here(self) -> bool:
        """Does it belong to the running event loop?"""
        return running_loop() is self._loop

    def start(self) -> None:
        """Start the two tasks."""
        self._tasks = [
            asyncio.create_task(self._forever(TALK, self._talk), name="hyper backplane"),
            asyncio.create_task(self._forever(LISTEN, self._listen), name="hyper backplane hints"),
        ]

    async def stop(self, flush_s: float = 2.0) -> None:
        """Send pending changes for at most ``flush_s`` seconds, detach all values and close the connection."""
        await cancel_all(self._tasks)
        self._due.update(self.replicas)
        try:
            async with asyncio.timeout(flush_s):
                await self.settle_all()
        except (BackplaneError, TimeoutError):
            log.warning("the backplane could not be reached: the last changes of shared values were not sent")
        for name in [*self.replicas, *self._waiting]:
            self.detach(name)
        await self.backplane.close()

    def attach(self, cell: JournaledCell) -> None:
        """Share one more value with the other processes, as soon as no open unit of work has changed it."""
        assert cell.name is not None
        self.arrivals.expect(cell.name)
        with write_lock:
            self._waiting[cell.name] = cell
            cell.when_settled(lambda: self._attach_settled(cell))

    def _attach_settled(self, cell: JournaledCell) -> None:
        if self._waiting.get(cell.name or "") is not cell:
            return  # it was detached, or replaced, while it waited
        assert cell.name is not None
        assert isinstance(cell.value, Observed)
        del self._waiting[cell.name]
        packer = Packer([*cell.classes, *classes_of(cell.value)])
        name = cell.name
        self.replicas[name] = Replica(cell, self.hub_id, packer, lambda: self._settle_soon(name))
        self._settle_soon(name)

    def detach(self, name: str) -> None:
        """Stop sharing a value with the other processes."""
        self._waiting.pop(name, None)
        replica = self.replicas.pop(name, None)
        if replica is not None:
            with write_lock:
                replica.cell.recorder = None
        self.arrivals.forget(name)
        self._settle_soon(name)

    def _settle_soon(self, name: str) -> None:
        self._due.add(name)
        self._wake()

    def _wake(self) -> None:
        if self.is_here():
            self._has_work.set()
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._has_work.set)

    # The two tasks

    async def _forever(self, way: str, work: Callable[[], Awaitable[None]]) -> None:
        """Repeat ``work``; after each failure wait up to twice as long as before, with jitter."""
        delay_s = 0.1
        while True:
            started = time.monotonic()
            try:
                await work()
            except BackplaneError as error:
                self._reach.fails(way, error)
            except Exception as error:
                if self._minute.allows(f"{way} failed"):
                    log.exception("keeping shared values in sync failed; retrying")
                self._reach.fails(way, error)
            if time.monotonic() - started > self.max_delay_s:
                delay_s = 0.1
            await asyncio.sleep(delay_s * random.uniform(0.5, 1))
            delay_s = min(2 * delay_s, self.max_delay_s)

    async def _talk(self) -> None:
        self._due.update(self.replicas)
        while True:
            await self.settle_all()
            await self._beat()
            self._reach.works(TALK)
            await self._wait()

    async def _wait(self) -> None:
        """Wait until a value is due, or it is time to check them all."""
        try:
            async with asyncio.timeout(self.check_interval_s * random.uniform(0.8, 1.2)):
                await self._has_work.wait()
        except TimeoutError:
            self._due.update(self.replicas)
        self._has_work.clear()

    async def _listen(self) -> None:
        def ready() -> None:
            self._reach.works(LISTEN)
            self._due.update(self.replicas)
            self._wake()

        await self.backplane.listen(self._take_hint, ready)

    def _take_hint(self, message: str) -> None:
        try:
            name, before, after, entry = self.seal.open(message, "hint")
        except SealError as error:
            self._refuse(error)
            return
        if name in self.replicas:
            hint = Hint(name, Position(*before), Position(*after), Entry(*entry) if entry else None)
            self._hints.setdefault(name, []).append(hint)
            self._settle_soon(name)

    def _refuse(self, error: SealError) -> None:
        self.refused += 1
        if self.refused & (self.refused - 1) == 0:  # the 1st, 2nd, 4th, 8th …
            log.error("%s; %d rejected so far. Do all processes have the same secrets?", error, self.refused)

    async def _beat(self) -> None:
        """Note in the store that this process is alive, and tell the hub which others are."""
        now = time.monotonic()
        if now - self._beat_at < min(self.alive_s / 3, self.check_interval_s):
            return
        alive = await self.backplane.beat(self.hub_id, self.alive_s)
        self._beat_at = now
        since_s = self._reach.since_s
        if since_s is not None and now - since_s >= self.alive_s:
            self._note_alive(alive)

    # One value and its log

    async def settle_all(self) -> None:
        """Settle all values that are due. Raises ``BackplaneError`` if the store cannot be reached."""
        while self._due:
            name = self._due.pop()
            replica = self.replicas.get(name)
            if replica is None:
                self.arrivals.look()
                continue
            try:
                await self._settle(name, replica)
            except SealError as error:
                self._refuse(error)
            except (StoreError, PackingError, KeyError) as error:
                if self._minute.allows(name):
                    log.error("shared value %r stays in its process: %s", name, error)
            except BackplaneError:
                self._due.add(name)
                raise
            self.arrivals.note(name)

    async def _settle(self, name: str, replica: Replica) -> None:
        """Exchange batches until the store and the replica hold the same."""
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
            if await self._act_on(name, replica, answer) and not replica.pending:
                return

    async def _act_on(self, name: str, replica: Replica, answer: StoreAnswer) -> bool:
        """Act on the store's answer. Returns True once the replica is where the store's log ends."""
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
            return await self._reconcile(name, replica, answer.state)
        elif answer.kind == "absent":
            return await self._replace(name, replica, START)
        return answer.kind != "known"

    async def _reconcile(self, name: str, replica: Replica, state: LogState) -> bool:
        """Adopt the store's log, which is another one, or replace it with the replica's."""
        value = self.seal.open(state.snapshot, "snapshot", name, state.epoch, *state.at)
        snapshot = ValueSnapshot(state.epoch, state.at, value)
        batches = self._batches(name, state.base, state.entries)
        if state.at not in (state.base, *(batch.position for batch in batches)):
            raise StoreError(f"the snapshot of {name!r} belongs to another log")
        if replica.take_over(snapshot, state.base, batches):
            return True
        return await self._replace(name, replica, state.end)

    async def _replace(self, name: str, replica: Replica, expected: Position) -> bool:
        seed = replica.seed()
        state = LogState(
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
        """Apply the entries that came with hints. Returns True if there is then no need to ask the store."""
        hints = self._hints.pop(name, [])
        for hint in hints:
            if hint.before == replica.position and hint.entry is not None:
                replica.follow(self._batches(name, hint.before, [hint.entry]))
        newest = max((hint.after for hint in hints), default=None)
        return (
            newest is not None and newest <= replica.position and newest.version != replica.position.version
        )

    def _batches(self, name: str, base: Position, entries: Sequence[Entry]) -> list[Batch]:
        """The entries after ``base`` as batches.

        Raises ``StoreError`` if one is missing, ``SealError`` if one is forged.
        """
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

    def _sealed_snapshot(self, name: str, snapshot: ValueSnapshot) -> str:
        return self.seal.close(snapshot.value, "snapshot", name, snapshot.epoch, *snapshot.position)

    def _hint(self, name: str, before: Position, after: Position, entry: Entry | None = None) -> str:
        carried = entry if entry is not None and len(entry.body) <= HINT_BYTES else None
        return self.seal.close([name, before, after, carried], "hint")


async def cancel_all(tasks: list[asyncio.Task[None]]) -> None:
    """Cancel the tasks and wait for them. Cancels repeatedly: before Python 3.12 ``wait_for`` may swallow a request."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.1)
