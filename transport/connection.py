"""One socket: what comes in goes to the sessions of its page, what goes out waits in its outbox.

Knows no WebSocket library: it is given a ``Socket`` and driven by ``run`` and ``tick``.
"""

from __future__ import annotations

import asyncio
from enum import Enum, IntEnum
from typing import Protocol

from . import wire
from .component import RequestContext
from .gate import Refused
from .limits import Limits
from .outbox import Outbox, Writable
from .rate import Bucket
from .relay import Job, Relay
from .runner import Runner


class CloseCode(IntEnum):
    """Why the server closes a socket. Up to 4499 the client may come back, above it must not."""

    RESTART = 1012
    """The process ends; another one is there."""
    INTERNAL = 1011
    BAD_FRAMES = 4400
    """Too many malformed frames."""
    TOO_SLOW = 4408
    """Connected nothing, said nothing, took nothing, or sent far too much."""
    TAKEN_OVER = 4409
    """The page is shown by a newer socket: a duplicated tab, or the same one reconnected."""
    ENDED = 4403
    """The visitor logged in or out, or the session is over: what the page may show is to be asked anew."""
    FORBIDDEN = 4501
    """Refused by the application."""


class Signal(Enum):
    """What a socket gives besides text."""

    CONTROL = "control"
    """A ping (already answered) or a pong."""
    BINARY = "binary"
    CLOSED = "closed"
    """Lost, or closed by the server."""
    LEFT = "left"
    """Closed by a browser that closes the page or goes elsewhere."""


class Socket(Writable, Protocol):
    """A WebSocket, as much as is needed of it."""

    async def receive(self) -> str | Signal:
        """The next message."""
        ...

    async def ping(self) -> None:
        """Ask for a pong."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Say good-bye; returns when the peer did, or after a while."""
        ...

    def abort(self) -> None:
        """Drop the connection at once, whatever is unsent."""
        ...


class House(Protocol):
    """What a connection needs of its process."""

    @property
    def limits(self) -> Limits: ...

    def now_s(self) -> float:
        """Monotonic."""
        ...

    def spawn(self, job: Job) -> asyncio.Task[None]:
        """A task that ends with the process at the latest."""
        ...

    def bucket(self, context: RequestContext) -> Bucket:
        """The visitor's share of events."""
        ...

    async def join(self, message: wire.Connect, context: RequestContext) -> Runner:
        """The mount that a token speaks of; raises ``Refused``."""
        ...

    def attached(self, runner: Runner) -> None:
        """A mount has its socket."""
        ...

    def detached(self, runner: Runner) -> None:
        """A mount lost its socket."""
        ...

    def report(self, error: BaseException, context: RequestContext, doing: str) -> str:
        """Log ``error``; a short id to find it by."""
        ...


class Connection:
    """The page behind one socket."""

    __slots__ = (
        "_bad_frames_s",
        "_done",
        "_ends_s",
        "_has_joined",
        "_heard_s",
        "_house",
        "_is_closing",
        "_joining",
        "_limits",
        "_opened_s",
        "_reading",
        "_socket",
        "_was_asked",
        "context",
        "outbox",
        "runners",
    )

    def __init__(
        self, house: House, socket: Socket, context: RequestContext, ends_s: float | None = None
    ) -> None:
        self.context = context
        self._ends_s = ends_s
        """When the visitor's session is over."""
        self.runners: dict[str, Runner] = {}
        self._house = house
        self._limits = house.limits
        self._socket = socket
        spawn = house.spawn
        self.outbox = Outbox(socket, house.limits, spawn, self._resume)
        self._reading = Relay(self._read, spawn)
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """An ``asyncio.Event`` would take ten times the memory, for one task that waits."""
        self._joining: dict[str, list[wire.Event]] | None = None
        """The events that came for components that are still joining; most connections have none left."""
        self._bad_frames_s: tuple[float, ...] = ()
        self._opened_s = self._heard_s = house.now_s()
        self._has_joined = self._was_asked = self._is_closing = False

    # --- its life -------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the page until its socket is closed."""
        self._reading.start()
        try:
            await self._done
        finally:
            if self._done.cancelled():
                self.abort()

    def tick(self, now_s: float) -> None:
        """Look for a peer that does not join, does not read or does not answer."""
        if self._is_closing:
            return
        if not self._has_joined and now_s - self._opened_s >= self._limits.join_s:
            self.close(CloseCode.TOO_SLOW, "no component was connected")
        elif self._ends_s is not None and now_s >= self._ends_s:
            self.close(CloseCode.ENDED, "the session is over")
        elif self.outbox.is_stuck(now_s):
            self.abort()
        elif self.outbox.waits:
            self._heard_s = now_s  # it cannot hear a ping before it has read the rest
        else:
            self._check_silence(now_s - self._heard_s)

    def _check_silence(self, silence_s: float) -> None:
        if silence_s >= self._limits.silence_s:
            self.abort()
        elif silence_s >= self._limits.silence_s * 2 / 3 and not self._was_asked:
            self._was_asked = True
            self._house.spawn(self._ping())

    def close(self, code: CloseCode, reason: str) -> asyncio.Task[None] | None:
        """Part from the page and close the socket; a task that ends when it is closed."""
        if self._is_closing:
            return None
        self._part()
        return self._house.spawn(self._close(code, reason))

    def abort(self) -> None:
        """Part from the page and drop the socket."""
        self._part()
        self._socket.abort()
        self._end()

    async def _close(self, code: CloseCode, reason: str) -> None:
        try:
            async with asyncio.timeout(self._limits.close_s):
                await self._socket.close(code, reason)
        except (TimeoutError, ConnectionError):
            self._socket.abort()
        finally:
            self._end()

    def _end(self) -> None:
        if not self._done.done():
            self._done.set_result(None)

    def _part(self, *, has_left: bool = False) -> None:
        self._is_closing = True
        self.outbox.discard()
        for runner in list(self.runners.values()):
            self._detach(runner, has_left)

    async def _ping(self) -> None:
        try:
            await self._socket.ping()
        except ConnectionError:
            self.abort()

    # --- out ------------------------------------------------------------------------------------------------

    def send(self, frames: list[bytes]) -> None:
        """Send or queue ``frames``."""
        self.outbox.send(frames)

    def _resume(self) -> None:
        for runner in self.runners.values():
            if not runner.session.is_quiet:
                runner.resume_soon()

    # --- in -------------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        message: str | Signal | None
        job: Job | None
        while not self._is_closing:
            message = await self._socket.receive()
            if message is Signal.CLOSED or message is Signal.LEFT:
                break
            try:
                job = self._take(message, self._house.now_s())
                if job is not None and not await self._reading.run(job):
                    return
            except Exception as error:
                self._house.report(error, self.context, "reading a frame")
                self.close(CloseCode.INTERNAL, "internal error")
            message = job = None  # the next one may be long in coming
        if not self._is_closing:
            self._part(has_left=message is Signal.LEFT)
            self._end()

    def _take(self, message: str | Signal, now_s: float) -> Job | None:
        """What is to be done about a message, if anything is left to do."""
        self._heard_s = now_s
        self._was_asked = False
        bucket = self._bucket()
        has_room = bucket.take(now_s)
        if bucket.refused >= self._limits.refusals_in_a_row:
            self.close(CloseCode.TOO_SLOW, "too many messages")
        elif isinstance(message, str):
            try:
                return self._dispatch(wire.decode(message, self._limits), has_room)
            except wire.BadFrameError as error:
                self._refuse_frame(str(error), now_s)
        elif message is Signal.BINARY:
            self._refuse_frame("binary frames mean nothing here", now_s)
        return None

    def _dispatch(self, message: wire.ClientMessage, has_room: bool) -> Job | None:
        if isinstance(message, wire.Event):
            return self._event(message, has_room)
        if isinstance(message, wire.Connect):
            return self._connect(message, has_room)
        if isinstance(message, wire.Applied):
            return self._applied(message, has_room)
        if isinstance(message, wire.Leave):
            self._leave(message)
            return None
        if has_room and isinstance(message, wire.Resync):
            return self._resync(message)
        if has_room:
            self.send([wire.PONG_FRAME])
        return None

    def _event(self, event: wire.Event, has_room: bool) -> Job | None:
        page_id = wire.page_level_id(event.component_id)
        runner = self.runners.get(page_id)
        if runner is None:
            self._event_without_runner(event, page_id)
            return None
        if has_room:
            runner.session.receive(event)
        else:
            runner.session.refuse(event, "throttled", "Too many events at once: this one was not run.")
        if runner.session.is_flooded:
            self.close(CloseCode.TOO_SLOW, "too many events are waiting")
        return runner.resume()

    def _event_without_runner(self, event: wire.Event, page_id: str) -> None:
        waiting = (self._joining or {}).get(page_id)
        if waiting is not None and len(waiting) < self._limits.queued_events:
            waiting.append(event)
        else:
            message = "This component is not connected."
            self.send([wire.error_frame("unknown_component", message, event.component_id, event.seq)])

    def _applied(self, message: wire.Applied, has_room: bool) -> Job | None:
        runner = self.runners.get(message.component_id)
        if runner is None or not runner.session.applied(message.version):
            return None
        self._bucket().give_back(has_room)  # there are no more of these than we sent updates
        return runner.resume()

    def _leave(self, message: wire.Leave) -> None:
        """A part of the page is gone, and its component waits as if its socket were."""
        runner = self.runners.get(message.component_id)
        if runner is not None:
            self._detach(runner, has_left=True)

    def _resync(self, message: wire.Resync) -> Job | None:
        runner = self.runners.get(wire.page_level_id(message.component_id))
        if runner is None:
            return None
        runner.session.resync()
        return runner.resume()

    def _bucket(self) -> Bucket:
        return self._house.bucket(self.context)

    def _refuse_frame(self, why: str, now_s: float) -> None:
        recent_s = [time_s for time_s in self._bad_frames_s if now_s - time_s <= self._limits.bad_frames_s]
        self._bad_frames_s = (*recent_s, now_s)
        if len(self._bad_frames_s) >= self._limits.bad_frames:
            self.close(CloseCode.BAD_FRAMES, "too many malformed messages")
        else:
            self.send([wire.error_frame("bad_frame", why)])

    # --- joining --------------------------------------------------------------------------------------------

    async def _connect(self, message: wire.Connect, has_room: bool) -> None:
        component_id = message.component_id
        self._joining = self._joining or {}
        if component_id in self._joining:
            return
        self._joining[component_id] = []
        try:
            runner = await self._join(message, has_room)
        except Refused as error:
            self._bucket().take(self._house.now_s())
            self.send([wire.error_frame(error.code, str(error), component_id)])
        else:
            await self._attach(runner, message)
        finally:
            held = self._joining.pop(component_id)
            self._joining = self._joining or None
        for event in held:
            if (job := self._event(event, has_room=True)) is not None:
                await job

    async def _join(self, message: wire.Connect, has_room: bool) -> Runner:
        """A page may connect many components at once, but each of them only once in a while."""
        if message.component_id not in self.runners:
            self._bucket().give_back(has_room)
        elif not has_room:
            raise Refused("throttled", "Too many messages at once.")
        if len(self.runners) + len(self._joining or ()) > self._limits.components_per_connection:
            raise Refused("too_many", "There are too many live components on this page.")
        return await self._house.join(message, self.context)

    async def _attach(self, runner: Runner, message: wire.Connect) -> None:
        if self._is_closing:
            return
        self._has_joined = True
        self.runners[runner.session.id] = runner
        self._house.attached(runner)
        await runner.connect(self, self.outbox, message.version, message.page, message.mount)

    def give_up(self, runner: Runner) -> None:
        """A newer socket shows this page: the older one must not fight for it."""
        del self.runners[runner.session.id]
        self.close(CloseCode.TAKEN_OVER, "the page is shown by a newer connection")

    def _detach(self, runner: Runner, has_left: bool) -> None:
        del self.runners[runner.session.id]
        runner.disconnect(self._house.now_s(), has_left=has_left)
        self._house.detached(runner)
