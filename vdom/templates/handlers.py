"""The normal forms of handlers and arguments in event attributes: ``@click="{remove}({item.id})"``."""

from __future__ import annotations

from contextvars import ContextVar
from decimal import Decimal
from math import isfinite
from typing import Final, Protocol

import ujson

from ..errors import TemplateError
from .exact_numbers import LAST_EXACT_INTEGER, number_literal
from .values import HandlerName, Value, clean


class HandlerOwner(Protocol):
    """A component whose templates are rendered."""

    def name_of(self, handler: object) -> str | None:
        """The name by which the browser calls ``handler``; ``None`` if it is not a handler of this component."""


handler_owner: ContextVar[HandlerOwner | None] = ContextVar("hyper_current", default=None)
"""The component whose code is running, and to which the handlers in its templates belong."""


def handler(value: object) -> Value:
    """The normal form of a handler that is a whole event attribute; for ``None`` the attribute is absent."""
    return None if value is None or value is False else called_handler(value)


def called_handler(value: object) -> HandlerName:
    """The normal form of a handler that is called with arguments, ``@click="{remove}(5)"``."""
    owner = handler_owner.get()
    name = owner.name_of(value) if owner is not None else None
    if name is not None:
        return HandlerName(name)
    raise TemplateError(f"an event is bound to {_not_a_handler(value)}")


def _not_a_handler(value: object) -> str:
    if value is None:
        return "None: write it only where there is a handler, {on_pick and t'…'}"
    if isinstance(value, str):
        return f"the text {value!r}: give {value} itself, the function, not its name"
    name = getattr(value, "__name__", repr(value))
    return (
        f"{name}, which is not a handler here: give a function that is defined above the view, or passed as a "
        "property"
    )


def argument(value: object) -> Value:
    """The normal form of an argument of a handler: a JSON literal that comes back as the same value.

    >>> argument(7), argument("a"), argument(None), argument(1.0)
    (7, '"a"', 'null', '{"$float":"1.0"}')
    """
    if type(value) is int:
        return value if -LAST_EXACT_INTEGER <= value <= LAST_EXACT_INTEGER else number_literal(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text_literal(value)
    if isinstance(value, (int, float, Decimal)):
        return number_literal(value)
    raise TemplateError(
        f"an event's argument is a {type(value).__name__}: only text, numbers, booleans and None travel to the "
        "browser and back; pass an id instead"
    )


def action_argument(value: object) -> Value:
    """The normal form of an argument of an action, which a script reads: a number that it would change is a text."""
    literal = argument(value)
    if type(literal) is not str or literal[0] != "{":
        return literal
    return repr(float(value)) if isinstance(value, float) and isfinite(value) else _text_literal(str(value))


def _text_literal(text: str) -> str:
    """A text as JSON, without what no page can hold: NUL and halves of surrogate pairs, as ``U+FFFD``."""
    text = clean(str.__str__(text))
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ujson.dumps(text, ensure_ascii=False, escape_forward_slashes=False)


def double_quoted(value: object) -> Value:
    """The normal form of a piece of a string in an event binding: ``$hide("#{id}")``."""
    text = "" if value is None else str(value).lower() if type(value) is bool else str(value)
    return _text_literal(text)[1:-1]


def single_quoted(value: object) -> Value:
    """The same in single quotes."""
    return str(double_quoted(value)).replace("'", "\\'")


QUOTED_ARGUMENT: Final = {"'": single_quoted, '"': double_quoted}
