"""One socket: messages that come in go to the mounts of its page, frames that go out wait in its outbox.

It knows no WebSocket library: it is given a ``Socket``, reads it in ``run``, and checks its time limits in ``tick``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from . import wire
from .bad_frames import BadEventError, BadFrameError
from .component import RequestContext
from .gate import OverdrawnError, Refused
from .inbox import CallFailure
from .joining import Joining
from .outbox import Outbox
from .rate import Bucket
from .relay import Job, Relay
from .runner import Runner
from .services import Services
from .sockets import CloseCode, Signal, Socket

THROTTLED: Final[CallFailure] = {
    "code": "throttled",
    "message": "Too many events at once: this one was not run.",
}
NOT_CONNECTED: Final[CallFailure] = {
    "code": "unknown_component",
    "message": "This component is not connected.",
}


class Connection:
    """The page behind one socket."""

    __slots__ = (
        "_bad_frames_s",
        "_done",
        "_ends_s",
        "_has_joined",
        "_heard_s",
        "_is_closing",
        "_joining",
        "_limits",
        "_opened_s",
        "_reading",
        "_services",
        "_socket",
        "_waiting",
        "_was_asked",
        "context",
        "outbox",
        "runners",
    )

    def __init__(
        self,
        services: Services,
        joining: Joining,
        socket: Socket,
        context: RequestContext,
        ends_s: float | None = None,
    ) -> None:
        self.context = context
        self._ends_s = ends_s
        """When the visitor's session ends; ``None`` if it does not end."""
        self.runners: dict[str, Runner] = {}
        """The runners of the page's mounts, by the mounts' ids."""
        self._services = services
        self._joining = joining
        self._limits = services.limits
        self._socket = socket
        spawn = services.spawn  # one bound method for both: there is a pair for each page
        self.outbox = Outbox(socket, services.limits, spawn, self._resume)
        self._reading = Relay(self._read, spawn)
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Set when the socket is closed. An ``asyncio.Event`` would take ten times the memory, for one waiting task."""
        self._waiting: dict[str, list[tuple[wire.Event, CallFailure | None]]] | None = None
        """Events for components that are still joining, each with why it is refused; most connections never have any."""
        self._bad_frames_s: tuple[float, ...] = ()
        self._opened_s = self._heard_s = services.now_s()
        self._has_joined = self._was_asked = self._is_closing = False

    # --- from opening to closing ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Serve the page until its socket is closed."""
        self._reading.start()
        try:
            await self._done
        finally:
            if self._done.cancelled():
                self.abort()

    def tick(self, now_s: float) -> None:
        """Close the socket of a peer that does not join, read or answer in time, or whose session has ended."""
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
            self._services.spawn(self._ping())

    def close(self, code: CloseCode, reason: str) -> asyncio.Task[None] | None:
        """Detach all mounts and close the socket; returns a task that ends when it is closed."""
        if self._is_closing:
            return None
        self._detach_all()
        return self._services.spawn(self._close(code, reason))

    def abort(self) -> None:
        """Detach all mounts and drop the socket."""
        self._detach_all()
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

    def _detach_all(self, *, has_left: bool = False) -> None:
        self._is_closing = True
        self.outbox.discard()
        for runner in list(self.runners.values()):
            self._detach(runner, has_left)

    async def _ping(self) -> None:
        try:
            await self._socket.ping()
        except ConnectionError:
            self.abort()

    def _resume(self) -> None:
        """Do what was postponed while the peer did not read."""
        for runner in self.runners.values():
            if not runner.session.is_quiet:
                runner.resume_soon()

    # --- messages -------------------------------------------------------------------------------------------

    async def _read(self) -> None:
        message: str | Signal | None
        job: Job | None
        while not self._is_closing:
            message = await self._socket.receive()
            if message is Signal.CLOSED or message is Signal.LEFT:
                break
            try:
                job = self._take(message, self._services.now_s())
                if job is not None and not await self._reading.run(job):
                    return
            except Exception as error:
                self._services.report(error, self.context, "reading a frame")
                self.close(CloseCode.INTERNAL, "internal error")
            message = job = None  # free them: the next message may take long to come
        if not self._is_closing:
            self._detach_all(has_left=message is Signal.LEFT)
            self._end()

    def _take(self, message: str | Signal, now_s: float) -> Job | None:
        """Act on a message. Returns the job that is left to run, if any."""
        self._heard_s = now_s
        self._was_asked = False
        context = self.context
        bucket = self._services.gate.buckets.get(context.session_hash, now_s, context.network)
        has_room = bucket.take(now_s)
        if bucket.refused >= self._limits.refusals_in_a_row:
            self.close(CloseCode.TOO_SLOW, "too many messages")
        elif isinstance(message, str):
            try:
                frame = wire.decode(message, self._limits)
            except BadEventError as error:
                event = wire.Event(error.component_id, error.seq, "", None, {}, [])
                return self._event(event, has_room, error.failure)
            except BadFrameError as error:
                self._refuse_frame(str(error), now_s)
            else:
                return _HANDLERS[type(frame)](self, frame, has_room)
        elif message is Signal.BINARY:
            self._refuse_frame("binary frames mean nothing here", now_s)
        return None

    def _event(self, event: wire.Event, has_room: bool, refusal: CallFailure | None = None) -> Job | None:
        component_id = event.component_id  # of a page-level component, or of a nested one
        runner = self.runners.get(component_id) or self.runners.get(wire.page_level_id(component_id))
        if runner is None:
            self._event_without_runner(event, refusal)
            return None
        runner.session.receive(event, refusal if has_room else THROTTLED)
        if runner.session.inbox.is_flooded:
            self.close(CloseCode.TOO_SLOW, "too many events are waiting")
        return runner.resume()

    def _event_without_runner(self, event: wire.Event, refusal: CallFailure | None) -> None:
        waiting = (self._waiting or {}).get(wire.page_level_id(event.component_id))
        if waiting is not None and len(waiting) < self._limits.queued_events:
            waiting.append((event, refusal))
        else:
            failure = refusal or NOT_CONNECTED
            code, message = str(failure["code"]), str(failure["message"])
            self.outbox.send([wire.error_frame(code, message, event.component_id, event.seq)])

    def _applied(self, message: wire.Applied, has_room: bool) -> Job | None:
        runner = self.runners.get(message.component_id)
        if runner is None or not runner.session.applied(message.version):
            return None
        self._bucket().give_back(has_room)  # there are no more of these than updates were sent
        return runner.resume()

    def _leave(self, message: wire.Leave, has_room: bool) -> None:
        """Detach a component that is no longer on the page: its mount waits as if its socket were gone."""
        runner = self.runners.get(message.component_id)
        if runner is not None:
            self._detach(runner, has_left=True)

    def _resync(self, message: wire.Resync, has_room: bool) -> Job | None:
        runner = self.runners.get(wire.page_level_id(message.component_id))
        if runner is None or not has_room:
            return None
        runner.session.resync()
        return runner.resume()

    def _pong(self, message: wire.Ping, has_room: bool) -> None:
        if has_room:
            self.outbox.send([wire.PONG_FRAME])

    def _bucket(self) -> Bucket:
        """The visitor's share of messages."""
        context = self.context
        return self._services.gate.buckets.get(context.session_hash, self._services.now_s(), context.network)

    def _refuse_frame(self, why: str, now_s: float) -> None:
        recent_s = [time_s for time_s in self._bad_frames_s if now_s - time_s <= self._limits.bad_frames_s]
        self._bad_frames_s = (*recent_s, now_s)
        if len(self._bad_frames_s) >= self._limits.bad_frames:
            self.close(CloseCode.BAD_FRAMES, "too many malformed messages")
        else:
            self.outbox.send([wire.error_frame("bad_frame", why)])

    # --- joining --------------------------------------------------------------------------------------------

    async def _connect(self, message: wire.Connect, has_room: bool) -> None:
        component_id = message.component_id
        self._waiting = self._waiting or {}
        if component_id in self._waiting:
            return
        self._waiting[component_id] = []
        try:
            runner = await self._join(message, has_room)
        except OverdrawnError as error:
            self.close(CloseCode.LATER, str(error))
        except Refused as error:
            self._bucket().take(self._services.now_s())
            self.outbox.send([wire.error_frame(error.code, str(error), component_id)])
        else:
            await self._attach(runner, message)
        finally:
            held = self._waiting.pop(component_id)
            self._waiting = self._waiting or None
        for event, refusal in held:
            if (job := self._event(event, True, refusal)) is not None:
                await job

    async def _join(self, message: wire.Connect, has_room: bool) -> Runner:
        """The runner of the mount that ``message`` asks for. Raises ``Refused`` if the page may not have it.

        A page may connect many components at once, so a first ``connect`` does not count as one of its messages.
        """
        if message.component_id not in self.runners:
            self._bucket().give_back(has_room)
        elif not has_room:
            raise Refused("throttled", "Too many messages at once.")
        if len(self.runners) + len(self._waiting or ()) > self._limits.components_per_connection:
            raise Refused("too_many", "There are too many live components on this page.")
        return await self._joining.join(message, self.context)

    async def _attach(self, runner: Runner, message: wire.Connect) -> None:
        if self._is_closing:
            return
        self._has_joined = True
        self.runners[runner.session.id] = runner
        self._joining.attach(runner)
        await runner.connect(self, message)

    def give_up(self, runner: Runner) -> None:
        """Close the socket: a newer one shows this page, and the two must not keep taking it from each other."""
        del self.runners[runner.session.id]
        self.close(CloseCode.TAKEN_OVER, "the page is shown by a newer connection")

    def _detach(self, runner: Runner, has_left: bool) -> None:
        del self.runners[runner.session.id]
        runner.disconnect(self._services.now_s(), has_left=has_left)
        self._joining.detach(runner)


_Handler: TypeAlias = Callable[[Connection, Any, bool], Job | None]
_HANDLERS: Final[Mapping[type[wire.ClientMessage], _Handler]] = {
    wire.Connect: Connection._connect,
    wire.Event: Connection._event,
    wire.Resync: Connection._resync,
    wire.Applied: Connection._applied,
    wire.Leave: Connection._leave,
    wire.Ping: Connection._pong,
}
"""The method that acts on each message; its last argument says whether the visitor's share has room for it."""
