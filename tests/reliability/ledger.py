"""A page whose every event leaves a line in a file, and clients that are cut off again and again.

The file outlives the processes, so it knows what ran, whoever has forgotten it: the oracle of the test.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import ujson

from hyper.diff import apply_patches, patches_from_json
from hyper.vdom import Root, parse_html
from tests.transport.fakes import messages_of

APP: Final = """
import os
from aiohttp import web
import hyper
from hyper.transport.limits import Limits

LEDGER = os.open(os.environ["LEDGER"], os.O_WRONLY | os.O_APPEND)

@hyper.live
def page():
    lines, total = [], 0
    def add(token: str):
        nonlocal total
        os.write(LEDGER, f"{token}\\n".encode())
        lines.append(token)
        del lines[:-8]
        total += 1
    t'<main><p>{total}</p><ol>{[t'<li key="{line}">{line}</li>' for line in lines]}</ol><button @click="add(value)">+</button></main>'

async def home(request):
    return hyper.page(await hyper.mount(request, page))

def make_app():
    app = web.Application()
    limits = Limits(
        connections_per_address=10_000, events_per_s_per_address=1e9, events_burst_per_address=10**9,
        work_s_burst=1e9, work_s_burst_per_address=1e9,
    )
    hyper.setup(app, limits=limits)
    app.router.add_get("/", home)
    return app
"""
MAX_RETRY_S: Final = 0.4
PENDING: Final = 4
"""Events under way at a time."""
_ROOT: Final = re.compile(r'data-live-component="(.*?)" data-live-token="([^"]*)"[^>]*>(.*)</div>', re.DOTALL)


@dataclass
class Fates:
    """What became of the events of one client, as its page was told."""

    acknowledged: set[str] = field(default_factory=set)
    refused: dict[str, str] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    """Nobody knows."""
    unsent: set[str] = field(default_factory=set)
    """They waited for a connection, and did not run."""


class Client:
    """A browser with one page, which does what ``runtime_js/session.js`` does."""

    def __init__(self, url: str, name: str, events: int, pace_s: float, rng: random.Random) -> None:
        self.url = url
        self.name = name
        self.pace_s = pace_s
        self.rng = rng
        self.left = [f"{name}-{number}" for number in range(events, 0, -1)]
        self.fates = Fates()
        self.reconnects = self.resyncs = self.gaps = 0
        self.pending: dict[int, str] = {}
        self.seq = self.sent = self.version = self.mount = 0
        self.is_joined = self.is_resyncing = False
        self.ws: aiohttp.ClientWebSocketResponse | None = None

    async def run(self) -> None:
        """Send all events, whatever happens to the connection; then see that the page is the server's."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as self.http:
            await self.load()
            acting = asyncio.create_task(self.act())
            while not self.is_done:
                with contextlib.suppress(aiohttp.ClientError, ConnectionError):
                    await self.talk()
                self.leave()
                if not self.is_done:
                    self.reconnects += 1
                    await asyncio.sleep(self.rng.random() * MAX_RETRY_S)
            await acting

    async def act(self) -> None:
        """The user, who does not look whether there is a connection."""
        while self.left:
            await asyncio.sleep(self.rng.random() * 2 * self.pace_s)
            if len(self.pending) < PENDING:
                self.seq += 1
                self.pending[self.seq] = self.left.pop()
                if self.is_joined:
                    with contextlib.suppress(ConnectionError):
                        await self.deliver(self.seq)

    def cut(self) -> None:
        """Drop the connection, with all that is under way on it."""
        if self.ws is not None and self.ws._response.connection is not None:
            transport = self.ws._response.connection.transport
            if transport is not None:
                transport.abort()

    @property
    def is_done(self) -> bool:
        return (
            not (self.left or self.pending) and self.is_joined and not self.is_resyncing and self.is_checked
        )

    is_checked = False

    async def load(self) -> None:
        async with self.http.get(self.url) as response:
            found = _ROOT.search(await response.text())
        assert found is not None
        self.id, self.token = found[1], found[2]
        self.tree: Root = parse_html(found[3])

    async def talk(self) -> None:
        url = f"{self.url}/_live/ws?{self.id}"
        async with self.http.ws_connect(url, headers={"Origin": self.url}, compress=0) as self.ws:
            whence = {"token": self.token, "version": self.version, "mount": self.mount}
            await self.say(type="connect", component_id=self.id, **whence)
            async for message in self.ws:
                if message.type is aiohttp.WSMsgType.TEXT:
                    for said in messages_of(message.data):
                        await self.hear(said)
                    if self.is_done:
                        return

    def leave(self) -> None:
        if self.is_joined:
            self.sent = self.seq
        self.is_joined = self.is_joined and self.is_done
        self.is_resyncing = False

    async def say(self, **message: Any) -> None:
        assert self.ws is not None
        await self.ws.send_str(ujson.dumps(message))

    async def deliver(self, seq: int) -> None:
        arguments = {"event": "add", "args": [self.pending[seq]]}
        await self.say(type="event", component_id=self.id, seq=seq, **arguments)

    async def hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "ack":
            await self.hear_ack(message)
        elif kind == "update":
            await self.hear_update(message)
        elif kind == "resync":
            self.check(message)
        elif kind == "error":
            raise AssertionError(f"{self.name}: {message}")

    async def hear_ack(self, message: dict[str, Any]) -> None:
        done, current, was_joined = message["seq"], message["version"], self.is_joined
        self.is_joined = True
        if not was_joined and message.get("again") and (self.sent or done):
            for seq, token in self.pending.items():
                (self.fates.lost if seq <= self.sent else self.fates.unsent).add(token)
            self.pending.clear()
            self.seq = 0
        self.seq = max(self.seq, done)
        if was_joined:
            self.settle(done, message.get("error"))
        else:
            self.mount = message["mount"]
            for seq in list(self.pending):
                await self.deliver(seq)
        if current != self.version or not (self.left or self.pending or self.is_resyncing):
            await self.ask_snapshot()

    def settle(self, done: int, error: dict[str, Any] | None) -> None:
        for seq in [seq for seq in self.pending if seq <= done]:
            token = self.pending.pop(seq)
            if error is not None and seq == done:
                self.fates.refused[token] = error["code"]
            else:
                self.fates.acknowledged.add(token)

    async def hear_update(self, message: dict[str, Any]) -> None:
        if self.is_resyncing or message["version"] <= self.version:
            return
        if message["version"] != self.version + 1:
            self.gaps += 1
            await self.ask_snapshot()
            return
        self.tree = apply_patches(self.tree, patches_from_json(ujson.dumps(message["patches"])))
        self.version = message["version"]

    async def ask_snapshot(self) -> None:
        self.is_resyncing = True
        await self.say(type="resync", component_id=self.id)

    def check(self, message: dict[str, Any]) -> None:
        """A snapshot of the version that is shown has to be what is shown."""
        tree = parse_html(message["html"])
        if not self.is_resyncing:
            self.resyncs += 1  # not asked for: what was missed was too much to be kept
        elif not self.left and not self.pending:
            assert tree == self.tree, self.name
            self.is_checked = True
        self.tree, self.version = tree, message["version"]
        self.is_resyncing = False
