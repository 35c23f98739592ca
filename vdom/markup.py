"""Trees printed as HTML: what a browser gives for ``innerHTML``, with two cures that let it be parsed again.

It follows "serializing HTML fragments" of the HTML Standard (13.3). The cures: a newline that opens a
``<textarea>`` or ``<pre>`` is doubled, because parsers drop one; a comment or processing instruction made by
hand cannot end early (see ``escaping``).

    Root((Element("p", {"class": "on"}, (Text("a < b"),)),))    →    <p class="on">a &lt; b</p>

``parse_html(to_html(tree), context=tree.context) == tree`` holds for every tree that HTML can write. It
cannot write:

* an element where the parser does not let it stand: ``<div>`` in ``<p>``, ``<tr>`` outside tables, ``<a>`` in
  ``<a>``, ``<form>`` in ``<form>``, ``<li>`` in ``<li>``. Made by hand, or by the parser from misnested tags;
* two texts side by side, and an empty text;
* anything after ``<plaintext>``, children of a void element, non-text below ``<textarea>`` or ``<script>``;
* characters that no HTML can hold: NUL and lone surrogates.
"""

from __future__ import annotations

from typing import Any

from .escaping import escape_attribute, escape_comment, escape_instruction, escape_text
from .htmlspec import LEADING_NEWLINE_ELEMENTS, RAW_TEXT_ELEMENTS, VOID_ELEMENTS
from .node import Comment, Doctype, Element, ProcessingInstruction, Root, Text


def to_html(node: Any) -> str:
    """The HTML of a node with all below it, or of all children of a ``Root``.

    A node of a kind that is not known here prints itself: its ``to_html()`` is called.
    """
    out: list[str] = []
    pending: list[Any] = [node]
    while pending:
        item = pending.pop()
        kind = type(item)
        if kind is str:
            out.append(item)
        elif kind is Text:
            out.append(escape_text(item.data))
        elif kind is Element:
            _print_element(item, out, pending)
        elif kind is Root:
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


def _print_element(element: Element, out: list[str], pending: list[Any]) -> None:
    """Append the start tag to ``out``; push what follows it onto ``pending``, last things first."""
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


def _push_children(children: tuple[Any, ...], is_raw: bool, pending: list[Any]) -> None:
    if is_raw:
        pending.extend([child.data if type(child) is Text else child for child in reversed(children)])
    else:
        pending.extend(reversed(children))


def _starts_with_newline(node: Any) -> bool:
    return type(node) is Text and node.data.startswith("\n")


def start_tag(element: Element) -> str:
    """The start tag of an element: ``<a href="x">``."""
    if not element.attributes:
        return f"<{element.tag}>"
    attributes = [f' {name}="{escape_attribute(value)}"' for name, value in element.attributes.items()]
    return f"<{element.tag}{''.join(attributes)}>"
