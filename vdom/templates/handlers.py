"""The normal forms of handlers and arguments in event attributes: ``@click="{remove}({item.id})"``."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final, Protocol

import ujson

from ..errors import TemplateError
from .values import HandlerName, Value


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
    """The normal form of an argument in an event binding: a JSON literal the browser reads back."""
    if type(value) is int:
        return value
    if value is None or isinstance(value, (str, bool, int, float)):
        return str(ujson.dumps(value, ensure_ascii=False, escape_forward_slashes=False))
    raise TemplateError(
        f"an event's argument is a {type(value).__name__}: only text, numbers, booleans and None travel to the "
        "browser and back; pass an id instead"
    )


def double_quoted(value: object) -> Value:
    """The normal form of a piece of a string in an event binding: ``$hide("#{id}")``."""
    text = "" if value is None else str(value).lower() if type(value) is bool else str(value)
    return str(argument(text))[1:-1]


def single_quoted(value: object) -> Value:
    """The same in single quotes."""
    return str(double_quoted(value)).replace("'", "\\'")


QUOTED_ARGUMENT: Final = {"'": single_quoted, '"': double_quoted}
