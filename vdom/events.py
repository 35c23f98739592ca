"""What may stand in an ``@event`` attribute: actions the browser does by itself, and one handler.

save                                  a handler; the event's named data goes along
add(text, 5)                          a call; arguments are values of the page, or literals
$toggle('#menu')                      an action
$confirm('Sure?'); remove(5)          actions first, then the handler
"""

from __future__ import annotations

import re
from typing import Final

ACTIONS: Final = frozenset(
    "show hide toggle add_class remove_class toggle_class set_attribute remove_attribute toggle_attribute "
    "focus transition confirm copy dispatch".split()
)
"""What the browser can do without the server; the same names as in ``runtime_js/extras.js``."""

_INSIDE: Final = r"(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^()\"'])*"
_ACTION: Final = re.compile(rf"\s*\$(\w+)\s*(?:\({_INSIDE}\))?\s*(?:;\s*|\Z)", re.DOTALL)
_HANDLER: Final = re.compile(rf"\s*([A-Za-z_]\w*)\s*(?:\({_INSIDE}\))?\s*", re.DOTALL)


def parse_expression(text: str) -> tuple[list[str], str]:
    """The names of the actions, and the handler's, which is ``""`` where there is none.

    Raises ``ValueError`` where it is neither; the arguments are not looked at.
    """
    actions: list[str] = []
    position = 0
    while match := _ACTION.match(text, position):
        actions.append(match[1])
        position = match.end()
    rest = text[position:]
    if actions and not rest.strip():
        return actions, ""
    handler = _HANDLER.fullmatch(rest)
    if handler is None:
        raise ValueError(f"{rest.strip()!r} is no handler")
    return actions, handler[1]


def handler_name(attribute: str, expression: str) -> str:
    """The name of the handler that an attribute binds, ``""`` for none.

    ``@click="save(text)"`` → ``"save"``; ``@bind="query"`` → ``"=query"``, which sets that variable.
    """
    try:
        _, name = parse_expression(expression)
    except ValueError:
        return ""
    return f"={name}" if name and attribute.partition(".")[0] == "@bind" else name
