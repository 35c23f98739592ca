"""What an operator is told again and again is told once a minute."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

EVERY_S: Final = 60.0


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
