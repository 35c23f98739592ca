"""The operations on a page of another library: from "the state has changed" to the text for the wire.

Measured is the processor's time, of all threads: it is the same however busy the machine is.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Awaitable, Callable
from time import process_time
from typing import Final, Protocol

from bench.rows import Row, build_rows

ROWS: Final = 1000
MIN_ROUNDS: Final = 3
LONGEST_S: Final = 5.0
"""Processor time of one operation, after which it has been measured often enough."""


class OtherPage(Protocol):
    """A page that a browser shows."""

    rows: list[Row]
    selected: int

    async def update(self) -> str:
        """What is sent to the browser after the state has changed."""


def _update(page: OtherPage) -> None:
    for row in page.rows[::10]:
        row.label += " !!!"


def _select(page: OtherPage) -> None:
    page.selected = page.rows[ROWS // 2].id


def _swap(page: OtherPage) -> None:
    page.rows[1], page.rows[-2] = page.rows[-2], page.rows[1]


def _remove(page: OtherPage) -> None:
    del page.rows[ROWS // 2]


def _create(page: OtherPage) -> None:
    page.rows = build_rows(ROWS)


def _append(page: OtherPage) -> None:
    page.rows = [*page.rows, *build_rows(ROWS)]


OPERATIONS: Final = {
    "update_every_10th": (ROWS, _update),
    "select_row": (ROWS, _select),
    "swap_rows": (ROWS, _swap),
    "remove_row": (ROWS, _remove),
    "create_1000": (0, _create),
    "replace_all": (ROWS, _create),
    "append_1000": (ROWS, _append),
}


def measure(open_page: Callable[[], Awaitable[OtherPage]]) -> None:
    """Print the best time and the size of each operation as JSON, after at most as many rounds as ``argv`` says."""
    print(json.dumps(asyncio.run(_measure_all(open_page, int(sys.argv[1])))))


async def _measure_all(open_page: Callable[[], Awaitable[OtherPage]], rounds: int) -> dict[str, object]:
    page = await open_page()
    return {name: await _measure(page, rows, change, rounds) for name, (rows, change) in OPERATIONS.items()}


async def _measure(
    page: OtherPage, rows: int, change: Callable[[OtherPage], None], rounds: int
) -> dict[str, float]:
    best_s, sent = float("inf"), ""
    until = process_time() + LONGEST_S
    for number in range(rounds):
        if number >= MIN_ROUNDS and process_time() > until:
            break
        page.rows, page.selected = build_rows(rows), 0
        await page.update()
        change(page)
        gc.collect()
        start = process_time()
        sent = await page.update()
        best_s = min(best_s, process_time() - start)
    return {"ms": best_s * 1e3, "sent_bytes": len(sent.encode())}
