"""What an ``@event`` attribute may hold: actions that the browser does by itself, and one handler.

save                                  a handler; the event's named data goes along
add(text, 5)                          a call; arguments are values of the page, or literals
$toggle('#menu')                      an action
$confirm('Sure?'); remove(5)          actions first, then the handler
^remove(5)                            a handler of the component around the one that shows this

And how it calls its handler: the server compares with that what a message says, so that no parameter is filled by
position unless the page does it. ``None`` stands for named data, numbers for so many arguments, each with the literals
among them:

@click="save"             →   {"save": {None: ∅, 0: ∅}}
@click="put(text, 5)"     →   {"put": {None: ∅, 2: {1}}}
@bind="name"              →   {"=name": {1: ∅}}
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

OUTER: Final = "^"
"""Before a handler's name: it belongs to the component around the one that shows the element. Authors never write it."""

TARGET: Final = "_target"
"""The parameter in which a browser names the field that is being edited."""

ACTIONS: Final = frozenset(
    "show hide toggle add_class remove_class toggle_class set_attribute remove_attribute toggle_attribute "
    "show_modal close focus transition confirm copy dispatch".split()
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

CallForms: TypeAlias = Mapping["int | None", frozenset[int]]
"""The numbers of arguments with which a handler is called, for each the literals; ``None`` if it takes named data."""

NO_LITERALS: Final[frozenset[int]] = frozenset()
BARE: Final[CallForms] = {None: NO_LITERALS, 0: NO_LITERALS}
"""By name alone. No arguments at all fill nothing by position either."""
ONE_VALUE: Final[CallForms] = {1: NO_LITERALS}
OF_CHECKBOX: Final[CallForms] = {1: NO_LITERALS, 2: NO_LITERALS}
"""Its state, or that and its value."""

_QUOTED: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'", re.DOTALL)
_INNERMOST: Final = re.compile(r"\[[^][{}]*\]|\{[^][{}]*\}")
_NAME: Final = re.compile(r"(?!(?:true|false|null)\b)[^\W\d]")


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


def forms_of(attribute: str, expression: str, control_type: str | None = None) -> tuple[str, CallForms]:
    """The handler that an attribute binds, and how it calls it; ``""`` if it binds none. Slots are digits.

    ``control_type`` is that of the element, for ``@bind``: a checkbox sends its state, too. ``None`` may be any.
    """
    name = handler_name(attribute, expression)
    if not name.startswith("="):
        return name, call_form(expression[handler_start(expression) :])
    return name, OF_CHECKBOX if control_type in (None, "checkbox") else ONE_VALUE


def call_form(handler: str) -> CallForms:
    """How ``put(text, 5)`` calls: ``{None: ∅, 2: {1}}``; a bare name ``{None: ∅, 0: ∅}``."""
    _, parenthesis, rest = handler.partition("(")
    if not parenthesis:
        return BARE
    arguments = _QUOTED.sub("0", rest.rstrip().removesuffix(")"))
    while (flat := _INNERMOST.sub("0", arguments)) != arguments:
        arguments = flat
    texts = [text.strip() for text in arguments.split(",")] if arguments.strip() else []
    return {
        None: NO_LITERALS,
        len(texts): frozenset([at for at, text in enumerate(texts) if not _NAME.match(text)]),
    }


def merged(forms: CallForms, others: CallForms) -> CallForms:
    """Both together."""
    both = dict(forms)
    for count, literals in others.items():
        both[count] = both.get(count, NO_LITERALS) | literals
    return both
