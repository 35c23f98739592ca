"""Token buckets: how many events a visitor may send, over all of their sockets.

A bucket that has filled up again equals a new one, so it is forgotten: the table has only the visitors of the last
seconds and needs no limit of its own.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Bucket:
    """Room for ``burst`` at once, refilled by ``per_s`` each second."""

    per_s: float
    burst: float
    room: float
    filled_s: float
    refused: int = 0
    """How many were refused since the last one that was accepted."""

    def take(self, now_s: float, count: float = 1) -> bool:
        """Take room for ``count`` events at once. Returns whether there was enough; in a full bucket there always is."""
        room = min(self.burst, self.room + (now_s - self.filled_s) * self.per_s)
        self.filled_s = now_s
        count = min(count, self.burst)
        if room < count:
            self.room = room
            self.refused += 1
            return False
        self.room = room - count
        self.refused = 0
        return True

    def give_back(self, was_taken: bool) -> None:
        """Undo a ``take``, which returned ``was_taken``."""
        if was_taken:
            self.room += 1
        else:
            self.refused -= 1


class Buckets:
    """One bucket for each visitor, made when it is first used."""

    def __init__(self, per_s: float, burst: float) -> None:
        self._per_s = per_s
        self._burst = burst
        self._buckets: dict[str, Bucket] = {}

    def __len__(self) -> int:
        return len(self._buckets)

    def get(self, visitor: str, now_s: float) -> Bucket:
        """The bucket of ``visitor``. Get it again for each use, as it is forgotten when it is full."""
        bucket = self._buckets.get(visitor)
        if bucket is None:
            bucket = self._buckets[visitor] = Bucket(self._per_s, self._burst, self._burst, now_s)
        return bucket

    def tick(self, now_s: float) -> None:
        """Forget the buckets that are full again."""
        full_after_s = self._burst / self._per_s
        self._buckets = {
            visitor: bucket
            for visitor, bucket in self._buckets.items()
            if now_s - bucket.filled_s < full_after_s
        }
