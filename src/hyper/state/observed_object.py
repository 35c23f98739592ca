"""Dataclass instances and pydantic models that note reads and writes, and ``Shared``, a box for a single value.

An observed instance belongs to a generated subclass with the name and module of its class: its fields are read
through descriptors and written through ``__setattr__``, so validation and methods of the class stay what they
are. Frozen instances cannot change, so they are kept as they are. Between processes a write is
``["put", OBJECT, FIELD, VALUE]``: the last one wins, field by field.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar, cast

from pydantic import BaseModel

from hyper.state.cells import UNSHARED, Cell, Undo, current_reader
from hyper.state.observed import MISSING, Observed, locked, noted, place, plain, release

T = TypeVar("T")


class Field:
    """One field of an observed object, stored where its class keeps it: in a slot or in ``__dict__``."""

    __slots__ = ("name", "slot")

    def __init__(self, name: str, slot: Any) -> None:
        self.name, self.slot = name, slot

    def __get__(self, owner: ObservedObject | None, kind: type) -> Any:
        if owner is None:
            return self.of_class(kind)
        if (reader := current_reader()) is not None and reader is not owner._cell.last_reader():
            owner._cell.add_reader(reader)
        return self.load(owner)

    def __set__(self, owner: ObservedObject, value: object) -> None:
        self.store(owner, value)

    def of_class(self, kind: type) -> Any:
        """The attribute of the class: the default of a dataclass field. Raises ``AttributeError`` if there is none."""
        for base in kind.__mro__:
            if not isinstance(found := base.__dict__.get(self.name, self), Field):
                return found
        raise AttributeError(f"type object {kind.__name__!r} has no attribute {self.name!r}")

    def load(self, owner: ObservedObject) -> Any:
        """The value; not noted as a read."""
        if self.slot is not None:
            return self.slot.__get__(owner)
        try:
            return owner.__dict__[self.name]
        except KeyError:
            raise AttributeError(f"{type(owner).__name__!r} object has no attribute {self.name!r}") from None

    def store(self, owner: ObservedObject, value: object) -> None:
        """Set the value; not noted as a change."""
        if self.slot is not None:
            self.slot.__set__(owner, value)
        else:
            owner.__dict__[self.name] = value


class ObservedObject(Observed):
    """Base of the generated subclasses. Its methods come first in their method resolution order."""

    __slots__ = ()

    _base: type[Any]
    """The author's class."""
    _fields: dict[str, Field]

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """A plain instance, for ``dataclasses.replace`` and methods that say ``type(self)(…)``."""
        return cls._base(*args, **options)

    def __setattr__(self, name: str, value: object) -> None:
        field = self._fields.get(name)
        if field is None:
            super().__setattr__(name, value)
        else:
            self._write(field, value)

    @locked
    def _write(self, field: Field, value: object) -> None:
        old = self._raw(field.name)
        super().__setattr__(field.name, value)  # the class may convert it, or raise
        new = field.load(self)
        if new is old:
            return
        home, notation = self._home()
        try:
            child = self._copy_in(new)
            operation = self._change(notation, "put", field.name, child)
        finally:
            field.store(self, old)
        home.note_change(operation, self._put(field.name, child))

    def _put(self, name: str, child: object) -> Undo:
        old = self._raw(name)
        release(old)
        self._fields[name].store(self, child)
        place(child, self)
        return lambda: self._put(name, old)

    def _raw(self, name: str) -> object:
        try:
            return self._fields[name].load(self)
        except AttributeError:
            return MISSING

    def _children(self) -> Iterable[object]:
        return [value for name in self._fields if (value := self._raw(name)) is not MISSING]

    def _copy(self) -> object:
        return copy_object(self, self._base, plain)

    def __eq__(self, other: object) -> bool:
        self._note_read()
        return bool(plain(self) == plain(other))

    def __repr__(self) -> str:
        self._note_read()
        return repr(plain(self))

    __hash__ = None  # type: ignore[assignment]


def copy_object(source: Any, kind: type, convert: Callable[[object], object]) -> Any:
    """An instance of ``kind`` with the converted content of ``source``; no constructor runs."""
    new: Any = object.__new__(kind)
    for name in object_slots(kind):
        if hasattr(source, name):
            object.__setattr__(new, name, getattr(source, name))
    if hasattr(source, "__dict__"):
        new.__dict__.update({name: convert(value) for name, value in source.__dict__.items()})
    for name in field_names(kind):
        if name not in getattr(source, "__dict__", ()):
            object.__setattr__(new, name, convert(getattr(source, name)))
    return new


def object_slots(kind: type) -> list[str]:
    """The slots of a class in which pydantic keeps its own data: they are copied too."""
    own = ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
    return list(own) if issubclass(kind, BaseModel) else []


def field_names(kind: Any) -> list[str]:
    """The fields of a dataclass or a model."""
    if issubclass(kind, BaseModel):
        return list(kind.model_fields)
    return [field.name for field in dataclasses.fields(kind)]


def is_object(kind: type) -> bool:
    """Is it a dataclass or a pydantic model?"""
    return dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)


def is_frozen(kind: type) -> bool:
    """Is it a class whose fields can never be written?"""
    if issubclass(kind, BaseModel):
        return bool(kind.model_config.get("frozen"))
    return bool(kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]


@functools.cache
def observed_class(kind: type) -> type[ObservedObject]:
    """The subclass of ``kind`` whose instances note reads and writes."""
    slots = ["_cell", "_parent", "_id"] + ([] if hasattr(kind, "__weakref__") else ["__weakref__"])
    body = {"__slots__": tuple(slots), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    generated = cast("type[ObservedObject]", type(kind)(kind.__name__, (ObservedObject, kind), body))
    fields = {name: Field(name, slot_of(kind, name)) for name in field_names(kind)}
    for name, field in fields.items():
        type.__setattr__(generated, name, field)
    for name in ("model_dump", "model_dump_json") if issubclass(kind, BaseModel) else ():
        type.__setattr__(generated, name, noted(getattr(kind, name)))
    type.__setattr__(generated, "_base", kind)
    type.__setattr__(generated, "_fields", fields)
    return generated


def slot_of(kind: type, name: str) -> Any:
    """The descriptor of a field that a class keeps in ``__slots__``; else None."""
    found = getattr(kind, name, None)
    return found if type(found).__name__ == "member_descriptor" else None


def observed_object(value: object, cell: Cell) -> ObservedObject:
    """The observed copy of a dataclass or model instance."""
    kind = observed_class(cast(Any, type(value)))
    new: ObservedObject = copy_object(value, kind, lambda child: child)
    for name, content in (("_cell", cell), ("_parent", None), ("_id", "")):
        object.__setattr__(new, name, content)
    for name, field in kind._fields.items():
        if (old := new._raw(name)) is not MISSING:
            child = new._copy_in(old)
            field.store(new, child)
            place(child, new)
    return new


class Shared(Observed, Generic[T]):
    """A single shared value, in ``.value``: a number, a text, a date, a tuple, None.

    >>> from hyper import shared
    >>> visits = shared(0)
    >>> visits.value += 1
    >>> f"{visits} so far"
    '1 so far'
    """

    __slots__ = ("__weakref__", "_cell", "_id", "_parent", "_value")

    def __init__(self, value: T, cell: Cell = UNSHARED) -> None:
        self._cell, self._parent, self._id, self._value = cell, None, "", value

    @property
    def value(self) -> T:
        """The value that it holds."""
        self._note_read()
        return self._value

    @value.setter
    @locked
    def value(self, value: T) -> None:
        home, notation = self._home()
        child = self._copy_in(value)
        operation = self._change(notation, "put", "value", child)
        if value is not self._value:
            home.note_change(operation, self._put("value", child))

    @locked
    def increment(self, amount: float = 1) -> T:
        """The number after adding ``amount``; the counts of two processes add up."""
        home, notation = self._home()
        operation = self._change(notation, "grow", "value", amount)
        home.note_change(operation, self._put("value", cast(Any, self._value) + amount))
        return self._value

    def _put(self, _: str, child: Any) -> Undo:
        old = self._value
        release(old)
        self._value = child
        place(child, self)
        return lambda: self._put("value", old)

    def _raw(self, _: str) -> object:
        return self._value

    def _children(self) -> Iterable[object]:
        return (self._value,)

    def _copy(self) -> object:
        return Shared(plain(self._value))

    def __reduce_ex__(self, protocol: object) -> tuple[object, ...]:
        return Shared, (plain(self._value),)

    def __eq__(self, other: object) -> bool:
        return bool(self.value == (other.value if isinstance(other, Shared) else other))

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return str(self.value)

    def __format__(self, form: str) -> str:
        return format(self.value, form)

    def __repr__(self) -> str:
        return f"shared({self.value!r})"
