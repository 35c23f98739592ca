"""Nodes as the HTML of a patch, and whether that HTML is read as these nodes.

Not every tree can be written as HTML: ``<p><p></p></p>`` is read as two empty paragraphs and a stray end tag. So
what a patch inserts is parsed first, in the context in which the browser will parse it.

    >>> from hyper.vdom import Element, Text
    >>> fragment_html([Element("p", {}, (Text("a"),))], "body")
    '<p>a</p>'
    >>> fragment_html([Element("p", {}, (Element("p"),))], "body") is None
    True
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from ..vdom.errors import HtmlError
from ..vdom.markup import children_html
from ..vdom.node import DOCUMENT, Element, Node, NodeLike, Text
from ..vdom.parser import parse_document, parse_html
from .matching import LEAVES

_PLAIN: Final = LEAVES | {Element}


def fragment_html(nodes: Sequence[NodeLike], context: str) -> str | None:
    """HTML that gives exactly ``nodes`` when parsed in ``context``; ``None`` if there is none."""
    html = children_html(nodes, context)
    return html if reads_as(html, nodes, context) else None


def reads_as(html: str, nodes: Sequence[NodeLike], context: str) -> bool:
    """Does parsing ``html`` in ``context`` give ``nodes``?

    Nodes of other kinds (instances of templates) are trusted: their HTML was checked when the template was
    compiled. Plain elements among them are read one by one. Cost: parsing.
    """
    if not _PLAIN.issuperset(map(type, nodes)):
        plain = [node for node in nodes if type(node) is Element]
        return all(reads_as(children_html((node,), context), (node,), context) for node in plain)
    try:
        return parse_children(html, context) == tuple(nodes)
    except HtmlError:
        return False


def parse_children(html: str, context: str) -> tuple[Node, ...]:
    """The children that ``html`` gives in ``context``, which may be ``"#document"``."""
    if context == DOCUMENT:
        return parse_document(html).children
    return parse_html(html, context=context).children


def split_fragments(nodes: Sequence[NodeLike]) -> list[Sequence[NodeLike]]:
    """``nodes`` in pieces that may be printed together: two texts side by side would be read as one."""
    starts = [
        index for index, (left, right) in enumerate(pairwise(nodes), 1) if type(left) is type(right) is Text
    ]
    return [nodes[start:stop] for start, stop in zip([0, *starts], [*starts, len(nodes)], strict=True)]
