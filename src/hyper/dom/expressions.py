"""The values of ``@event`` attributes, as the browser client reads them. Nothing is evaluated as code.

    add(text, 5, 'x')   →   Expression("add", [Named("text"), 5, "x"])

The same grammar as ``runtime_js/expression.js``; tests run both on the same examples.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Final

from hyper.vdom.templates.exact_numbers import FIRST_WITH_EXPONENT

_CALL: Final = re.compile(r"\s*(\^*[^\W\d]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_NESTED: Final = re.compile(r"\s*(?=[\[{])")
_AFTER: Final = re.compile(r"\s*(,|\Z)")
_ARGUMENT: Final = re.compile(
    rf'\s*(?:("(?:[^"\\]|\\.)*"|{_NUMBER}|(?:true|false|null)(?![\w.]))'
    r"|'((?:[^'\\]|\\.)*)'|([^\W\d]\w*(?:\.[^\W\d]\w*)*))\s*(,|\Z)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """An argument that is the name of a value on the page."""

    name: str


@dataclass(frozen=True, slots=True)
class Expression:
    """The parsed value of an ``@event`` attribute: ``add``, or ``add(text, 5)``."""

    name: str
    args: list[object] | None
    """Values, and ``Named`` objects; ``None`` without parentheses."""


def parse_expression(text: str) -> Expression:
    """The parsed form of ``add(text, 5)``. Raises ``ValueError`` if it is neither a name nor a call."""
    match = _CALL.fullmatch(text)
    if not match:
        raise ValueError(f"neither a name nor a call: {text}")
    return Expression(match[1], None if match[2] is None else _parse_arguments(match[2]))


def _parse_arguments(text: str) -> list[object]:
    args: list[object] = []
    at, more = 0, bool(text.strip())
    while more:
        nested = _NESTED.match(text, at)
        if nested:
            value, at = _nested(text, nested.end())
            match = _AFTER.match(text, at)
        else:
            match = _ARGUMENT.match(text, at)
            value = _argument(text, *match.groups()[:3]) if match else None
        if not match:
            raise ValueError(f"no such argument: {text}")
        args.append(value)
        at, more = match.end(), match[match.lastindex or 0] == ","
    return args


def _argument(text: str, literal: str | None, quoted: str, name: str | None) -> object:
    if name:
        return Named(name)
    try:
        return as_browsers_send(_requote(quoted) if literal is None else literal)
    except ValueError:
        raise ValueError(f"no such argument: {text}") from None


def _nested(text: str, at: int) -> tuple[object, int]:
    """The list or object that begins at a place, and where it ends."""
    try:
        return _JSON.raw_decode(text, at)
    except ValueError:
        raise ValueError(f"no such argument: {text}") from None


def as_browsers_send(text: str) -> object:
    """The value of JSON that a browser has read and written again: its numbers are doubles, without ``-0`` and ``1.0``.

    >>> as_browsers_send("[9007199254740993, 1.0, -0.0, 0.5, NaN]")
    [9007199254740992, 1, 0, 0.5, None]
    """
    return _JSON.decode(text)


def _double(text: str) -> int | float | None:
    value = float(text)
    if not isfinite(value):
        return None
    if abs(value) < FIRST_WITH_EXPONENT and value.is_integer():
        return int(Decimal(repr(value)))  # the shortest digits, and zeros: ECMA-262, Number::toString
    return value


_JSON: Final = json.JSONDecoder(parse_int=_double, parse_float=_double, parse_constant=lambda _: None)


def _requote(quoted: str) -> str:
    """The inside of a string in single quotes, as JSON."""
    swapped = {"\\'": "'", '"': '\\"'}
    return '"' + re.sub(r'\\.|"', lambda match: swapped.get(match[0], match[0]), quoted) + '"'
