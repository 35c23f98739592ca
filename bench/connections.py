"""Pages connected as in production, on sockets without a network."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final

from bench.mounts import components
from hyper.components.page import PageMount
from hyper.transport.component import RequestContext
from hyper.transport.limits import Limits
from hyper.transport.process import Process
from hyper.transport.sockets import Signal
from hyper.transport.tokens import Signer

SECRET: Final = "benchmarks sign with this and it is no secret"
UNLIMITED: Final = Limits(
    events_per_s=1e9,
    events_burst=10**9,
    events_per_s_per_address=1e9,
    events_burst_per_address=10**9,
    work_s_burst=1e9,
    work_s_burst_per_address=1e9,
    connections=10**6,
    connections_per_visitor=10**6,
    connections_per_address=10**6,
    pending=10**6,
    silence_s=3600,
    idle_s=1,
)
VISITOR: Final = RequestContext("a visitor")


class FramesAtHand:
    """A socket whose peer has said everything already."""

    def __init__(self) -> None:
        self.waiting: deque[str] = deque()
        self.said = asyncio.Event()
        self.sent: list[bytes] = []
        self.all_heard = asyncio.Event()

    async def receive(self) -> str | Signal:
        if not self.waiting:
            self.all_heard.set()
            self.said.clear()
            await self.said.wait()
        return self.waiting.popleft()

    async def exchange(self, frames: list[str]) -> list[bytes]:
        """What is answered to these frames."""
        self.sent.clear()
        self.waiting.extend(frames)
        self.all_heard.clear()
        self.said.set()
        await self.all_heard.wait()
        return self.sent

    def send_now(self, frames: list[bytes]) -> None:
        self.sent += frames

    async def send(self, frame: bytes) -> None:
        self.sent.append(frame)

    def unsent_bytes(self) -> int:
        return 0

    async def ping(self) -> None:
        """Nobody is asked."""

    async def close(self, code: int, reason: str) -> None:
        """Nothing is open."""

    def abort(self) -> None:
        """Nothing is open."""


def new_process() -> Process:
    """A process's mounts and sockets, without limits that would be in the way."""
    return Process(Signer([SECRET], UNLIMITED), _mount_again, UNLIMITED)


async def _mount_again(name: str, props: object, mount_id: str, context: RequestContext) -> PageMount:
    raise AssertionError("the page's own mount is there")


async def connect(process: Process, component: str, mount_id: str, **props: Any) -> FramesAtHand:
    """The socket of a new page that shows ``component``, connected."""
    mount = await components()[component].mount_for(mount_id, props, VISITOR)
    _, token = process.joining.open(mount, component, props, VISITOR)
    socket = FramesAtHand()
    process.spawn(process.serve(socket, VISITOR))
    await socket.all_heard.wait()
    await socket.exchange([f'{{"type":"connect","component_id":"{mount_id}","token":"{token}","version":0}}'])
    return socket


def click(component_id: str, event: str, seq: int) -> str:
    """The frame in which the client sends the click of a button."""
    head = f'{{"type":"event","component_id":"{component_id}","seq":{seq}'
    return f'{head},"event":"{event}","params":{{"value":""}}}}'
