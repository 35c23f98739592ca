"""The children of one parent: what their matching says as patches.

<ul><li>a</li><li>b</li><li>c</li></ul>  ->  <ul><li>c</li><li>x</li><li>a</li></ul>

1. What is inside those that are kept came first; here nothing changed.
2. Removals, from the last one, so that no index is shifted by an earlier one. Neighbours go together:
       {"path": "ul", "remove": 1}                    a c
3. Moves, from the right: each is put before the one that already stands to its right.
       {"path": "ul", "move": 0, "to": 1}             c a
   Many moves are said as one new order of all children: {"order": [1, 0]}.
4. Insertions, from the first one, so that each index is the final one. Neighbours go together:
       {"path": "ul", "insert": 1, "html": "<li>x</li>"}
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from .codec import to_json
from .fragments import fragment_html, split_fragments
from .matching import NOBODY, Matching
from .patches import Patch
from .sequences import runs

MAX_MOVES: Final = 16
"""From here on a new order is always shorter, and each single move costs a walk along the list."""


def structure_patches(
    old: Sequence[Any], new: Sequence[Any], matching: Matching, path: str, context: str
) -> list[Patch] | None:
    """Patches for what was removed, moved and inserted below ``path``.

    ``None`` if what is inserted cannot be written as HTML there.
    """
    kept = [partner for partner in matching.partners if partner != NOBODY]
    if not kept and len(new) == len(matching.partners) and old and new:
        html = fragment_html(new, context)
        return None if html is None else [{"path": path, "html": html}]
    inserts = list(_inserts(new, matching, path, context))
    if None in inserts:
        return None
    return [*_removes(matching, kept, path), *_moves(len(old), matching, kept, path), *inserts]  # type: ignore[list-item]


def _removes(matching: Matching, kept: list[int], path: str) -> Iterator[Patch]:
    edges = [matching.start - 1, *sorted(kept), matching.old_stop]
    for before, after in reversed(list(pairwise(edges))):
        count = after - before - 1
        if count == 1:
            yield {"path": path, "remove": before + 1}
        elif count:
            yield {"path": path, "remove": before + 1, "count": count}


def _moves(old_count: int, matching: Matching, kept: list[int], path: str) -> Sequence[Patch]:
    """``kept``: the old indexes in new order."""
    movers = len(kept) - len(matching.stays)
    if not movers:
        return ()
    start = matching.start
    rank = {index: start + position for position, index in enumerate(sorted(kept))}
    wanted = [rank[index] for index in kept]
    order: list[Patch] = [{"path": path, "order": runs(_whole_order(old_count, matching, wanted))}]
    if movers > MAX_MOVES:
        return order
    moves = list(_single_moves(wanted, {rank[index] for index in matching.stays}, start, path))
    return order if movers > 1 and len(to_json(order)) < len(to_json(moves)) else moves


def _whole_order(old_count: int, matching: Matching, wanted: list[int]) -> list[int]:
    """The order of all children, when those from ``matching.start`` are to be ``wanted``."""
    after = matching.start + len(wanted)
    return [*range(matching.start), *wanted, *range(after, after + old_count - matching.old_stop)]


def _single_moves(wanted: list[int], stays: set[int], start: int, path: str) -> Iterator[Patch]:
    """One move for each that does not stay, right to left; ``wanted`` holds places in the list as it is."""
    now = sorted(wanted)
    right = None
    for child in reversed(wanted):
        if child not in stays:
            index = now.index(child)
            del now[index]
            to = len(now) if right is None else now.index(right)
            now.insert(to, child)
            yield {"path": path, "move": start + index, "to": start + to}
        right = child


def _inserts(new: Sequence[Any], matching: Matching, path: str, context: str) -> Iterator[Patch | None]:
    """Neighbours in one patch, unless they are texts; ``None`` for what cannot be written."""
    first = matching.start
    partners = [*matching.partners, matching.start]
    for index, partner in enumerate(partners, matching.start):
        if partner != NOBODY:
            if first < index:
                yield from _insert(new[first:index], first, path, context)
            first = index + 1


def _insert(nodes: Sequence[Any], index: int, path: str, context: str) -> Iterator[Patch | None]:
    for piece in split_fragments(nodes):
        html = fragment_html(piece, context)
        yield None if html is None else {"path": path, "insert": index, "html": html}
        index += len(piece)
