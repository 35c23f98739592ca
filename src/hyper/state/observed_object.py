"""Dataclass instances and pydantic models that notice, and ``Shared``, the box around a single value.

The observed instance belongs to a subclass made for it once (same name, same module): its fields are read
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

from hyper.state.cells import Cell
from hyper.state.observed import Adopter, Observed, adopt, locked, noted, place, plain, release

T = TypeVar("T")
MISSING: Any = object()


class Field:
    """One field of an observed object, stored where its class keeps it: in a slot or in ``__dict__``."""

    __slots__ = ("name", "slot")

    def __init__(self, name: str, slot: Any) -> None:
        self.name, self.slot = name, slot

    def __get__(self, owner: ObservedObject | None, kind: type) -> Any:
        if owner is None:
            return self.of_class(kind)
        if (cell := owner._cell) is not None:
            cell.note()
        return self.load(owner)

    def __set__(self, owner: ObservedObject, value: object) -> None:
        self.store(owner, value)

    def of_class(self, kind: type) -> Any:
        """What the class itself answers: a dataclass default, or nothing."""
        for base in kind.__mro__:
            if not isinstance(found := base.__dict__.get(self.name, self), Field):
                return found
        raise AttributeError(f"type object {kind.__name__!r} has no attribute {self.name!r}")

    def load(self, owner: ObservedObject) -> Any:
        """The value, unnoted."""
        if self.slot is not None:
            return self.slot.__get__(owner)
        try:
            return owner.__dict__[self.name]
        except KeyError:
            raise AttributeError(f"{type(owner).__name__!r} object has no attribute {self.name!r}") from None

    def store(self, owner: ObservedObject, value: object) -> None:
        """Put the value in place; nobody is told."""
        if self.slot is not None:
            self.slot.__set__(owner, value)
        else:
            owner.__dict__[self.name] = value


class ObservedObject(Observed):
    """What the made subclasses share. Its methods come first in their method resolution order."""

    __slots__ = ()

    _base: type[Any]
    """The class of the author."""
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
        super().__setattr__(field.name, value)  # the class may validate it, or refuse
        new = field.load(self)
        if new is old:
            return
        try:
            operation, child = self._operation(field.name, new)
        except BaseException:
            field.store(self, old)
            raise
        field.store(self, old)
        self._changed(operation, self._put(field.name, child))

    def _operation(self, name: str, value: object) -> tuple[list[object], object]:
        child = adopt(value, self._cell, self)
        recorder = self._recorder()
        return ([] if recorder is None else ["put", self._id, name, recorder.encode(child)]), child

    def _put(self, name: str, child: object) -> Callable[[], object]:
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
        self._note()
        return bool(plain(self) == plain(other))

    def __repr__(self) -> str:
        self._note()
        return repr(plain(self))

    __hash__ = None  # type: ignore[assignment]


def copy_object(source: Any, kind: type, convert: Callable[[object], object]) -> Any:
    """An instance of ``kind`` with what is in ``source``, converted; no constructor runs."""
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
    """Pydantic keeps three things in slots of its own; they are copied too."""
    own = ("__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__")
    return list(own) if issubclass(kind, BaseModel) else []


def field_names(kind: Any) -> list[str]:
    """The fields of a dataclass or a model."""
    if issubclass(kind, BaseModel):
        return list(kind.model_fields)
    return [field.name for field in dataclasses.fields(kind)]


def is_object(kind: type) -> bool:
    """True for a dataclass or pydantic class."""
    return dataclasses.is_dataclass(kind) or issubclass(kind, BaseModel)


def is_frozen(kind: type) -> bool:
    """True where no field can ever be written."""
    if issubclass(kind, BaseModel):
        return bool(kind.model_config.get("frozen"))
    return bool(kind.__dataclass_params__.frozen)  # type: ignore[attr-defined]


@functools.cache
def observed_class(kind: type) -> type[ObservedObject]:
    """The subclass of ``kind`` whose instances notice."""
    slots = ["_cell", "_parent", "_id"] + ([] if hasattr(kind, "__weakref__") else ["__weakref__"])
    body = {"__slots__": tuple(slots), "__module__": kind.__module__, "__qualname__": kind.__qualname__}
    made = cast("type[ObservedObject]", type(kind)(kind.__name__, (ObservedObject, kind), body))
    fields = {name: Field(name, slot_of(kind, name)) for name in field_names(kind)}
    for name, field in fields.items():
        type.__setattr__(made, name, field)
    for name in ("model_dump", "model_dump_json") if issubclass(kind, BaseModel) else ():
        type.__setattr__(made, name, noted(getattr(kind, name)))
    type.__setattr__(made, "_base", kind)
    type.__setattr__(made, "_fields", fields)
    return made


def slot_of(kind: type, name: str) -> Any:
    """The descriptor of a field that a class keeps in ``__slots__``; else None."""
    found = getattr(kind, name, None)
    return found if type(found).__name__ == "member_descriptor" else None


def adopt_object(value: object, cell: Cell | None, parent: Observed | None) -> ObservedObject:
    """The observed copy of a dataclass or model instance."""
    made = observed_class(cast(Any, type(value)))
    new: ObservedObject = copy_object(value, made, lambda child: child)
    for name, content in (("_cell", cell), ("_parent", parent), ("_id", "")):
        object.__setattr__(new, name, content)
    for name, field in made._fields.items():
        if (child := new._raw(name)) is not MISSING:
            field.store(new, adopt(child, cell, new))
    return new


def find_object_adopter(kind: type) -> Adopter | None:
    """The adopter for dataclasses and models that can change."""
    return adopt_object if is_object(kind) and not is_frozen(kind) else None


class Shared(Observed, Generic[T]):
    """A single shared value, in ``.value``: a number, a text, a date, a tuple, None.

    >>> from hyper import shared
    >>> visits = shared(0)
    >>> visits.value += 1
    >>> f"{visits} so far"
    '1 so far'
    """

    __slots__ = ("__weakref__", "_cell", "_id", "_parent", "_value")

    def __init__(self, value: T, cell: Cell | None = None, parent: Observed | None = None) -> None:
        self._cell, self._parent, self._id, self._value = cell, parent, "", value

    @property
    def value(self) -> T:
        """What it holds now."""
        self._note()
        return self._value

    @value.setter
    @locked
    def value(self, value: T) -> None:
        operation: list[object] = []
        child: Any = adopt(value, self._cell, self)
        if (recorder := self._recorder()) is not None:
            operation = ["put", self._id, "value", recorder.encode(child)]
        if value is not self._value:
            self._changed(operation, self._put("value", child))

    @locked
    def increment(self, amount: float = 1) -> T:
        """The number after adding ``amount``; two processes' counts add up."""
        operation: list[object] = []
        if (recorder := self._recorder()) is not None:
            operation = ["grow", self._id, "value", recorder.encode(amount)]
        self._changed(operation, self._put("value", cast(Any, self._value) + amount))
        return self._value

    def _put(self, _: str, child: Any) -> Callable[[], object]:
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
