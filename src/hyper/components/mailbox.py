"""The mailbox of a page: its jobs run one after another, in the order in which they came.

Jobs are events, posted forms, ticks of ``every``, turns of tasks, hooks, and the end of the page. Whoever brings a job
waits for its turn and runs it, so there is no task that runs them all, and none is needed while nothing happens.
A render that no job asked for takes the free mailbox, too, without waiting: while a job runs, its page shows nothing
half done.

    event 1     turn ──── handler ──── commit ── render
    tick             waits                              turn ── …
    event 2                waits                                    turn ── …
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from hyper.components.unit import PageClosedError, Stop, Unit
from hyper.context import shared_work
from hyper.errors import ComponentError


class Rendering:
    """In place of a unit: the page is rendered without a job."""

    __slots__ = ("task",)

    def __init__(self, task: asyncio.Task[Any] | None = None) -> None:
        self.task = task


RENDERING: Final = Rendering()
"""A render that has not had to wait yet."""


class Waiting:
    """A job that waits for its turn."""

    __slots__ = ("called", "name", "task")

    def __init__(self, name: str) -> None:
        self.name = name
        self.task = asyncio.current_task()
        self.called: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Mailbox:
    """Whose turn it is on one page."""

    __slots__ = ("freed", "is_closed", "running", "waiting")

    def __init__(self) -> None:
        self.running: Unit | Rendering | None = None
        """The unit of the job whose turn it is, a render, or ``None`` while nothing runs."""
        self.is_closed = False
        self.waiting: tuple[Waiting, ...] = ()
        """The jobs that wait for their turn, in order."""
        self.freed: asyncio.Future[None] | None = None
        """Done when what runs has ended; ``None`` until the page is closed."""

    @property
    def unit(self) -> Unit | None:
        """The unit of the running job; ``None`` if there is none."""
        return self.running if isinstance(self.running, Unit) else None

    def own_unit(self) -> Unit | None:
        """The unit of the running job, if the running code is a part of it; else ``None``."""
        unit = self.unit
        return unit if unit is not None and shared_work.get() is unit else None

    def names_waiting(self) -> list[str]:
        """The names of the jobs that wait."""
        return [waiting.name for waiting in self.waiting]

    async def turn(self, name: str) -> None:
        """Wait until it is this job's turn. Raises ``PageClosedError`` if the page is closed.

        Raises ``ComponentError`` if that would wait for ever: the running job waits for this one.
        """
        if self.is_closed:
            raise PageClosedError("This component is no longer there.")
        if self.running is None and not self.waiting:
            return
        self._refuse_own(name)
        waiting = Waiting(name)
        self.waiting += (waiting,)
        try:
            await self._called(waiting)
        except BaseException:
            self._forget(waiting)
            self.call_next()  # it may have been called already: its turn is for the next one
            raise
        self._forget(waiting)

    def _forget(self, waiting: Waiting) -> None:
        self.waiting = tuple([other for other in self.waiting if other is not waiting])

    async def _called(self, waiting: Waiting) -> None:
        """Wait until the job is called and nothing runs: a render may have been faster."""
        while True:
            await waiting.called
            if self.is_closed:
                raise PageClosedError("This component is no longer there.")
            if self.running is None:
                return
            waiting.called = asyncio.get_running_loop().create_future()

    def _refuse_own(self, name: str) -> None:
        """Raises ``ComponentError`` if the running job asks for another turn, or waits for the current task."""
        unit = self.unit
        if unit is not None and (self.own_unit() or unit.waits_for is asyncio.current_task()):
            raise _waits_for_ever(name, unit)

    def refuse_to_wait_for(self, future: object, unit: Unit) -> None:
        """Raises ``ComponentError`` if ``future`` is a task that waits for a turn itself."""
        for waiting in self.waiting:
            if waiting.task is future:
                raise _waits_for_ever(waiting.name, unit)

    def take(self, running: Unit | Rendering) -> None:
        """Begin a job or a render; nothing else may be running, but for a job that would not stop."""
        assert self.running is None or self.is_closed
        self.running = running

    def leave(self) -> None:
        """End what is running: the next job is called."""
        self.running = None
        self.call_next()
        if self.freed is not None and not self.freed.done():
            self.freed.set_result(None)

    def call_next(self) -> None:
        """Call the first job that waits, if nothing runs."""
        if self.waiting and self.running is None and not self.waiting[0].called.done():
            self.waiting[0].called.set_result(None)

    async def close(self, patience_s: float) -> None:
        """Refuse the jobs that wait, and all that come; stop what is running, and wait until it has ended.

        Code that goes on although it is cancelled is waited for ``patience_s`` seconds; a commit, until it has ended.
        """
        self.is_closed = True
        for waiting in self.waiting:
            if not waiting.called.done():
                waiting.called.set_result(None)
        if self.running is not None:
            self._stop()
            self.freed = self.freed or asyncio.get_running_loop().create_future()
            while not (await asyncio.wait([self.freed], timeout=patience_s))[0]:
                if self.unit is None or not self.unit.is_committing:
                    break

    def _stop(self) -> None:
        if isinstance(self.running, Unit):
            self.running.stop(Stop.CLOSED)
        elif self.running is not None and self.running.task is not None:
            self.running.task.cancel()


def _waits_for_ever(name: str, unit: Unit) -> ComponentError:
    return ComponentError(
        f"{name} waits for its turn on the page, and {unit.name}, whose turn it is, waits for {name}: neither could ever"
        " go on. Call the function directly, or start it with spawn(…) and do not await it"
    )
