"""The normal forms of attribute values: text that is safe in its place, or ``None`` for no attribute.

    >>> url("javascript:alert(1)"), url("/cart")
    ('about:blank#blocked', '/cart')
    >>> normal_for("aria-busy")(True), normal_for("disabled")(True), normal_for("disabled")(False)
    ('true', '', None)

Handlers and arguments in event attributes have rules of their own, see ``handlers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..errors import TemplateError
from .values import Value, clean


def attribute(value: object) -> Value:
    """The normal form of a whole attribute value: ``None`` for an absent one, ``""`` for ``True``."""
    kind = type(value)
    if kind is str or kind is int:
        return value
    if value is None or value is False:
        return None
    return "" if value is True else _attribute_text(value)


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


def word(value: object) -> Value:
    """Like ``attribute``, for attributes whose booleans are the words "true" and "false" (``aria-…``)."""
    return ("true" if value else "false") if type(value) is bool else attribute(value)


_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028\u2029\ufeff]")
SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "sms", "ftp", "blob"})
BLOCKED_URL: Final = "about:blank#blocked"


def url(value: object) -> Value:
    """The normal form of a URL: one whose scheme could run code becomes ``about:blank#blocked``.

    Browsers drop control characters and white space from a URL before they read its scheme, so this does too
    (WHATWG URL, 4.4).
    """
    text = attribute(value)
    if type(text) is not str:
        return text
    scheme = _SCHEME.match(_IGNORED_IN_URL.sub("", text))
    if not scheme or scheme[1].lower() in SAFE_SCHEMES or _is_image_data(text):
        return text
    return BLOCKED_URL


def _is_image_data(text: str) -> bool:
    return bool(re.match(r"data:image/(?:png|gif|jpe?g|webp|avif);base64,[A-Za-z0-9+/=]*\Z", text))


_STYLE_DANGER = re.compile(
    r"[;{}<>\\\"'@]|/\*|url\s*\(|expression\s*\(|image\s*\(|-moz-binding", re.IGNORECASE
)


def style(value: object) -> Value:
    """The normal form of a piece of a style: ``""`` if it could end its declaration or load something."""
    text = attribute_part(value)
    return "" if type(text) is str and _STYLE_DANGER.search(text) else text


def attributes(value: object) -> Value:
    """The normal form of a dict of attributes: pairs of names and texts.

    Raises ``TemplateError`` if it is not a dict, or holds a name that is invalid or could run code.
    """
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise TemplateError(
            f"{{…}} as an attribute is a {type(value).__name__}: give a dict of names and values"
        )
    pairs = [(name, _spread_value(name, item)) for name, item in value.items()]
    return tuple((name, text) for name, text in pairs if text is not None)


_SAFE_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9_:.-]*")
_REFUSED_NAMES: Final = frozenset({"srcdoc", "style", "formaction", "http-equiv"})


def _spread_value(name: object, item: object) -> str | None:
    if not isinstance(name, str) or not _SAFE_NAME.fullmatch(name):
        raise TemplateError(f"{name!r} is not an attribute name")
    if name.lower().startswith("on") or name.lower() in _REFUSED_NAMES:
        raise TemplateError(f'the attribute "{name}" may not come from a dict: write it in the template')
    text = normal_for(name)(item)
    return None if text is None else clean(str(text))


URL_ATTRIBUTES: Final = frozenset(
    "action background cite codebase data formaction href manifest ping poster src xlink:href".split()
)
"""Attributes whose value is a URL (HTML Standard, index of attributes)."""
_BOOLEANS_AS_WORDS: Final = frozenset(
    {"contenteditable", "draggable", "spellcheck", "translate", "autocomplete"}
)


def normal_for(name: str) -> Callable[[object], Value]:
    """The function that brings a whole value of the attribute ``name`` into normal form."""
    name = name.lower()
    if name in URL_ATTRIBUTES:
        return url
    if name == "style":
        return style
    if name.startswith(("aria-", "data-")) or name in _BOOLEANS_AS_WORDS:
        return word
    return attribute
