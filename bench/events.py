"""A counter's event, from the text of a frame to the bytes of its answers, without a network.

The frames go the way they go in production: the connection decodes them, its session queues and numbers the
events, the handler is called with validated arguments, the component rendered and compared, update and ack
encoded and handed to the socket. Only the socket is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Final

from bench.connections import click, connect, new_process
from bench.mounts import MOUNT_ID
from bench.results import Result

EVENTS: Final = 100
"""In one time that is taken."""


def run(seconds: float) -> Iterator[Result]:
    """One result: microseconds for each event."""
    best_s, sent_bytes = asyncio.run(_measure(seconds))
    details: dict[str, float | int | str] = {"sent_bytes": sent_bytes, "events_per_s": round(EVENTS / best_s)}
    yield Result("counter_event_us", best_s * 1e6 / EVENTS, "µs", 60, details=details)


async def _measure(seconds: float) -> tuple[float, int]:
    """The best time of ``EVENTS`` events, and the bytes that answer one."""
    process = new_process()
    socket = await connect(process, "counter", MOUNT_ID)
    best_s, seq = float("inf"), 0
    until = perf_counter() + seconds
    while perf_counter() < until:
        frames = [click(MOUNT_ID, "increment", seq + number) for number in range(1, EVENTS + 1)]
        seq += EVENTS
        start = process_time()
        sent = await socket.exchange(frames)
        best_s = min(best_s, process_time() - start)
        assert len(sent) == 2 * EVENTS, "every event has one update and one ack"
    sent_bytes = len(sent[-1]) + len(sent[-2])
    await process.close()
    return best_s, sent_bytes
