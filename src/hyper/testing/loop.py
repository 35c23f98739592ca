"""The event loop on which synchronous tests run components: made with the first page, closed after the test."""

from __future__ import annotations

import asyncio
import atexit
import functools
from collections.abc import Callable, Coroutine
from typing import Any, Concatenate, ParamSpec, TypeVar

from hyper.simulated.query import QueryError
from hyper.testing.clock import ClockedLoop

P = ParamSpec("P")
T = TypeVar("T")

_runner: asyncio.Runner | None = None


def run(job: Coroutine[Any, Any, T]) -> T:
    """The result of ``job``. Tasks that components have started continue while it runs."""
    global _runner
    __tracebackhide__ = True
    if _is_running():
        job.close()
        raise RuntimeError(
            "mount() is for plain tests, and an event loop is running here: in an async test write"
            " page = await mount_async(component), and await page.click(…)"
        )
    if _runner is None:
        _runner = asyncio.Runner(loop_factory=ClockedLoop)
        atexit.register(close)
    try:
        return _runner.run(job)
    except QueryError as error:
        # the message says everything: a traceback through this package would not help
        raise error.with_traceback(None) from None


def _is_running() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def is_own(loop: asyncio.AbstractEventLoop) -> bool:
    """Is it the loop of the synchronous pages?"""
    return _runner is not None and _runner.get_loop() is loop


def close() -> None:
    """Cancel all tasks on the loop, and close it."""
    global _runner
    runner, _runner = _runner, None
    if runner is not None:
        atexit.unregister(close)
        runner.close()


def blocking(
    method: Callable[Concatenate[Any, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[Any, P], T]:
    """An async method as a blocking one."""

    def call(page: Any, /, *args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        return run(method(page, *args, **kwargs))

    functools.update_wrapper(call, method)
    return call
