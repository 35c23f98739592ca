"""Fragments and documents: which part of them can be parsed incrementally."""

from __future__ import annotations

import pytest

from hyper.vdom import Element, Text, parse_document, parse_html, to_html
from hyper.vdom.lexbor import Lexbor
from hyper.vdom.reparsing.pages import DocumentPage, FragmentPage, PagePart
from hyper.vdom.reparsing.reparse import parsed_size

HEAD = "<!DOCTYPE html>\n<html lang=en>\n<head><title>a</title></head>\n<body class='b'>"
TAIL = "\n</body>\n</html>\n"
BODY = "<main>" + "<p>text</p>" * 200 + "</main>"


def part_of(source: str) -> PagePart | None:
    page = DocumentPage(Lexbor())
    return page.measure(page.parse(source), source)


def test_the_part_of_a_document_is_the_content_of_its_body() -> None:
    part = part_of(HEAD + BODY + TAIL)
    assert part is not None
    assert (part.head, part.tail) == (len(HEAD), len(TAIL))
    assert isinstance(part.element, Element)
    assert part.element.tag == "body"
    assert [child.name for child in part.children] == ["main"]
    assert part.element.children[1:] == (Text("\n\n\n"),)
    assert part.frame == "<!DOCTYPE html><html lang=en><head></head><body class='b'>"


@pytest.mark.parametrize(
    "source",
    [
        BODY,
        "<html><body>a</body></html>",
        "<html><head></head>a</html>",
        "<html><head></head><frameset></frameset></html>",
        "<html><head></head><body>a</body>b</html>",
        "<html><head></head><body>a</body><!--b--></html>",
        "<html><head></head><body>a</body></html><!--b-->",
        "<html><head></head><body>a",
        "<html><head></head><body><p>a</body></html>",
        "<html><head></head><body><b>a</body></html>",
        "<html><head></head><body>a<body></body></html>",
        "<html><head><p></head><body>a</body></html>",
        "<!--a--><html><head></head><body>a</body></html>",
    ],
)
def test_documents_without_a_part(source: str) -> None:
    assert part_of(source) is None


@pytest.mark.parametrize(
    "context", ["svg", "math:mi", "template", "select", "pre", "textarea", "colgroup", "html"]
)
def test_contexts_without_a_part(context: str) -> None:
    page = FragmentPage(context, Lexbor())
    assert page.measure(page.parse("<g></g>"), "<g></g>") is None


@pytest.mark.parametrize("context", ["body", "div", "ul", "tr", "form", "x-element", "a"])
def test_contexts_with_a_part(context: str) -> None:
    page = FragmentPage(context, Lexbor())
    source = "<td>a</td>" if context == "tr" else "<i>a</i>"
    assert page.measure(page.parse(source), source) is not None


@pytest.mark.parametrize(
    ("old", "new", "is_partly_parsed"),
    [
        ("text</p></main>", "TEXT</p></main>", True),
        ("text</p></main>", "text</p></main><i>b</i>", True),
        ("</main>", "</main>c", False),
        ("<body class='b'>", "<body class='c'>", False),
        ("<title>a", "<title>b", False),
        ("</html>\n", "</html>", False),
        ("</main>", "</main><body id=x>", False),
        ("</main>", "</main><frameset>", False),
    ],
)
def test_a_changed_document(old: str, new: str, is_partly_parsed: bool) -> None:
    source = HEAD + BODY + TAIL
    changed = source.replace(old, new)
    assert changed != source
    tree = parse_document(changed, parse_document(source))
    assert tree == parse_document(changed)
    assert (parsed_size(tree) < len(changed)) is is_partly_parsed


def test_the_quirks_of_a_document_are_those_of_its_pieces() -> None:
    for doctype in ("", "<!doctype html>"):
        source = f"{doctype}<html><head></head><body>{BODY}</body></html>"
        changed = source.replace("</main>", "<p>a<table></table>b</main>")
        assert parse_document(changed, parse_document(source)) == parse_document(changed)


def test_a_document_is_changed_again_and_again() -> None:
    source = HEAD + BODY + TAIL
    tree = parse_document(source)
    for number in range(5):
        source = source.replace("<main>", f"<main><b>{number}</b>")
        tree = parse_document(source, tree)
        assert tree == parse_document(source)
        assert parsed_size(tree) < 200


def test_fragments_of_another_context_share_nothing() -> None:
    old = parse_html("<td>a</td>", context="tr")
    assert to_html(parse_html("<td>a</td>", old)) == "a"
