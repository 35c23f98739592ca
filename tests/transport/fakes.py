"""A mount, a socket, a browser and a clock that do as they are told, for tests without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import ujson
from aiohttp import ClientWebSocketResponse, WSMsgType

from hyper.transport import wire
from hyper.transport.bad_frames import SEQ_BYTES
from hyper.transport.component import (
    ComponentPatches,
    Host,
    ReportedField,
    RequestContext,
    UnknownComponentError,
    UnknownEventError,
)
from hyper.transport.limits import Limits
from hyper.transport.process import Process
from hyper.transport.rechecks import MayStay
from hyper.transport.sockets import Signal
from hyper.transport.tokens import Signer, hash_session
from hyper.transport.visitors import COOKIE_PREFIX, SECURE_PREFIX
from hyper.web.settings import cookie_of

SECRET = "a secret of the tests"
COOKIE = COOKIE_PREFIX + cookie_of(None, [SECRET])
SECURE_COOKIE = SECURE_PREFIX + cookie_of(None, [SECRET])
ANN = RequestContext(hash_session("ann"), "ann")
BOB = RequestContext(hash_session("bob"), "bob")


def messages_of(frame: str | bytes) -> list[dict[str, Any]]:
    """What a server said with one frame."""
    said = ujson.loads(frame)
    return said if isinstance(said, list) else [said]


class Reader:
    """The messages that come over a socket, one by one, however many a frame holds."""

    def __init__(self, timeout_s: float | None = None) -> None:
        self._timeout_s = timeout_s
        """For a frame to come."""
        self._unread: list[dict[str, Any]] = []

    async def next(self, ws: ClientWebSocketResponse) -> dict[str, Any]:
        if not self._unread:
            frame = await ws.receive(timeout=self._timeout_s)
            assert frame.type is WSMsgType.TEXT, frame
            self._unread = messages_of(frame.data)
        return self._unread.pop(0)


class FakeClock:
    """Seconds that pass when told to."""

    def __init__(self, now_s: float = 1000.0) -> None:
        self.now_s = now_s

    def __call__(self) -> float:
        return self.now_s


class FakeMount:
    """A component whose page is ``<p>TEXT</p>``.

    Its events: ``add(text)`` puts characters at the end, ``set(text)`` changes all, ``wait`` waits for
    ``gate``, ``show`` renders in between, ``fail`` raises, ``push`` pushes. An update is a splice at the old
    length, so a client that misses one or applies one twice cannot go on unnoticed.
    """

    def __init__(self, mount_id: str = "m1", text: str = "") -> None:
        self.id = mount_id
        self.text = text
        self.shown = text
        self.ran: list[str] = []
        self.host: Host | None = None
        self.gate = asyncio.Event()
        self.render_gate: asyncio.Event | None = None
        self.render_error: Exception | None = None
        self.fields: list[tuple[str, str | None]] = []
        self.renders = 0
        self.connects = 0
        self.freezes = 0
        self.closes = 0
        self.running: asyncio.Task[object] | None = None
        self.comings: list[str] = []

    def attach(self, host: Host) -> None:
        assert self.host is None
        self.host = host

    def html(self) -> str:
        return f"<p>{self.shown}</p>"

    async def connected(self) -> None:
        self.connects += 1

    def disconnected(self, *, has_left: bool) -> None:
        self.comings.append("left" if has_left else "lost")

    def reconnected(self) -> None:
        self.comings.append("back")

    def size(self) -> int:
        return len(self.text)

    def freeze(self) -> None:
        self.freezes += 1

    async def close(self) -> None:
        self.closes += 1
        if self.running is not None:
            self.running.cancel()

    async def call(
        self,
        component_id: str,
        event: str,
        args: list[object] | None,
        params: dict[str, object],
        fields: Sequence[ReportedField] = (),
    ) -> None:
        self.fields += fields
        handlers: dict[str, Callable[..., Awaitable[None]]] = {
            "add": self._add,
            "set": self._set,
            "wait": self._wait,
            "show": self._show,
            "fail": self._fail,
            "push": self._push,
        }
        if component_id.partition(".")[0] != self.id:
            raise UnknownComponentError(f"no component {component_id}")
        if event not in handlers:
            raise UnknownEventError(f"no handler {event}")
        self.ran.append(event)
        self.running = asyncio.current_task()
        try:
            await handlers[event](*(args or []), **params)
        except asyncio.CancelledError:
            if not self.closes or self.running is None:
                raise
            self.running.uncancel()
            raise UnknownComponentError("closed") from None
        finally:
            self.running = None

    async def idle(self) -> None:
        pass

    async def changes(self) -> list[ComponentPatches]:
        self.renders += 1
        if self.render_gate is not None:
            await self.render_gate.wait()
        if self.render_error is not None:
            error, self.render_error = self.render_error, None
            raise error
        if self.text == self.shown:
            return []
        old, self.shown = self.shown, self.text
        if self.text.startswith(old):
            patch = {"path": "p/text", "at": len(old), "insert": self.text[len(old) :]}
        else:
            patch = {"path": "p/text", "value": self.text}
        return [ComponentPatches(self.id, [patch])]

    async def _add(self, text: str = "x") -> None:
        self.text += text

    async def _set(self, text: str) -> None:
        self.text = text

    async def _wait(self) -> None:
        await self.gate.wait()
        self.text += "w"

    async def _show(self) -> None:
        assert self.host is not None
        self.text += "1"
        await self.host.flush()
        self.text += "2"

    async def _fail(self) -> None:
        self.text += "f"
        raise ZeroDivisionError("on purpose")

    async def _push(self, detail: object = None) -> None:
        assert self.host is not None
        self.host.push(self.id, "note", wire.to_json(detail))
        self.text += "p"


class Page:
    """What a browser does with frames: its version, its text, the acks it got; strict like the real one."""

    def __init__(self, component_id: str = "m1", text: str = "") -> None:
        self.component_id = component_id
        self.text = text
        self.version = 0
        self.acks: dict[int, dict[str, Any] | None] = {}
        self.joined_seq: int | None = None
        self.is_lost_state = False
        self.gaps = 0
        self.errors: list[dict[str, Any]] = []
        self.pushes: list[dict[str, Any]] = []

    def take(self, frame: bytes | str) -> None:
        """Act on a frame with one message."""
        self.hear(ujson.loads(frame))

    def hear(self, message: dict[str, Any]) -> None:
        """Act on a message."""
        getattr(self, "_" + message["type"], lambda message: None)(message)

    def _update(self, message: dict[str, Any]) -> None:
        if message["version"] <= self.version:
            return
        if message["version"] != self.version + 1:
            self.gaps += 1
            return
        for patch in message["patches"]:
            self.text = self._patched(patch)
        self.version = message["version"]

    def _patched(self, patch: dict[str, Any]) -> str:
        if "value" in patch:
            return str(patch["value"])
        assert patch["at"] == len(self.text), (patch, self.text)
        return self.text + str(patch["insert"])

    def _resync(self, message: dict[str, Any]) -> None:
        self.text = message["html"].removeprefix("<p>").removesuffix("</p>")
        self.version = message["version"]

    def _ack(self, message: dict[str, Any]) -> None:
        if self.joined_seq is None:
            self.joined_seq = message["seq"]
            self.is_lost_state = bool(message.get("again"))
        else:
            self.acks[message["seq"]] = message.get("error")
        if message["version"] != self.version:
            self.gaps += 1

    def _error(self, message: dict[str, Any]) -> None:
        self.errors.append(message)

    def _push(self, message: dict[str, Any]) -> None:
        self.pushes.append(message)


class FakeSocket:
    """A WebSocket in memory. ``room`` bytes are taken at once; ``None`` is no limit."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []
        self.raw: list[bytes] = []
        self.pings = 0
        self.closed_with: int | None = None
        self.is_aborted = False
        self.room: int | None = None
        self.unsent = 0
        self._has_room = asyncio.Event()
        self._incoming: asyncio.Queue[str | Signal] = asyncio.Queue()

    # what the test does

    def say(self, message: dict[str, Any] | str) -> None:
        """Let the browser send something."""
        self._incoming.put_nowait(message if isinstance(message, str) else ujson.dumps(message))

    def signal(self, signal: Signal) -> None:
        self._incoming.put_nowait(signal)

    def drop(self) -> None:
        """Let the network go."""
        self._incoming.put_nowait(Signal.CLOSED)

    def leave(self) -> None:
        """Close the page."""
        self._incoming.put_nowait(Signal.LEFT)

    def read_all(self) -> None:
        """Let the browser read what it has not."""
        self.room = None
        self.unsent = 0
        self._has_room.set()

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message["type"] == kind]

    @property
    def is_open(self) -> bool:
        return self.closed_with is None and not self.is_aborted

    # what the connection does

    async def receive(self) -> str | Signal:
        return await self._incoming.get()

    def send_now(self, frames: list[bytes]) -> None:
        for frame in frames:
            self._write(frame)

    async def send(self, frame: bytes) -> None:
        self._write(frame)
        if self.unsent:
            self._has_room.clear()
            await self._has_room.wait()

    def unsent_bytes(self) -> int:
        return self.unsent

    async def ping(self) -> None:
        self.pings += 1

    async def close(self, code: int, reason: str) -> None:
        self.closed_with = code
        self.drop()

    def abort(self) -> None:
        self.is_aborted = True
        self._has_room.set()
        self.drop()

    def _write(self, frame: bytes) -> None:
        self.raw.append(frame)
        self.sent.append(ujson.loads(frame))
        if self.room is not None:
            taken = min(self.room, len(frame))
            self.room -= taken
            self.unsent += len(frame) - taken


class Bench:
    """A process with a fake clock, and pages made and connected as the real ones are."""

    def __init__(self, limits: Limits | None = None, **options: Any) -> None:
        self.clock = FakeClock()
        self.wall = FakeClock(1_700_000_000)
        self.limits = limits or Limits(drain_s=0)
        self.signer = Signer([SECRET], self.limits, clock=self.wall)
        self.errors: list[BaseException] = []
        self.mounted_again: list[FakeMount] = []
        self.mount_delay: asyncio.Event | None = None
        self.process = Process(
            self.signer,
            self._mount_again,
            self.limits,
            clock=self.clock,
            on_error=lambda error, context: self.errors.append(error),
            **options,
        )
        self.work_clock = self.process.work_clock = FakeClock()

    async def _mount_again(
        self, name: str, props: dict[str, Any], mount_id: str, context: RequestContext
    ) -> FakeMount:
        if self.mount_delay is not None:
            await self.mount_delay.wait()
        if name != "known":
            raise UnknownComponentError(f"no component {name}")
        if "error" in props:
            raise ZeroDivisionError(props["error"])
        mount = FakeMount(mount_id, props.get("text", ""))
        self.mounted_again.append(mount)
        return mount

    def page(
        self, mount_id: str = "m1", context: RequestContext = ANN, *, name: str = "known", **props: Any
    ) -> tuple[FakeMount, str]:
        """A mount as after an HTTP request, and its token."""
        mount = FakeMount(mount_id, props.get("text", ""))
        _, token = self.process.joining.open(mount, name, props, context)
        return mount, token

    def plug(
        self, context: RequestContext = ANN, address: str = "1.2.3.4", may_stay: MayStay | None = None
    ) -> FakeSocket:
        """A socket that is being served."""
        socket = FakeSocket()
        self.process.spawn(self._serve(socket, context, address, may_stay))
        return socket

    async def _serve(
        self, socket: FakeSocket, context: RequestContext, address: str, may_stay: MayStay | None
    ) -> None:
        with self.process.reserve_socket(context.session_hash, address):
            await self.process.serve(socket, context, may_stay=may_stay)

    async def join(
        self,
        token: str,
        mount_id: str = "m1",
        version: int = 0,
        context: RequestContext = ANN,
        may_stay: MayStay | None = None,
    ) -> FakeSocket:
        """A socket that has connected a component."""
        socket = self.plug(context, may_stay=may_stay)
        socket.say(connect(token, mount_id, version))
        await settle()
        return socket

    async def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        """Let the clock go and tick as the real one does."""
        await settle()
        until_s = self.clock.now_s + seconds
        while self.clock.now_s < until_s:
            self.clock.now_s = min(until_s, self.clock.now_s + step_s)
            self.process.tick()
            await settle()


def connect(token: str, mount_id: str = "m1", version: int = 0) -> dict[str, Any]:
    return {"type": "connect", "component_id": mount_id, "token": token, "version": version}


def event(seq: int, name: str = "add", mount_id: str = "m1", **members: Any) -> dict[str, Any]:
    return {"type": "event", "component_id": mount_id, "seq": seq, "event": name, **members}


def numbered(socket: FakeSocket) -> dict[str, Any]:
    """What is in each answer to a ``connect``; the number is the mount's own."""
    mount, max_bytes = [socket.of_type("ack")[0][name] for name in ("mount", "max_bytes")]
    assert mount > 0
    assert max_bytes == Limits().message_bytes - SEQ_BYTES
    return {"type": "ack", "component_id": "m1", "mount": mount, "max_bytes": max_bytes}


async def settle() -> None:
    """Let everything that can run, run."""
    for _ in range(12):
        await asyncio.sleep(0)
