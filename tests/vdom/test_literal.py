from __future__ import annotations

import pytest
from hypothesis import given, settings

from hyper.vdom import Comment, Doctype, Element, HtmlError, Node, ProcessingInstruction, Root, Text, to_html
from hyper.vdom.literal import literal_html, parse_literal
from tests.strategies import trees


@pytest.mark.parametrize(
    ("nodes", "html"),
    [
        ((Element("table", {}, (Element("tr"),)),), "<table><tr></tr></table>"),
        ((Element("a", {}, (Element("a"),)), Element("li", {}, (Element("li"),))), "<a><a></a></a><li><li></li></li>"),
        ((Element("o:p"), Text("a"), Element('x"y', {'z"': "'\"&"})), "<o:p></o:p>a<x\"y z\"=\"'&quot;&amp;\"></x\"y>"),
        ((Element("br"), Element("br", {"a": ""}, (Text("b"),))), '<br><br a=""//>b</br>'),
        ((Element("script", {}, (Text("a && '<b>'"),)),), "<script>a && '<b>'</script>"),
        ((Element("script", {}, (Text("</Script>"),)),), "<script//>&lt;/Script&gt;</script>"),
        ((Element("style", {}, (Element("b"),)),), "<style//><b></b></style>"),
        ((Element("noscript", {}, (Element("p"), Text("<"))),), "<noscript><p></p>&lt;</noscript>"),
        ((Element("pre", {}, (Text("\n\na"),)), Element("textarea")), "<pre>\n\n\na</pre><textarea></textarea>"),
        ((Element("svg", {}, (Element("br", {}, (), "svg"),), "svg"),), "<svg><br></br></svg>"),
        ((Element("plaintext", {}, (Text("a"),)), Text("b\r\xa0")), "<plaintext>a</plaintext>b&#13;&nbsp;"),
        ((Comment("a--b"), Comment("-"), Comment(">"), ProcessingInstruction("c d")), "<!--a--b--><!-----><!-->--><?c d>"),
        ((Doctype("html"), Comment(""), Element("html", {}, (Element("frame"),))), "<!DOCTYPE html><!----><html><frame></html>"),
    ],
)  # fmt: skip
def test_it_means_what_it_says(nodes: tuple[Node, ...], html: str) -> None:
    assert literal_html(nodes) == html
    assert parse_literal(html) == nodes


@pytest.mark.parametrize(("context", "tag"), [("script", "script"), ("style", "style")])
def test_the_content_of_a_script_is_text(context: str, tag: str) -> None:
    nodes = (Text(f"a < b</{tag}>"),)
    assert literal_html(nodes, context) == f"a < b</{tag}>"
    assert parse_literal(f"a < b</{tag}>", context) == nodes
    assert parse_literal("", context) == ()


def test_svg_is_known_by_its_place() -> None:
    inside = parse_literal("<a/><foreignObject><br></foreignObject>", "svg:g")
    assert inside == (Element("a", {}, (), "svg"), Element("foreignObject", {}, (Element("br"),), "svg"))


def test_attributes_are_read_as_in_html() -> None:
    [element] = parse_literal("<p a b=c d = 'e f' a=x g=\"&lt;\" ></p>")
    assert element == Element("p", {"a": "", "b": "c", "d": "e f", "g": "<"})


@pytest.mark.parametrize(
    "html",
    ["<p>", "<p>a<p>b", "</p>", "<b><i></b></i>", "<P></P>", "a < b", "<![CDATA[a]]>", "<!DOCTYPE", "<p", "<br></br>", "</br>"],
)  # fmt: skip
def test_what_is_not_literal_is_refused(html: str) -> None:
    with pytest.raises(HtmlError):
        parse_literal(html)


@pytest.mark.parametrize("node", [Comment("a-->b"), ProcessingInstruction("a>b"), Element("P"), Text("")])
def test_reading_tells_what_could_not_be_written(node: Node) -> None:
    html = literal_html((node,))
    try:
        read = parse_literal(html)
    except HtmlError:
        return
    assert read != (node,)


def test_depth_and_length_are_no_danger() -> None:
    [element] = parse_literal("<b>" * 20_000 + "</b>" * 20_000)
    assert literal_html((element,)) == "<b>" * 20_000 + "</b>" * 20_000
    with pytest.raises(HtmlError, match="<b> is not ended"):
        parse_literal("<b>" * 100_000)


@settings(max_examples=200, deadline=None)
@given(trees())
def test_what_browsers_make_is_literal(tree: Root) -> None:
    """All that was printed from a browser's tree says what it means, but for text that only looks like markup."""
    text_only = ("noscript", "iframe", "xmp", "noembed", "noframes", "plaintext")
    html = to_html(tree)
    if not any(f"<{tag}" in html for tag in text_only):
        assert parse_literal(html, tree.context) == tree.children
