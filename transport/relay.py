"""Runs jobs out of a loop, without a task for each and without the loop waiting for one.

Most event handlers end without waiting for anything, so a task for each would cost more than the handler.
``Relay`` runs a job inside the task of the loop. Only if the job waits does *another* task continue the loop, and
this one stays with its job. To the job it looks like a task of its own: the current task never changes, so that
timeouts and cancellation work, and the context variables that it sets are its own.
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
    """Runs the jobs of one loop; ``loop`` has to return when ``run`` says that another task has continued it."""

    __slots__ = ("_leader", "_loop", "_spawn")

    def __init__(self, loop: Callable[[], Job], spawn: Spawn) -> None:
        self._loop = loop
        self._spawn = spawn
        self._leader: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Run the loop in a new task."""
        self._leader = self._spawn(self._loop())

    @coroutine
    def run(self, job: Job) -> Generator[Any, Any, bool]:
        """Run ``job`` to its end, in a context of its own. Returns ``False`` if another task has continued the loop."""
        leader = self._leader
        run = copy_context().run
        try:
            waiting_for = run(job.send, None)
            self.start()  # it waits: another task continues the loop
            while True:
                try:
                    value = yield waiting_for
                except BaseException as error:
                    waiting_for = run(job.throw, error)
                else:
                    waiting_for = run(job.send, value)
        except StopIteration:
            return self._leader is leader
