"""Do two texts say the same? The rules of ``runtime_js/sameness.js``.

A server that converts what is typed writes it in its own way, and while somebody is typing this is no reason to write
it into the field::

    12 and 12.00     1000 and 1,000     1,5 and 1.50     9:30 and 09:30:00     12 and 12 %     "a " and "a"
"""

from __future__ import annotations

import math
import re
from itertools import dropwhile
from typing import Final

_SPACE: Final = re.compile(r"[\s\ufeff]")
_EXPONENT: Final = re.compile(r"(\d)e(?=[+-]?\d)", re.IGNORECASE | re.ASCII)
_NOT_OF_A_NUMBER: Final = re.compile(r"[^\d.,+-]", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r",(?!\d{3}\b)", re.ASCII)
_DECIMAL_POINT: Final = re.compile(r"\.(?!\d{3}\b)", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_TIME: Final = re.compile(r"\d:\d|\d\D\d+\D\d", re.ASCII)
_BEFORE_TIME: Final = re.compile(r"(\d)T(?=\d)", re.IGNORECASE | re.ASCII)


def says_same(text: str, value: str) -> bool:
    """Does ``text``, which was typed, say the same as the server's ``value``? An empty one does as no other text."""
    if text == value:
        return True
    if not (text and value):
        return False
    return _is_spaced_alike(text, value) or _is_same_number(text, value) or _is_same_time(text, value)


def _is_spaced_alike(text: str, value: str) -> bool:
    return _SPACE.sub("", text) == _SPACE.sub("", value)


def _letters_of(text: str) -> str:
    return "".join(filter(str.isalpha, _EXPONENT.sub(r"\1", text)))


def _is_same_unit(text: str, value: str) -> bool:
    """Letters are units; those of a text may still be missing."""
    return _letters_of(value).startswith(_letters_of(text))


def _is_same_number(text: str, value: str) -> bool:
    return _is_same_unit(text, value) and not _numbers_in(text).isdisjoint(_numbers_in(value))


def _numbers_in(text: str) -> set[float]:
    """The numbers that a text may stand for: points and commas may be before decimals, or between thousands."""
    plain = _NOT_OF_A_NUMBER.sub("", text)
    readings = [text.strip()]
    if not _DECIMAL_COMMA.search(plain):
        readings.append(plain.replace(",", ""))
    if not _DECIMAL_POINT.search(plain):
        readings.append(plain.replace(".", "").replace(",", ".", 1))
    numbers = (float(reading) for reading in readings if _NUMBER.fullmatch(reading))
    return set(filter(math.isfinite, numbers))


def _parts_of(text: str) -> list[int]:
    """Parts of a date or a time, without zeros at the end: seconds may be missing."""
    parts = [int(digits) for digits in _DIGITS.findall(text)]
    kept = list(dropwhile(lambda part: part == 0, parts[:0:-1]))[::-1]
    return [*parts[:1], *kept]


def _is_same_time(text: str, value: str) -> bool:
    is_alike = _TIME.search(value) is not None and _parts_of(text) == _parts_of(value)
    return is_alike and _is_same_unit(_BEFORE_TIME.sub(r"\1", text), value)
