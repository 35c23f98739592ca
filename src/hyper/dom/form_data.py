"""What a browser sends for a form: ``new FormData(form, submitter)``, without files.

    <form><input name="a" value="1"><input type="checkbox" name="b"><button name="c">   →   [("a", "1"), ("c", "")]

HTML Standard, 4.10.22.4 "Constructing the entry list". What scripts add there is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator

from hyper.dom.controls import (
    controls_of,
    is_button,
    is_checked,
    is_choice,
    is_disabled,
    is_file,
    is_hidden_field,
    kind_of,
    option_value,
    selected_options,
    value_of,
)
from hyper.dom.elements import DomElement

FormEntry = tuple[str, str]
"""The name and the text of a field."""


def form_data(form: DomElement, submitter: DomElement | None = None) -> list[FormEntry]:
    """The fields of a form in their order, as they are sent when it is submitted by ``submitter``."""
    return [entry for control in controls_of(form) for entry in _entries_of(control, submitter)]


def _entries_of(control: DomElement, submitter: DomElement | None) -> Iterator[FormEntry]:
    name = control.get("name") or ""
    if is_disabled(control) or control.closest("datalist") or is_file(control):
        return
    if is_button(control):
        if control is submitter:
            yield from _pressed(control, name)
    elif not name or (is_choice(control) and not is_checked(control)):
        return
    elif control.tag == "select":
        for option in selected_options(control):
            if not is_disabled(option):
                yield name, option_value(option)
    elif name.lower() == "_charset_" and is_hidden_field(control):
        yield name, "UTF-8"
    else:
        yield name, value_of(control)
        yield from _direction(control)


def _pressed(button: DomElement, name: str) -> Iterator[FormEntry]:
    """Of a picture that is pressed, where: in its corner, as by the keyboard."""
    if kind_of(button) == "image":
        prefix = f"{name}." if name else ""
        yield from ((f"{prefix}{axis}", "0") for axis in "xy")
    elif name:
        yield name, value_of(button)


def _direction(control: DomElement) -> Iterator[FormEntry]:
    """The direction of what is typed, under the name that ``dirname`` asks for."""
    asked = control.get("dirname")
    if asked:
        around = (node.get("dir") for node in control.ancestors())
        yield asked, "rtl" if next(filter(None, around), "").lower() == "rtl" else "ltr"
