"""A page parsed again: only what changed is read, everything else is taken from the previous tree.

The law: ``parse_html(new, parse_html(old)) == parse_html(new)``, always. No guess is made for speed.

**Why a part can be parsed alone.** An HTML parser is a machine that reads characters. In the same state, given the
same characters, it does the same. Its state between two tags is the stack of open elements, and what is left over
from earlier tags: a formatting element never closed, a form, a text on its way out of a table. Where the source
reads plainly (``layout``), nothing is left over: the state at any place is given by the start tags of the elements
around it. So

* a child whose source did not change, met in the same state, is the same child;
* new source, parsed behind nothing but the start tags of the elements around it, becomes what it becomes in
  the whole page; and if it reads plainly too, it leaves the state as it found it.

**What is done.** Say the text 2 became 20 in the second of three rows:

    old    <table><tbody><tr><td>1</td></tr><tr><td>2</td></tr><tr><td>3</td></tr></tbody></table>
    new    <table><tbody><tr><td>1</td></tr><tr><td>20</td></tr><tr><td>3</td></tr></tbody></table>

1. *Align* (``alignment``), from the root down. What is equal at the beginning and at the end of some content
   is found by comparing memory, and the children wholly inside that are kept. If a single large child is left,
   its own content is aligned next. Here: ``<table>``, ``<tbody>``, and there child 1 of 3 is left, a **gap** whose
   new source is ``<tr><td>20</td></tr>``. Where several children are left, the first is a gap by itself if its
   neighbour follows it; else the next old ones are searched for in the new source, and what lies between those
   that are found are gaps. In a gap of one small child, only one text may differ, as it does here (``textedit``):
   then steps 2 and 3 are not needed for it.
2. *Parse* (``gaps``) all gaps together, each inside the start tags around it:

       <table><tbody><tr><td>20</td></tr><!----></tbody></table>

   The comment marks where the gap ends. An element left open would contain it, and so be noticed.
3. *Check* that this came out as one ``<table>`` with one ``<tbody>`` in it, and that the gap reads plainly.
4. *Rebuild* the elements around, from the inside out: children that stay, new ones, children that stay.

If any of this does not hold, the whole page is parsed. That is so for unclosed and misnested tags, text moved out of
tables, parts of ``<select>``, ``<pre>`` and ``<template>``, and whatever else makes the same source mean different
things; and where more than a third of the page changed.

**What it costs.** Comparing the strings (10 µs for 100 KB), a step per child of the elements around a change,
and parsing the gaps with a start tag for each level around. Once per page, at the first change, the old source is
measured, which takes as long as parsing it. If a page cannot be measured, some further changes are parsed as a whole
before that is tried again.
"""

from __future__ import annotations

from typing import Final

from ..errors import HtmlError
from ..node import Root
from .alignment import ContentEdit, find_edits
from .gaps import rebuild
from .pages import PageKind, PagePart

_LONGEST_PAUSE: Final = 63
_WORTH_IT: Final = 3
"""Where more than one third has to be parsed again, parsing everything is cheaper."""


class RootSource:
    """What a root keeps of the HTML it was parsed from."""

    __slots__ = ("html", "longest_pause", "page", "parsed_size", "part", "pause")

    def __init__(self, html: str, page: PageKind, parsed_size: int, part: PagePart | None = None) -> None:
        self.html = html
        self.page = page
        self.parsed_size = parsed_size
        """Characters that had to be parsed to make the root."""
        self.part = part
        """The part that can be parsed incrementally; ``None`` until it is first needed."""
        self.pause = 0
        """How many further changes are parsed as a whole, because this page does not read plainly."""
        self.longest_pause = 0
        """The pause that was last begun."""

    def pausing(self, earlier: RootSource) -> RootSource:
        """This source, parsed as a whole because ``earlier`` did not help: the pause grows each time."""
        if earlier.pause:
            self.pause, self.longest_pause = earlier.pause - 1, earlier.longest_pause
        else:
            self.pause = self.longest_pause = min(2 * earlier.longest_pause + 1, _LONGEST_PAUSE)
        return self


def parse(html: str, previous: Root | None, page: PageKind) -> Root:
    """The tree of ``html``, sharing with ``previous`` what did not change."""
    earlier = _source_of(previous)
    if previous is None or earlier is None or earlier.page != page:
        return _remember(page.parse(html), RootSource(html, page, len(html)))
    if earlier.html == html:
        return previous
    root = None if earlier.pause else _update(previous, earlier, html)
    return root or _remember(page.parse(html), RootSource(html, page, len(html)).pausing(earlier))


def parsed_size(root: Root) -> int:
    """How many characters had to be parsed to make ``root``; 0 for one made by hand."""
    source = _source_of(root)
    return source.parsed_size if source is not None else 0


def source_html(root: Root) -> str | None:
    """The string that ``root`` was parsed from; ``None`` for one made by hand."""
    source = _source_of(root)
    return source.html if source is not None else None


def _source_of(root: Root | None) -> RootSource | None:
    source = root._source if root is not None else None
    return source if isinstance(source, RootSource) else None


def _remember(root: Root, source: RootSource) -> Root:
    object.__setattr__(root, "_source", source)
    return root


def _update(previous: Root, earlier: RootSource, html: str) -> Root | None:
    """The tree of ``html``; ``None`` if more than a third of it would have to be parsed."""
    old, page = earlier.html, earlier.page
    measured = earlier.part = earlier.part or page.measure(previous, old)
    if measured is None or not measured.is_around(old, html):
        return None
    part = measured
    root_edit = ContentEdit(
        part.element, part.children, part.layout, part.head, part.head, len(html) - part.tail
    )
    edits = find_edits(root_edit, old, html, len(html) // _WORTH_IT)
    if edits is None:
        return None
    try:
        content = rebuild(edits, old, html, lambda pieces: page.parse_pieces(pieces, part))
    except HtmlError:  # too deep, perhaps only because an element in a gap before it was left open
        return None
    if content is None:
        return None
    root, element = page.replace(previous, part, content.nodes)
    part = part._replace(element=element, children=content.nodes, layout=content.layout)
    return _remember(root, RootSource(html, page, content.parsed_size, part))
