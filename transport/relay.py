"""A loop that runs each job at once and never waits for one.

Most event handlers end without waiting for anything, so a task for each would cost more than the handler.
``Relay`` runs a job inside the loop that received it; only when the job waits does *another* task take the
loop over, and this one stays with its job. Within the job everything is as in a task of its own: the
current task never changes, so timeouts and cancellation work, and context variables it sets are its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from types import coroutine
from typing import Any, TypeAlias

Job: TypeAlias = Coroutine[Any, Any, None]
Spawn: TypeAlias = Callable[[Job], "asyncio.Task[None]"]


class Relay:
    """Runs the jobs of one loop; ``loop`` returns as soon as ``run`` says that it is led elsewhere."""

    __slots__ = ("_leader", "_loop", "_spawn")

    def __init__(self, loop: Callable[[], Job], spawn: Spawn) -> None:
        self._loop = loop
        self._spawn = spawn
        self._leader: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Let a new task lead the loop."""
        self._leader = self._spawn(self._loop())

    @coroutine
    def run(self, job: Job) -> Generator[Any, Any, bool]:
        """Run ``job`` to its end, in a context of its own. Does the calling task still lead the loop?"""
        leader = self._leader
        run = copy_context().run
        try:
            waiting_for = run(job.send, None)
            self.start()  # it waits: another task leads from here on
            while True:
                try:
                    value = yield waiting_for
                except BaseException as error:
                    waiting_for = run(job.throw, error)
                else:
                    waiting_for = run(job.send, value)
        except StopIteration:
            return self._leader is leader
