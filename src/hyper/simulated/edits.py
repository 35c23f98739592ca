"""What a user has edited, for a server that comes back without its state: the rules of ``runtime_js/edits.js``.

A field that somebody hears is remembered when it is edited. When the state is lost, it shows once more what the
user had put in, and fires its events again; not so where the server gives it another value than before the edit.
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

State = str | bool | list[bool]
"""Of a control: its text, whether it is ticked, or which of its options are chosen."""


@dataclass(slots=True)
class Edit:
    """One control that the user has changed."""

    given: State
    """What the server had given it before."""
    shown: State


class Edits:
    """The controls of a page that the user has changed, since the server lost its state the last time."""

    def __init__(self) -> None:
        self._edits: dict[DomElement, Edit] = {}

    def remember(self, control: DomElement, top: DomElement) -> None:
        """The user has changed a control below ``top``, and the server is told."""
        self._forget_gone(top)
        edit = self._edits.setdefault(control, Edit(_given(control), ""))
        edit.shown = _shown(control)

    def look(self, top: DomElement) -> None:
        """Note what the controls show now, before a server that may be another one changes it."""
        self._forget_gone(top)
        for control, edit in self._edits.items():
            edit.shown = _shown(control)

    def _forget_gone(self, top: DomElement) -> None:
        """What the server has taken away while it had its state is not told it again."""
        self._edits = {control: edit for control, edit in self._edits.items() if top.contains(control)}

    def take_up(self, top: DomElement) -> Iterator[DomElement]:
        """The controls whose edits the server does not know, each as the user had left it."""
        edits, self._edits = self._edits, {}
        for old, edit in edits.items():
            control = _present(old, top)
            if control is not None and _given(control) == edit.given:
                _show(control, edit.shown)
                yield control


def _present(old: DomElement, top: DomElement) -> DomElement | None:
    """The element, if the page has it still, else the one with its id."""
    if top.contains(old):
        return old
    id = old.get("id")
    return next((element for element in top.elements() if id and element.get("id") == id), None)


def _given(control: DomElement) -> State:
    if control.tag == "select":
        return [option.has("selected") for option in options_of(control)]
    return control.has("checked") if is_choice(control) else default_value(control)


def _shown(control: DomElement) -> State:
    if control.tag == "select":
        chosen = selected_options(control)
        return [any(option is other for other in chosen) for option in options_of(control)]
    return is_checked(control) if is_choice(control) else value_of(control)


def _show(control: DomElement, state: State) -> None:
    if isinstance(state, list):
        options = zip(options_of(control), state, strict=False)
        choose(control, [option for option, is_chosen in options if is_chosen])
    elif isinstance(state, bool):
        check(control, state)
    else:
        control.typed = state
