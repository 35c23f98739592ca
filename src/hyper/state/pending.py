"""The changes of this process that the store does not have yet: batches, in which later changes take in earlier ones.

While a store cannot be reached, a clock that writes one key each second, or a counter, would fill the memory with what
nobody will ever see. So a change that overwrites another one of its batch takes its place, and increments add up:

    put m.a 1     put m.a 2     grow m.n 1     put m.b 5     grow m.n 2
    put m.a 2                   grow m.n 3     put m.b 5

That holds only for neighbours, as far as that key is concerned: whatever else happens to the container ends it. To undo
what was merged, the first undo is enough: it gives the key what it had before all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hyper.state.cells import Operation, Undo, no_undo


@dataclass
class Pending:
    """A batch of this process's operations that the store has not accepted yet."""

    id: str
    operations: list[Operation] = field(default_factory=list)
    undos: list[Undo] = field(default_factory=list)
    is_sealed: bool = False
    """Has it been sent? Then later operations go into the next batch."""
    _has_broadcast: bool = False
    _places: dict[str, dict[Any, int]] = field(default_factory=dict)
    """Where the last operation of each key stands, by container and key."""

    def add(self, operation: Operation, undo: Undo) -> None:
        """Add an operation, or merge it with the one before it of its key."""
        _, container, *_ = operation
        key = key_of(operation)
        if key is None:
            self._places.pop(container, None)
            self._append(operation, undo)
        elif not self._merged(self._places.setdefault(container, {}), key, operation):
            self._places[container][key] = len(self.operations)
            self._append(operation, undo)

    def add_broadcast(self) -> None:
        """Note that the changes were broadcast. A batch is applied as a whole, so once is enough."""
        if not self._has_broadcast:
            self._has_broadcast = True
            self._append(["broadcast"], no_undo)

    def _merged(self, places: dict[Any, int], key: object, operation: Operation) -> bool:
        merged = merge(self.operations[places[key]], operation) if key in places else None
        if merged is not None:
            self.operations[places[key]] = merged
        return merged is not None

    def _append(self, operation: Operation, undo: Undo) -> None:
        self.operations.append(operation)
        self.undos.append(undo)


def key_of(operation: Operation) -> object:
    """What the operation gives a value to: a key, a field, an element. ``None`` if it does something else.

    >>> key_of(["put", "c", "name", "Ada"])
    (False, <class 'str'>, 'name')
    >>> key_of(["drop", "c", ["name"]])
    """
    kind, _, key, *_ = operation
    if kind not in ("put", "grow", "replace") or type(key) not in (str, int):
        return None
    return kind == "replace", type(key), key


def merge(old: Operation, new: Operation) -> Operation | None:
    """One operation that does what the two do, one after the other; ``None`` if there is none.

    >>> merge(["grow", "c", "n", 2], ["grow", "c", "n", 3])
    ['grow', 'c', 'n', 5]
    """
    if new[0] != "grow":
        return new
    if old[0] != "replace" and type(old[3]) is type(new[3]) is int:
        return [*old[:3], old[3] + new[3]]
    return None
