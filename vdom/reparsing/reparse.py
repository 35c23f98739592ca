"""A page parsed again: only what changed is read, everything else is taken from the tree of before.

The law: ``parse_html(new, parse_html(old)) == parse_html(new)``, always. Speed is never bought with a guess.

**Why a part can be parsed alone.** An HTML parser is a machine that reads characters. Put it into the same
state and give it the same characters, and it does the same. Its state between two tags is the stack of open
elements, and some things left over from before: a formatting element never closed, a form, a text on its way
out of a table. Where the source reads plainly (``layout``), nothing is left over: the state at any place is
given by the start tags of the elements around it. So

* a child whose source did not change, met in the same state, is the same child;
* new source, parsed behind nothing but the start tags of the elements around it, becomes what it becomes in
  the whole page; and if it reads plainly too, it leaves the state as it found it.

**What is done.** Say the text 2 became 20 in the second of three rows:

    old    <table><tbody><tr><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></tbody></table>
    new    <table><tbody><tr><td>1</td></tr><tr><td>20</td></tr><tr><td>3</td></tr></tbody></table>

1. *Align* (``alignment``), from the root down. What is equal at the beginning and at the end of some content
   is found by comparing memory, and the children wholly inside that are kept. If one child is left, and
   large, it is gone into. Here: ``<table>``, ``<tbody>``, and there child 1 of 3 is left, a **gap** whose new
   source is ``<tr><td>20</td></tr>``. Where several children are left, the first is a gap by itself if its
   neighbour follows it; else the next old ones are looked for in the new source, and what lies between those
   that are found are gaps. In a gap of one small child it may be that just one text differs, as it does here
   (``textedit``): then steps 2 and 3 are not needed for it.
2. *Parse* (``pieces``) all gaps in one go, each inside the start tags around it:

       <table><tbody><tr><td>20</td></tr><!----></tbody></table>

   The comment marks where the gap ends. An element left open would swallow it, and be found out.
3. *Check* that this came out as one ``<table>`` with one ``<tbody>`` in it, and that the gap reads plainly.
4. *Rebuild* the elements around, from the inside out: children that stay, new ones, children that stay.

Wherever something does not hold, the whole page is parsed. That is so for unclosed and misnested tags, text
moved out of tables, parts of ``<select>``, ``<pre>`` and ``<template>``, and whatever else makes the same
source mean different things; and where more than a third of the page changed.

**What it costs.** Comparing the strings (10 µs for 100 KB), a step per child of the elements around a change,
and parsing the gaps with a start tag for each level around. Once per page, at the first change, the old
source is measured, which takes as long as parsing it. A page that defies that is not tried again soon.
"""

from __future__ import annotations

from typing import Any, Final

from ..errors import HtmlError
from ..node import Root
from .alignment import Edit, find_edits
from .gaps import rebuild
from .pages import Page, Part

_LONGEST_PAUSE: Final = 63
_WORTH_IT: Final = 3
"""Where more than one third has to be parsed anew, parsing it all is cheaper."""


class Source:
    """What a root remembers of the HTML it was parsed from."""

    __slots__ = ("html", "page", "parsed_size", "part", "pause", "penalty")

    def __init__(self, html: str, page: Page, parsed_size: int, part: Part | None = None) -> None:
        self.html = html
        self.page = page
        self.parsed_size = parsed_size
        """Characters that had to be parsed to make the root."""
        self.part = part
        """The part that can be parsed incrementally; ``None`` until it is asked for."""
        self.pause = 0
        """How many further changes are parsed as a whole, because this page does not read plainly."""
        self.penalty = 0
        """The pause that was last imposed."""

    def punished(self, earlier: Source) -> Source:
        """This source, parsed as a whole because ``earlier`` was no help: the pause grows each time."""
        if earlier.pause:
            self.pause, self.penalty = earlier.pause - 1, earlier.penalty
        else:
            self.pause = self.penalty = min(2 * earlier.penalty + 1, _LONGEST_PAUSE)
        return self


def parse(html: str, previous: Root | None, page: Page) -> Root:
    """The tree of ``html``, sharing with ``previous`` what did not change."""
    earlier = _source_of(previous)
    if previous is None or earlier is None or earlier.page != page:
        return _remember(page.parse(html), Source(html, page, len(html)))
    if earlier.html == html:
        return previous
    root = None if earlier.pause else _update(previous, earlier, html)
    return root or _remember(page.parse(html), Source(html, page, len(html)).punished(earlier))


def parsed_size(root: Root) -> int:
    """How many characters had to be parsed to make ``root``; 0 for one made by hand."""
    source = _source_of(root)
    return source.parsed_size if source is not None else 0


def source_html(root: Root) -> str | None:
    """The string that ``root`` was parsed from; ``None`` for one made by hand."""
    source = _source_of(root)
    return source.html if source is not None else None


def _source_of(root: Root | None) -> Source | None:
    source: Any = root._source if root is not None else None
    return source if isinstance(source, Source) else None


def _remember(root: Root, source: Source) -> Root:
    object.__setattr__(root, "_source", source)
    return root


def _update(previous: Root, earlier: Source, html: str) -> Root | None:
    """The tree of ``html``, if it can be had by parsing less than a third of it."""
    old, page = earlier.html, earlier.page
    measured = earlier.part = earlier.part or page.measure(previous, old)
    if measured is None or not measured.is_around(old, html):
        return None
    part = measured
    root_edit = Edit(part.element, part.children, part.layout, part.head, part.head, len(html) - part.tail)
    edits = find_edits(root_edit, old, html, len(html) // _WORTH_IT)
    if edits is None:
        return None
    try:
        content = rebuild(edits, old, html, lambda pieces: page.parse_pieces(pieces, part))
    except HtmlError:  # too deep, perhaps only because a piece before it was left open
        return None
    if content is None:
        return None
    root, element = page.replace(previous, part, content.nodes)
    part = part._replace(element=element, children=content.nodes, layout=content.layout)
    return _remember(root, Source(html, page, content.parsed_size, part))
