"""A WebSocket client that costs next to nothing, so that a server is what is measured.

It sends frames that were made before and counts the frames that come back; a frame is looked into only as far as
its length. One call of ``exchange`` is one round trip.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import os
import re
import struct
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

_CLOSE_S: Final = 5.0


def text_frame(text: str) -> bytes:
    """A text frame as a client sends it, masked with zeros."""
    data = text.encode()
    if len(data) < 126:
        head = struct.pack("!BB", 0x81, 0x80 | len(data))
    else:
        head = struct.pack("!BBH", 0x81, 0x80 | 126, len(data))
    return head + b"\0\0\0\0" + data


class Client(asyncio.Protocol):
    """One WebSocket."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._received = bytearray()
        self._is_open = False
        self._answered: asyncio.Future[None] | None = None
        self._missing = 0
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        self._answer(ConnectionError("the server closed the socket"))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._is_open:
            end = self._received.find(b"\r\n\r\n")
            if end < 0:
                return
            if b" 101 " not in self._received[:end]:
                self._answer(ConnectionError(self._received[:end].decode()))
                return
            self._is_open = True
            del self._received[: end + 4]
            self._missing -= 1
        self._count_frames()
        if self._missing <= 0:
            self._answer(None)

    def _count_frames(self) -> None:
        received, at = self._received, 0
        while len(received) - at >= 2:
            length, head = received[at + 1], 2
            if length == 126:
                length, head = int.from_bytes(received[at + 2 : at + 4]), 4
            elif length == 127:
                length, head = int.from_bytes(received[at + 2 : at + 10]), 10
            if len(received) - at < head + length:
                break
            at += head + length
            self._missing -= 1
        del received[:at]

    def _answer(self, error: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            if error is None:
                self._answered.set_result(None)
            else:
                self._answered.set_exception(error)

    async def exchange(self, frame: bytes) -> None:
        """Send ``frame`` and wait for the one that answers it."""
        self._missing = 1
        self._answered = asyncio.get_running_loop().create_future()
        if frame:
            self.transport.write(frame)
        await self._answered


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page that was loaded and waits for its socket."""

    component_id: str
    token: str
    cookie: str

    def connect_message(self) -> str:
        """What its socket says first."""
        members = f'"component_id":"{self.component_id}","token":"{self.token}","version":0'
        return f'{{"type":"connect",{members}}}'


_ROOT: Final = re.compile(r'data-live-component="([^"]+)" data-live-token="([^"]+)"')


class Server:
    """The process that is measured; use it with ``with``."""

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())
        return self

    def __exit__(self, *exception: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(_CLOSE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def get(self, path: str, cookie: str = "") -> tuple[str, str]:
        """The body of a page, and the cookie it sets or the one given."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        connection.request("GET", path, headers={"Cookie": cookie} if cookie else {})
        response = connection.getresponse()
        body = response.read().decode()
        connection.close()
        if response.status != 200:
            raise RuntimeError(f"GET {path}: {response.status}\n{body}")
        return body, (response.getheader("Set-Cookie") or cookie).partition(";")[0]

    def load(self, path: str, cookie: str = "") -> LivePage:
        """Load a page with a live component."""
        body, cookie = self.get(path, cookie)
        match = _ROOT.search(body)
        assert match is not None, body[:500]
        return LivePage(match[1], match[2], cookie)

    async def open(self, path: str, cookie: str = "") -> Client:
        """A WebSocket that is open."""
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {path} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Origin: http://127.0.0.1:{self.port}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *([f"Cookie: {cookie}"] if cookie else []),
        ]
        request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        client = Client(b"")
        await asyncio.get_running_loop().create_connection(lambda: client, "127.0.0.1", self.port)
        await client.exchange(request)
        return client

    async def connect(self, page: LivePage) -> Client:
        """The WebSocket of a live page, connected."""
        client = await self.open("/_live/ws", page.cookie)
        await client.exchange(text_frame(page.connect_message()))
        return client
