"""Whether a record comes back from the database as it was: what is to be written is read first, and compared.

JSON holds less than Python does. A ``SecretStr`` is written as asterisks, an excluded field not at all, NaN as ``null``,
a tuple in a field without an annotation as a list. Without the comparison it would be lost when the page is closed.

Equal is not enough: ``Markup("<b>")`` equals the text that comes back in its place. Numbers may change between ``int``,
``float`` and ``bool``, as ``price: float = 5`` does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel

from hyper.state.observed_object import field_names, is_object

ALIKE_IN_JSON: Final = (int, float, bool)
"""Classes whose values JSON does not tell apart."""

PLAIN_CONTAINERS: Final = (list, tuple, dict, set, frozenset)
"""Containers, of which observed ones are subclasses."""

ABSENT: Final = object()
"""In place of a value that an object does not have."""


def lost_field(old: Any, new: Any) -> str | None:
    """The name of a field of ``old`` that ``new``, the object that was read, holds otherwise; None if there is none."""
    names = [*field_names(author_class(old)), *undeclared(old)]
    for name in names:
        if not is_same(getattr(old, name, ABSENT), getattr(new, name, ABSENT)):
            return name
    return None


def is_same(old: Any, new: Any) -> bool:
    """Is ``new``, which was read, what ``old`` was when it was written?"""
    if old is new:
        return True
    kind = author_class(old)
    if kind in ALIKE_IN_JSON:
        return type(new) in ALIKE_IN_JSON and (old == new or (old != old and new != new))
    if type(new) is not kind:
        return False
    if is_object(kind):
        return lost_field(old, new) is None
    return compare_of(kind)(old, new)


def compare_of(kind: type) -> Callable[[Any, Any], bool]:
    """The function that compares two values of that class."""
    if issubclass(kind, (list, tuple)):
        return are_same_items
    if issubclass(kind, dict):
        return are_same_dicts
    return are_same_attributes if kind.__eq__ is object.__eq__ else are_equal


def are_same_items(old: Any, new: Any) -> bool:
    return len(old) == len(new) and all(map(is_same, old, new))


def are_same_dicts(old: Any, new: Any) -> bool:
    return are_same_items(list(old), list(new)) and are_same_items(list(old.values()), list(new.values()))


def are_same_attributes(old: Any, new: Any) -> bool:
    """For classes that compare by identity."""
    return are_same_dicts(getattr(old, "__dict__", {}), getattr(new, "__dict__", {}))


def are_equal(old: Any, new: Any) -> bool:
    try:
        return bool(old == new)
    except Exception:  # of the author's class: arrays have no one answer
        return False


def author_class(value: object) -> type[Any]:
    """The class of which an observed or persistent value is a generated subclass; else its class."""
    kind: type[Any] = type(value)
    if (base := getattr(kind, "_base", None)) is not None and is_object(kind):
        return base  # type: ignore[no-any-return]
    if kind.__module__.startswith("hyper.state."):
        return next((base for base in PLAIN_CONTAINERS if issubclass(kind, base)), kind)
    return kind


def undeclared(target: Any) -> list[str]:
    """Public attributes that are no fields of the class: extra fields of a model, or added by assignment."""
    kind = author_class(target)
    declared = {*field_names(kind)}
    names = [name for name in getattr(target, "__dict__", ()) if name not in declared and name[0] != "_"]
    extra = target.__pydantic_extra__ if isinstance(target, BaseModel) else None
    return [*(name for name in names if not is_cache(kind, name)), *(extra or ())]


def is_cache(kind: type, name: str) -> bool:
    """Is it the stored result of a ``cached_property``, which is computed again?"""
    return isinstance(getattr(kind, name, None), cached_property)


def hides_values(schema: object) -> bool:
    """Can two different objects of this pydantic schema be written as the same JSON?

    So it is if a field is excluded, or a function decides what is written: that of ``SecretStr``, or the author's.
    """
    if isinstance(schema, dict):
        written = schema.get("serialization")
        if isinstance(written, dict) and str(written.get("type")).startswith("function"):
            return True
        if schema.get("serialization_exclude") or schema.get("serialization_exclude_if"):
            return True
        return any(
            hides_values(value) for name, value in schema.items() if name not in ("metadata", "default")
        )
    return isinstance(schema, (list, tuple)) and any(map(hides_values, schema))


def cure_of(kind: type[Any], name: str, value: object) -> str:
    """What the author can do about a field that does not come back."""
    if name not in field_names(kind):
        return "it is not a field of the class: declare it there"
    if issubclass(kind, BaseModel) and kind.model_fields[name].exclude:
        return (
            "it is excluded from what is written: remove exclude=True, or make it a private attribute, "
            f"_{name}, which is not stored"
        )
    return next((cure for found, cure in CURES if found(value)), ANNOTATE)


def holds_not_finite(value: object) -> bool:
    """Is it NaN or an infinity, or a container with one?"""
    if isinstance(value, float):
        return value - value != 0
    inner = value.values() if isinstance(value, dict) else value
    return isinstance(value, (list, tuple, set, dict)) and any(map(holds_not_finite, inner))  # type: ignore[call-overload]


ANNOTATE: Final = (
    "annotate the field with the class of what it holds, or give the class a field_serializer and a "
    "field_validator of which one undoes the other"
)
CURES: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (
        lambda value: hasattr(value, "get_secret_value"),
        "secrets are written as asterisks: store a hash in a str, or give the class a field_serializer that "
        "returns value.get_secret_value()",
    ),
    (
        holds_not_finite,
        "JSON has no NaN and no infinity: refuse them before they are stored, or configure the class with "
        'ConfigDict(ser_json_inf_nan="strings")',
    ),
    (
        lambda value: isinstance(value, (bytes, bytearray)),
        'configure the class with ConfigDict(ser_json_bytes="base64", val_json_bytes="base64") '
        "(a dataclass: __pydantic_config__ = ConfigDict(…))",
    ),
)
"""The cures of values that are often met; the first that fits is told."""
