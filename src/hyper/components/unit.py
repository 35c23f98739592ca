"""A unit of work: what one job of a page does, kept whole or undone whole.

    await unit.keep()       # the job ended well: records are committed, then broadcasts and pushes are sent
    await unit.undo()       # it failed: nothing of it is left

It covers the variables and containers of components (``rollback.py``), ``persistent`` records, ``shared`` values,
broadcasts, pushes, and what functions of outer components do for the job. The commit of records is waited for even if
the job is cancelled meanwhile: whoever is told that the job failed finds nothing changed, whoever is told that it
succeeded finds everything saved.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from hyper.components.outcomes import is_kept
from hyper.components.rollback import SavedState
from hyper.components.steps import waiting_place
from hyper.context import Changes, Ledger
from hyper.transport.component import HandlerTimeoutError, UnknownComponentError, cancelled_elsewhere, forgive

if TYPE_CHECKING:
    from hyper.components.callbacks import PendingResult
    from hyper.components.page import PageMount

log = logging.getLogger("hyper")

STOP_AGAIN_S: Final = 1
"""How long a job that was cancelled may take to end before it is cancelled again."""


class PageClosedError(UnknownComponentError):
    """The page was closed before the job could end, so the job was undone."""


class Stop(Enum):
    """Why a running job was stopped."""

    TOO_LONG = "too long"
    CLOSED = "closed"


class Unit:
    """The unit of work of one job."""

    # Most jobs need little of this, and each makes a unit: so what is not set yet is an attribute of the class.

    task: asyncio.Task[Any] | None = None
    """The task that runs it, known from when it first waits."""
    is_open = True
    has_waited = False
    is_involved = False
    """Has it pushed or called outer components, or does the page have records?"""
    saved: SavedState | None = None
    """The state to restore; ``None`` until the function is known."""
    pushes: tuple[tuple[str, str, str], ...] = ()
    """Pushes to send when it is kept: component, event, detail as JSON."""
    owed: tuple[PendingResult, ...] = ()
    """The coroutines of outer components that it has called: it ends after them."""
    waits_for: object = None
    """The future or task that it waits for, or has waited for last."""
    stop_reason: Stop | None = None
    _late_stop: Stop | None = None
    """Why it is to be stopped at the end of the commit that is running, if it goes on after that."""
    is_refused = False
    """Did the event say what is not valid, and does the view show why?"""
    has_shown = False
    """Has it shown the page half done? Then all of the page is rendered again if it is undone."""
    _commit: asyncio.Task[None] | None = None
    """The last commit of records that it has begun."""
    _ledger: Ledger | None = None
    _outer_ledger: Ledger | None = None
    _timer: asyncio.TimerHandle | None = None
    _work: Coroutine[Any, Any, Any] | None = None

    def __init__(self, page: PageMount, name: str) -> None:
        self.page = page
        self.name = name
        """The function that runs, for messages."""
        self.changes: dict[Any, Changes] = {}
        """What it has changed in shared values, by their cells."""
        self.broadcasts: dict[Any, None] = {}
        """The cells of the shared values to broadcast when it is kept."""
        if page.records is not None:
            self.is_involved = True
            self._ledger = page.records.open()
            self._outer_ledger = page.records.switch(self._ledger)

    # The end

    async def keep(self) -> asyncio.CancelledError | None:
        """Make everything final. Raises what a coroutine it owes raised, or ``SaveError``; then it is to be undone.

        A cancellation that comes while records are committed comes too late: it is returned, and forgiven.
        """
        while self.owed:
            await self.owed[0].heard()
            self.owed = self.owed[1:]
        cancelled = await self._make_final(lambda: None)
        self._release()
        if cancelled is not None:
            forgive(asyncio.current_task())
        return cancelled

    async def commit(self) -> None:
        """Make what it has done so far final, in the middle of a job: undoing it later goes back to here.

        Raises ``SaveError`` if records could not be saved. Then their changes are undone, and only those.
        """
        try:
            cancelled = await self._make_final(self._reach_commit_point)
        finally:
            if self._late_stop is not None:
                self.stop_reason = self.stop_reason or self._late_stop
                raise asyncio.CancelledError
        if cancelled is not None:
            raise cancelled

    async def undo(self) -> None:
        """Undo everything that is not final."""
        tasks = [pending.task for pending in self.owed]
        self.owed = ()
        for task in tasks:  # they change nothing after the undo
            task.cancel()
        if self._commit is not None:
            tasks.append(self._commit)
        tasks = [task for task in tasks if not task.done()]
        cancelled = await settled(asyncio.wait(tasks)) if tasks else None
        if self.is_open:
            self._undo_now()
        if cancelled is not None and self.stop_reason is None:
            raise cancelled

    async def end_with(self, error: BaseException) -> BaseException:
        """End a job that raised ``error``: undo it, but keep it if that is a redirect. Returns the error to tell."""
        if is_kept(error):
            try:
                await self.keep()
                return error
            except BaseException as failure:
                error = failure
        await self.undo()
        explained = self.explained(error)
        if explained is not error and explained.__cause__ is None:
            explained.__cause__ = error
        return explained

    def _undo_now(self) -> None:
        self.is_open = False
        for changes in reversed(list(self.changes.values())):
            changes.undo()
        if self.page.records is not None:
            self.ledger().revert()
        if self.saved is not None:
            self.saved.restore()
        for mounted in self.page.mounted.values() if self.has_shown else ():
            mounted.invalidate()

    def close(self) -> None:
        """Let go of the page's records and of the timer: the job is over. Undoes it if it was not kept."""
        if self.is_open:
            self._undo_now()
        if self._timer is not None:
            self._timer.cancel()
        if self.page.records is not None:
            self.page.records.switch(self._outer_ledger)
        if self.stop_reason is not None:
            forgive(self.task)

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """Push when it is kept."""
        self.is_involved = True
        self.pushes += ((component_id, event, detail_json),)

    def owe(self, pending: PendingResult) -> None:
        """End after ``pending`` has ended."""
        self.is_involved = True
        self.owed += (pending,)

    def _release(self) -> None:
        """Make shared changes final, and send what was held back."""
        self.is_open = False
        for changes in list(self.changes.values()):
            changes.keep()
        host = self.page.host
        if host is not None:
            for push in self.pushes:
                host.push(*push)
        for cell in self.broadcasts:
            try:
                cell.broadcast()
            except Exception as error:  # of somebody who watches the value: the job has ended well
                self.page.report(error, "broadcast")

    def ledger(self) -> Ledger:
        """The records that it has changed, on a page with records."""
        assert self.page.records is not None
        if self._ledger is None:
            self._ledger = self.page.records.adopt()
        return self._ledger

    async def _make_final(self, release: Callable[[], None]) -> asyncio.CancelledError | None:
        """Commit its records, and then at once ``release`` the rest. Returns the cancellation that came too late.

        If two saves are awaited at once, what is marked for both is in the first commit, and shares its end.
        """
        if self._commit is not None and not self._commit.done():
            await asyncio.shield(self._commit)
        if self.page.records is None or not self.ledger().has_changes():
            release()
            return None
        commit = self._commit = asyncio.get_running_loop().create_task(self._commit_records(release))
        cancelled = await settled(asyncio.wait([commit]))
        commit.result()
        return cancelled

    async def _commit_records(self, release: Callable[[], None]) -> None:
        """A task of its own, so that no cancellation comes between the two."""
        await self.ledger().commit()
        release()

    def _reach_commit_point(self) -> None:
        """Release what has been done so far, and begin anew."""
        self._release()
        self.changes, self.broadcasts, self.pushes = {}, {}, ()
        if self.saved is not None:
            self.saved = self.saved.renewed()
        self.is_open = True

    @property
    def is_committing(self) -> bool:
        """Are its records being written? Then it ends when the database has answered."""
        return self._commit is not None and not self._commit.done()

    # Time

    def watch(self, work: Coroutine[Any, Any, Any], waits_for: object) -> None:
        """Note that ``work`` has to wait. Raises ``ComponentError`` if that would be for ever."""
        self.waits_for = waits_for
        self.page.mailbox.refuse_to_wait_for(waits_for, self)
        if not self.has_waited:
            self.begin_waiting(work)

    def begin_waiting(self, work: Coroutine[Any, Any, Any] | None = None) -> None:
        """Note that other code runs from now on, and that time counts."""
        self.has_waited = True
        self.task = asyncio.current_task()
        self._work = work
        limit_s = self.page.job_s
        if limit_s is not None:
            half_s = limit_s / 2
            self._timer = asyncio.get_running_loop().call_later(half_s, self._tell, half_s)

    def _tell(self, half_s: float) -> None:
        """Half of its time is over: tell the author if anything waits for it."""
        self._timer = asyncio.get_running_loop().call_later(half_s, self.stop, Stop.TOO_LONG)
        host = self.page.host
        waiting = [*self.page.mailbox.names_waiting(), *(host.names_waiting() if host is not None else ())]
        if not waiting:
            return
        name, names = ascii(self.name), ", ".join(map(ascii, waiting))
        if self.is_committing:
            log.warning(
                "%s is still being saved after %g s, while others of its page wait: %s", name, half_s, names
            )
        else:
            log.warning(
                "%s has been running for %g s, at %s, while others of its page wait: %s. It is stopped after %g s;"
                " long work belongs into spawn(…)",
                name, half_s, self._work and waiting_place(self._work), names, 2 * half_s,
            )  # fmt: skip

    def stop(self, reason: Stop) -> None:
        """Cancel the job, and again as long as it goes on; one that is committing, when the database has answered."""
        if not self.is_open or self.task is None:
            return
        if self.is_committing:
            self._late_stop = reason
        else:
            self.stop_reason = self.stop_reason or reason
            self.task.cancel()
        self._timer = asyncio.get_running_loop().call_later(STOP_AGAIN_S, self.stop, reason)

    def explained(self, error: BaseException) -> BaseException:
        """The error to tell instead of ``error``: a cancellation has a reason, and may not be the job's own at all."""
        if not isinstance(error, asyncio.CancelledError):
            return error
        if self.stop_reason is Stop.TOO_LONG:
            return HandlerTimeoutError(f"{self.name} took too long and was stopped")
        if self.stop_reason is Stop.CLOSED:
            return PageClosedError(f"the page was closed while {self.name} was running")
        return cancelled_elsewhere(error, self.name) or error


async def settled(work: Coroutine[Any, Any, Any]) -> asyncio.CancelledError | None:
    """Wait until ``work`` has ended, even if cancelled meanwhile; returns that cancellation.

    Raises the error of ``work``.
    """
    task = asyncio.get_running_loop().create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    return cancelled
