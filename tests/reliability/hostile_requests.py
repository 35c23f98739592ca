"""Requests with bodies that look like requests, and a reader of raw answers.

Each request has a number in ``X-Number``, and the application repeats it in ``X-Answer``: so an answer to another
request, or to the body of one, is seen.
"""

from __future__ import annotations

import asyncio
import gzip
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

INNER: Final = (
    b"GET /inner HTTP/1.1\r\nHost: example.com\r\nX-Number: inner\r\n\r\n",
    b"POST /echo HTTP/1.1\r\nHost: example.com\r\nX-Number: inner\r\nContent-Length: 0\r\n\r\n",
    b"0\r\n\r\nGET /inner HTTP/1.1\r\nHost: example.com\r\nX-Number: inner\r\n\r\n",
    b"\r\n\r\nGET /inner HTTP/1.1\r\nHost: example.com\r\nX-Number: inner\r\nX-Rest: ",
    b"",
)
"""Bodies that a server must not read as requests."""


@dataclass
class Hostile:
    """One request, and the application's answer."""

    number: str
    method: str
    data: bytes
    answer: Answer | None = None


@dataclass
class Answer:
    """The head and body of a response."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Requests:
    """Draws requests for the pages of two workers."""

    rng: random.Random
    cookie: str
    forms: list[tuple[str, str]]
    """The form tokens of pages of both workers, and where the forms are posted to."""
    count: int = 0
    kinds: tuple[str, ...] = ("page", "page", "socket", "form", "form", "echo")
    made: dict[str, Hostile] = field(default_factory=dict)

    def draw(self) -> Hostile:
        """The next request."""
        rng, number = self.rng, str(self.count)
        self.count += 1
        kind, inner = rng.choice(self.kinds), rng.choice(INNER)
        place = f"{rng.randrange(2)}_{rng.choice(['x', 'abc', 'x-1'])}"
        method, body, path = "GET", inner, f"/?_live={place}"
        headers = [("Host", "example.com"), ("X-Number", number), ("Cookie", self.cookie)]
        if kind == "socket":
            path = f"/_live/ws?{place}"
        elif kind == "form":
            token, path = rng.choice([*self.forms, ("none", "/_live/post?do=nothing")])
            method = "POST"
            fields = {"_live": token, "text": inner.decode()}
            body = urlencode(fields).encode()
            headers += [
                ("Origin", "https://example.com"),
                ("Content-Type", "application/x-www-form-urlencoded"),
            ]
        elif kind == "echo":
            method, path = rng.choice(["POST", "PUT"]), f"/echo?_live={place}"
        if rng.random() < 0.2:
            method = "HEAD" if method == "GET" else method
        request = Hostile(number, method, self._written(method, path, headers, body))
        self.made[number] = request
        return request

    def _written(self, method: str, path: str, headers: list[tuple[str, str]], body: bytes) -> bytes:
        rng = self.rng
        if rng.random() < 0.2:
            headers.append(("Content-Encoding", "gzip"))
            body = gzip.compress(body) if rng.random() < 0.8 else body
        if rng.random() < 0.1 and body:
            headers.append(("Expect", "100-continue"))
        if rng.random() < 0.5:
            headers.append(("Transfer-Encoding", "chunked"))
            body = self._chunked(body)
        elif body or method not in ("GET", "HEAD"):
            headers.append(("Content-Length", str(len(body))))
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body

    def _chunked(self, body: bytes) -> bytes:
        chunks = []
        while body:
            size = self.rng.randint(1, len(body))
            chunks.append(b"%x\r\n%b\r\n" % (size, body[:size]))
            body = body[size:]
        return b"".join([*chunks, b"0\r\n\r\n"])


async def exchange(
    rng: random.Random,
    connect: Callable[[], asyncio.Future[tuple[asyncio.StreamReader, asyncio.StreamWriter]]],
    requests: list[Hostile],
) -> None:
    """Send requests on one connection without waiting for answers, in pieces; read the answers."""
    reader, writer = await connect()
    try:
        sending = asyncio.ensure_future(_send(rng, writer, b"".join(request.data for request in requests)))
        try:
            for request in requests:
                request.answer = await read_answer(reader, request.method)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the rest has no answer
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
    finally:
        writer.transport.abort()


async def _send(rng: random.Random, writer: asyncio.StreamWriter, data: bytes) -> None:
    while data:
        size = rng.choice([len(data), rng.randint(1, len(data))])
        writer.write(data[:size])
        await writer.drain()
        data = data[size:]
        await asyncio.sleep(rng.choice([0, 0, 0.002, 0.02]))


async def read_answer(reader: asyncio.StreamReader, method: str) -> Answer:
    """The next answer, after any 100."""
    status = 100
    while status == 100:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(first.split()[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if method == "HEAD" or status in (204, 304):
        return Answer(status, headers, b"")
    if "chunked" not in headers.get("transfer-encoding", ""):
        return Answer(status, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return Answer(status, headers, body)
