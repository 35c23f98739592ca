"""``hyper run``: several processes behind one port, started, watched, renewed one by one, and ended in order.

The supervisor listens and never answers: all processes accept from the one socket it opened, so none of what
waits in its queue is lost when one of them ends. It does not load the application either: a process that is
renewed (SIGHUP) loads the code as it is then.

    SIGTERM, SIGINT   end: each process drains its pages, then exit code 0
    SIGHUP            one after another: start a new process, and end the old one when the new one is ready
"""

from __future__ import annotations

import asyncio
import contextlib
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
from pathlib import Path
from typing import Final

from hyper.commands.worker_place import Place

SECRET_VARIABLE: Final = "HYPER_SECRET"
READY_S: Final = 60
"""To load the application."""
MIN_PAUSE_S: Final = 0.5
MAX_PAUSE_S: Final = 30
"""Between two starts of a process that dies; doubled each time, until one lives longer than this."""
KILL_S: Final = 5
"""Beyond the time to end in; then a process is killed."""
log = logging.getLogger("hyper")


class Supervisor:
    """The processes that serve one target."""

    def __init__(self, target: str, count: int, listening: socket.socket, stop_s: float) -> None:
        self.target = target
        self.count = count
        self.is_stopping = False
        self._stop_s = stop_s
        self._listening = listening
        self._workers: dict[int, Process] = {}
        """The one that has each place."""
        self._alive: set[Process] = set()
        """These, and those that are about to begin or to end."""
        self._locks = [asyncio.Lock() for _ in range(count)]
        self._supervised, self._supervising = os.pipe()
        self._folder = Path(tempfile.mkdtemp(prefix="hyper-"))
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> bool:
        """Serve until told to stop. False: it never began, and the process has said why."""
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
        """Replace one process after another; a new one that does not get ready leaves the others as they are."""
        log.info("renewing %s", _processes(self.count))
        for number in range(self.count):
            async with self._locks[number]:
                old = self._workers[number]
                new = await self._start(number)
                if new is None:
                    log.error("the new process %d did not get ready: the old ones go on", number)
                    return
                self._workers[number] = new
                await self._end(old)
        log.info("renewed %s", _processes(self.count))

    async def _begin(self) -> bool:
        """Start the first process, and when it is ready the others. False: one did not get ready."""
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
        """Start another process wherever one has died that was not told to end."""
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
        """Fill a place, trying until it works; the pause before the next time."""
        new = None
        while new is None and not self.is_stopping:
            await asyncio.sleep(pause_s)
            pause_s = min(MAX_PAUSE_S, max(MIN_PAUSE_S, 2 * pause_s))
            new = await self._start(number)
            if new is not None:
                self._workers[number] = new
        return pause_s

    async def _start(self, number: int) -> Process | None:
        """A new process, when it is ready; None when it never was."""
        ready, ready_writer = os.pipe()
        inherited = (self._listening.fileno(), ready_writer, self._supervised)
        place = Place(self.target, number, self.count, str(self._folder), *inherited, self._stop_s)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "hyper.commands.worker", place.to_json()),
            pass_fds=inherited,
            start_new_session=True,
        )
        os.close(ready_writer)
        self._alive.add(process)
        self._spawn(self._forget(process))
        if await _says_something(ready, READY_S):
            return process
        await self._end(process)
        return None

    async def _forget(self, process: Process) -> None:
        await process.wait()
        self._alive.discard(process)

    async def _end(self, process: Process) -> None:
        """Let a process end in order; kill it if it takes too long."""
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


async def _says_something(pipe: int, timeout_s: float) -> bool:
    """Does a byte come out of ``pipe`` in time?"""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(pipe, "rb"))
    try:
        async with asyncio.timeout(timeout_s):
            return await reader.read(1) != b""
    except TimeoutError:
        return False
    finally:
        transport.close()


def _processes(count: int) -> str:
    return "1 process" if count == 1 else f"{count} processes"


def _how_ended(code: int | None) -> str:
    """``"was killed by SIGKILL"``."""
    if code is not None and code < 0:
        return f"was killed by {signal.Signals(-code).name}"
    return f"ended with exit code {code}"


def supervise(target: str, count: int, listening: socket.socket, stop_s: float) -> bool:
    """Serve ``target`` with ``count`` processes until told to stop. False: it could not begin."""
    if not os.environ.get(SECRET_VARIABLE):
        os.environ[SECRET_VARIABLE] = secrets.token_urlsafe(32)
        log.info(
            "%s is not set: without a secret in setup(), pages that are open will be loaded anew when this ends",
            SECRET_VARIABLE,
        )

    async def run() -> bool:
        return await Supervisor(target, count, listening, stop_s).run()

    return asyncio.run(run())
