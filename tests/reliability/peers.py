"""Peers that mean no good, over bare sockets, and visitors who only want to use the page beside them.

Each hostile peer goes on until the server closes its connection; what it gets for that is how long it took.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import os
import random
import re
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import ujson

from bench.client import text_frame
from tests.transport.fakes import messages_of

APP: Final = """
import json, os
from aiohttp import web
import hyper
from hyper.transport.limits import Limits

@hyper.live
def page(noise: int = 0):
    count, beats = 0, 0
    def add():
        nonlocal count
        count += 1
    @hyper.every(0.1 if noise else 1000)
    def beat():
        nonlocal beats
        beats += 1
    t'<main><p>{count}</p><i>{str(beats) * noise}</i><button @click="add">+</button></main>'

async def home(request):
    return hyper.page(await hyper.mount(request, page, noise=int(request.query.get("noise", 0))))

def make_app():
    app = web.Application()
    one_address = {"connections_per_address": 10_000, "events_per_s_per_address": 1e9, "events_burst_per_address": 1e9,
        "work_s_burst": 1e9, "work_s_burst_per_address": 1e9}
    hyper.setup(app, limits=Limits(**one_address, **json.loads(os.environ["LIMITS"])))
    app.router.add_get("/", home)
    return app
"""
_ROOT: Final = re.compile(r'data-live-component="(.*?)" data-live-token="([^"]*)"')
SMALL_BUFFER: Final = 4096
CONTINUATION: Final = bytes([0x00, 0x81]) + bytes(4) + b"x"
PING: Final = bytes([0x89, 0x80]) + bytes(4)


class Peer:
    """A bare WebSocket."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.host = urlsplit(url).netloc
        self.seq = 0

    async def load(self, **query: int) -> None:
        """Load the page, as a visitor of one's own."""
        async with aiohttp.ClientSession() as http, http.get(self.url, params=query) as response:
            found = _ROOT.search(await response.text())
            self.cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in response.cookies.values())
        assert found is not None
        self.id, self.token = found[1], found[2]

    async def open(self, receive_buffer: int = 0) -> None:
        """The connection, and the handshake."""
        bare = socket.socket()
        if receive_buffer:
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        bare.setblocking(False)
        host, port = self.host.split(":")
        await asyncio.get_running_loop().sock_connect(bare, (host, int(port)))
        self.reader, self.writer = await asyncio.open_connection(sock=bare, limit=2**20)
        self.writer.write(self.head().encode())
        await self.reader.readuntil(b"\r\n\r\n")

    def head(self) -> str:
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET /_live/ws?{self.id} HTTP/1.1", f"Host: {self.host}", f"Origin: {self.url}", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", f"Cookie: {self.cookie}", "", "",
        ]  # fmt: skip
        return "\r\n".join(lines)

    def say(self, **message: Any) -> None:
        self.writer.write(text_frame(ujson.dumps({"component_id": self.id, **message})))

    async def join(self, receive_buffer: int = 0, **query: int) -> None:
        await self.load(**query)
        await self.open(receive_buffer)
        self.say(type="connect", token=self.token, version=0)

    async def until_closed(self) -> None:
        """Read, so that the end is seen, and answer nothing."""
        while await self.reader.read(2**16):
            pass


async def silent(peer: Peer) -> None:
    """Joins, and is never heard again; pings are not answered."""
    await peer.join()
    await peer.until_closed()


async def never_joining(peer: Peer) -> None:
    """Opens a socket and connects nothing, though it goes on sending control frames."""
    await peer.load()
    await peer.open()
    await keep_sending(peer, PING, 0.2)


async def deaf(peer: Peer) -> None:
    """Never reads what it is sent, and sends pings all the while."""
    await peer.join(SMALL_BUFFER, noise=100_000)
    peer.reader._transport.pause_reading()  # type: ignore[attr-defined]
    while not peer.writer.is_closing():
        peer.writer.write(PING)
        await asyncio.sleep(0.2)


async def flooding(peer: Peer) -> None:
    """Sends events as fast as the connection takes them."""
    await peer.join()
    closed = asyncio.ensure_future(peer.until_closed())
    while not (closed.done() or peer.writer.is_closing()):
        for _ in range(50):
            peer.seq += 1
            peer.say(type="event", seq=peer.seq, event="add", args=[])
        with contextlib.suppress(ConnectionError):
            await peer.writer.drain()
        await asyncio.sleep(0)
    with contextlib.suppress(ConnectionError):
        await closed


async def oversized(peer: Peer) -> None:
    """Sends one frame of 100 KB."""
    await peer.join()
    peer.writer.write(bytes([0x81, 0xFF]) + (100_000).to_bytes(8, "big") + bytes(4) + b"x" * 100_000)
    await peer.until_closed()


async def boasting(peer: Peer) -> None:
    """Announces a frame of 2⁶² bytes."""
    await peer.join()
    peer.writer.write(bytes([0x81, 0xFF]) + (2**62).to_bytes(8, "big") + bytes(4) + b"x")
    await peer.until_closed()


async def fragmenting(peer: Peer) -> None:
    """Sends a message in pieces of one byte, and never the last; pings are not answered."""
    await peer.join()
    peer.writer.write(bytes([0x01, 0x81]) + bytes(4) + b"{")
    await keep_sending(peer, CONTINUATION, 0.1)


async def babbling(peer: Peer) -> None:
    """Sends what is no message."""
    await peer.join()
    for _ in range(3):
        peer.writer.write(text_frame("no message"))
    await peer.until_closed()


async def forging(peer: Peer) -> None:
    """Tries tokens."""
    await peer.load()
    await peer.open()
    forged = peer.token[:-1] + ("A" if peer.token[-1] != "A" else "B")
    await keep_sending(
        peer,
        text_frame(ujson.dumps({"type": "connect", "component_id": peer.id, "token": forged, "version": 0})),
        0.2,
    )


async def dawdling(peer: Peer) -> None:
    """Sends the head of its request a byte now and then."""
    await peer.load()
    host, port = peer.host.split(":")
    peer.reader, peer.writer = await asyncio.open_connection(host, int(port))
    peer.writer.write(f"GET / HTTP/1.1\r\nHost: {peer.host}\r\nX-Slow: ".encode())
    await keep_sending(peer, b"x", 1)


async def keep_sending(peer: Peer, data: bytes, every_s: float) -> None:
    """Until the connection is closed."""
    closed = asyncio.ensure_future(peer.until_closed())
    with contextlib.suppress(ConnectionError):
        while not closed.done():
            peer.writer.write(data)
            await asyncio.wait([closed], timeout=every_s)
    with contextlib.suppress(ConnectionError):
        await closed


KINDS: Final[list[Callable[[Peer], Awaitable[None]]]] = [
    silent, never_joining, deaf, flooding, oversized, boasting, fragmenting, babbling, forging, dawdling,
]  # fmt: skip


async def attack(kind: Callable[[Peer], Awaitable[None]], url: str) -> float:
    """Seconds until the server had enough."""
    peer = Peer(url)
    started_s = time.monotonic()
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await kind(peer)
    peer.writer.transport.abort()
    return time.monotonic() - started_s


async def use(url: str, seconds: float, rng: random.Random) -> list[float]:
    """A visitor presses a button now and then: how long each answer took, in milliseconds."""
    peer = Peer(url)
    await peer.join()
    await answer(peer)
    took_ms = []
    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        await asyncio.sleep(rng.random() * 0.2)
        peer.seq += 1
        sent_s = time.perf_counter()
        peer.say(type="event", seq=peer.seq, event="add", args=[])
        update, ack = messages_of(await answer(peer))
        assert (update["type"], ack["type"]) == ("update", "ack")
        assert "error" not in ack
        took_ms.append((time.perf_counter() - sent_s) * 1000)
    peer.writer.close()
    return took_ms


async def answer(peer: Peer) -> bytes:
    """The next small text frame; pings are answered."""
    while True:
        kind, length = await peer.reader.readexactly(2)
        if length == 126:
            length = int.from_bytes(await peer.reader.readexactly(2), "big")
        data = await peer.reader.readexactly(length)
        if kind == 0x89:
            peer.writer.write(bytes([0x8A, 0x80]) + bytes(4))
        else:
            return data
