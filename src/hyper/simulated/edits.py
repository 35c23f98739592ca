"""The user's edits, for a server that restarts without its state: the rules of ``runtime_js/edits.js``.

A control with a listener is remembered when it is edited. If the server loses its state, the control is filled in
again and fires its events again, unless the server now gives it another value than before the edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hyper.dom.controls import (
    check,
    choose,
    default_value,
    is_checked,
    is_choice,
    options_of,
    selected_options,
    value_of,
)
from hyper.dom.elements import DomElement

ControlState = str | bool | list[bool]
"""A control's text, whether it is ticked, or which of its options are chosen."""


@dataclass(slots=True)
class UserEdit:
    """The states of a control that the user has changed."""

    given: ControlState
    """What the server had given it before the edit."""
    shown: ControlState
    """What it showed when it was last looked at."""


class Edits:
    """The controls of a page that the user has changed since the server last lost its state."""

    def __init__(self) -> None:
        self._edits: dict[DomElement, UserEdit] = {}

    def remember(self, control: DomElement, top: DomElement) -> None:
        """Note that the user has changed a control of the page ``top``, and that the change is sent to the server."""
        self._forget_gone(top)
        edit = self._edits.setdefault(control, UserEdit(_given(control), ""))
        edit.shown = _shown(control)

    def look(self, top: DomElement) -> None:
        """Note what the controls show, before a server that may have lost its state changes it."""
        self._forget_gone(top)
        for control, edit in self._edits.items():
            edit.shown = _shown(control)

    def _forget_gone(self, top: DomElement) -> None:
        """Drop controls that the server has removed while it had its state."""
        self._edits = {control: edit for control, edit in self._edits.items() if top.contains(control)}

    def take_up(self, top: DomElement) -> Iterator[DomElement]:
        """The controls whose edits the server does not know, filled in again as the user left them."""
        edits, self._edits = self._edits, {}
        for old, edit in edits.items():
            control = _present(old, top)
            if control is not None and _given(control) == edit.given:
                _show(control, edit.shown)
                yield control


def _present(old: DomElement, top: DomElement) -> DomElement | None:
    """The element itself if it is still on the page, else the one with its id."""
    if top.contains(old):
        return old
    id = old.get("id")
    return next((element for element in top.elements() if id and element.get("id") == id), None)


def _given(control: DomElement) -> ControlState:
    if control.tag == "select":
        return [option.has("selected") for option in options_of(control)]
    return control.has("checked") if is_choice(control) else default_value(control)


def _shown(control: DomElement) -> ControlState:
    if control.tag == "select":
        chosen = selected_options(control)
        return [any(option is other for other in chosen) for option in options_of(control)]
    return is_checked(control) if is_choice(control) else value_of(control)


def _show(control: DomElement, state: ControlState) -> None:
    if isinstance(state, list):
        options = zip(options_of(control), state, strict=False)
        choose(control, [option for option, is_chosen in options if is_chosen])
    elif isinstance(state, bool):
        check(control, state)
    else:
        control.typed = state
