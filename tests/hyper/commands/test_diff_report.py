from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings

from hyper.commands.diff_report import describe_patches, report_html, report_json, report_text, shorten
from hyper.diff import diff_trees
from hyper.vdom import Root, parse_html, to_html
from tests.strategies import tree_pairs

OLD = (
    '<h1 class="big" hidden>Shop</h1><ul id="list"><li key="a">Milk, one litre</li><li key="b">Bread</li>'
    '<li key="c">Eggs</li><li key="d">Ham</li></ul><p>one</p><!--old-->' + "<hr>" * 12
)
NEW = (
    '<h1 class="huge" title>Shop</h1><ul id="list"><li key="d">Ham</li><li key="a">Milk, two litres</li>'
    '<li key="c">Eggs</li><li key="e">Figs</li></ul><div>two</div><!--new-->' + "<hr>" * 12
)


def test_json_is_what_goes_over_the_wire() -> None:
    patches = diff_trees(parse_html(OLD), parse_html(NEW), keep_state=True)
    assert json.loads(report_json(OLD, NEW)) == patches


def test_text_says_what_was_there_and_what_is() -> None:
    assert report_text(OLD, NEW).splitlines()[1:] == [
        "~ h1/@class       big → huge",
        "- h1/@hidden      ''",
        "+ h1/@title       ''",
        "~ ul/li[1]/text   Milk, one litre → Milk, two litres",
        "- ul              from 1: li",
        "> ul              li from 2 to 0",
        '+ ul              at 3: <li key="e">Figs</li>',
        "~ comment         old → new",
        "- (root)          from 2: p",
        "+ (root)          at 2: <div>two</div>",
    ]


def test_text_begins_with_a_summary() -> None:
    assert report_text("<p>Count: 1</p>", "<p>Count: 2</p>") == (
        "1 patch, 38 bytes; the new HTML has 15\n~ p/text   Count: 1 → Count: 2"
    )
    assert report_text("<p>a</p>", "<p>a") == "no difference"
    assert report_text("<b>a", "<i>b").startswith("1 patch, ")
    assert report_text(OLD, NEW).startswith("10 patches, ")


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("a" * 40, "a" * 40 + "b", "+ text   'b' at 40"),
        ("a" * 40 + "b", "a" * 40 + "cc", "~ text   'cc' at 40 instead of 1 characters"),
        ("<i></i>", "<b></b>", "~ (root)   all children replaced: <b></b>"),
        ("<p>\n</p>", "<p> </p>", "~ p/text   '\\n' → ' '"),
        (
            "".join([f"<i>{n}{'x' * 30}</i>" for n in "abcd"]),
            "".join([f"<i>{n}{'x' * 30}</i>" for n in "dcba"]),
            "> (root)   4 children in a new order",
        ),
    ],
)
def test_a_line_for_each_kind_of_patch(old: str, new: str, line: str) -> None:
    tree = parse_html(old)
    lines = describe_patches(tree, diff_trees(tree, parse_html(new), keep_state=True))
    assert [each.replace("+ text", "~ text") for each in lines] == [line.replace("+ text", "~ text")]


def test_long_values_are_shortened() -> None:
    assert shorten("a\n b") == "a b"
    assert shorten("x" * 60) == "x" * 60
    assert shorten("x" * 100 + "y" * 100) == "x" * 30 + " … " + "y" * 20
    assert shorten("") == "''"


def test_documents_are_compared_as_documents() -> None:
    old, new = "<!doctype html><title>a</title><p>x", "<!DOCTYPE html><html><title>b</title><p>x"
    assert "html/head/title/text" in report_text(old, new)
    assert "(root)" in report_text(old, "<!-- c --> " + new)
    assert "html/body" in report_text("<p>a</p>", "<body class=x><p>a</p></body>")


class Rows(HTMLParser):
    """The texts of both columns of a page, and the kinds of its rows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.columns = ["", ""]
        self.kinds: list[str] = []
        self.tags: set[str] = set()
        self._depth = 0
        self._cell = -1
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("class") or ""
        self.tags.add(tag)
        assert not {"src", "href"} & dict(attrs).keys()
        if tag == "div" and name.startswith("row"):
            self.kinds.append(name.removeprefix("row "))
            self._cell = -1
        elif tag == "div":
            self._cell += 1
            self._depth = 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "div":
            self._depth = 0

    def handle_data(self, data: str) -> None:
        if self._depth and self._cell >= 0:
            self.columns[self._cell] += data


def page_of(old: str, new: str) -> Rows:
    return Rows(report_html(old, new))


def test_the_page_shows_each_tree_in_its_column() -> None:
    page = page_of(OLD, NEW)
    # What moved is shown at both places, as what it was on the left and as what it is on the right.
    assert page.columns[0] == "old" + OLD
    assert page.columns[1] == "new" + to_html(parse_html(NEW)).replace('title=""', "title")
    assert set(page.kinds) == {"head", "same", "changed", "removed", "inserted", "moved"}


def test_the_page_marks_what_differs_inside_a_line() -> None:
    html = report_html(OLD, NEW)
    assert "Milk, <del>one litre</del>" in html
    assert "Milk, <ins>two litres</ins>" in html
    assert '<del>class="big"</del>' in html
    assert '<ins>class="huge"</ins> <ins>title</ins>' in html


def test_equal_lines_are_folded() -> None:
    html = report_html(OLD, NEW)
    assert re.search(r"<summary>\d+ equal lines</summary>", html)
    assert "<summary>" not in report_html("<p>a</p><b>c</b>", "<p>b</p><b>c</b>")


def test_the_page_needs_nothing_else_and_runs_nothing() -> None:
    page = page_of("<script>alert(1)</script><img src=x onerror=alert(2)>", "<script>alert(3)</script>")
    assert not page.tags & {"script", "link", "img", "iframe"}
    assert page.columns[0] == 'old<script>alert(1)</script><img src="x" onerror="alert(2)">'


@settings(max_examples=150, deadline=None)
@given(tree_pairs())
def test_any_pair_can_be_reported(pair: tuple[Root, Root]) -> None:
    old, new = map(to_html, pair)
    assert len(report_text(old, new).splitlines()) == 1 + len(json.loads(report_json(old, new)))
    page_of(old, new)


def test_equal_pages_have_a_page_too() -> None:
    assert "no difference" in report_html("<p>a", "<p>a")
