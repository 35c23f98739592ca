"""HTML in, the tree of a browser out; on every parser that is installed."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from hyper.vdom import Comment, Doctype, Element, HtmlError, Root, Text, parse_document, parse_html, to_html
from hyper.vdom.node import DOCUMENT
from hyper.vdom.reparsing.pages import Adapter
from tests.vdom.corpus import DOCUMENTS, FRAGMENTS, recorded
from tests.vdom.differences import DIFFERENCES, Difference
from tests.vdom.dumps import dump_root
from tests.vdom.soup import random_source

RECORDED = recorded()
LEXBOR_ALONE = {("form", "a<form>b</form>c"), ("select", "<option>a<optgroup><option>b<hr>c")}
"""What turbohtml does otherwise than Chromium."""


@pytest.mark.parametrize(
    ("context", "source", "dump"),
    [(*fragment, dump) for fragment, dump in zip(FRAGMENTS, RECORDED["fragments"], strict=True)],
)
def test_a_fragment_is_what_chromium_makes_of_it(
    adapter: Adapter, context: str, source: str, dump: Any
) -> None:
    if type(adapter).__name__ == "TurboHtml" and (context, source) in LEXBOR_ALONE:
        pytest.skip("turbohtml is known to make something else of it")
    assert dump_root(parse_html(source, context=context, adapter=adapter)) == dump


@pytest.mark.parametrize(("source", "dump"), list(zip(DOCUMENTS, RECORDED["documents"], strict=True)))
def test_a_document_is_what_chromium_makes_of_it(adapter: Adapter, source: str, dump: Any) -> None:
    assert dump_root(parse_document(source, adapter=adapter)) == dump


@pytest.mark.parametrize(("known", "dump"), list(zip(DIFFERENCES, RECORDED["differences"], strict=True)))
def test_what_is_not_what_chromium_makes_of_it(adapter: Adapter, known: Difference, dump: Any) -> None:
    context, source = known.example
    tree = (
        parse_document(source, adapter=adapter)
        if context == DOCUMENT
        else parse_html(source, context=context, adapter=adapter)
    )
    assert (dump_root(tree) != dump) == (type(adapter).__name__ in known.adapters)


def shape(source: str, context: str = "body") -> Any:
    """Tags and texts, short enough to be read in a test."""
    return [_shape(node) for node in parse_html(source, context=context).children]


def _shape(node: Any) -> Any:
    if not isinstance(node, Element):
        return node.data
    return (node.tag, *[_shape(child) for child in node.children])


# The pitfalls, one by one ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("context", "source", "expected"),
    [
        ("body", "<table><tr><td>1", [("table", ("tbody", ("tr", ("td", "1"))))]),
        ("tr", "<td>1", [("td", "1")]),
        ("body", "<td>1", ["1"]),
        ("table", "<tr><td>1", [("tbody", ("tr", ("td", "1")))]),
        ("body", "<p>x</p>\n\n", [("p", "x"), "\n\n"]),
        ("body", "<ul>\n <li>a</li>\n</ul>", [("ul", "\n ", ("li", "a"), "\n")]),
        ("body", "<noscript><b>x</b></noscript>", [("noscript", "<b>x</b>")]),
        ("body", "<textarea>\n\nx</textarea><pre>\nx</pre>", [("textarea", "\nx"), ("pre", "x")]),
        ("body", "<template>a<b>c</b></template>", [("template", "a", ("b", "c"))]),
        ("body", "<select><div>a</div></select>", [("select", ("div", "a"))]),
        ("body", "a\r\nb\rc\0d", ["a\nb\ncd"]),
        ("body", "<svg>\0</svg>", [("svg", "\ufffd")]),
        ("body", "\ufeffa", ["\ufeffa"]),
        ("body", "&nbsp;&amp;&#13;", ["\xa0&\r"]),
        ("x-element", "<p>a", [("p", "a")]),
        ("form", "<form>a</form>", ["a"]),
    ],
)
def test_shapes(context: str, source: str, expected: Any) -> None:
    assert shape(source, context) == expected


def test_comments_are_exact(adapter: Adapter) -> None:
    tree = parse_html("<!-- a --><p><!--\nb\t--></p><!---->", adapter=adapter)
    assert tree.children == (Comment(" a "), Element("p", {}, (Comment("\nb\t"),)), Comment(""))


def test_processing_instructions(adapter: Adapter) -> None:
    first, second = parse_html("<?a b ?><?xml c?>", adapter=adapter).children
    assert (first.name, first.data) == ("pi", "a b ?")
    assert second == Comment("?xml c?")


def test_attributes(adapter: Adapter) -> None:
    (element,) = parse_html(
        '<INPUT Checked b=\'1\' B=2 @click.prevent="f(1)" :c [d]=e a"f=g key=7>', adapter=adapter
    ).children
    assert isinstance(element, Element)
    assert list(element.attributes.items()) == [
        ("checked", ""),
        ("b", "1"),
        ("@click.prevent", "f(1)"),
        (":c", ""),
        ("[d]", "e"),
        ('a"f', "g"),
        ("key", "7"),
    ]
    assert element.key == "7"


def test_classes_are_left_as_written(adapter: Adapter) -> None:
    (element,) = parse_html("<p class=' a  b '>", adapter=adapter).children
    assert isinstance(element, Element)
    assert element.attributes["class"] == " a  b "


def test_foreign_names_and_namespaces(adapter: Adapter) -> None:
    source = "<svg viewbox=1><foreignobject><p></p></foreignobject><a xlink:href=b></a></svg><a></a>"
    (svg, link) = parse_html(source, adapter=adapter).children
    assert isinstance(svg, Element)
    foreign, inside = svg.children
    assert (svg.namespace, dict(svg.attributes)) == ("svg", {"viewBox": "1"})
    assert (foreign.name, foreign.kind) == ("foreignObject", "svg:foreignObject")
    assert isinstance(foreign, Element)
    assert foreign.children == (Element("p"),)
    assert inside.kind == "svg:a"
    assert link.kind == "a"


@pytest.mark.parametrize("context", ["svg", "svg:g", "math", "math:mrow"])
def test_break_outs_of_a_foreign_fragment(adapter: Adapter, context: str) -> None:
    namespace = context.partition(":")[0]
    foreign, element = parse_html(
        "<x></x><p><svg></svg><b></b></p>", context=context, adapter=adapter
    ).children
    assert foreign == Element("x", {}, (), namespace)  # type: ignore[arg-type]
    assert element == Element("p", {}, (Element("svg", {}, (), "svg"), Element("b")))


@pytest.mark.parametrize(
    ("source", "data"),
    [
        ("<!doctype html>", "html"),
        ("<!DOCTYPE  HTML  >", "html"),
        ("<!doctype>", ""),
        ("<!doctype html public 'a' 'b'>", 'html PUBLIC "a" "b"'),
        ("<!doctype html public 'a'>", 'html PUBLIC "a"'),
        ("<!doctype html system 'a\"b'>", "html SYSTEM 'a\"b'"),
    ],
)
def test_doctypes(adapter: Adapter, source: str, data: str) -> None:
    assert parse_document(source, adapter=adapter).children[0] == Doctype(data)


def test_a_document_has_all_its_outer_elements(adapter: Adapter) -> None:
    (html,) = parse_document("<title>a</title>b", adapter=adapter).children
    head = Element("head", {}, (Element("title", {}, (Text("a"),)),))
    assert html == Element("html", {}, (head, Element("body", {}, (Text("b"),))))


def test_the_context_is_remembered() -> None:
    assert parse_html("a", context="tr").context == "tr"
    assert parse_document("a").context == "#document"


def test_no_fragment_at_all(adapter: Adapter) -> None:
    assert parse_html("", adapter=adapter) == Root()


def test_lone_surrogates_become_replacement_characters(adapter: Adapter) -> None:
    tree = parse_html("a\ud800b\ud83d\ude00", adapter=adapter)
    assert tree.children == (Text("a\ufffdb\U0001f600"),)


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError, match="decode"):
        parse_html(b"<p>")  # type: ignore[arg-type]


def test_markup_is_a_string_like_any_other() -> None:
    old = parse_html(Markup("<p>{}</p>").format("a"))
    new = parse_html(Markup("<p>{}</p>").format("b"), old)
    assert (old, new) == (parse_html("<p>a</p>"), parse_html("<p>b</p>"))


def test_nesting_deeper_than_the_limit_is_refused(adapter: Adapter) -> None:
    parse_html("<i>" * 500, adapter=adapter)
    with pytest.raises(HtmlError, match="deeper than 500"):
        parse_html("<i>" * 505, adapter=adapter)


def test_a_deep_tree_is_compared_hashed_and_printed(adapter: Adapter) -> None:
    source = "<div>" * 500 + "x"
    tree, other = parse_html(source, adapter=adapter), parse_html(source, adapter=adapter)
    assert tree == other
    assert hash(tree) == hash(other)
    assert parse_html(to_html(tree), adapter=adapter) == tree


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_any_source_gives_a_tree_without_adjacent_or_empty_texts(
    adapter: Adapter, rng: random.Random
) -> None:
    pending = [parse_html(random_source(rng), adapter=adapter)]
    for parent in pending:
        texts = [type(child) is Text for child in parent.children]
        assert Text("") not in parent.children
        assert (True, True) not in pairwise(texts)
        pending += [child for child in parent.children if isinstance(child, Element)]  # type: ignore[misc]
