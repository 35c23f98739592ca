"""Token buckets: how many events a visitor may send, over all of their sockets, and how many an address.

A session is what anybody gets with a request, so the events of a visitor count for their address, too.

A bucket that has filled up again equals a new one, so it is forgotten: the tables have only the visitors of the last
seconds and need no limit of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Rate(NamedTuple):
    """Room for ``burst`` at once, refilled by ``per_s`` each second."""

    per_s: float
    burst: float


@dataclass(slots=True)
class Bucket:
    """Room for events; what is taken of a visitor's is taken of the ``address``, too."""

    per_s: float
    burst: float
    room: float
    filled_s: float
    address: Bucket | None = None
    refused: int = 0
    """How many were refused since the last one that was accepted, but not for what others of the address have sent."""

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
        if self.address is not None and not self.address.take(now_s, count):
            return False
        self.refused = 0
        return True

    def give_back(self, was_taken: bool) -> None:
        """Undo a ``take``, which returned ``was_taken``."""
        if was_taken:
            self.room += 1
            if self.address is not None:
                self.address.room += 1
        else:
            self.refused = max(0, self.refused - 1)


class Buckets:
    """One bucket for each visitor and for each address, made when it is first used."""

    def __init__(self, visitors: Rate, addresses: Rate) -> None:
        self._visitors_rate = visitors
        self._addresses_rate = addresses
        self._visitors: dict[str, Bucket] = {}
        self._addresses: dict[str, Bucket] = {}

    def __len__(self) -> int:
        return len(self._visitors)

    def get(self, visitor: str, now_s: float, address: str = "") -> Bucket:
        """The bucket of ``visitor``. Get it again for each use, as it is forgotten when it is full.

        Without an ``address`` there is no limit by address.
        """
        bucket = self._visitors.get(visitor)
        if bucket is None:
            of_all = self._of_address(address, now_s) if address else None
            per_s, burst = self._visitors_rate
            bucket = self._visitors[visitor] = Bucket(per_s, burst, burst, now_s, of_all)
        return bucket

    def _of_address(self, address: str, now_s: float) -> Bucket:
        bucket = self._addresses.get(address)
        if bucket is None:
            per_s, burst = self._addresses_rate
            bucket = self._addresses[address] = Bucket(per_s, burst, burst, now_s)
        return bucket

    def tick(self, now_s: float) -> None:
        """Forget the buckets that are full again."""
        self._visitors = _not_full(self._visitors, now_s)
        used = {id(bucket.address) for bucket in self._visitors.values()}
        full = _not_full(self._addresses, now_s)
        self._addresses = {
            name: bucket for name, bucket in self._addresses.items() if name in full or id(bucket) in used
        }


def _not_full(buckets: dict[str, Bucket], now_s: float) -> dict[str, Bucket]:
    return {
        name: bucket
        for name, bucket in buckets.items()
        if now_s - bucket.filled_s < bucket.burst / bucket.per_s
    }
