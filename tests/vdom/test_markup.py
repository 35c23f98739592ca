"""Trees printed as HTML, and read again."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyper.vdom import (
    Comment,
    Doctype,
    Element,
    Node,
    ProcessingInstruction,
    Root,
    Text,
    parse_document,
    parse_html,
    to_html,
)
from hyper.vdom.markup import start_tag
from tests.strategies import trees
from tests.vdom.soup import random_page, random_source


@pytest.mark.parametrize(
    ("node", "html"),
    [
        (Text("a < b"), "a &lt; b"),
        (Element("p", {"class": 'a "b"'}, (Text("c"),)), '<p class="a &quot;b&quot;">c</p>'),
        (Element("br"), "<br>"),
        (Element("input", {"checked": ""}), '<input checked="">'),
        (Element("br", {}, (Text("lost"),)), "<br>"),
        (Element("br", {}, (Text("kept"),), "svg"), "<br>kept</br>"),
        (Element("script", {}, (Text("a < b && c"),)), "<script>a < b && c</script>"),
        (Element("script", {}, (Text("a < b"),), "svg"), "<script>a &lt; b</script>"),
        (Element("noscript", {}, (Text("<b>"),)), "<noscript><b></noscript>"),
        (Element("textarea", {}, (Text("\na"),)), "<textarea>\n\na</textarea>"),
        (Element("pre", {}, (Text("a\n"),)), "<pre>a\n</pre>"),
        (Element("pre", {}, (Element("b", {}, (Text("\n"),)),)), "<pre><b>\n</b></pre>"),
        (Element("template", {}, (Text("a"),)), "<template>a</template>"),
        (Element("foreignObject", {}, (), "svg"), "<foreignObject></foreignObject>"),
        (Comment(" a "), "<!-- a -->"),
        (ProcessingInstruction("a b ?"), "<?a b ?>"),
        (Doctype("html"), "<!DOCTYPE html>"),
        (Root((Text("a"), Element("b"))), "a<b></b>"),
        (Root((Text("<"),), "script"), "<"),
        (Root((Text("<"),), "textarea"), "&lt;"),
        (Root(), ""),
    ],
)
def test_to_html(node: Any, html: str) -> None:
    assert to_html(node) == html


def test_start_tag() -> None:
    assert start_tag(Element("p", {"a": "1", "b": "<"}, (Text("x"),))) == '<p a="1" b="&lt;">'


class Other:
    """A kind of node that printing does not know."""

    def to_html(self) -> str:
        return "<i>other</i>"


def test_an_unknown_kind_of_node_prints_itself() -> None:
    children: Any = (Other(), Text("&"))
    assert to_html(Element("p", {}, children)) == "<p><i>other</i>&amp;</p>"
    assert to_html(Other()) == "<i>other</i>"


def test_any_depth() -> None:
    node: Node = Text("x")
    for _ in range(20_000):
        node = Element("b", {}, (node,))
    assert to_html(node) == "<b>" * 20_000 + "x" + "</b>" * 20_000


# The law: what is printed is read as it was -------------------------------------------------------------------


def read_again(tree: Root) -> Root:
    return parse_html(to_html(tree), context=tree.context)


@given(trees())
def test_trees_are_read_as_they_were(tree: Root) -> None:
    assert read_again(tree) == tree


@pytest.mark.parametrize(
    "source",
    [
        "<textarea>\n\na</textarea><pre>\n\n</pre><listing>\n\na</listing>",
        "<script>a<b>&amp;</script><style>&lt;</style><xmp><b></xmp><iframe><p></iframe>",
        "<noscript><b>&amp;</noscript><title>&lt;b></title>",
        "<script><!--<script>a</script>--></script>b",
        "<template><td>a</td><template>b</template></template>",
        "<svg viewBox='0 0 1 1'><foreignObject><p>a</p></foreignObject><title>b</title><style>c</style></svg>",
        "<math><mi>a</mi><annotation-xml encoding='text/html'><div></div></annotation-xml></math>",
        "<?a b?><!-- c --><!----><!--->d--><!x>",
        "<p title='&quot;&amp;&lt;&#13;'>&#13;&nbsp;</p>",
        "<table><colgroup><col></colgroup> <tbody> <tr> <td></td></tr></tbody></table>",
        "<select><optgroup label='a'><option>b</option></optgroup><hr><div>c</div></select>",
        "<a href='1'>b</a>\n<button a\"b @c=d>e</button>",
    ],
)
def test_parsed_trees_are_read_as_they_were(source: str) -> None:
    tree = parse_html(source)
    assert read_again(tree) == tree


@pytest.mark.parametrize("source", ["<!doctype html>", "<!doctype html PUBLIC 'a' 'b\"'>", "<!--a-->", ""])
def test_documents_are_read_as_they_were(source: str) -> None:
    tree = parse_document(source + "<title>a</title><body class=b> c <p>d")
    assert parse_document(to_html(tree)) == tree


@pytest.mark.parametrize("context", ["script", "style", "textarea", "title", "noscript"])
def test_text_contexts(context: str) -> None:
    tree = parse_html("<b>&amp;</b>\n", context=context)
    assert read_again(tree) == tree


@given(st.randoms(use_true_random=False))
def test_what_was_read_twice_stays_the_same(rng: random.Random) -> None:
    """Misnested tags make trees that HTML cannot write; those that it could write once, it can again."""
    tree = parse_html(random_source(rng))
    again = read_again(tree)
    if again == tree:
        assert to_html(again) == to_html(tree)
        assert read_again(again) == again


@given(st.randoms(use_true_random=False))
def test_well_nested_pages_are_read_as_they_were(rng: random.Random) -> None:
    html = to_html(parse_html(random_page(rng)))
    if not any(
        tag in html for tag in ("<form", "<h2", "<button", "<a ")
    ):  # these may not stand in themselves
        assert to_html(parse_html(html)) == html


@pytest.mark.parametrize(
    "tree",
    [
        Root((Element("p", {}, (Element("div"),)),)),
        Root((Element("tr"),)),
        Root((Element("a", {}, (Element("a"),)),)),
        Root((Element("form", {}, (Element("form"),)),)),
        Root((Text("a"), Text("b"))),
        Root((Text(""),)),
        Root((Text("a\0b"),)),
        Root((Text("a\ud800b"),)),
        Root((Element("plaintext"), Element("p"))),
        Root((Element("br", {}, (Text("a"),)),)),
        Root((Element("script", {}, (Text("</script>"),)),)),
        Root((Element("textarea", {}, (Element("b"),)),)),
        Root((Comment("-->"),)),
    ],
    ids=to_html,
)
def test_what_html_cannot_write(tree: Root) -> None:
    assert read_again(tree) != tree
