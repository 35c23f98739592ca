"""How a page calls its handlers: with how many arguments, and which of these are literals.

    @click="save"             →   {"save": {None: ∅, 0: ∅}}
    @click="put(text, 5)"     →   {"put": {None: ∅, 2: {1}}}
    @bind="name"              →   {"=name": {1: ∅}}

``None`` stands for named data. The server compares with it what a message says: no parameter is filled by position
unless the page does that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from .expressions import handler_name, handler_start

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
