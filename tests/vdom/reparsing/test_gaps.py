"""Gaps parsed in pieces: what is parsed, and what is refused because it does not stay in its place."""

from __future__ import annotations

import pytest

from hyper.vdom import Element, Node, parse_html
from hyper.vdom.reparsing.alignment import ContentEdit, find_edits
from hyper.vdom.reparsing.gaps import NewContent, rebuild
from hyper.vdom.reparsing.layout import measure

pytestmark = pytest.mark.usefixtures("small_pages")


def rebuilt(old: str, new: str) -> tuple[NewContent | None, list[str]]:
    """The new content, and the source that was parsed for it."""
    root = parse_html(old)
    layout = measure(root.children, old, 0, len(old))
    assert layout is not None
    edits = find_edits(ContentEdit(root, root.children, layout, 0, 0, len(new)), old, new, 10**6)
    assert edits is not None
    parsed: list[str] = []

    def parse(source: str) -> tuple[Node, ...]:
        parsed.append(source)
        return parse_html(source).children

    return rebuild(edits, old, new, parse), parsed


TABLE = "<table><tbody><tr class='a'><td>1</td></tr><tr class='b'><td>2</td></tr></tbody></table>"
LISTS = "<div id='x'><ul><li>one</li></ul><p>two</p><ol><li>three</li></ol></div>"


@pytest.mark.parametrize(
    ("old", "new", "parsed"),
    [
        (
            TABLE,
            TABLE.replace("<td>2</td>", "<td>2<td>3"),
            [],
        ),
        (
            TABLE,
            TABLE.replace("</tbody>", "<tr><td>4</td></tr></tbody>"),
            ["<table><tbody><tr><td>4</td></tr><!----></tbody></table>"],
        ),
        (
            TABLE.replace("<tbody>", "").replace("</tbody>", ""),
            TABLE.replace("<tbody>", "").replace("</tbody>", "<tr><td>4</td></tr>"),
            ["<table><tbody><tr><td>4</td></tr><!----></tbody></table>"],
        ),
        (
            LISTS,
            LISTS.replace("</ul>", "<li>a</li></ul>").replace("<ol>", "<ol><li>b</li>"),
            ["<div id='x'><ul><li>a</li><!----></ul></div><div id='x'><ol><li>b</li><!----></ol></div>"],
        ),
        (
            LISTS,
            LISTS.replace("'x'", "'y'"),
            ["<div id='y'></div>"],
        ),
        (LISTS, LISTS.replace("<p>two</p>", ""), []),
    ],
)
def test_what_is_parsed(old: str, new: str, parsed: list[str]) -> None:
    content, seen = rebuilt(old, new)
    if parsed or content is not None:
        assert content is not None
        assert tuple(content.nodes) == parse_html(new).children
        assert content.parsed_size == len("".join(parsed))
        assert seen == parsed


@pytest.mark.parametrize(
    "gap",
    [
        "<b>",
        "</b>",
        "</div>",
        "<i></i></div><div id='x'>",
        "<p>a",
        "<li>a",
        "<td>a</td>",
        "<!--",
        "<script>",
        "<textarea>",
        "<a <",
        "<form><form></form>",
        "<p><div></div></p>",
        "<table>a</table>",
        "<body class='z'>",
        "<plaintext>",
        "<!doctype html>",
        "<svg><p></p></svg>",
    ],
)
def test_a_gap_that_does_not_stay_in_its_place(gap: str) -> None:
    content, parsed = rebuilt(LISTS, LISTS.replace("<p>two</p>", gap))
    assert content is None
    assert len(parsed) == 1


@pytest.mark.parametrize(
    ("outer", "gap"),
    [
        ("a", "<a>x</a>"),
        ("form", "<form>x</form>"),
        ("button", "<button>x</button>"),
        ("h1", "<h2>x</h2>"),
        ("nobr", "<nobr>x</nobr>"),
        ("p", "<div>x</div>"),
        ("table", "<p>x</p>"),
        ("tr", "<tr><td>x</td></tr>"),
        ("span", "</span>"),
    ],
)
def test_what_may_not_stand_in_the_elements_around(outer: str, gap: str) -> None:
    inside = "<td>a</td>" if outer == "tr" else "<i>a</i>" if outer != "table" else "<caption>a</caption>"
    old = f"<{outer}>{inside}</{outer}>"
    if outer == "tr":
        old = f"<table><tbody>{old}</tbody></table>"
    content, _ = rebuilt(old, old.replace(inside, inside + gap))
    assert content is None


def test_what_stays_is_the_same_object() -> None:
    old = parse_html(LISTS).children[0]
    content, _ = rebuilt(LISTS, LISTS.replace("two", "<b>2</b>"))
    assert content is not None
    new = content.nodes[0]
    assert isinstance(old, Element)
    assert isinstance(new, Element)
    assert new.children[0] == old.children[0]
    assert new.attributes == old.attributes
