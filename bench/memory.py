"""What the server keeps for a connection that is idle, beyond what aiohttp keeps for its socket.

Everything that belongs to one page is made as in production, on a socket that is none: mount, session, runner,
connection, outbox, and the task that reads. Counted is every byte that Python allocated and still holds
(``tracemalloc``), after an event was handled and then nothing happened for a while; what an event of the same
page leaves in shared caches is there before. The rows of the tables are the component's own state, 150 bytes
each, and are counted.
"""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, NamedTuple, TypeAlias

from bench.connections import FramesAtHand, click, connect, new_process
from bench.results import Result
from hyper.transport.process import Process


class Page(NamedTuple):
    """A page to keep many of."""

    name: str
    component: str
    props: dict[str, Any]
    event: str
    how_many: int
    bar_kb: float

    async def __call__(self, process: Process, mount_id: str) -> FramesAtHand:
        """The socket of one more such page, which has handled an event."""
        socket = await connect(process, self.component, mount_id, **self.props)
        await socket.exchange([click(mount_id, self.event, 1)])
        socket.sent.clear()
        return socket


PAGES: Final = (
    Page("memory_counter", "counter", {}, "increment", 2000, 4),
    Page("memory_20_rows", "table", {"how_many": 20}, "swap", 200, 12),
    Page("memory_1000_rows", "table", {"how_many": 1000}, "swap", 20, 200),
)


def run(seconds: float) -> Iterator[Result]:
    """One result for each page; they take as long as they take."""
    bare = asyncio.run(_measure(_listen, 2000))
    for page in PAGES:
        used = asyncio.run(_measure(page, page.how_many))
        details: dict[str, float | int | str] = {"connections": page.how_many}
        yield Result(page.name, (used - bare) / 1024, "KB per connection", page.bar_kb, details=details)


Open: TypeAlias = "Callable[[Process, str], Awaitable[FramesAtHand]]"
"""Opens one more connection, with this id."""


async def _measure(open_one: Open, how_many: int) -> float:
    """Bytes for each connection that is opened like this."""
    process = new_process()
    kept = [await open_one(process, "first")]
    gc.collect()
    tracemalloc.start()
    try:
        kept += [await open_one(process, f"number-{number:012}") for number in range(how_many)]
        _let_rest(process)
        gc.collect()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    await process.close()
    return used / how_many


def _let_rest(process: Process) -> None:
    """Let so much time pass that idle pages rest."""
    later_s = process.limits.idle_s + 1
    process.now_s = lambda: time.monotonic() + later_s
    while any(runner.is_idle(process.now_s(), process.limits.idle_s) for runner in process.mounts):
        process.tick()


async def _listen(process: Process, mount_id: str) -> FramesAtHand:
    """A socket and the task that listens to it: what any WebSocket handler has."""
    socket = FramesAtHand()

    async def listen() -> None:
        while await socket.receive():
            pass

    process.spawn(listen())
    await socket.all_heard.wait()
    await socket.exchange(["hello"])
    return socket
