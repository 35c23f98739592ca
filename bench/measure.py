"""Times of two things done in turns, and their ratio.

A time says something about one machine on one day; a ratio of two times that were taken in turns, in one
process, holds on the next machine too. Each *round* makes both ready and times both; of all rounds the best
time of each side counts, because whatever disturbs a round only makes it slower.

Time is the processor's time of this process: other programs on the machine do not count as ours.

The garbage collector is on, as it is in production: it is run before each time that is taken, so that nobody
pays for what somebody else left, and during it, so that everybody pays for what he allocates.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Any, Final

MIN_ROUNDS: Final = 5


@dataclass(frozen=True, slots=True)
class Task:
    """Something to time: ``run()``, after ``prepare()``, which is not timed."""

    run: Callable[[], Any]
    prepare: Callable[[], Any] = lambda: None


@dataclass(frozen=True, slots=True)
class Times:
    """The best times of what was done in turns."""

    best_s: tuple[float, ...]
    rounds: int

    @property
    def ratio(self) -> float:
        """The first to the second."""
        return self.best_s[0] / self.best_s[1]


def time_in_turns(*tasks: Task, seconds: float) -> Times:
    """The best time of each task, done in turns for about so many seconds."""
    best = [float("inf")] * len(tasks)
    rounds = 0
    until = perf_counter() + seconds
    gc.collect()
    gc.freeze()  # what there is by now is looked at once, not in every round
    while rounds < MIN_ROUNDS or perf_counter() < until:
        for index, task in enumerate(tasks):
            best[index] = min(best[index], _time(task))
        rounds += 1
    gc.unfreeze()
    return Times(tuple(best), rounds)


def _time(task: Task) -> float:
    task.prepare()
    gc.collect()
    run = task.run
    start = process_time()
    run()
    return process_time() - start
