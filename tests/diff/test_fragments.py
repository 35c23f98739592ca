from __future__ import annotations

import pytest

from hyper.diff.fragments import fragment_html, parse_children, reads_as, split_fragments
from hyper.vdom import Comment, Element, Node, Root, Text, parse_html


@pytest.mark.parametrize(
    ("nodes", "context", "html"),
    [
        ((Text("a < b"),), "p", "a &lt; b"),
        ((Text("a < b"),), "style", "a < b"),
        ((Text("a </textarea> b"),), "textarea", "a &lt;/textarea&gt; b"),
        ((Text("\nx"),), "textarea", "\nx"),
        ((Element("tr", {}, (Element("td"),)),), "tbody", "<tr><td></td></tr>"),
        ((Element("circle", {}, (), "svg"),), "svg:g", "<circle></circle>"),
        ((Element("p", {"@click": "x"}, (Text("a"),)), Comment("b")), "body", '<p @click="x">a</p><!--b-->'),
        ((), "ul", ""),
    ],
)
def test_html_that_reads_as_the_nodes(nodes: tuple[Node, ...], context: str, html: str) -> None:
    assert fragment_html(nodes, context) == html
    assert parse_children(html, context) == nodes


@pytest.mark.parametrize(
    ("nodes", "context"),
    [
        ((Element("p", {}, (Element("p"),)),), "body"),
        ((Element("a", {}, (Element("a"),)),), "body"),
        ((Element("tr"),), "div"),
        ((Text("a"), Text("b")), "p"),
        ((Text(""),), "p"),
        ((Text("a\0"),), "p"),
        ((Element("style", {}, (Text("</style>"),)),), "p"),
        ((Comment("-->"),), "p"),
        ((Element("br", {}, (Text("a"),)),), "p"),
        ((Element("p", {"a b": ""}),), "body"),
        ((Element("svg", {}, (Element("div"),), "svg"),), "p"),
        ((Comment("a"),), "#document"),
    ],
)
def test_nodes_that_no_html_gives(nodes: tuple[Node, ...], context: str) -> None:
    assert fragment_html(nodes, context) is None


def test_html_that_is_too_deep_gives_nothing() -> None:
    node: Node = Text("x")
    for _ in range(600):
        node = Element("b", {}, (node,))
    assert fragment_html((node,), "body") is None


def test_nodes_from_elsewhere_are_trusted() -> None:
    class Elsewhere:
        def to_html(self) -> str:
            return "<tr>"

    assert fragment_html([Elsewhere(), Text("a")], "div") == "<tr>a"
    assert reads_as("anything", [Elsewhere()], "div")


def test_texts_side_by_side_are_split() -> None:
    a, b, c = Text("a"), Text("b"), Comment("c")
    assert split_fragments([a, b, c, a, a, b]) == [[a], [b, c, a], [a], [b]]
    assert split_fragments([c]) == [[c]]


@pytest.mark.parametrize(
    ("html", "context"), [("<p>", "p"), ("<svg>", "svg"), ("<svg><g>", "svg:g"), ("<math>", "math")]
)
def test_the_context_of_an_element(html: str, context: str) -> None:
    element = parse_html(html).children[0]
    assert isinstance(element, Element)
    inner = element.children[0] if element.children else element
    assert isinstance(inner, Element)
    assert inner.context == context


def test_a_whole_document_is_a_context() -> None:
    tree = Root(parse_children("<!DOCTYPE html><title>x</title>", "#document"), "#document")
    html = fragment_html(tree.children, "#document")
    assert html == "<!DOCTYPE html><html><head><title>x</title></head><body></body></html>"
