"""A dict and a set that notice. Between processes the last write to a key wins, key by key:

["put", DICT, KEY, VALUE]       the key keeps its place, or comes last
["drop", DICT, [KEY, …]]        keys that are gone already are skipped
["grow", DICT, KEY, AMOUNT]     added to what stands there, so that two processes counting lose nothing
["add", SET, [VALUE, …]]
["discard", SET, [VALUE, …]]
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, ItemsView, Iterable, Iterator, KeysView, ValuesView
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar, cast

from hyper.state.cells import Cell
from hyper.state.observed import Observed, adopt, locked, noting, place, plain, release

K = TypeVar("K")
V = TypeVar("V")
H = TypeVar("H", bound=Hashable)
MISSING: Any = object()


@noting(
    "__contains__", "__eq__", "__ne__", "__len__", "__reversed__", "__repr__", "copy", "get",
)  # fmt: skip
class ObservedDict(dict[K, V], Observed):
    """A dict whose reads and writes its shared value hears of."""

    __slots__ = ("__weakref__", "_cell", "_id", "_parent")

    def __init__(self, values: Any = (), cell: Cell | None = None, parent: Observed | None = None) -> None:
        self._cell, self._parent, self._id = cell, parent, ""
        super().__init__((key, cast(V, adopt(value, cell, self))) for key, value in dict(values).items())

    def __getitem__(self, key: K) -> V:  # written out: views read one key for each cell of a table
        if (cell := self._cell) is not None:
            cell.note()
        return dict.__getitem__(self, key)

    # Views and iterators look at a snapshot: a component may render slowly while others write.

    def __iter__(self) -> Iterator[K]:
        return iter(self._snapshot())

    def keys(self) -> KeysView[K]:  # type: ignore[override]
        return self._snapshot().keys()

    def values(self) -> ValuesView[V]:  # type: ignore[override]
        return self._snapshot().values()

    def items(self) -> ItemsView[K, V]:  # type: ignore[override]
        return self._snapshot().items()

    def __or__(self, other: Any) -> Any:
        return self._snapshot() | other

    def __ror__(self, other: Any) -> Any:
        return other | self._snapshot()

    def _snapshot(self) -> dict[K, V]:
        self._note()
        return dict(dict.items(self))  # dict.copy would ask our own keys()

    @locked
    def __setitem__(self, key: K, value: V) -> None:
        old = dict.get(self, key, MISSING)
        if old is value:
            return
        child = adopt(value, self._cell, self)
        operation: list[object] = []
        if (recorder := self._recorder()) is not None:
            operation = ["put", self._id, recorder.encode(key), recorder.encode(child)]
        self._changed(operation, self._put(key, child))

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
        return dict.__getitem__(self, key)

    def __ior__(self, other: Any) -> ObservedDict[K, V]:  # type: ignore[override]
        self.update(other)
        return self

    @locked
    def increment(self, key: K, amount: float = 1) -> Any:
        """The number at ``key`` (at first 0) after adding ``amount``; two processes' counts add up."""
        operation: list[object] = []
        if (recorder := self._recorder()) is not None:
            operation = ["grow", self._id, recorder.encode(key), recorder.encode(amount)]
        self._changed(operation, self._put(key, cast(Any, dict.get(self, key, 0)) + amount))
        return dict.__getitem__(self, key)

    @locked
    def _drop_keys(self, keys: list[K]) -> None:
        operation: list[object] = []
        if (recorder := self._recorder()) is not None:
            operation = ["drop", self._id, [recorder.encode(key) for key in keys]]
        undo = self._drop(keys)
        if keys:
            self._changed(operation, undo)

    def _put(self, key: Any, child: Any) -> Callable[[], object]:
        old = dict.get(self, key, MISSING)
        release(old)
        dict.__setitem__(self, key, child)
        place(child, self)
        return (lambda: self._drop([key])) if old is MISSING else (lambda: self._put(key, old))

    def _drop(self, keys: Iterable[Any]) -> Callable[[], object]:
        """Remove keys; the undo puts the others' order right too, which a mere ``put`` would not."""
        before = dict(dict.items(self)) if self._recorder() is not None else {}
        for key in keys:
            release(dict.pop(self, key))
        return lambda: self._restore(before)

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
    """A set whose reads and writes its shared value hears of."""

    __slots__ = ("_cell", "_id", "_parent")

    def __init__(
        self, values: Iterable[H] = (), cell: Cell | None = None, parent: Observed | None = None
    ) -> None:
        self._cell, self._parent, self._id = cell, parent, ""
        super().__init__(values)

    def __iter__(self) -> Iterator[H]:
        """A snapshot: a component may render slowly while others write."""
        self._note()
        return iter(self._snapshot())

    def __repr__(self) -> str:
        self._note()
        return repr(self._snapshot())

    def _snapshot(self) -> set[Any]:
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
        self._exclude(self._snapshot())

    def update(self, *others: Iterable[H]) -> None:
        self._include(set[H]().union(*others))

    def difference_update(self, *others: Iterable[Any]) -> None:
        self._exclude(set[Any]().union(*others))

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._exclude(self._snapshot() - self._snapshot().intersection(*others))

    @locked
    def symmetric_difference_update(self, other: Iterable[H]) -> None:
        both = set(other) & self._snapshot()
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
        fresh = values - self._snapshot()
        operation = self._operation("add", fresh)
        if fresh:
            self._changed(operation, self._put(fresh))

    @locked
    def _exclude(self, values: set[Any]) -> None:
        gone = values & self._snapshot()
        operation = self._operation("discard", gone)
        if gone:
            self._changed(operation, self._take(gone))

    def _operation(self, kind: str, values: set[H]) -> list[object]:
        recorder = self._recorder()
        return [] if recorder is None else [kind, self._id, [recorder.encode(value) for value in values]]

    def _put(self, values: Iterable[Any]) -> Callable[[], object]:
        fresh = set(values) - self._snapshot()
        set.update(self, fresh)
        return lambda: self._take(fresh)

    def _take(self, values: Iterable[Any]) -> Callable[[], object]:
        gone = set(values) & self._snapshot()
        set.difference_update(self, gone)
        return lambda: self._put(gone)

    def _children(self) -> Iterable[object]:
        return ()

    def _copy(self) -> set[H]:
        return set.copy(self)
