"""Literal HTML: markup that means exactly what it says, for trees that no browser would build.

lxml's HTML parser leaves ``<tr>`` right in a ``<table>`` and puts elements into ``<noscript>``; a browser does neither.
So HTML that a browser reads cannot express such trees. Literal HTML looks the same, and is what ``to_html`` prints for
trees of browsers; but reading it moves nothing, adds nothing and ends nothing by itself:

    >>> nodes = parse_literal("<table><tr><td>1</td></tr></table>", "div")
    >>> literal_html(nodes)
    '<table><tr><td>1</td></tr></table>'

Every element is ended by its own end tag, except void elements (``<br>``). The content of ``<script>`` and ``<style>``
is text as it stands. Where one of these holds what it could not hold so, its start tag ends in ``//``, and then it is
an element like any other: ``<wbr//>a</wbr>``, ``<script//>a &lt;/script></script>``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import Any, Final, TypeAlias

from .errors import HtmlError
from .escaping import escape_text
from .htmlspec import LEADING_NEWLINE_ELEMENTS, VOID_ELEMENTS
from .markup import start_tag
from .namespaces import Content, content_of, namespace_of, split_context
from .node import DOCUMENT, Comment, Doctype, Element, Node, NodeLike, ProcessingInstruction, Text
from .writing import Unwritten, written

RAW: Final = frozenset({"script", "style"})
"""Elements whose text is neither escaped nor decoded."""
_RAW_ENDS: Final = {tag: re.compile(f"</{tag}", re.IGNORECASE) for tag in RAW}

_ATTRIBUTE: Final = re.compile(
    r"""[\s/]*(?P<name>[^\s/>=][^\s/>=]*)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s>"']+)))?"""
)
_TAG_NAME: Final = re.compile(r"""<(?P<end>/?)(?P<tag>[^\s/>!?&"'=][^\s/>]*)""")
_TAG_END: Final = re.compile(r"\s*(?P<slashes>/*)>")
_LEAVES: Final = (
    (re.compile(r"<!--(.*?)-->", re.DOTALL), Comment),
    (re.compile(r"<!DOCTYPE ([^>]*)>", re.IGNORECASE), Doctype),
    (re.compile(r"<\?([^>]*)>"), ProcessingInstruction),
)

_Open: TypeAlias = "tuple[str, dict[str, str], list[Node], Content]"
"""An element that is being read: its tag and attributes, the siblings before it, and what they are."""


# Writing ----------------------------------------------------------------------------------------------------


def literal_html(nodes: Sequence[NodeLike], context: str = "body") -> str:
    """``nodes``, the children of an element ``context``, as literal HTML; reading it tells whether it has them all."""
    is_raw = context in RAW and all(type(node) is Text for node in nodes)
    return written(_content(nodes, is_raw), _write_element, _leaf_html)


def _content(nodes: Sequence[NodeLike], is_raw: bool) -> Unwritten:
    return [node.data if is_raw and type(node) is Text else node for node in reversed(nodes)]


def _write_element(element: Element, out: list[str], pending: Unwritten) -> None:
    tag, children, start = element.tag, element.children, start_tag(element)
    is_raw = False
    if element.namespace == "html" and tag in VOID_ELEMENTS:
        if not children:
            out.append(start)
            return
        start = f"{start[:-1]}//>"
    elif element.namespace == "html" and tag in RAW:
        is_raw = _is_raw(tag, children)
        start = start if is_raw else f"{start[:-1]}//>"
    elif element.namespace == "html" and tag in LEADING_NEWLINE_ELEMENTS and _starts_with_newline(children):
        start += "\n"
    out.append(start)
    pending.append(f"</{tag}>")
    pending += _content(children, is_raw)


def _starts_with_newline(children: Sequence[Node]) -> bool:
    return bool(children) and type(children[0]) is Text and children[0].data.startswith("\n")


def _is_raw(tag: str, children: Sequence[NodeLike]) -> bool:
    """Can these be the content of a ``<script>`` or ``<style>`` as it stands?"""
    ends = _RAW_ENDS[tag]
    return all(type(child) is Text and not ends.search(child.data) for child in children)


def _leaf_html(node: Any) -> str:
    if type(node) is Text:
        return escape_text(node.data)
    assert type(node) is ProcessingInstruction, "trees of lxml have nodes of no other class"
    return f"<?{node.data}>"


# Reading ----------------------------------------------------------------------------------------------------


def parse_literal(html: str, context: str = "body") -> tuple[Node, ...]:
    """The nodes that literal ``html`` says are the children of an element ``context``.

    Raises ``HtmlError`` if it is not literal HTML: an element is not ended, or ended twice. Cost: its length.
    """
    if context in RAW:  # as in a browser: there is no end tag that could end it
        return (Text(html),) if html else ()
    return _Reader(html, context).read()


class _Reader:
    def __init__(self, html: str, context: str) -> None:
        self.html = html
        self.at = 0
        self.opened: list[_Open] = []
        self.siblings: list[Node] = []
        self.content: Content = "html"
        if context != DOCUMENT:
            tag, namespace = split_context(context)
            self.content = content_of(tag, namespace)

    def read(self) -> tuple[Node, ...]:
        html = self.html
        while self.at < len(html):
            start = html.find("<", self.at)
            start = len(html) if start < 0 else start
            if start > self.at:
                self.siblings.append(Text(unescape(html[self.at : start])))
            self.at = start
            if start < len(html):
                self.markup()
        if self.opened:
            raise HtmlError(f"<{self.opened[-1][0]}> is not ended")
        return tuple(self.siblings)

    def markup(self) -> None:
        """Read what begins with the ``<`` at this place."""
        name = _TAG_NAME.match(self.html, self.at)
        if name is None:
            self.leaf()
        elif name["end"]:
            self.end(name)
        else:
            self.start(name)

    def leaf(self) -> None:
        for pattern, kind in _LEAVES:
            match = pattern.match(self.html, self.at)
            if match is not None:
                self.siblings.append(kind(match[1]))
                self.at = match.end()
                return
        raise HtmlError(f"no markup begins with {self.html[self.at : self.at + 9]!r}")

    def end(self, name: re.Match[str]) -> None:
        closed = _TAG_END.match(self.html, name.end())
        if closed is None or not self.opened or self.opened[-1][0] != name["tag"]:
            raise HtmlError(f"{name[0]}> ends nothing here")
        self.at = closed.end()
        tag, attributes, outer, content = self.opened.pop()
        outer.append(Element(tag, attributes, tuple(self.siblings), namespace_of(tag, content)))
        self.siblings, self.content = outer, content

    def start(self, name: re.Match[str]) -> None:
        tag = name["tag"]
        self.at = name.end()
        attributes = self.attributes()
        closed = _TAG_END.match(self.html, self.at)
        namespace = namespace_of(tag, self.content)
        if closed is None or (namespace == "html" and tag != tag.lower()):
            raise HtmlError(f"<{tag} is no start tag of literal HTML")
        self.at = closed.end()
        is_html, slashes = namespace == "html", closed["slashes"]
        if slashes != "//" and (tag in VOID_ELEMENTS if is_html else slashes):
            self.siblings.append(Element(tag, attributes, (), namespace))
            return
        self.opened.append((tag, attributes, self.siblings, self.content))
        self.siblings, self.content = [], content_of(tag, namespace, attributes)
        if is_html and slashes != "//" and tag in RAW:
            self.raw(tag)
        elif is_html and tag in LEADING_NEWLINE_ELEMENTS and self.html.startswith("\n", self.at):
            self.at += 1

    def attributes(self) -> dict[str, str]:
        found: dict[str, str] = {}
        while match := _ATTRIBUTE.match(self.html, self.at):
            self.at = match.end()
            value = match["double"] or match["single"] or match["bare"] or ""
            found.setdefault(match["name"], unescape(value))
        return found

    def raw(self, tag: str) -> None:
        """Read the text of a ``<script>`` or ``<style>``, up to its end tag."""
        match = _RAW_ENDS[tag].search(self.html, self.at)
        stop = match.start() if match is not None else len(self.html)
        if stop > self.at:
            self.siblings.append(Text(self.html[self.at : stop]))
        self.at = stop
