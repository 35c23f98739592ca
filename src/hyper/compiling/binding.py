"""``@bind="user.name"``: reads and sets attributes of objects, and items of dicts, in a component's variables.

The path comes from the template, never from the browser. What is typed is converted to the attribute's annotated type,
or if there is none, to the type of the old value.

    look(user, "name")                 ->  "Ada"
    set_at(user, "user.name", "Bob")   sets user.name to "Bob"
"""

from __future__ import annotations

import typing
from collections.abc import Mapping, MutableMapping
from typing import Any

from hyper.compiling.validating import validator_of
from hyper.vdom.templates.bound_controls import SEVERAL, Convert, added_by, text_of

_CONVERTED = (bool, int, float, str)
"""Types that a text is converted to without an annotation."""


def look(value: Any, *path: str) -> Any:
    """The value at the end of a path. Raises ``AttributeError`` or ``KeyError`` if there is none."""
    for step in path:
        value = value[step] if isinstance(value, Mapping) else getattr(value, step)
    return value


def set_at(value: Any, path: str, new: object) -> None:
    """Set the attribute or item at ``path``, such as ``user.name``; ``value`` is the user.

    Raises pydantic's ``ValidationError`` if ``new`` is not valid there.
    """
    _, *steps, last = path.split(".")
    owner = look(value, *steps)
    fit = fitting(owner, last, new)
    if isinstance(owner, MutableMapping):
        owner[last] = fit
    else:
        setattr(owner, last, fit)


def fitting(owner: Any, name: str, new: object) -> object:
    """``new`` in the type that ``name`` has in ``owner``. Raises pydantic's ``ValidationError`` if it is not valid."""
    expected = _annotation(owner, name)
    if expected is None:
        old = look(owner, name)
        expected = type(old) if isinstance(old, _CONVERTED) else Any
    bare = typing.get_args(expected)[0] if typing.get_origin(expected) is typing.Annotated else expected
    if new == "" and type(None) in typing.get_args(bare) and str not in typing.get_args(bare):
        return None
    return validator_of(expected).validate_python(new)


def _annotation(owner: object, name: str) -> Any:
    """The annotation of an attribute; ``None`` if it has none."""
    if isinstance(owner, Mapping):
        return None
    return typing.get_type_hints(type(owner), include_extras=True).get(name)


def with_choice(old: Any, is_on: object, choice: str, convert: Convert) -> Any:
    """The new value of a checkbox's variable: a list with or without ``choice`` if it was a list, else ``is_on``.

    ``convert`` says which values ``choice`` stands for.
    """
    if not isinstance(old, SEVERAL):
        return is_on
    added = added_by(choice, convert)
    others = [item for item in old if text_of(item) != choice and item not in added]
    return [*others, choice] if is_on else others
