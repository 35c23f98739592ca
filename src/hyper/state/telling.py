"""Whether a store can be used: an operator is told when that changes, and once a minute while it cannot."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from hyper.transport.each_minute import EachMinute

log = logging.getLogger("hyper.state")


class Reach:
    """Whether a store can be used. That takes several ways, such as writing and listening: each reports for itself."""

    def __init__(self, *ways: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._missing = dict.fromkeys(ways)
        self._clock = clock
        self._minute = EachMinute(clock)
        self.since_s: float | None = None
        """Since when all ways have worked; ``None`` if one does not."""

    def works(self, way: str) -> None:
        """Note that a way works."""
        self._missing.pop(way, None)
        if not self._missing and self.since_s is None:
            self.since_s = self._clock()
            log.info("connected to the backplane")

    def fails(self, way: str, error: Exception) -> None:
        """Note that a way does not work."""
        self._missing[way] = None
        self.since_s = None
        if self._minute.allows(way):
            log.warning("%s: shared values stay in their process until it is back", error)
