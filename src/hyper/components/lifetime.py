"""The lifetime of a mounted component: connected when a browser shows it, closed when it is unmounted.

mounted  →  connected: timers start, on_mount  →  closed: tasks are cancelled, on_unmount, cleanups
                 on_disconnect ↓ ↑ on_reconnect
                the connection is lost

Hooks are jobs of the page: each runs in its turn and is one unit of work. Hooks that a render meets, as it shows a
new component or one no longer, run after it.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hyper.components.jobs import run_function
from hyper.components.tasks import start_timer
from hyper.components.unit import PageClosedError, Unit

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


async def connect(root: MountedComponent) -> None:
    """Start the timers and run ``on_mount``, of a page-level component and of all nested ones, outer ones first.

    Raises what the hook of the page-level one raised; failures of the others are reported.
    """
    failed: Exception | None = None
    for mounted in list(_begin(root)):
        try:
            await mounted.page.run("on_mount", lambda unit, owner=mounted: _run_hook(unit, owner, "on_mount"))  # type: ignore[misc]
        except PageClosedError:
            return
        except Exception as error:
            if mounted is root:
                failed = error
            else:
                _report(mounted, "on_mount", error)
    if failed is not None:
        raise failed


def connect_later(mounted: MountedComponent) -> None:
    """Start the timers of a component that a render has just made, and of those in it; post their hooks."""
    for new in list(_begin(mounted)):
        new.page.post(new, "on_mount")


def _begin(mounted: MountedComponent) -> Iterator[MountedComponent]:
    """Start the timers of all that are not connected yet. Yields those that have an ``on_mount``."""
    if not mounted.is_connected and not mounted.is_closed:
        mounted.is_connected = True
        for seconds, function in mounted.timers:
            start_timer(mounted, seconds, function)
        if "on_mount" in mounted.handlers:
            yield mounted
    for child in mounted.children.values():
        yield from _begin(child)


async def _run_hook(unit: Unit, mounted: MountedComponent, name: str) -> None:
    hook = mounted.handlers.get(name)
    if hook is not None and not mounted.is_closed:
        await run_function(unit, mounted, hook)


def tell_line(mounted: MountedComponent, *, is_open: bool) -> None:
    """Post the hook that tells whether a browser is connected, of a component that has been connected before."""
    hook = "on_reconnect" if is_open else "on_disconnect"
    if mounted.is_connected and hook in mounted.handlers:
        mounted.page.post(mounted, hook)


async def run_posted(mounted: MountedComponent, hook: str) -> None:
    """Run a hook whose turn it is; a failure is reported."""
    if hook == "on_unmount":
        await leave(mounted)
        return
    try:
        await mounted.page.run_now(hook, lambda unit: _run_hook(unit, mounted, hook))
    except PageClosedError:
        raise
    except Exception as error:
        _report(mounted, hook, error)


def close_later(mounted: MountedComponent) -> None:
    """Unmount a component that a render no longer shows: at once, except for its hooks, which are posted."""
    for gone in _end(mounted):
        if "on_unmount" in gone.handlers or gone.cleanups:
            gone.page.post(gone, "on_unmount")


async def close(root: MountedComponent) -> None:
    """Unmount a page-level component and all nested ones, inner ones first. The page does nothing else any more.

    Raises what its own hook raised; failures of the others are reported.
    """
    for mounted in _end(root):
        await leave(mounted)


def _end(mounted: MountedComponent) -> list[MountedComponent]:
    """Mark a component and those in it as closed, and cancel their tasks. Returns them, inner ones first."""
    if mounted.is_closed:
        return []
    mounted.is_closed = True
    gone = [inner for child in mounted.children.values() for inner in _end(child)]
    for task in mounted.tasks:
        if task is not asyncio.current_task():  # a job that takes its own component away may end
            task.cancel()
    mounted.page.forget(mounted)
    return [*gone, mounted]


async def leave(mounted: MountedComponent) -> None:
    """Run ``on_unmount`` and the cleanups of a component that is closed, in its turn or at the end of its page.

    Raises what they raise if it is the page-level one; else that is reported.
    """
    try:
        await mounted.page.run_now("on_unmount", lambda unit: _on_unmount(unit, mounted))
    except PageClosedError:
        raise
    except Exception as error:
        if mounted.parent is None:
            raise
        _report(mounted, "on_unmount", error)


async def _on_unmount(unit: Unit, mounted: MountedComponent) -> None:
    try:
        hook = mounted.handlers.get("on_unmount")
        if hook is not None:
            await run_function(unit, mounted, hook)
    finally:
        await _clean_up(mounted)


async def _clean_up(mounted: MountedComponent) -> None:
    for clean_up in reversed(mounted.cleanups):
        result = clean_up()
        if inspect.isawaitable(result):
            await result


async def abandon(root: MountedComponent) -> None:
    """Close a page-level component whose start failed, and those in it, without their hooks."""
    for gone in _end(root):
        await give_back(gone)


async def give_back(mounted: MountedComponent) -> None:
    """End the tasks and run the cleanups of a component whose start failed. It may be shown as a card."""
    for task in mounted.tasks:
        task.cancel()
    try:
        await _clean_up(mounted)
    except Exception as error:
        _report(mounted, "on_unmount", error)
    mounted.cleanups = ()


def _report(mounted: MountedComponent, hook: str, error: Exception) -> None:
    what = "unmounting" if hook == "on_unmount" else f"{hook} of"
    mounted.page.report(error, f"{what} {mounted.component.name}")
