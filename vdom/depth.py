"""How deep a tree may be, and a guard against sources that would take minutes to be found too deep.

Chromium flattens what is nested deeper than 511 elements; we refuse trees deeper than ``MAX_TREE_DEPTH``. Building
the tree would show that, but lexbor's time is quadratic in the depth: 100,000 unclosed ``<div>`` (500 KB) take 17
seconds. So a source with many tags is scanned first, in segments: every start tag may open one level, every end tag
of a name that is open closes one. Where this upper bound exceeds ``_FREE_DEPTH``, the source up to there is parsed,
which takes some milliseconds. Its true depth then replaces the bound, or is too large.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

from .errors import HtmlError
from .htmlspec import OMITTED_END_TAGS, VOID_ELEMENTS

MAX_TREE_DEPTH: Final = 500
"""Elements inside one another. Chromium's own limit is 511."""

_FEW_TAGS: Final = 8000
"""A source with no more tags than this is parsed without a check: 0.1 s at worst."""
_FREE_DEPTH: Final = 3000
"""Up to this bound the true depth is not looked up: 20 ms at worst."""
_SEGMENT: Final = 8192
"""Characters scanned at a time; they can open 2,730 more levels."""

_TAG_NAME: Final = re.compile(r"<(/?[a-zA-Z][^\s/>]*)")
_NOT_NESTING: Final = VOID_ELEMENTS | OMITTED_END_TAGS - {
    "caption",
    "colgroup",
    "optgroup",
    "rb",
    "rp",
    "rt",
    "rtc",
}
"""They cannot be nested without another element between, which is counted."""


def too_deep(innermost: str) -> HtmlError:
    """The error for a tree that is too deep; ``innermost`` says where."""
    return HtmlError(
        f"HTML nested deeper than {MAX_TREE_DEPTH} elements, at {innermost}: "
        "browsers flatten such a tree; look for an element that is never closed"
    )


def check_source_depth(html: str, open_depth: Callable[[str], int]) -> None:
    """Raises ``HtmlError`` if ``html`` is nested so deep that parsing it would take too long.

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
            if base > MAX_TREE_DEPTH:
                raise too_deep(f"character {start + _SEGMENT:,} of {len(html):,}")


def _count(segment: str, opened: Counter[str]) -> None:
    """Add what a segment opens to ``opened``, and subtract what it closes."""
    found = Counter(_TAG_NAME.findall(segment))
    for name, count in found.items():
        if name[0] != "/" and name.lower() not in _NOT_NESTING:
            opened[name] += count
    for name, count in found.items():
        if name[0] == "/" and name[1:] in opened:
            opened[name[1:]] = max(0, opened[name[1:]] - count)
