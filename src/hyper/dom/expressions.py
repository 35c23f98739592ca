"""The values of ``@event`` attributes, as the browser client reads them. Nothing is evaluated as code.

    add(text, 5, 'x')   →   Expression("add", [Named("text"), 5, "x"])

The same grammar as ``runtime_js/expression.js``; tests run both on the same examples.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

_CALL: Final = re.compile(r"\s*(\^*[^\W\d]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)
_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
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
        match = _ARGUMENT.match(text, at)
        if not match:
            raise ValueError(f"no such argument: {text}")
        literal, quoted, name, separator = match.groups()
        args.append(Named(name) if name else _literal(text, _requote(quoted) if literal is None else literal))
        at, more = match.end(), separator == ","
    return args


def _literal(text: str, literal: str) -> object:
    try:
        return json.loads(literal)
    except ValueError:
        raise ValueError(f"no such argument: {text}") from None


def _requote(quoted: str) -> str:
    """The inside of a string in single quotes, as JSON."""
    swapped = {"\\'": "'", '"': '\\"'}
    return '"' + re.sub(r'\\.|"', lambda match: swapped.get(match[0], match[0]), quoted) + '"'
