"""Validation by annotations, with pydantic, but without NaN and infinities where an annotation does not ask for them.

    price: float                              "nan", "1e999" and NaN: Input should be a finite number
    price: Annotated[float, AllowInfNan()]    NaN

Pydantic takes them for every ``float``, also in the fields of models; a price that is NaN passes every comparison.
A model allows them for all its fields with ``model_config = {"allow_inf_nan": True}``.

A form sends texts, and pydantic takes "1" for an ``int`` or an ``IntEnum``, but for neither of these:

    level: Literal[1, 2]                      "1": 1
    size: Size                                "1": Size(1), where the values of ``Size`` are numbers
"""

from __future__ import annotations

import cmath
from collections.abc import Callable, Iterable, Mapping
from operator import is_
from typing import Any, Final, Protocol

import pydantic
import pydantic_core
from pydantic_core.core_schema import no_info_after_validator_function, no_info_before_validator_function

from hyper.vdom.templates.bound_controls import text_of

_NOT_A_SCHEMA: Final = frozenset({"config", "default", "expected", "members", "metadata", "serialization"})
"""Members of a core schema that hold no further ones."""
_NOTHING: Final[frozenset[str]] = frozenset()


class Validator(Protocol):
    """Converts a value to an annotation's type."""

    def validate_python(self, value: Any, /) -> Any:
        """The value in the annotated type. Raises ``pydantic.ValidationError`` if it is not valid."""
        ...


def validator_of(annotation: Any, config: pydantic.ConfigDict | None = None) -> Validator:
    """The validator of an annotation. Raises ``pydantic.PydanticUserError`` if there cannot be one."""
    adapter = pydantic.TypeAdapter[Any](annotation, config=config)
    schema = adapter.core_schema
    finite = _finite(schema, bool((config or {}).get("allow_inf_nan")))
    if finite is schema or type(schema) is not dict:
        return adapter
    try:  # newer versions of pydantic take ready validators for the models in a schema, without reading it
        return pydantic_core.SchemaValidator(finite, _use_prebuilt=False)  # type: ignore[call-arg, unused-ignore]
    except TypeError:
        return pydantic_core.SchemaValidator(finite)


def _finite(schema: Any, is_allowed: bool) -> Any:
    """The schema with numbers that have to be finite; the same object if it has none."""
    if type(schema) in (list, tuple):
        items = type(schema)([_finite(item, is_allowed) for item in schema])
        return schema if all(map(is_, items, schema)) else items
    if type(schema) is not dict:
        return schema
    kind = schema.get("type")
    is_schema = type(kind) is str  # else it is a table of fields, one of which may be named like this
    if is_schema and kind in _NUMBERS:
        return schema if is_allowed or "allow_inf_nan" in schema else _NUMBERS[kind](schema)
    if is_schema and kind in _CHOICES:
        return _CHOICES[kind](schema)
    skipped = _NOT_A_SCHEMA if is_schema else _NOTHING
    if skipped and "config" in schema:  # a class decides for its own fields
        is_allowed = bool(schema["config"].get("allow_inf_nan"))
    members = {
        name: member if name in skipped else _finite(member, is_allowed) for name, member in schema.items()
    }
    return schema if all(map(is_, members.values(), schema.values())) else members


def _whole(value: complex) -> complex:
    """Raises the error of a number that is not finite."""
    if not cmath.isfinite(value):
        raise pydantic_core.PydanticKnownError("finite_number")
    return value


def _by_text(schema: Any, values: Iterable[object]) -> Any:
    """The schema of one of these ``values``, which takes the text of one for it."""
    known = list(values)
    texts = {text_of(value): value for value in known if type(value) in (int, float, bool)}
    if not texts or schema.get("strict"):
        return schema
    inner: Any = {name: member for name, member in schema.items() if name != "ref"}

    def meant(said: Any) -> Any:
        return texts.get(said, said) if type(said) is str and said not in known else said

    return no_info_before_validator_function(meant, inner, ref=schema.get("ref"))


_NUMBERS: Final[Mapping[object, Callable[[Any], Any]]] = {
    "float": lambda schema: {**schema, "allow_inf_nan": False},
    "complex": lambda schema: no_info_after_validator_function(_whole, schema),
}
"""What makes the schema of a type of number one of finite ones."""
_CHOICES: Final[Mapping[object, Callable[[Any], Any]]] = {
    "enum": lambda schema: _by_text(schema, [member.value for member in schema["members"]]),
    "literal": lambda schema: _by_text(schema, schema["expected"]),
}
"""What makes the schema of a choice one that takes texts."""
