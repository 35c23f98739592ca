"""The browser's part of Hyper Live: the built client, ready to be served.

The sources beside it are ES modules; ``npm run build`` bundles them into the files ``hyper-live….js``. Installing needs
no Node: the built files are in the repository and in the wheel.
"""

from __future__ import annotations

import json
import re
from functools import cache
from hashlib import sha256
from html import unescape
from importlib.resources import files
from typing import Final

__all__ = ["digest", "parts_for", "source"]

_FILE: Final = "hyper-live-patcher.js"
_FIELDS: Final = re.compile(r"<(?:form|input|select|textarea)\b|<button\b[^>]*\s(?:form|value)=")
_EVENT: Final = re.compile(r'\s@([^\s="]+)="([^"]*)"')
_PLAIN: Final = re.compile(
    r"""\s*[^\s()'"$]+\s*(?:\((?:\s*(?:"(?:[^"\\]|\\.)*"|\{"\$\w+":"[^"]*"\}|-?\d[\d.eE+-]*|true|false|null)\s*(?:,(?=.)|(?=\))))*\s*\))?\s*"""
)
"""``remove``, or ``remove(5, "a")`` with nothing but JSON that templates write, in linear time."""


@cache
def source() -> str:
    """The part of the client that applies patches, one ES module without dependencies."""
    return files(__name__).joinpath(_FILE).read_text("utf-8")


@cache
def digest() -> str:
    """16 hexadecimal digits that change with ``source()``, for an address that may be cached for ever."""
    return sha256(source().encode()).hexdigest()[:12]


def parts_for(html: str) -> set[str]:
    """Files that a live page of ``html`` needs besides the first, as far as its tags and ``@event`` attributes say.

    >>> sorted(parts_for('<button @click="remove(5)">×</button>'))
    []
    >>> sorted(parts_for('<form @submit="save"><input name="a"></form>'))
    ['forms']
    >>> sorted(parts_for('<p @keydown.esc="close">'))
    ['forms', 'modifiers']

    Only a hint: the client asks for a file by itself when it meets something that needs it. Cost: a search for tags, and
    a match for each event attribute.
    """
    needed = {"forms"} if _FIELDS.search(html) else set()
    for name, value in _EVENT.findall(html):
        if "." in name and not _simple_modifiers().issuperset(name.split(".")[1:]):
            return {"forms", "modifiers"}
        if "forms" not in needed and (name.startswith("key") or not _PLAIN.fullmatch(unescape(value))):
            needed.add("forms")
    return needed


@cache
def _simple_modifiers() -> frozenset[str]:
    """The modifiers that the first file handles."""
    text = files("hyper.vdom").joinpath("browser_rules.json").read_text("utf-8")
    modifiers = json.loads(text)["modifiers"]
    return frozenset([*modifiers["listening"], *modifiers["acting"], "lazy"])
