"""Time and work: what a component does between events, and no longer than it lives.

@live
def clock():
    now = datetime.now()

    @every(1)
    def tick():
        nonlocal now
        now = datetime.now()

    t"<time>{now:%H:%M:%S}</time>"
"""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from hyper.components.running import running_component_for
from hyper.context import current, rendering
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

F = TypeVar("F", bound=Callable[[], Any])
Sleep = Callable[[float], Awaitable[Any]]


def every(seconds: float) -> Callable[[F], F]:
    """Decorator for a function in a component's setup: call it again and again, ``seconds`` apart.

    It starts when the browser is connected and ends when the component is unmounted. The page is updated after
    each call. A call that raises is reported, and the next one comes all the same.
    """
    if callable(seconds):
        raise ComponentError(
            f"every() takes the seconds between two calls: write @every(1) above {_name(seconds)}"
        )
    if not seconds > 0:
        raise ComponentError(f"every({seconds!r}): give the seconds between two calls, more than 0")

    def register(function: F) -> F:
        mounted = _running("every")
        _add_timer(mounted, seconds, function)
        return function

    return register


def spawn(work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
    """A task that runs ``work`` beside the component and is cancelled when it is unmounted.

    The page is updated when it ends, and in between wherever it awaits ``render()``. What it raises is reported.
    """
    if not inspect.iscoroutine(work):
        raise ComponentError(
            f"spawn({_name(work)}): give what an async function gives when it is called: spawn({_name(work)}(…))"
        )
    try:
        mounted = _running("spawn")
    except ComponentError:
        work.close()
        raise
    return start_task(mounted, work, getattr(work, "__name__", "task"))


def start_task(mounted: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
    """Run ``work`` as ``mounted``'s own, cancelled with it."""
    context = contextvars.copy_context()
    context.run(current.set, mounted)
    task = asyncio.get_running_loop().create_task(_run(mounted, work, name), context=context)
    mounted.hold(task)
    task.add_done_callback(lambda _: work.close())  # cancelled before its first step, it was never awaited
    return task


def _add_timer(mounted: MountedComponent, seconds: float, function: Callable[[], Any]) -> None:
    mounted.timers += ((seconds, function),)
    if mounted.is_connected:
        start_timer(mounted, seconds, function)


def start_timer(mounted: MountedComponent, seconds: float, function: Callable[[], Any]) -> None:
    """Have ``function`` called every ``seconds``, from now on."""
    work = _run_timer(mounted, seconds, function, mounted.page.sleep)
    start_task(mounted, work, function.__name__)


async def _run_timer(
    mounted: MountedComponent, seconds: float, function: Callable[[], Any], sleep: Sleep
) -> None:
    """Call ``function`` every ``seconds``, for as long as the task lives."""
    while True:
        await sleep(seconds)
        try:
            result = function()
            if inspect.isawaitable(result):
                await result
            if mounted.page.unit is not None:
                await mounted.page.unit.commit()
        except Exception as error:
            mounted.page.report(error, getattr(function, "__name__", "timer"))
        mounted.invalidate()


def _name(function: object) -> str:
    return getattr(function, "__name__", repr(function))


async def _run(mounted: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> None:
    try:
        await work
        if mounted.page.unit is not None:
            await mounted.page.unit.commit()
    except Exception as error:
        mounted.page.report(error, name)
    mounted.invalidate()


def _running(what: str) -> MountedComponent:
    mounted = running_component_for(what)
    if rendering.get() is mounted and mounted.view is not None:
        raise ComponentError(
            f"{what}() stands in the view of {mounted.component.name}, and would start anew at every render: "
            "move it above the last handler"
        )
    return mounted
