"""The values of a form's fields in the shape that an annotation asks for, however many controls send them.

    tags: list[str]       "a"         →  ["a"]         one checkbox of the name is ticked
                          null        →  []            none is
    agreed: bool          ["0", "1"]  →  "1"           a hidden field, and a checkbox of the same name: the last counts
    size: str = "M"       null        →  no value      no radio button is chosen: the default counts
    age: int | None       ""          →  None          nothing was typed

A browser sends names and texts, and does not say which are lists. Fields of models, dataclasses and typed dicts have
the shapes of their own annotations. What the types are is checked afterwards.
"""

from __future__ import annotations

import collections
import collections.abc
import dataclasses
import datetime
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import pydantic

MISSING: Final = object()
"""Instead of a value: the field counts as not sent."""
_LISTS: Final = (
    list, set, frozenset, tuple, collections.deque, collections.abc.Sequence, collections.abc.MutableSequence,
    collections.abc.Set, collections.abc.MutableSet, collections.abc.Collection, collections.abc.Iterable,
)  # fmt: skip
_SCALARS: Final = (
    str, int, float, complex, bool, bytes, decimal.Decimal, datetime.date, datetime.time, datetime.timedelta,
    uuid.UUID, enum.Enum,
)  # fmt: skip
_ANYTHING: Final = (Any, object)
_OWN_RULES: Final = (pydantic.BeforeValidator, pydantic.WrapValidator, pydantic.PlainValidator)
"""Who validates before the type does gets what was sent."""
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Shape:
    """What an annotation makes of a field."""

    takes_none: bool
    takes_text: bool
    is_bool: bool
    is_scalar: bool
    is_list: bool
    item: Any
    """The annotation of a list's items, or of the values of a dict; ``None`` if they have none."""
    form: Any
    """The model, dataclass or typed dict; ``None`` if it is none."""

    @property
    def if_missing(self) -> object:
        """The value of a required field that was not sent."""
        return [] if self.is_list else False if self.is_bool else MISSING

    def of(self, value: object) -> object:
        """The value in this shape; ``MISSING`` if it counts as not sent."""
        if value is None or value == "":
            return self._of_nothing(value)
        if isinstance(value, str):
            return [value] if self.is_list else value
        if isinstance(value, list):
            return self._of_list(value)
        return self._of_dict(value) if isinstance(value, dict) else value

    def _of_nothing(self, value: object) -> object:
        if self.takes_none and not (value == "" and self.takes_text):
            return None
        if value == "":
            return [value] if self.is_list else value
        return self.if_missing

    def _of_list(self, values: list[Any]) -> object:
        if self.is_list:
            return [_kept(self.item, value) for value in values]
        if self.is_scalar and values and all(type(value) is str for value in values):
            return self.of(values[-1])
        return values

    def _of_dict(self, values: dict[str, Any]) -> object:
        if self.form is None:
            return {name: _kept(self.item, value) for name, value in values.items()}
        found = dict(values)
        for name, annotation, is_required in _fields_of(self.form):
            shape = shape_of(annotation)
            if shape is None:
                continue
            otherwise = [] if shape.is_list and is_required else MISSING
            value = shape.of(found.pop(name)) if name in found else otherwise
            if value is not MISSING:
                found[name] = value
        return found


def _kept(annotation: Any, value: object) -> object:
    """The value in the shape of an annotation, or as it is if it would count as not sent."""
    shape = shape_of(annotation)
    shaped = value if shape is None else shape.of(value)
    return value if shaped is MISSING else shaped


def shape_of(annotation: Any) -> Shape | None:
    """The shape of an annotation; ``None`` if values stay as they were sent."""
    try:
        return _shape_of(annotation)
    except TypeError:  # it cannot be hashed
        return _shape_of.__wrapped__(annotation)


@lru_cache(maxsize=1024)
def _shape_of(annotation: Any) -> Shape | None:
    options = list(_options_of(annotation))
    if annotation is None or any(option in _ANYTHING or isinstance(option, _OWN_RULES) for option in options):
        return None
    real = [option for option in options if option is not type(None)]
    lists = [option for option in real if _class_of(option) in _LISTS]
    forms = [option for option in real if is_form(option)]
    dicts = [option for option in real if _class_of(option) in (dict, collections.abc.Mapping)]
    alone = real[0] if len(real) == 1 else None
    is_list = alone is not None and bool(lists)
    return Shape(
        takes_none=len(real) < len(options),
        takes_text=any(map(_takes_empty_text, real)),
        is_bool=bool in real,
        is_scalar=bool(real) and all(map(_is_scalar, real)),
        is_list=is_list,
        item=_item_of(alone) if is_list or dicts else None,
        form=forms[0] if len(forms) == 1 else None,
    )


def _options_of(annotation: Any) -> Iterator[Any]:
    """The members of a union, or the annotation itself, and what ``Annotated`` says of its validation."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        inner, *more = typing.get_args(annotation)
        yield from _options_of(inner)
        yield from (item for item in more if isinstance(item, _OWN_RULES))
    elif origin in (typing.Union, types.UnionType):
        for member in typing.get_args(annotation):
            yield from _options_of(member)
    else:
        yield annotation


def _class_of(option: Any) -> Any:
    return typing.get_origin(option) or option


def _item_of(option: Any) -> Any:
    args = typing.get_args(option)
    if _class_of(option) is tuple and args[1:] != (...,):
        return None
    return args[-1] if args and args[-1] is not ... else args[0] if args else None


def _is_scalar(option: Any) -> bool:
    return typing.get_origin(option) is typing.Literal or (
        isinstance(option, type) and issubclass(option, _SCALARS)
    )


def _takes_empty_text(option: Any) -> bool:
    if typing.get_origin(option) is typing.Literal:
        return "" in typing.get_args(option)
    return isinstance(option, type) and issubclass(option, str) and not issubclass(option, enum.Enum)


def is_form(annotation: Any) -> bool:
    """Is it a model, a dataclass or a typed dict, which is filled from the fields of a form?"""
    return isinstance(annotation, type) and (
        issubclass(annotation, pydantic.BaseModel)
        or dataclasses.is_dataclass(annotation)
        or hasattr(annotation, "__required_keys__")  # a typed dict, of typing or of typing_extensions
    )


@lru_cache(maxsize=1024)
def _fields_of(form: Any) -> tuple[tuple[str, Any, bool], ...]:
    """The fields of a model, a dataclass or a typed dict: name, annotation, and whether it is required."""
    if issubclass(form, pydantic.BaseModel):
        return tuple(
            (name, _annotation_of(item), item.is_required())
            for own, item in form.model_fields.items()
            for name in dict.fromkeys([item.validation_alias or item.alias or own])
            if isinstance(name, str)
        )
    try:
        hints = typing.get_type_hints(form, include_extras=True)
    except NameError:
        hints = {}
    if dataclasses.is_dataclass(form):
        without = {
            item.name
            for item in dataclasses.fields(form)
            if item.default is dataclasses.MISSING and item.default_factory is dataclasses.MISSING
        }
    else:
        without = set(getattr(form, "__required_keys__", ()))
    return tuple((name, _bare(hint), name in without) for name, hint in hints.items())


def _annotation_of(item: Any) -> Any:
    """The annotation of a model's field, with what validates it first."""
    first = [rule for rule in item.metadata if isinstance(rule, _OWN_RULES)]
    return typing.Annotated[item.annotation, first[0]] if first else item.annotation


def _bare(hint: Any) -> Any:
    """Without ``Required`` and ``NotRequired``."""
    name = getattr(typing.get_origin(hint), "_name", "")
    return typing.get_args(hint)[0] if name in ("Required", "NotRequired", "ReadOnly") else hint
