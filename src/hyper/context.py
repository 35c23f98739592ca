"""Which component is running: the one whose code is being executed, and the one that is being rendered.

Both are context variables: tasks do not see each other's values, and a task that a handler starts still knows its
component. Packages that must not import ``hyper.components`` use the protocols here instead.

    current.get()  ->  <mounted counter m>, in a handler of a counter
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, Final, Protocol, cast

from hyper.vdom.templates.handlers import HandlerOwner, handler_owner


class Reader(Protocol):
    """Something that is rendered from shared values, and is rendered again when one of them changes."""

    def invalidate(self) -> None:
        """Render again soon. Cheap; may be called any number of times, also after unmounting."""
        ...


class UnitOfWork(Protocol):
    """Everything that a handler changes outside its page, in a database for instance: committed or rolled back whole.

    The term is Fowler's, in "Patterns of Enterprise Application Architecture".
    """

    async def commit(self) -> None:
        """Commit after a handler, before its event is acknowledged. Raises ``CallError`` if that fails."""
        ...

    async def rollback(self) -> None:
        """Roll back after a handler failed."""
        ...


class Attendance(Protocol):
    """A person's entry in a presence list, made by a component of a page."""

    @property
    def is_taken(self) -> bool:
        """Is the entry still in use? It ends when the person leaves."""
        ...

    def suspend(self) -> None:
        """Take the person off the list until ``resume()``: the browser closed the page."""
        ...

    def resume(self) -> None:
        """Put the person back on the list: the browser shows the page again."""
        ...


class RunningPage(Protocol):
    """The page of a running component."""

    unit: UnitOfWork | None
    """Commits the records that the page has loaded; set by the package that loads them."""

    def attend(self, attendance: Attendance) -> None:
        """Suspend ``attendance`` when the browser closes the page, and resume it when the page is shown again."""
        ...


class RunningComponent(HandlerOwner, Protocol):
    """A mounted component whose code is running."""

    cleanups: tuple[Callable[[], Any], ...]
    """Called when it is unmounted, the last first."""

    @property
    def page(self) -> RunningPage:
        """The page it is on."""
        ...


rendering: ContextVar[Reader | None] = ContextVar("hyper_rendering", default=None)
"""The component whose setup or view is running: it is rendered again when a shared value it reads changes."""

current: Final = cast("ContextVar[RunningComponent | None]", handler_owner)
"""The component whose code is running: setup, view, handler, hook, or a task one of these started."""
