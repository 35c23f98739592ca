"""A user's actions on a page, as the events that a browser fires for them.

Every method raises ``QueryError`` if a user could not do that: click a disabled button, type into a checkbox, submit a
form with an empty required field. The message says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hyper.diff.texts import utf16_length
from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.simulated.browser import Browser
from hyper.simulated.query import QueryError, excerpt
from hyper.simulated.reach import is_focusable, obstacle
from hyper.testing.validity import refusal
from hyper.vdom.browser_rules import CHORDS, key_name

KEY_VALUES: Final = {
    "enter": "Enter", "escape": "Escape", "esc": "Escape", "tab": "Tab", "space": " ",
    "backspace": "Backspace", "delete": "Delete",
    "home": "Home", "end": "End", "pageup": "PageUp", "pagedown": "PageDown",
    "up": "ArrowUp", "down": "ArrowDown", "left": "ArrowLeft", "right": "ArrowRight",
    "arrowup": "ArrowUp", "arrowdown": "ArrowDown", "arrowleft": "ArrowLeft", "arrowright": "ArrowRight",
}  # fmt: skip
"""The value of ``event.key`` for each key that a test may name in lower case."""


class User:
    """Mouse and keyboard of one browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def fire(self, kind: str, target: DomElement, **details: object) -> DomEvent:
        """Fire an event, and return it as the listeners have left it."""
        event = DomEvent(kind, target, **details)  # type: ignore[arg-type]
        self.browser.fire(event)
        return event

    def must_be_heard(self, before: int, element: DomElement, *kinds: str) -> None:
        """Raises ``QueryError`` if no binding has received an event since ``before``."""
        if self.browser.heard > before:
            return
        listening = [other for kind in kinds for other in self.browser.listeners(kind)]
        lines = "".join(f"\n  {excerpt(other, 200)}" for other in listening)
        there = f". What does:{lines}" if lines else ", and nothing else on the page does"
        raise QueryError(f"nothing at {excerpt(element, 300)} listens to {' or '.join(kinds)}{there}")

    # Mouse

    def click(self, element: DomElement) -> None:
        """Click an element, and do what a browser does then: tick, submit the form, click the label's control."""
        _reachable(element)
        before = self.browser.heard
        active = next((node for node in element.ancestors() if _is_active(node)), None)
        if active is not None:
            _enabled(active, "click")
        self.focus(next((node for node in element.ancestors() if is_focusable(node)), None))
        for kind in ("pointerdown", "mousedown", "pointerup", "mouseup"):
            self.fire(kind, element)
        is_changed = self._activate(element, active)
        self.browser.touch()
        if not is_changed:
            self.must_be_heard(before, element, "click", "submit")

    def _activate(self, element: DomElement, active: DomElement | None) -> bool:
        """Fire the click and do what follows from it. Returns whether the click itself changed anything."""
        if active is not None and active.held:  # nobody hears of it
            return True
        if active is not None and active.tag == "label":
            return self._click_label(element, active)
        if active is not None and controls.is_choice(active):
            self._click_choice(element, active)
            return True
        event = self.fire("click", element)
        form = controls.form_of(active) if active is not None and controls.is_button(active) else None
        if active is None or event.is_prevented:
            return False
        if form is None or not controls.is_submit(active):
            is_turned = self.browser.dialogs.press(active)
            if is_turned or form is None:
                return is_turned
        if controls.is_submit(active):
            return self._submit(form, active)
        if controls.kind_of(active) == "reset":
            self.fire("reset", form)
            controls.reset(form)
            return True
        return False

    def _click_label(self, element: DomElement, label: DomElement) -> bool:
        event = self.fire("click", element)
        control = _labelled(label)
        if control is None or event.is_prevented or controls.is_disabled(control):
            return False
        self.focus(control)
        if controls.is_choice(control) or controls.is_button(control):
            self._activate(control, control)
        return True

    def _click_choice(self, element: DomElement, control: DomElement) -> None:
        group = controls.group_of(control) if controls.kind_of(control) == "radio" else [control]
        old = [other.checked for other in group]
        was_on = controls.is_checked(control)
        is_on = controls.kind_of(control) == "radio" or not was_on
        controls.check(control, is_on)
        event = self.fire("click", element)
        if event.is_prevented:  # the browser undoes the choice
            for other, checked in zip(group, old, strict=True):
                other.checked = checked
        elif is_on != was_on:
            self._changed(control)

    def drag(self, element: DomElement, target: DomElement) -> None:
        """Drag one element onto another."""
        _reachable(element)
        _reachable(target)
        before = self.browser.heard
        source = next((node for node in element.ancestors() if node.get("draggable") == "true"), None)
        if source is None:
            raise QueryError(f'{excerpt(element, 300)} cannot be dragged: it has no draggable="true"')
        self.fire("dragstart", element)
        self.fire("dragenter", target)
        if not self.fire("dragover", target).is_prevented:
            raise QueryError(f"nothing can be dropped on {target.start_tag()}: bind @dragover.prevent there")
        self.fire("drop", target)
        self.fire("dragend", element)
        self.must_be_heard(before, target, "drop")

    # Keyboard

    def focus(self, element: DomElement | None) -> None:
        """Move the focus, with the events that this causes."""
        self.browser.focus(element)

    def fill(self, control: DomElement, value: str) -> None:
        """Replace the content of a control by typing."""
        _usable(control)
        _check_text(control, value)
        self.focus(control)
        if value and controls.is_typed(control):
            self.fire("keydown", control, key=value[-1])
        control.typed = value
        self._changed(control)
        if value and controls.is_typed(control):
            self.fire("keyup", control, key=value[-1])

    def _changed(self, control: DomElement) -> None:
        self.browser.touch()
        self.browser.keyed = None
        self.fire("input", control)
        self.fire("change", control)

    def keydown(self, element: DomElement, keys: str) -> None:
        """Press and release a key: ``"Enter"`` or ``"ctrl+s"``."""
        _reachable(element)
        if controls.is_disabled(element):
            raise QueryError(f"{element.start_tag()} is disabled: it gets no keys")
        self.focus(element)
        before = self.browser.heard
        *chords, key = [keys] if len(keys) == 1 else keys.split("+")
        held = frozenset(_chord(word) for word in chords)
        key = KEY_VALUES.get(key.lower(), key)
        is_done = False
        if not self.fire("keydown", element, key=key, chords=held).is_prevented:
            is_done = self._press(element, key, held)
        self.fire("keyup", element, key=key, chords=held)
        if not is_done:
            self.must_be_heard(before, element, "keydown", "keyup", "submit", "click")

    def _press(self, element: DomElement, key: str, held: frozenset[str]) -> bool:
        """Do what a browser itself does for a key. Returns whether that changed anything."""
        if key == "Escape" and self.browser.dialogs.escape():
            return True
        if key == "Enter" and element.tag == "input" and not controls.is_button(element):
            self.browser.change_keyed()
            form = controls.form_of(element)
            return form is not None and self._submit_by_key(form)
        if (key == "Enter" and _is_button(element)) or (
            key == " " and (_is_button(element) or controls.is_choice(element))
        ):
            return self._activate(element, element) or controls.is_choice(element)
        if len(key) == 1 and controls.is_typed(element) and not held & {"ctrl", "alt", "meta"}:
            value = controls.value_of(element) + key
            if _is_too_long(element, value):
                return False
            element.typed, self.browser.keyed = value, element
            self.browser.touch()
            self.fire("input", element)
            return True
        return False

    def _submit_by_key(self, form: DomElement) -> bool:
        """Enter in a field clicks the first submit button of its form, or submits a form of one field."""
        buttons = controls.submit_buttons(form)
        if buttons and not controls.is_disabled(buttons[0]):
            return self._activate(buttons[0], buttons[0])
        is_alone = not buttons and sum(map(controls.is_typed, controls.controls_of(form))) == 1
        return is_alone and self._submit(form, None)

    # Forms

    def check(self, control: DomElement, is_on: bool) -> None:
        """Click a checkbox or radio button if it is not yet in the wanted state."""
        _usable(control)
        if not controls.is_choice(control):
            raise QueryError(f"{control.start_tag()} is not a checkbox or radio button")
        if controls.kind_of(control) == "radio" and not is_on:
            raise QueryError(f"{control.start_tag()}: a radio button is unchecked by checking another one")
        if controls.is_checked(control) != is_on:
            self.click(control)

    def select(self, select: DomElement, wanted: Iterable[str]) -> None:
        """Choose options by value or label."""
        _usable(select)
        if select.tag != "select":
            raise QueryError(f"{select.start_tag()} is not a <select>")
        chosen = [_option(select, value) for value in wanted]
        if len(chosen) != 1 and not select.has("multiple"):
            raise QueryError(f"{select.start_tag()} takes one option, not {len(chosen)}")
        self.focus(select)
        controls.choose(select, chosen)
        self._changed(select)

    def submit(self, element: DomElement) -> None:
        """Submit a form by its first submit button, as Enter does, or by the button that is given."""
        before = self.browser.heard
        if element.tag == "form":
            if buttons := controls.submit_buttons(element):
                _enabled(buttons[0], "click")
                is_closed = self._activate(buttons[0], buttons[0])
            else:
                is_closed = self._submit(element, None)
        elif _is_button(element):
            self.click(element)
            return
        else:
            raise QueryError(f"{element.start_tag()} is not a form or submit button")
        if not is_closed:
            self.must_be_heard(before, element, "submit")

    def _submit(self, form: DomElement, submitter: DomElement | None) -> bool:
        """Submit a form. Returns whether that has closed the dialog around it."""
        problem = refusal(form, submitter)
        if problem:
            raise QueryError(f"the browser would not submit this form: {problem}.\n{excerpt(form)}")
        event = self.fire("submit", form, submitter=submitter)
        dialog = form.closest("dialog")
        if dialog is None or event.is_prevented or not event.closes_dialog:
            return False
        self.browser.dialogs.close(dialog)
        return True


# What a user cannot do -------------------------------------------------------------------------------------


def _reachable(element: DomElement) -> None:
    """Raises ``QueryError`` if the element cannot be seen or reached."""
    if reason := obstacle(element):
        raise QueryError(f"{element.start_tag()} cannot be reached: {reason}")


def _enabled(element: DomElement, verb: str) -> None:
    """Raises ``QueryError`` if the element cannot be reached or is disabled."""
    _reachable(element)
    if element.held == "disabled" or controls.is_disabled(element):
        raise QueryError(f"{element.start_tag()} is disabled: a user cannot {verb} it")


def _chord(word: str) -> str:
    """The modifier key of this name: ``cmd`` is ``"meta"``. Raises ``QueryError`` if there is none."""
    name = "ctrl" if word.lower() == "control" else key_name(word)
    if name not in CHORDS:
        raise QueryError(f"{word!r} is not a modifier key. Available: {', '.join(sorted(CHORDS))}")
    return name


def _usable(control: DomElement) -> None:
    """Raises ``QueryError`` if a user cannot change the control."""
    _enabled(control, "change")
    if control.has("readonly") and controls.is_typed(control):
        raise QueryError(f"{control.start_tag()} is read-only: a user cannot change it")


def _check_text(control: DomElement, value: str) -> None:
    """Raises ``QueryError`` if a user cannot type this text into the control."""
    if not (controls.is_typed(control) or controls.is_settable(control)):
        verb = (
            "check()" if controls.is_choice(control) else "select()" if control.tag == "select" else "click()"
        )
        raise QueryError(f"{control.start_tag()} is not a text field: use {verb}")
    if _is_too_long(control, value):
        limit, units = control.get("maxlength"), utf16_length(value)
        raise QueryError(
            f"{control.start_tag()} takes {limit} characters (UTF-16 units), {value!r} has {units}"
        )
    if "\n" in value and control.tag == "input":
        raise QueryError(f"{control.start_tag()} takes one line, not {value!r}")
    if controls.kind_of(control) in ("number", "range") and value:
        try:
            float(value)
        except ValueError:
            raise QueryError(f"{control.start_tag()} takes a number, not {value!r}") from None


def _is_too_long(control: DomElement, value: str) -> bool:
    """Is a text longer than ``maxlength``? It counts UTF-16 units: an emoji has two or more."""
    limit = control.get("maxlength") or ""
    is_limited = limit.isdigit() and controls.kind_of(control) != "number"
    return is_limited and utf16_length(value) > int(limit)


def _option(select: DomElement, wanted: str) -> DomElement:
    """The option with this value or label. Raises ``QueryError`` if there is none, or it is disabled."""
    options = controls.options_of(select)
    for option in options:
        if wanted == controls.option_value(option) or wanted == option.text():
            if controls.is_disabled(option):
                raise QueryError(f"the option {wanted!r} of {select.start_tag()} is disabled")
            return option
    known = ", ".join(repr(controls.option_value(option)) for option in options)
    raise QueryError(f"{select.start_tag()} has no option {wanted!r}. Available: {known or 'none'}")


def _is_button(element: DomElement) -> bool:
    return controls.is_control(element) and controls.is_button(element)


def _is_active(element: DomElement) -> bool:
    """Does a click on it, or on something inside it, do more than fire an event?"""
    return element.tag == "label" or _is_button(element) or controls.is_choice(element)


def _labelled(label: DomElement) -> DomElement | None:
    """The control that a label is for."""
    *_, top = label.ancestors()
    if (name := label.get("for")) is not None:
        return next((element for element in top.elements() if element.get("id") == name), None)
    return next((element for element in label.elements() if controls.is_control(element)), None)
