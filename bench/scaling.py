"""How the time of a diff grows where it has most to do: lists of which nothing stays as it was.

Four times the rows should take about four times as long (n log n: 4.7 times), and not sixteen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from bench.measure import Task, time_in_turns
from bench.results import Result
from hyper.diff import diff_trees
from hyper.vdom import Root, parse_html

FEW: Final = 1_000
TIMES: Final = 4
BAR: Final = 6.0


def page(rows: list[str]) -> Root:
    return parse_html("<ul>" + "".join([f"<li>{row}</li>" for row in rows]) + "</ul>")


def shuffled(count: int) -> list[str]:
    rows = list(map(str, range(count)))
    random.Random(1).shuffle(rows)
    return rows


CASES: Final[dict[str, tuple[Callable[[int], list[str]], Callable[[int], list[str]]]]] = {
    "shuffle": (lambda count: list(map(str, range(count))), shuffled),
    "reverse": (lambda count: list(map(str, range(count))), lambda count: list(map(str, range(count)))[::-1]),
    "all rows new": (
        lambda count: list(map(str, range(count))),
        lambda count: [f"new {number}" for number in range(count)],
    ),
    "equal rows, every 7th gone": (
        lambda count: [str(number % 3) for number in range(count)],
        lambda count: [str(number % 3) for number in range(count) if number % 7],
    ),
}
"""What the rows were, and what they are."""


def diff_task(old: list[str], new: list[str]) -> Task:
    """The diff of two lists nobody has hashed yet."""
    pages: list[Root] = []

    def parse() -> None:
        pages[:] = [page(old), page(new)]

    return Task(lambda: diff_trees(*pages, keep_state=True), parse)


def run(seconds: float) -> Iterator[Result]:
    """How much longer four times the rows take, in each case."""
    for name, (old, new) in CASES.items():
        tasks = [diff_task(old(count), new(count)) for count in (TIMES * FEW, FEW)]
        times = time_in_turns(*tasks, seconds=seconds / len(CASES))
        many_s, few_s = times.best_s
        details: dict[str, float | int | str] = {
            f"rows_{FEW}_ms": few_s * 1000,
            f"rows_{TIMES * FEW}_ms": many_s * 1000,
        }
        yield Result(f"{name}: {TIMES} × the rows", times.ratio, "× the time", BAR, details=details)
