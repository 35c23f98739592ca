"""What controls show that the server cannot know is told once: the rules of ``runtime_js/telling.js``.

<select @bind="place"><option>here<option>there</select>   the variable is "elsewhere", the user sees "here"
"""

from __future__ import annotations

from collections.abc import Iterator

from hyper.dom.bindings import bindings_of
from hyper.dom.controls import (
    is_button,
    is_checked,
    is_control,
    is_file,
    kind_of,
    options_of,
    state_of,
    value_of,
)
from hyper.dom.elements import DomElement, Told, to_dom
from hyper.dom.events import DomEvent
from hyper.simulated.typing import is_bound

_HEARD = ("bind", "input", "change")


class Telling:
    """The states of a page's controls that were told."""

    def __init__(self) -> None:
        self._told: dict[DomElement, str] = {}

    def events(self, top: DomElement, focused: DomElement | None) -> Iterator[DomEvent]:
        """The events that a user's edits would have fired, for each control that has to be told."""
        for control in list(top.elements()):
            if is_control(control) and self._is_to_be_told(control):
                self._told[control] = state_of(control)
                # a control that has the focus says by itself that it is done
                for kind in ("input",) if control is focused else ("input", "change"):
                    yield DomEvent(kind, control)

    def _is_to_be_told(self, control: DomElement) -> bool:
        if is_button(control) or is_file(control) or control.reported is Told.TOO_LONG:
            return False
        if kind_of(control) == "radio" and not is_checked(control):
            return False
        state = state_of(control)
        known = control.reported if isinstance(control.reported, str) else _pristine(control)
        is_known = state == known and not _is_unmatched(control)
        return not is_known and state != self._told.get(control) and _is_heard(control)


def _is_heard(control: DomElement) -> bool:
    return any(bindings_of(element, kind) for element in control.ancestors() for kind in _HEARD)


def _pristine(control: DomElement) -> str:
    """What a control shows that nobody has touched."""
    copy = to_dom(control.to_node())
    assert isinstance(copy, DomElement)
    return state_of(copy)


def _is_unmatched(control: DomElement) -> bool:
    """Does a bound select show an option because the server's value has none?"""
    if control.tag != "select" or control.has("multiple") or not is_bound(control):
        return False
    is_marked = any(option.has("selected") for option in options_of(control))
    return bool(value_of(control)) and not is_marked and not isinstance(control.reported, str)
