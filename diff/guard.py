"""When children are replaced because patches would be longer, and which children must not be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..vdom.htmlspec import VOID_ELEMENTS
from ..vdom.markup import to_html
from ..vdom.node import Element, NodeLike, Text
from .ids import is_closed
from .matching import LEAVES

SMALLEST: Final = 512
"""Below this many bytes of patches, keeping the nodes is worth more than the bytes."""

WORTH: Final = 2
"""How many times longer than the new HTML the patches of one parent may be before its children are replaced."""

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
"""Elements that may hold the user's state: focus, typed text, a position, a choice."""
STATEFUL_ATTRIBUTES: Final = frozenset({"contenteditable", "data-live-ignore", "popover", "tabindex"})
_SIGNATURE: Final = ("id", "name", "href", "src")


def is_html_longer(nodes: Iterable[NodeLike], size: int) -> bool:
    """Is the HTML of ``nodes`` at least ``size`` long, as part of JSON? ``True`` only if it is.

    Elements and texts are measured without being printed, other nodes are printed one at a time. The walk ends as
    soon as ``size`` is reached. Cost: ``size``, not the page.
    """
    pending = list(nodes)
    while pending and size > 0:
        node = pending.pop()
        if type(node) is Element:
            size -= 2 + len(node.tag)
            for name, value in node.attributes.items():
                size -= len(name) + len(value) + 6
            if node.children or (node.tag not in VOID_ELEMENTS and node.namespace != "xml"):
                size -= len(node.tag) + 3
                pending += node.children
        elif type(node) is Text:
            size -= len(node.data)
        else:
            size -= len(to_html(node))
    return size <= 0


def may_replace(old: Iterable[NodeLike], new: Iterable[NodeLike], size: int) -> bool:
    """May these nodes be replaced to save about ``size`` bytes, although a user is looking at them?"""
    return size >= SMALLEST and not shares_state(old, new)


def shares_state(old: Iterable[NodeLike], new: Iterable[NodeLike]) -> bool:
    """Do both hold an element that looks the same and may hold the user's state?"""
    known = _signatures(new)
    return bool(known) and not known.isdisjoint(_signatures(old))


def _signatures(nodes: Iterable[NodeLike]) -> set[tuple[str | None, ...]]:
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
