"""What runs right now: which mounted component renders, and whose handler is being called.

The only module-level state of the face; all are context variables, so tasks never see each other's, and a task
that a handler starts still knows its component.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


class Reader(Protocol):
    """Something that is rendered from shared values and can be told that one of them changed."""

    def invalidate(self) -> None:
        """Render again soon; cheap, may be called any number of times, also after unmounting."""


rendering: ContextVar[Reader | None] = ContextVar("hyper_rendering", default=None)
"""The component whose setup or view is running; reads of shared values are noted for it."""

current: ContextVar[MountedComponent | None] = ContextVar("hyper_current", default=None)
"""The component whose code is running: setup, view, handler, hook, or a task one of these started."""
