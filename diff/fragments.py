"""Nodes as the HTML of a patch, and whether that HTML says what it should.

Not every tree can be written: ``<p><p></p></p>`` is read as two empty paragraphs and a stray end tag. What a
patch inserts is therefore read again, in the context it will be read in, before anybody relies on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

from ..vdom.errors import HtmlError
from ..vdom.markup import to_html
from ..vdom.namespaces import join_context
from ..vdom.node import Element, Root, Text
from ..vdom.parser import parse_document, parse_html
from .matching import LEAVES

DOCUMENT: Final = "#document"
"""The context of a whole document, which no fragment can be put into."""

_PLAIN: Final = LEAVES | {Element}


def context_of(element: Any) -> str:
    """What the parser has to know of the parent of a fragment: ``"tbody"``, ``"svg:g"``."""
    return join_context(element.tag, element.namespace)


def fragment_html(nodes: Sequence[Any], context: str) -> str | None:
    """HTML that gives exactly ``nodes`` when parsed in ``context``; ``None`` if there is none."""
    html = to_html(Root(tuple(nodes), context))
    return html if reads_as(html, nodes, context) else None


def reads_as(html: str, nodes: Sequence[Any], context: str) -> bool:
    """Does parsing ``html`` in ``context`` give ``nodes``?

    Nodes of a kind from elsewhere (instances of templates) are trusted: their owner checked their HTML once,
    when it was compiled. Cost: parsing.
    """
    if not _PLAIN.issuperset(map(type, nodes)):
        return True
    try:
        return parse_children(html, context) == tuple(nodes)
    except HtmlError:
        return False


def parse_children(html: str, context: str) -> tuple[Any, ...]:
    """The children that ``html`` gives in ``context``, which may be ``"#document"``."""
    if context == DOCUMENT:
        return parse_document(html).children
    return parse_html(html, context=context).children


def split_fragments(nodes: Sequence[Any]) -> list[Sequence[Any]]:
    """``nodes`` in pieces that may be printed in one go: two texts side by side would be read as one."""
    starts = [
        index for index, (left, right) in enumerate(pairwise(nodes), 1) if type(left) is type(right) is Text
    ]
    return [nodes[start:stop] for start, stop in zip([0, *starts], [*starts, len(nodes)], strict=True)]
