"""Which shared values of a process hold what the other processes know: a page that is set up waits for them.

A process that has just started has the initial value of each. What a page decides by that is wrong: "am I in this
game?".
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from hyper.state.replica import Replica
from hyper.transport.each_minute import EachMinute

log = logging.getLogger("hyper.state")


class Arrivals:
    """What is waited for: a value that has not arrived yet, or a change that is not in the store yet."""

    def __init__(self) -> None:
        self._missing: dict[str, None] = {}
        self._waiting: dict[asyncio.Future[None], Callable[[], bool]] = {}
        """Who waits, and whether that has happened."""
        self._minute = EachMinute()
        self._has_failed = False
        """Has somebody waited in vain since the store was last reached?"""

    def expect(self, name: str) -> None:
        """Note that a value is to arrive."""
        self._missing[name] = None

    def note(self, name: str) -> None:
        """Note that the store was asked for a value: it answers."""
        self.forget(name)
        self._has_failed = False
        self.look()

    def forget(self, name: str) -> None:
        """Note that a value is no longer shared; from any thread. ``look`` tells those who wait for it."""
        self._missing.pop(name, None)

    def look(self) -> None:
        """Tell those who wait for what has happened."""
        for waiting, has_happened in list(self._waiting.items()):
            if not waiting.done() and has_happened():
                waiting.set_result(None)

    def is_missing(self, name: str) -> bool:
        """Is it worth waiting for this value?"""
        return name in self._missing and not self._has_failed

    async def wait_for_all(self, limit_s: float) -> bool:
        """Wait until all values have arrived that are expected now. Returns whether there were any.

        After ``limit_s`` it is told that they are shown as they are here. Nobody waits again before the store answers.
        """
        names = list(self._missing)
        if not names or self._has_failed:
            return False
        if not await self._wait(lambda: not any(name in self._missing for name in names), limit_s):
            self._has_failed = True
            if self._minute.allows("missing"):
                log.warning(
                    "shared values are shown as they are in this process: the backplane has not answered for %g s"
                    " (%s)",
                    limit_s,
                    ", ".join(map(repr, names[:5])),
                )
        return True

    async def wait_for_change(self, replica: Replica, limit_s: float) -> bool:
        """Wait until the last change of a value is in the store, for at most ``limit_s``. Returns whether it is."""
        if not replica.pending:
            return True
        batch_id = replica.pending[-1].id
        return await self._wait(lambda: all(batch.id != batch_id for batch in replica.pending), limit_s)

    async def _wait(self, has_happened: Callable[[], bool], limit_s: float) -> bool:
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = has_happened
        try:
            async with asyncio.timeout(limit_s):
                await waiting
        except TimeoutError:
            return has_happened()
        finally:
            del self._waiting[waiting]
        return True
