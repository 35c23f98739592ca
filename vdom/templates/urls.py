"""The attributes that hold URLs, and what becomes of values in them: no URL whose scheme could run code.

    >>> one_url("javascript:alert(1)"), one_url("/cart")
    ('about:blank#blocked', '/cart')
    >>> guard_of("to", "animate", {}) is animated, guard_of("to", "div", {}) is None
    (True, True)

A ``Guard`` is the check of one attribute: it takes the whole value and returns it, or ``BLOCKED_URL``. The tables
follow the attribute indexes of the HTML Standard, SVG 2, SVG Animations and MathML Core, with the obsolete attributes
that the HTML Standard lists (16.2). Left out are names that no browser follows, such as ``itemid="urn:isbn:…"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

Guard: TypeAlias = Callable[[str], str]

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED_IN_URL: Final = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028\u2029\ufeff]")
SAFE_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel", "sms", "ftp", "blob"})
BLOCKED_URL: Final = "about:blank#blocked"
_IMAGE_DATA: Final = re.compile(r"data:image/(?:png|gif|jpe?g|webp|avif);base64,[A-Za-z0-9+/=]*")


def one_url(text: str) -> str:
    """A URL, if its scheme cannot run code.

    Browsers drop control characters and white space from a URL before they read its scheme, so this does too
    (WHATWG URL, 4.4).
    """
    scheme = _SCHEME.match(_IGNORED_IN_URL.sub("", text))
    if not scheme or scheme[1].lower() in SAFE_SCHEMES or _IMAGE_DATA.fullmatch(text):
        return text
    return BLOCKED_URL


def _all_safe(text: str, urls: Iterable[str]) -> str:
    return BLOCKED_URL if any(one_url(url) == BLOCKED_URL for url in urls) else text


def many_urls(text: str) -> str:
    """URLs with white space between them, and with widths or densities: ``srcset``, ``ping``."""
    return _all_safe(text, [text, *[piece.strip(",") for piece in text.split()]])


def animated(text: str) -> str:
    """One or more values of an animated attribute, which may be ``href``. SVG Animations, 2.12."""
    return _all_safe(text, text.split(";"))


_REFRESH: Final = re.compile(r"[\s\d.]*[;,]?\s*(?:url\s*=\s*)?['\"]?(.*)", re.IGNORECASE | re.DOTALL)


def refresh(text: str) -> str:
    """Seconds and a URL, ``5; url=/next``. HTML Standard, 4.2.5.3, "refresh"."""
    match = _REFRESH.match(text)
    return _all_safe(text, match.groups() if match else (text,))


_CSS_URL: Final = re.compile(r"url\(\s*['\"]?([^)]*)", re.IGNORECASE)


def reference(text: str) -> str:
    """A value of CSS that may hold ``url(#name)``. With a backslash, names of functions can be hidden."""
    if "(" not in text and "\\" not in text:
        return text
    return BLOCKED_URL if "\\" in text else _all_safe(text, _CSS_URL.findall(text))


def _table(guard: Guard, names: str) -> dict[str, Guard]:
    return dict.fromkeys(names.split(), guard)


GUARDS: Final[Mapping[str, Guard]] = {
    **_table(one_url, "action background cite codebase data formaction href manifest poster src"),
    **_table(one_url, "xlink:href xlink:role xlink:arcrole xml:base"),
    **_table(one_url, "classid dynsrc icon longdesc lowsrc profile altimg definitionurl"),
    **_table(many_urls, "archive attributionsrc imagesrcset ping srcset"),
    **_table(reference, "clip-path cursor fill filter mask stroke"),
    **_table(reference, "marker marker-start marker-mid marker-end"),
}
"""Attributes that hold URLs on whatever element."""
_ANIMATED: Final = _table(animated, "to from by values")
GUARDS_OF_TAGS: Final[Mapping[str, Mapping[str, Guard]]] = {
    **dict.fromkeys("animate animatecolor animatemotion animatetransform set".split(), _ANIMATED),
    "applet": _table(one_url, "code object"),
    "param": _table(one_url, "value"),
}
"""Attributes that hold URLs on certain elements."""


def guard_of(name: str, tag: str, attributes: Mapping[str, str]) -> Guard | None:
    """The check of the attribute ``name`` of an element; ``None`` if it holds no URL.

    ``attributes`` are those of the element as its template writes them, with markers for slots.
    """
    name, tag = name.lower(), tag.lower()
    if tag == "meta" and name == "content":
        return refresh if _may_refresh(attributes) else None
    return GUARDS.get(name) or GUARDS_OF_TAGS.get(tag, {}).get(name)


def _may_refresh(attributes: Mapping[str, str]) -> bool:
    """Is this a ``<meta http-equiv="refresh">``, or could a slot make it one?"""
    kind = attributes.get("http-equiv", "")
    return not kind.isascii() or kind.strip().lower() == "refresh"
