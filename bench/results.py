"""What a benchmark found out: one number that counts, its bar, and the times behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table."""

    name: str
    ratio: float
    """The number that counts; for names that end in a unit it is in that unit."""
    unit: str
    """What the ratio is to, or the unit: ``"× printing the page"``, ``"µs"``."""
    bar: float | None = None
    """What the number has to reach."""
    at_least: bool = False
    """Has the number to be at least the bar? Else at most."""
    details: dict[str, float | int | str] = field(default_factory=dict)
    """Times (``_ms``, ``_us``), sizes (``_bytes``) and ratios to other things."""

    @property
    def is_met(self) -> bool:
        """Does the number reach its bar?"""
        return self.bar is None or (self.ratio >= self.bar if self.at_least else self.ratio <= self.bar)


def write_json(results: Sequence[Result], file: Path) -> None:
    """Write ``{name: {"ratio": …, "unit": …, "bar": …, "is_met": …, …}}``."""
    file.write_text(json.dumps(to_entries(results), indent=2) + "\n")


def to_entries(results: Sequence[Result]) -> dict[str, dict[str, object]]:
    """What is written of the results, by name."""
    return {result.name: _entry(result) for result in results}


def _entry(result: Result) -> dict[str, object]:
    entry = asdict(result)
    del entry["name"]
    details = entry.pop("details")
    entry = {**entry, "is_met": result.is_met, **details}
    return {name: _rounded(value) for name, value in entry.items()}


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value


def as_table(results: Sequence[Result]) -> str:
    """The results as lines of text, details to the right."""
    lines = [_line(result) for result in results]
    widths = [max(len(line[column]) for line in lines) for column in range(4)] if lines else []
    return "\n".join(
        "  ".join(
            [
                line[0].ljust(widths[0]),
                line[1].rjust(widths[1]),
                line[2].ljust(widths[2]),
                line[3].ljust(widths[3]),
                line[4],
            ]
        ).rstrip()
        for line in lines
    )


def _line(result: Result) -> tuple[str, str, str, str, str]:
    bar = ""
    if result.bar is not None:
        bar = f"{'≥' if result.at_least else '≤'} {result.bar:g} {'' if result.is_met else 'MISSED'}"
    details = ", ".join(f"{name} {_short(value)}" for name, value in result.details.items())
    return result.name, f"{result.ratio:.2f}", result.unit, bar, details


def _short(value: float | int | str) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
