"""The smallest component: a test clicks, and looks."""

from __future__ import annotations

from pathlib import Path

import hyper
from hyper.testing import mount

EXAMPLES = Path(__file__).parents[2] / "examples"
counter = hyper.load(EXAMPLES / "counter.py")["counter"]


def test_a_click_counts() -> None:
    page = mount(counter)
    assert page.text("p") == "Count: 0"
    page.click("button", "+")
    page.click("button", "+")
    assert page.text("p") == "Count: 2"


def test_only_the_number_travels() -> None:
    page = mount(counter)
    page.click("button", "+")
    assert page.patches == [{"path": "div/p/text", "value": "Count: 1"}]


def test_every_page_counts_for_itself() -> None:
    mine, yours = mount(counter), mount(counter)
    mine.click("button", "+")
    assert (mine.text("p"), yours.text("p")) == ("Count: 1", "Count: 0")
