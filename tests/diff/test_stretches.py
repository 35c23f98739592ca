"""Lists described by stretches: exact patches, and the same ones as for a matching of single children."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.diff import Patch
from hyper.diff.children import (
    MAX_MOVES,
    Span,
    Stretch,
    diff_structure,
    heaviest_chain,
    list_patches,
    stretches_of,
    stretches_of_matching,
)
from hyper.diff.codec import to_json
from hyper.diff.matching import NOBODY, Matching
from hyper.diff.sequences import longest_increasing, spread
from hyper.vdom import Element
from tests.diff.test_children import REMOVALS_AND_MOVES
from tests.laws import check_order_of_emission, moves_in


def longest_stretches(old: list[int], new: list[int]) -> list[Stretch]:
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
    patches = list_patches(
        longest_stretches(old, new),
        len(old),
        len(new),
        "ul",
        lambda first, stop: [(first, json.dumps(new[first:stop]))],
    )
    assert patches is not None
    assert patched(old, patches) == new
    check_order_of_emission(patches)
    kept = [
        stretch.old + number for stretch in longest_stretches(old, new) for number in range(stretch.length)
    ]
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
        # those beside what was removed close up
        ([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [5, 6, 7, 8, 9, 0, 1, 3, 4], [{"remove": 2}, {"order": [[4, 8], [0, 3]]}]),
        # what ``test_children`` says of nodes
        *REMOVALS_AND_MOVES,
        ([0, 1, 2, 3], [9, 0, 1, 2, 3], [{"insert": 0, "html": "[9]"}]),
        ([0, 1, 2, 3], [0, 1, 2, 3, 9], [{"insert": 4, "html": "[9]"}]),
        ([0, 1, 2, 3], [0, 1, 8, 9, 2, 3], [{"insert": 2, "html": "[8, 9]"}]),
        ([0, 1, 2, 3], [7, 0, 8, 1, 2, 3, 9], [{"insert": 0, "html": "[7]"}, {"insert": 2, "html": "[8]"}, {"insert": 6, "html": "[9]"}]),
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
        assert list_patches(longest_stretches(old, new), 30, 30, path, lambda first, stop: []) == shorter
        assert diff_structure(nodes(old), nodes(new), Matching(0, 30, 30, new), path, "ul") == shorter
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
    matching = Matching(0, len(old), len(new), partners)
    assert stretches_of_matching(matching, len(old)) == longest_stretches(old, new)
    expected = diff_structure(nodes(old), nodes(new), matching, "ul", "ul")
    assert expected is not None
    patches = said(old, new)
    assert [patch.keys() for patch in patches] == [patch.keys() for patch in expected]
    assert [without_html(patch) for patch in patches] == [without_html(patch) for patch in expected]
    assert sum(map(moves_in, [[patch] for patch in patches])) == moves_in(expected)


def nodes(items: list[int]) -> list[Element]:
    return [Element("li", {"key": str(item)}) for item in items]


def without_html(patch: Patch) -> dict[str, Any]:
    return {name: value for name, value in patch.items() if name != "html"}


@pytest.mark.parametrize(
    ("partners", "stretches"),
    [
        ([], []),
        ([NOBODY], []),
        ([NOBODY, NOBODY, NOBODY], []),
        ([0, 1, 2], [(0, 5, 3)]),
        ([NOBODY, 0], [(0, 6, 1)]),
        ([3, NOBODY, 4], [(3, 5, 1), (4, 7, 1)]),
        ([6, NOBODY, 2, 3, 4, 1], [(6, 5, 1), (2, 7, 3), (1, 10, 1)]),
        ([2, 1, 0], [(2, 5, 1), (1, 6, 1), (0, 7, 1)]),
    ],
)
def test_stretches_among_partners(partners: list[int], stretches: list[tuple[int, int, int]]) -> None:
    assert stretches_of(partners, 5) == stretches


@pytest.mark.parametrize(
    ("matching", "old_count", "stretches"),
    [
        (Matching(0, 0, 0), 0, []),
        (Matching(2, 2, 2), 2, [(0, 0, 2)]),
        (Matching(1, 2, 1), 3, [(0, 0, 1), (2, 1, 1)]),
        (Matching(1, 3, 4, [2, NOBODY, 1]), 5, [(0, 0, 1), (2, 1, 1), (1, 3, 1), (3, 4, 2)]),
    ],
)
def test_equal_ends_are_stretches_too(
    matching: Matching, old_count: int, stretches: list[tuple[int, int, int]]
) -> None:
    assert stretches_of_matching(matching, old_count) == stretches


def test_what_cannot_be_written_leads_to_no_patches() -> None:
    some, nothing = [Stretch(0, 1, 1)], list[Stretch]()
    assert list_patches(some, 1, 2, "ul", lambda first, stop: None) is None
    assert list_patches(nothing, 1, 2, "ul", lambda first, stop: None) is None
    assert list_patches([Stretch(0, 0, 1)], 1, 1, "ul", lambda first, stop: None) == []


def test_a_piece_is_inserted_by_itself_but_replaces_nothing() -> None:
    def html(first: int, stop: int) -> list[tuple[int, str]]:
        return [(at, f"<{at}>") for at in range(first, stop)]

    assert list_patches([Stretch(0, 0, 1), Stretch(1, 3, 1)], 2, 4, "ul", html) == [
        {"path": "ul", "insert": 1, "html": "<1>"},
        {"path": "ul", "insert": 2, "html": "<2>"},
    ]
    assert list_patches([], 1, 1, "ul", html) == [{"path": "ul", "html": "<0>"}]
    assert list_patches([], 1, 2, "ul", html) is None


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
