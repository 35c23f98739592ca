"""The last updates of a session, for a client that reconnects and has missed some of them."""

from __future__ import annotations


class Replay:
    """Update frames of consecutive versions, up to a number and a size."""

    __slots__ = ("_frames", "_max_bytes", "_max_frames", "size_bytes")

    def __init__(self, max_frames: int, max_bytes: int) -> None:
        self._frames: list[tuple[int, bytes]] = []  # a deque takes more memory than most of them need
        self.size_bytes = 0
        self._max_frames = max_frames
        self._max_bytes = max_bytes

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, version: int, frame: bytes) -> None:
        """Keep ``frame``; drops the oldest ones if there are too many."""
        self._frames.append((version, frame))
        self.size_bytes += len(frame)
        while len(self._frames) > self._max_frames or self.size_bytes > self._max_bytes:
            self._drop_oldest()

    def after(self, version: int) -> list[bytes] | None:
        """The frames that follow ``version``; ``None`` if the first of them has been dropped."""
        if not self._frames or self._frames[0][0] > version + 1:
            return None
        return [frame for known, frame in self._frames if known > version]

    def forget(self, version: int) -> None:
        """Drop the frames up to ``version``: the client has them."""
        while self._frames and self._frames[0][0] <= version:
            self._drop_oldest()

    def clear(self) -> None:
        """Drop all frames."""
        self._frames.clear()
        self.size_bytes = 0

    def _drop_oldest(self) -> None:
        self.size_bytes -= len(self._frames.pop(0)[1])
