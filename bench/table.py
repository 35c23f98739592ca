"""The operations of the js-framework-benchmark on a table of 1,000 rows, beside printing it.

Measured is what the server does after the handler has changed the state: render, diff, encode. The limit is
printing the same page, or the new rows where there are new ones, as one string.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Final

from markupsafe import escape as markupsafe_escape

from bench.measure import Task, time_in_turns
from bench.mounts import MountedPage
from bench.results import Result
from bench.rows import in_page, print_rows, print_rows_knowing

ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the rows there are before, and what changes them."""

    name: str
    rows: int
    change: Callable[[MountedPage], None]
    new_rows: int = 0
    """How many of the rows at the end are new."""

    @property
    def bar(self) -> float:
        return 1.5 if self.new_rows else 1.0

    def prepare(self, page: MountedPage) -> None:
        """Bring the page to where the operation has changed the state, and nothing is rendered yet."""
        page.call("clear")
        page.frames()
        if self.rows:
            page.call("create", count=self.rows)
            page.frames()
        self.change(page)


def _call(event: str) -> Callable[[MountedPage], None]:
    return lambda page: page.call(event)


def _call_with_id(event: str) -> Callable[[MountedPage], None]:
    return lambda page: page.call(event, page.state("rows")[ROWS // 2].id)


OPERATIONS: Final = (
    Operation("update_every_10th", ROWS, _call("update")),
    Operation("select_row", ROWS, _call_with_id("select")),
    Operation("swap_rows", ROWS, _call("swap")),
    Operation("remove_row", ROWS, _call_with_id("remove")),
    Operation("create_1000", 0, _call("create"), new_rows=ROWS),
    Operation("replace_all", ROWS, _call("create"), new_rows=ROWS),
    Operation("append_1000", ROWS, _call("append"), new_rows=ROWS),
)


def run(seconds: float) -> Iterator[Result]:
    """One result for each operation."""
    for operation in OPERATIONS:
        yield measure(operation, seconds / len(OPERATIONS))


def measure(operation: Operation, seconds: float) -> Result:
    """How long the operation takes, in prints."""
    page = MountedPage("table")
    frames: list[bytes] = []

    def update() -> None:
        frames[:] = page.frames()

    prints = [_print(page, operation, *way) for way in ((print_rows, escape), (print_rows_knowing, escape))]
    markupsafe = _print(page, operation, print_rows, markupsafe_escape)
    times = time_in_turns(
        Task(update, lambda: operation.prepare(page)), *map(Task, (*prints, markupsafe)), seconds=seconds
    )
    ours, every, knowing, slow = times.best_s
    return Result(
        operation.name,
        ours / every,
        "× printing what is new" if operation.new_rows else "× printing the page",
        operation.bar,
        details={
            "ours_ms": ours * 1e3,
            "print_ms": every * 1e3,
            "ratio_labels_escaped_only": ours / knowing,
            "ratio_markupsafe": ours / slow,
            "sent_bytes": sum(map(len, frames)),
        },
    )


def _print(page: MountedPage, operation: Operation, print_some: Any, escape: Any) -> Callable[[], str]:
    def print_now() -> str:
        rows = page.state("rows")
        if operation.new_rows:
            return print_some(rows[-operation.new_rows :], 0, escape)  # type: ignore[no-any-return]
        return in_page(print_some(rows, 0, escape))

    return print_now
