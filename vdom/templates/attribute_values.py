"""The normal forms of attribute values: text that is safe in its place, or ``None`` for no attribute.

    >>> normal_for("href")("javascript:alert(1)"), normal_for("href")("/cart")
    ('about:blank#blocked', '/cart')
    >>> normal_for("aria-busy")(True), normal_for("disabled")(True), normal_for("disabled")(False)
    ('true', '', None)
    >>> normal_for("translate")(False), normal_for("disabled")([])
    ('no', None)

Handlers and arguments in event attributes have rules of their own, see ``handlers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

from ..errors import TemplateError
from .attribute_words import BOOLEAN_WORDS, OF_OPERATORS, OPERATORS, TRUE_WORDS, WORD_PREFIXES, Words
from .urls import Guard, guard_of
from .values import Value, clean, is_empty


def attribute(value: object) -> Value:
    """The normal form of a whole attribute value: ``None`` for an absent one, ``""`` for ``True``.

    Nothing at all is absent too: ``disabled="{errors}"`` with no errors does not disable.
    """
    kind = type(value)
    if kind is str or kind is int:
        return value
    if kind is bool:
        return "" if value else None
    return None if value is None or is_empty(value) else _attribute_text(value)


def attribute_part(value: object) -> Value:
    """The normal form of one piece of an attribute value: ``None`` for ``None`` and ``bool``."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    return None if value is None or kind is bool else _attribute_text(value)


def _attribute_text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return " ".join(str(item) for item in value if item not in (None, False, ""))
    if isinstance(value, dict):
        return " ".join(str(name) for name, on in value.items() if on)
    if callable(value):
        raise TemplateError(
            f"an attribute holds the function {getattr(value, '__name__', value)}: call it, or bind it to an event "
            f'by name, @click="{getattr(value, "__name__", "handler")}"'
        )
    return str(value)


@cache
def worded(words: Words) -> Callable[[object], Value]:
    """The function that brings a whole value into normal form where ``words`` stand for ``False`` and ``True``."""

    def normal(value: object) -> Value:
        if type(value) is bool:
            return words[value]
        return "" if is_empty(value) else attribute(value)

    return normal


@cache
def guarded(guard: Guard) -> Callable[[object], Value]:
    """The function that brings a whole value into normal form and lets ``guard`` check it."""

    def normal(value: object) -> Value:
        text = attribute(value)
        return guard(text) if type(text) is str else text

    return normal


_STYLE_DANGER = re.compile(
    r"[;{}<>\\\"'@]|/\*|url\s*\(|expression\s*\(|image\s*\(|-moz-binding", re.IGNORECASE
)


def style(value: object) -> Value:
    """The normal form of a piece of a style: ``""`` if it could end its declaration or load something."""
    text = attribute_part(value)
    return "" if type(text) is str and _STYLE_DANGER.search(text) else text


def attributes_for(tag: str, around: Mapping[str, str]) -> Callable[[object], Value]:
    """The function that brings a dict of attributes into normal form, for an element with the attributes ``around``.

    It makes pairs of names and texts. It raises ``TemplateError`` if the value is not a dict, or holds a name that is
    invalid or could run code.
    """

    def attributes(value: object) -> Value:
        if value is None:
            return ()
        if not isinstance(value, dict):
            raise TemplateError(
                f"{{…}} as an attribute is a {type(value).__name__}: give a dict of names and values"
            )
        pairs = [(name, _spread_value(name, item, tag, around)) for name, item in value.items()]
        return tuple((name, text) for name, text in pairs if text is not None)

    return attributes


_SAFE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_:.-]*")
_REFUSED_STARTS: Final = ("on", "hx-on", "data-hx-on", "data-live-old", "data-live-was")
"""Code of the browser's and of htmx, and attributes that the client sets on other elements' behalf."""
_REFUSED_NAMES: Final = frozenset({"srcdoc", "style", "formaction", "http-equiv"})


def _spread_value(name: object, item: object, tag: str, around: Mapping[str, str]) -> str | None:
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise TemplateError(f"{name!r} is not an attribute name")
    if name.lower().startswith(_REFUSED_STARTS) or name.lower() in _REFUSED_NAMES:
        raise TemplateError(f'the attribute "{name}" may not come from a dict: write it in the template')
    text = normal_for(name, tag, around)(item)
    return None if text is None else clean(str(text))


def normal_for(
    name: str, tag: str = "", around: Mapping[str, str] = MappingProxyType({})
) -> Callable[[object], Value]:
    """The function that brings a whole value of the attribute ``name`` into normal form.

    ``around`` are the attributes of the element, as its template writes them.
    """
    guard = guard_of(name, tag, around)
    name = name.lower()
    if guard is not None:
        return guarded(guard)
    if name == "style":
        return style
    words = BOOLEAN_WORDS.get(name)
    if name.startswith(WORD_PREFIXES) or (name in OF_OPERATORS and tag in OPERATORS):
        words = TRUE_WORDS
    return attribute if words is None else worded(words)
