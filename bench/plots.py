"""Numbers as bars: charts for the documentation, written as SVG by hand so that they follow its colours.

    Chart("Server time", "ms", ["select a row", "swap two"], {"ours": [0.5, 0.6], "theirs": [16, None]})

    Server time                         ■ ours  ■ theirs
    select a row   ▇ 0.5 ms
                   ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇ 16 ms
    swap two       ▇ 0.6 ms

A ``None`` has no bar and says so with a dash. On a logarithmic axis bars begin at the power of ten below the
smallest number. No library: a chart is a list of rectangles, and browsers have the fonts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
from pathlib import Path
from typing import Final

from markupsafe import escape

WIDTH: Final = 800
LABELS: Final = 200
"""Width of the names to the left of the bars."""
VALUES: Final = 100
"""Width kept for the number behind the longest bar."""
BAR: Final = 15
"""Height of one bar with the space below it."""
GROUP_GAP: Final = 12
HEAD: Final = 78
"""Height of title, subtitle and legend."""
FOOT: Final = 28
COLOURS: Final = ("#5b3df5", "#e0823d", "#2f9e8f", "#c2417c", "#8a8f98", "#b59f3b", "#4178be", "#7d5a50")

STYLE: Final = """
  text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: #1d1b19 }
  .title { font-size: 16px; font-weight: 600 }
  .soft { fill: #6a6560 }
  .grid { stroke: #e4dfd9 }
  .limit { stroke: #1d1b19; stroke-dasharray: 4 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #efecf2 } .soft { fill: #a49fac } .grid { stroke: #36323b } .limit { stroke: #efecf2 }
  }
"""


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be seen: a group of bars for each name, a bar of each series in it."""

    title: str
    unit: str
    """Behind each number: ``"ms"``; ``""`` for none."""
    names: Sequence[str]
    series: Mapping[str, Sequence[float | None]]
    """A number for each name."""
    subtitle: str = ""
    is_log: bool = False
    limit: tuple[str, float] | None = None
    """A line to compare with, and what it is."""

    @property
    def numbers(self) -> list[float]:
        """All that are there."""
        return [number for numbers in self.series.values() for number in numbers if number is not None]


def write_chart(chart: Chart, file: Path) -> None:
    """Write the chart as an SVG file."""
    file.write_text(to_svg(chart), encoding="utf-8")


def to_svg(chart: Chart) -> str:
    """The chart as an SVG document."""
    height = HEAD + len(chart.names) * _group_height(chart) + FOOT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
            f'aria-label="{escape(chart.title)}">',
            f"<style>{STYLE}</style>",
            _text(0, 18, chart.title, "title"),
            _text(0, 38, chart.subtitle, "soft"),
            *_legend(chart),
            *_axis(chart, height - FOOT),
            *_groups(chart),
            "</svg>\n",
        ]
    )


def to_label(number: float, unit: str) -> str:
    """A number with three digits and its unit: ``"0.518 ms"``, ``"16.2 ms"``, ``"1,640"``."""
    digits = max(0, 2 - floor(log10(abs(number)))) if number else 0
    text = f"{number:,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {unit}".strip()


# The scale -------------------------------------------------------------------------------------------------


def _scale(chart: Chart, number: float) -> float:
    """Where a number stands, from 0 at the left to 1 for the greatest."""
    least, most = _limits(chart)
    if chart.is_log:
        return max(0.0, log10(number / least) / log10(most / least)) if number > 0 else 0.0
    return number / most


def _limits(chart: Chart) -> tuple[float, float]:
    numbers = chart.numbers + ([chart.limit[1]] if chart.limit else [])
    if not chart.is_log:
        return 0.0, max(numbers, default=0.0) or 1.0
    least = 10.0 ** floor(log10(min([number for number in numbers if number > 0], default=1.0)) - 0.05)
    return least, max([*numbers, least * 10])


def _x(chart: Chart, number: float) -> float:
    return LABELS + _scale(chart, number) * (WIDTH - LABELS - VALUES)


def _ticks(chart: Chart) -> list[float]:
    """Powers of ten, or about four round steps."""
    least, most = _limits(chart)
    if chart.is_log:
        return [10.0**power for power in range(round(log10(least)), floor(log10(most)) + 1)]
    step = 10.0 ** floor(log10(most / 2))
    step *= 1 if most / step <= 5 else 2 if most / step <= 10 else 5
    return [step * number for number in range(ceil(most / step) + 1) if step * number <= most]


# The marks -------------------------------------------------------------------------------------------------


def _group_height(chart: Chart) -> int:
    return len(chart.series) * BAR + GROUP_GAP


def _legend(chart: Chart) -> Iterator[str]:
    x = 0
    for colour, name in zip(COLOURS, chart.series, strict=False):
        yield f'<rect x="{x}" y="50" width="11" height="11" rx="2" fill="{colour}"/>'
        yield _text(x + 16, 60, name)
        x += 34 + 7 * len(name)


def _axis(chart: Chart, bottom: float) -> Iterator[str]:
    for number in _ticks(chart):
        x = _x(chart, number)
        yield f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 6}" y2="{bottom}"/>'
        yield _text(x, bottom + 16, to_label(number, chart.unit), "soft", "middle")
    if chart.limit is not None:
        name, number = chart.limit
        x = _x(chart, number)
        yield f'<line class="limit" x1="{x:.1f}" x2="{x:.1f}" y1="{HEAD - 6}" y2="{bottom}"/>'
        yield _text(x - 5, HEAD, name, "soft", "end")


def _groups(chart: Chart) -> Iterator[str]:
    for row, name in enumerate(chart.names):
        top = HEAD + 6 + row * _group_height(chart)
        yield _text(LABELS - 10, top + len(chart.series) * BAR / 2 + 3, name, anchor="end")
        for place, (colour, numbers) in enumerate(zip(COLOURS, chart.series.values(), strict=False)):
            yield from _bar(chart, numbers[row], top + place * BAR, colour)


def _bar(chart: Chart, number: float | None, y: float, colour: str) -> Iterator[str]:
    if number is None:
        yield _text(LABELS + 4, y + 10, "–", "soft")
        return
    x = _x(chart, number)
    width = max(1.5, x - LABELS)
    yield f'<rect x="{LABELS}" y="{y}" width="{width:.1f}" height="{BAR - 3}" rx="2" fill="{colour}"/>'
    yield _text(LABELS + width + 6, y + 10, to_label(number, chart.unit))


def _text(x: float, y: float, text: str, kind: str = "", anchor: str = "start") -> str:
    attributes = f' class="{kind}"' if kind else ""
    attributes += f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attributes}>{escape(text)}</text>' if text else ""
