"""How deep a tree may be, and a guard against sources that would take minutes to say that they are deeper.

Chromium flattens what is nested deeper than 511 elements; we refuse from ``MAX_DEPTH`` on. The builder of the
tree finds that out, but lexbor's time is quadratic in the depth: 100,000 unclosed ``<div>`` (500 KB) take 17
seconds. So a source with many tags is looked at first, in segments: every start tag may open one level, every
end tag of a name that is open closes one. Where that bound passes ``_FREE_DEPTH``, the source up to there is
parsed, which costs some milliseconds, and its true depth either refuses the source or replaces the bound.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from .errors import HtmlError
from .htmlspec import OMITTED_END_TAGS, VOID_ELEMENTS

MAX_DEPTH: Final = 500
"""Elements inside one another. Chromium's own limit is 511."""

_FEW_TAGS: Final = 8000
"""A source with no more than these is parsed as it is: 0.1 s at worst."""
_FREE_DEPTH: Final = 3000
"""Levels that a parser may meet before it is asked how deep it really is: 20 ms at worst."""
_SEGMENT: Final = 8192
"""Characters looked at in one go; they can open 2,730 levels more."""

_TAG: Final = re.compile(r"<(/?[a-zA-Z][^\s/>]*)")
_NOT_NESTING: Final = VOID_ELEMENTS | OMITTED_END_TAGS - {
    "caption",
    "colgroup",
    "optgroup",
    "rb",
    "rp",
    "rt",
    "rtc",
}
"""They cannot hold themselves without another element between, which is counted."""


def too_deep(innermost: str) -> HtmlError:
    """The error for a tree that is too deep; ``innermost`` says where."""
    return HtmlError(
        f"HTML nested deeper than {MAX_DEPTH} elements, at {innermost}: "
        "browsers flatten such a tree; look for an element that is never closed"
    )


def check_source_depth(html: str, open_depth: Callable[[str], int]) -> None:
    """Raise ``HtmlError`` if ``html`` is nested so deep that parsing it would take too long.

    ``open_depth`` parses the beginning of a source and returns how many elements are open at its end.
    """
    if html.count("<") <= _FEW_TAGS:
        return
    opened: Counter[str] = Counter()
    base = 0
    for start in range(0, len(html), _SEGMENT):
        _count(html[start : start + _SEGMENT], opened)
        if base + opened.total() > _FREE_DEPTH:
            base = open_depth(html[: start + _SEGMENT])
            opened.clear()
            if base > MAX_DEPTH:
                raise too_deep(f"character {start + _SEGMENT:,} of {len(html):,}")


def _count(segment: str, opened: Counter[str]) -> None:
    """Add what a segment opens to ``opened``, and take off what it closes."""
    found = Counter(_TAG.findall(segment))
    for name, count in found.items():
        if name[0] != "/" and name.lower() not in _NOT_NESTING:
            opened[name] += count
    for name, count in found.items():
        if name[0] == "/" and name[1:] in opened:
            opened[name[1:]] = max(0, opened[name[1:]] - count)
