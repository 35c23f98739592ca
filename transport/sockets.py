"""The door for web frameworks: what the transport needs of a WebSocket, and what it tells one.

``server.py`` implements ``Socket`` with aiohttp; another framework would do the same in a file of its own.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Protocol


class CloseCode(IntEnum):
    """Why the server closes a socket. Up to 4499 the client may come back, above it must not."""

    RESTART = 1012
    """The process ends; another one is there."""
    INTERNAL = 1011
    BAD_FRAMES = 4400
    """Too many malformed frames."""
    TOO_SLOW = 4408
    """Connected no component, said nothing, read nothing, or sent far too much."""
    TAKEN_OVER = 4409
    """The page is shown by a newer socket: a duplicated tab, or the same one reconnected."""
    ENDED = 4403
    """The visitor logged in or out, or the session is over: the page has to be loaded again."""
    FORBIDDEN = 4501
    """Refused by the application."""


class Signal(Enum):
    """What a socket receives besides text."""

    CONTROL = "control"
    """A ping (already answered) or a pong."""
    BINARY = "binary"
    CLOSED = "closed"
    """Lost, or closed by the server."""
    LEFT = "left"
    """Closed by a browser that closes the page or goes to another one."""


class Socket(Protocol):
    """A WebSocket."""

    async def receive(self) -> str | Signal:
        """The next message."""
        ...

    def send_now(self, frames: list[bytes]) -> None:
        """Write some small text frames to an empty transport, as one; does nothing when the socket is closed."""
        ...

    async def send(self, frame: bytes) -> None:
        """Write a text frame; waits while the transport is full. Raises ``ConnectionError`` when it is closed."""
        ...

    def unsent_bytes(self) -> int:
        """How much was written and not yet taken by the operating system."""
        ...

    async def ping(self) -> None:
        """Ask for a pong. Raises ``ConnectionError`` when the socket is closed."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake; returns when the peer has answered, or after a while."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, whatever is unsent."""
        ...
