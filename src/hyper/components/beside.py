"""Tasks that run beside the jobs of a page, started by ``spawn``.

A task is no unit of work: what it changes is there at once, and stays. But a job may be waiting meanwhile, and if that
fails, what the task changed is not to be undone with it. Other code runs only between two steps of the job, so what
differs after a step of the task is the task's:

    job     count = 1 ── waits ────────────────────────────────── raises: count is 5
    task                        count = 5 ── waits

Records that a task changes are its own as well: they are saved when it ends, and undone if it fails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any

from hyper.components.outcomes import is_kept
from hyper.components.rollback import Look, SavedState
from hyper.components.steps import stepped
from hyper.components.unit import Unit, settled
from hyper.context import Ledger

if TYPE_CHECKING:
    from hyper.components.page import PageMount


class Beside:
    """A piece of work beside the jobs of a page."""

    __slots__ = ("_before", "_ledger", "_other", "_page", "_saved")

    def __init__(self, page: PageMount) -> None:
        self._page = page
        self._ledger: Ledger | None = None
        """The records that it has changed; ``None`` while the page has none."""
        self._other: Ledger | None = None
        """The ledger of the work that goes on after this step."""
        self._saved: SavedState | None = None
        """The state to restore of the job that waits during this step, and what it held before the step."""
        self._before: Look | None = None

    async def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Await ``work``, and commit its records. Raises what it raises, and undoes them, if it is no redirect."""
        try:
            await stepped(work, self._enter, self._leave)
        except BaseException as error:
            await self._end_with(error)
            raise
        await self._end_with(None)

    async def _end_with(self, error: BaseException | None) -> None:
        """Commit its records, or undo them. Raises what the commit raises."""
        if self._ledger is None:
            return
        try:
            if error is None or is_kept(error):
                if (cancelled := await settled(self._ledger.commit())) is not None:
                    raise cancelled
                return
        except BaseException:
            self._ledger.revert()
            raise
        self._ledger.revert()

    def _enter(self) -> None:
        """Look at the job that waits, if there is one, before a step."""
        unit, own, records = self._page.mailbox.unit, self._own_unit(), self._page.records
        if unit is not None and records is not None:
            unit.ledger()  # a new one if the job itself has opened the first records of the page
        if unit is not None and unit.saved is not None and own is None:
            self._saved, self._before = unit.saved, unit.saved.look()
        if records is not None and own is not None:
            self._other = records.switch(own.ledger())
        elif records is not None:
            self._ledger = self._ledger or records.open()
            self._other = records.switch(self._ledger)

    def _leave(self) -> None:
        """Note what the step has changed."""
        if self._saved is not None and self._before is not None:
            self._saved.accept(self._before)
            self._saved = self._before = None
        if self._page.records is not None:
            if self._ledger is None and self._own_unit() is None:
                self._ledger = self._page.records.adopt()
            self._page.records.switch(self._other)

    def _own_unit(self) -> Unit | None:
        """The unit of the turn that this task has; ``None`` if it has none."""
        unit = self._page.mailbox.unit
        return unit if unit is not None and unit.task is asyncio.current_task() else None
