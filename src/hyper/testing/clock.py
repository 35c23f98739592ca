"""The clock of components on test pages. It stands still until a test advances it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import sys
from collections.abc import Awaitable, Callable

Settle = Callable[[], Awaitable[None]]


class Clock:
    """One time for all pages, in seconds since the first page."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        """Wait until the test has advanced the time by ``seconds``."""
        waiting = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now_s + seconds, next(self._order), waiting))
        await waiting

    async def advance(self, seconds: float, settle: Settle) -> None:
        """Advance the time. Sleepers wake up in the order of their times, and ``settle`` is awaited after each."""
        end_s = self.now_s + seconds
        while self._sleepers and self._sleepers[0][0] <= end_s:
            self.now_s, _, waiting = heapq.heappop(self._sleepers)
            if not waiting.done():
                waiting.set_result(None)
                await settle()
        self.now_s = end_s


clock = Clock()

if sys.platform == "win32":
    _PlainLoop = asyncio.ProactorEventLoop
else:
    _PlainLoop = asyncio.SelectorEventLoop


class ClockedLoop(_PlainLoop):
    """An event loop on which time passes by itself, and by ``clock.advance``: its deadlines are over then."""

    def time(self) -> float:
        return super().time() + clock.now_s
