"""What browsers make of the text of an ``<input>`` before they show it: value sanitization, HTML Standard 4.10.5.1.

sanitized("number", "12 eggs")      ->  ""
sanitized("color", "#FF0000")       ->  "#ff0000"
sanitized("date", "2026-02-30")     ->  ""
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Final

_NUMBER: Final = re.compile(r"-?(\d+(\.\d+)?|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_COLOR: Final = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,3})?)?", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MONTH: Final = re.compile(r"\d{4}-\d\d", re.ASCII)
_WEEK: Final = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_NO_SECONDS: Final = re.compile(r":00(\.0+)?$")
_LINES: Final = str.maketrans("", "", "\r\n")


def sanitized(kind: str, text: str, attributes: Mapping[str, str] | None = None) -> str:
    """The value that an ``<input>`` of this type shows for a text. A range has its limits in ``attributes``."""
    if kind == "range":
        return _range(text, attributes or {})
    sanitize = _SANITIZERS.get(kind)
    return text if sanitize is None else sanitize(text)


def _line(text: str) -> str:
    return text.translate(_LINES)


def _trimmed(text: str) -> str:
    return _line(text).strip(" \t\f")


def _number(text: str) -> str:
    number = _float(text)
    return "" if number is None else text


def _float(text: str | None) -> float | None:
    if text is None or not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _range(text: str, attributes: Mapping[str, str]) -> str:
    low, high = _float(attributes.get("min")) or 0.0, _float(attributes.get("max"))
    high = max(low, 100.0 if high is None else high)
    number = _float(text)
    number = low + (high - low) / 2 if number is None else min(max(number, low), high)
    number = _on_step(number, low, high, attributes)
    return str(int(number)) if number.is_integer() else repr(round(number, 10))


def _on_step(number: float, low: float, high: float, attributes: Mapping[str, str]) -> float:
    """The nearest number within the limits that is whole steps from ``min`` or, without one, from ``value``."""
    step = _float(attributes.get("step")) or 1.0
    if attributes.get("step") == "any" or step <= 0:
        return number
    bases = (_float(attributes.get(name)) for name in ("min", "value"))
    base = next((base for base in bases if base is not None), 0.0)
    near = base + math.floor((number - base) / step + 0.5) * step
    near += step * ((near < low) - (near > high))
    return near if low <= near <= high else number


def _color(text: str) -> str:
    return text.lower() if _COLOR.fullmatch(text) else "#000000"


def _checked(pattern: re.Pattern[str], read: Callable[[str], object]) -> Callable[[str], str]:
    """A function that returns its text if it has this form and can be read, else ``""``."""

    def check(text: str) -> str:
        with suppress(ValueError):
            if pattern.fullmatch(text):
                read(text)
                return text
        return ""

    return check


def _week(text: str) -> object:
    found = _WEEK.fullmatch(text)
    assert found is not None
    return date.fromisocalendar(int(found[1]), int(found[2]), 1)


_day: Final = _checked(_DATE, date.fromisoformat)
_clock: Final = _checked(_TIME, str)  # what has that form is a time


def _day_and_time(text: str) -> str:
    day, _, clock = text.replace(" ", "T", 1).partition("T")
    is_valid = _day(day) and _clock(clock)
    return f"{day}T{clock[:5]}{_NO_SECONDS.sub('', clock[5:])}" if is_valid else ""


_SANITIZERS: Final[Mapping[str, Callable[[str], str]]] = {
    **dict.fromkeys(("text", "search", "tel", "password"), _line),
    **dict.fromkeys(("url", "email"), _trimmed),
    "number": _number,
    "color": _color,
    "date": _day,
    "time": _clock,
    "month": _checked(_MONTH, lambda text: datetime.strptime(text, "%Y-%m")),
    "week": _checked(_WEEK, _week),
    "datetime-local": _day_and_time,
}
