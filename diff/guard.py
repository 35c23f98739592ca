"""When patches cost more than what they patch: sizes, and what may not be thrown away for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..vdom.htmlspec import VOID_ELEMENTS
from ..vdom.markup import to_html
from ..vdom.node import Element, Text
from .codec import patches_to_json, to_json
from .ids import is_closed
from .matching import LEAVES
from .patches import Patch

SMALLEST: Final = 512
"""Below this many bytes of patches, keeping the nodes is worth more than the bytes."""

WORTH: Final = 2
"""So many times longer than the new HTML the patches of one parent may be before it is replaced."""

STATEFUL_TAGS: Final = frozenset(
    {
        "a",
        "area",
        "audio",
        "button",
        "canvas",
        "details",
        "dialog",
        "embed",
        "iframe",
        "input",
        "object",
        "select",
    }
    | {"textarea", "video"}
)
"""Elements that hold something of the user's: focus, typed text, a position, a choice."""
STATEFUL_ATTRIBUTES: Final = frozenset({"contenteditable", "data-live-ignore", "popover", "tabindex"})
_SIGNATURE: Final = ("id", "name", "href", "src")


def json_size(patches: Sequence[Patch]) -> int:
    """Bytes of the patches as JSON."""
    return len(patches_to_json(patches).encode())


def patch_size(patch: Patch) -> int:
    """Characters of one patch in the JSON of a list."""
    return len(to_json(patch)) + 1


def is_html_longer(nodes: Iterable[Any], size: int) -> bool:
    """Is the HTML of ``nodes`` at least ``size`` long, as part of JSON? ``True`` only if it is.

    Nothing is printed, and the walk ends when enough was seen: it costs what ``size`` costs, not the page.
    What is neither element nor text is printed, one at a time.
    """
    pending = list(nodes)
    while pending and size > 0:
        node = pending.pop()
        if type(node) is Element:
            size -= 2 + len(node.tag)
            for name, value in node.attributes.items():
                size -= len(name) + len(value) + 6
            if node.children or node.tag not in VOID_ELEMENTS:
                size -= len(node.tag) + 3
                pending += node.children
        elif type(node) is Text:
            size -= len(node.data)
        else:
            size -= len(to_html(node))
    return size <= 0


def may_replace(old: Iterable[Any], new: Iterable[Any], size: int) -> bool:
    """Is it worth replacing these nodes to save about ``size`` bytes, for somebody who looks at them?"""
    return size >= SMALLEST and not shares_state(old, new)


def shares_state(old: Iterable[Any], new: Iterable[Any]) -> bool:
    """Do both hold an element that looks the same and that the user may have touched?"""
    known = _signatures(new)
    return bool(known) and not known.isdisjoint(_signatures(old))


def _signatures(nodes: Iterable[Any]) -> set[tuple[str | None, ...]]:
    found: set[tuple[str | None, ...]] = set()
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if type(node) is Element:
            if node.tag in STATEFUL_TAGS or not STATEFUL_ATTRIBUTES.isdisjoint(node.attributes):
                found.add((node.kind, *map(node.attributes.get, _SIGNATURE)))
            if not is_closed(node):
                pending += node.children
        elif type(node) not in LEAVES:
            found.add((node.kind, node.key))
    return found
