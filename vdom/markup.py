"""Trees printed as HTML: what a browser gives for ``innerHTML``, with two fixes that let it be parsed again.

It follows "serializing HTML fragments" of the HTML Standard (13.3). The fixes: a newline that opens a
``<textarea>`` or ``<pre>`` is doubled, because parsers drop one; a comment or processing instruction made by
hand cannot end early (see ``escaping``).

    >>> to_html(Root((Element("p", {"class": "on"}, (Text("a < b"),)),)))
    '<p class="on">a &lt; b</p>'

``parse_html(to_html(tree), context=tree.context) == tree`` holds for every tree that HTML can write. It
cannot write:

* an element where the parser does not allow it: ``<div>`` in ``<p>``, ``<tr>`` outside tables, ``<a>`` in
  ``<a>``, ``<form>`` in ``<form>``, ``<li>`` in ``<li>``. Made by hand, or by the parser from misnested tags;
* two texts side by side, and an empty text;
* anything after ``<plaintext>``, children of a void element, non-text below ``<textarea>`` or ``<script>``;
* characters that no HTML can hold: NUL and lone surrogates.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from .escaping import escape_attribute, escape_comment, escape_instruction, escape_text
from .htmlspec import LEADING_NEWLINE_ELEMENTS, RAW_TEXT_ELEMENTS, VOID_ELEMENTS
from .node import Comment, Doctype, Element, NodeLike, ProcessingInstruction, Root, Text
from .xml import xml_of

_Pending: TypeAlias = "list[NodeLike | str]"
"""What is still to be printed, in reverse order: nodes, and HTML."""


def to_html(node: NodeLike) -> str:
    """The HTML of a node with all below it, or of all children of a ``Root``.

    A node of any other class prints itself: its ``to_html()`` is called. A whole tree of XML is printed as XML.
    """
    if type(node) is Root and node.syntax.name == "xml":
        return xml_of(node.children)
    return _printed([node])


def children_html(nodes: Sequence[NodeLike], context: str) -> str:
    """The HTML of nodes that are the children of an element ``context``."""
    pending: _Pending = []
    _push_children(nodes, context in RAW_TEXT_ELEMENTS, pending)
    return _printed(pending)


def _printed(pending: _Pending) -> str:
    out: list[str] = []
    while pending:
        item = pending.pop()
        if type(item) is str:
            out.append(item)
        elif type(item) is Text:
            out.append(escape_text(item.data))
        elif type(item) is Element:
            _print_element(item, out, pending)
        elif type(item) is Root:
            _push_children(item.children, item.context in RAW_TEXT_ELEMENTS, pending)
        else:
            out.append(_rare_to_html(item))
    return "".join(out)


def _rare_to_html(node: Any) -> str:
    match node:
        case Comment(data):
            return f"<!--{escape_comment(data)}-->"
        case ProcessingInstruction(data):
            return f"<?{escape_instruction(data)}>"
        case Doctype(data):
            return f"<!DOCTYPE {escape_instruction(data)}>"
    return str(node.to_html())


def _print_element(element: Element, out: list[str], pending: _Pending) -> None:
    """Append the start tag to ``out``; push what follows it onto ``pending``, in reverse order."""
    out.append(start_tag(element))
    children = element.children
    is_html = element.namespace == "html"
    if is_html and element.tag in VOID_ELEMENTS:
        return
    pending.append(f"</{element.tag}>")
    if not children:
        return
    if is_html and element.tag in LEADING_NEWLINE_ELEMENTS and _starts_with_newline(children[0]):
        out.append("\n")
    _push_children(children, is_html and element.tag in RAW_TEXT_ELEMENTS, pending)


def _push_children(children: Sequence[NodeLike], is_raw: bool, pending: _Pending) -> None:
    if is_raw:
        pending.extend([child.data if type(child) is Text else child for child in reversed(children)])
    else:
        pending.extend(reversed(children))


def _starts_with_newline(node: NodeLike) -> bool:
    return type(node) is Text and node.data.startswith("\n")


def start_tag(element: Element) -> str:
    """The start tag of an element: ``<a href="x">``."""
    if not element.attributes:
        return f"<{element.tag}>"
    attributes = [f' {name}="{escape_attribute(value)}"' for name, value in element.attributes.items()]
    return f"<{element.tag}{''.join(attributes)}>"
