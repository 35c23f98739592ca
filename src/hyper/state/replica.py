"""One process's copy of a shared value: the confirmed state, and this process's own changes on top of it.

Sans-IO: answers of the store go in, batches of operations come out. The idea is rebasing, as in version
control. The store keeps one log of batches, and accepts a batch only from a sender that has all before it.

    the store's log    1  2  3  4'                all processes apply exactly these, in this order
    here, before       1  2  A  B                 A, B: own batches, applied at once, not yet accepted
    the store answers  "behind: 3, 4'"
    here, after        1  2  3  4'  A  B          undo B, A; apply 3, 4'; redo A, B; send A again

So in every process the value is *the confirmed batches, then the pending ones*, and it is equal in all of them
as soon as none is pending. Operations name containers and elements by id (``operations.py``), so they still do what was
meant when they are redone after the changes of others. ProseMirror's collab module and git's rebase do the same.
What open units of work have changed (``journal.py``) is on top of all that, and becomes pending when it becomes final.

If a store lost the end of its log or all of it (killed, restored), the mark of each position shows it: the mark is a
hash over all batches before it: two logs are the same up to the last position that both have. Batches after it
in this process were confirmed once, and become pending again. Each log that began from nothing has an epoch of
its own. Of two logs with nothing in common the longer one wins, and the tail of the other is appended to it.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable
from secrets import token_hex
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

from hyper.state.cells import Container, Operation, Undo, no_undo, write_lock
from hyper.state.journal import JournaledCell
from hyper.state.observed import Observed, walk
from hyper.state.operations import Unpack, apply
from hyper.state.packing import Packed, Packer, PackingError, packed_kind
from hyper.state.pending import Pending

TAIL = 256
"""How many confirmed batches are kept: a store may lose this many without any change being lost."""


class Position(NamedTuple):
    """A place in a log: how many batches are before it, and a hash over all of them."""

    version: int
    mark: str

    def after(self, batch_id: str) -> Position:
        """The position after one more batch."""
        mark = hashlib.sha256(f"{self.mark} {batch_id}".encode()).hexdigest()[:16]
        return Position(self.version + 1, mark)


START = Position(0, "")
"""The position before the first batch of a log."""


class Batch(NamedTuple):
    """A confirmed batch."""

    position: Position
    """The position after it."""
    id: str
    operations: list[Operation]


class ValueSnapshot(NamedTuple):
    """The whole value at a position."""

    epoch: str
    """Identifies the log: each log that began from nothing has its own."""
    position: Position
    value: Packed


class Replica:
    """One process's copy of one shared value. All methods are called under the write lock or take it."""

    def __init__(self, cell: JournaledCell, hub_id: str, packer: Packer, wake: Callable[[], object]) -> None:
        assert isinstance(cell.value, Observed)
        self.cell = cell
        self.root: Observed = cell.value
        self.packer = packer
        self.epoch = ""
        self.position = START
        self.base = START
        """The position before the first batch of ``tail``."""
        self.tail: list[Batch] = []
        """The last confirmed batches."""
        self.pending: list[Pending] = []
        self._wake = wake
        self._hub_id = hub_id
        self._ids = itertools.count()
        self._batches = itertools.count(1)
        self._containers: WeakValueDictionary[str, Container] = WeakValueDictionary()
        with write_lock:
            initial = itertools.count()
            self._label(walk(self.root), lambda: str(next(initial)))
            packer.pack(self.root)
            cell.recorder = self

    # What the observed values call (cells.Recorder)

    def new_ids(self, count: int) -> list[Any]:
        """Ids that no other process assigns."""
        return [self._new_id() for _ in range(count)]

    def _new_id(self) -> str:
        return f"{self._hub_id}-{next(self._ids)}"

    def name(self, container: Container) -> object:
        """The container's id; empty if another container has its place since the value was replaced."""
        return container._id if self._containers.get(container._id) is container else ""

    def label(self, container: Container) -> None:
        """Give a container that was just inserted an id."""
        self._label([container], self._new_id)

    def _label(self, containers: Iterable[Container], new_id: Callable[[], str]) -> None:
        for container in containers:
            container._label(new_id)
            self._containers[container._id] = container

    def encode(self, value: object) -> Packed:
        """``value`` as JSON. Raises ``PackingError`` if other processes could not read it."""
        return self.packer.pack(value)

    def is_attached(self, operation: Operation) -> bool:
        """Is the container that the operation changes still part of the value?"""
        container = self._containers.get(operation[1])
        return container is not None and container._is_attached()

    def do(self, operation: Operation) -> Undo:
        """Do an operation of this process again."""
        return self._do(operation, self._unpack_again)

    def record(self, operation: Operation, undo: Undo) -> None:
        """Record a change of this process, until the store has it."""
        self._open_batch().add(operation, undo)
        self._wake()

    def record_broadcast(self) -> None:
        """Record that the changes so far were broadcast, so that other processes invalidate their readers too."""
        self._open_batch().add_broadcast()
        self._wake()

    def _open_batch(self) -> Pending:
        """The batch to which changes are added: the last one that was not sent yet."""
        if not self.pending or self.pending[-1].is_sealed:
            self.pending.append(Pending(f"{self._hub_id}:{next(self._batches)}"))
        return self.pending[-1]

    # To the store

    def outgoing(self) -> Pending | None:
        """The first pending batch, which does not change from now on; None if there is none."""
        with write_lock:
            if not self.pending:
                return None
            self.pending[0].is_sealed = True
            return self.pending[0]

    def snapshot(self) -> ValueSnapshot:
        """The confirmed value."""
        with write_lock:
            self._undo_pending()
            try:
                return ValueSnapshot(self.epoch, self.position, self.packer.pack(self.root))
            finally:
                self._do_pending()

    def seed(self) -> ValueSnapshot:
        """The snapshot for an empty store: the confirmed value, or if there is none, the first of a new log."""
        found = self.snapshot()
        if self.position != START:
            return found
        epoch = token_hex(8)
        return ValueSnapshot(epoch, Position(1, epoch), found.value)

    # From the store

    def accepted(self) -> None:
        """Confirm the batch that ``outgoing`` returned last: the store appended it to its log."""
        with write_lock:
            batch = self.pending.pop(0)
            self._confirm(Batch(self.position.after(batch.id), batch.id, batch.operations))

    def follow(self, batches: list[Batch]) -> None:
        """Apply the batches after our position, below our own pending ones."""
        with write_lock:
            self._undo_pending()
            for batch in batches:
                self._apply_confirmed(batch)
            self._do_pending()
        self._invalidate_after(batches)

    def drop_first(self) -> None:
        """Forget the batch that ``outgoing`` returned last: the store has it already, in the part that we have."""
        with write_lock:
            self._undo_pending()
            del self.pending[0]
            self._do_pending()

    def seeded(self, seed: ValueSnapshot) -> None:
        """Continue from our ``seed``, which the store accepted."""
        if self.position == START:
            self.base = seed.position
        self.epoch, self.position = seed.epoch, seed.position

    def take_over(self, snapshot: ValueSnapshot, base: Position, batches: list[Batch]) -> bool:
        """Adopt the store's state, with the batches that only we have on top of it.

        ``batches`` are all that the store still has, from ``base`` on, also those before the snapshot. Returns False
        if our log wins instead, and has to replace the store's. Raises ``PackingError`` or ``KeyError``, before
        anything is changed, if this program cannot hold the snapshot.
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

    def _check(self, snapshot: ValueSnapshot) -> None:
        """Raises ``PackingError`` or ``KeyError`` if this program cannot hold the snapshot."""
        kind = packed_kind(self.root)
        if snapshot.value["$"] != kind:
            raise PackingError(
                f"shared value {self.cell.name!r} is a {kind} here and a {snapshot.value['$']} "
                "in other processes: give one of them another name"
            )
        self.packer.unpack(snapshot.value)

    def _load(self, snapshot: ValueSnapshot, base: Position, batches: list[Batch]) -> None:
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
        """Make the batches that the store's log lacks pending again, before our pending ones."""
        pending = {batch.id: batch for batch in self.pending}
        for batch in batches:
            pending.setdefault(batch.id, Pending(batch.id, batch.operations, is_sealed=True))
        ids = dict.fromkeys([batch.id for batch in batches] + [batch.id for batch in self.pending])
        self.pending = [pending[batch_id] for batch_id in in_order_of_number(list(ids))]

    def _apply_confirmed(self, batch: Batch) -> None:
        own = [pending for pending in self.pending if pending.id == batch.id]
        for pending in own:
            self.pending.remove(pending)
        for operation in batch.operations:
            if operation[0] != "broadcast" and self.is_attached(operation):
                self._do(operation, self._unpack_again if own else self._unpack)
        self._confirm(batch)

    def _confirm(self, batch: Batch) -> None:
        self.position = batch.position
        self.tail.append(batch)
        if len(self.tail) > TAIL:
            self.base = self.tail.pop(0).position

    def _invalidate_after(self, batches: list[Batch]) -> None:
        if any(operation[0] == "broadcast" for batch in batches for operation in batch.operations):
            self.cell.invalidate()

    # Doing and undoing

    def _undo_pending(self) -> None:
        self.cell.lift()
        for batch in reversed(self.pending):
            for undo in reversed(batch.undos):
                undo()
            batch.undos = []

    def _do_pending(self) -> None:
        for batch in self.pending:
            batch.undos = [self.do(operation) for operation in batch.operations]
        self.cell.lay()

    def _do(self, operation: Operation, unpack: Unpack) -> Undo:
        if operation[0] == "broadcast":
            return no_undo
        return apply(self._containers.get(operation[1]), operation, unpack)

    def _unpack(self, packed: Packed) -> Any:
        """The value of a packed one, to be inserted."""
        value = self.packer.unpack(packed, self.cell)
        if isinstance(value, Observed):
            self._index(value)
        return value

    def _unpack_again(self, packed: Packed) -> Any:
        """The same, but a container of ours that was undone is the same object again: handlers may hold it."""
        known = self._containers.get(packed["i"]) if type(packed) is dict and "i" in packed else None
        return self._unpack(packed) if known is None else known

    def _index(self, value: Observed) -> None:
        for container in walk(value):
            self._containers[container._id] = container


def in_order_of_number(ids: list[str]) -> list[str]:
    """The same ids, with those of each hub in order of number, in the same places: stores refuse any other order.

    >>> in_order_of_number(["a:2", "b:1", "a:1"])
    ['a:1', 'b:1', 'a:2']
    """
    numbers: dict[str, list[int]] = {}
    for hub_id, number in map(split_id, ids):
        numbers.setdefault(hub_id, []).append(number)
    smallest_first = {hub_id: iter(sorted(found)) for hub_id, found in numbers.items()}
    return [f"{hub_id}:{next(smallest_first[hub_id])}" for hub_id, _ in map(split_id, ids)]


def split_id(batch_id: str) -> tuple[str, int]:
    """``"ab12:7"`` -> ``("ab12", 7)``: the hub that made a batch, and its number there."""
    hub_id, _, number = batch_id.rpartition(":")
    return hub_id, int(number)
