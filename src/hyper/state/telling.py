"""What an operator is told about a store: its state when it changes, and what lasts once a minute."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

log = logging.getLogger("hyper.state")

EVERY_S = 60.0


class EachMinute:
    """What may be told now: each subject at most once a minute. It remembers those of the last minute only."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._told_s: dict[str, float] = {}
        """When each was told, the earliest first."""

    def __len__(self) -> int:
        return len(self._told_s)

    def allows(self, subject: str) -> bool:
        """May it be told now? Then it counts as told."""
        now_s = self._clock()
        while self._told_s and now_s - next(iter(self._told_s.values())) >= EVERY_S:
            del self._told_s[next(iter(self._told_s))]
        if subject in self._told_s:
            return False
        self._told_s[subject] = now_s
        return True


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
