"""A list that notes reads and writes. Every write is one of four: insert, remove, replace one, reorder.

Between processes an element is named by an id, never by its index, so a removal in one process and an edit in
another apply to the elements their authors meant:

    ["insert", LIST, WHERE, [ID, …], [VALUE, …]]    WHERE: "start", "end" or [index, next id, previous id]
    ["remove", LIST, [ID, …]]                       ids that are gone already are skipped
    ["replace", LIST, ID, VALUE]                    the element keeps its id; skipped if it is gone
    ["reorder", LIST, [ID, …]]                      newer elements, which it does not name, come after the others

If two processes append at once, both values end up at the end; likewise at the start. A value inserted in the
middle stays before the element it was inserted before, or if that is gone after the one it was inserted after.
"""

from __future__ import annotations

import itertools
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, SupportsIndex, TypeVar, overload

from hyper.state.cells import UNSHARED, Cell, Notation, current_reader, local_ids, write_lock
from hyper.state.observed import SIMPLE_TYPES, Observed, locked, noting, place, plain, release

T = TypeVar("T")
Where = str | list[object]
get_item = list.__getitem__


@noting(
    "__contains__", "__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__reversed__", "__add__",
    "__mul__", "__rmul__", "__repr__", "count", "index", "copy",
)  # fmt: skip
class ObservedList(list[T], Observed):
    """A list that reports reads and writes to its shared value."""

    __slots__ = ("__weakref__", "_cell", "_id", "_ids", "_parent")

    _ids: list[Any] | None
    """One id for each element, if other processes share the list or a unit of work has changed it; else None."""

    def __init__(self, values: Iterable[T] = (), cell: Cell = UNSHARED) -> None:
        self._cell, self._parent, self._id, self._ids = cell, None, "", None
        super().__init__(self._copy_in(value) for value in values)  # type: ignore[misc]
        for child in list.__iter__(self):
            place(child, self)

    # The most frequent reads, written out: a view makes thousands of them.

    def __iter__(self) -> Iterator[T]:
        """Goes over a copy: a component may render slowly while others write."""
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return iter(get_item(self, slice(None)))

    @overload
    def __getitem__(self, index: SupportsIndex) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> T | list[T]:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return get_item(self, index)

    def __len__(self) -> int:
        if (reader := current_reader()) is not None and reader is not self._cell.last_reader():
            self._cell.add_reader(reader)
        return list.__len__(self)

    def __radd__(self, other: list[T]) -> list[T]:
        self._note_read()
        return other + get_item(self, slice(None))

    def append(self, value: T) -> None:
        with write_lock:
            self._insert_at(list.__len__(self), [value])

    def extend(self, values: Iterable[T]) -> None:
        new = list(values)
        with write_lock:
            self._insert_at(list.__len__(self), new)

    @locked
    def insert(self, index: SupportsIndex, value: T) -> None:
        start, _, _ = slice(index, None).indices(list.__len__(self))
        self._insert_at(start, [value])

    @locked
    def remove(self, value: T) -> None:
        self._remove_at([list.index(self, value)])

    @locked
    def pop(self, index: SupportsIndex = -1) -> T:
        if not list.__len__(self):
            raise IndexError("pop from empty list")
        value = get_item(self, index)
        self._remove_at([self._position(index)])
        return value

    @locked
    def clear(self) -> None:
        self._remove_at(range(list.__len__(self)))

    @locked
    def sort(self, *, key: Callable[[T], Any] | None = None, reverse: bool = False) -> None:
        values = get_item(self, slice(None))
        ranks: Sequence[Any] = values if key is None else [key(value) for value in values]
        self._reorder(sorted(range(len(values)), key=ranks.__getitem__, reverse=reverse))

    @locked
    def reverse(self) -> None:
        self._reorder(range(list.__len__(self) - 1, -1, -1))

    @overload
    def __setitem__(self, index: SupportsIndex, value: T) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[T]) -> None: ...
    @locked
    def __setitem__(self, index: SupportsIndex | slice, value: Any) -> None:
        if not isinstance(index, slice):
            is_place = type(index) is int and 0 <= index < list.__len__(
                self
            )  # the frequent case, without a call
            self._replace_at(index if is_place else self._position(index), value)  # type: ignore[arg-type]
            return
        places = range(*index.indices(list.__len__(self)))
        values: list[T] = list(value)
        if places.step != 1 and len(values) != len(places):
            raise ValueError(
                f"attempt to assign sequence of size {len(values)} to extended slice of size {len(places)}"
            )
        with self._home()[0].together():
            if places.step == 1:
                self._assign(places, values)
            for at, item in zip(places, values, strict=False) if places.step != 1 else ():
                self._replace_at(at, item)

    @locked
    def __delitem__(self, index: SupportsIndex | slice) -> None:
        if isinstance(index, slice):
            self._remove_at(sorted(range(*index.indices(list.__len__(self)))))
        else:
            self._remove_at([self._position(index)])

    def __iadd__(self, values: Iterable[T]) -> ObservedList[T]:  # type: ignore[override,misc]
        self.extend(values)
        return self

    @locked
    def __imul__(self, times: SupportsIndex) -> ObservedList[T]:
        with self._home()[0].together():
            self._assign(range(list.__len__(self)), get_item(self, slice(None)) * times.__index__())
        return self

    def _position(self, index: SupportsIndex) -> int:
        return range(list.__len__(self))[index]  # raises IndexError like a list, without reading it

    def _assign(self, places: range, values: list[T]) -> None:
        """Make ``places`` hold ``values``; elements that are in both stay the same elements."""
        kept = self._match(places, values)
        stays = {at for at in kept if at is not None}
        self._remove_at([at for at in places if at not in stays])
        self._reorder_from(places.start, [at for at in kept if at is not None])
        run: list[T] = []
        at = places.start
        for old, value in zip(kept, values, strict=True):
            if old is None:
                run.append(value)
                continue
            at = self._insert_run(at, run) + 1
            run = []
        self._insert_run(at, run)

    def _match(self, places: range, values: list[T]) -> list[int | None]:
        """For each of ``values``: an index in ``places`` that holds the same object, each used once; else None."""
        indexes: defaultdict[int, deque[int]] = defaultdict(deque)
        for at in places:
            indexes[id(get_item(self, at))].append(at)
        queues = (indexes.get(id(value)) for value in values)
        return [queue.popleft() if queue else None for queue in queues]

    def _reorder_from(self, start: int, stays: list[int]) -> None:
        """Reorder the elements from ``start`` on as in ``stays``, which has their old indexes."""
        ranks = {at: rank for rank, at in enumerate(sorted(stays))}
        moved = [start + ranks[at] for at in stays]
        end = start + len(stays)
        self._reorder([*range(start), *moved, *range(end, list.__len__(self))])

    def _insert_run(self, at: int, run: list[T]) -> int:
        self._insert_at(at, run)
        return at + len(run)

    # The four writes, called under the lock. Each encodes the operation first, as that may raise, then does it, then
    # notes the change and how to undo it.

    def _insert_at(self, at: int, values: Sequence[T]) -> None:
        if not values:
            return
        home, notation = self._home()
        children: list[object] = []
        for value in values:
            children.append(value if type(value) in SIMPLE_TYPES else self._copy_in(value))
        ids = operation = None
        if notation is not None:
            ids, operation = self._insertion(notation, at, children)
        elif self._ids is not None:
            ids = list(itertools.islice(local_ids, len(children)))
        self._put_in(at, children, ids)
        places = range(at, at + len(children))
        home.note_change(operation, lambda: self._take_out(places))

    def _insertion(
        self, notation: Notation, at: int, children: list[object]
    ) -> tuple[list[Any], list[object]]:
        """Ids for new elements, and the operation that inserts them."""
        own = self._own_ids(notation) if self._ids is None else self._ids
        where = "end" if at == len(own) else self._where(at, own)
        ids = notation.new_ids(len(children))
        return ids, ["insert", notation.name(self), where, ids, [*map(notation.encode, children)]]

    def _own_ids(self, notation: Notation) -> list[Any]:
        """The ids of the elements, which get them now if they have none."""
        if self._ids is None:
            self._ids = notation.new_ids(list.__len__(self))
        return self._ids

    def _where(self, at: int, ids: list[Any]) -> Where:
        return "start" if at == 0 else [at, ids[at], ids[at - 1]]

    def _find(self, where: Where) -> int:
        """The index here for an insertion that was made in another process."""
        assert self._ids is not None
        if isinstance(where, str):
            return 0 if where == "start" else len(self._ids)
        at, next_id, previous_id = where
        if next_id in self._ids:
            return self._ids.index(next_id)
        if previous_id in self._ids:
            return self._ids.index(previous_id) + 1
        return min(int(str(at)), len(self._ids))

    def _remove_at(self, places: Sequence[int]) -> None:
        if not places:
            return
        home, notation = self._home()
        own = self._ids if notation is None else self._own_ids(notation)
        ids = None if own is None else [own[at] for at in places]
        operation = None if notation is None else ["remove", notation.name(self), ids]
        taken = self._take_out(places)
        home.note_change(operation, lambda: self._put_back(places, taken, ids))

    def _replace_at(self, at: int, value: T) -> None:
        old = get_item(self, at)
        if old is value:
            return
        home, notation = self._home()
        child = value if type(value) in SIMPLE_TYPES else self._copy_in(value)
        operation = None
        if notation is not None:
            operation = ["replace", notation.name(self), self._own_ids(notation)[at], notation.encode(child)]
        self._put_at(at, child)
        home.note_change(operation, lambda: self._put_at(at, old))

    def _reorder(self, order: Sequence[int]) -> None:
        if all(at == rank for rank, at in enumerate(order)):
            return
        back = sorted(range(len(order)), key=order.__getitem__)
        home, notation = self._home()
        own = [] if notation is None else self._own_ids(notation)
        operation = None if notation is None else ["reorder", notation.name(self), [own[at] for at in order]]
        self._permute(order)
        home.note_change(operation, lambda: self._permute(back))

    # The same writes on the list itself: no change is noted

    def _put_in(self, at: int, children: Sequence[Any], ids: list[Any] | None) -> None:
        list.__setitem__(self, slice(at, at), children)
        if self._ids is not None:
            self._ids[at:at] = ids or ()
        for child in children:
            if isinstance(child, Observed):
                child._parent = self

    def _take_out(self, places: Sequence[int]) -> list[T]:
        taken = [get_item(self, at) for at in places]
        if places and places[-1] - places[0] == len(places) - 1:
            runs = [slice(places[0], places[-1] + 1)]
        else:
            runs = [slice(at, at + 1) for at in reversed(places)]
        for run in runs:
            list.__delitem__(self, run)
            if self._ids is not None:
                del self._ids[run]
        for child in taken:
            release(child)
        return taken

    def _put_back(self, places: Sequence[int], taken: list[T], ids: list[Any] | None) -> None:
        for at, child, own in zip(places, taken, ids or [""] * len(taken), strict=True):
            self._put_in(at, [child], [own])

    def _put_at(self, at: int, child: Any) -> None:
        old = get_item(self, at)
        if isinstance(old, Observed):
            old._parent = None
        list.__setitem__(self, at, child)
        if isinstance(child, Observed):
            child._parent = self

    def _permute(self, order: Sequence[int]) -> None:
        values = [get_item(self, at) for at in order]
        list.__setitem__(self, slice(None), values)
        if self._ids is not None:
            self._ids = [self._ids[at] for at in order]

    def _children(self) -> Iterable[object]:
        return list.__iter__(self)

    def _label(self, new_id: Callable[[], str]) -> None:
        super()._label(new_id)
        self._ids = [new_id() for _ in range(list.__len__(self))]

    def _copy(self) -> list[T]:
        return [plain(value) for value in list.__iter__(self)]  # type: ignore[misc]
