"""Everything live in one process: who is mounted, who is connected, and which belongs to which.

It opens mounts for pages, lets sockets join them, mounts again what was given up, keeps the clock that all
limits run by, and ends everything in order. No web framework: ``server.py`` brings sockets here.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final, TypeAlias

from . import wire
from .component import CallError, HandlerFailedError, Mount, Mounter, RequestContext, UnknownComponentError
from .connection import CloseCode, Connection, Socket
from .gate import Gate, Refused
from .inbox import CallFailure
from .limits import Limits
from .mounts import Mounts
from .rate import Bucket
from .rechecks import MayStay, Rechecks
from .relay import Job, Relay
from .runner import Runner
from .session import Session
from .tokens import Purpose, Signer, Ticket, digest
from .workers import Workers

TICK_S: Final = 1.0
MIN_DRAIN_S: Final = 2.0
_RESTING_S: Final = 0.01
"""Of each tick, for what is put to rest."""
_RENDERS_AT_ONCE: Final = 32
"""After so many renders of a broadcast, sockets are looked at again."""

ErrorHook: TypeAlias = Callable[[BaseException, RequestContext], object]
log = logging.getLogger("hyper")


class Process:
    """One process's mounts and sockets."""

    def __init__(
        self,
        signer: Signer,
        mounter: Mounter,
        limits: Limits,
        *,
        debug: bool = False,
        on_error: ErrorHook | None = None,
        clock: Callable[[], float] = time.monotonic,
        workers: Workers | None = None,
        auth_every_s: float | None = None,
        user_key: Callable[[object], str] = lambda user: "",
    ) -> None:
        """``user_key``: the same text for the same user, in whatever process; empty where there is none."""
        self.limits = limits
        self.workers = workers
        self.now_s = clock
        self.is_draining = False
        self.connections: set[Connection] = set()
        self.mounts: Mounts[Runner] = Mounts(limits)
        self.gate = Gate(signer, limits, lambda: self.now_s())
        self.events = self.renders = self.errors = 0
        """Since the start."""
        self._rechecks = Rechecks(self, auth_every_s)
        self._user_key = user_key
        self._signer = signer
        self._mounter = mounter
        self._debug = debug
        self._on_error = on_error
        self._encoder = wire.PatchEncoder()
        self._mounting: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._when_ended = self._ended
        """One bound method for all tasks, of which each connection has some."""
        self._waiting: deque[Runner] = deque()
        self._renders = Relay(self._render_waiting, self.spawn)
        self._is_rendering = False

    # --- pages ----------------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """An id for a mount: random, url-safe; where there are workers it says which of them has it."""
        return (self.workers.prefix if self.workers else "") + secrets.token_urlsafe(12)

    def open(
        self, mount: Mount, component: str, props: dict[str, Any], context: RequestContext
    ) -> tuple[str, str]:
        """Keep a mount for the socket of its page: its HTML and its join token.

        Raises ``AuthorError`` when the props cannot be kept in the page.
        """
        html = mount.html()
        ticket = Ticket(mount.id, component, props, context.session_hash, context.path, digest(html))
        token = self.sign(ticket, context)
        self.admit(mount, context)
        return html, token

    def admit(self, mount: Mount, context: RequestContext) -> Runner:
        """Keep a mount until its page wants it, for a while."""
        runner = self._drive(mount, context)
        self._discard(self.mounts.add(runner))
        return runner

    def sign(self, ticket: Ticket, context: RequestContext, purpose: Purpose = "join") -> str:
        """A token for a visitor's page; raises ``AuthorError`` when the props cannot be kept in one."""
        return self._signer.sign_ticket(replace(ticket, user=self._fingerprint(context)), purpose)

    def _fingerprint(self, context: RequestContext) -> str:
        key = self._user_key(context.user)
        return key and digest(f"{context.session_hash} {key}")

    def _drive(self, mount: Mount, context: RequestContext, **history: bool) -> Runner:
        number = 1 + secrets.randbelow(2**31)
        session = Session(
            mount.id, self.limits, self.now_s(), encoder=self._encoder, number=number, **history
        )
        return Runner(session, mount, context, self)

    # --- sockets --------------------------------------------------------------------------------------------

    @contextmanager
    def reserve_socket(self, visitor: str, address: str) -> Iterator[None]:
        """A place for one more socket, kept until it is closed; ``Refused`` where there is none."""
        self.check_running()
        with self.gate.reserve_socket(visitor, address):
            yield

    def check_running(self) -> None:
        """Nothing, or ``Refused`` when the process takes nothing in any more."""
        if self.is_draining:
            raise Refused("busy", "This process is ending: send it again.")

    async def serve(
        self,
        socket: Socket,
        context: RequestContext,
        ends_s: float | None = None,
        may_stay: MayStay | None = None,
    ) -> None:
        """Serve the page behind a socket until it is closed, at the latest when the visitor's session ends."""
        connection = Connection(self, socket, context, ends_s)
        self.connections.add(connection)
        self._rechecks.begin(connection, may_stay)
        try:
            await connection.run()
        finally:
            self._rechecks.end(connection)
            self.connections.discard(connection)

    def bucket(self, context: RequestContext) -> Bucket:
        """The visitor's share of events."""
        return self.gate.bucket(context)

    def end_session(self, session_hash: str) -> None:
        """Log a visitor out: their sockets are closed, their mounts forgotten, their tokens worth nothing."""
        self.gate.end_session(session_hash)
        self.disconnect(lambda context: context.session_hash == session_hash)

    def disconnect(self, whose: Callable[[RequestContext], bool]) -> None:
        """Close the sockets of some visitors and forget their mounts; they may come again."""
        for connection in list(self.connections):
            if whose(connection.context):
                connection.close(CloseCode.ENDED, "logged out")
        gone = [runner for runner in self.mounts if whose(runner.context)]
        for runner in gone:
            self.mounts.remove(runner)
        self._discard(gone)

    # --- joining --------------------------------------------------------------------------------------------

    async def join(self, message: wire.Connect, context: RequestContext) -> Runner:
        """The mount that a token speaks of: the one waiting here, or one mounted again."""
        ticket = self._read_ticket(message, context)
        if self.mounts.get(ticket.mount_id) is None:
            self.gate.check_age("join", message.token)
        return await self.find(ticket, context)

    async def find(self, ticket: Ticket, context: RequestContext) -> Runner:
        """The mount of a ticket that was found good, mounted again if it is gone."""
        runner = self.mounts.get(ticket.mount_id)
        if runner is None:
            self.gate.check_ticket_user(ticket, self._fingerprint(context))
            await self._mount_again(ticket, context)
            runner = self.mounts.get(ticket.mount_id)
        if runner is None:
            raise Refused("mount_failed", "The component could not be mounted again.")
        self.gate.check_user(context, runner.context)
        return runner

    def keep(self, runner: Runner) -> None:
        """A page without a socket was posted: its mount waits for the next form."""
        self._discard(self.mounts.keep(runner, self.now_s()))

    def _read_ticket(self, message: wire.Connect, context: RequestContext) -> Ticket:
        ticket = self.gate.read_ticket("join", message.token, context)
        if ticket.mount_id != message.component_id:
            raise Refused("forbidden", "This token belongs to another component.")
        return ticket

    async def _mount_again(self, ticket: Ticket, context: RequestContext) -> None:
        """Mount what ``ticket`` says; two sockets that want the same wait for one mount."""
        task = self._mounting.get(ticket.mount_id)
        if task is None:
            task = self._mounting[ticket.mount_id] = self.spawn(self._mount(ticket, context))
            task.add_done_callback(lambda _: self._mounting.pop(ticket.mount_id))
        await task

    async def _mount(self, ticket: Ticket, context: RequestContext) -> None:
        path = ticket.path.partition("?")[0]
        context = RequestContext(context.session_hash, context.user, path, context.headers)
        try:
            async with asyncio.timeout(self.limits.mount_s):
                mount = await self._mounter(ticket.component, ticket.props, ticket.mount_id, context)
        except UnknownComponentError as error:
            raise Refused("expired", str(error)) from error
        except Exception as error:
            failure = self.describe(error, context, f"mounting {ticket.component}")
            raise Refused("mount_failed", str(failure["message"])) from error
        is_shown = digest(mount.html()) == ticket.html_digest
        self.mounts.expect(self._drive(mount, context, again=True, shown=is_shown))

    def attached(self, runner: Runner) -> None:
        """A mount has its socket."""
        self.mounts.attached(runner)

    def detached(self, runner: Runner) -> None:
        """A mount lost its socket."""
        self._discard(self.mounts.detached(runner))

    def _discard(self, runners: list[Runner]) -> None:
        for runner in runners:
            self.spawn(runner.close())

    # --- renders that nobody waits for ----------------------------------------------------------------------

    def render_soon(self, runner: Runner) -> None:
        """Resume ``runner`` soon, in one task with all others."""
        self._waiting.append(runner)
        if not self._is_rendering:
            self._is_rendering = True
            self._renders.start()

    async def _render_waiting(self) -> None:
        count = 0
        while self._waiting:
            runner = self._waiting.popleft()
            runner.is_waiting = False
            if not await self._renders.run(runner.resume()):
                return
            count += 1
            if count % _RENDERS_AT_ONCE == 0:
                await asyncio.sleep(0)
        self._is_rendering = False

    # --- errors ---------------------------------------------------------------------------------------------

    def describe(self, error: BaseException, context: RequestContext, doing: str) -> CallFailure:
        """Report ``error`` if it is the application's; what the client may know of it."""
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
        """Log ``error`` and tell the application's hook; the id under which it stands in the log."""
        self.errors += 1
        error_id = secrets.token_hex(4)
        fields = {"error_id": error_id, "session": context.session_hash, "page": context.path}
        log.error("error %s while %s", error_id, ascii(doing)[1:-1], exc_info=error, extra=fields)
        if self._on_error is not None:
            try:
                self._on_error(error, context)
            except Exception:
                log.exception("on_error itself failed")
        return error_id

    # --- time -----------------------------------------------------------------------------------------------

    def tick(self) -> None:
        """Let time pass: limits are enforced, what has expired is closed."""
        now_s = self.now_s()
        self._discard(self.mounts.tick(now_s))
        self.gate.tick(now_s)
        for runner in self.mounts:
            runner.tick(now_s)
        for connection in list(self.connections):
            connection.tick(now_s)
        self._rechecks.tick(now_s)
        self._let_rest(now_s)

    def _let_rest(self, now_s: float) -> None:
        """Have idle pages take less memory; at most a moment's work, the others at the next tick."""
        for runner in self.mounts:
            if runner.is_idle(now_s, self.limits.idle_s):
                runner.rest()
                if self.now_s() - now_s > _RESTING_S:
                    return

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self.tick()
            except Exception:
                log.exception("a tick failed")

    # --- tasks and the end ----------------------------------------------------------------------------------

    def spawn(self, job: Job) -> asyncio.Task[None]:
        """A task that is kept until it ends, and ended with the process."""
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

    async def close(self) -> None:
        """End everything: pages are told when to come back, running handlers may finish, nothing is left."""
        self.is_draining = True
        await self._drain()
        await _wait([connection.close(CloseCode.RESTART, "restart") for connection in self.connections])
        runners = list(self.mounts)
        for runner in runners:
            self.mounts.remove(runner)
        await asyncio.gather(*(runner.close() for runner in runners))
        await self._end_tasks()

    async def _drain(self) -> None:
        """Tell the pages in what time to come back (each takes its moment at random); finish the events."""
        window_s = max(MIN_DRAIN_S, len(self.connections) / self.limits.drain_clients_per_s)
        for connection in list(self.connections):
            connection.send([wire.drain_frame(int(window_s * 1000))])
        calls = [self.spawn(runner.finish()) for runner in self.mounts if runner.session.has_calls]
        if calls:
            await asyncio.wait(calls, timeout=self.limits.drain_s)

    async def _end_tasks(self) -> None:
        while self._tasks:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._tasks.difference_update(tasks)  # a task that was over before is told of later, if at all


async def _wait(tasks: list[asyncio.Task[None] | None]) -> None:
    await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
