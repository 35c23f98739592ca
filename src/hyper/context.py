"""What runs right now: which component renders, and which component's code is being executed.

The rooms below and beside the components know a mounted component by the protocols here, and no better. All that
is kept at module level is in context variables: tasks never see each other's, and a task that a handler starts
still knows its component.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, Protocol, cast

from hyper.vdom.templates.handlers import HandlerOwner, handler_owner


class Reader(Protocol):
    """Something that is rendered from shared values and can be told that one of them changed."""

    def invalidate(self) -> None:
        """Render again soon; cheap, may be called any number of times, also after unmounting."""


class UnitOfWork(Protocol):
    """What the code of a page changed outside the page, in a database say: kept or taken back as a whole."""

    async def commit(self) -> None:
        """Keep it. Raises ``CallError`` if that fails; called before the event is acknowledged."""

    async def rollback(self) -> None:
        """Take it back, as the handler failed."""


class Attendance(Protocol):
    """A person's entry in a list of those present, made by a component of a page."""

    @property
    def is_taken(self) -> bool:
        """Does it still stand, or did the person leave?"""

    def suspend(self) -> None:
        """The browser closed the page: be listed no more, until ``resume``."""

    def resume(self) -> None:
        """The browser shows the page again: be listed again."""


class RunningPage(Protocol):
    """The page of a running component."""

    unit: UnitOfWork | None
    """Of the page's records; whoever keeps some for the page puts it there."""

    def attend(self, attendance: Attendance) -> None:
        """Suspend and resume ``attendance`` with the page."""


class RunningComponent(HandlerOwner, Protocol):
    """A mounted component whose code is running."""

    cleanups: tuple[Callable[[], Any], ...]
    """Called when it is unmounted, the last first."""

    @property
    def page(self) -> RunningPage:
        """The page it is on."""


rendering: ContextVar[Reader | None] = ContextVar("hyper_rendering", default=None)
"""The component whose setup or view is running; reads of shared values are noted for it."""

current: Final = cast("ContextVar[RunningComponent | None]", handler_owner)
"""The component whose code is running: setup, view, handler, hook, or a task one of these started."""
