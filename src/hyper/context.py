"""What runs right now: which mounted component renders, and which one's handler is being called.

The only module-level state of the face; both are context variables, so tasks never see each other's.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol


class Reader(Protocol):
    """Something that is rendered from shared values and can be told that one of them changed."""

    def invalidate(self) -> None:
        """Render again soon; cheap, may be called any number of times, also after unmounting."""


rendering: ContextVar[Reader | None] = ContextVar("hyper_rendering", default=None)
"""The component whose setup or view is running; reads of shared values are noted for it."""
