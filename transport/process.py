"""Everything live in one process: its mounts, its connections, and the clock of all time limits.

It serves sockets, closes what has expired, and ends everything in order. How a page gets its mount is in
``joining.py``; what connections and runners use is in ``services.py``. It knows no web framework: ``server.py``
brings the sockets.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple, TypeAlias

from . import wire
from .component import Remounter, RequestContext
from .connection import Connection
from .gate import Refused
from .joining import Joining
from .limits import Limits
from .mounts import Mounts
from .rechecks import MayStay, Rechecks
from .services import ErrorHook, Services
from .sockets import CloseCode, Socket
from .tokens import Signer
from .workers import Workers

Whose: TypeAlias = Callable[[RequestContext], bool]
"""Says whether a visitor is meant."""
TICK_S: Final = 1.0
MIN_DRAIN_S: Final = 2.0
_RESTING_S: Final = 0.01
"""How much of each tick may be spent on putting idle pages to rest."""
log = logging.getLogger("hyper")


class Admission(NamedTuple):
    """The authentication of one visitor that is going on, and who has been disconnected since it began."""

    disconnected: list[Whose]

    def was_disconnected(self, context: RequestContext) -> bool:
        """Has the visitor been disconnected meanwhile? What the application answered may be from before."""
        return any(whose(context) for whose in self.disconnected)


class Process(Services):
    """One process's mounts and connections, and the services that they use."""

    def __init__(
        self,
        signer: Signer,
        remount: Remounter,
        limits: Limits,
        *,
        debug: bool = False,
        on_error: ErrorHook | None = None,
        clock: Callable[[], float] = time.monotonic,
        workers: Workers | None = None,
        auth_every_s: float | None = None,
        user_key: Callable[[object], str] = lambda user: "",
    ) -> None:
        """``user_key`` returns the same text for a user in every process; ``""`` if there is no such text."""
        super().__init__(signer, limits, debug=debug, on_error=on_error, clock=clock)
        self.workers = workers
        """The other workers of ``hyper run``; ``None`` if this process is not one of several."""
        self.is_draining = False
        """Has the process been told to end?"""
        self.connections: set[Connection] = set()
        self.mounts = Mounts(limits)
        prefix = workers.prefix if workers is not None else ""
        self.joining = Joining(self, self.mounts, signer, remount, user_key, prefix)
        self._admissions: list[Admission] = []
        self._rechecks = Rechecks(self, auth_every_s, self.disconnect)

    # --- sockets --------------------------------------------------------------------------------------------

    @contextmanager
    def reserve_socket(self, visitor: str, address: str) -> Iterator[None]:
        """Reserve a socket slot until the context exits. Raises ``Refused`` if there is none."""
        self.check_running()
        with self.gate.reserve_socket(visitor, address):
            yield

    def check_running(self) -> None:
        """Raises ``Refused`` if the process is ending."""
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
        connection = Connection(self, self.joining, socket, context, ends_s)
        self.connections.add(connection)
        self._rechecks.begin(connection, may_stay)
        try:
            await connection.run()
        finally:
            self._rechecks.end(connection)
            self.connections.discard(connection)

    def end_session(self, session_hash: str, ago_s: float = 0, share: str = "") -> None:
        """End a visitor's session: close its sockets, forget its mounts, and refuse its tokens from now on.

        ``ago_s`` is how many seconds ago it ended, somewhere else; ``share`` is what ``Gate.share_of`` returned.
        """
        self.gate.end_session(session_hash, ago_s, share)
        self.disconnect(lambda context: context.session_hash == session_hash)

    def disconnect(self, whose: Whose) -> None:
        """Close the sockets of some visitors and forget their mounts; they may come back."""
        for admission in self._admissions:
            admission.disconnected.append(whose)
        for connection in list(self.connections):
            if whose(connection.context):
                connection.close(CloseCode.ENDED, "logged out")
        gone = [runner for runner in self.mounts if whose(runner.context)]
        for runner in gone:
            self.mounts.remove(runner)
        self.joining.discard(gone)

    @contextmanager
    def admitting(self) -> Iterator[Admission]:
        """While the application authenticates a visitor, who has no socket yet that ``disconnect`` could close."""
        admission = Admission([])
        self._admissions.append(admission)
        try:
            yield admission
        finally:
            self._admissions.remove(admission)

    # --- time -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Call ``tick`` once a second until cancelled."""
        while True:
            await asyncio.sleep(TICK_S)
            try:
                self.tick()
            except Exception:
                log.exception("a tick failed")

    def tick(self) -> None:
        """Enforce the time limits, and close what has expired."""
        now_s = self.now_s()
        self.joining.discard(self.mounts.tick(now_s))
        self.gate.tick(now_s)
        for runner in self.mounts:
            runner.tick(now_s)
        for connection in list(self.connections):
            connection.tick(now_s)
        self._rechecks.tick(now_s)
        self._let_rest(now_s)

    def _let_rest(self, now_s: float) -> None:
        """Put idle pages to rest, so that they take less memory; those that take too long wait for the next tick."""
        for runner in self.mounts:
            if runner.is_idle(now_s, self.limits.idle_s):
                runner.rest()
                if self.now_s() - now_s > _RESTING_S:
                    return

    # --- the end --------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """End everything: tell pages when to come back, let running handlers finish, close the rest."""
        self.is_draining = True
        await self._drain()
        closing = [connection.close(CloseCode.RESTART, "restart") for connection in self.connections]
        await asyncio.gather(*(task for task in closing if task is not None), return_exceptions=True)
        runners = list(self.mounts)
        for runner in runners:
            self.mounts.remove(runner)
        await asyncio.gather(*(runner.close() for runner in runners))
        await self.end_tasks()

    async def _drain(self) -> None:
        """Tell the pages within what time to come back (each chooses a moment at random); finish the events."""
        window_s = max(MIN_DRAIN_S, len(self.connections) / self.limits.drain_clients_per_s)
        for connection in list(self.connections):
            connection.outbox.send([wire.drain_frame(int(window_s * 1000))])
        calls = [self.spawn(runner.finish()) for runner in self.mounts if runner.session.inbox.has_calls]
        if calls:
            await asyncio.wait(calls, timeout=self.limits.drain_s)
