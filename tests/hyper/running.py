"""``hyper run`` as a process of its own, and a browser as far as a socket sees one."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import ujson

from tests.transport.fakes import Reader

WAIT_S = 60
SHOP = """
import os
from aiohttp import web
import hyper

@hyper.live(fallback=os.environ.get("FALLBACK"))
def counter():
    count, here = 0, os.getpid()
    def increment():
        nonlocal count
        count += 1
    t'<p>{count} in {here}, {os.getpid()}</p><button @click="increment">+</button>'

async def home(request):
    return hyper.page(await hyper.mount(request, counter))

def make_app():
    app = web.Application()
    hyper.setup(app)
    app.router.add_get("/", home)
    return app
"""


class Run:
    """A ``hyper run`` that serves."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, log: asyncio.StreamReader) -> None:
        self.process = process
        self.url = url
        self._log = log
        self.lines: list[str] = []

    async def logged(self, text: str) -> str:
        """The next line of its log that holds ``text``."""
        async with asyncio.timeout(WAIT_S):
            while line := (await self._log.readline()).decode():
                self.lines.append(line)
                if text in line:
                    return line
        raise AssertionError(f"{text!r} is not in the log: {''.join(self.lines)}")

    async def end(self, number: int = signal.SIGTERM) -> int:
        """Tell it to end; its exit code."""
        self.process.send_signal(number)
        return await self.ended()

    async def ended(self) -> int:
        async with asyncio.timeout(WAIT_S):
            _, rest = await asyncio.gather(self.process.wait(), self._log.read())
        self.lines.append(rest.decode())
        assert self.process.returncode is not None
        return self.process.returncode


@asynccontextmanager
async def running(
    folder: Path, target: str, *options: str, until: str = "serving", **env: str
) -> AsyncIterator[Run]:
    """``hyper run TARGET`` in ``folder``, on a free port, when its log says ``until``: that it is ready."""
    command = [sys.executable, "-m", "hyper", "run", target, "--port", "0", *options]
    pipe = asyncio.subprocess.PIPE
    path = {
        name: value for name, value in os.environ.items() if name == "PYTHONPATH"
    }  # the same code as here
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, stdout=pipe, stderr=pipe, env={"PATH": "/usr/bin:/bin", **path, **env}
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        greeting = (await process.stdout.readline()).decode()
        run = Run(process, greeting.split()[-1], process.stderr)
        await run.logged(until)
        yield run
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        async with asyncio.timeout(WAIT_S):  # to the end of both pipes, or the transport stays open
            await process.communicate()


class Visitor:
    """Somebody with a browser: cookies, pages and their sockets."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.session = aiohttp.ClientSession(
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            connector=aiohttp.TCPConnector(force_close=True, ssl=False),
        )
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def open(self) -> Tab:
        async with self.session.get(self.url) as response:
            text = await response.text()
            assert response.status == 200, text
        found = re.search(r'data-live-component="(.*?)" data-live-token="([^"]*)"[^>]*>(.*?)</div>', text)
        assert found is not None, text
        return Tab(self, *found.groups())

    async def plug(self, query: str) -> aiohttp.ClientWebSocketResponse:
        """A socket, closed with the browser."""
        socket = await self.session.ws_connect(f"{self.url}/_live/ws?{query}", headers={"Origin": self.url})
        self._sockets.append(socket)
        return socket

    async def close(self) -> None:
        for socket in self._sockets:
            await socket.close()
        await self.session.close()


class Tab:
    """A page with one component."""

    def __init__(self, visitor: Visitor, mount_id: str, token: str, html: str) -> None:
        self.visitor = visitor
        self.mount_id = mount_id
        self.html = html
        self.version = self.seq = 0
        self._token = token
        self.ws: aiohttp.ClientWebSocketResponse | None = None
        self._reader = Reader()

    @property
    def owner(self) -> int:
        """The process that made the page."""
        return int(re.findall(r"\d+", self.html)[1])

    async def join(self, hint: str | None = None) -> dict[str, Any]:
        """Connect, as the client does; the answer."""
        self.ws = await self.visitor.plug(self.mount_id if hint is None else hint)
        await self.say(type="connect", component_id=self.mount_id, token=self._token, version=self.version)
        answer = await self.until(lambda frame: frame["type"] in ("ack", "error"))
        assert answer["type"] == "ack", answer
        self.version = answer.get("version", self.version)
        self.seq = answer.get("seq", self.seq)
        return answer

    async def say(self, **message: Any) -> None:
        assert self.ws is not None
        await self.ws.send_str(ujson.dumps(message))

    async def click(self) -> str:
        """Press the button; what the page shows then."""
        self.seq += 1
        await self.say(type="event", seq=self.seq, component_id=self.mount_id, event="increment", params={})
        shown = []

        def is_ack(frame: dict[str, Any]) -> bool:
            shown.extend(patch.get("value") for patch in frame.get("patches", []))
            return bool(frame["type"] == "ack")

        self.version = (await self.until(is_ack))["version"]
        return str(shown[-1])

    async def shown(self) -> str:
        """The HTML that the page shows now."""
        await self.say(type="resync", component_id=self.mount_id, reason="test")
        frame = await self.until(lambda frame: frame["type"] == "resync")
        self.version = frame["version"]
        return str(frame["html"])

    async def until(self, is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next frame of that kind."""
        assert self.ws is not None
        async with asyncio.timeout(WAIT_S):
            while True:
                message = await self._reader.next(self.ws)
                if is_it(message):
                    return message

    async def closed(self) -> int | None:
        """The code that the server closes with."""
        assert self.ws is not None
        async with asyncio.timeout(WAIT_S):
            while (message := await self.ws.receive()).type is aiohttp.WSMsgType.TEXT:
                pass
        return message.data if message.type is aiohttp.WSMsgType.CLOSE else self.ws.close_code

    async def drop(self) -> None:
        """Lose the connection."""
        assert self.ws is not None
        await self.ws.close()


@asynccontextmanager
async def visiting(url: str) -> AsyncIterator[Visitor]:
    """A visitor whose browser is closed in the end."""
    visitor = Visitor(url)
    try:
        yield visitor
    finally:
        await visitor.close()
