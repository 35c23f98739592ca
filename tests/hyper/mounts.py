"""Mounted components with the transport's side in the test's hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

from hyper.components.component import LiveComponent
from hyper.components.page import PageMount
from hyper.diff import apply_patches
from hyper.vdom import Root, parse_html


class HeldExecutor(Executor):
    """In place of the database's threads: what is submitted waits until the test runs it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Future[Any], Callable[..., Any], tuple[Any, ...]]] = []

    def submit(self, function: Callable[..., Any], /, *args: Any, **named: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.waiting.append((future, function, args))
        return future


async def until(condition: Callable[[], bool]) -> None:
    """Let tasks run until that is true."""
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


class QuietHost:
    """The transport's side with what most tests do not ask for: no time limit, and no events that wait."""

    job_s: float | None = None

    def names_waiting(self) -> list[str]:
        return []


class RecordingHost(QuietHost):
    """The transport's side: counts what the mount asks for."""

    def __init__(self, mount: PageMount) -> None:
        self.mount = mount
        self.woken = 0
        self.flushed: list[Any] = []
        self.errors: list[tuple[str, str]] = []
        self.pushed: list[tuple[str, str, object]] = []

    def wake(self) -> None:
        self.woken += 1

    async def flush(self) -> None:
        self.flushed += await self.mount.changes()

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        self.pushed.append((component_id, event, json.loads(detail_json)))

    def report(self, error: Exception, what: str) -> None:
        self.errors.append((str(error), what))


async def mounted(component: LiveComponent, **properties: Any) -> tuple[PageMount, RecordingHost]:
    mount = await component.mount_for("m", properties)
    host = RecordingHost(mount)
    mount.attach(host)
    return mount, host


class Shown:
    """A mount whose patches are checked against the tree after every change."""

    def __init__(self, mount: PageMount) -> None:
        self.mount = mount
        self.trees: dict[str, Root] = {id: item.to_root() for id, item in mount.mounted.items()}

    async def changes(self) -> list[Any]:
        changes = await self.mount.changes()
        for id, patches in changes:
            assert apply_patches(self.trees[id], patches) == self.mount.mounted[id].to_root()
        self.trees = {id: item.to_root() for id, item in self.mount.mounted.items()}
        assert parse_html(self.mount.html()) == self.mount.root.to_root()
        return changes

    async def call(self, name: str, *args: object, id: str = "m") -> list[Any]:
        await self.mount.call(id, name, list(args), {})
        return await self.changes()
