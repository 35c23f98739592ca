"""Validation by annotations, with pydantic, but without NaN and infinities where an annotation does not ask for them.

    price: float                              "nan", "1e999" and NaN: Input should be a finite number
    price: Annotated[float, AllowInfNan()]    NaN

Pydantic takes them for every ``float``, also in the fields of models; a price that is NaN passes every comparison.
A model allows them for all its fields with ``model_config = {"allow_inf_nan": True}``.
"""

from __future__ import annotations

import cmath
from typing import Any, Final, Protocol

import pydantic
import pydantic_core

_NOT_A_SCHEMA: Final = frozenset({"config", "default", "expected", "members", "metadata", "serialization"})
"""Members of a core schema that hold no further ones."""


class Validator(Protocol):
    """Converts a value to an annotation's type."""

    def validate_python(self, value: Any, /) -> Any:
        """The value in the annotated type. Raises ``pydantic.ValidationError`` if it is not valid."""
        ...


def validator_of(annotation: Any, config: pydantic.ConfigDict | None = None) -> Validator:
    """The validator of an annotation. Raises ``pydantic.PydanticUserError`` if there cannot be one."""
    adapter = pydantic.TypeAdapter[Any](annotation, config=config)
    schema = adapter.core_schema
    finite = _finite(schema, is_allowed=bool((config or {}).get("allow_inf_nan")))
    if finite is schema or type(schema) is not dict:
        return adapter
    try:  # newer versions of pydantic take ready validators for the models in a schema, without reading it
        return pydantic_core.SchemaValidator(finite, _use_prebuilt=False)  # type: ignore[call-arg, unused-ignore]
    except TypeError:
        return pydantic_core.SchemaValidator(finite)


def _finite(schema: Any, *, is_allowed: bool) -> Any:
    """The schema with numbers that have to be finite; the same object if it has none."""
    if type(schema) is list:
        items = [_finite(item, is_allowed=is_allowed) for item in schema]
        return schema if all(map(_is_same, items, schema)) else items
    if type(schema) is tuple:
        pair = tuple(_finite(item, is_allowed=is_allowed) for item in schema)
        return schema if all(map(_is_same, pair, schema)) else pair
    if type(schema) is not dict:
        return schema
    kind = schema.get("type")
    if kind == "float":
        return schema if is_allowed or "allow_inf_nan" in schema else {**schema, "allow_inf_nan": False}
    if kind == "complex":
        return (
            schema
            if is_allowed
            else pydantic_core.core_schema.no_info_after_validator_function(_whole, schema)
        )
    skipped = _NOT_A_SCHEMA if type(kind) is str else frozenset[str]()
    if skipped and "config" in schema:  # a class decides for its own fields
        is_allowed = bool(schema["config"].get("allow_inf_nan"))
    members = {
        name: member if name in skipped else _finite(member, is_allowed=is_allowed)
        for name, member in schema.items()
    }
    return schema if all(members[name] is schema[name] for name in schema) else members


def _is_same(one: object, other: object) -> bool:
    return one is other


def _whole(value: complex) -> complex:
    """Raises the error of a number that is not finite."""
    if not cmath.isfinite(value):
        raise pydantic_core.PydanticKnownError("finite_number")
    return value
