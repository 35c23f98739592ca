"""What all runners and connections of a process use: its limits, clock, gate, tasks, error reports and counts.

``Process`` adds everything live to these services. They are a class of their own so that runners and connections need
not import the process, which imports them.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, Final, TypeAlias

from ..vdom import AuthorError
from .answers import answered
from .component import CallError, HandlerFailedError, RequestContext
from .gate import Gate, Refused
from .inbox import CallFailure
from .limits import Limits
from .log_lines import escape_logs, one_line
from .relay import Job, Relay
from .shares import Owner
from .tokens import Signer
from .work_shares import Outcome, metered

_JOBS_AT_ONCE: Final = 32
"""How many jobs of ``run_soon`` run before sockets are read again."""

ErrorHook: TypeAlias = Callable[[BaseException, RequestContext], object]
"""The application's ``on_error``, called with each error."""
log = logging.getLogger("hyper")


class Services:
    """Shared by all runners and connections of one process."""

    def __init__(
        self,
        signer: Signer,
        limits: Limits,
        *,
        debug: bool = False,
        on_error: ErrorHook | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        escape_logs()
        self.limits = limits
        self.now_s = clock
        """The time in seconds, from a monotonic clock."""
        self.gate = Gate(signer, limits, lambda: self.now_s())
        self.work_clock: Callable[[], float] = time.thread_time
        """What this thread has taken of the processor, in seconds."""
        self.events = self.renders = self.errors = 0
        """Handlers called, views rendered and errors reported since the start."""
        self._debug = debug
        self._on_error = on_error
        self._tasks: set[asyncio.Task[None]] = set()
        self._when_ended = self._ended
        """One bound method for all tasks: each connection has several."""
        self._waiting: OrderedDict[Callable[[], Job], None] = OrderedDict()
        """The jobs of ``run_soon`` that have not begun."""
        self._renders = Relay(self._run_waiting, self.spawn)
        self._is_running = False
        self.is_ending = False
        """Are all tasks being cancelled?"""

    # --- tasks ----------------------------------------------------------------------------------------------

    def spawn(self, job: Job) -> asyncio.Task[None]:
        """A task that runs ``job`` and is cancelled when the process ends."""
        task = asyncio.get_running_loop().create_task(job)
        self._tasks.add(task)
        task.add_done_callback(self._when_ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if (
            not task.cancelled()
            and (error := task.exception()) is not None
            and not isinstance(error, Refused)
        ):
            log.error("a task of Hyper Live failed", exc_info=error)

    async def end_tasks(self) -> None:
        """Cancel all tasks and wait until they have ended."""
        self.is_ending = True
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # the callback of a task that had already ended comes late, or never
            self._tasks.difference_update(tasks)

    def run_soon(self, job: Callable[[], Job]) -> None:
        """Run ``job`` soon, once, in one task with all other jobs: a broadcast to many pages needs only one task."""
        self._waiting[job] = None
        if not self._is_running:
            self._is_running = True
            self._renders.start()

    async def _run_waiting(self) -> None:
        count = 0
        while self._waiting:
            job, _ = self._waiting.popitem(last=False)
            if not await self._renders.run(job()):
                return
            count += 1
            if count % _JOBS_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._is_running = False

    async def metered(self, context: RequestContext, work: Coroutine[Any, Any, Outcome]) -> Outcome:
        """What ``work`` returns; what it takes of the processor is charged to the visitor and their address."""
        shares, owner = self.gate.work, Owner(context.session_hash, context.network)
        return await metered(work, partial(shares.charge, owner), self.work_clock)

    # --- errors ---------------------------------------------------------------------------------------------

    def describe(self, error: BaseException, context: RequestContext, doing: str) -> CallFailure:
        """The failure to send to the client for ``error``, which is reported if it is the application's."""
        try:
            if (answer := answered(error)) is not None:
                log.info("%s: %s", ascii(doing)[1:-1], answer["code"])
                return answer
        except AuthorError as problem:
            error = problem
        if isinstance(error, CallError) and not isinstance(error, HandlerFailedError):
            reason = ", ".join([error.code, *getattr(error, "__notes__", ())])
            log.info("%s: %s", ascii(doing)[1:-1], reason)
            failure: dict[str, object] = {"code": error.code, "message": error.message}
            return {**failure, "fields": error.fields} if error.fields else failure
        cause = error.__cause__ if isinstance(error, HandlerFailedError) and error.__cause__ else error
        error_id = self.report(cause, context, doing)
        message = f"Something went wrong (error {error_id})."
        if self._debug:
            message = "".join(traceback.format_exception(cause))
        return {"code": HandlerFailedError.code, "message": message}

    def report(self, error: BaseException, context: RequestContext, doing: str) -> str:
        """Log ``error`` and call the application's hook with it. Returns the error's id in the log."""
        self.errors += 1
        error_id = secrets.token_hex(4)
        page = one_line(context.path)
        fields = {"error_id": error_id, "session": context.session_hash, "page": page}
        log.error("error %s while %s", error_id, ascii(doing)[1:-1], exc_info=error, extra=fields)
        if self._on_error is not None:
            try:
                self._on_error(error, context)
            except Exception:
                log.exception("on_error itself failed")
        return error_id
