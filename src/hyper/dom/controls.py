"""Form controls as browsers have them: what they show, what a form sends, what a user may change.

Knows elements, but no events and no patches. The rules are those of the HTML Standard (4.10), as far as the forms
of applications need them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hyper.dom.elements import DomElement

CONTROLS: Final = frozenset({"input", "select", "textarea", "button"})
_BUTTONS: Final = frozenset({"submit", "button", "reset", "image"})
_UNTYPED: Final = frozenset({"checkbox", "radio", "file", "hidden", "range", "color", *_BUTTONS})


def kind_of(control: DomElement) -> str:
    """``"text"``, ``"checkbox"``, ``"select-one"``, ``"submit"``: a control's type as scripts see it."""
    if control.tag == "select":
        return "select-multiple" if control.has("multiple") else "select-one"
    if control.tag == "textarea":
        return "textarea"
    return (control.get("type") or ("submit" if control.tag == "button" else "text")).lower()


def is_control(element: DomElement) -> bool:
    return element.tag in CONTROLS


def is_choice(control: DomElement) -> bool:
    return control.tag == "input" and kind_of(control) in ("checkbox", "radio")


def is_button(control: DomElement) -> bool:
    return control.tag in ("input", "button") and kind_of(control) in _BUTTONS


def is_submit(control: DomElement) -> bool:
    return control.tag in ("input", "button") and kind_of(control) in ("submit", "image")


def is_typed(control: DomElement) -> bool:
    """Can a user put any text in?"""
    return control.tag == "textarea" or (control.tag == "input" and kind_of(control) not in _UNTYPED)


def is_settable(control: DomElement) -> bool:
    """Has it a value that a user sets as a whole, by a slider or a dialog?"""
    return control.tag == "input" and kind_of(control) in ("range", "color")


def is_disabled(element: DomElement) -> bool:
    """By itself, or by a ``<fieldset>`` around it (except in its first legend)."""
    if element.tag in (*CONTROLS, "option", "optgroup", "fieldset") and element.has("disabled"):
        return True
    if element.tag not in CONTROLS:
        return False
    inner = element
    for outer in element.ancestors():
        if outer.tag == "fieldset" and outer.has("disabled") and not _is_first_legend(inner, outer):
            return True
        inner = outer
    return False


def _is_first_legend(inner: DomElement, fieldset: DomElement) -> bool:
    legends = [
        child for child in fieldset.children if isinstance(child, DomElement) and child.tag == "legend"
    ]
    return bool(legends) and legends[0] is inner


# Forms ------------------------------------------------------------------------------------------------------


def form_of(element: DomElement) -> DomElement | None:
    """The form that an element belongs to: named by its ``form`` attribute, or around it."""
    name = element.get("form") if is_control(element) else None
    if name is None:
        return element.closest("form")
    *_, top = element.ancestors()
    return next((other for other in top.elements() if other.tag == "form" and other.get("id") == name), None)


def controls_of(form: DomElement) -> list[DomElement]:
    """The controls that belong to a form, in document order."""
    *_, top = form.ancestors()
    return [element for element in top.elements() if is_control(element) and form_of(element) is form]


def controls_near(element: DomElement) -> list[DomElement]:
    """The controls of the form around an element, or the element itself."""
    form = form_of(element)
    return controls_of(form) if form else [element] if is_control(element) else []


def group_of(radio: DomElement) -> list[DomElement]:
    """The radio buttons of which one can be checked."""
    form = form_of(radio)
    *_, top = radio.ancestors()
    return [
        other
        for other in top.elements()
        if other.tag == "input"
        and kind_of(other) == "radio"
        and other.get("name") == radio.get("name")
        and form_of(other) is form
    ]


# What controls show -----------------------------------------------------------------------------------------


def default_value(control: DomElement) -> str:
    """What a text field shows before anybody types."""
    if control.tag == "textarea":
        return control.raw_text()
    return control.get("value") or ""


def value_of(control: DomElement) -> str:
    """What a control shows, or stands for."""
    if control.tag == "select":
        chosen = selected_options(control)
        return option_value(chosen[0]) if chosen else ""
    if is_choice(control):
        return control.attributes.get("value", "on")
    return default_value(control) if control.typed is None else control.typed


def is_checked(control: DomElement) -> bool:
    return control.has("checked") if control.checked is None else control.checked


def options_of(select: DomElement) -> list[DomElement]:
    return [element for element in select.elements() if element.tag == "option"]


def option_value(option: DomElement) -> str:
    value = option.get("value")
    return option.text() if value is None else value


def is_selected(option: DomElement) -> bool:
    """Is it marked? A ``<select>`` without a marked option shows its first one."""
    return option.has("selected") if option.selected is None else option.selected


def selected_options(select: DomElement) -> list[DomElement]:
    """The options that are shown as chosen."""
    options = options_of(select)
    marked = [option for option in options if is_selected(option)]
    if select.has("multiple"):
        return marked
    return marked[-1:] or [option for option in options if not is_disabled(option)][:1]


def values_of(controls: Sequence[DomElement]) -> object:
    """What the controls of one name say: a text, a truth value, or a list where there may be several."""
    first = controls[0]
    for control in controls:
        report(control)
    if kind_of(first) == "select-multiple":
        return [option_value(option) for option in selected_options(first)]
    if not is_choice(first):
        texts = [value_of(control) for control in controls]
        return texts if len(texts) > 1 else texts[0]
    checked = [value_of(control) for control in controls if is_checked(control)]
    if kind_of(first) == "radio":
        return checked[0] if checked else None
    if len(controls) > 1:
        return checked
    if not first.has("value"):
        return is_checked(first)
    return checked[0] if checked else None


def report(control: DomElement) -> None:
    """Note that the server is told what a control shows."""
    control.reported = value_of(control)


# What a user changes ----------------------------------------------------------------------------------------


def check(control: DomElement, is_on: bool) -> None:
    """Tick a checkbox or take the tick away; a radio button unticks the others of its group."""
    if is_on and kind_of(control) == "radio":
        for other in group_of(control):
            other.checked = other is control
    control.checked = is_on


def choose(select: DomElement, chosen: Sequence[DomElement]) -> None:
    """Mark exactly these options."""
    for option in options_of(select):
        option.selected = any(option is other for other in chosen)


def reset(form: DomElement) -> None:
    """Show what the attributes say."""
    for control in controls_of(form):
        control.typed = control.checked = None
        for option in options_of(control):
            option.selected = None
