"""Time: it stands still in tests until ``advance``."""

from __future__ import annotations

from pathlib import Path

import hyper
from hyper.testing import mount

EXAMPLES = Path(__file__).parents[2] / "examples"
dashboard = hyper.load(EXAMPLES / "dashboard.py")["dashboard"]


def test_every_second_the_charts_move() -> None:
    page = mount(dashboard, seed=1)
    chart, visitors = page.find("figure:first-child path")["d"], page.text("figure:first-child b")
    page.advance(1)
    assert page.find("figure:first-child path")["d"] != chart
    assert page.text("figure:first-child b") != visitors


def test_only_what_moves_is_sent() -> None:
    page = mount(dashboard, seed=1)
    page.advance(1)
    assert {patch["path"] for patch in page.patches if patch["path"].endswith("@d")} == {
        "section/div/figure[1]/svg/path/@d",
        "section/div/figure[2]/svg/path/@d",
    }
    assert all(set(patch) == {"path", "value"} for patch in page.patches)


def test_paused_nothing_is_sent() -> None:
    page = mount(dashboard, seed=1)
    page.click("button", "Pause")
    assert page.find("button")["aria-pressed"] == "true"
    page.advance(10)
    assert page.patches == []
    page.click("button", "Go on")
    page.advance(1)
    assert page.patches


def test_shops_are_sorted_by_their_orders() -> None:
    page = mount(dashboard, seed=1)
    page.advance(30)
    orders = [int(text) for text in page.texts("td:last-child")]
    assert orders == sorted(orders, reverse=True)


def test_a_line_is_drawn_from_left_to_right() -> None:
    page = mount(dashboard, seed=1)
    line = page.find("figure:first-child path")["d"].split("L")
    assert line[0].startswith("M-9 189V")
    assert [point.split()[0] for point in line[1:3]] == ["0", "10"]
    assert line[-1].startswith("600 ")
