"""The lifetime of a mounted component: connected when a browser shows it, closed when it is unmounted.

mounted  →  connect(): on_mount, timers  →  close(): on_unmount, cleanups; tasks are cancelled
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from hyper.components.tasks import start_task, start_timer
from hyper.context import current

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


async def connect(mounted: MountedComponent) -> None:
    """Run ``on_mount`` and start the timers, of this component and of all nested ones.

    An async ``on_mount`` may run for as long as the page is open, and is awaited last.
    """
    if mounted.is_connected or mounted.is_closed:
        return
    mounted.is_connected = True
    for seconds, function in mounted.timers:
        start_timer(mounted, seconds, function)
    has_async_hook = _has_async_hook(mounted)
    if not has_async_hook:
        await _run_on_mount(mounted)
    for child in list(mounted.children.values()):
        await connect_guarded(child)
    if has_async_hook:
        await _run_on_mount(mounted)


async def connect_guarded(mounted: MountedComponent) -> None:
    """Connect a nested component: if that fails, the error is reported and the page continues."""
    if _has_async_hook(mounted):
        start_task(mounted, connect(mounted), "on_mount")
        return
    try:
        await connect(mounted)
    except Exception as error:
        mounted.page.report(error, f"on_mount of {mounted.component.name}")


def _has_async_hook(mounted: MountedComponent) -> bool:
    """Does it have an async ``on_mount``?"""
    return inspect.iscoroutinefunction(mounted.handlers.get("on_mount"))


async def _run_on_mount(mounted: MountedComponent) -> None:
    if "on_mount" in mounted.handlers:
        await _run_hook(mounted, "on_mount")
        mounted.invalidate()


async def _run_hook(mounted: MountedComponent, name: str) -> None:
    """Run ``on_mount`` or ``on_unmount`` if the component has it."""
    hook = mounted.handlers.get(name)
    if hook is None:
        return
    token = current.set(mounted)
    try:
        result = hook()
        if inspect.isawaitable(result):
            await result
        if mounted.page.unit is not None:
            await mounted.page.unit.commit()
    finally:
        current.reset(token)


async def close(mounted: MountedComponent) -> None:
    """Unmount a component: the nested ones first, then ``on_unmount``, then its cleanups."""
    if mounted.is_closed:
        return
    mounted.is_closed = True
    for task in mounted.tasks:
        task.cancel()
    for child in mounted.children.values():
        await close_guarded(child)
    mounted.page.forget(mounted)
    try:
        await _run_hook(mounted, "on_unmount")
    finally:
        for clean_up in reversed(mounted.cleanups):
            result = clean_up()
            if inspect.isawaitable(result):
                await result


async def close_guarded(mounted: MountedComponent) -> None:
    """Unmount a nested component: if that fails, the error is reported and the page continues."""
    try:
        await close(mounted)
    except Exception as error:
        mounted.page.report(error, f"unmounting {mounted.component.name}")
