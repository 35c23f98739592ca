"""The calls of ``@event`` attributes: which handler, and with which values of the page.

    <form @submit="add(text, 5)"><input name="text" value="milk">   →   HandlerCall("add", ["milk", 5], {})
    <form @submit="add"><input name="text" value="milk">            →   HandlerCall("add", None, {"text": "milk"})

The same rules as in ``runtime_js/arguments.js``.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple

from hyper.dom.bindings import Binding
from hyper.dom.controls import (
    controls_near,
    form_of,
    is_button,
    is_checked,
    is_choice,
    is_control,
    is_disabled,
    is_file,
    kind_of,
    value_of,
    values_of,
)
from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.dom.expressions import Named, as_browsers_send, parse_expression
from hyper.dom.form_data import form_data
from hyper.vdom.browser_rules import bind_event_type
from hyper.vdom.templates.expressions import TARGET


class HandlerCall(NamedTuple):
    """The name of a handler, and its arguments."""

    handler: str
    """``=name`` sets the variable that a control is bound to."""
    args: list[object] | None
    """The arguments of a call; ``None`` if only the name is written."""
    params: dict[str, object]
    """All named data of the page, if only the name is written."""


class NoSuchMemberError(LookupError):
    """An expression names a member that the event does not have."""

    def __init__(self, member: str, event_type: str) -> None:
        super().__init__(f"event.{member}: this {event_type} event has no {member}")
        self.member = member


def call_for(text: str, element: DomElement, event: DomEvent) -> HandlerCall:
    """The call that ``text`` means at ``element``.

    Raises ``ValueError`` if it is not an expression, ``LookupError`` if the page has no value for a name in it.
    """
    expression = parse_expression(text)
    source = next((one for one in (element, event.target) if is_control(one)), element)
    own = _event_values(source, event)
    if expression.args is None:
        params = {**_all_values(source, element, event), **own}
        return HandlerCall(expression.name, None, {name: _sent(value) for name, value in params.items()})
    args = [
        _sent(_look_up(arg.name, own, source, element, event)) if isinstance(arg, Named) else arg
        for arg in expression.args
    ]
    return HandlerCall(expression.name, args, {})


def _sent(value: object) -> object:
    """A value as it arrives. Raises ``ValueError`` if JSON cannot express it, or is too deep to be written."""
    if value is None or type(value) in (str, bool):
        return value
    try:
        return as_browsers_send(json.dumps(value))
    except (TypeError, RecursionError) as error:
        raise ValueError(f"JSON cannot express it: {error}") from None


def bind_call(control: DomElement, binding: Binding) -> HandlerCall:
    """The call that sets the variable that a control is bound to; for a checkbox with its state and its value."""
    is_tick = kind_of(control) == "checkbox"
    args = [is_checked(control), value_of(control)] if is_tick else [values_of([control])]
    return HandlerCall(f"={control.attributes[binding.attribute].strip()}", args, {})


def bind_event(binding: Binding) -> str:
    """The type of event at which ``@bind`` reads a control's value."""
    return bind_event_type(binding.words)


def describe_problem(binding: Binding, element: DomElement, error: Exception) -> str:
    """A sentence that says which call could not be made, why, and which names are available."""
    names = [name for control in controls_near(element) if (name := control.get("name"))]
    known = f". Available: {', '.join(dict.fromkeys(names))}" if names else ""
    expression = element.attributes[binding.attribute]
    return f'{binding.attribute}="{expression}" of {element.start_tag()}: {error.args[0]}{known}'


def _event_values(source: DomElement, event: DomEvent) -> dict[str, object]:
    """The named values of the event itself and of the control at which it happened."""
    detail = event.members.get("detail")
    own: dict[str, object] = dict(detail) if isinstance(detail, dict) else {}
    if isinstance(detail, list):
        own = {str(at): item for at, item in enumerate(detail)}
    if is_control(source) and not (is_button(source) and not source.has("value")):
        own["value"] = value_of(source) if is_choice(source) else values_of([source])
    if is_choice(source):
        own["checked"] = is_checked(source)
    if event.key is not None:
        own["key"] = event.key
    return own


def _look_up(
    name: str, own: dict[str, object], source: DomElement, element: DomElement, event: DomEvent
) -> object:
    """The value of a name in an expression."""
    if name in own:
        return own[name]
    if name.startswith("event."):
        member = name.removeprefix("event.")
        if not event.has(member):
            raise NoSuchMemberError(member, event.type)
        return event.member(member)
    fields = _fields_near(source, event.submitter)
    if name in fields:
        return fields[name]
    attribute = data_attribute(name)
    data = element.get(attribute)
    if data is None:
        raise LookupError(f"{name}: no form field of that name, and no {attribute}")
    return data


def data_attribute(name: str) -> str:
    """The ``data-`` attribute of a name: ``dataset.itemId`` and ``item_id`` both mean ``data-item-id``."""
    return "data-" + re.sub(r"_|(?=[A-Z])", "-", name.removeprefix("dataset.")).lower()


def _all_values(source: DomElement, element: DomElement, event: DomEvent) -> dict[str, object]:
    """The named data around an element: its ``data-`` attributes and the controls of its form."""
    values: dict[str, object] = {
        name.removeprefix("data-").replace("-", "_"): value
        for name, value in element.attributes.items()
        if name.startswith("data-")
    }
    values |= _fields_near(source, event.submitter)
    if is_control(event.target) and not is_button(event.target):
        values[TARGET] = event.target.get("name") or ""
    return values


def _fields_near(source: DomElement, submitter: DomElement | None) -> dict[str, object]:
    """The fields around an element by name: those that its form would send, ``None`` or ``[]`` for choices not made."""
    form = form_of(source)
    controls: dict[str, list[DomElement]] = {}
    for control in controls_near(source):
        is_field = not (is_button(control) or is_file(control) or is_disabled(control))
        if is_field and (name := control.get("name")):
            controls.setdefault(name, []).append(control)
    sent: dict[str, list[str]] = {}
    for name, text in form_data(form, submitter) if form else ():
        sent.setdefault(name, []).append(text)
    values = {
        name: values_of(named, sent.get(name, []) if form else None) for name, named in controls.items()
    }
    others = {name: texts if len(texts) > 1 else texts[0] for name, texts in sent.items()}
    return others | values
