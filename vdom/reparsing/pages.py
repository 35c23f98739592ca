"""The two kinds of page, fragments and documents: how they are parsed as a whole and in pieces.

A document is a fragment with a frame around it. All that is parsed incrementally in one is the content of
``<body>``, and only where the tags around are written out as nearly everybody writes them:

    <!DOCTYPE html> <html lang="en"> <head>…</head> <body>   …content…   text </body> </html>
    └────────────────────── head ─────────────────────────┘               └───── tail ──────┘

What is written behind ``</body>`` ends up in the body's last text, so that text belongs to the tail.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from ..namespaces import split_context
from ..node import DOCUMENT, Element, Node, Root, Text, with_children
from .layout import ATTRIBUTES, Layout, can_be_divided, measure, measure_from

_SPACE: Final = r"[ \t\n\f\r]*+"
_OPENING: Final = re.compile(
    rf"(?P<doctype>{_SPACE}(?:<!doctype[^>]*+>)?+){_SPACE}(?P<html><html{ATTRIBUTES}>){_SPACE}<head{ATTRIBUTES}>",
    re.IGNORECASE,
)
_HEAD_END: Final = re.compile(rf"</head{_SPACE}>", re.IGNORECASE)
_BODY: Final = re.compile(rf"<body{ATTRIBUTES}>", re.IGNORECASE)
_TAIL: Final = re.compile(rf"[^<]*+</body{_SPACE}>{_SPACE}(?:</html{_SPACE}>{_SPACE})?+", re.IGNORECASE)


class Adapter(Protocol):
    """What is asked of a parser."""

    def fragment(self, html: str, context: str) -> tuple[Node, ...]:
        """The children that ``html`` gives an element ``context``."""
        raise NotImplementedError

    def document(self, html: str) -> tuple[Node, ...]:
        """The children of a whole document."""
        raise NotImplementedError


class Part(NamedTuple):
    """The part of a page that can be parsed incrementally: the content of ``element``."""

    element: Element | Root
    children: Sequence[Node]
    """Those in the part: all of the element's, but for a last text in the tail."""
    layout: Layout
    head: int
    """Characters of the source before the part."""
    tail: int
    """Characters of the source after it."""
    frame: str = ""
    """What to put before a piece of the part to have it parsed as in the page."""

    def is_around(self, old: str, new: str) -> bool:
        """Are head and tail the same in both sources?"""
        return (
            len(new) >= self.head + self.tail
            and new.startswith(old[: self.head])
            and new.endswith(old[len(old) - self.tail :])
        )


class Page(Protocol):
    """A kind of page."""

    def parse(self, html: str) -> Root:
        """The tree of a whole page."""
        raise NotImplementedError

    def measure(self, root: Root, html: str) -> Part | None:
        """The part of ``html`` that can be parsed incrementally; ``root`` is the tree of ``html``."""
        raise NotImplementedError

    def parse_pieces(self, pieces: str, part: Part) -> Sequence[Node]:
        """The nodes of ``pieces``, parsed as if they stood in ``part``."""
        raise NotImplementedError

    def replace(self, root: Root, part: Part, nodes: Sequence[Node]) -> tuple[Root, Element | Root]:
        """A root with these nodes in the part, and the new element of the part."""
        raise NotImplementedError


@dataclass(frozen=True)
class FragmentPage:
    """Fragments parsed in one context."""

    context: str
    adapter: Adapter

    def parse(self, html: str) -> Root:
        return Root(self.adapter.fragment(html, self.context), self.context)

    def measure(self, root: Root, html: str) -> Part | None:
        tag, namespace = split_context(self.context)
        if namespace != "html" or not can_be_divided(tag):
            return None  # in foreign fragments a break-out leaves traces in the parser
        layout = measure(root.children, html, 0, len(html))
        return Part(root, root.children, layout, 0, 0) if layout is not None else None

    def parse_pieces(self, pieces: str, part: Part) -> Sequence[Node]:
        return self.adapter.fragment(pieces, self.context)

    def replace(self, root: Root, part: Part, nodes: Sequence[Node]) -> tuple[Root, Element | Root]:
        root = Root(tuple(nodes), self.context)
        return root, root


@dataclass(frozen=True)
class DocumentPage:
    """Whole documents."""

    adapter: Adapter

    def parse(self, html: str) -> Root:
        return Root(self.adapter.document(html), DOCUMENT)

    def measure(self, root: Root, html: str) -> Part | None:
        match root.children[-1]:
            case Element("html", _, (Element("head") as head, *between, Element("body") as body)):
                return _measure_document(head, between, body, html)
        return None

    def parse_pieces(self, pieces: str, part: Part) -> Sequence[Node]:
        match self.adapter.document(part.frame + pieces + "</body></html>")[-1]:
            case Element("html", _, (_, Element("body", _, children))):
                return children
        return ()

    def replace(self, root: Root, part: Part, nodes: Sequence[Node]) -> tuple[Root, Element | Root]:
        html = root.children[-1]
        assert isinstance(html, Element)
        assert isinstance(part.element, Element)
        kept = part.element.children[len(part.children) :]
        body = with_children(part.element, (*nodes, *kept))
        html = with_children(html, (*html.children[:-1], body))
        return Root((*root.children[:-1], html), DOCUMENT), body


def _measure_document(head: Element, between: Sequence[Node], body: Element, html: str) -> Part | None:
    """The content of ``body`` as a part; ``None`` where the tags around it are not written out."""
    opening = _OPENING.match(html)
    in_head = measure_from(head.children, html, opening.end()) if opening else None
    head_end = _HEAD_END.match(html, in_head[1]) if in_head else None
    behind_head = measure_from(between, html, head_end.end()) if head_end else None
    body_tag = _BODY.match(html, behind_head[1]) if behind_head else None
    children = body.children[:-1] if body.children and type(body.children[-1]) is Text else body.children
    in_body = measure_from(children, html, body_tag.end()) if body_tag else None
    if not (opening and body_tag and in_body) or in_body[0].open_end or not _TAIL.fullmatch(html, in_body[1]):
        return None
    frame = f"{opening['doctype']}{opening['html']}<head></head>{body_tag[0]}"
    return Part(body, children, in_body[0], body_tag.end(), len(html) - in_body[1], frame)
