"""Fields of a form by name, filled in as a user would: ``submit("form", text="milk", urgent=True)``."""

from __future__ import annotations

from collections.abc import Callable

from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.query import QueryError, excerpt
from hyper.testing.user import User

UserStep = Callable[[], None]


def steps_for(user: User, form: DomElement, name: str, value: object) -> list[UserStep]:
    """The steps by which a user gives the field ``name`` of ``form`` this value.

    Raises ``QueryError`` if the form has no such field, or the field cannot take the value.
    """
    fields = [control for control in controls.controls_of(form) if control.get("name") == name]
    fields = [control for control in fields if not controls.is_button(control)]
    if not fields:
        known = [item for control in controls.controls_of(form) if (item := control.get("name"))]
        there = ", ".join(dict.fromkeys(known)) or "none"
        raise QueryError(f"the form has no field {name!r}. Available: {there}.\n{excerpt(form)}")
    first = fields[0]
    if controls.is_file(first) or controls.is_hidden_field(first):
        raise QueryError(f"{first.start_tag()}: a user cannot type into a {controls.kind_of(first)} field")
    if controls.is_choice(first):
        return [_choice(user, control, is_on) for control, is_on in _wanted(fields, name, value)]
    if first.tag == "select":
        wanted = [str(item) for item in value] if isinstance(value, (list, tuple, set)) else [str(value)]
        return [lambda: user.select(first, wanted)]
    values = value if isinstance(value, (list, tuple)) else [value]
    if len(values) != len(fields):
        raise QueryError(f"the form has {len(fields)} fields {name!r}: give a list of {len(fields)}")
    return [_text(user, control, str(item)) for control, item in zip(fields, values, strict=True)]


def _text(user: User, control: DomElement, value: str) -> UserStep:
    return lambda: user.fill(control, value)


def _choice(user: User, control: DomElement, is_on: bool) -> UserStep:
    return lambda: user.check(control, is_on)


def _wanted(fields: list[DomElement], name: str, value: object) -> list[tuple[DomElement, bool]]:
    """Which of the checkboxes or radio buttons of one name have to be checked or unchecked."""
    if isinstance(value, bool) and len(fields) == 1:
        return [(fields[0], value)]
    values = {str(item) for item in value} if isinstance(value, (list, tuple, set)) else {str(value)}
    known = [controls.value_of(control) for control in fields]
    if not values <= set(known):
        raise QueryError(
            f"{name!r} can be {', '.join(map(repr, known))}, not {', '.join(map(repr, sorted(values)))}"
        )
    is_radio = controls.kind_of(fields[0]) == "radio"
    pairs = [(control, controls.value_of(control) in values) for control in fields]
    return [pair for pair in pairs if pair[1]] if is_radio else pairs
