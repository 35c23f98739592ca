"""Functions of one component that others call: they belong to the component that defined them.

@live
def page():
    def remove(id: int): ...
    t"<{row} on_remove={remove} />"      # remove is a Callback: whoever calls it, its code is the page's

Functions are wrapped where a component makes them (``compiling/ownership.py``), so it does not matter how they travel.
Functions of a module that a component gives to a nested one are wrapped when they are given.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, cast

from hyper.components.alone import Alone
from hyper.components.handed import handed
from hyper.components.rollback import FunctionWrapper
from hyper.components.running import running_component, viewed_component
from hyper.components.steps import stepped
from hyper.components.tasks import Begun, run_task, start, start_task
from hyper.context import current, open_work, shared_work

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.components.unit import Unit


class Callback(FunctionWrapper):
    """A component's function, as everybody holds it: its code is the owner's, and a call by others renders the owner.

    It is part of the job that calls it: if the job fails, what the function did is undone, too. If the function
    raises and the caller goes on, the function alone is undone. A coroutine function runs whether or not its result is
    awaited; the job ends after it.

    Called by a view, it does not change anything, and what it returns is shown there: events in it are the owner's,
    components in it are nested in the one whose view it is.
    """

    __slots__ = ("__dict__", "__weakref__", "owner")

    def __init__(self, owner: MountedComponent, function: Callable[..., Any]) -> None:
        super().__init__(function)
        self.owner = owner

    def __call__(self, /, *args: Any, **named: Any) -> Any:
        caller, owner = running_component(), self.owner
        if caller is owner:
            return self.function(*args, **named)
        if caller is None or caller.page is not owner.page:
            return owner.page.context.copy().run(self._call, None, args, named)
        viewed = viewed_component()
        if viewed is None:
            return self._call(caller, args, named)
        owner.follow(viewed)
        return self._show(caller, args, named)

    def _call(self, caller: MountedComponent | None, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call it as a part of the running job."""
        owner, unit = self.owner, cast("Unit | None", open_work())
        if unit is not None and unit.saved is not None:
            unit.saved.include(self.function)
        alone = Alone(self.function, unit)
        token = current.set(owner)
        try:
            result = self.function(*args, **named)
            if inspect.iscoroutine(result):
                return PendingResult(self, result, caller, unit)
            if inspect.isgenerator(result):
                work = cast("Coroutine[Any, Any, Any]", result)  # driven alike
                return stepped(work, self._enter, lambda: self._leave(caller))
            if inspect.isasyncgen(result):
                return self._streamed(caller, result)
            return handed_to(caller, owner, result)
        except Exception as error:
            alone.end_with(error)
            raise
        finally:
            current.reset(token)
            owner.invalidate()

    def _show(self, caller: MountedComponent, args: tuple[Any, ...], named: dict[str, Any]) -> Any:
        """Call it for a view."""
        owner = self.owner
        token = current.set(owner)
        try:
            result = self.function(*args, **named)
            if inspect.isgenerator(result):
                result = list(result)
            return (
                self._show_later(caller, result)
                if inspect.iscoroutine(result)
                else handed_to(caller, owner, result)
            )
        finally:
            current.reset(token)

    async def _show_later(self, caller: MountedComponent, work: Coroutine[Any, Any, Any]) -> Any:
        """What a coroutine function returns, for a view that awaits it."""

        async def run() -> Any:
            return handed_to(caller, self.owner, await work)

        return await stepped(run(), self._enter, lambda: current.set(caller))

    async def _streamed(
        self, caller: MountedComponent | None, items: AsyncGenerator[Any, Any]
    ) -> AsyncIterator[Any]:
        """The items of an asynchronous generator function."""

        def step(work: Any) -> Awaitable[Any]:
            return stepped(work, self._enter, lambda: self._leave(caller))

        try:
            while True:
                try:
                    item = await step(items.__anext__())
                except StopAsyncIteration:
                    return
                yield item
        finally:
            await step(items.aclose())

    def _enter(self) -> None:
        current.set(self.owner)

    def _leave(self, caller: MountedComponent | None) -> None:
        current.set(caller)
        self.owner.invalidate()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.function, name)

    @property
    def __wrapped__(self) -> Callable[..., Any]:
        return self.function

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.function.__doc__

    def __repr__(self) -> str:
        return repr(self.function)

    def __copy__(self) -> Callback:
        return self

    def __deepcopy__(self, memo: object) -> Callback:
        return self

    def __reduce__(self) -> Any:
        """Raises ``TypeError``: like the function, it cannot be pickled."""
        raise TypeError(f"cannot pickle {self!r}: it is a function of a live component")

    def __eq__(self, other: object) -> bool:
        return type(other) is Callback and other.owner is self.owner and other.function is self.function

    def __hash__(self) -> int:
        return hash(self.function)


def own(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` as one of the component that is running and makes it."""
    owner = running_component()
    return function if owner is None else Callback(owner, function)


def own_decorated(function: Callable[..., Any]) -> Callable[..., Any]:
    """The same as a plain function, for decorators that look closely at what they are given."""
    callback = own(function)

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        return callback(*args, **named)

    return call


def bare(function: Any) -> Any:
    """The function in a ``Callback``; anything else as it is."""
    return function.function if type(function) is Callback else function


def handed_to(caller: MountedComponent | None, owner: MountedComponent, result: Any) -> Any:
    """What a function of ``owner`` returned, as ``caller`` may show it."""
    return result if caller is None else handed(result, caller.levels_to(owner), owner)


class PendingResult(Begun):
    """The result of an owner's coroutine function, which runs as a task of the owner; may be awaited."""

    __slots__ = (
        "_alone",
        "_caller",
        "_has_begun",
        "_is_beside",
        "_unit",
        "is_awaited",
        "name",
        "result",
        "task",
    )

    def __init__(
        self,
        callback: Callback,
        work: Coroutine[Any, Any, Any],
        caller: MountedComponent | None,
        unit: Unit | None,
    ) -> None:
        super().__init__(callback.owner)
        self.is_awaited = self._has_begun = self._is_beside = False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.name = callback.function.__name__
        self._alone = Alone(callback.function, unit).postpone()
        self._caller = caller
        self._unit = unit
        if unit is None:
            self.task = start_task(self.owner, self._run(work), self.name)
            return
        self.task = start(self.owner, self._run_in_job(work), work, unit)
        unit.owe(self)

    def beside(self) -> asyncio.Task[None]:
        """Its task, no longer a part of the job that called it, if it has not begun yet."""
        if self._unit is not None and not self._has_begun:
            self._is_beside = True
            self._unit.owed = tuple([other for other in self._unit.owed if other is not self])
        return self.task

    async def heard(self) -> None:
        """Wait until it has ended. Raises its error if nobody has awaited it."""
        await asyncio.wait([self.task])
        if not self.is_awaited:
            self.is_awaited = (
                True  # it is raised once: a redirect is raised to end the job, which is then kept
            )
            self.task.result()

    async def _run_in_job(self, work: Coroutine[Any, Any, Any]) -> None:
        self._has_begun = True
        if self._is_beside:
            shared_work.set(None)
            self._alone = Alone(self._alone.function, None)
            await run_task(self.owner, self._run(work), self.name)
            return
        try:
            await self._run(work)
        finally:
            self.owner.invalidate()

    async def _run(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            result = await stepped(work, self._alone.enter, self._alone.leave)
            self.result.set_result(handed_to(self._caller, self.owner, result))
        except Exception as error:
            self._alone.end_with(error)
            self.result.set_exception(error)
            if not self.is_awaited:
                self.result.exception()  # marks it as seen: the task reports it
                raise
        finally:
            self.result.cancel()

    def __await__(self) -> Generator[Any, None, Any]:
        self.is_awaited = True
        return self.result.__await__()
