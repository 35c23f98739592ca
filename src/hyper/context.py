"""What is running: the component whose code is being executed, the one that is being rendered, the unit of work.

All are context variables: tasks do not see each other's values, and a task that a handler starts still knows its
component. Each page has a copy of them of its own. Packages that must not import ``hyper.components`` use the
protocols here instead.

    current.get()  ->  <mounted counter m>, in a handler of a counter
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from enum import Enum
from typing import Any, Final, Protocol, cast

from hyper.vdom.templates.handlers import HandlerOwner, handler_owner


class Reader(Protocol):
    """Something that is rendered from shared values, and is rendered again when one of them changes."""

    def invalidate(self) -> None:
        """Render again soon. Cheap; may be called any number of times, also after unmounting."""
        ...


class Ledger(Protocol):
    """The records that one piece of work has changed, and no other."""

    def has_changes(self) -> bool:
        """Is there anything to commit, or a save that is still running?"""
        ...

    async def commit(self) -> None:
        """Write them in one transaction. Raises ``CallError`` if that fails; then they are as they were before."""
        ...

    def revert(self) -> None:
        """Undo what is not committed."""
        ...


class Ledgers(Protocol):
    """The records of one page, and which piece of work has changed which of them."""

    def open(self) -> Ledger:
        """A new ledger, for work that begins."""
        ...

    def adopt(self) -> Ledger:
        """The ledger of the work that is running; a new one, for what it has changed so far, if there is none."""
        ...

    def switch(self, ledger: Ledger | None) -> Ledger | None:
        """Note what the work that was running has changed; returns its ledger. ``ledger`` is that of what runs now."""
        ...


class Changes(Protocol):
    """What an open unit of work has changed in one place, for instance in one shared value."""

    def keep(self) -> None:
        """Make the changes final. Called once, when the unit has ended well; does not raise."""
        ...

    def undo(self) -> None:
        """Undo exactly these changes, even if others have changed the same place since. Called once."""
        ...


class SharedWork(Protocol):
    """An open unit of work as shared values see it: what a job has changed in them, and what it wants to announce."""

    @property
    def is_open(self) -> bool:
        """May it still change? ``False`` once it was kept or undone: code that it has started may run on."""
        ...

    @property
    def has_waited(self) -> bool:
        """Has other code had a chance to run since it began? Then others may have seen its changes."""
        ...

    @property
    def changes(self) -> dict[Any, Changes]:
        """What it has changed, by the shared value's cell, the first one first."""
        ...

    @property
    def broadcasts(self) -> dict[Any, None]:
        """The cells of the shared values whose readers are rendered again once it has been kept."""
        ...

    async def commit(self) -> None:
        """Make what it has done so far final; undoing it later goes back to here. Raises ``CallError`` if that fails."""
        ...


class Line(Enum):
    """How a page is connected to its browser."""

    OPEN = "open"
    """A browser shows it."""
    LOST = "lost"
    """Its connection is lost; it may come back by itself."""
    CLOSED = "closed"
    """The browser has closed it; the back button may bring it back."""


class Attendance(Protocol):
    """A person's entry in a presence list, made by a component of a page."""

    @property
    def is_taken(self) -> bool:
        """Is the entry still in use? It ends when the person leaves."""
        ...

    def follow(self, line: Line) -> None:
        """Note how the page is connected now: that is how the person is listed."""
        ...


class RunningPage(Protocol):
    """The page of a running component."""

    records: Ledgers | None
    """The records that the page has loaded; set by the package that loads them."""

    @property
    def is_free(self) -> bool:
        """Does nothing run on it, neither a job nor a render?"""
        ...

    @property
    def mounted(self) -> Mapping[str, Reader]:
        """Its components."""
        ...

    async def idle(self) -> None:
        """Wait until no job runs."""
        ...

    def attend(self, attendance: Attendance) -> None:
        """Tell ``attendance`` how the page is connected, now and whenever that changes."""
        ...


class StartAgain(BaseException):
    """Setup has asked for a value that is not here yet: it is to be run again when ``arrived()`` has returned."""

    def __init__(self, arrived: Callable[[], Awaitable[object]]) -> None:
        super().__init__("setup is run again, with a value of other processes")
        self.arrived = arrived


class RunningComponent(HandlerOwner, Protocol):
    """A mounted component whose code is running."""

    starting: asyncio.Task[Any] | None
    """The task that runs its setup, if that may be run again."""

    cleanups: tuple[Callable[[], Any], ...]
    """Called when it is unmounted, the last first."""

    @property
    def page(self) -> RunningPage:
        """The page it is on."""
        ...


shared_work: ContextVar[SharedWork | None] = ContextVar("hyper_shared_work", default=None)
"""The unit of work of the running job; ``None`` outside of jobs. It may have ended: see ``open_work``."""


def open_work() -> SharedWork | None:
    """The open unit of work that the running code belongs to; ``None`` if there is none."""
    work = shared_work.get()
    return work if work is not None and work.is_open else None


rendering: ContextVar[Reader | None] = ContextVar("hyper_rendering", default=None)
"""The component whose setup or view is running: it is rendered again when a shared value it reads changes."""

current: Final = cast("ContextVar[RunningComponent | None]", handler_owner)
"""The component whose code is running: setup, view, handler, hook, or a task one of these started."""


def running_task() -> asyncio.Task[Any] | None:
    """The task whose code is running; ``None`` outside of event loops."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def forget_who_runs() -> None:
    """Set these variables to nobody: a page may be mounted by code of another."""
    for variable in (current, rendering, shared_work):
        variable.set(None)
