"""The parser: lexbor, used through selectolax. No other file knows it.

Lexbor builds the tree that the HTML standard describes, as browsers do except in rare cases (measured on
html5lib's tests, saved pages and a great many random sources). What its Python interface lacks is added here, each
thing in a function that says so: namespaces, comments exactly as written, processing instructions, doctypes,
contexts it has no name for. Sources whose depth would cost it quadratic time are refused first (``depth``).
Formatting elements that it opens again in a ``<textarea>``, as after ``<p><b></p>``, are dropped: only their text
counts.

Where the tree still differs from Chromium's, each with an example in ``tests/vdom/differences.py``:

* Lexbor is wrong: ``<image>`` right in a table is lost, of two ``xmlns`` the second counts, ``<sup>`` does not
  end SVG or MathML in a template, a doctype ends a column group; a fragment in a ``colgroup`` has no white space
  beside other text, one in a ``template`` has forms in forms; at the very end of a source ``<!`` and ``<![CDA``
  make other comments.
* Chromium departs from the standard: NUL in text is dropped before the tree is built, after ``<`` and in CDATA
  it is U+FFFD; a form ended in a table, ``<search>`` in misnested formatting, U+FFFD before a ``<frameset>``,
  ``<title>`` before parts of a table in a template, ``<foreignObject>`` outside of SVG; in fragments ``<input>``
  in a ``select``, ``<noscript>`` in a ``template``, buttons in buttons.
* A tree deeper than 500 is refused.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final, TypeAlias

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

from .depth import MAX_TREE_DEPTH, check_source_depth, too_deep
from .htmlspec import MATHML_IN_TEXT
from .namespaces import NO_ATTRIBUTES, Content, Namespace, content_of, namespace_of, split_context
from .node import (
    Comment,
    Doctype,
    Element,
    ElementDraft,
    Node,
    ProcessingInstruction,
    Text,
    key_of,
)

_TEXT_ID: Final = 2
_COMMENT_ID: Final = 4
_DOCTYPE_ID: Final = 5
_INSTRUCTION_ID: Final = 0
_KNOWN_TAGS: Final = 1000
"""Lexbor numbers the tags it knows; an unknown tag has an address instead of a number."""

_DOCTYPE_IDS: Final = re.compile(
    r'<!DOCTYPE (?P<name>[^ >]*)(?: PUBLIC "(?P<public>.*?)")?(?:(?: SYSTEM)? "(?P<system>.*)")?>', re.DOTALL
)

_SUP: Final = re.compile(r"<sup(?=[ \t\n\f\r/>])", re.IGNORECASE)
_HEAD_SUP: Final = re.compile(r"(?:<|&lt;)head(?:>|&gt;)(?:<|&lt;)sup", re.IGNORECASE)

_Attributes: TypeAlias = tuple[Mapping[str, str], str | None]
"""A mapping shared by all elements with equal attributes, and the key that it gives them."""

_Around: TypeAlias = "tuple[LexborNode, str, Mapping[str, str], Namespace, str | None, list[Any], Content]"
"""An element that is being filled, the siblings before it, and what the children of its parent are."""

_html_names: Final[dict[int, tuple[str, Namespace]]] = {}
"""Names of HTML elements by lexbor's number, filled on demand: one string for all elements of a tag."""


class Lexbor:
    """Builds nodes from HTML. Has no state: one instance serves all threads."""

    def fragment(self, html: str, context: str) -> tuple[Node, ...]:
        """The children that ``html`` gives an element ``context``."""
        tag, namespace = split_context(context)
        check_source_depth(html, lambda start: _open_depth(_parse_fragment(start, tag, namespace)))
        root = _with_sup(html, lambda html: _parse_fragment(html, tag, namespace)).root
        if root is None:
            return ()
        content = content_of(tag, namespace)
        children = _build(root, content)
        return children if content == "html" else _with_namespaces(children, root)

    def document(self, html: str) -> tuple[Node, ...]:
        """The children of a whole document: a doctype, comments, the ``<html>`` element."""
        check_source_depth(html, lambda start: _open_depth(_parse_document(start)))
        first = _with_sup(html, _parse_document).root
        assert first is not None, "there is an <html> element for any input"
        while first.prev is not None:
            first = first.prev
        return _build(first, "html")


def _parse_fragment(html: str, tag: str, namespace: Namespace) -> LexborHTMLParser:
    return LexborHTMLParser(
        _utf8(html),
        is_fragment=True,
        fragment_tag=_known_context(tag, namespace),
        fragment_namespace=namespace,
        options=LexborDocumentOptions.WO_EVENTS,
        scripting=True,
    )


def _parse_document(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(_utf8(html), options=LexborDocumentOptions.WO_EVENTS, scripting=True)


def _with_sup(html: str, parse: Callable[[str], LexborHTMLParser]) -> LexborHTMLParser:
    """The result of ``parse(html)``, with ``<sup>`` where the standard puts it.

    ``<sup>`` ends SVG and MathML like ``<sub>`` and others (13.2.6.5 Parsing tokens in foreign content), but not in
    lexbor. ``<head>`` does, and is ignored otherwise: so one is put before each ``<sup>``, unless it would appear as
    text somewhere because it is not a tag there. Cost: two searches in a page without ``<sup>``.
    """
    parser = parse(html)
    if "<sup" not in html and "<SUP" not in html:
        return parser
    if all(_printed_namespace(sup) == "html" for sup in parser.css("svg sup, math sup")):
        return parser
    corrected = parse(_SUP.sub(r"<head>\g<0>", html))
    return parser if _HEAD_SUP.search(corrected.html or "") else corrected


def _utf8(html: str) -> bytes:
    """``html`` encoded; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD as in a browser."""
    try:
        return html.encode()
    except UnicodeEncodeError:
        return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


@lru_cache(maxsize=256)
def _known_context(tag: str, namespace: Namespace) -> str:
    """A context that lexbor has a name for and that parses like ``tag``.

    Unknown are custom elements, which parse like ``<div>``, and ``<g>``, ``<mrow>`` and the like, which parse
    like the root of their namespace.
    """
    try:
        LexborHTMLParser(b"", is_fragment=True, fragment_tag=tag, fragment_namespace=namespace)
    except ValueError:
        return "div" if namespace == "html" else namespace
    return tag


def _open_depth(parser: LexborHTMLParser) -> int:
    """How many elements are open at the end of what was parsed."""
    depth = 0
    node = parser.root
    while node is not None and node.next is not None:
        node = node.next
    while node is not None:
        depth += 1
        node = node.last_child
    return depth


# From lexbor's nodes to ours --------------------------------------------------------------------------------


def _build(first: LexborNode, content: Content) -> tuple[Node, ...]:
    """Our nodes for ``first`` and its siblings, with all below them.

    The cyclic garbage collector is paused while they are built. It would scan all nodes made so far again and
    again and find nothing, which takes a third of the time for a large page.
    """
    if not gc.isenabled():
        return _walk(first, content)
    gc.disable()
    try:
        return _walk(first, content)
    finally:
        gc.enable()


def _walk(first: LexborNode, content: Content) -> tuple[Node, ...]:
    node = _unmarked(first)
    siblings: list[Any] = []
    parents: list[_Around] = []
    shared: dict[tuple[tuple[str, str | None], ...], _Attributes] = {}
    while True:
        tag_id = node.tag_id
        if tag_id == _TEXT_ID:
            siblings.append(Text(node.text_content or ""))
        elif tag_id <= _DOCTYPE_ID:
            siblings.append(_rare_node(tag_id, node))
        else:
            attributes, key = NO_ATTRIBUTES, None
            if found := node.attributes:
                items = tuple(found.items())
                attributes, key = shared.get(items) or shared.setdefault(items, _attributes(found))
            known = _html_names.get(tag_id) if content == "html" else None
            tag, namespace = known or _name(node, tag_id, content)
            children: tuple[Node, ...] = ()
            below = node.first_child if tag != "template" else _first_below(node)
            if below is not None and len(parents) >= MAX_TREE_DEPTH:
                raise too_deep("/".join([parent[1] for parent in parents[-3:]]))
            if below is not None and below.tag_id == _TEXT_ID and below.next is None:
                children = (Text(below.text_content or ""),)
            elif below is not None and tag == "textarea" and namespace == "html":
                children = (Text(node.text(deep=True)),)
            elif below is not None:
                parents.append((node, tag, attributes, namespace, key, siblings, content))
                if namespace != "html" or content != "html":
                    content = content_of(tag, namespace, attributes)
                siblings = []
                node = below
                continue
            draft = ElementDraft(tag, attributes, children, namespace, key)
            draft.__class__ = Element
            siblings.append(draft)
        while (following := node.next) is None:
            if not parents:
                return tuple(siblings)
            node, tag, attributes, namespace, key, outer, content = parents.pop()
            draft = ElementDraft(tag, attributes, tuple(siblings), namespace, key)
            draft.__class__ = Element
            outer.append(draft)
            siblings = outer
        node = following


def _name(node: LexborNode, tag_id: int, content: Content) -> tuple[str, Namespace]:
    """Tag and namespace of an element.

    The parent does not determine the namespace of ``<mglyph>`` in ``<mi><table><mglyph>``: the parser moves it out
    of the table.
    """
    tag = node.tag or ""
    is_determined = content != "mathtext" or tag not in MATHML_IN_TEXT
    namespace = namespace_of(tag, content) if is_determined else _printed_namespace(node)
    if namespace == "html" and tag_id < _KNOWN_TAGS:
        _html_names[tag_id] = tag, namespace
    return tag, namespace


def _attributes(found: dict[str, str | None]) -> _Attributes:
    """Attributes as a DOM has them: one without a value has the value ``""``."""
    attributes = {name: value or "" for name, value in found.items()}
    return attributes, key_of(attributes)


def _first_below(template: LexborNode) -> LexborNode | None:
    """The first node of a template's content; an SVG ``<template>`` has children like any element."""
    fragments = template.template_fragments()
    if fragments and fragments[0].parent == template:
        return fragments[0].first_child
    return template.first_child


def _rare_node(tag_id: int, node: LexborNode) -> Node:
    """A comment, a processing instruction or a doctype, taken from their exact HTML."""
    html = node.html or ""
    if tag_id == _COMMENT_ID:
        return Comment(html[4:-3])
    if tag_id == _INSTRUCTION_ID:
        return ProcessingInstruction(html[2:-1].replace("\0", "\ufffd"))  # lexbor leaves NUL there
    return Doctype(_doctype(node.html_pretty(full_doctype=True) or ""))


def _doctype(html: str) -> str:
    """The content of a doctype: its name and ids, quoted so that they can be parsed again."""
    match = _DOCTYPE_IDS.match(html)
    if match is None:
        return ""
    name, public, system = match["name"], match["public"], match["system"]
    ids = [f"'{value}'" if '"' in value else f'"{value}"' for value in (public, system) if value is not None]
    keyword = ["PUBLIC"] if public is not None else ["SYSTEM"] if system is not None else []
    return " ".join([name, *keyword, *ids])


def _unmarked(node: LexborNode) -> LexborNode:
    """The same node, reached in another way, so that its HTML is only its own.

    Selectolax marks the root of a fragment, and prints all siblings of a marked node with it.
    """
    following = node.next
    return (following.prev if following is not None else None) or node


def _with_namespaces(children: tuple[Node, ...], root: LexborNode) -> tuple[Node, ...]:
    """``children`` of a fragment in foreign content, in their true namespaces.

    Only here is the namespace not determined by the parent: ``<p>`` in an ``svg`` fragment ends foreign content, but
    there is no outer element to move to.
    """
    corrected: list[Node] = []
    node: LexborNode | None = root
    for child in children:
        assert node is not None
        if isinstance(child, Element) and child.namespace != (namespace := _printed_namespace(node)):
            below = _first_below(node)
            inside = content_of(child.tag, namespace, child.attributes)
            nodes = _build(below, inside) if below is not None else ()
            child = Element(child.tag, child.attributes, nodes, namespace)
        corrected.append(child)
        node = node.next
    return tuple(corrected)


def _printed_namespace(node: LexborNode) -> Namespace:
    """The namespace of an element as lexbor's pretty printer names it: ``<svg:rect>``."""
    printed = node.html_pretty(tag_with_ns=True) or ""
    if printed.startswith(f"<svg:{node.tag}"):
        return "svg"
    return "math" if printed.startswith(f"<math:{node.tag}") else "html"
