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
from typing import TYPE_CHECKING, Any

from hyper.components.rollback import FunctionWrapper, SavedState
from hyper.components.tasks import start_task
from hyper.errors import Invalid

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


class Callback(FunctionWrapper):
    """A parent's function as its nested component holds it: calling it renders the parent, too.

    If it raises, the parent's state is restored. A coroutine function runs whether or not its result is awaited.
    """

    __slots__ = ("owner",)

    def __init__(self, owner: MountedComponent, function: FunctionType) -> None:
        super().__init__(function)
        self.owner = owner

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        before = SavedState(self.function)
        try:
            result = self.function(*args, **named)
        except Invalid:
            raise
        except Exception:
            before.restore()
            raise
        finally:
            self.owner.invalidate()
        if inspect.iscoroutine(result):
            return PendingResult(self.owner, result, self.function.__name__)
        return result

    def __eq__(self, other: object) -> bool:
        return type(other) is Callback and other.owner is self.owner and other.function is self.function

    def __hash__(self) -> int:
        return hash(self.function)


class PendingResult:
    """The result of a parent's coroutine function, which runs as a task of the parent; may be awaited."""

    __slots__ = ("is_awaited", "result")

    def __init__(self, owner: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> None:
        self.is_awaited = False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        start_task(owner, self._run(work), name)

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
