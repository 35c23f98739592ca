"""Gaps parsed, checked, and put between the children that stay.

Steps 2 to 4 of ``reparse``: edits that ``alignment`` found → the new content of the root, or ``None`` if anything is
not as expected.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeAlias

from ..node import Element, Node, Text, with_children
from .alignment import ContentEdit, Gap
from .layout import Layout, measure

GAP_END: Final = "<!---->"
"""Written after each gap in a piece; in the tree it has to come after the nodes of the gap.

A comment does not change the state of a parser, and ends up in whatever element is still open.
"""

Parse: TypeAlias = Callable[[str], Sequence[Node]]
"""Source → its nodes, parsed as children of the root."""


class NewContent(NamedTuple):
    """New content of the root."""

    nodes: list[Node]
    layout: Layout
    parsed_size: int
    """Characters that had to be parsed for it."""


class _Piece(NamedTuple):
    """The gaps of one edit inside the start tags around them, in the source that is parsed."""

    edit: ContentEdit
    path: list[ContentEdit]
    """From the child of the root around the gaps down to the edit itself; empty for the root."""
    start: int
    stop: int
    """The place of the gaps in that source."""


def rebuild(edits: list[ContentEdit], old: str, new: str, parse: Parse) -> NewContent | None:
    """The root's new content; what is outside the gaps is kept. ``None`` if a gap cannot be parsed alone."""
    source, pieces = _write(edits, old, new)
    nodes = parse(source) if source else ()
    for piece in pieces:
        own, nodes = (nodes[:1], nodes[1:]) if piece.path else (nodes, ())
        children = _descend(own, piece.path)
        if children is None or not _fill_gaps(piece, children, source):
            return None
    if nodes:
        return None
    for edit in reversed(edits[1:]):
        _fill_outer_gap(edit)
    return NewContent(*_joined(edits[0]), len(source))


# 2. Parse --------------------------------------------------------------------------------------------------


def _write(edits: list[ContentEdit], old: str, new: str) -> tuple[str, list[_Piece]]:
    """The source of all pieces, the root's last, and where each is in it."""
    out: list[str] = []
    pieces: list[_Piece] = []
    size = 0
    for edit in [*edits[1:], edits[0]]:
        path = _path(edit)
        content = "".join([new[gap.start : gap.stop] + GAP_END for gap in _own_gaps(edit)])
        if content or edit.opening is not None:
            opening = "".join([_opening(around, old) for around in path])
            closing = "".join([f"</{around.tag}>" for around in reversed(path)])
            start = size + len(opening)
            pieces.append(_Piece(edit, path, start, start + len(content)))
            out += opening, content, closing
            size = start + len(content) + len(closing)
    return "".join(out), pieces


def _own_gaps(edit: ContentEdit) -> list[Gap]:
    """The gaps in which there is something to parse."""
    return [gap for gap in edit.gaps if gap.edit is None and not gap.nodes and gap.stop > gap.start]


def _path(edit: ContentEdit) -> list[ContentEdit]:
    path = []
    around: ContentEdit | None = edit
    while around is not None and around.outer is not None:
        path.append(around)
        around = around.outer
    return path[::-1]


def _opening(edit: ContentEdit, old: str) -> str:
    """The start tag of an enclosing element; written out if it is implied."""
    if edit.opening is not None:
        return edit.opening
    return old[edit.old_start - edit.layout.opening : edit.old_start] or f"<{edit.tag}>"


# 3. Check --------------------------------------------------------------------------------------------------


def _descend(nodes: Sequence[Node], path: list[ContentEdit]) -> Sequence[Node] | None:
    """The children of the last element of ``path``; ``None`` unless each is the only child of the one before."""
    for edit in path:
        old = edit.element
        if len(nodes) != 1:
            return None
        (node,) = nodes
        if not (isinstance(node, Element) and isinstance(old, Element)):
            return None
        if node.tag != old.tag or node.namespace != old.namespace:
            return None
        nodes = node.children
        if edit.opening is not None:
            edit.attributes = node.attributes
    return nodes


def _fill_gaps(piece: _Piece, nodes: Sequence[Node], source: str) -> bool:
    """Distribute ``nodes`` among the gaps of a piece; ``False`` if their boundaries do not match."""
    layout = measure(nodes, source, piece.start, piece.stop)
    if layout is None:
        return False
    index = 0
    for gap in _own_gaps(piece.edit):
        first = index
        missing = gap.stop - gap.start
        while missing > 0 and index < len(nodes):
            missing -= layout.lengths[index]
            index += 1
        if missing:
            return False
        own = Layout(layout.lengths[first:index], layout.inner[first:index], is_regular=layout.is_regular)
        gap.fill(nodes[first:index], own)
        index += 1
        if _is_text_before(piece.edit, gap):
            return False
    return index == len(nodes)


def _is_text_before(edit: ContentEdit, gap: Gap) -> bool:
    """Does a gap end in a text that would be joined with a kept text after it?"""
    stays = edit.children[gap.last : gap.last + 1]
    is_text = type(stays[0]) is Text if stays else edit.text_follows
    return is_text and bool(gap.nodes) and type(gap.nodes[-1]) is Text


# 4. Rebuild ------------------------------------------------------------------------------------------------


def _fill_outer_gap(edit: ContentEdit) -> None:
    """Build the element of an edit and put it into the gap it came from."""
    old, gap = edit.element, edit.gap
    assert isinstance(old, Element)
    assert gap is not None
    nodes, layout = _joined(edit)
    if edit.attributes is None:
        element = with_children(old, tuple(nodes))
    else:
        element = Element(old.tag, edit.attributes, tuple(nodes), old.namespace)
    is_regular = layout.is_regular and "<" not in (edit.opening or "")[1:]
    gap.fill([element], Layout([gap.stop - gap.start], [layout], 0, 0, layout.closing == 0, is_regular))


def _joined(edit: ContentEdit) -> tuple[list[Node], Layout]:
    """Kept children and those in the gaps, in order, and their layout."""
    old = edit.layout
    nodes: list[Node] = []
    lengths: list[int] = []
    inner: list[Layout | None] = []
    index = 0
    for gap in edit.gaps:
        nodes += [*edit.children[index : gap.first], *gap.nodes]
        lengths += old.lengths[index : gap.first] + gap.layout.lengths
        inner += old.inner[index : gap.first] + gap.layout.inner
        index = gap.last
    open_end = edit.gaps[-1].layout.open_end if edit.gaps and index == len(edit.children) else old.open_end
    nodes += edit.children[index:]
    lengths += old.lengths[index:]
    inner += old.inner[index:]
    opening = old.opening if edit.opening is None else len(edit.opening)
    is_regular = old.is_regular and all([gap.layout.is_regular for gap in edit.gaps])
    return nodes, Layout(lengths, inner, opening, old.closing, open_end, is_regular)
