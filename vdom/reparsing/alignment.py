"""Which children of a tree are unchanged in a new source, and which source replaces the others.

Step 1 of ``reparse``: an old tree whose layout is known, its source, a new source → ``Edit``s, the
elements whose content changed, each with its ``Gap``s. Nothing is parsed here: what is found is a good guess, which
``gaps`` checks afterwards.

    children   <li>a</li> <li>b</li> <li>c</li> <li>d</li>
    old        <li>a</li><li>b</li><li>c</li><li>d</li>
    new        <li>a</li><li>B</li><li>c</li><li>x</li><li>d</li>
    gaps       1:2 is now <li>B</li>, 3:3 is now <li>x</li>

A gap begins and ends where a tag begins or ends, never inside a text: a text continues into what follows it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, takewhile
from typing import Final

from ..htmlspec import FORMATTING_ELEMENTS
from ..node import Element, Node, Root, Text
from .compare import common_prefix, common_suffix
from .layout import ROW_TAG, START_TAG, Layout
from .textedit import with_new_text

_MARKUP: Final = re.compile(r"<[a-zA-Z/!?]")
_LOOK_AHEAD: Final = (0, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
"""Which of the next old children are searched for, where the sources begin to differ."""
_SHORTEST_ANCHOR: Final = 16
"""A shorter child may occur by chance inside others."""
_NEAR: Final = 64
"""An old child found at most this many characters after its expected place is taken without searching for others."""
_SHORT_SIGHT: Final = 256
_LONG_SIGHT: Final = 65536
"""How many characters are searched for a child; the long distance only if the short one finds none."""
_LONG_LOOKS: Final = 8
"""How many times the long distance is searched in one element."""
_SAMPLE: Final = 48
"""How many characters at the beginning and at the end identify a large child."""

_EMPTY_LAYOUT: Final = Layout([], [], is_regular=True)


class Gap:
    """Old children ``first:last`` of an element, and the new source ``start:stop`` in their place."""

    __slots__ = ("edit", "first", "last", "layout", "nodes", "same", "start", "stop")

    def __init__(self, first: int, last: int, start: int, stop: int, same: int = 0) -> None:
        self.first = first
        self.last = last
        self.start = start
        self.stop = stop
        self.same = same
        """How many characters at its beginning are known to be unchanged."""
        self.edit: ContentEdit | None = None
        """Set if the gap is one child that keeps most of its content."""
        self.nodes: Sequence[Node] = ()
        self.layout = _EMPTY_LAYOUT
        """The layout of ``nodes``, what the gap became."""

    def fill(self, nodes: Sequence[Node], layout: Layout) -> None:
        """Set what the gap became; the tags around it in the layout do not count."""
        self.nodes = nodes
        self.layout = layout


class ContentEdit:
    """An element, or the root, whose content changed."""

    __slots__ = (
        "attributes", "children", "element", "gap", "gaps", "layout",
        "old_start", "opening", "outer", "path_size", "start", "stop",
    )  # fmt: skip

    def __init__(
        self,
        element: Element | Root,
        children: Sequence[Node],
        layout: Layout,
        old_start: int,
        start: int,
        stop: int,
    ) -> None:
        self.element = element
        self.children = children
        """All children, except a last text that continues after the end tag (of ``<body>``)."""
        self.layout = layout
        self.old_start = old_start
        """Where its content starts in the old source."""
        self.start = start
        self.stop = stop
        """Where its content is in the new source."""
        self.outer: ContentEdit | None = None
        self.gap: Gap | None = None
        """The enclosing edit, and the gap in it that this one fills; ``None`` for the root."""
        self.opening: str | None = None
        """Its new start tag, if that changed."""
        self.attributes: Mapping[str, str] | None = None
        """The attributes in that tag, once it is parsed."""
        self.path_size = 0
        """Characters of the tags around its content."""
        self.gaps: list[Gap] = []

    @property
    def tag(self) -> str:
        return self.element.tag if isinstance(self.element, Element) else ""

    @property
    def text_follows(self) -> bool:
        """Is there a text after the last child?"""
        return len(self.children) < len(self.element.children)


def find_edits(root: ContentEdit, old: str, new: str, limit: int) -> list[ContentEdit] | None:
    """The edits that turn ``old`` into ``new``, outer ones before those inside them; the first is ``root``.

    ``None`` if more than ``limit`` characters would have to be parsed.
    """
    edits = [root]
    for edit in edits:
        aligner = _Aligner(edit, old, new)
        around = edit.path_size
        for gap in aligner.gaps():
            edit.gaps.append(gap)
            if gap.last - gap.first != 1 or not aligner.change_child(gap):
                limit -= gap.stop - gap.start + around
                around = 0
            elif gap.edit is not None:
                edits.append(gap.edit)
            if limit < 0:
                return None
    return edits


class _Aligner:
    """Finds the gaps of one edit."""

    def __init__(self, edit: ContentEdit, old: str, new: str) -> None:
        self.edit = edit
        self.children = edit.children
        self.old = old
        self.new = new
        self.offsets = list(accumulate(edit.layout.lengths, initial=0))
        """Where each child starts in the old content, and where the last one ends."""
        self.long_looks = _LONG_LOOKS
        self.closed = len(edit.children) - edit.layout.open_end
        """Nothing that follows can get into the children before this index: they have end tags."""

    def gaps(self) -> Iterator[Gap]:
        """All gaps: from what is equal at the beginning to what is equal at the end."""
        edit, offsets = self.edit, self.offsets
        old_size, new_size = offsets[-1], edit.stop - edit.start
        size = min(old_size, new_size)
        equal = common_prefix(self.old, edit.old_start, self.new, edit.start, size)
        first = self._back_to_tag(bisect_right(offsets, equal) - 1, edit.start, 0)
        size -= offsets[first]
        same = common_suffix(self.old, edit.old_start + old_size, self.new, edit.stop, size)
        last = bisect_left(offsets, old_size - same)
        start, stop = edit.start + offsets[first], edit.stop - (old_size - offsets[last])
        last = self._on_to_tag(last, start, stop)
        stop = edit.stop - (old_size - offsets[last])
        return self._between(first, last, start, stop, edit.start + equal - start)

    def _source(self, first: int, last: int) -> str:
        """The old source of some children."""
        base = self.edit.old_start
        return self.old[base + self.offsets[first] : base + self.offsets[last]]

    # Where a gap may begin and end. Equal source is not enough beside a text, which continues into what follows.

    def _back_to_tag(self, index: int, content_start: int, least: int) -> int:
        """The last place not after ``index`` where a gap may begin: where a tag ends or begins.

        Children before ``index`` are at the same places in the new source as in the old, from ``content_start``.
        """
        while index > least and not self._is_closed(index, content_start + self.offsets[index]):
            index -= 1
        return index

    def _is_closed(self, index: int, place: int) -> bool:
        """Is the child before ``index``, which ends at ``place``, complete whatever follows there?"""
        if type(self.children[index - 1]) is Text:
            return _MARKUP.match(self.new, place) is not None
        return index <= self.closed

    def _on_to_tag(self, index: int, start: int, stop: int) -> int:
        """The next place from ``index`` on where a gap may end whose new source is ``start:stop``."""
        is_before_text = index < len(self.children) and type(self.children[index]) is Text
        return index + 1 if is_before_text and stop > start and self.new[stop - 1] != ">" else index

    # What is left between the equal beginning and the equal end

    def _between(self, index: int, last: int, start: int, stop: int, same: int) -> Iterator[Gap]:
        """Gaps between old children that are found further on, and large children whose content can be aligned.

        ``same``: how many characters from ``start`` on equal those of the old child ``index``.
        """
        while last - index > 1:
            after = self._next_edited(index, start, stop, same)
            if after >= 0:
                yield Gap(index, index + 1, start, after, same)
                index, start, same = self._run(index + 1, last, after, stop)
                continue
            kept, place = self._next_kept(index, last, start, stop)
            if kept >= 0:
                yield from self._gap(index, kept, start, place)
                index, start, same = self._run(kept, last, place, stop)
                continue
            kept, place, after = self._next_large(index, last, start, stop)
            if kept < 0:
                break
            yield from self._gap(index, kept, start, place)
            yield Gap(kept, kept + 1, place, after)
            index, start, same = kept + 1, after, 0
        yield from self._gap(index, last, start, stop)

    def _gap(self, first: int, last: int, start: int, stop: int) -> Iterator[Gap]:
        """The gap, unless it is empty; without a text at its end that is still there."""
        if last - first > 1 and type(self.children[last - 1]) is Text:
            text = self._source(last - 1, last)
            if self.new.endswith(">" + text, start, stop):
                last, stop = last - 1, stop - len(text)
        if first < last or start < stop:
            yield Gap(first, last, start, stop)

    def _run(self, kept: int, last: int, place: int, stop: int) -> tuple[int, int, int]:
        """The end of what is equal from child ``kept`` at ``place`` on.

        Returns the index of the next child, its new place, and how many characters after that are equal.
        """
        offsets, content_start = self.offsets, place - self.offsets[kept]
        size = min(offsets[last] - offsets[kept], stop - place)
        same = common_prefix(self.old, self.edit.old_start + offsets[kept], self.new, place, size)
        index = bisect_right(offsets, offsets[kept] + same, kept, last + 1) - 1
        index = self._back_to_tag(index, content_start, kept + 1)
        start = content_start + offsets[index]
        return index, start, place + same - start

    def _next_edited(self, index: int, start: int, stop: int, same: int) -> int:
        """The new end of the old child ``index``, if it begins at ``start`` and its neighbour follows; else -1.

        The first ``same`` characters are equal; after them only the text before the next tag may differ.
        """
        child = self.edit.old_start + self.offsets[index]
        after = self.edit.old_start + self.offsets[index + 1]
        neighbour = self.edit.old_start + self.offsets[index + 2]
        tag, place = self.old.find("<", child + same, after), self.new.find("<", start + same, stop)
        if tag < 0 or place < 0 or not self.new.startswith(self.old[tag:neighbour], place, stop):
            return -1
        return place + after - tag if self._is_closed(index + 2, place + neighbour - tag) else -1

    def _next_kept(self, index: int, last: int, start: int, stop: int) -> tuple[int, int]:
        """The next of the old children in the new source, and its place there; -1 if there is none."""
        for sight in (_SHORT_SIGHT, _LONG_SIGHT) if self.long_looks else (_SHORT_SIGHT,):
            self.long_looks -= sight == _LONG_SIGHT
            found, end = -1, stop
            for child in takewhile(min(last, self.closed).__gt__, map(index.__add__, _LOOK_AHEAD)):
                expected = start + self.offsets[child + 1] - self.offsets[index]
                place = self._find(child, start, min(end, expected + sight))
                if place >= 0:
                    found, end = child, place
                    if place <= expected + _NEAR:
                        break
            if found >= 0:
                return found, end
        return -1, -1

    def _find(self, child: int, start: int, stop: int) -> int:
        source = self._source(child, child + 1)
        if len(source) < _SHORTEST_ANCHOR or source[0] != "<":
            return -1
        return self.new.find(source, start, stop)

    def _next_large(self, index: int, last: int, start: int, stop: int) -> tuple[int, int, int]:
        """The next old child that has a layout and whose ends are both still there, and its place; -1 if none."""
        inner = self.edit.layout.inner
        large = [child for child in range(index, min(last, self.closed)) if inner[child] is not None]
        for child in large[:_LONG_LOOKS]:
            source = self._source(child, child + 1)
            place = self.new.find(source[:_SAMPLE], start, stop)
            end = self.new.rfind(source[-_SAMPLE:], place, stop) if place >= 0 else -1
            if end >= 0:
                return child, place, end + _SAMPLE
        return -1, -1, -1

    def change_child(self, gap: Gap) -> bool:
        """Fill a gap of one child by changing that child, if possible. Returns whether it was."""
        child = self.children[gap.first]
        if type(child) is not Element:
            return False
        layout = self.edit.layout.inner[gap.first]
        if layout is not None:
            gap.edit = self._go_into(child, layout, gap)
            return gap.edit is not None
        if not self.edit.layout.is_regular:
            return False
        new = self.new[gap.start : gap.stop]
        element = with_new_text(child, self._source(gap.first, gap.last), new, gap.same)
        if element is None:
            return False
        gap.fill([element], Layout([len(new)], [None], is_regular=True))
        return True

    def _go_into(self, element: Element, layout: Layout, gap: Gap) -> ContentEdit | None:
        """An edit of the content of an element; ``None`` if it is another element in the new source."""
        old_start = self.edit.old_start + self.offsets[gap.first]
        old_stop = self.edit.old_start + self.offsets[gap.last]
        opening = self._opening(element, self.old[old_start : old_start + layout.opening], gap.start)
        closing = self.old[old_stop - layout.closing : old_stop]
        start, stop = gap.start + len(opening or ""), gap.stop - len(closing)
        if opening is None or stop < start or not self.new.startswith(closing, stop):
            return None
        edit = ContentEdit(element, element.children, layout, old_start + layout.opening, start, stop)
        edit.outer, edit.gap = self.edit, gap
        edit.path_size = self.edit.path_size + len(opening) + len(element.tag) + 3
        if len(opening) != layout.opening or not self.old.startswith(opening, old_start):
            edit.opening = opening
        return edit

    def _opening(self, element: Element, old_tag: str, start: int) -> str | None:
        """The start tag of ``element`` in the new source; its attributes may differ.

        They may not for a formatting element, which the parser compares by its attributes, nor outside HTML.
        """
        if not old_tag:
            return "" if ROW_TAG.match(self.new, start) else None
        if self.new.startswith(old_tag, start):
            return old_tag
        tag = START_TAG.match(self.new, start)
        if tag is None or tag[1].lower() != element.tag or element.namespace != "html":
            return None
        return None if element.tag in FORMATTING_ELEMENTS else tag[0]
