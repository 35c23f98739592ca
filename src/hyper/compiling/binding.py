"""``@bind="user.name"``: attributes of objects and items of dicts behind the variables of a component.

The path is the template's, never the browser's. What is typed is converted to the annotation of the attribute,
else to the type of what is there.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, MutableMapping
from typing import Any

import pydantic

from hyper.errors import Invalid

SIMPLE = (bool, int, float, str)


def look(value: Any, *path: str) -> Any:
    """What stands at a path; AttributeError or KeyError where nothing does."""
    for step in path:
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
    return value


def assign(value: Any, path: str, new: object) -> None:
    """Put what was typed at a path, ``user.name``, that starts at ``value``; ``Invalid`` where it does not fit."""
    _, *steps, last = path.split(".")
    owner = look(value, *steps)
    try:
        fitting = _fitting(owner, last, new)
    except pydantic.ValidationError as error:
        raise Invalid(**{path: error.errors()[0]["msg"]}) from None
    if isinstance(owner, MutableMapping):
        owner[last] = fitting
    else:
        setattr(owner, last, fitting)


def _fitting(owner: Any, name: str, new: object) -> object:
    """``new`` as the type that ``name`` has in ``owner``."""
    expected = None if isinstance(owner, Mapping) else typing.get_type_hints(type(owner)).get(name)
    if expected is None:
        old = look(owner, name)
        expected = type(old) if isinstance(old, SIMPLE) else Any
    if new == "" and type(None) in typing.get_args(expected) and str not in typing.get_args(expected):
        return None
    return pydantic.TypeAdapter(expected).validate_python(new)


def with_choice(old: Any, is_on: object, choice: object) -> Any:
    """What a bound checkbox makes of its variable: of a list one with or without ``choice``, else a truth value."""
    if not isinstance(old, (list, tuple, set, frozenset)):
        return is_on
    others = [item for item in old if str(item) != str(choice)]
    return [*others, choice] if is_on else others
