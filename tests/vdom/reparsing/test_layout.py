"""Where nodes stand in their source, and when that cannot be told."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.vdom import Element, Node, parse_html
from hyper.vdom.reparsing.layout import Layout, can_be_divided, measure, measure_from
from tests.vdom.soup import random_page

pytestmark = pytest.mark.usefixtures("small_pages")


def layout_of(source: str, context: str = "body") -> Layout | None:
    return measure(parse_html(source, context=context).children, source, 0, len(source))


def chunks(source: str) -> list[str]:
    """The source of each child of the root."""
    layout = layout_of(source)
    assert layout is not None
    ends = [sum(layout.lengths[: index + 1]) for index in range(len(layout.lengths))]
    return [source[end - length : end] for end, length in zip(ends, layout.lengths, strict=True)]


@pytest.mark.parametrize(
    "expected",
    [
        ["a"],
        ["<p>a</p>", " ", "<b>c</b>"],
        ["<br>", "<img src=a/>", "<input value='>' checked />", "b"],
        ["<!-- <p> -->", "a", "<?x y?>"],
        ['<DIV\n CLASS = "a>b">c</div >', "<P title='<p>'></p\t>"],
        ["<script>a<b</script>", "<style>a>b</style >", "<textarea>\n<p></textarea>", "<title>&lt;</TITLE>"],
        ["<svg><path/><g /><g></g><title>a</title></svg>", "<math/>"],
        ["<template><td>a</td></template>", "<select><option>a</option></select>"],
        ["<table><tr><td>a</td></tr></table>", "<ul><li>a<li>b</ul>", '<x-y.z a:b=c @d.e="f"></x-y.z>'],
    ],
)
def test_lengths(expected: list[str]) -> None:
    assert chunks("".join(expected)) == expected


def test_a_layout_of_what_is_inside() -> None:
    source = '<ul class="x"><li>one</li> <li>two</li></ul>'
    layout = layout_of(source)
    assert layout is not None
    assert layout.lengths == [44]
    inner = layout.inner[0]
    assert inner is not None
    assert (inner.opening, inner.lengths, inner.closing) == (14, [12, 1, 12], 5)


def test_an_implied_tbody_has_no_tags() -> None:
    layout = layout_of("<table><tr></tr></table>")
    assert layout is not None
    assert layout.inner[0] is not None
    body = layout.inner[0].inner[0]
    assert body is not None
    assert (body.opening, body.lengths, body.closing) == (0, [9], 0)


@pytest.mark.parametrize(
    "source",
    [
        "<p>a<div>b</div></p>",
        "<b><p>a</b></p>",
        "<p><b>a</p><p>b</p>",
        "<b>a",
        "<div>a",
        "<table>a<tr><td>b</td></tr></table>",
        "<a>b<a>c</a></a>",
        "<form><form></form></form>",
        "<span><p></span>",
        "</p>",
        "<br></br>",
        "<image>",
        "<!-->a",
        "<!--a--!>",
        "<!x>",
        "<![CDATA[x]]>",
        "1 < 2",
        "<p a='b'c='d'></p>",
        "<p =a></p>",
        "<p/ a></p>",
        "<p></p a>",
        '<a"b></a"b>',
        "<script><!-- <script></script> --></script>",
        "<script>a</script b>",
        "<div><plaintext>a</plaintext></div>",
        "<svg><p>a</p></svg>",
        "<svg><path></svg>",
        "\0",
        "<pre>\n</pre>",
        "<body>a</body>",
        "<tr>a</tr>",
        "<li>a<li>b",
    ],
)
def test_what_does_not_read_plainly(source: str) -> None:
    assert layout_of(source) is None


@pytest.mark.parametrize(
    ("source", "is_regular"),
    [
        ("<p><b>a</b><br><!--c--></p>", True),
        ("<p title='a&lt;b'>c</p>", True),
        ("<p title='a<b'>c</p>", False),
        ("<p><i><b title='<'>c</b></i></p>", False),
        ("<!-- < -->", False),
        ("<script>a<b</script>", False),
        ("<script>ab</script>", True),
        ("<ul><li>a</ul>", False),
        ("<table><tr><td></td></tr></table>", False),
        ("<svg></svg>", False),
        ("<svg/>", False),
    ],
)
def test_regular(source: str, is_regular: bool) -> None:
    layout = layout_of(source)
    assert layout is not None
    assert layout.is_regular is is_regular


def test_a_child_that_may_be_continued() -> None:
    layout = layout_of("<b>a</b><p>b")
    assert layout is not None
    assert layout.open_end
    assert layout.lengths == [8, 4]


def test_nothing_inside_where_what_follows_gets_into_a_child() -> None:
    layout = layout_of("<ul><li>a<li>b</ul>")
    assert layout is not None
    assert layout.inner == [None]


def test_elements_of_which_no_part_can_be_parsed_alone() -> None:
    for source in (
        "<pre><b>a</b></pre>",
        "<template><p>a</p></template>",
        "<select><option>a</option></select>",
    ):
        layout = layout_of(source)
        assert layout is not None
        assert layout.inner == [None], source
    assert not can_be_divided("script")
    assert can_be_divided("script", "svg")


def test_another_tree_does_not_fit() -> None:
    assert measure(parse_html("<p>a</p><p>b</p>").children, "<p>a</p><b>b</b>", 0, 16) is None
    assert measure(parse_html("<p>a</p>").children, "<p>a</p>b", 0, 9) is None


def test_a_part_in_the_middle() -> None:
    found = measure_from(parse_html("<p>a</p> ").children, "xx<p>a</p> <b>", 2)
    assert found is not None
    assert found[1] == 11


@given(st.randoms(use_true_random=False))
def test_each_child_alone_is_what_it_was_among_the_others(rng: random.Random) -> None:
    """The point of it all, for the children of any content of a page that reads plainly."""
    source = random_page(rng)
    tree = parse_html(source)
    layout = measure(tree.children, source, 0, len(source))
    pending: list[tuple[Any, Layout | None, str]] = [(tree, layout, source)]
    for parent, inside, content in pending:
        position = 0
        for index, child in enumerate(parent.children if inside is not None else ()):
            part = content[position : position + inside.lengths[index]]
            position += inside.lengths[index]
            assert _alone(child, part, parent) == child
            inner = inside.inner[index]
            if inner is not None:
                pending.append((child, inner, part[inner.opening : len(part) - inner.closing]))


def _alone(child: Node, source: str, parent: Any) -> Node:
    context = parent.tag if isinstance(parent, Element) else "body"
    if isinstance(parent, Element) and parent.namespace != "html":
        context = f"{parent.namespace}:{context}"
    if isinstance(child, Element) and child.tag == "tbody":
        return parse_html(f"<table>{source}</table>").children[0].children[0]  # type: ignore[union-attr]
    return parse_html(source, context=context).children[0]
