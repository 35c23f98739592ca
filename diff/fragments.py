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
from contextlib import suppress
from itertools import pairwise
from typing import Final

from ..vdom.errors import HtmlError
from ..vdom.literal import literal_html, parse_literal
from ..vdom.markup import children_html
from ..vdom.node import DOCUMENT, Element, Node, NodeLike, Text
from ..vdom.parser import parse_document, parse_html
from ..vdom.syntax import HTML, Syntax
from ..vdom.xml import parse_xml_nodes, xml_of
from .matching import LEAVES

_PLAIN: Final = LEAVES | {Element}


def fragment_html(nodes: Sequence[NodeLike], context: str, syntax: Syntax = HTML) -> str | None:
    """Markup that gives exactly ``nodes`` when read in ``context``; ``None`` if there is none."""
    html = markup_of(nodes, context, syntax)
    return html if reads_as(html, nodes, context, syntax) else None


def markup_of(nodes: Sequence[NodeLike], context: str, syntax: Syntax) -> str:
    """``nodes`` as the children of an element ``context``, written by the rules of ``syntax``."""
    if syntax.name == "html":
        return children_html(nodes, context)
    return xml_of(nodes) if syntax.name == "xml" else literal_html(nodes, context)


def reads_as(html: str, nodes: Sequence[NodeLike], context: str, syntax: Syntax = HTML) -> bool:
    """Does reading ``html`` in ``context`` give ``nodes``?

    Nodes of other kinds (instances of templates) are trusted: their HTML was checked when the template was
    compiled. Plain elements among them are read one by one. Cost: parsing.
    """
    if not _PLAIN.issuperset(map(type, nodes)):
        plain = [node for node in nodes if type(node) is Element]
        return all(reads_as(children_html((node,), context), (node,), context) for node in plain)
    try:
        return parse_children(html, context, syntax) == tuple(nodes)
    except HtmlError:
        return False


def parse_children(html: str, context: str, syntax: Syntax = HTML) -> tuple[Node, ...]:
    """The children that ``html`` gives in ``context``, which may be ``"#document"``.

    What is not literal HTML, such as ``<p>a<p>b``, is read as browsers do, in trees of lxml too.
    """
    if syntax.name == "xml":
        return parse_xml_nodes(html, context)
    if syntax.name == "literal":
        with suppress(HtmlError):
            return parse_literal(html, context)
    if context == DOCUMENT:
        return parse_document(html).children
    return parse_html(html, context=context).children


def split_fragments(nodes: Sequence[NodeLike]) -> list[Sequence[NodeLike]]:
    """``nodes`` in pieces that may be printed together: two texts side by side would be read as one."""
    starts = [
        index for index, (left, right) in enumerate(pairwise(nodes), 1) if type(left) is type(right) is Text
    ]
    return [nodes[start:stop] for start, stop in zip([0, *starts], [*starts, len(nodes)], strict=True)]
