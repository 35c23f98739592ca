"""The states of form controls that are not in the server's tree: the rules of ``runtime_js/fields.js``.

The user typed "milk" into <input name="text">   →   ("form/input/@value", "milk")

Without them "clear the input" would make no patch: the server's tree still has the old value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hyper.diff.paths import NamedChildren
from hyper.dom.controls import (
    default_value,
    is_checked,
    is_disabled,
    options_of,
    report,
    selected_options,
    state_name,
    value_of,
)
from hyper.dom.elements import SELF, DomElement, component_of


def changed_fields(controls: Sequence[DomElement], component: DomElement) -> list[tuple[str, str | None]]:
    """The states of these controls that differ from their attributes, by paths in the component."""
    for control in controls:
        report(control)
    return [
        (f"{path_of(element)}/@{name}", value)
        for control in controls
        for element, name, value in _changed_states(control)
        if component_of(element) is component
    ]


def _changed_states(control: DomElement) -> Iterator[tuple[DomElement, str, str | None]]:
    name = state_name(control)
    if name == "selected":
        yield from _changed_options(control)
    elif name == "checked" and is_checked(control) != control.has("checked"):
        yield control, "checked", "" if is_checked(control) else None
    elif name == "value" and value_of(control) != default_value(control):
        yield control, "value", value_of(control) or None


def _changed_options(select: DomElement) -> Iterator[tuple[DomElement, str, str | None]]:
    """Options whose state differs. If none is marked, the browser shows the first, which the user did not choose."""
    options = options_of(select)
    is_marked = select.has("multiple") or any(option.has("selected") for option in options)
    first = None if is_marked else next((option for option in options if not is_disabled(option)), None)
    chosen = selected_options(select)
    for option in options:
        is_chosen = any(option is other for other in chosen)
        if is_chosen != option.has("selected") and option is not first:
            yield option, "selected", "" if is_chosen else None


def path_of(element: DomElement) -> str:
    """The path from the root of its component: ``form/input[2]``."""
    root = component_of(element)
    steps: list[str] = []
    node = element
    while node is not root:
        assert node.parent is not None
        siblings = node.parent.children
        index = next(index for index, other in enumerate(siblings) if other is node)
        steps.insert(0, NamedChildren(siblings).step(index))
        node = node.parent
    if SELF in root.attributes:
        steps.insert(0, "*[1]" if root.name == "*" else root.name)
    return "/".join(steps)
