"""The most common change, one text inside a small element, made without parsing anything.

    <td><a class="x">old</a></td>    →    <td><a class="x">new</a></td>

The old source reads plainly, and each of its ``<`` is a tag of the tree (``Layout.is_regular``). So what
is between two of them belongs to one text, which is found by counting, and plain characters in its place become
a text of exactly these characters.
"""

from __future__ import annotations

import re
from typing import Final

from ..htmlspec import LEADING_NEWLINE_ELEMENTS, VOID_ELEMENTS
from ..node import Element, Node, Text, with_children
from .compare import common_prefix

_NOT_PLAIN: Final = re.compile("[<&\r\0\ud800-\udfff]")
"""Characters that a parser turns into something else."""
_SENSITIVE_TO_TEXT: Final = frozenset(
    {"colgroup", "frameset", "head", "html", "select", "table", "tbody", "template", "tfoot", "thead", "tr"}
)
"""In these it makes a difference whether a text is more than white space, or what came before it."""


def with_new_text(element: Element, old: str, new: str, same: int = 0) -> Element | None:
    """The element that the source ``new`` makes of ``element``, whose source was ``old``.

    ``None`` unless exactly one text differs. ``old`` must be regular. ``same``: how many characters are equal at the
    beginning, if that is known.
    """
    same = same or common_prefix(old, 0, new, 0, min(len(old), len(new)))
    stop = old.find("<", same)
    new_stop = len(new) - (len(old) - stop)
    if stop < 0 or new_stop < 0 or not new.startswith(old[stop:], new_stop):
        return None
    path = _path_to_text(element, old.count("<", 0, stop))
    if path is None:
        return None
    parent, index = path[-1]
    text = parent.children[index].data  # type: ignore[union-attr]
    start = stop - len(text)
    if (
        start > same
        or not old.startswith(">" + text, start - 1)
        or not _is_plain(new[start:new_stop], parent)
    ):
        return None
    node: Node = Text(new[start:new_stop])
    for around, place in reversed(path):
        node = with_children(around, (*around.children[:place], node, *around.children[place + 1 :]))
    return node  # type: ignore[return-value]


def _is_plain(text: str, parent: Element) -> bool:
    """Will this become a text of the same characters, at the same place in the tree?"""
    if not text or _NOT_PLAIN.search(text) or parent.tag in _SENSITIVE_TO_TEXT:
        return False
    return text[0] != "\n" or parent.tag not in LEADING_NEWLINE_ELEMENTS


def _path_to_text(root: Element, tags: int) -> list[tuple[Element, int]] | None:
    """The path to the text after ``tags`` tags and comments: elements, and which child of each is next."""
    elements, places = [root], [0]
    tags -= 1
    while tags >= 0:
        element, place = elements[-1], places[-1]
        if place == len(element.children):
            tags -= 1
            elements.pop()
            places.pop()
            if not places:
                break
        else:
            child = element.children[place]
            if tags == 0:
                return list(zip(elements, places, strict=True)) if type(child) is Text else None
            if type(child) is not Text:
                tags -= 1
            if type(child) is Element and child.tag not in VOID_ELEMENTS:
                elements.append(child)
                places.append(0)
                continue
        places[-1] += 1
    return None
