"""Which children stay, and what stands where the others stood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from hyper.vdom import parse_html
from hyper.vdom.reparsing.alignment import ContentEdit, find_edits
from hyper.vdom.reparsing.layout import measure

pytestmark = pytest.mark.usefixtures("small_pages")


def edits_of(old: str, new: str, limit: int = 10**6) -> list[ContentEdit] | None:
    root = parse_html(old)
    layout = measure(root.children, old, 0, len(old))
    assert layout is not None
    return find_edits(ContentEdit(root, root.children, layout, 0, 0, len(new)), old, new, limit)


def gaps_of(old: Sequence[str], new: Sequence[str]) -> Any:
    """The gaps between children, with their new source."""
    edits = edits_of("".join(old), "".join(new))
    assert edits is not None
    return [(gap.first, gap.last, "".join(new)[gap.start : gap.stop]) for gap in edits[0].gaps]


ROWS = [f"<li>row {index}</li>" for index in range(6)]
A, B, C, D, E, F = ROWS
X, Y = "<li>new x</li>", "<li>new y</li>"


@pytest.mark.parametrize(
    ("new", "gaps"),
    [
        ([A, B, C, X, E, F], [(3, 4, X)]),
        ([X, B, C, D, E, F], [(0, 1, X)]),
        ([A, B, C, D, E, X], [(5, 6, X)]),
        ([A, B, C, D, E, F, X], [(6, 6, X)]),
        ([X, A, B, C, D, E, F], [(0, 0, X)]),
        ([A, B, X, C, D, E, F], [(2, 2, X)]),
        ([A, B, D, E, F], [(2, 3, "")]),
        ([B, C, D, E], [(0, 1, ""), (5, 6, "")]),
        ([X, B, C, Y, E, F], [(0, 1, X), (3, 4, Y)]),
        ([A, X, B, C, D, Y, F], [(1, 1, X), (4, 5, Y)]),
        ([A, E, C, D, B, F], [(1, 2, E), (4, 5, B)]),
        ([F, B, C, D, E, A], [(0, 1, F), (5, 6, A)]),
        ([X, Y], [(0, 6, X + Y)]),
        ([], [(0, 6, "")]),
    ],
)
def test_gaps(new: list[str], gaps: Any) -> None:
    assert gaps_of(ROWS, new) == gaps


S = "\n  "


@pytest.mark.parametrize(
    ("old", "new", "gaps"),
    [
        ([S, A, S, B, S], [S, A, S, X, S], [(3, 4, X)]),
        ([S, A, S, B, S, C, S], [S, A, S, C, S], [(3, 5, "")]),
        (["a", A, "b"], ["a", "b"], [(0, 3, "ab")]),
        (["a", A], ["ab", A], [(0, 1, "ab")]),
        (["a", A], ["a", X, A], [(1, 1, X)]),
        ([A, "a"], [A, "ab"], [(1, 2, "ab")]),
        ([A, "a", B], [A, "a", "b", B], [(1, 2, "ab")]),
        (["a"], ["a"], []),
    ],
)
def test_gaps_beside_texts(old: list[str], new: list[str], gaps: Any) -> None:
    assert gaps_of(old, new) == gaps


def test_the_gap_is_as_deep_as_the_change() -> None:
    edits = edits_of(
        "<div><ul><li>a</li><li><b>b</b></li></ul><p></p></div>",
        "<div><ul><li>a</li><li><b>c</b></li></ul><p></p></div>",
    )
    assert edits is not None
    assert [edit.tag for edit in edits] == ["", "div", "ul", "li", "b"]
    assert [len(edit.gaps) for edit in edits] == [1, 1, 1, 1, 1]


def test_two_places_below_one_element() -> None:
    old = "<div><header><h1>Title 1</h1></header><main><p>text 1</p></main><footer>f</footer></div>"
    edits = edits_of(old, old.replace("1<", "2<"))
    assert edits is not None
    assert [edit.tag for edit in edits] == ["", "div", "header", "main", "h1", "p"]


@pytest.mark.parametrize(
    ("old", "new", "opening"),
    [
        ("<div class='a'>x<b>y</b></div>", "<div class='b'>x<b>y</b></div>", "<div class='b'>"),
        ("<div>x<b>y</b></div>", "<DIV id=a>x<b>y</b></div>", "<DIV id=a>"),
    ],
)
def test_a_new_start_tag(old: str, new: str, opening: str) -> None:
    edits = edits_of(old, new)
    assert edits is not None
    assert [edit.opening for edit in edits] == [None, opening]
    assert edits[1].gaps == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<b class='a'>x</b>", "<b class='b'>x</b>"),
        ("<svg class='a'>x</svg>", "<svg class='b'>x</svg>"),
        ("<div class='a'>x</div>", "<p class='a'>x</p>"),
        ("<div class='a'>x</div>", "<div class='b'>x</p>"),
    ],
)
def test_what_is_not_gone_into(old: str, new: str) -> None:
    edits = edits_of(old, new)
    assert edits is not None
    assert len(edits) == 1


def test_more_than_the_limit_has_changed() -> None:
    old, new = "".join(ROWS), "".join([A, X, Y, X, Y, F])
    assert edits_of(old, new, limit=100) is not None
    assert edits_of(old, new, limit=50) is None
