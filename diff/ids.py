"""Which ids a tree holds, found once per subtree and remembered on the shared nodes.

They are only needed where a path could start at an id, and then only for subtrees that are new since the last diff.
"""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import Final, TypeAlias

from ..vdom.htmlspec import PLAIN_NAME
from ..vdom.node import IGNORE, Element, NodeLike, Parent

Ids: TypeAlias = "tuple[str, ...] | None"
"""The ids of a subtree, with repetitions; ``None`` where some node does not know its ids."""

NO_IDS: Final[tuple[str, ...]] = ()
BROWSER_FILLED: Final = "selectedcontent"
"""The browser copies the chosen option into this element, at any time."""


def is_closed(node: object) -> bool:
    """Is it an element whose children are not managed by patches? XML has none: nothing there is a browser's."""
    if type(node) is not Element or node.namespace == "xml":
        return False
    return IGNORE in node.attributes or node.tag == BROWSER_FILLED


def ids_of(node: NodeLike) -> Ids:
    """Ids among the managed nodes of a subtree. A node of another kind may have them as an attribute, ``ids``.

    Cost: the elements whose ids were never asked for, and the ids.
    """
    if type(node) is not Element:
        return NO_IDS if node.kind.startswith(("#", "live:")) else getattr(node, "ids", None)
    if not hasattr(node, "_ids"):
        _remember_below(node)
    return node._ids


def ids_below(root: Parent) -> Ids:
    """Ids among the managed nodes below ``root``."""
    found = [ids_of(child) for child in root.children]
    return None if None in found else tuple(chain.from_iterable(found))  # type: ignore[arg-type]


def unique_ids(root: Parent) -> frozenset[str]:
    """Ids below ``root`` that occur once and can be written in a path; empty if a node does not know its ids."""
    ids = ids_below(root) or NO_IDS
    return frozenset(
        name for name, times in Counter(ids).items() if times == 1 and PLAIN_NAME.fullmatch(name)
    )


def _remember_below(top: Element) -> None:
    pending = [top]
    ordered: list[Element] = []
    while pending:
        element = pending.pop()
        ordered.append(element)
        if not is_closed(element):
            pending += [
                child for child in element.children if type(child) is Element and not hasattr(child, "_ids")
            ]
    for element in reversed(ordered):
        object.__setattr__(element, "_ids", _ids_of_one(element))


def _ids_of_one(element: Element) -> Ids:
    """Its own id and those of its children, which have been found before."""
    below = NO_IDS if is_closed(element) else ids_below(element)
    own = element.attributes.get("id")
    return below if own is None or below is None else (own, *below)
