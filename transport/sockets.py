"""The interface to web frameworks: what the transport needs of a WebSocket, and the codes it closes one with.

``server.py`` implements ``Socket`` with aiohttp; another framework gets a file of its own that does the same.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Protocol


class CloseCode(IntEnum):
    """Why the server closes a socket. Up to 4499 the client may reconnect, above it must not."""

    RESTART = 1012
    """The process ends; the page may reconnect to another one."""
    INTERNAL = 1011
    LATER = 1013
    """Too much was done for this visitor or their address: the page reconnects a while later."""
    BAD_FRAMES = 4400
    """Too many malformed frames."""
    TOO_SLOW = 4408
    """The client connected no component, sent nothing, read nothing, or sent far too much."""
    TAKEN_OVER = 4409
    """The page is shown by a newer socket: a duplicated tab, or the same one reconnected."""
    ENDED = 4403
    """The visitor logged in or out, or the session has ended: the page has to be reloaded."""
    FORBIDDEN = 4501
    """The application refused the visitor."""


class Signal(Enum):
    """What a socket can receive besides text."""

    CONTROL = "control"
    """A ping (already answered) or a pong."""
    BINARY = "binary"
    CLOSED = "closed"
    """The socket was lost, or closed by the server."""
    LEFT = "left"
    """The browser closed the page, or went to another one."""


class Socket(Protocol):
    """A WebSocket."""

    async def receive(self) -> str | Signal:
        """The next message."""
        ...

    def send_now(self, frames: list[bytes]) -> None:
        """Write some small text frames to an empty transport, as one; does nothing when the socket is closed."""
        ...

    async def send(self, frame: bytes) -> None:
        """Write a text frame; waits while the transport is full. Raises ``ConnectionError`` if it is closed."""
        ...

    def unsent_bytes(self) -> int:
        """How much was written and not yet taken by the operating system."""
        ...

    async def ping(self) -> None:
        """Ask for a pong. Raises ``ConnectionError`` if the socket is closed."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake; returns when the peer has answered, or after a while."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, with everything unsent."""
        ...
