"""A dict and a set that note reads and writes. Between processes the last write to each key wins:

["put", DICT, KEY, VALUE]       an existing key keeps its place, a new one comes last
["drop", DICT, [KEY, …]]        keys that are gone already are skipped
["grow", DICT, KEY, AMOUNT]     added to the number there, so that the counts of two processes add up
["add", SET, [VALUE, …]]
["discard", SET, [VALUE, …]]
"""

from __future__ import annotations

from collections.abc import Hashable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar, cast

from hyper.state.cells import UNSHARED, Cell, Undo, current_reader
from hyper.state.observed import MISSING, SIMPLE_TYPES, Observed, locked, noting, place, plain, release

K = TypeVar("K")
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)
get_item = dict.__getitem__


@noting("__eq__", "__ne__", "__reversed__", "__repr__", "copy")
class ObservedDict(dict[K, V], Observed):
    """A dict that reports reads and writes to its shared value."""

    __slots__ = ("__weakref__", "_cell", "_id", "_parent")

    def __init__(self, values: Any = (), cell: Cell = UNSHARED) -> None:
        self._cell, self._parent, self._id = cell, None, ""
        super().__init__((key, cast(V, self._copy_in(value))) for key, value in dict(values).items())
        for child in dict.values(self):
            place(child, self)

    # The most frequent reads, written out: a view makes thousands of them.

    def __getitem__(self, key: K) -> V:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return get_item(self, key)

    def get(self, key: K, default: Any = None) -> Any:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return dict.get(self, key, default)

    def __contains__(self, key: object) -> bool:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return dict.__contains__(self, key)

    def __len__(self) -> int:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return dict.__len__(self)

    # Iterators and views go over a copy: a component may render slowly while others write.

    def __iter__(self) -> Iterator[K]:
        return iter(self._plain())

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        return self._plain().keys()

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        return self._plain().values()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        return self._plain().items()

    def __or__(self, other: Any) -> Any:
        return self._plain() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._plain()

    def _plain(self) -> dict[K, V]:
        """A built-in dict with the same content, noted as a read."""
        self._note_read()
        return dict(dict.items(self))  # dict(self) would call our own keys()

    @locked
    def __setitem__(self, key: K, value: V) -> None:
        old = dict.get(self, key, MISSING)
        if old is value:
            return
        home, notation = self._home()
        child = value if type(value) in SIMPLE_TYPES else self._copy_in(value)
        operation = None if notation is None else self._change(notation, "put", key, child)
        home.note_change(operation, self._put(key, child))

    def __delitem__(self, key: K) -> None:
        self._drop_keys([key])

    @locked
    def pop(self, key: K, default: Any = MISSING) -> Any:
        if key not in dict.keys(self) and default is not MISSING:
            return default
        value = dict.__getitem__(self, key)
        self._drop_keys([key])
        return value

    @locked
    def popitem(self) -> tuple[K, V]:
        if not dict.__len__(self):
            raise KeyError("popitem(): dictionary is empty")
        key = next(dict.__reversed__(self))
        return key, self.pop(key)

    def clear(self) -> None:
        self._drop_keys(list(dict.keys(self)))

    @locked
    def update(self, *args: Any, **options: Any) -> None:
        for key, value in cast("dict[K, V]", dict(*args, **options)).items():
            self[key] = value

    @locked
    def setdefault(self, key: K, default: Any = None) -> Any:
        if key not in dict.keys(self):
            self[key] = default
        return dict.get(self, key, default)

    def __ior__(self, other: Any) -> ObservedDict[K, V]:  # type: ignore[override]
        self.update(other)
        return self

    @locked
    def increment(self, key: K, amount: float = 1) -> Any:
        """The number at ``key`` (0 if there is none) after adding ``amount``; the counts of two processes add up."""
        home, notation = self._home()
        operation = None if notation is None else self._change(notation, "grow", key, amount)
        old: Any = dict.get(self, key, 0)
        new = old + amount
        home.note_change(operation, self._put(key, new))
        return dict.get(self, key, new)

    @locked
    def _claimed(self, key: K, value: V) -> V:
        """What is at ``key`` for good. Puts ``value`` there if nothing is, and no open unit of work changes that.

        What an open unit has put there is done again above it. Where the dict itself is in what such a unit has put,
        the claim is a part of that, too.
        """
        with self._cell.without_open_steps():
            if self._is_attached():
                self._claim(key, value)
                return get_item(self, key)
        self._claim(key, value)
        return get_item(self, key)

    @locked
    def _final(self, key: K) -> Any:
        """What is at ``key`` for good; ``MISSING`` if nothing is. What only an open unit has is taken as it is."""
        with self._cell.without_open_steps():
            if self._is_attached():
                return dict.get(self, key, MISSING)
        return dict.get(self, key, None)

    def _claim(self, key: K, value: V) -> None:
        """Put a value where none is; of two processes that do so, the first in the log of all changes has it."""
        if key in dict.keys(self):
            return
        home, notation = self._home()
        child = self._copy_in(value)
        operation = None if notation is None else self._change(notation, "claim", key, child)
        home.note_change(operation, self._put(key, child))

    @locked
    def _drop_keys(self, keys: list[K]) -> None:
        home, notation = self._home()
        operation = self._changes(notation, "drop", keys)
        before = dict(dict.items(self)) if operation else {}
        self._forget(keys)
        if keys:
            home.note_change(operation, lambda: self._restore(before))

    def _put(self, key: Any, child: Any) -> Undo:
        old = dict.get(self, key, MISSING)
        if isinstance(old, Observed):
            old._parent = None
        dict.__setitem__(self, key, child)
        if isinstance(child, Observed):
            child._parent = self
        return (lambda: self._forget([key])) if old is MISSING else (lambda: self._put(key, old))

    def _drop(self, keys: Iterable[Any]) -> Undo:
        """Remove keys. The undo restores the order of all keys, which putting them in again would not."""
        before = dict(dict.items(self))
        self._forget(keys)
        return lambda: self._restore(before)

    def _forget(self, keys: Iterable[Any]) -> None:
        for key in keys:
            release(dict.pop(self, key))

    def _restore(self, before: dict[K, V]) -> None:
        dict.clear(self)
        dict.update(self, before)
        for child in dict.values(self):
            place(child, self)

    def _children(self) -> Iterable[object]:
        return dict.values(self)

    def _copy(self) -> dict[K, V]:
        return {key: cast(V, plain(value)) for key, value in dict.items(self)}


@noting(
    "__contains__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__len__",
    "__and__", "__rand__", "__or__", "__ror__", "__sub__", "__rsub__", "__xor__", "__rxor__", "copy",
    "difference", "intersection", "isdisjoint", "issubset", "issuperset", "symmetric_difference", "union",
)  # fmt: skip
class ObservedSet(set[H], Observed):
    """A set that reports reads and writes to its shared value."""

    __slots__ = ("_cell", "_id", "_parent")

    def __init__(self, values: Iterable[H] = (), cell: Cell = UNSHARED) -> None:
        self._cell, self._parent, self._id = cell, None, ""
        super().__init__(values)

    def __iter__(self) -> Iterator[H]:
        """Goes over a copy: a component may render slowly while others write."""
        self._note_read()
        return iter(self._plain())

    def __repr__(self) -> str:
        self._note_read()
        return repr(self._plain())

    def _plain(self) -> set[Any]:
        """A built-in set with the same content; not noted as a read."""
        return set.copy(cast("set[Any]", self))

    def add(self, value: H) -> None:
        self._include({value})

    def discard(self, value: object) -> None:
        self._exclude({value})

    @locked
    def remove(self, value: H) -> None:
        if not set.__contains__(self, value):
            raise KeyError(value)
        self._exclude({value})

    @locked
    def pop(self) -> H:
        for value in set.__iter__(self):
            self._exclude({value})
            return value
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        self._exclude(self._plain())

    def update(self, *others: Iterable[H]) -> None:
        self._include(set[H]().union(*others))

    def difference_update(self, *others: Iterable[Any]) -> None:
        self._exclude(set[Any]().union(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._exclude(self._plain() - self._plain().intersection(*others))

    @locked
    def symmetric_difference_update(self, other: Iterable[H]) -> None:
        both = set(other) & self._plain()
        self._include(set(other) - both)
        self._exclude(both)

    def __ior__(self, other: AbstractSet[Any]) -> ObservedSet[H]:  # type: ignore[override,misc]
        self.update(other)
        return self

    def __isub__(self, other: AbstractSet[Any]) -> ObservedSet[H]:  # type: ignore[misc]
        self.difference_update(other)
        return self

    def __iand__(self, other: AbstractSet[Any]) -> ObservedSet[H]:  # type: ignore[misc]
        self.intersection_update(other)
        return self

    def __ixor__(self, other: AbstractSet[Any]) -> ObservedSet[H]:  # type: ignore[override,misc]
        self.symmetric_difference_update(other)
        return self

    @locked
    def _include(self, values: set[H]) -> None:
        new = values - self._plain()
        home, notation = self._home()
        operation = self._changes(notation, "add", new)
        if new:
            home.note_change(operation, self._put(new))

    @locked
    def _exclude(self, values: set[Any]) -> None:
        gone = values & self._plain()
        home, notation = self._home()
        operation = self._changes(notation, "discard", gone)
        if gone:
            home.note_change(operation, self._take(gone))

    def _put(self, values: Iterable[Any]) -> Undo:
        new = set(values) - self._plain()
        set.update(self, new)
        return lambda: self._take(new)

    def _take(self, values: Iterable[Any]) -> Undo:
        gone = set(values) & self._plain()
        set.difference_update(self, gone)
        return lambda: self._put(gone)

    def _children(self) -> Iterable[object]:
        return ()

    def _copy(self) -> set[H]:
        return set.copy(self)
