"""A page that any engine printed as a string: one text changed, and every 10th row.

Measured is what follows the printing: the string parsed beside the one before, the two trees compared, the
patches encoded. The limit is parsing the string in full, by the C parser alone (lexbor through selectolax),
before there is a single Python object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from bench.measure import Task, time_in_turns
from bench.results import Result
from bench.rows import Row, build_rows, in_page, print_rows
from hyper.diff import diff_trees, patches_to_json
from hyper.vdom import parse_html

ROWS: Final = 1000


def run(seconds: float) -> Iterator[Result]:
    """One result for each change."""
    yield _measure("html_one_text", _change_one, 0.25, seconds / 2)
    yield _measure("html_every_10th", _change_every_10th, 1.0, seconds / 2)


def _change_one(rows: list[Row]) -> None:
    rows[ROWS // 2].label += " !!!"


def _change_every_10th(rows: list[Row]) -> None:
    for row in rows[::10]:
        row.label += " !!!"


def _measure(name: str, change: Callable[[list[Row]], None], bar: float, seconds: float) -> Result:
    rows = build_rows(ROWS)
    old_html = in_page(print_rows(rows, 0, escape))
    change(rows)
    new_html = in_page(print_rows(rows, 0, escape))
    old = parse_html(old_html)
    sent: list[str] = []

    def update() -> None:
        sent[:] = [patches_to_json(diff_trees(old, parse_html(new_html, old)))]

    times = time_in_turns(
        Task(update),
        Task(lambda: LexborHTMLParser(new_html)),
        Task(lambda: parse_html(new_html)),
        seconds=seconds,
    )
    ours, full, ours_in_full = times.best_s
    details: dict[str, float | int | str] = {
        "ours_ms": ours * 1e3,
        "lexbor_ms": full * 1e3,
        "full_tree_ms": ours_in_full * 1e3,
        "page_bytes": len(new_html),
        "sent_bytes": len(sent[0]),
    }
    return Result(name, ours / full, "× one lexbor parse", bar, details=details)
