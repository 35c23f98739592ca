"""A counter's event, from the text of a frame to the bytes of its answers, without a network.

The frames go the way they go in production: the connection decodes them, its session queues and numbers the
events, the handler is called with validated arguments, the component rendered and compared, update and ack
encoded and handed to the socket. Only the socket is none.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from time import perf_counter
from typing import Final

from bench.mounts import MOUNT_ID, components
from bench.results import Result
from hyper.page_mount import PageMount
from hyper.transport.component import RequestContext
from hyper.transport.connection import Signal
from hyper.transport.limits import Limits
from hyper.transport.switchboard import Switchboard
from hyper.transport.tokens import Signer

EVENTS: Final = 100
"""In one time that is taken."""
UNLIMITED: Final = Limits(events_per_s=1e9, events_burst=10**9)
VISITOR: Final = RequestContext("a visitor")


def run(seconds: float) -> Iterator[Result]:
    """One result: microseconds for each event."""
    best_s, sent_bytes = asyncio.run(_measure(seconds))
    details: dict[str, float | int | str] = {"sent_bytes": sent_bytes, "events_per_s": round(EVENTS / best_s)}
    yield Result("counter_event_us", best_s * 1e6 / EVENTS, "µs", 60, details=details)


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


async def _measure(seconds: float) -> tuple[float, int]:
    """The best time of ``EVENTS`` events, and the bytes that answer one."""
    switchboard = Switchboard(Signer(["x" * 32], UNLIMITED), _mount_again, UNLIMITED)
    socket = FramesAtHand()
    await asyncio.sleep(0)
    serving = asyncio.create_task(_serve(switchboard, socket))
    await socket.all_heard.wait()
    await socket.exchange([await _join(switchboard)])
    best_s, seq = float("inf"), 0
    until = perf_counter() + seconds
    while perf_counter() < until:
        frames = [_event(seq + number) for number in range(1, EVENTS + 1)]
        seq += EVENTS
        start = perf_counter()
        sent = await socket.exchange(frames)
        best_s = min(best_s, perf_counter() - start)
        assert len(sent) == 2 * EVENTS, "every event has one update and one ack"
    sent_bytes = len(sent[-1]) + len(sent[-2])
    await switchboard.close()
    serving.cancel()
    return best_s, sent_bytes


async def _serve(switchboard: Switchboard, socket: FramesAtHand) -> None:
    await switchboard.serve(socket, VISITOR)


async def _mount_again(name: str, props: object, mount_id: str, context: RequestContext) -> PageMount:
    raise AssertionError("the page's own mount is there")


async def _join(switchboard: Switchboard) -> str:
    """The frame with which the page of a new counter connects."""
    mount = await components()["counter"].mount_for(MOUNT_ID, {}, VISITOR)
    _, token = switchboard.open(mount, "counter", {}, VISITOR)
    return f'{{"type":"connect","component_id":"{MOUNT_ID}","token":"{token}","version":0}}'


def _event(seq: int) -> str:
    """As the client sends a click."""
    head = f'{{"type":"event","component_id":"{MOUNT_ID}","seq":{seq}'
    return f'{head},"event":"increment","params":{{"value":""}}}}'
