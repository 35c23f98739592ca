"""Hostile peers beside visitors: all of them are closed, and nobody else notices.

``HYPER_HOSTILE`` is ``hostile,visitors,seconds`` (default 18,4,2; ``nox -s proof -- hostile``: 300,50,40 with the
default limits, and with peers who dawdle over the head of their request, for which a server waits 15 s).
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import defaultdict
from pathlib import Path
from statistics import quantiles

import psutil
import ujson

from ..hyper.running import running
from .peers import APP, KINDS, attack, dawdling, use

HOSTILE, VISITORS, SECONDS = map(int, os.environ.get("HYPER_HOSTILE", "18,4,2").split(","))
IS_LONG = "HYPER_HOSTILE" in os.environ
SHORT = {"join_s": 2, "silence_s": 3, "write_s": 2}
"""Limits with which it is soon over."""
WAIT_S = 150


async def test_all_are_closed_and_nobody_else_notices(tmp_path: Path, rng: random.Random) -> None:
    (tmp_path / "shop.py").write_text(APP)
    kinds = [kind for kind in KINDS if IS_LONG or kind is not dawdling]
    async with (
        running(tmp_path, "shop:make_app", LIMITS=ujson.dumps({} if IS_LONG else SHORT)) as run,
        asyncio.timeout(WAIT_S),
    ):
        (worker,) = psutil.Process(run.process.pid).children()
        alone = await visit(run.url, rng)
        before_mib = worker.memory_info().rss / 2**20
        attacks = [
            asyncio.create_task(attack(kinds[number % len(kinds)], run.url)) for number in range(HOSTILE)
        ]
        beside = await visit(run.url, rng)
        peak_mib = worker.memory_info().rss / 2**20
        took_s = await asyncio.gather(*attacks)
        after = await visit(run.url, rng)
        print(f"\n{HOSTILE} hostile peers, {VISITORS} visitors for {SECONDS} s")
        by_kind = defaultdict(list)
        for number, seconds in enumerate(took_s):
            by_kind[kinds[number % len(kinds)].__name__].append(seconds)
        for name, seconds_of_kind in by_kind.items():
            print(f"    {name}: {len(seconds_of_kind)} closed, the last after {max(seconds_of_kind):.1f} s")
        for name, answers in {"before": alone, "beside them": beside, "after": after}.items():
            print(f"    visitors {name}: {told(answers)}")
        print(f"    worker: {before_mib:.0f} MiB before, {peak_mib:.0f} MiB beside them")
        assert min(map(len, (alone, beside, after))) > VISITORS
        assert await run.end() == 0
    assert "Traceback" not in "".join(run.lines)


async def visit(url: str, rng: random.Random) -> list[float]:
    """What all visitors waited for their answers, in milliseconds; none of them was disturbed."""
    waited = await asyncio.gather(*[use(url, SECONDS, rng) for _ in range(VISITORS)])
    return [took_ms for visitor in waited for took_ms in visitor]


def told(answers_ms: list[float]) -> str:
    percent = quantiles(answers_ms, n=100)
    return f"{len(answers_ms)} answers, median {percent[49]:.1f} ms, 99 % within {percent[98]:.1f} ms"
