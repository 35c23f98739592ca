"""The comparison with other diffs: what is compared, and how it is told. The peers themselves are not run here."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from bench.peers_diff import Measured, as_markdown, lxml_html_diff, ours, scenarios
from hyper.vdom import parse_html, to_html


@pytest.mark.parametrize("scenario", scenarios())
def test_pages_are_html_and_xml(scenario: str) -> None:
    for page in scenarios()[scenario]:
        assert to_html(parse_html(page)) == page
        ElementTree.fromstring(page)


@pytest.mark.parametrize(
    ("scenario", "operations", "most_bytes"),
    [("one label", 1, 60), ("remove one row", 1, 40), ("prepend one row", 1, 125), ("last row first", 1, 45)],
)
def test_operations_and_bytes(scenario: str, operations: int, most_bytes: int) -> None:
    found, text = ours(*scenarios()[scenario])
    assert found == operations
    assert len(text) <= most_bytes


def test_marks_of_lxml_are_counted() -> None:
    assert lxml_html_diff("<p>a</p>", "<p>b</p>")[0] == 2


def test_the_table_of_the_page() -> None:
    table = {
        "ours": {"swap": Measured(1.5, 2, 54), "move": Measured(0.25, 1, 40)},
        "theirs": {"swap": Measured(20, None, 13_794), "move": Measured(3, 400, 13_794)},
    }
    assert as_markdown(table).splitlines() == [
        "| | ours | theirs |",
        "|---|---|---|",
        "| swap | 1.5 ms · 2 · 54 B | 20 ms · another page · 13,794 B |",
        "| move | 0.25 ms · 1 · 40 B | 3 ms · 400 · 13,794 B |",
    ]
