"""Text made safe, for each place it can stand."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hyper.vdom import Comment, Element, ProcessingInstruction, Root, Text, parse_html, to_html
from hyper.vdom.escaping import escape_attribute, escape_comment, escape_instruction, escape_text

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1)
"""What HTML can hold."""


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain", "plain"),
        ("a < b > c & d", "a &lt; b &gt; c &amp; d"),
        ("&lt;", "&amp;lt;"),
        ("a\xa0b", "a&nbsp;b"),
        ("a\r\nb", "a&#13;\nb"),
        ('say "hi", don\'t', 'say "hi", don\'t'),
        ("é \U0001f600", "é \U0001f600"),
    ],
)
def test_escape_text(text: str, html: str) -> None:
    assert escape_text(text) == html


@pytest.mark.parametrize(
    ("value", "html"),
    [
        ('say "hi"', "say &quot;hi&quot;"),
        ("don't", "don't"),
        ("<a&b>", "&lt;a&amp;b&gt;"),
        ("\xa0\r", "&nbsp;&#13;"),
    ],
)
def test_escape_attribute(value: str, html: str) -> None:
    assert escape_attribute(value) == html


@pytest.mark.parametrize(
    ("data", "html"),
    [
        ("a > b", "a > b"),
        ("-->", "--&gt;"),
        ("a--!>b", "a--!&gt;b"),
        (">", "&gt;"),
        ("->x", "-&gt;x"),
        ("a->", "a->"),
        ("<!--", "<!--"),
        ("--", "--"),
    ],
)
def test_escape_comment(data: str, html: str) -> None:
    assert escape_comment(data) == html


def test_escape_instruction() -> None:
    assert escape_instruction("x a > b") == "x a &gt; b"


@given(texts)
@example("\n")
@example("\r")
def test_a_text_is_read_as_it_was(text: str) -> None:
    tree = Root((Element("p", {"title": text}, (Text(text),)),))
    assert parse_html(to_html(tree)) == tree


@given(st.text())
@example("--><b>")
@example("><b>")
@example("--!><b>")
def test_a_comment_stays_one_comment(data: str) -> None:
    (node,) = parse_html(to_html(Comment(data))).children
    assert isinstance(node, Comment)


@given(texts)
def test_a_comment_is_read_as_it_was(data: str) -> None:
    data = data.replace("\r", "").replace(">", "")
    assert parse_html(to_html(Comment(data))).children == (Comment(data),)


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_an_instruction_does_not_end_early(data: str) -> None:
    html = to_html(ProcessingInstruction("x " + data)) + "<b></b>"
    assert len(parse_html(html).children) == 2
