"""Where a session stands, and what may happen to it there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias


class State(StrEnum):
    """Where a session stands."""

    PENDING = "pending"
    """Mounted for a page; its socket has not come yet."""
    ATTACHED = "attached"
    DETACHED = "detached"
    """Its socket is gone and may come back."""
    CLOSED = "closed"


Step: TypeAlias = Literal["connect", "disconnect", "expire", "close"]

NEXT_STATE: Final[Mapping[tuple[State, Step], State]] = {
    (State.PENDING, "connect"): State.ATTACHED,
    (State.PENDING, "expire"): State.CLOSED,
    (State.PENDING, "close"): State.CLOSED,
    (State.ATTACHED, "connect"): State.ATTACHED,  # a newer socket takes over
    (State.ATTACHED, "disconnect"): State.DETACHED,
    (State.ATTACHED, "close"): State.CLOSED,
    (State.DETACHED, "connect"): State.ATTACHED,
    (State.DETACHED, "expire"): State.CLOSED,
    (State.DETACHED, "close"): State.CLOSED,
    (State.CLOSED, "close"): State.CLOSED,
}
