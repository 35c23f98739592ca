"""What a change of a list costs: exact patches for small lists, the number of moves for long ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from hyper.diff import Patch, apply_patches, diff_trees, patches_to_json
from hyper.diff.sequences import spread
from hyper.vdom import Comment, Element, Node, Root, Text, parse_html

Rows = list[int]


def text_of(row: object) -> str:
    return f"This is the row {row}, and it says more than any patch about where it is."


def listing(rows: list[Any], keyed: bool = True, spaces: bool = False) -> Root:
    """``<ul>`` with an ``<li>`` for each row."""
    items: list[Node] = [Text("\n  ")] if spaces else []
    for row in rows:
        items.append(Element("li", {"key": str(row)} if keyed else {}, (Text(text_of(row)),)))
        items += [Text("\n  ")] if spaces else []
    return Root((Element("ul", {}, tuple(items)),))


def diff_rows(old: list[Any], new: list[Any], **options: bool) -> list[Patch]:
    before, after = listing(old, **options), listing(new, **options)
    patches = diff_trees(before, after, keep_state=True)
    assert apply_patches(before, patches) == after
    return patches


def moves_in(patches: list[Patch]) -> int:
    """How many nodes a DOM has to move: the ``move`` patches, and what a new order cannot leave in place."""
    count = 0
    for patch in patches:
        if "order" in patch:
            order = spread(patch["order"])
            count += len(order) - longest_run(order)
        count += "move" in patch
    return count


def longest_run(values: list[int]) -> int:
    """The length of a longest increasing subsequence, found the slow and obvious way."""
    best = [1] * len(values)
    for right, value in enumerate(values):
        best[right] = 1 + max([best[left] for left in range(right) if values[left] < value], default=0)
    return max(best, default=0)


def test_a_list_of_everything() -> None:
    old = parse_html(
        "<ul><li key=a>a</li><li key=b>b</li><li key=c>c</li><li key=d>d</li></ul>" + "<hr>" * 40
    )
    new = parse_html(
        "<ul><li key=d>d</li><li key=x>x</li><li key=a>aa</li><li key=b>b</li></ul>" + "<hr>" * 40
    )
    assert diff_trees(old, new) == [
        {"path": "ul/li[1]/text", "value": "aa"},
        {"path": "ul", "remove": 2},
        {"path": "ul", "move": 2, "to": 0},
        {"path": "ul", "insert": 1, "html": '<li key="x">x</li>'},
    ]


REMOVALS_AND_MOVES: list[tuple[Rows, Rows, list[dict[str, Any]]]] = [
    ([0, 1, 2, 3], [0, 1, 2, 3], []),
    ([0, 1, 2, 3], [0, 2, 3], [{"remove": 1}]),
    ([0, 1, 2, 3], [0, 3], [{"remove": 1, "count": 2}]),
    ([0, 1, 2, 3, 4], [1, 3], [{"remove": 4}, {"remove": 2}, {"remove": 0}]),
    ([0, 1, 2, 3], [], [{"remove": 0, "count": 4}]),
    ([0, 1, 2], [2, 0, 1], [{"move": 2, "to": 0}]),
    ([0, 1, 2], [1, 2, 0], [{"move": 0, "to": 2}]),
    ([0, 1], [1, 0], [{"move": 1, "to": 0}]),
    ([0, 1, 2, 3, 4, 5], [0, 4, 2, 3, 1, 5], [{"order": [0, 4, 2, 3, 1, 5]}]),
    ([0, 1, 2, 3, 4, 5], [2, 5, 0], [{"remove": 3, "count": 2}, {"remove": 1}, {"move": 0, "to": 2}]),
]
"""Old rows, new rows, and the patches of their parent."""


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize(("old", "new", "expected"), REMOVALS_AND_MOVES)
def test_removals_and_moves(old: Rows, new: Rows, expected: list[dict[str, Any]], keyed: bool) -> None:
    assert diff_rows(old, new, keyed=keyed) == [{"path": "ul", **patch} for patch in expected]


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize(
    ("new", "expected"),
    [
        ([9, 0, 1, 2, 3], [(0, [9])]),
        ([0, 1, 2, 3, 9], [(4, [9])]),
        ([0, 1, 8, 9, 2, 3], [(2, [8, 9])]),
        ([7, 0, 8, 1, 2, 3, 9], [(0, [7]), (2, [8]), (6, [9])]),
    ],
)
def test_insertions(new: Rows, expected: list[tuple[int, Rows]], keyed: bool) -> None:
    def html(row: int) -> str:
        key = f' key="{row}"' if keyed else ""
        return f"<li{key}>{text_of(row)}</li>"

    assert diff_rows([0, 1, 2, 3], new, keyed=keyed) == [
        {"path": "ul", "insert": index, "html": "".join(map(html, rows))} for index, rows in expected
    ]


def test_an_empty_list_is_filled_by_an_insertion() -> None:
    assert diff_rows([], [1]) == [{"path": "ul", "insert": 0, "html": f'<li key="1">{text_of(1)}</li>'}]


def test_a_list_of_which_nothing_stays_is_replaced() -> None:
    assert diff_rows([1, 2], [3]) == [{"path": "ul", "html": f'<li key="3">{text_of(3)}</li>'}]


# The long lists of the research table ----------------------------------------------------------------------


def rotated(rows: Rows, by: int) -> Rows:
    return rows[by:] + rows[:by]


def with_moves(rows: Rows, count: int, seed: int = 1) -> Rows:
    rng, rows = random.Random(seed), list(rows)
    for _ in range(count):
        rows.insert(rng.randrange(len(rows)), rows.pop(rng.randrange(len(rows))))
    return rows


def swapped(rows: Rows) -> Rows:
    rows = list(rows)
    rows[1], rows[-2] = rows[-2], rows[1]
    return rows


def shuffled(rows: Rows) -> Rows:
    rows = list(rows)
    random.Random(3).shuffle(rows)
    return rows


SCENARIOS: dict[str, tuple[Callable[[Rows], Rows], int | None]] = {
    "prepend 1": (lambda rows: [-1, *rows], 0),
    "append 1": (lambda rows: [*rows, -1], 0),
    "insert 10": (lambda rows: sorted([*rows, *range(5, 200, 20)]), 0),
    "remove 1": (lambda rows: rows[:100] + rows[101:], 0),
    "remove every other": (lambda rows: rows[::2], 0),
    "swap 2": (swapped, 2),
    "last to first": (lambda rows: rotated(rows, -1), 1),
    "first to last": (lambda rows: rotated(rows, 1), 1),
    "rotate 10": (lambda rows: rotated(rows, 10), 10),
    "reverse": (lambda rows: rows[::-1], 199),
    "move 5": (lambda rows: with_moves(rows, 5), None),
    "move 20": (lambda rows: with_moves(rows, 20), None),
    "keep odd and move 5": (lambda rows: with_moves(rows[1::2], 5), None),
    "replace half and move 5": (lambda rows: with_moves([r if r % 4 else r + 1000 for r in rows], 5), None),
    "shuffle": (shuffled, None),
}


@pytest.mark.parametrize("spaces", [False, True], ids=["", "indented"])
@pytest.mark.parametrize("keyed", [True, False], ids=["keyed", "unkeyed"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_list_could_be_sorted_with_fewer_moves(name: str, keyed: bool, spaces: bool) -> None:
    change, known = SCENARIOS[name]
    old = list(range(0, 400, 2))
    new = change(old)
    at = {row: index for index, row in enumerate(old)}
    kept = [at[row] for row in new if row in at]
    fewest = len(kept) - longest_run(kept)
    assert known is None or fewest == known
    moves = moves_in(diff_rows(old, new, keyed=keyed, spaces=spaces))
    if spaces:  # white space goes with the row before it
        assert fewest <= moves <= 2 * fewest
    else:
        assert moves == fewest


def test_kept_rows_are_never_removed_and_inserted() -> None:
    old = list(range(0, 400, 2))
    for change, _ in SCENARIOS.values():
        new = change(old)
        patches = diff_rows(old, new)
        removed = sum([patch.get("count", 1) for patch in patches if "remove" in patch])
        inserted = sum(
            [patch["html"].count("<li") for patch in patches if "insert" in patch and "html" in patch]
        )
        assert removed == len(set(old) - set(new))
        assert inserted == len(set(new) - set(old))


def size(patches: list[Patch]) -> int:
    return len(patches_to_json(patches).encode())


def test_one_of_500_rows_without_keys_is_removed_in_30_bytes() -> None:
    rows = list(range(500))
    patches = diff_rows(rows, rows[:250] + rows[251:], keyed=False)
    assert patches == [{"path": "ul", "remove": 250}]
    assert size(patches) <= 30


@pytest.mark.parametrize("keyed", [True, False])
def test_a_thousand_rows_are_shuffled_in_four_and_a_half_kilobytes(keyed: bool) -> None:
    rows = list(range(1000))
    patches = diff_rows(rows, shuffled(rows), keyed=keyed)
    assert [set(patch) for patch in patches] == [{"path", "order"}]
    assert size(patches) <= 4_500


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (lambda rows: [-1, *rows], 140),
        (lambda rows: rotated(rows, -1), 45),
        (swapped, 60),
        (lambda rows: rotated(rows, 10), 45),
        (lambda rows: rows[::2], 250 * 27),
    ],
)
def test_bytes_of_changes_in_500_rows(change: Callable[[Rows], Rows], most: int) -> None:
    rows = list(range(500))
    assert size(diff_rows(rows, change(rows), keyed=False)) <= most


def test_rows_that_repeat_are_cheap_too() -> None:
    rows = [index % 7 for index in range(400)]
    changed = rows[:50] + rows[51:200] + [99] + rows[200:350] + rows[353:]
    patches = diff_rows(rows, changed, keyed=False)
    assert moves_in(patches) == 0
    assert size(patches) < 400


def test_many_moves_are_one_order_few_are_moves() -> None:
    rows = list(range(100))
    few = diff_rows(rows, [*rows[3:], 2, 1, 0])
    assert [set(patch) for patch in few] == [{"path", "order"}]
    one = diff_rows(rows, [*rows[1:], 0])
    assert one == [{"path": "ul", "move": 0, "to": 99}]
    far = diff_rows(rows, with_moves(rows, 3, seed=5))
    assert size(far) <= min(size([*far]), 3 * len('{"path":"ul","move":99,"to":99},'))


# Text beside text -------------------------------------------------------------------------------------------


def test_texts_side_by_side_are_inserted_apart() -> None:
    old = Root((Element("hr"), Element("hr")))
    new = Root((Element("hr"), Text("a"), Text("b"), Comment("c"), Text("d"), Element("hr")))
    patches = diff_trees(old, new)
    assert patches == [
        {"path": "", "insert": 1, "html": "a"},
        {"path": "", "insert": 2, "html": "b<!--c-->d"},
    ]
    assert apply_patches(old, patches) == new


def test_a_text_is_inserted_beside_a_text() -> None:
    old = Root((Element("hr"), Text("a"), Element("hr")))
    new = Root((Element("hr"), Text("a"), Text("b"), Element("hr")))
    patches = diff_trees(old, new)
    assert patches == [{"path": "", "insert": 2, "html": "b"}]
    assert apply_patches(old, patches) == new
