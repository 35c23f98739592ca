from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.vdom import Element, Root, Text, parse_html
from hyper.vdom.templates.compiler import compile_template, content
from hyper.vdom.templates.freezing import LEAST_FROZEN_BYTES, FrozenHtml, FrozenTree, freeze, size_of
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment, Opaque, RawHtml

ROW = compile_template(['<li key="', '" class="', '">', "</li>"])
PAGE = compile_template(["<main ", "><h1>", "</h1><ul>", "</ul>", "</main>"])


def page(rows: int, *more: Any) -> Any:
    lines = [ROW.instance([number, None, f"label {number}"]) for number in range(rows)]
    return PAGE.instance([{"id": "x"}, "title", lines, list(more)])


def thawed(tree: Any) -> Any:
    frozen = freeze(tree)
    assert isinstance(frozen, (FrozenTree, FrozenHtml)), "it is large enough to be worth it"
    return frozen.thaw()


values = st.recursive(
    st.one_of(
        st.none(),
        st.integers(),
        st.text(st.characters()),
        st.just("\\ud800"),
        st.just(RawHtml("<b>\\udfff</b>")),
        st.just(Element("hr")),
        st.just(Text("text")),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(content),
        st.tuples(inner, inner, inner).map(lambda values: Instance((ROW, *values))),
    ),
    max_leaves=12,
)


@given(values)
def test_what_is_frozen_thaws_to_the_same(value: Any) -> None:
    tree = page(100, value)
    again = thawed(tree)
    assert again == tree
    assert type(again) is Instance


def test_small_trees_are_left_alone() -> None:
    for tree in (page(1), Fragment(), Root(), parse_html("<p>x</p>"), "text", None, Element("p")):
        assert freeze(tree) is tree


def test_trees_nested_too_deep_are_left_alone() -> None:
    tree: Any = page(100)
    for _ in range(5000):
        tree = Fragment([tree])
    assert freeze(tree) is tree


def test_nested_components_stay_the_same_objects() -> None:
    class Nested(Opaque):
        key = None

    nested = Nested()
    again = thawed(page(100, nested, nested))
    assert again[4][0] is nested
    assert again[4][1] is nested


def test_templates_stay_the_same_objects() -> None:
    again = thawed(page(100))
    assert again[0] is PAGE
    assert {row[0] for row in again[3]} == {ROW}


def test_parsed_strings() -> None:
    html = "<table><tr><td>é\U0001f600</table>" * 100
    tree = parse_html(html)
    frozen = freeze(tree)
    assert isinstance(frozen, FrozenHtml)
    assert frozen.thaw() == tree
    changed = html.replace("é", "è", 1)
    assert parse_html(changed, frozen.thaw()) == parse_html(changed)


def test_trees_made_by_hand_stay() -> None:
    tree = Root((Text("x" * LEAST_FROZEN_BYTES * 2),))
    assert freeze(tree) is tree


@pytest.mark.parametrize(
    ("make", "smaller"),
    [(lambda: page(1000), 8), (lambda: parse_html("<p>some <b>words</b> of text</p>" * 1000), 100)],
)
def test_it_is_worth_it(make: Callable[[], Any], smaller: int) -> None:
    make()  # what is made once is there
    sizes = []
    for keep in (lambda: make(), lambda: freeze(make())):
        gc.collect()
        tracemalloc.start()
        kept = keep()
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
        del kept
    assert sizes[0] > smaller * sizes[1]


@pytest.mark.parametrize("rows", [0, 3, 300])
def test_the_size_of_a_tree_grows_with_what_is_in_it(rows: int) -> None:
    trees = [page(rows), parse_html("<p>row</p>" * rows)]
    for tree in trees:
        assert size_of(tree) >= 9 * rows
        frozen = freeze(tree)
        assert frozen is tree or 0 < size_of(frozen) < size_of(tree)
