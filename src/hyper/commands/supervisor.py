"""``hyper run``: starts several processes behind one port, restarts them when they die, renews and ends them.

The supervisor opens the listening socket, but all workers accept from it: so no connection that waits in its queue is
lost when one of them ends. It does not load the application either: a worker that is renewed (SIGHUP) loads the code as
it is at that time.

    SIGTERM, SIGINT   end: each process drains its pages; exit code 0
    no sign of life   kill and replace a process whose event loop has hung for 20 s
    SIGHUP            renew the processes one by one: start a new one, and end the old one when the new one is ready

A worker imports this module for ``WorkerPlace``, which adds nothing but the standard library to what it loads. The
supervisor imports neither the worker nor aiohttp.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
from asyncio.subprocess import Process
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

RUN_SECRET_VARIABLE: Final = "HYPER_RUN_SECRET"
"""A secret for the workers of an application that has none: see ``web/settings.py``."""
BACKLOG: Final = 1024
"""How many connections may wait to be accepted."""
CANNOT_START: Final = 3
"""The exit code of a worker that could not load its application and has logged why."""
READY_S: Final = 60
"""How long a worker may take to load the application."""
MIN_PAUSE_S: Final = 0.5
MAX_PAUSE_S: Final = 30
"""The pause between two starts of a worker that dies; doubled each time, until one lives longer than the pause."""
HANG_S: Final = 20
"""How long the event loop of a worker may give no sign before the worker is killed and replaced."""
BEAT_S: Final = 1
"""The time between two signs."""
KILL_S: Final = 5
"""How much longer than ``stop_s`` a worker may take to end before it is killed."""
log = logging.getLogger("hyper")


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """What a worker is given when it starts: its place among all workers, and the file descriptors it inherits."""

    target: str
    """What to serve: see ``targets.py``."""
    number: int
    """The number of this worker, from 0."""
    count: int
    """The number of all workers."""
    folder: str
    """The folder of the sockets between workers."""
    listening: int
    """The socket that all workers accept from."""
    ready: int
    """A pipe to write to when ready, and every ``BEAT_S`` from then on."""
    supervised: int
    """A pipe that is closed when the supervisor ends."""
    stop_s: float
    """How long the worker may take to end."""

    def to_json(self) -> str:
        """The place as JSON, for the command line."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> WorkerPlace:
        """The place in the text that ``to_json`` returned."""
        return cls(**json.loads(text))


class Supervisor:
    """The processes that serve one target."""

    def __init__(
        self, target: str, count: int, listening: socket.socket, stop_s: float, hang_s: float = HANG_S
    ) -> None:
        self.target = target
        self.count = count
        self.is_stopping = False
        self._stop_s = stop_s
        self._hang_s = hang_s
        self._listening = listening
        self._workers: dict[int, Process] = {}
        """The process in each place, by its number."""
        self._alive: set[Process] = set()
        """All processes, including those that are starting or ending."""
        self._locks = [asyncio.Lock() for _ in range(count)]
        self._supervised, self._supervising = os.pipe()
        self._folder = Path(tempfile.mkdtemp(prefix="hyper-"))
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> bool:
        """Serve until told to stop. ``False`` if a worker could not start; it has logged why."""
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self.renew()))
        beginning = loop.create_task(self._begin())
        beginning.add_done_callback(lambda task: None if task.result() else stop.set())
        await stop.wait()
        await self._stop()
        return await beginning

    async def renew(self) -> None:
        """Replace the workers one by one; stops at the first new one that does not get ready."""
        log.info("renewing %s", _processes(self.count))
        for number in range(self.count):
            async with self._locks[number]:
                old = self._workers[number]
                new = await self._start(number)
                if new is None:
                    log.error("the new process %d did not get ready: the old ones continue", number)
                    return
                self._workers[number] = new
                await self._end(old)
        log.info("renewed %s", _processes(self.count))

    async def _begin(self) -> bool:
        """Start the first worker, and the others when it is ready. ``False`` if one did not get ready."""
        for numbers in ([0], range(1, self.count)):
            started = await asyncio.gather(*(self._start(number) for number in numbers))
            if self.is_stopping:
                return True
            for number, process in zip(numbers, started, strict=True):
                if process is None:
                    return False
                self._workers[number] = process
                self._spawn(self._keep(number))
        log.info("serving %s with %s", self.target, _processes(self.count))
        return True

    async def _keep(self, number: int) -> None:
        """Start another worker in this place whenever its worker dies without being told to end."""
        pause_s = 0.0
        now_s = asyncio.get_running_loop().time
        while not self.is_stopping:
            process, began_s = self._workers[number], now_s()
            await process.wait()
            async with self._locks[number]:
                if self._workers[number] is process and not self.is_stopping:
                    log.error("process %d %s: starting another", number, _how_ended(process.returncode))
                    lived_long = now_s() - began_s > MAX_PAUSE_S
                    pause_s = await self._replace(number, 0.0 if lived_long else pause_s)

    async def _replace(self, number: int, pause_s: float) -> float:
        """Start a worker in this place, retrying until it works. Returns the pause before the next start."""
        new = None
        while new is None and not self.is_stopping:
            await asyncio.sleep(pause_s)
            pause_s = min(MAX_PAUSE_S, max(MIN_PAUSE_S, 2 * pause_s))
            new = await self._start(number)
            if new is not None:
                self._workers[number] = new
        return pause_s

    async def _start(self, number: int) -> Process | None:
        """A new worker that is ready; ``None`` if it did not get ready in time."""
        ready, ready_writer = os.pipe()
        inherited = (self._listening.fileno(), ready_writer, self._supervised)
        place = WorkerPlace(self.target, number, self.count, str(self._folder), *inherited, self._stop_s)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hyper.commands.worker", place.to_json()),
            pass_fds=inherited,
            start_new_session=True,
        )
        os.close(ready_writer)
        self._alive.add(process)
        self._spawn(self._forget(process))
        signs = await _reader_of(ready)
        if await _says_something(signs, READY_S):
            self._spawn(self._watch(process, signs))
            return process
        await self._end(process)
        return None

    async def _watch(self, process: Process, signs: asyncio.StreamReader) -> None:
        """Kill a worker that gives no sign any more; ``_keep`` replaces it. Returns when it has ended."""
        while not signs.at_eof():
            if (
                not await _says_something(signs, self._hang_s)
                and process.returncode is None
                and not signs.at_eof()
            ):
                log.error("process %d has given no sign for %g s: killing it", process.pid, self._hang_s)
                process.kill()
                return

    async def _forget(self, process: Process) -> None:
        await process.wait()
        self._alive.discard(process)

    async def _end(self, process: Process) -> None:
        """Tell a worker to end; kill it if it takes too long."""
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(self._stop_s + KILL_S):
                await process.wait()
        except TimeoutError:
            log.error("process %d does not end: killing it", process.pid)
            process.kill()
            await process.wait()

    async def _stop(self) -> None:
        self.is_stopping = True
        self._listening.close()
        await asyncio.gather(*(self._end(process) for process in list(self._alive)))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        os.close(self._supervised)
        os.close(self._supervising)
        shutil.rmtree(self._folder)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _reader_of(pipe: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
    return reader


async def _says_something(signs: asyncio.StreamReader, timeout_s: float) -> bool:
    """Can anything be read in time?"""
    try:
        async with asyncio.timeout(timeout_s):
            return await signs.read(1024) != b""
    except TimeoutError:
        return False


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _how_ended(code: int | None) -> str:
    """``"was killed by SIGKILL"``."""
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def supervise(target: str, count: int, listening: socket.socket, stop_s: float) -> bool:
    """Serve ``target`` with ``count`` workers until told to stop. ``False`` if a worker could not start."""
    os.environ[RUN_SECRET_VARIABLE] = secrets.token_urlsafe(32)

    async def run() -> bool:
        return await Supervisor(target, count, listening, stop_s).run()

    return asyncio.run(run())


def open_port(host: str, port: int, backlog: int) -> socket.socket:
    """A listening socket. Raises ``OSError``, which ``why_not`` explains, if the port cannot be used."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    family, *_, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=backlog)


def url_of(address: tuple[object, ...]) -> str:
    """The address as a URL: ``("127.0.0.1", 8000)`` gives ``"http://127.0.0.1:8000"``."""
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in str(host) else f"http://{host}:{port}"


def why_not(error: OSError, host: str, port: int) -> str:
    """Why a server cannot listen on ``port``, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken, perhaps by another hyper: use --port {port + 1}"
    if error.errno == errno.EACCES:
        return f"port {port} is for privileged programs: use --port 8000 or another one above 1023"
    return f"cannot listen on {host}, port {port}: {error.strerror or error}"
