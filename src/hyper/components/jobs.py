"""Jobs of a page other than events: ticks of ``every``, hooks, and turns that tasks take."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, cast

from hyper.components.rollback import SavedState
from hyper.components.running import running_component_for
from hyper.components.unit import Unit
from hyper.context import current, shared_work
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


async def run_function(unit: Unit, owner: MountedComponent, function: Callable[[], Any]) -> None:
    """Run a function of ``owner`` as one unit. Raises what it raises, after it was undone, or kept for a redirect."""
    shared_work.set(unit)
    current.set(owner)
    unit.saved = SavedState(function)
    try:
        result = function()
        if inspect.isawaitable(result):
            await result
        await unit.keep()
    except BaseException as error:
        if (told := await unit.end_with(error)) is error:
            raise
        raise told from told.__cause__
    finally:
        owner.invalidate()


class Turn:
    """One turn of a task in the mailbox of its page: an async context manager; see ``turn``."""

    def __init__(self, owner: MountedComponent) -> None:
        self._owner = owner
        self._unit: Unit | None = None

    async def __aenter__(self) -> Self:
        page, name = self._owner.page, f"turn() in {self._owner.component.name}"
        await page.mailbox.turn(name)
        unit = self._unit = Unit(page, name)
        page.mailbox.take(unit)
        self._token = shared_work.set(unit)
        unit.saved = SavedState(*self._owner.functions())
        task = asyncio.current_task()
        unit.begin_waiting(cast("Coroutine[Any, Any, Any]", task.get_coro()) if task is not None else None)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unit = self._unit
        assert unit is not None
        cancelled: BaseException | None = None
        try:
            if error is not None:
                raise error
            cancelled = await unit.keep()
        except BaseException as failure:
            told = await unit.end_with(failure)
            if told is not error:
                raise told from told.__cause__
        finally:
            shared_work.reset(self._token)
            self._owner.invalidate()
            self._owner.page.end(unit)
            self._owner.page.wake()
        if cancelled is not None:  # too late for the turn, which was kept; in time for the task
            raise cancelled


def turn() -> Turn:
    """``async with turn():``, in a task: what stands in it is one job of the page, and runs when no other does.

        async def load():
            rows = await fetch()          # beside everything else
            async with turn():
                items.extend(rows)        # whole, or undone if it raises

    For tasks that ``spawn`` has started. When the block is left, its records are committed; what it raises is raised
    there, after it was undone: the variables of the component, records, shared values, but no local variables of the
    task. ``Limits.handler_s`` counts from when it begins: ``HandlerTimeoutError``.

    Raises ``ComponentError`` outside of components, and in handlers, hooks and timers: they have a turn already, so the
    page would wait for itself.
    """
    owner = running_component_for("turn")
    if owner.page.mailbox.own_unit() is not None:
        raise ComponentError(
            f"turn() in {owner.component.name}: a job of this page is running here already, so it has the turn;"
            " leave out async with turn()"
        )
    return Turn(owner)
