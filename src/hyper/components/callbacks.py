"""A parent's functions in the hands of its nested components: events from child to parent."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Coroutine, Generator
from types import FunctionType
from typing import TYPE_CHECKING, Any

from hyper.components.rollback import WRAPPERS, Snapshot
from hyper.components.tasks import start_task
from hyper.errors import Invalid

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


class Callback:
    """A parent's function as its nested component holds it: calling it renders the parent, too.

    When it raises, the state of the parent is what it was before. One that is a coroutine function runs
    whether it is awaited or not.
    """

    __slots__ = ("function", "owner")

    def __init__(self, owner: MountedComponent, function: FunctionType) -> None:
        self.owner = owner
        self.function = function

    def __call__(self, *args: Any, **named: Any) -> Any:
        before = Snapshot(self.function)
        try:
            result = self.function(*args, **named)
        except Invalid:
            raise
        except Exception:
            before.restore()
            raise
        finally:
            self.owner.invalidate()
        return Owed(self.owner, result, self.function.__name__) if inspect.iscoroutine(result) else result

    def __eq__(self, other: object) -> bool:
        return type(other) is Callback and other.owner is self.owner and other.function is self.function

    def __hash__(self) -> int:
        return hash(self.function)


WRAPPERS.add(Callback)


class Owed:
    """What a parent's coroutine function brings: it is on its way, and may be awaited."""

    __slots__ = ("is_awaited", "result")

    def __init__(self, owner: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> None:
        self.is_awaited = False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        start_task(owner, self._bring(work), name)

    async def _bring(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            self.result.set_result(await work)
        except Exception as error:
            self.result.set_exception(error)
            if not self.is_awaited:
                self.result.exception()  # it is told where the task ends
                raise
        finally:
            self.result.cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        self.is_awaited = True
        return self.result.__await__()
