"""The sessions that have ended, each by its hash, and what is known of those for which there is no room.

    ended.end("hash", at, "Ab")        # somebody of share Ab has logged out
    ended.has("hash")                  ->  True

A session has the share of the network in which it began (``Gate.share_of``); whoever floods the table floods that share.
When the table is full, the oldest of the share that has the most gives way. It is not accepted again: from then on every
session of that share is refused that began before that log-out, whoever's it is. So a log-out holds whatever others do,
and at worst visitors of the network that floods get a new session. There are 4,096 shares, so that is bounded, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from .shares import FairQueue, Owner

SHARES: Final = 64 * 64 + 1
"""How many there are: two characters, or none."""
_NO_SHARE: Final = "-"


class EndedSessions:
    """Ended sessions by their hashes; all times are in seconds, of one clock."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._queue: FairQueue[str] = FairQueue()
        self._at: dict[str, float] = {}
        self.before: dict[str, float] = {}
        """By shares: sessions that began until then are refused."""

    def __len__(self) -> int:
        return len(self._queue)

    def has(self, session_hash: str) -> bool:
        """Did this session end?"""
        return session_hash in self._queue

    def end(self, session_hash: str, at: float, share: str) -> int:
        """Note that a session ended. Returns for how many others there is no room any more."""
        self._queue.add(session_hash, Owner("", share or _NO_SHARE))
        self._at[session_hash] = at
        given_up = self._queue.crowded_out_with_owners(self._room)
        for other, owner in given_up:
            self.end_before(owner.network, self._at.pop(other))
        return len(given_up)

    def end_before(self, share: str, at: float) -> None:
        """Refuse all sessions of a share that began until then."""
        share = share or _NO_SHARE
        self.before[share] = max(at, self.before.get(share, at))

    def is_before(self, share: str, began_at: float) -> bool:
        """Is a session of this share refused that began then?"""
        before = self.before.get(share or _NO_SHARE)
        return before is not None and began_at <= before

    def forget_until(self, at: float) -> None:
        """Forget those that ended before: no session is that old."""
        while self._queue and self._at[oldest := self._queue.oldest()] < at:
            self._queue.discard(oldest)
            del self._at[oldest]
        for share in [share for share, before in self.before.items() if before < at]:
            del self.before[share]

    def names(self) -> Iterator[tuple[str, float]]:
        """All of it as ``shortened`` takes it."""
        for session_hash, at in self._at.items():
            share = self._queue.owner(session_hash).network
            yield (session_hash if share == _NO_SHARE else f"{session_hash}.{share}"), at
        for share, at in self.before.items():
            yield f".{share}", at


def shortened(ended: Mapping[str, float], room: int) -> dict[str, float]:
    """``ended``, by hash and share as they are stored, with ``room`` sessions at most.

    ``.SHARE`` stands for all sessions of that share which began until then.
    """
    table = EndedSessions(room)
    for name, at in sorted(ended.items(), key=lambda item: item[1]):
        session_hash, _, share = name.partition(".")
        if session_hash:
            table.end(session_hash, at, share)
        else:
            table.end_before(share, at)
    return dict(table.names())
