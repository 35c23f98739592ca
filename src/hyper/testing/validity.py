"""Constraint validation, as far as attributes define it: why a browser would not submit a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from hyper.diff.texts import utf16_length
from hyper.dom.controls import (
    controls_of,
    default_value,
    group_of,
    is_button,
    is_checked,
    is_disabled,
    kind_of,
    value_of,
)
from hyper.dom.elements import DomElement

_EMAIL: Final = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d-]+(\.[a-zA-Z\d-]+)*", re.ASCII)
_URL: Final = re.compile(r"[a-zA-Z][a-zA-Z\d+.-]*:\S+")


def refusal(form: DomElement, submitter: DomElement | None) -> str | None:
    """Which field keeps the form from being submitted, and why; ``None`` if it would be submitted."""
    if form.has("novalidate") or (submitter is not None and submitter.has("formnovalidate")):
        return None
    for control in controls_of(form):
        if not (is_button(control) or is_disabled(control) or control.has("readonly")):
            problem = problem_of(control)
            if problem:
                return f"{control.start_tag()} {problem}"
    return None


def problem_of(control: DomElement) -> str | None:
    """Why a control is not valid, as a browser would say; ``None`` if it is valid."""
    if _is_missing(control):
        return "is required and empty"
    value = value_of(control)
    if not value or control.tag == "select":
        return None
    return next((text for test, text in _TESTS if test(control, value)), None)


def _is_missing(control: DomElement) -> bool:
    if kind_of(control) == "radio":
        group = group_of(control)
        return any(item.has("required") for item in group) and not any(is_checked(item) for item in group)
    if not control.has("required"):
        return False
    return not (is_checked(control) if kind_of(control) == "checkbox" else value_of(control))


def _is_short(control: DomElement, value: str) -> bool:
    """Is a text shorter than ``minlength``? One that the server has given never is."""
    limit = control.get("minlength") or ""
    is_typed = control.typed is not None and value != default_value(control)
    return is_typed and limit.isdigit() and utf16_length(value) < int(limit)


def _breaks_pattern(control: DomElement, value: str) -> bool:
    pattern = control.get("pattern")
    return pattern is not None and not re.fullmatch(pattern, value)


def _is_out_of(name: str, is_worse: Callable[[float, float], bool]) -> Callable[[DomElement, str], bool]:
    def test(control: DomElement, value: str) -> bool:
        limit = control.get(name)
        return (
            kind_of(control) in ("number", "range")
            and limit is not None
            and is_worse(float(value), float(limit))
        )

    return test


_TESTS: Final[tuple[tuple[Callable[[DomElement, str], bool], str], ...]] = (
    (
        lambda control, value: kind_of(control) == "email" and not _EMAIL.fullmatch(value),
        "is not an e-mail address",
    ),
    (lambda control, value: kind_of(control) == "url" and not _URL.fullmatch(value), "is not a URL"),
    (_is_short, "is shorter than its minlength"),
    (_breaks_pattern, "does not match its pattern"),
    (_is_out_of("min", float.__lt__), "is below its min"),
    (_is_out_of("max", float.__gt__), "is above its max"),
)
