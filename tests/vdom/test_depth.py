"""The guard before parsing: what is nested too deep is refused, what only looks so is not."""

from __future__ import annotations

import pytest

from hyper.vdom import HtmlError, iter_nodes, parse_document, parse_html, to_html
from hyper.vdom.depth import MAX_TREE_DEPTH, check_source_depth

MANY = 60_000


class Asked:
    """Answers how deep a source is, and remembers how much of it was asked about."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.sizes: list[int] = []

    def __call__(self, source: str) -> int:
        self.sizes.append(len(source))
        return self.depth


@pytest.mark.parametrize(
    "source",
    [
        "<div></div>" * MANY,
        "<br>" * MANY,
        "<p>a" * MANY,
        "<ul>" + "<li>a" * MANY + "</ul>",
        "<table>" + "<tr><td>a" * MANY + "</table>",
        "a" * MANY * 10,
        "<b>" * 2000,
    ],
    ids=lambda source: source[:20],
)
def test_what_is_not_deep_is_not_looked_into(source: str) -> None:
    asked = Asked(0)
    check_source_depth(source, asked)
    assert asked.sizes == []


@pytest.mark.parametrize(
    "source",
    ["<div>" * MANY, "<div></x>" * MANY, "<DIV x=1>" * MANY, "<b></i>" * MANY, "<ul><li>" * MANY],
    ids=lambda source: source[:20],
)
def test_what_may_be_deep_is_asked_about_soon(source: str) -> None:
    asked = Asked(MAX_TREE_DEPTH + 1)
    with pytest.raises(HtmlError, match="deeper than 500"):
        check_source_depth(source, asked)
    assert asked.sizes[0] < 100_000


def test_what_only_looks_deep_is_let_through() -> None:
    asked = Asked(3)
    check_source_depth("<a>" * MANY, asked)
    assert 1 < len(asked.sizes) < 25


@pytest.mark.parametrize(
    "source", ["<div>" * MANY, "<svg>" + "<g>" * MANY, "<ul><li>" * MANY, "<b></i>" * MANY]
)
def test_a_hostile_source_is_refused(source: str) -> None:
    with pytest.raises(HtmlError, match="never closed"):
        parse_html(source)
    with pytest.raises(HtmlError, match="never closed"):
        parse_document(source)


@pytest.mark.parametrize("tag", ["div", "b", "x-y", "svg", "template", "section"])
def test_the_limit(tag: str) -> None:
    deepest = f"<{tag}>" * MAX_TREE_DEPTH
    tree = parse_html(deepest)
    assert len(list(iter_nodes(tree))) == MAX_TREE_DEPTH
    assert parse_html(to_html(tree)) == tree
    with pytest.raises(HtmlError, match=f"{tag}/{tag}/{tag}"):
        parse_html(deepest + f"<{tag}>" * 2)


def test_many_unclosed_links_do_not_nest() -> None:
    assert len(parse_html("<a>x" * MANY).children) == MANY
