"""Timers and background tasks of a component, which end when it is unmounted.

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
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from hyper.components.beside import Beside
from hyper.components.jobs import run_function
from hyper.components.running import running_component_for
from hyper.components.unit import PageClosedError
from hyper.context import current, rendering, shared_work
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent
    from hyper.components.unit import Unit

_Function = TypeVar("_Function", bound=Callable[[], Any])
Sleep: TypeAlias = Callable[[float], Awaitable[Any]]
"""Waits for a number of seconds."""


def every(seconds: float) -> Callable[[_Function], _Function]:
    """Decorator for a function in a component's setup: calls it repeatedly, ``seconds`` apart.

    The timer starts when a browser is connected and ends when the component is unmounted. Each call is a job of the
    page: it waits while an event runs, is one unit of work, and the page is updated after it. One that comes late is
    made once. If a call raises, it is undone, the error is reported and the timer continues.

    Raises ``ComponentError`` if ``seconds`` is not positive, or if it is used outside the setup, the handlers and the
    hooks of a component.
    """
    if callable(seconds):
        raise ComponentError(
            f"every() takes the seconds between two calls: write @every(1) above {_name(seconds)}"
        )
    if not seconds > 0:
        raise ComponentError(f"every({seconds!r}): give the seconds between two calls, more than 0")

    def register(function: _Function) -> _Function:
        mounted = _running_outside_view("every")
        mounted.timers += ((seconds, function),)
        if mounted.is_connected:
            start_timer(mounted, seconds, function)
        return function

    return register


def spawn(work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
    """A task that runs ``work`` beside the jobs of the page, and is cancelled when the component is unmounted.

    The page is updated when the task ends, and whenever it awaits ``render()``. Where it changes what handlers change,
    it takes a turn: ``async with turn():``. An error in it is reported. Records that it has changed are saved when it
    ends, or undone if it fails. Raises
    ``ComponentError`` if ``work`` is not a coroutine, or if it is called outside a component's setup, handlers and
    hooks.
    """
    if not inspect.iscoroutine(work):
        raise ComponentError(f"spawn({_name(work)}): call the async function: spawn({_name(work)}(…))")
    try:
        mounted = _running_outside_view("spawn")
    except ComponentError:
        work.close()
        raise
    return start_task(mounted, work, getattr(work, "__name__", "task"))


def start_task(mounted: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[None]:
    """A new task of ``mounted`` that runs ``work`` beside the jobs of its page, until ``mounted`` is unmounted."""
    return start(mounted, _run_task(mounted, work, name), work)


def start(
    mounted: MountedComponent,
    job: Coroutine[Any, Any, None],
    work: Coroutine[Any, Any, Any] | None = None,
    unit: Unit | None = None,
) -> asyncio.Task[None]:
    """A new task that runs ``job`` as code of ``mounted``, and as part of ``unit`` if one is given.

    ``work`` is closed at the end, in case it was never awaited.
    """
    context = contextvars.copy_context()
    context.run(_belong_to, mounted, unit)
    task = asyncio.get_running_loop().create_task(job, context=context)
    mounted.hold(task)
    if work is not None:
        task.add_done_callback(lambda _: work.close())  # the task may be cancelled before it begins
    return task


def _belong_to(mounted: MountedComponent, unit: Unit | None) -> None:
    current.set(mounted)
    rendering.set(None)
    shared_work.set(unit)


def start_timer(mounted: MountedComponent, seconds: float, function: Callable[[], Any]) -> None:
    """Call ``function`` every ``seconds`` from now on, in a task."""
    mounted.page.context.copy().run(
        start, mounted, _run_timer(mounted, seconds, function, mounted.page.sleep)
    )


async def _run_timer(
    mounted: MountedComponent, seconds: float, function: Callable[[], Any], sleep: Sleep
) -> None:
    """Call ``function`` every ``seconds``, each time as a job, until the task is cancelled."""
    name = getattr(function, "__name__", "timer")
    while not mounted.is_closed:
        await sleep(seconds)
        try:
            await mounted.page.run(name, lambda unit: run_function(unit, mounted, function))
        except PageClosedError:
            return
        except Exception as error:
            mounted.page.report(error, name)


def _name(function: object) -> str:
    return getattr(function, "__name__", repr(function))


async def _run_task(mounted: MountedComponent, work: Coroutine[Any, Any, Any], name: str) -> None:
    """Await ``work``, commit its records, and update the page; report its error if it fails."""
    try:
        await Beside(mounted.page).run(work)
    except PageClosedError:
        return
    except Exception as error:
        mounted.page.report(error, name)
    finally:
        mounted.invalidate()


def _running_outside_view(what: str) -> MountedComponent:
    """The running component. Raises ``ComponentError`` if none is running, or if its view is running."""
    mounted = running_component_for(what)
    if rendering.get() is mounted and mounted.view is not None:
        raise ComponentError(
            f"{what}() is in the view of {mounted.component.name}, where every render would start another: "
            "move it above the last handler"
        )
    return mounted
