"""Patches for the list of one parent's children: removals, moves and insertions.

The change of a list is described by its *stretches*: children that are adjacent in the old list and in the new one.

    old   a b c d e f g h          new   a g c d e b h i

    stretches in new order, as (old, new, length):   (0, 0, 1) (6, 1, 1) (2, 2, 3) (1, 5, 1) (7, 6, 1)

That is all that has to be known. A child in no stretch was removed (``f``) or inserted (``i``), and where the old
places do not ascend, something moved. So the cost depends on what changed, not on the length of the list:

    <ul><li>a</li><li>b</li><li>c</li></ul>  ->  <ul><li>c</li><li>x</li><li>a</li></ul>

1. What is inside the kept children was patched before; here nothing changed.
2. Removals, from the last one, so that none shifts the index of another. Neighbours are removed together:
       {"path": "ul", "remove": 1}                    a c
3. Moves, from the right: each child is put before the one that is already in place to its right.
       {"path": "ul", "move": 0, "to": 1}             c a
   Many moves are written as one new order of all children: {"order": [1, 0]}.
4. Insertions, from the first one, so that each index is the final one. Neighbours are inserted together:
       {"path": "ul", "insert": 1, "html": "<li>x</li>"}
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, count
from operator import ne, sub
from typing import Final, NamedTuple, TypeAlias

from ..vdom.node import NodeLike
from ..vdom.syntax import HTML, Syntax
from .codec import to_json
from .fragments import fragment_html, split_fragments
from .matching import NOBODY, Matching
from .patches import Patch
from .sequences import runs

MAX_MOVES: Final = 16
"""With more moves than this a new order is always shorter, and each single move costs a walk along the list."""


class Stretch(NamedTuple):
    """Children that are adjacent in both lists."""

    old: int
    """The place of the first one in the old list."""
    new: int
    """Its place in the new list."""
    length: int


class Span(NamedTuple):
    """Children that are adjacent in one list."""

    at: int
    """The place of the first one."""
    length: int


NewHtml: TypeAlias = Callable[[int, int], "list[tuple[int, str]] | None"]
"""Returns the HTML of the new children from one place up to another, in pieces to insert one by one.

Each piece comes with the place of its first child. ``None`` if some of it cannot be written as HTML there.
"""


def diff_structure(
    old: Sequence[NodeLike],
    new: Sequence[NodeLike],
    matching: Matching,
    path: str,
    context: str,
    syntax: Syntax = HTML,
) -> list[Patch] | None:
    """Patches for the children that were removed, moved and inserted below ``path``.

    ``None`` if what is inserted cannot be written as HTML there.
    """

    def html(start: int, stop: int) -> list[tuple[int, str]] | None:
        pieces: list[tuple[int, str]] = []
        for nodes in split_fragments(new[start:stop]):
            written = fragment_html(nodes, context, syntax)
            if written is None:
                return None
            pieces.append((start, written))
            start += len(nodes)
        return pieces

    return list_patches(stretches_of_matching(matching, len(old)), len(old), len(new), path, html)


def stretches_of_matching(matching: Matching, old_count: int) -> list[Stretch]:
    """All stretches of a list, in new order: the equal start, what was matched, the equal end."""
    middle = stretches_of(matching.partners, matching.start)
    rest = old_count - matching.old_stop
    found = [Stretch(0, 0, matching.start), *middle, Stretch(matching.old_stop, matching.new_stop, rest)]
    return [stretch for stretch in found if stretch.length]


def stretches_of(partners: Sequence[int], first: int = 0) -> list[Stretch]:
    """The stretches among new children from the place ``first`` on, given the old place of each, or ``NOBODY``.

    >>> stretches_of([6, NOBODY, 2, 3, 4])
    [Stretch(old=6, new=0, length=1), Stretch(old=2, new=2, length=3)]

    Cost: C looks at all partners, Python at the stretches.
    """
    if not partners:
        return []
    shifts = list(map(sub, partners, count()))  # a new stretch begins where partners do not count up
    starts = [0, *compress(count(1), map(ne, shifts[1:], shifts))]
    stops = [*starts[1:], len(partners)]
    found = [(partners[at], first + at, stop - at) for at, stop in zip(starts, stops, strict=True)]
    return [Stretch(*stretch) for stretch in found if stretch[0] != NOBODY]


def list_patches(
    stretches: Sequence[Stretch], old_count: int, new_count: int, path: str, html: NewHtml
) -> list[Patch] | None:
    """Patches for the children that were removed, moved and inserted below ``path``.

    ``stretches`` are in new order. ``None`` if ``html`` has no HTML for what is inserted.
    """
    if not stretches and old_count and new_count:
        pieces = html(0, new_count)
        return [{"path": path, "html": pieces[0][1]}] if pieces is not None and len(pieces) == 1 else None
    inserts: list[Patch] = []
    for gap in _gaps([(new, length) for _, new, length in stretches], new_count):
        pieces = html(gap.at, gap.at + gap.length)
        if pieces is None:
            return None
        for at, written in pieces:
            inserts.append({"path": path, "insert": at, "html": written})
    ascending = sorted(stretches)
    old_gaps = list(_gaps([(old, length) for old, _, length in ascending], old_count))
    removes = [_remove(path, gap) for gap in reversed(old_gaps)]
    moves = () if ascending == stretches else _moves(_closed_up(stretches, ascending), path)
    return [*removes, *moves, *inserts]


def _gaps(covered: Iterable[tuple[int, int]], total: int) -> Iterator[Span]:
    """The gaps between ascending spans of a list of ``total`` children."""
    end = 0
    for at, length in (*covered, (total, 0)):
        if end < at:
            yield Span(end, at - end)
        end = at + length


def _remove(path: str, gap: Span) -> Patch:
    if gap.length == 1:
        return {"path": path, "remove": gap.at}
    return {"path": path, "remove": gap.at, "count": gap.length}


def _closed_up(stretches: Sequence[Stretch], ascending: Sequence[Stretch]) -> list[Span]:
    """The stretches in new order, each at the place that it has after all removals.

    ``ascending`` are the same in old order.
    """
    places: dict[int, int] = {}
    place = 0
    for old, _, length in ascending:
        places[old] = place
        place += length
    spans: list[Span] = []
    end = -1
    for old, _, length in stretches:
        at = places[old]
        if at == end:
            spans[-1] = Span(spans[-1].at, spans[-1].length + length)
        else:
            spans.append(Span(at, length))
        end = at + length
    return spans


# Moves ----------------------------------------------------------------------------------------------------


def _moves(spans: list[Span], path: str) -> Sequence[Patch]:
    """One move for each child that does not stay, or a new order of all children where that is shorter."""
    if len(spans) < 2:
        return ()
    stays = heaviest_chain(spans)
    movers = sum([length for _, length in spans]) - sum([length for _, length in stays])
    order: list[Patch] = [{"path": path, "order": runs(spans)}]
    if movers > MAX_MOVES:
        return order
    moves: list[Patch] = [{"path": path, "move": at, "to": to} for at, to in _single_moves(spans, stays)]
    return order if movers > 1 and len(to_json(order)) < len(to_json(moves)) else moves


def heaviest_chain(spans: Sequence[Span]) -> set[Span]:
    """Spans that ascend, with as many children as possible: they stay, and no other choice moves fewer.

    It is the longest increasing subsequence of the children, because a span belongs to that whole or not at all.
    Cost: k log k for k spans.
    """
    ends: list[int] = []  # the best chains so far: where each ends, ascending,
    weights: list[int] = []  # how many children it has, ascending too,
    last: list[int] = []  # and the position of its last span
    before: list[int] = []
    for position, (at, length) in enumerate(spans):
        place = bisect_left(ends, at)
        weight = length + (weights[place - 1] if place else 0)
        before.append(last[place - 1] if place else -1)
        stop = place
        while stop < len(ends) and weights[stop] <= weight:
            stop += 1
        if stop == place + 1:
            ends[place], weights[place], last[place] = at, weight, position
        else:
            ends[place:stop], weights[place:stop], last[place:stop] = [at], [weight], [position]
    chain = set()
    position = last[-1]
    while position >= 0:
        chain.add(spans[position])
        position = before[position]
    return chain


def _single_moves(spans: Sequence[Span], stays: set[Span]) -> Iterator[tuple[int, int]]:
    """The moves, as (from, to), from right to left: each child is put before the one already in place to its right."""
    wanted = [piece for span in spans for piece in ([span] if span in stays else _singles(span))]
    now = sorted(wanted)
    right: Span | None = None
    for span in reversed(wanted):
        if span.length == 1 and span not in stays:
            at = _place_of(span, now)
            now.remove(span)
            to = _place_of(right, now)
            now.insert(len(now) if right is None else now.index(right), span)
            yield at, to
        right = span


def _singles(span: Span) -> list[Span]:
    return [Span(place, 1) for place in range(span.at, span.at + span.length)]


def _place_of(wanted: Span | None, spans: Sequence[Span]) -> int:
    """The place at which a span begins; the end for ``None``."""
    place = 0
    for span in spans:
        if span == wanted:
            break
        place += span.length
    return place
