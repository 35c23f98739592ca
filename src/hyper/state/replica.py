"""One shared value as one of many processes holds it: a confirmed state, and own changes ahead of it.

Sans-IO: answers of the store go in, batches of operations come out. The idea is that of rebasing in version
control. The store keeps one log of batches; a batch is accepted only by a sender who has seen all before it.

    the store's log    1  2  3  4'                all processes apply exactly these, in this order
    here, before       1  2  A  B                 A, B: own batches, applied at once, not yet accepted
    the store answers  "behind: 3, 4'"
    here, after        1  2  3  4'  A  B          undo B, A; apply 3, 4'; do A, B again; send A again

So the value is always *what is confirmed, then what is pending*, in every process, and equal in all of them
as soon as nothing is pending. Operations name what they mean by id (``operations.py``), so doing them again
after others' changes still does what was meant. ProseMirror's collab module and git's rebase work like this.

A store that lost the end of its log or all of it (killed, restored) is noticed by the mark of each position,
a hash over all batches before it: two logs are one up to the last position that both have. What came after
that here was confirmed once and is pending again. Each log begun from nothing has an epoch of its own; of two
logs with nothing in common the longer one wins, and what the other one's tail holds is appended to it.
"""

from __future__ import annotations

import hashlib
import itertools
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from hyper.state.cells import Cell, Undo, write_lock
from hyper.state.observed import Observed, walk
from hyper.state.operations import Operation, apply, nothing
from hyper.state.packing import Packed, Packer, PackingError, kind_of

log = logging.getLogger("hyper.state.sharing")

TAIL = 256
"""Batches remembered after they were confirmed: how far a store may fall back without losing any of them."""


class Position(NamedTuple):
    """A place in a log: how many batches, and a mark that stands for all of them."""

    version: int
    mark: str

    def after(self, batch_id: str) -> Position:
        """The position one batch further on."""
        mark = hashlib.sha256(f"{self.mark} {batch_id}".encode()).hexdigest()[:16]
        return Position(self.version + 1, mark)


START = Position(0, "")


class Batch(NamedTuple):
    """A confirmed batch."""

    position: Position
    """Where it leads to."""
    id: str
    operations: list[Operation]


@dataclass
class Pending:
    """A batch of own operations that the store has not accepted yet."""

    id: str
    operations: list[Operation] = field(default_factory=list)
    undos: list[Undo] = field(default_factory=list)
    is_sealed: bool = False
    """It was sent: later operations go into the next one."""


class Snapshot(NamedTuple):
    """The whole value at a position."""

    epoch: str
    """Which log: another one for each that began from nothing."""
    position: Position
    value: Packed


class Replica:
    """One process's copy of one shared value. All methods are called under the write lock or take it."""

    def __init__(self, cell: Cell, origin: str, packer: Packer, wake: Callable[[], object]) -> None:
        assert isinstance(cell.value, Observed)
        self.cell = cell
        self.root: Observed = cell.value
        self.packer = packer
        self.epoch = ""
        self.position = START
        self.base = START
        """Where the tail begins."""
        self.tail: list[Batch] = []
        self.pending: list[Pending] = []
        self._wake = wake
        self._origin = origin
        self._ids = itertools.count()
        self._batches = itertools.count(1)
        self._containers: WeakValueDictionary[str, Observed] = WeakValueDictionary()
        with write_lock:
            initial = itertools.count()
            self._label(walk(self.root), lambda: str(next(initial)))
            packer.pack(self.root)
            cell.recorder = self

    # As the observed values see it (cells.Recorder)

    def new_id(self) -> str:
        """An id that no other process gives out."""
        return f"{self._origin}-{next(self._ids)}"

    def label(self, container: Observed) -> None:
        """Give a container that just came in an id."""
        self._label([container], self.new_id)

    def _label(self, containers: Iterable[Observed], new_id: Callable[[], str]) -> None:
        for container in containers:
            container._label(new_id)
            self._containers[container._id] = container

    def encode(self, value: object) -> Packed:
        """``value`` as JSON."""
        return self.packer.pack(value)

    def record(self, operation: Operation, undo: Undo) -> None:
        """Keep a change that was just made here, until the store has it."""
        if not self.pending or self.pending[-1].is_sealed:
            self.pending.append(Pending(f"{self._origin}:{next(self._batches)}"))
        self.pending[-1].operations.append(operation)
        self.pending[-1].undos.append(undo)
        self._wake()

    def said(self) -> None:
        """Keep that everything so far was broadcast: other processes shall render their readers too."""
        self.record(["broadcast"], nothing)

    # What goes to the store

    def outgoing(self) -> Pending | None:
        """The first batch that is not confirmed; from now on it does not change."""
        with write_lock:
            if not self.pending:
                return None
            self.pending[0].is_sealed = True
            return self.pending[0]

    def snapshot(self) -> Snapshot:
        """The confirmed value."""
        with write_lock:
            self._undo_pending()
            try:
                return Snapshot(self.epoch, self.position, self.packer.pack(self.root))
            finally:
                self._do_pending()

    def seed(self) -> Snapshot:
        """What to put into an empty store: the confirmed value, or the first of a new log."""
        found = self.snapshot()
        if self.position != START:
            return found
        epoch = token_hex(8)
        return Snapshot(epoch, Position(1, epoch), found.value)

    # What comes from the store

    def accepted(self) -> None:
        """The batch last given out is the next of the log."""
        with write_lock:
            batch = self.pending.pop(0)
            self._confirm(Batch(self.position.after(batch.id), batch.id, batch.operations))

    def follow(self, batches: list[Batch]) -> None:
        """Apply the batches that come after our position, below our own pending ones."""
        with write_lock:
            self._undo_pending()
            for batch in batches:
                self._apply_confirmed(batch)
            self._do_pending()
        self._tell(batches)

    def drop_first(self) -> None:
        """Forget the batch last given out: the store says that it is in the part of the log we know."""
        with write_lock:
            self._undo_pending()
            del self.pending[0]
            self._do_pending()

    def seeded(self, seed: Snapshot) -> None:
        """The store took our ``seed``."""
        if self.position == START:
            self.base = seed.position
        self.epoch, self.position = seed.epoch, seed.position

    def adopt(self, snapshot: Snapshot, base: Position, batches: list[Batch]) -> bool:
        """Take over the store's state, with what we have beyond it on top; False: ours is to replace it.

        ``batches`` are all that the store still has, from ``base`` on, those before the snapshot too.
        """
        self._check(snapshot)
        log_here = {self.base, self.position, *(batch.position for batch in self.tail)}
        log_there = {base, snapshot.position, *(batch.position for batch in batches)}
        common = max(log_here & log_there - {START}, default=None)
        with write_lock:
            self._undo_pending()
            ours_wins = common is None and snapshot.epoch != self.epoch and self.position > max(log_there)
            if ours_wins:
                self._recover(batches)
            elif common is not None or snapshot.epoch != self.epoch:
                self._recover([batch for batch in self.tail if common is None or batch.position > common])
            if not ours_wins:
                self._load(snapshot, base, batches)
            self._do_pending()
        self.cell.invalidate()
        return not ours_wins

    def _check(self, snapshot: Snapshot) -> None:
        """PackingError or KeyError for a snapshot that this program cannot hold; nothing was changed then."""
        if snapshot.value["$"] != kind_of(self.root):
            raise PackingError(
                f"shared value {self.cell.name!r} is a {kind_of(self.root)} here and a {snapshot.value['$']} "
                "in other processes: give one of them another name"
            )
        self.packer.unpack(snapshot.value)

    def _load(self, snapshot: Snapshot, base: Position, batches: list[Batch]) -> None:
        before = [batch for batch in batches if batch.position.version <= snapshot.position.version]
        self.packer.fill(self.root, snapshot.value)
        self._containers.clear()
        self._index(self.root)
        self.epoch, self.position, self.base, self.tail = snapshot.epoch, snapshot.position, base, before
        for batch in batches[len(before) :]:
            self._apply_confirmed(batch)
        known = {batch.id for batch in batches}
        self.pending = [batch for batch in self.pending if batch.id not in known]

    def _recover(self, batches: list[Batch]) -> None:
        """Make batches that the store's log lacks pending, before our own ones."""
        pending = {batch.id: batch for batch in self.pending}
        for batch in batches:
            pending.setdefault(batch.id, Pending(batch.id, batch.operations, is_sealed=True))
        ids = dict.fromkeys([batch.id for batch in batches] + [batch.id for batch in self.pending])
        self.pending = [pending[batch_id] for batch_id in in_turn(list(ids))]

    def _apply_confirmed(self, batch: Batch) -> None:
        own = [pending for pending in self.pending if pending.id == batch.id]
        for pending in own:
            self.pending.remove(pending)
        for operation in batch.operations:
            self._do(operation, self._again if own else self._unpack)
        self._confirm(batch)

    def _confirm(self, batch: Batch) -> None:
        self.position = batch.position
        self.tail.append(batch)
        if len(self.tail) > TAIL:
            self.base = self.tail.pop(0).position

    def _tell(self, batches: list[Batch]) -> None:
        if any(operation[0] == "broadcast" for batch in batches for operation in batch.operations):
            self.cell.invalidate()

    # Doing and undoing

    def _undo_pending(self) -> None:
        for batch in reversed(self.pending):
            for undo in reversed(batch.undos):
                undo()
            batch.undos = []

    def _do_pending(self) -> None:
        for batch in self.pending:
            batch.undos = [self._do(operation, self._again) for operation in batch.operations]

    def _do(self, operation: Operation, unpack: Callable[[Packed, Observed], Any]) -> Undo:
        if operation[0] == "broadcast":
            return nothing
        try:
            return apply(operation, self._containers, unpack)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            log.exception("shared value %r: operation %r was skipped", self.cell.name, operation[:2])
            return nothing

    def _unpack(self, packed: Packed, parent: Observed) -> Any:
        value = self.packer.unpack(packed, self.cell, parent)
        if isinstance(value, Observed):
            self._index(value)
        return value

    def _again(self, packed: Packed, parent: Observed) -> Any:
        """An own container that was undone is the same object when it is done again: handlers may hold it."""
        known = self._containers.get(packed["i"]) if type(packed) is dict and "i" in packed else None
        return self._unpack(packed, parent) if known is None else known

    def _index(self, value: Observed) -> None:
        for container in walk(value):
            self._containers[container._id] = container


def in_turn(ids: list[str]) -> list[str]:
    """The same ids, those of one origin among each other by number: stores take them in no other order."""
    queues: dict[str, list[int]] = {}
    for origin, number in map(split_id, ids):
        queues.setdefault(origin, []).append(number)
    turns = {origin: iter(sorted(numbers)) for origin, numbers in queues.items()}
    return [f"{origin}:{next(turns[origin])}" for origin, _ in map(split_id, ids)]


def split_id(batch_id: str) -> tuple[str, int]:
    """``"ab12:7"`` -> ``("ab12", 7)``: who made a batch, and which of his it is."""
    origin, _, number = batch_id.rpartition(":")
    return origin, int(number)
