"""Numbers in event attributes that a browser would change, in a form that it passes on as it is.

    @click="take({item.id})"     7                     →   take(7)
                                 9007199254740993      →   take({"$int": "9007199254740993"})
                                 1.0                   →   take({"$float": "1.0"})
                                 Decimal("0.30")       →   take({"$decimal": "0.30"})

JavaScript has one type of number, a double: it reads 9007199254740993 as 9007199254740992, and writes 1.0 as 1 and -0.0
as 0. So these travel as text, as in MongoDB's Extended JSON, and ``exact_number`` makes them numbers again. The browser
does not need to know. These three names are all that there are: a message can name no other type.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final, TypeAlias

from ..errors import TemplateError

Number: TypeAlias = "int | float | Decimal"

LAST_EXACT_INTEGER: Final = 2**53
"""Up to here a double holds every whole number."""
MAX_DIGITS: Final = 4300
"""Digits of a number, also of one that is written with an exponent: Python's own limit for reading an ``int``."""
FIRST_WITH_EXPONENT: Final = 1e21
"""From here on JavaScript writes whole numbers with an exponent (ECMA-262, Number::toString), so they stay floats."""

_INT: Final = re.compile(r"-?[0-9]+")
_REAL: Final = re.compile(
    r"-?(?:[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|nan|inf|NaN|sNaN|Infinity)", re.IGNORECASE
)
_IN_CALL: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|\[[^]]*\]|\{[^}]*\}"
    r"|(?<![\w.])(?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?![\w.])",
    re.DOTALL,
)
"""Texts, lists and objects, which stay as they are, and numbers."""
_TYPES: Final[Mapping[str, tuple[re.Pattern[str], Callable[[str], Number]]]] = {
    "$int": (_INT, int),
    "$float": (_REAL, float),
    "$decimal": (_REAL, Decimal),
}


def number_literal(value: Number) -> str:
    """A number as an argument in an event attribute.

    >>> number_literal(7), number_literal(2**53 + 1), number_literal(0.5)
    ('7', '{"$int":"9007199254740993"}', '0.5')

    Raises ``TemplateError`` if it has more digits than can be read again.
    """
    name, text = _named(value)
    if not name:
        return text
    if exact_number({name: text}) is None:
        raise TemplateError(
            f"an event's argument is {text[:40]}, which has more than {MAX_DIGITS} digits or is none"
        )
    return f'{{"{name}":"{text}"}}'


def _named(value: Number) -> tuple[str, str]:
    """The name of the number's type, ``""`` where a browser does not change it; and its text."""
    if isinstance(value, Decimal):
        return "$decimal", str(value)
    if isinstance(value, float):
        text = float.__repr__(value)
        is_kept = not value.is_integer() if abs(value) < FIRST_WITH_EXPONENT else math.isfinite(value)
        return "" if is_kept else "$float", text
    try:
        text = int.__repr__(value)
    except ValueError:
        raise TemplateError(f"an event's argument is a number of more than {MAX_DIGITS} digits") from None
    return "" if abs(value) <= LAST_EXACT_INTEGER else "$int", text


def exact_number(value: object) -> Number | None:
    """The number that an argument stands for; ``None`` if it is not in this form.

    >>> exact_number({"$int": "9007199254740993"}), exact_number({"$int": "1e5"}), exact_number(5)
    (9007199254740993, None, None)
    """
    if type(value) is not dict or len(value) != 1:
        return None
    [(name, text)] = value.items()
    pattern, make = _TYPES.get(name, (None, int))
    if pattern is None or type(text) is not str or len(text) > MAX_DIGITS or not pattern.fullmatch(text):
        return None
    try:
        number = make(text)
    except ArithmeticError:  # an exponent that no decimal has
        return None
    is_too_long = isinstance(number, Decimal) and number.is_finite() and abs(number.adjusted()) > MAX_DIGITS
    return None if is_too_long else number


def is_finite(value: object) -> bool:
    """Is it anything but NaN or an infinity?"""
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or math.isfinite(value)


def with_exact_numbers(expression: str) -> str:
    """A handler's call with the numbers that a browser would change in their other form.

    >>> with_exact_numbers("seek(1.0, 2)")
    'seek({"$float":"1.0"}, 2)'
    """
    return _IN_CALL.sub(_exactly, expression)


def _exactly(match: re.Match[str]) -> str:
    text = match["number"]
    if not text:
        return match[0]
    literal = number_literal(int(text) if _INT.fullmatch(text) else float(text))
    return literal if literal[0] == "{" else text
