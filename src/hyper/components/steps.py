"""Coroutines driven step by step, inside the task that awaits them.

A coroutine runs from one ``await`` that has to wait to the next; in between, no other code runs. So whoever drives it
can choose the context variables of each step, and look at what a step has done.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from pathlib import Path
from types import coroutine
from typing import Any, Final, TypeAlias, TypeVar, cast

_PATHS: Final = sysconfig.get_paths()
_LIBRARIES: Final = (
    _PATHS["stdlib"],
    _PATHS["purelib"],
    _PATHS["platlib"],
    str(Path(__file__).parent.parent),
)
"""Folders whose code is not the application's."""

Result = TypeVar("Result")
Watch: TypeAlias = Callable[[Coroutine[Any, Any, Any], object], None]


async def driven(context: Context, work: Coroutine[Any, Any, Result], watch: Watch | None = None) -> Result:
    """The result of ``work``, each step of which runs in ``context``.

    ``watch(work, future)`` is called whenever it has to wait; what that raises is raised in ``work`` there. To ``work``
    it looks as if it was awaited directly: the current task is the same, so that time-outs and cancellation work.
    """
    try:
        waits_for = context.run(work.send, None)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]
    return await resumed(context, work, waits_for, watch)


@coroutine
def resumed(
    context: Context, work: Coroutine[Any, Any, Result], waits_for: object, watch: Watch | None = None
) -> Generator[Any, Any, Result]:
    """The same for ``work`` that has made its first step, and waits for ``waits_for`` now."""
    run = context.run
    try:
        while True:
            try:
                if watch is not None:
                    watch(work, waits_for)
                value = yield waits_for
            except BaseException as error:
                waits_for = run(work.throw, error)
            else:
                waits_for = run(work.send, value)
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


@coroutine
def stepped(
    work: Coroutine[Any, Any, Result], enter: Callable[[], object], leave: Callable[[], object]
) -> Generator[Any, Any, Result]:
    """The result of ``work``; ``enter()`` is called before each of its steps, and ``leave()`` after it."""
    step: Callable[[Any], Any] = work.send
    value: Any = None
    try:
        while True:
            enter()
            try:
                waiting_for = step(value)
            finally:
                leave()
            try:
                step, value = work.send, (yield waiting_for)
            except BaseException as error:
                step, value = work.throw, error
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def waiting_place(work: Coroutine[Any, Any, Any]) -> str:
    """The file and line where ``work`` waits, ``shop.py:31``: the innermost in the code of an application, if any is."""
    place, inner = "?", cast(Any, work)
    while inner is not None:
        frame = getattr(inner, "cr_frame", None)
        if frame is None:  # what a function above drives, or not a coroutine
            driver = getattr(inner, "gi_frame", None)
            inner = driver.f_locals.get("work") if driver is not None else None
            continue
        if not frame.f_code.co_filename.startswith(_LIBRARIES):
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}"
        inner = inner.cr_await
    return place
