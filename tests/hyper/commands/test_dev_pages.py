"""The development pages as text: what they hold is escaped, what they show is complete."""

from __future__ import annotations

import html
import re

import pytest
from markupsafe import Markup

from hyper.commands.dev_pages import (
    Card,
    Problem,
    component_page,
    error_page,
    highlight,
    index_page,
    source_page,
)

CARD = Card("todo_list", "A list <of> things", "", "todo.py", "@live\ndef todo_list():\n    pass\n", 7)
PROBLEM = Problem(
    "a.py could not be loaded",
    "NameError: <b>",
    "a.py",
    "a.py:2",
    [(1, "x = 1"), (2, "y < z")],
    2,
    "Trace<back>",
)


def text_of(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def test_a_title_is_made_from_the_name() -> None:
    assert CARD.title == "Todo list"


def test_the_gallery_links_page_and_source_of_each_component() -> None:
    page = index_page("examples", [CARD], [])
    assert 'href="/live/todo_list"' in page
    assert 'href="/source/todo_list"' in page
    assert "A list &lt;of&gt; things" in page
    assert "1 live component ·" in page


def test_the_gallery_is_grouped_in_the_order_of_the_files() -> None:
    cards = [Card(name, "", group, "f.py", "", 1) for name, group in (("a", ""), ("b", "Games"), ("c", ""))]
    page = index_page("examples", cards, [])
    assert re.findall(r"<h2>(.*?)</h2>", page) == ["Games"]
    assert re.findall(r"/live/(\w)", page) == ["a", "c", "b"]


def test_problems_stand_above_the_cards() -> None:
    page = index_page("examples", [CARD], [PROBLEM])
    assert page.index("NameError: &lt;b&gt;") < page.index("/live/todo_list")


def test_an_error_page_marks_the_line_to_blame() -> None:
    page = error_page(PROBLEM)
    assert "<mark>   2  y &lt; z</mark>" in page
    assert "   1  x = 1" in text_of(page)
    assert "Trace&lt;back&gt;" in page


def test_a_component_stands_in_the_page_as_it_is() -> None:
    page = component_page(CARD, Markup("<p id=x>5</p>"), styles=["/s.css"])
    assert "<p id=x>5</p>" in page
    assert page.index("/_dev/dev.css") < page.index("/s.css")


@pytest.mark.parametrize(
    "page",
    [
        index_page("examples", [CARD], [PROBLEM]),
        component_page(CARD, Markup("<p>")),
        source_page(CARD),
        error_page(PROBLEM),
    ],
    ids=["index", "component", "source", "error"],
)
def test_every_page_is_a_whole_document_under_a_strict_policy(page: str) -> None:
    assert page.startswith("<!DOCTYPE html>\n<html lang=")
    assert page.count("<main") == page.count("<title>") == 1
    assert 'name="viewport"' in page
    assert not re.search(r"<style|<script(?! type=\"module\" src=)| style=| on\w+=", page)


@pytest.mark.parametrize(
    "source",
    [
        'x = 1  # one\ny = "<two>"\n',
        'def f():\n    t"""<p>{f}</p>"""\n',
        "broken = (1,\n",
        "  indented\nback\n",
        'half = """of',
        "tail without newline",
        "",
        "fancy = f'{{}} {x!r:>{width}} é𝄞'\n",
    ],
)
def test_highlighting_loses_no_character(source: str) -> None:
    assert text_of(highlight(source)) == source


def test_highlighting_colours_keywords_strings_numbers_comments() -> None:
    spans = re.findall(r'<span class="(py-\w+)">(.*?)</span>', highlight("return 'a', 1  # b"))
    assert spans == [
        ("py-keyword", "return"),
        ("py-string", "&#39;a&#39;"),
        ("py-number", "1"),
        ("py-comment", "# b"),
    ]
