"""The only writer of a connection.

Frames for a peer that reads everything are written at once, in one piece, without a task or a queue. As soon as
something is unsent, frames are queued and one task writes them. While too much is unsent, ``free`` is false and
nothing is rendered for this peer. A peer that reads nothing for a while is stuck, however much it sends: aiohttp's
heartbeat does not notice that, so it is measured here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .limits import Limits
from .relay import Spawn
from .sockets import Socket

_AT_ONCE_BYTES: Final = 32 * 1024
"""Fits below the high-water mark of an empty transport, so that writing it never waits."""


class Outbox:
    """The frames to one peer. ``on_free`` is called when ``free`` becomes true again."""

    __slots__ = (
        "_is_gone",
        "_is_writing",
        "_limits",
        "_on_free",
        "_queue",
        "_queued_bytes",
        "_socket",
        "_spawn",
        "_stuck_since_s",
        "_taken_bytes",
        "_was_full",
        "_written_bytes",
    )

    def __init__(self, socket: Socket, limits: Limits, spawn: Spawn, on_free: Callable[[], None]) -> None:
        self._socket = socket
        self._limits = limits
        self._spawn = spawn
        self._on_free = on_free
        self._queue: list[bytes] = []
        self._queued_bytes = 0
        self._is_writing = False
        self._is_gone = False
        self._was_full = False
        self._written_bytes = 0
        self._taken_bytes = 0
        """How much the peer had taken at the last check, of what was written; heads of frames do not count."""
        self._stuck_since_s: float | None = None

    @property
    def free(self) -> bool:
        """Is so little unsent that more may be rendered for the peer?"""
        is_free = self._queued_bytes + self._socket.unsent_bytes() <= self._limits.unsent_bytes
        self._was_full = self._was_full or not is_free
        return is_free

    @property
    def waits(self) -> bool:
        """Is anything still unsent?"""
        return self._is_writing or self._socket.unsent_bytes() > 0

    def send(self, frames: list[bytes]) -> None:
        """Write ``frames``, or queue them; never waits for the peer."""
        if self._is_gone or not frames:
            return
        length = sum(map(len, frames))
        if self._is_writing or length > _AT_ONCE_BYTES or self._socket.unsent_bytes():
            self._put(frames, length)
        else:
            self._written_bytes += length
            self._socket.send_now(frames)

    def is_stuck(self, now_s: float) -> bool:
        """Has the peer read nothing for ``write_s`` although something is unsent? Call it about once a second."""
        self._tell_when_free()
        taken_bytes = self._written_bytes - self._socket.unsent_bytes()
        if not self.waits:
            self._stuck_since_s = None
        elif self._stuck_since_s is None or taken_bytes > self._taken_bytes:
            self._stuck_since_s = now_s
        self._taken_bytes = taken_bytes
        return self._stuck_since_s is not None and now_s - self._stuck_since_s >= self._limits.write_s

    def discard(self) -> None:
        """Drop everything that is queued, and everything that is sent from now on."""
        self._is_gone = True
        self._queue.clear()
        self._queued_bytes = 0

    def _tell_when_free(self) -> None:
        if self._was_full and self.free:
            self._was_full = False
            self._on_free()

    def _put(self, frames: list[bytes], length: int) -> None:
        self._queue.extend(frames)
        self._queued_bytes += length
        if not self._is_writing:
            self._is_writing = True
            self._spawn(self._write_queue())

    async def _write_queue(self) -> None:
        while self._queue:
            frame = self._queue.pop(0)
            self._queued_bytes -= len(frame)
            await self._write(frame)
        self._is_writing = False
        self._tell_when_free()

    async def _write(self, frame: bytes) -> None:
        self._written_bytes += len(frame)
        try:
            await self._socket.send(frame)
        except ConnectionError:
            self.discard()
