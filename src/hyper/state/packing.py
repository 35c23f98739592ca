"""Shared values as JSON and back: the form in which processes send them to each other and keep them in Redis.

    [{"text": "tea", "at": date(2026, 1, 2)}]  (observed)  ->
    {"$": "list", "i": "0", "e": ["2"], "v": [
        {"$": "dict", "i": "1", "v": [["text", "tea"], ["at", {"$": "date", "v": "2026-01-02"}]]}]}

``i`` is the id of a container, ``e`` the ids of a list's elements, ``c`` a class. A class is only ever looked
up in the table of those that the program declared for that value (by the value itself, by its fields'
annotations, by ``of=``); no message can cause an import. Nothing is pickled.
"""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from enum import Enum
from typing import Any, cast, get_args, get_type_hints
from uuid import UUID

from markupsafe import Markup
from pydantic import BaseModel

from hyper.state.cells import UNSHARED, Cell
from hyper.state.observed import Observed, place, release, walk
from hyper.state.observed_dict import ObservedDict, ObservedSet
from hyper.state.observed_list import ObservedList
from hyper.state.observed_object import ObservedObject, Shared, field_names, is_object, observed_class

Packed = Any
"""A JSON value."""

leaves: dict[type, tuple[str, Callable[[Any], Packed], Callable[[Any], Any]]] = {
    dt.datetime: ("datetime", dt.datetime.isoformat, dt.datetime.fromisoformat),
    dt.date: ("date", dt.date.isoformat, dt.date.fromisoformat),
    dt.time: ("time", dt.time.isoformat, dt.time.fromisoformat),
    dt.timedelta: (
        "timedelta",
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda parts: dt.timedelta(*parts),
    ),
    Decimal: ("decimal", str, Decimal),
    UUID: ("uuid", str, UUID),
    Markup: ("markup", str, Markup),
    bytes: ("bytes", lambda value: base64.b64encode(value).decode(), base64.b64decode),
}
"""Types that cannot change inside, besides those of JSON: name, function that packs, function that unpacks."""
leaf_readers = {name: unpack for name, _, unpack in leaves.values()}
plain_types = frozenset({str, int, bool, type(None)})


class PackingError(TypeError):
    """A value that cannot be sent to other processes."""


class Packer:
    """Packs and unpacks the content of one shared value."""

    def __init__(self, classes: Iterable[type]) -> None:
        self.classes: dict[str, type] = {}
        """The classes whose instances may be in the value, by name."""
        for kind in classes:
            self.declare(kind)

    def declare(self, kind: type) -> None:
        """Allow a class, and the classes in its fields' annotations."""
        if kind in self.classes.values() or not is_declarable(kind):
            return
        if kind.__qualname__ in self.classes:
            raise PackingError(f"two classes are named {kind.__qualname__}: rename one")
        self.classes[kind.__qualname__] = kind
        for annotation in annotations_of(kind):
            for named in classes_in(annotation):
                self.declare(named)

    def pack(self, value: object) -> Packed:
        """``value`` as JSON. Raises ``PackingError`` if it could not be unpacked again."""
        kind = type(value)
        if kind in plain_types:
            return value
        if kind is float:
            return pack_float(cast(float, value))
        if isinstance(value, Observed):
            return self.pack_container(value)
        if kind in leaves:
            name, pack, _ = leaves[kind]
            return {"$": name, "v": pack(value)}
        if kind in (tuple, frozenset):
            return {"$": kind.__name__, "v": [self.pack(item) for item in cast(Iterable[object], value)]}
        return self.pack_declared(value)

    def pack_container(self, value: Observed) -> Packed:
        """A list, dict, set, object or box as JSON, with its ids."""
        if isinstance(value, ObservedList):
            return self.named(
                value, "list", [self.pack(item) for item in value._children()], e=list(value._ids or ())
            )
        if isinstance(value, ObservedDict):
            pairs = [[self.pack(key), self.pack(item)] for key, item in dict.items(value)]
            return self.named(value, "dict", pairs)
        if isinstance(value, ObservedSet):
            return self.named(value, "set", [self.pack(item) for item in set.__iter__(value)])
        if isinstance(value, Shared):
            return self.named(value, "box", self.pack(value._value))
        assert isinstance(value, ObservedObject)
        name = self.name_of(value._base)
        fields = {field: self.pack(value._raw(field)) for field in value._fields}
        return self.named(value, "object", fields, c=name)

    def named(self, value: Observed, kind: str, content: Packed, **more: Packed) -> Packed:
        return {"$": kind, "i": value._id, **more, "v": content}

    def pack_declared(self, value: object) -> Packed:
        """An instance of a declared class that cannot change (enum member, frozen dataclass) as JSON."""
        name = self.name_of(type(value))
        if isinstance(value, Enum):
            return {"$": "enum", "c": name, "v": value.name}
        fields = {field: self.pack(getattr(value, field)) for field in field_names(type(value))}
        return {"$": "value", "c": name, "v": fields}

    def name_of(self, kind: type) -> str:
        """The name of a declared class. Raises ``PackingError``, which says what to do, if it is not declared."""
        if self.classes.get(kind.__qualname__) is kind:
            return kind.__qualname__
        if is_declarable(kind):
            fix = f"declare it: shared(…, of={kind.__name__})"
        else:
            fix = "use JSON values, lists, dicts, sets, dates, decimals, dataclasses or pydantic models"
        raise PackingError(f"a {kind.__name__} in a shared value cannot be sent to other processes: {fix}")

    def unpack(self, packed: Packed, cell: Cell = UNSHARED) -> Any:
        """The value; containers are observed and belong to ``cell``, with the ids they had.

        Raises ``KeyError`` if a class in it was not declared.
        """
        if type(packed) is not dict:
            return packed
        kind, content = packed["$"], packed["v"]
        if kind in leaf_readers:
            return leaf_readers[kind](content)
        if kind == "tuple":
            return tuple(self.unpack(item) for item in content)
        if kind == "frozenset":
            return frozenset(self.unpack(item) for item in content)
        if kind in ("enum", "value"):
            return self.unpack_declared(kind, self.classes[packed["c"]], content)
        container = self.empty(packed, cell)
        self.fill(container, packed)
        return container

    def unpack_declared(self, kind: str, declared: Any, content: Packed) -> object:
        if kind == "enum":
            return declared[content]
        fields = {name: self.unpack(item) for name, item in content.items()}
        if issubclass(declared, BaseModel):
            return declared.model_construct(**fields)
        new = object.__new__(declared)
        for name, value in fields.items():
            object.__setattr__(new, name, value)
        return new

    def empty(self, packed: Packed, cell: Cell) -> Observed:
        """An empty container of the packed kind."""
        kind = packed["$"]
        if kind != "object":
            makers: dict[str, Any] = {"list": ObservedList, "dict": ObservedDict, "set": ObservedSet}
            return Shared(None, cell) if kind == "box" else makers[kind]((), cell)
        base = self.classes[packed["c"]]
        new: Any = object.__new__(observed_class(cast(Any, base)))
        if issubclass(base, BaseModel):
            for name, start in (("fields_set", set(packed["v"])), ("extra", None), ("private", None)):
                object.__setattr__(new, f"__pydantic_{name}__", start)
        for name, value in (("_cell", cell), ("_parent", None)):
            object.__setattr__(new, name, value)
        return cast(Observed, new)

    def fill(self, container: Observed, packed: Packed) -> None:
        """Replace the content of an existing container of the same kind; no change is noted."""
        content = packed["v"]
        object.__setattr__(container, "_id", packed["i"])
        for child in container._children():
            release(child)
        if isinstance(container, ObservedList):
            container._take_out(range(list.__len__(container)))
            container._ids = []
            container._put_in(0, [self.child(item, container) for item in content], packed["e"])
        elif isinstance(container, ObservedDict):
            container._restore({self.unpack(key): self.child(item, container) for key, item in content})
        elif isinstance(container, ObservedSet):
            set.clear(container)
            set.update(container, {self.unpack(item) for item in content})
        elif isinstance(container, Shared):
            container._value = self.child(content, container)
        elif isinstance(container, ObservedObject):
            self.fill_object(container, content)

    def fill_object(self, container: ObservedObject, content: dict[str, Packed]) -> None:
        for name, field in container._fields.items():
            if name in content:
                field.store(container, self.child(content[name], container))

    def child(self, packed: Packed, parent: Observed) -> object:
        value = self.unpack(packed, parent._cell)
        place(value, parent)
        return value


def packed_kind(value: Observed) -> str:
    """The value of ``$`` for a packed container."""
    kinds = ((ObservedList, "list"), (ObservedDict, "dict"), (ObservedSet, "set"), (Shared, "box"))
    return next((name for kind, name in kinds if isinstance(value, kind)), "object")


def pack_float(value: float) -> float:
    """The same number. Raises ``PackingError`` if JSON does not have it."""
    if not math.isfinite(value):
        raise PackingError(
            f"{value!r} in a shared value cannot be sent to other processes: JSON has no such number"
        )
    return value


def is_declarable(kind: object) -> bool:
    """Can instances of this class be packed with the name of the class?"""
    return isinstance(kind, type) and (is_object(kind) or issubclass(kind, Enum))


def annotations_of(kind: type) -> list[object]:
    """The annotations of the fields of a class, as far as they can be evaluated."""
    if issubclass(kind, Enum):
        return []
    try:
        return list(get_type_hints(kind).values())
    except NameError:  # a name that exists for type checkers only: those classes need of=
        return []


def classes_in(annotation: object) -> Iterator[type]:
    """The classes named anywhere in an annotation: ``dict[str, list[Task]]`` -> str, Task."""
    if isinstance(annotation, type):
        yield annotation
    for argument in get_args(annotation):
        yield from classes_in(argument)


def classes_of(value: Observed) -> list[type]:
    """The declarable classes of the instances that are in a shared value now."""
    found: list[type] = [base for item in walk(value) if (base := getattr(item, "_base", None)) is not None]
    for container in walk(value):
        found += {type(item) for item in container._children() if is_declarable(type(item))}
    return [kind for kind in found if not issubclass(kind, Observed)]


__all__ = ["Packed", "Packer", "PackingError", "classes_of", "packed_kind"]
