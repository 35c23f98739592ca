"""Where the nodes of a tree are in the source they were parsed from.

Lexbor does not say, so ``measure`` reads the source once more, guided by the tree: where the tree has a ``<p>``, the
source has to have its start tag; where the tree has text, the source has to have characters up to the next ``<``;
and so on, to the end tag. The result is a ``Layout``: how many characters belong to each child.

    <ul class="x"><li>one</li> <li>two</li></ul>       the element ul: opening 14, closing 5
                  <li>one</li> <li>two</li>            its content: lengths [12, 1, 12]

This proves more than positions. If the tags of the source, read as plainly as this, make exactly the tree that the
parser built, then at every tag the parser had no other elements open than those around it, and no formatting element
left over from before. That is why a part can be parsed alone (see ``reparse``). Where reading plainly and parsing
disagree (misnested tags, text moved out of a table, an implied ``<head>``), or where the source is not written plainly
enough (a stray ``<``), ``measure`` returns ``None``.

Omitted tags are accepted where they do no harm: end tags, and the ``<tbody>`` that ``<table><tr>`` implies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from ..htmlspec import ESCAPABLE_RAW_TEXT_ELEMENTS, OMITTED_END_TAGS, RAW_TEXT_ELEMENTS, VOID_ELEMENTS
from ..node import Element, Node, Text

WORTH_LAYOUT: Final = 1024
"""An element of at least this many characters gets a layout of its own; a smaller one is parsed again as a whole."""

_WHITE_SPACE: Final = r"[ \t\n\f\r]"
_ATTRIBUTE_VALUE: Final = r"""(?:"[^"]*+"|'[^']*+'|[^ \t\n\f\r"'=<>`]++)"""
_ONE_ATTRIBUTE: Final = (
    rf"""{_WHITE_SPACE}++[^ \t\n\f\r"'<>/=\0]++(?:{_WHITE_SPACE}*+={_WHITE_SPACE}*+{_ATTRIBUTE_VALUE})?+"""
)
ATTRIBUTES_PATTERN: Final = rf"(?:{_ONE_ATTRIBUTE})*+{_WHITE_SPACE}*+"
"""A pattern for what is between the name and the end of a start tag."""
START_TAG: Final = re.compile(rf"<([a-zA-Z][a-zA-Z0-9:._-]*+){ATTRIBUTES_PATTERN}(/?+)>")
"""An unambiguous start tag: its name, and the slash of ``<path/>``."""
ROW_TAG: Final = re.compile(r"<tr[ \t\n\f\r/>]", re.IGNORECASE)
"""A start tag that implies a ``<tbody>`` in a table."""

_END_TAG: Final = re.compile(rf"</([a-zA-Z][a-zA-Z0-9:._-]*+){_WHITE_SPACE}*+>")
_MARK: Final = re.compile(r"<!--(?!-?>).*?--!?>|<\?[^>]*+>", re.DOTALL)

_WHOLE: Final = frozenset({"colgroup", "frameset", "html", "listing", "pre", "select", "template"})
"""Elements of which no part can be parsed alone: what came before inside them matters."""
_CHARACTERS_ONLY: Final = RAW_TEXT_ELEMENTS | ESCAPABLE_RAW_TEXT_ELEMENTS

_CLOSING_TAGS: Final = frozenset(
    """article aside blockquote dd details div dl dt fieldset figure footer form header li main nav ol section
    table tbody td tfoot th thead tr ul""".split()
)
"""Their end tags close elements in them whose own end tag is omitted. 13.2.6.4.7 ff."""
_AFTER_NAME: Final = frozenset(" \t\n\f\r/>")
"""Characters that end the name in an end tag."""

_VOID, _CHARACTERS, _NODES = range(3)
_StartTag: TypeAlias = tuple[str, int, bool]
"""The text of a start tag; what follows it (nothing, only characters, nodes); and ``Layout.is_regular``."""
_Around: TypeAlias = (
    "tuple[Element | None, Iterator[Node], list[int], dict[int, Layout] | None, int, int, int, bool]"
)
"""The state of the walk in the element that encloses the one being read."""

_NO_END_TAG: Final = 0
_CLOSED: Final = 1


class Layout:
    """How the source of some content is divided among the nodes it was parsed into."""

    __slots__ = ("closing", "inner", "is_regular", "lengths", "open_end", "opening")

    def __init__(
        self,
        lengths: list[int],
        inner: list[Layout | None],
        opening: int = 0,
        closing: int = 0,
        open_end: bool = False,
        is_regular: bool = False,
    ) -> None:
        self.lengths = lengths
        """Characters of each child."""
        self.inner = inner
        """Layouts of the children that are large enough for one."""
        self.opening = opening
        """Characters of the start tag of the element itself; 0 where it is implied."""
        self.closing = closing
        """Characters of its end tag; 0 where it is omitted."""
        self.open_end = open_end
        """Is the end tag of the last child omitted?"""
        self.is_regular = is_regular
        """Is every ``<`` in the content, however deep, part of a tag or comment, and no tag omitted?"""


def can_be_divided(tag: str, namespace: str = "html") -> bool:
    """Can parts of the content of such an element be parsed alone?"""
    return namespace != "html" or not (tag in _WHOLE or tag in _CHARACTERS_ONLY)


def measure(children: Sequence[Node], html: str, start: int, stop: int) -> Layout | None:
    """The layout of ``html[start:stop]``, which was parsed into ``children``; ``None`` if it is not plain."""
    found = measure_from(children, html, start)
    return found[0] if found is not None and found[1] == stop else None


def measure_from(children: Sequence[Node], html: str, start: int) -> tuple[Layout, int] | None:
    """The layout of ``children``, whose source begins at ``start``, and the place where it ends.

    Reads each character once; that takes about three times as long as lexbor takes to parse it.
    """
    try:
        return _read(children, html, start)
    except _NotPlainError:
        return None


class _NotPlainError(Exception):
    """Read plainly, the source does not give the tree."""


def _read(children: Sequence[Node], html: str, position: int) -> tuple[Layout, int]:
    element: Element | None = None
    nodes, lengths, first_open, began, opening = iter(children), list[int](), -1, position, 0
    inner: dict[int, Layout] | None = None
    around, is_regular = list[_Around](), True
    known: dict[tuple[str, str, int], _StartTag] = {}
    while True:
        start, layout, closing = position, None, _CLOSED
        node = next(nodes, None)
        if type(node) is Text:
            position = _after_text(html, start)
        elif type(node) is Element:
            tag = known.get(name := (node.tag, node.namespace, id(node.attributes)))
            if tag is None or not tag[0] or not html.startswith(tag[0], start):
                tag = known[name] = _start_tag(html, start, node)
            position += len(tag[0])
            is_regular = is_regular and tag[2]
            if tag[1] == _NODES and node.children:
                around.append((element, nodes, lengths, inner, first_open, began, opening, is_regular))
                element, nodes, lengths, inner, first_open = node, iter(node.children), [], None, -1
                began, opening, is_regular = start, len(tag[0]), True
                continue
            if tag[1] == _CHARACTERS:
                position = _after_characters(html, text_start := position, node)
                is_regular = is_regular and html.find("<", text_start, position) < 0
            if tag[1] != _VOID:
                position += (closing := _end_tag(html, position, node))
        elif node is not None:
            position = _after_mark(html, start)
            is_regular = is_regular and html.find("<", start + 1, position) < 0
        elif element is None:
            return _required(_layout(lengths, inner, first_open, 0, 0, is_regular)), position
        else:
            position += (closing := _end_tag(html, position, element))
            if position - began >= WORTH_LAYOUT and can_be_divided(element.tag, element.namespace):
                layout = _layout(lengths, inner, first_open, opening, closing, is_regular)
            start, was_regular = began, is_regular
            element, nodes, lengths, inner, first_open, began, opening, is_regular = around.pop()
            is_regular = is_regular and was_regular
        if layout is not None:
            inner = inner or {}
            inner[len(lengths)] = layout
        if closing == _NO_END_TAG:
            first_open, is_regular = first_open if first_open >= 0 else len(lengths), False
        lengths.append(position - start)


def _layout(
    lengths: list[int],
    inner: Mapping[int, Layout] | None,
    first_open: int,
    opening: int,
    closing: int,
    is_regular: bool,
) -> Layout | None:
    """The layout of an element's content; ``None`` if what follows a child in it may belong in that child."""
    if first_open >= 0 and first_open != len(lengths) - 1:
        return None
    layouts: list[Layout | None] = [None] * len(lengths)
    for index, layout in (inner or {}).items():
        layouts[index] = layout
    return Layout(lengths, layouts, opening, closing, first_open >= 0, is_regular)


def _required(layout: Layout | None) -> Layout:
    if layout is None:
        raise _NotPlainError
    return layout


def _after_text(html: str, start: int) -> int:
    stop = html.find("<", start)
    if stop == start:
        raise _NotPlainError
    return stop if stop >= 0 else len(html)


def _after_mark(html: str, start: int) -> int:
    """Where a comment or processing instruction ends."""
    mark = _MARK.match(html, start)
    if mark is None or mark[0].endswith("--!>"):
        raise _NotPlainError
    return mark.end()


def _after_characters(html: str, start: int, element: Element) -> int:
    """Where the characters end that ``<script>``, ``<title>`` and the like contain instead of nodes."""
    name = element.tag
    stop = html.find("</", start)
    while stop >= 0:
        after = stop + 2 + len(name)
        if html[stop + 2 : after].lower() == name and html[after : after + 1] in _AFTER_NAME:
            break
        stop = html.find("</", stop + 2)
    if stop < 0 or (name == "script" and html.find("<!--", start, stop) >= 0):
        raise _NotPlainError
    return stop


def _start_tag(html: str, start: int, element: Element) -> _StartTag:
    """The start tag of ``element``; an empty one for a ``<tbody>`` that a row implies."""
    tag = START_TAG.match(html, start)
    if tag is None or element.tag == "plaintext":
        raise _NotPlainError
    name = tag[1].lower()
    if name != element.tag.lower():
        if element.tag == "tbody" and name == "tr":
            return "", _NODES, False
        raise _NotPlainError
    is_regular = element.namespace == "html" and "<" not in tag[0][1:]
    return tag[0], _what_follows(element, bool(tag[2])), is_regular


def _what_follows(element: Element, is_closed: bool) -> int:
    is_html = element.namespace == "html"
    if (element.tag in VOID_ELEMENTS) if is_html else is_closed:
        return _VOID
    return _CHARACTERS if is_html and element.tag in _CHARACTERS_ONLY else _NODES


def _end_tag(html: str, start: int, element: Element) -> int:
    """Characters of the end tag of ``element``; 0 where it is omitted, as HTML allows for some."""
    if html.startswith(f"</{element.tag}>", start):
        return len(element.tag) + 3
    tag = _END_TAG.match(html, start)
    if tag is not None and tag[1].lower() == element.tag.lower():
        return len(tag[0])
    if element.tag in OMITTED_END_TAGS and element.namespace == "html" and _may_close(html, start):
        return _NO_END_TAG
    raise _NotPlainError


def _may_close(html: str, start: int) -> bool:
    """Can what follows at ``start`` close an element whose end tag is omitted?

    For a start tag the tree shows it; but an end tag that the parser ignores leaves no trace there.
    """
    if not html.startswith("</", start):
        return True
    tag = _END_TAG.match(html, start)
    return tag is not None and tag[1].lower() in _CLOSING_TAGS
