"""Children edited where they stand: told by identity, and only where that says all."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hyper.diff import apply_patches, diff_trees
from hyper.diff.matching import edited_in_place
from hyper.vdom import Comment, Element, Node, ProcessingInstruction, Root, Text
from tests.laws import copy


def li(text: str, **attributes: str) -> Element:
    return Element("li", attributes, (Text(text),))


A, B, C, D = (li(text) for text in "abcd")
SHARED = li("s", title="shared")
KEYED = [li(text, key=text) for text in "abcd"]


@pytest.mark.parametrize(
    ("old", "new", "places"),
    [
        ([A], [A], []),
        ([A], [B], [0]),
        ([A, B, C, D], [A, li("x"), C, D], [1]),
        ([A, B, C, D], [A, li("x"), li("y"), D], [1, 2]),
        ([A, Text("x"), B], [A, Text("y"), B], [1]),
        ([A, Text("x"), B, C], [A, Text("y"), li("z"), C], [1, 2]),
        ([A, Text("x"), B, Comment("y"), C], [A, Text("z"), B, Comment("w"), C], [1, 3]),
        ([A, Text("x"), B, Text("y"), C], [A, Text("z"), B, Text("x"), C], None),
        ([SHARED, A, B, C], [Element("li", SHARED.attributes), A, B, li("x")], [0, 3]),
        ([SHARED, A, B], [Element("p", SHARED.attributes), A, B], None),
        ([SHARED, A, B], [Element("li", SHARED.attributes, (), "svg"), A, B], None),
        (KEYED, [KEYED[0], li("x", key="b"), KEYED[2], li("y", key="d")], [1, 3]),
        # not told: another number, most of them, another kind, another key, nodes that are equal or nothing
        ([A], [A, B], None),
        ([A, B, C], [li("x"), li("y"), C], None),
        ([A], [Text("a")], None),
        ([A], [Element("b")], None),
        ([A], [Element("li", {}, (), "svg")], None),
        ([li("a", key="a")], [li("a", key="b")], None),
        ([A, Text("x"), B, Text("y"), C], [A, Text("y"), B, Text("x"), C], None),
        ([A, Text("x"), B, Text("y"), C, Text("z")], [A, Text("z"), B, Text("w"), C, Text("z")], None),
        ([Comment("a")], [ProcessingInstruction("a")], None),
        ([ProcessingInstruction("a")], [ProcessingInstruction("b")], None),
    ],
)
def test_what_is_told(old: list[Node], new: list[Node], places: list[int] | None) -> None:
    assert edited_in_place(old, new) == places


def test_rows_without_keys_that_change_places_are_not_edited() -> None:
    old, new = [A, B, C, D, *KEYED], [A, C, li("b"), D, *KEYED]
    assert edited_in_place(old, new) is None
    assert diff_trees(Root(tuple(old)), Root(tuple(new))) == [{"path": "", "move": 2, "to": 1}]


def test_rows_that_share_a_key_are_rows_without_keys() -> None:
    first, second = li("a", key="k"), li("b", key="k")
    old, new = [first, A, B, second], [second, A, B, first]
    assert edited_in_place(old, new) is None
    assert edited_in_place(old, [li("x", key="k"), A, B, li("y", key="k")]) == [0, 3]
    patches = diff_trees(Root(tuple(old)), Root(tuple(new)))
    assert patches == diff_trees(copy(Root(tuple(old))), Root(tuple(new)))


def test_a_text_that_stands_elsewhere_too_is_looked_for_there() -> None:
    """Whether it was there before or is there now: whoever looks at everything might take it for the other."""
    first, second = Text("a"), Text("a")
    rows = [li(str(number)) for number in range(9)]
    old = [*rows, first, Comment("p"), second, li("x"), D]
    new = [*rows, Text("c"), Comment("q"), second, li("y"), D]
    for before, after in ((old, new), (new, old)):
        assert edited_in_place(before, after) is None
        left, right = Root(tuple(before)), Root(tuple(after))
        assert diff_trees(left, right) == diff_trees(copy(left), copy(right))


def test_one_that_is_equal_makes_no_patch() -> None:
    assert edited_in_place([A, B], [A, li("b")]) == [1]
    assert diff_trees(Root((A, B)), Root((A, li("b")))) == []


TWINS = [li("x", key="k"), li("y", key="k")]
NODES = [
    A,
    B,
    li("a"),
    li("b"),
    *KEYED,
    *TWINS,
    Text("x"),
    Text("y"),
    Comment("x"),
    Element("ul", {}, (A, B)),
]
lists = st.lists(st.sampled_from(NODES), max_size=8)


@given(
    lists,
    st.dictionaries(st.integers(0, 7), st.sampled_from(NODES), max_size=3),
    st.sets(st.integers(0, 7), max_size=2),
)
def test_the_law_holds_where_nodes_are_shared(
    nodes: list[Node], changes: dict[int, Node], swapped: set[int]
) -> None:
    changed = [changes.get(at, node) for at, node in enumerate(nodes)]
    if swapped and max(swapped) < len(changed):
        first, second = min(swapped), max(swapped)
        changed[first], changed[second] = changed[second], changed[first]
    for children in (nodes, changed):  # HTML has no two texts side by side
        assume(
            not any(isinstance(left, Text) and isinstance(right, Text) for left, right in pairwise(children))
        )
    old = Root((Element("ul", {}, tuple(nodes)),))
    new = Root((Element("ul", {}, tuple(changed)),))
    patches = diff_trees(old, new)
    assert apply_patches(old, patches) == new
    assert diff_trees(copy(old), copy(new)) == patches, "law 11: it does not matter that they are shared"
