"""The states of a session, and what may happen in each of them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias


class SessionState(StrEnum):
    """Whether a session has a socket, waits for one, or is closed."""

    PENDING = "pending"
    """Mounted for a page whose socket has not connected yet."""
    ATTACHED = "attached"
    """Connected to a socket."""
    DETACHED = "detached"
    """Its socket is gone; the page may reconnect."""
    CLOSED = "closed"


SessionStep: TypeAlias = Literal["connect", "disconnect", "expire", "close"]

NEXT_STATE: Final[Mapping[tuple[SessionState, SessionStep], SessionState]] = {
    (SessionState.PENDING, "connect"): SessionState.ATTACHED,
    (SessionState.PENDING, "expire"): SessionState.CLOSED,
    (SessionState.PENDING, "close"): SessionState.CLOSED,
    (SessionState.ATTACHED, "connect"): SessionState.ATTACHED,  # a newer socket replaces it
    (SessionState.ATTACHED, "disconnect"): SessionState.DETACHED,
    (SessionState.ATTACHED, "close"): SessionState.CLOSED,
    (SessionState.DETACHED, "connect"): SessionState.ATTACHED,
    (SessionState.DETACHED, "expire"): SessionState.CLOSED,
    (SessionState.DETACHED, "close"): SessionState.CLOSED,
    (SessionState.CLOSED, "close"): SessionState.CLOSED,
}
"""Any other step raises ``SessionMisusedError``."""
