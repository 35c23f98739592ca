"""Functions that a parent gives to its nested components: events from child to parent.

@live
def page():
    def remove(id: int): ...
    t"<{row} on_remove={remove} />"      # the row is given a Callback, which calls remove
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine, Generator
from types import FunctionType
from typing import TYPE_CHECKING, Any, cast

from hyper.components.rollback import FunctionWrapper, SavedState
from hyper.components.tasks import start, start_task
from hyper.context import current, open_work, rendering

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.components.unit import Unit


class Callback(FunctionWrapper):
    """A component's function as the nested one holds it: its code is the owner's, and calling it renders the owner.

    It is part of the job that calls it: if the job fails, what the function did is undone, too. If the function
    raises and the caller goes on, the function alone is undone. A coroutine function runs whether or not its result is
    awaited; the job ends after it.
    """

    __slots__ = ("owner",)

    def __init__(self, owner: MountedComponent, function: FunctionType) -> None:
        super().__init__(function)
        self.owner = owner

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        unit = cast("Unit | None", open_work())
        if unit is not None and unit.saved is not None:
            unit.saved.add(self.function)
        before = SavedState(self.function)
        token = current.set(self.owner)
        try:
            result = self.function(*args, **named)
        except Exception:
            before.restore()
            raise
        finally:
            current.reset(token)
            if rendering.get() is None:
                self.owner.invalidate()
        if inspect.iscoroutine(result):
            return PendingResult(self.owner, result, self.function.__name__, unit)
        return result

    def __eq__(self, other: object) -> bool:
        return type(other) is Callback and other.owner is self.owner and other.function is self.function

    def __hash__(self) -> int:
        return hash(self.function)


class PendingResult:
    """The result of an owner's coroutine function, which runs as a task of the owner; may be awaited."""

    __slots__ = ("is_awaited", "result", "task")

    def __init__(
        self, owner: MountedComponent, work: Coroutine[Any, Any, Any], name: str, unit: Unit | None
    ) -> None:
        self.is_awaited = False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if unit is None:
            self.task = start_task(owner, self._run(work), name)
            return
        self.task = start(owner, self._run_in_job(work, owner), work, unit)
        unit.owe(self)

    async def heard(self) -> None:
        """Wait until it has ended. Raises its error if nobody has awaited it."""
        await asyncio.wait([self.task])
        if not self.is_awaited:
            self.task.result()

    async def _run_in_job(self, work: Coroutine[Any, Any, Any], owner: MountedComponent) -> None:
        try:
            await self._run(work)
        finally:
            owner.invalidate()

    async def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            self.result.set_result(await work)
        except Exception as error:
            self.result.set_exception(error)
            if not self.is_awaited:
                self.result.exception()  # marks it as seen: the task reports it
                raise
        finally:
            self.result.cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        self.is_awaited = True
        return self.result.__await__()
