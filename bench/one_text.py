"""One text in a component of its own, on a page of 10 rows and on one of 10,000.

Measured is the whole way of an event inside the mount: the handler called, the component rendered, its two
renders compared, the patch encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from bench.measure import Task, time_in_turns
from bench.mounts import MOUNT_ID, MountedPage, run_now
from bench.results import Result

FEW: Final = 10
MANY: Final = 10_000
TIMES: Final = 200
"""Events in one time that is taken."""
NESTED_ID: Final = f"{MOUNT_ID}.1"


def run(seconds: float) -> Iterator[Result]:
    """One result for each page."""
    pages = [MountedPage("counter_beside_rows", how_many=how_many) for how_many in (FEW, MANY)]
    times = time_in_turns(*[Task(_events(page)) for page in pages], seconds=seconds)
    few_us, many_us = (best * 1e6 / TIMES for best in times.best_s)
    frame_bytes = len(_event(pages[0]))
    yield Result(f"one_text_{FEW}_rows", few_us, "µs", details={"sent_bytes": frame_bytes})
    yield Result(
        f"one_text_{MANY}_rows",
        many_us / few_us,
        f"× one_text_{FEW}_rows",
        1.1,
        details={"ours_us": many_us, "sent_bytes": frame_bytes},
    )


def _events(page: MountedPage) -> Callable[[], None]:
    def events() -> None:
        for _ in range(TIMES):
            _event(page)

    return events


def _event(page: MountedPage) -> bytes:
    run_now(page.mount.call(NESTED_ID, "increment", None, {}))
    (frame,) = page.frames()
    return frame
