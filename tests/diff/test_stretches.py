"""Lists told in stretches: the same patches as for single children, whatever happened to the list."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.diff import Patch
from hyper.diff.children import MAX_MOVES, structure_patches
from hyper.diff.codec import to_json
from hyper.diff.matching import NOBODY, Matching
from hyper.diff.sequences import longest_increasing, spread
from hyper.diff.stretches import Span, Stretch, heaviest_chain, stretch_patches
from hyper.vdom import Element
from tests.laws import check_order_of_emission, moves_in


def stretches_of(old: list[int], new: list[int]) -> list[Stretch]:
    """As long as can be, in new order."""
    found: list[Stretch] = []
    places = {item: at for at, item in enumerate(old)}
    for place, item in enumerate(new):
        if item not in places:
            continue
        at = places[item]
        if found and (found[-1].old + found[-1].length, found[-1].new + found[-1].length) == (at, place):
            found[-1] = found[-1]._replace(length=found[-1].length + 1)
        else:
            found.append(Stretch(at, place, 1))
    return found


def said(old: list[int], new: list[int]) -> list[Patch]:
    """The patches between two lists, proved right on the way."""
    patches = stretch_patches(
        stretches_of(old, new), len(old), len(new), "ul", lambda first, stop: json.dumps(new[first:stop])
    )
    assert patched(old, patches) == new
    check_order_of_emission(patches)
    kept = [stretch.old + number for stretch in stretches_of(old, new) for number in range(stretch.length)]
    assert moves_in(patches) == len(kept) - len(longest_increasing(kept))
    return patches


def patched(items: list[int], patches: list[Any]) -> list[int]:
    """What patches mean, on a list."""
    items = list(items)
    for patch in patches:
        if "remove" in patch:
            del items[patch["remove"] : patch["remove"] + patch.get("count", 1)]
        elif "move" in patch:
            items.insert(patch["to"], items.pop(patch["move"]))
        elif "order" in patch:
            items = [items[place] for place in spread(patch["order"])]
        elif "insert" in patch:
            items[patch["insert"] : patch["insert"]] = json.loads(patch["html"])
        else:
            items = json.loads(patch["html"])
    return items


@pytest.mark.parametrize(
    ("old", "new", "patches"),
    [
        ([], [1], [{"insert": 0, "html": "[1]"}]),
        ([1], [], [{"remove": 0}]),
        ([1, 2], [], [{"remove": 0, "count": 2}]),
        ([1, 2], [3, 4], [{"html": "[3, 4]"}]),
        ([1, 2], [2, 1], [{"move": 1, "to": 0}]),
        ([1, 2, 3, 4], [3, 4, 1, 2], [{"order": [2, 3, 0, 1]}]),
        ([1, 2, 3, 4, 5], [5, 1, 2, 3, 6], [{"remove": 3}, {"move": 3, "to": 0}, {"insert": 4, "html": "[6]"}]),
        ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1], [{"order": [5, 4, 3, 2, 1, 0]}]),
        ([1, 2, 3, 4], [5, 1, 6, 3, 4, 7], [{"remove": 1}, {"insert": 0, "html": "[5]"}, {"insert": 2, "html": "[6]"}, {"insert": 5, "html": "[7]"}]),
    ],
)  # fmt: skip
def test_what_is_said(old: list[int], new: list[int], patches: list[Any]) -> None:
    assert [{**patch, "path": "ul"} for patch in said(old, new)] == [
        {"path": "ul", **patch} for patch in patches
    ]


def test_a_move_counts_for_those_after_it() -> None:
    """In a list so long that its new order is longer than two moves."""
    old = list(range(20_000))
    new = [*old[:11_000], 14_000, 16_000, *old[11_000:14_000], *old[14_001:16_000], *old[16_001:]]
    assert said(old, new) == [
        {"path": "ul", "move": 16_000, "to": 11_000},
        {"path": "ul", "move": 14_001, "to": 11_000},
    ]


def test_a_new_order_is_said_where_it_is_shorter_than_the_moves() -> None:
    """Moves name the path twice, so in one of these places both are equally long: children move."""
    old = list(range(30))
    new = [*range(5), 12, *range(5, 12), *range(13, 20), 27, *range(20, 27), *range(28, 30)]
    moves = [{"move": 27, "to": 20}, {"move": 12, "to": 5}]
    order = {"order": [[0, 4], 12, [5, 11], [13, 19], 27, [20, 26], 28, 29]}
    said_first = set()
    for length in range(1, 40):
        path = "u" * length
        as_moves = [{"path": path, **move} for move in moves]
        as_order = [{"path": path, **order}]
        shorter = as_order if len(to_json(as_order)) < len(to_json(as_moves)) else as_moves
        assert stretch_patches(stretches_of(old, new), 30, 30, path, lambda first, stop: "") == shorter
        matching = Matching(0, 30, 30, new, [at for at in old if at not in (12, 27)])
        assert structure_patches(old, new, matching, path, "ul") == shorter
        said_first.add(len(to_json(as_order)) - len(to_json(as_moves)))
    assert 0 in said_first


@st.composite
def two_lists(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """A list, and what is left of it in some order, with others between."""
    old = list(range(draw(st.integers(0, 40))))
    new = [item for item in old if draw(st.integers(0, 5))]
    for _ in range(draw(st.integers(0, 6))):  # stretches that move
        start, stop, to = (draw(st.integers(0, len(new))) for _ in range(3))
        stretch = new[start:stop]
        del new[start:stop]
        new[to:to] = stretch
    if draw(st.integers(0, 4)) == 0:
        new = draw(st.permutations(new))
    for number in range(draw(st.integers(0, 4))):
        new.insert(draw(st.integers(0, len(new))), 100 + number)
    return old, list(new)


@given(two_lists())
def test_any_two_lists(lists: tuple[list[int], list[int]]) -> None:
    said(*lists)


@given(two_lists())
def test_the_patches_are_those_of_single_children(lists: tuple[list[int], list[int]]) -> None:
    old, new = lists
    partners = [old.index(item) if item in old else NOBODY for item in new]
    kept = [partner for partner in partners if partner != NOBODY]
    matching = Matching(0, len(old), len(new), partners, [kept[at] for at in longest_increasing(kept)])

    def nodes(items: list[int]) -> list[Element]:
        return [Element("li", {"key": str(item)}) for item in items]

    expected = structure_patches(nodes(old), nodes(new), matching, "ul", "ul")
    assert expected is not None
    patches = said(old, new)
    assert [patch.keys() for patch in patches] == [patch.keys() for patch in expected]
    assert sum(map(moves_in, [[patch] for patch in patches])) == moves_in(expected)


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12).flatmap(
        lambda lengths: st.permutations(list(enumerate(lengths)))
    )
)
def test_the_chain_holds_as_many_children_as_can_stay(pieces: list[tuple[int, int]]) -> None:
    starts = [sum(length for _, length in sorted(pieces)[:number]) for number in range(len(pieces))]
    spans = [Span(starts[number], length) for number, length in pieces]
    chain = heaviest_chain(spans)
    children = [place for span in spans for place in range(span.at, span.at + span.length)]
    assert sum(span.length for span in chain) == len(longest_increasing(children))
    ascending = [span.at for span in spans if span in chain]
    assert ascending == sorted(ascending)


def test_where_many_move_the_new_order_is_said() -> None:
    old = list(range(100))
    for movers in (MAX_MOVES, MAX_MOVES + 1):
        new = [item for item in old if item % 5 or item >= 5 * movers] + [
            5 * number for number in range(movers)
        ]
        assert moves_in(said(old, new)) == movers
