"""The adapter to lexbor: what is its own, beyond the trees it builds."""

from __future__ import annotations

import gc

import pytest

from hyper.vdom import Element, HtmlError, Text
from hyper.vdom.lexbor import Lexbor

LEXBOR = Lexbor()


def test_equal_attributes_are_one_mapping() -> None:
    nodes = LEXBOR.fragment("<p class=a></p><b class=a key=1></b><i class=a></i><u></u><s></s>", "body")
    one, other, same, none, none_too = [node.attributes for node in nodes if isinstance(node, Element)]
    assert one is same
    assert one is not other
    assert none is none_too


def test_equal_tags_are_one_string() -> None:
    one, other = LEXBOR.fragment("<section></section><SECTION></SECTION>", "body")
    assert isinstance(one, Element)
    assert isinstance(other, Element)
    assert one.tag is other.tag


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_garbage_collector_is_left_as_it_was(is_enabled: bool) -> None:
    was_enabled = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        LEXBOR.fragment("<p>a", "body")
        assert gc.isenabled() is is_enabled
        with pytest.raises(HtmlError):
            LEXBOR.fragment("<b>" * 600, "body")
        assert gc.isenabled() is is_enabled
    finally:
        (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize(
    ("context", "source", "tag"),
    [
        ("my-element", "<p>a", "p"),
        ("unheard", "<p>a", "p"),
        ("svg:g", "<path>", "path"),
        ("svg:unheard", "<path>", "path"),
        ("math:mrow", "<mi>", "mi"),
        ("tr", "<td>", "td"),
    ],
)
def test_contexts_known_to_lexbor_or_not(context: str, source: str, tag: str) -> None:
    assert LEXBOR.fragment(source, context)[0].name == tag


def test_the_first_comment_is_not_printed_with_its_siblings() -> None:
    first, second = LEXBOR.fragment("<!--a-->b", "body")
    assert first.data == "a"  # type: ignore[union-attr]
    assert second == Text("b")


def test_an_unusual_name_is_not_taken_for_a_usual_one() -> None:
    source = (
        "<svg><foreignobject></foreignobject></svg><foreignobject></foreignobject><svg><a></a></svg><a></a>"
    )
    svg, html, *links = LEXBOR.fragment(source, "body")
    assert svg.children[0].name == "foreignObject"  # type: ignore[union-attr]
    assert html.name == "foreignobject"
    assert [link.kind for link in links] == ["svg:svg", "a"]


@pytest.mark.parametrize("start", ["<p><b></p>", "<table><b><i><tr>", "<section><a></section>"])
def test_a_textarea_holds_nothing_but_text(start: str) -> None:
    _, textarea, *_ = LEXBOR.fragment(f"{start}<textarea>\nx\ny</textarea>", "div")
    assert textarea == Element("textarea", children=(Text("x\ny"),))


def test_a_fragment_much_larger_than_any_limit_of_recursion() -> None:
    assert len(LEXBOR.fragment("<p><b>a</b></p>" * 5000, "body")) == 5000
