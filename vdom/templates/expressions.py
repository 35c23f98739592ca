"""What an ``@event`` attribute may hold: actions that the browser does by itself, and one handler.

save                                  a handler; the event's named data goes along
add(text, 5)                          a call; arguments are values of the page, or literals
$toggle('#menu')                      an action
$confirm('Sure?'); remove(5)          actions first, then the handler
^remove(5)                            a handler of the component around the one that shows this
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

OUTER: Final = "^"
"""Before a handler's name: it belongs to the component around the one that shows the element. Authors never write it."""

TARGET: Final = "_target"
"""The parameter in which a browser names the field that is being edited."""

ACTIONS: Final = frozenset(
    "show hide toggle add_class remove_class toggle_class set_attribute remove_attribute toggle_attribute "
    "focus transition confirm copy dispatch".split()
)
"""What the browser can do without the server; the same names as in ``runtime_js/extras.js``."""

_INSIDE: Final = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^()\"'])*"
_ACTION: Final = re.compile(rf"\s*\$(\w+)\s*(?:\({_INSIDE}\))?\s*(?:;\s*|\Z)", re.DOTALL)
_HANDLER: Final = re.compile(rf"\s*(\^*[A-Za-z_]\w*)\s*(?:\({_INSIDE}\))?\s*", re.DOTALL)

_IN_PYTHON: Final = re.compile(
    r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
    r"|(?<![\w.])(?:(?P<literal>True|False|None)|(?P<member>(?:event|dataset)\.\w+))(?![\w.=])"
)
_JSON: Final = {"True": "true", "False": "false", "None": "null"}


def parse_expression(text: str) -> tuple[list[str], str]:
    """The names of the actions, and the name of the handler, ``""`` if there is none.

    >>> parse_expression("$confirm('Sure?'); remove(5)")
    (['confirm'], 'remove')

    Raises ``ValueError`` if ``text`` is neither actions nor a handler; the arguments are not checked.
    """
    actions = [match[1] for match in _actions(text)]
    rest = text[handler_start(text) :]
    if actions and not rest.strip():
        return actions, ""
    handler = _HANDLER.fullmatch(rest)
    if handler is None:
        raise ValueError(f"{rest.strip()!r} is not a handler")
    return actions, handler[1]


def _actions(text: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    while match := _ACTION.match(text, found[-1].end() if found else 0):
        found.append(match)
    return found


def handler_start(text: str) -> int:
    """Where the handler of an expression begins, or would begin: after the actions."""
    actions = _actions(text)
    return actions[-1].end() if actions else 0


def outer_parts(parts: Sequence[str | int]) -> tuple[str | int, ...]:
    """The parts of an expression, in which numbers are slots, with ``^`` before the name of its handler."""
    at = handler_start("".join([part if isinstance(part, str) else "0" for part in parts]))
    found: list[str | int] = []
    for part in parts:
        size = len(part) if isinstance(part, str) else 1
        is_here = isinstance(part, str) and 0 <= at < size and part[at:].strip()
        found.append(f"{part[:at]}{OUTER}{part[at:].lstrip()}" if is_here and isinstance(part, str) else part)
        at -= size
    return tuple(found)


def handler_name(attribute: str, expression: str) -> str:
    """The name of the handler that an attribute binds, ``""`` if it binds none.

    ``@click="save(text)"`` → ``"save"``; ``@bind="user.name"`` → ``"=user.name"``, which sets the variable.
    """
    if attribute.partition(".")[0] == "@bind":
        return f"={expression.strip()}"
    try:
        return parse_expression(expression)[1]
    except ValueError:
        return ""


def as_browsers_read(expression: str) -> str:
    """The expression as browsers write it: ``true`` for ``True``, ``event.clientX`` for ``event.client_x``."""
    return _IN_PYTHON.sub(_translated, expression)


def _translated(match: re.Match[str]) -> str:
    if match["literal"]:
        return _JSON[match["literal"]]
    if match["member"]:
        return re.sub("_([a-z])", lambda found: found[1].upper(), match["member"])
    return match.group()
