"""Form controls as browsers have them: the state they show, what a form sends, what a user may change.

Knows elements, but no events and no patches. The rules are those of the HTML Standard (4.10), as far as the forms
of applications need them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from hyper.dom.elements import DomElement
from hyper.dom.values import sanitized
from hyper.vdom import browser_rules as rules

_NOT_TYPED: Final = (
    rules.CHOICE_TYPES | rules.BUTTON_TYPES | rules.FILE_TYPES | rules.HIDDEN_TYPES | rules.SETTABLE_TYPES
)


def kind_of(control: DomElement) -> str:
    """``"text"``, ``"checkbox"``, ``"select-one"``, ``"submit"``: a control's type as scripts see it."""
    is_multiple = control.tag == "select" and control.has("multiple")
    return rules.control_type(control.tag, control.get("type"), is_multiple=is_multiple)


def is_control(element: DomElement) -> bool:
    """Is it an ``<input>``, ``<select>``, ``<textarea>`` or ``<button>``?"""
    return element.tag in rules.CONTROL_TAGS


def is_choice(element: DomElement) -> bool:
    """Is it a checkbox or radio button?"""
    return element.tag == "input" and kind_of(element) in rules.CHOICE_TYPES


def is_button(element: DomElement) -> bool:
    """Is it a control that is clicked, not filled in?"""
    return element.tag in ("input", "button") and kind_of(element) in rules.BUTTON_TYPES


def is_submit(element: DomElement) -> bool:
    """Is it a button that submits its form?"""
    return element.tag in ("input", "button") and kind_of(element) in rules.SUBMIT_TYPES


def is_file(control: DomElement) -> bool:
    """Is it a control for files, which are never sent in an event?"""
    return kind_of(control) in rules.FILE_TYPES


def is_hidden_field(element: DomElement) -> bool:
    """Is it a control with ``type="hidden"``?"""
    return element.tag == "input" and kind_of(element) in rules.HIDDEN_TYPES


def is_typed(element: DomElement) -> bool:
    """Can a user type any text into it?"""
    return element.tag == "textarea" or (element.tag == "input" and kind_of(element) not in _NOT_TYPED)


def is_settable(element: DomElement) -> bool:
    """Does a user set its value as a whole, by a slider or a dialog?"""
    return element.tag == "input" and kind_of(element) in rules.SETTABLE_TYPES


def is_disabled(element: DomElement) -> bool:
    """Is it disabled, or in a disabled ``<fieldset>`` (but not in the first legend of that) or ``<optgroup>``?"""
    if element.tag in rules.DISABLED_TAGS and element.has("disabled"):
        return True
    if element.tag == "option":
        group = element.closest("optgroup")
        return group is not None and group.has("disabled")
    if element.tag not in rules.CONTROL_TAGS:
        return False
    inner = element
    for outer in element.ancestors():
        if outer.tag == "fieldset" and outer.has("disabled") and not _is_first_legend(inner, outer):
            return True
        inner = outer
    return False


def is_out_of_use(element: DomElement) -> bool:
    """Is it disabled, or in something with ``inert``? Users cannot change it, and it calls no handlers."""
    return is_disabled(element) or any(node.has("inert") for node in (element, *element.ancestors()))


def _is_first_legend(inner: DomElement, fieldset: DomElement) -> bool:
    legends = [
        child for child in fieldset.children if isinstance(child, DomElement) and child.tag == "legend"
    ]
    return bool(legends) and legends[0] is inner


# Forms ------------------------------------------------------------------------------------------------------


def form_of(element: DomElement) -> DomElement | None:
    """The form that an element belongs to: the one that its ``form`` attribute names, else the one around it."""
    name = element.get("form") if is_control(element) else None
    if name is None:
        return element.closest("form")
    *_, top = element.ancestors()
    return next((other for other in top.elements() if other.tag == "form" and other.get("id") == name), None)


def controls_of(form: DomElement) -> list[DomElement]:
    """The controls that belong to a form, in document order."""
    *_, top = form.ancestors()
    return [element for element in top.elements() if is_control(element) and form_of(element) is form]


def submit_buttons(form: DomElement) -> list[DomElement]:
    """The buttons that submit a form, in document order."""
    return [control for control in controls_of(form) if is_submit(control)]


def is_shut(form: DomElement) -> bool:
    """Has a form buttons that submit it, all of them out of use? Enter in a field does nothing then, either."""
    buttons = submit_buttons(form)
    return bool(buttons) and all(map(is_out_of_use, buttons))


def controls_near(element: DomElement) -> list[DomElement]:
    """The controls of the form around an element, or the element itself."""
    form = form_of(element)
    return controls_of(form) if form else [element] if is_control(element) else []


def group_of(radio: DomElement) -> list[DomElement]:
    """The radio buttons of one group, in which at most one is checked: those of the same name in the same form."""
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
    """The text of a control that the server has written: what it shows until the user types, but for its type."""
    if control.tag == "textarea":
        return control.raw_text()
    return control.get("value") or ""


def value_of(control: DomElement) -> str:
    """The value of a control: the text that it shows; for a checkbox or radio button its value, ticked or not."""
    if control.tag == "select":
        chosen = selected_options(control)
        return option_value(chosen[0]) if chosen else ""
    if is_choice(control):
        return control.attributes.get("value", rules.CHOICE_WITHOUT_VALUE)
    text = default_value(control) if control.typed is None else control.typed
    return sanitized(kind_of(control), text, control.attributes) if control.tag == "input" else text


def is_checked(control: DomElement) -> bool:
    """Is a checkbox or radio button ticked?"""
    return control.has("checked") if control.checked is None else control.checked


def options_of(select: DomElement) -> list[DomElement]:
    """All options of a ``<select>``, also those in groups."""
    return [element for element in select.elements() if element.tag == "option"]


def option_value(option: DomElement) -> str:
    """The value of an option: its ``value`` attribute, else its text."""
    return rules.option_value(option.get("value"), option.raw_text())


def state_name(control: DomElement) -> str | None:
    """The attribute with a control's initial state: ``"checked"``, ``"selected"`` (on its options) or ``"value"``.

    ``None`` for a control without a state, such as a button.
    """
    return None if control.tag == "button" else rules.state_name(kind_of(control))


def is_selected(option: DomElement) -> bool:
    """Is an option marked? (A ``<select>`` without a marked option shows its first one.)"""
    return option.has("selected") if option.selected is None else option.selected


def selected_options(select: DomElement) -> list[DomElement]:
    """The options that a ``<select>`` shows as chosen."""
    options = options_of(select)
    marked = [option for option in options if is_selected(option)]
    if select.has("multiple"):
        return marked
    if is_list(select) or select.selected is False:
        return marked[-1:]
    return marked[-1:] or [option for option in options if not is_disabled(option)][:1]


def is_list(select: DomElement) -> bool:
    """Does a ``<select>`` show several options at once? Then it has none chosen until somebody chooses."""
    size = select.get("size") or ""
    return select.has("multiple") or (size.isdigit() and int(size) > 1)


def values_of(controls: Sequence[DomElement], sent: Sequence[str] | None = None) -> object:
    """The joint value of the controls of one name: a text, a truth value, or a list if there may be several.

    ``sent`` are the texts that their form sends for them, if they are in one. Notes that it is sent to the server.
    """
    first = controls[0]
    for control in controls:
        report(control)
    if len(controls) == 1 and kind_of(first) == "checkbox" and not first.has("value"):
        return is_checked(first)
    values = [text for control in controls for text in _texts_of(control)] if sent is None else [*sent]
    is_several = len(controls) > 1 and kind_of(first) != "radio"
    if len(values) > 1 or first.has("multiple") or is_several:
        return values
    return values[0] if values else None


def _texts_of(control: DomElement) -> list[str]:
    """What a control says: the options that are chosen, nothing if it is not ticked, else its text."""
    if control.tag == "select":
        return [option_value(option) for option in selected_options(control)]
    return [] if is_choice(control) and not is_checked(control) else [value_of(control)]


def report(control: DomElement) -> None:
    """Note that the state of a control is sent to the server."""
    control.reported = state_of(control)


def state_of(control: DomElement) -> str:
    """What a user changes in a control, as a text: its value, whether it is ticked, or which options are chosen."""
    if control.tag == "select":
        chosen = selected_options(control)
        return ",".join(str(any(option is other for other in chosen)) for option in options_of(control))
    return str(is_checked(control)) if is_choice(control) else value_of(control)


# What a user changes ----------------------------------------------------------------------------------------


def check(control: DomElement, is_on: bool) -> None:
    """Set whether a checkbox or radio button is ticked. A ticked radio button unticks the others of its group."""
    if is_on and kind_of(control) == "radio":
        for other in group_of(control):
            other.checked = other is control
    control.checked = is_on


def choose(select: DomElement, chosen: Sequence[DomElement]) -> None:
    """Mark exactly these options. A ``<select>`` that shows one chooses its first where nothing is marked."""
    select.selected = None
    for option in options_of(select):
        option.selected = any(option is other for other in chosen)


def choose_nothing(select: DomElement) -> None:
    """Let a ``<select>`` show no option, as a script can."""
    choose(select, [])
    select.selected = False


def reset(form: DomElement) -> None:
    """Reset the controls of a form to their attributes."""
    for control in controls_of(form):
        control.typed = control.checked = None
        for holder in (control, *options_of(control)):
            holder.selected = None
