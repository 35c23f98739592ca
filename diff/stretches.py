"""A list of children told in stretches: those that stand together before and after.

    old   a b c d e f g h          new   a g c d e b h i

    stretches in new order, as (old, new, length):   (0, 0, 1) (6, 1, 1) (2, 2, 3) (1, 5, 1) (7, 6, 1)

That is all there is to know of the list. What is in no stretch was removed (``f``) or inserted (``i``), and
where the old places do not ascend, something moved. Patches come from the stretches alone: what they cost
grows with what changed, not with the list. They are those that ``children.py`` makes of single children.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from .children import MAX_MOVES
from .codec import to_json
from .patches import Patch


class Stretch(NamedTuple):
    """Children that stand together in both lists."""

    old: int
    """Where the first of them stood."""
    new: int
    length: int


class Span(NamedTuple):
    """The same while nothing but the order differs."""

    at: int
    length: int


def stretch_patches(
    stretches: Sequence[Stretch], old_count: int, new_count: int, path: str, html: Callable[[int, int], str]
) -> list[Patch]:
    """Patches for what was removed, moved and inserted below ``path``.

    ``stretches`` in new order; ``html(first, stop)`` prints new children.
    """
    if not stretches and old_count and new_count:
        return [{"path": path, "html": html(0, new_count)}]
    old_gaps = _gaps(sorted([(old, count) for old, _, count in stretches]), old_count)
    removes: list[Patch] = [_remove(path, gap) for gap in reversed(list(old_gaps))]
    new_gaps = _gaps([(new, count) for _, new, count in stretches], new_count)
    inserts = [_insert(path, gap, html(gap.at, gap.at + gap.length)) for gap in new_gaps]
    return [*removes, *_moves(_closed_up(stretches), path), *inserts]


def _gaps(covered: Iterable[tuple[int, int]], total: int) -> Iterator[Span]:
    """What is between spans that ascend."""
    end = 0
    for at, count in (*covered, (total, 0)):
        if end < at:
            yield Span(end, at - end)
        end = at + count


def _insert(path: str, gap: Span, html: str) -> Patch:
    return {"path": path, "insert": gap.at, "html": html}


def _remove(path: str, gap: Span) -> Patch:
    if gap.length == 1:
        return {"path": path, "remove": gap.at}
    return {"path": path, "remove": gap.at, "count": gap.length}


def _closed_up(stretches: Sequence[Stretch]) -> list[Span]:
    """The stretches in new order, with the places they have when all that goes is gone."""
    places: dict[int, int] = {}
    place = 0
    for old, _, count in sorted(stretches):
        places[old] = place
        place += count
    spans: list[Span] = []
    for old, _, count in stretches:
        if spans and sum(spans[-1]) == places[old]:
            spans[-1] = Span(spans[-1].at, spans[-1].length + count)
        else:
            spans.append(Span(places[old], count))
    return spans


# Moves ----------------------------------------------------------------------------------------------------


def _moves(spans: list[Span], path: str) -> Sequence[Patch]:
    """One move for each child that does not stay, or a new order of all where that is shorter."""
    if len(spans) < 2:
        return ()
    stays = heaviest_chain(spans)
    movers = sum(span.length for span in spans if span not in stays)
    order: list[Patch] = [{"path": path, "order": _written(spans)}]
    if movers > MAX_MOVES:
        return order
    moves: list[Patch] = [{"path": path, "move": at, "to": to} for at, to in _single_moves(spans, stays)]
    return order if movers > 1 and len(to_json(order)) < len(to_json(moves)) else moves


def _written(spans: Sequence[Span]) -> list[int | list[int]]:
    """The order as it is written: three or more in a row as first and last."""
    found: list[int | list[int]] = []
    for at, count in spans:
        if count > 2:
            found.append([at, at + count - 1])
        else:
            found += range(at, at + count)
    return found


def heaviest_chain(spans: Sequence[Span]) -> set[Span]:
    """Spans that ascend, with as many children as there can be: they stay, and no other choice moves fewer.

    The longest increasing subsequence of the children, as a stretch always belongs to it whole or not at all.
    Cost: k log k for k spans.
    """
    ends: list[int] = []  # the best chains so far: where each ends, ascending,
    weights: list[int] = []  # what it weighs, ascending too,
    last: list[int] = []  # and the position of its last span
    before: list[int] = []
    for position, (at, count) in enumerate(spans):
        place = bisect_left(ends, at)
        weight = count + (weights[place - 1] if place else 0)
        before.append(last[place - 1] if place else -1)
        stop = place
        while stop < len(ends) and weights[stop] <= weight:
            stop += 1
        ends[place:stop], weights[place:stop], last[place:stop] = [at], [weight], [position]
    chain = set()
    position = last[-1]
    while position >= 0:
        chain.add(spans[position])
        position = before[position]
    return chain


def _single_moves(spans: Sequence[Span], stays: set[Span]) -> Iterator[tuple[int, int]]:
    """From where to where each child moves, right to left: before the one already to its right."""
    wanted = [piece for span in spans for piece in ([span] if span in stays else _singles(span))]
    now = sorted(wanted)
    right: Span | None = None
    for span in reversed(wanted):
        if span.length == 1 and span not in stays:
            at = _place(now, span)
            now.remove(span)
            to = _place(now, right)
            now.insert(len(now) if right is None else now.index(right), span)
            yield at, to
        right = span


def _singles(span: Span) -> list[Span]:
    return [Span(place, 1) for place in range(span.at, span.at + span.length)]


def _place(spans: Sequence[Span], wanted: Span | None) -> int:
    """Where a span begins; the end for ``None``."""
    place = 0
    for span in spans:
        if span == wanted:
            break
        place += span.length
    return place
