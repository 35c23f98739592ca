"""Charts: every number is there, as long as it is great."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.plots import LABELS, VALUES, WIDTH, Chart, to_label, to_svg, write_chart

SVG = "{http://www.w3.org/2000/svg}"


def bars(chart: Chart) -> list[float]:
    """The lengths of all bars, from the top."""
    rectangles = ElementTree.fromstring(to_svg(chart)).iter(f"{SVG}rect")
    return [float(one.attrib["width"]) for one in rectangles if one.attrib["x"] == str(LABELS)]


def texts(chart: Chart) -> list[str]:
    return [one.text or "" for one in ElementTree.fromstring(to_svg(chart)).iter(f"{SVG}text")]


ROOM = WIDTH - LABELS - VALUES


def test_bars_are_as_long_as_their_numbers() -> None:
    chart = Chart("Title", "ms", ["a", "b"], {"ours": [1, 2], "theirs": [4, None]}, "Subtitle")
    assert bars(chart) == [ROOM / 4, ROOM, ROOM / 2]
    assert texts(chart)[:4] == ["Title", "Subtitle", "ours", "theirs"]
    assert {"a", "1 ms", "4 ms", "b", "2 ms", "–"} <= set(texts(chart))


def test_on_a_logarithmic_axis_ten_times_is_a_step() -> None:
    assert bars(Chart("", "", ["a"], {"x": [1], "y": [10], "z": [100]}, is_log=True)) == pytest.approx(
        [ROOM / 3, ROOM * 2 / 3, ROOM], abs=0.1
    )


def test_a_limit_stretches_the_axis() -> None:
    chart = Chart("", "×", ["a"], {"x": [0.5]}, limit=("printing", 1.0))
    assert bars(chart) == [ROOM / 2]
    assert "printing" in texts(chart)


def test_nothing_is_a_chart_too() -> None:
    assert bars(Chart("", "", [], {})) == []
    assert bars(Chart("", "", ["a"], {"x": [None]}, is_log=True)) == []


@pytest.mark.parametrize(
    ("number", "label"),
    [
        (0, "0 ms"),
        (0.5183, "0.518 ms"),
        (16.24, "16.2 ms"),
        (1640, "1,640 ms"),
        (2, "2 ms"),
        (0.00012, "0.00012 ms"),
    ],
)
def test_labels_have_three_digits(number: float, label: str) -> None:
    assert to_label(number, "ms") == label


def test_names_are_text(tmp_path: Path) -> None:
    write_chart(Chart("<b>", "", ["a & b"], {"<i>": [1]}), tmp_path / "chart.svg")
    assert "<b>" not in (tmp_path / "chart.svg").read_text()
    assert "a & b" in texts(Chart("", "", ["a & b"], {"x": [1]}))
