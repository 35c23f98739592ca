"""The worker processes behind one port of a machine, and how a request gets to the one that holds its page.

A component lives in the process that made its page. The id of its mount begins with that worker's number,
``2_Ab3…``, and the page's socket asks for the first of its mounts: ``/_live/ws?2_Ab3…``. The worker that accepted
the connection passes it on before it answers: the open socket itself goes over a local Unix socket (SCM_RIGHTS),
with the whole request, and the other worker serves it as if it had accepted it. Nothing is relayed.

A number belongs to a place, not to a process: a process that replaces one that ended takes over its place and its
pages, which it mounts again. So a page's socket has one place to go, whichever worker was restarted. If there is no
worker in that place, or the page is another machine's, the worker that accepted the connection keeps it.

It knows no web framework: a request is bytes here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import socket
from array import array
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, TypeAlias

MAX_REQUEST_BYTES: Final = 512 * 1024
"""More than a request's head and a form take; larger requests are served where they were accepted."""
RETRIES: Final = 110
RETRY_S: Final = 0.01
MAX_RETRY_S: Final = 0.25
"""Between two attempts to send to a worker that is too busy to receive, doubled each time up to the second number.

That is 26 seconds: longer than the supervisor of ``hyper run`` waits before it replaces one that hangs. A worker that is
only slow keeps its pages.
"""

TakeOver: TypeAlias = Callable[[socket.socket, bytes], Coroutine[None, None, None]]
"""Serves a connection that another worker accepted, beginning with the request that it read."""
Finder: TypeAlias = Callable[[Any], Awaitable["tuple[str, bytes] | None"]]
"""Returns the id of the mount that a request is for, and the whole body of the request; ``None`` if there is no such
id, or the body was not read to its end. It proves nothing: the worker that has the mount checks the request."""

_NUMBERED: Final = re.compile(r"([0-9]{1,4})_")
log = logging.getLogger("hyper")


class WorkerBusyError(Exception):
    """A worker lives, and has not received anything for long."""


class Workers:
    """One worker's access to the others; they are numbered from 0, and each has a socket in ``folder``."""

    def __init__(self, number: int, count: int, folder: Path) -> None:
        self.number = number
        self.count = count
        self.folder = folder
        self._out = _datagrams()
        self.receiver: socket.socket | None = None
        self._taking: set[asyncio.Task[None]] = set()
        self.heard: Callable[[bytes], object] = lambda message: None
        """Called with each message from another worker."""
        self.finders: list[Finder] = []
        """What the applications of this process know about their requests."""

    @property
    def prefix(self) -> str:
        """The prefix of the ids of this process's mounts."""
        return f"{self.number}_"

    def owner_of(self, mount_id: str) -> int | None:
        """The number of the worker that a mount belongs to; ``None`` for this one, and for an id of no worker."""
        numbered = _NUMBERED.match(mount_id)
        number = int(numbered[1]) if numbered else self.number
        return number if number != self.number and number < self.count else None

    async def pass_on(self, number: int, connection: int, request: bytes) -> bool:
        """Pass a connection to worker ``number``, with the request that was read from it. Returns whether it took it.

        ``connection`` is a file descriptor; the caller still has to close its own copy. Raises ``WorkerBusyError`` if
        the worker lives, and does not receive it in time.
        """
        return await self._send(number, request, array("i", [connection]))

    async def tell(self, message: bytes) -> None:
        """Send ``message`` to all other workers that are running."""
        for number in range(self.count):
            if number != self.number:
                with contextlib.suppress(WorkerBusyError):
                    await self._send(number, message, array("i"))

    async def _send(self, number: int, data: bytes, descriptors: array[int]) -> bool:
        if len(data) > MAX_REQUEST_BYTES:
            return False
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)] if descriptors else []
        for attempt in range(RETRIES):
            try:
                self._out.sendmsg([data], rights, 0, self._address(number))
            except BlockingIOError:
                await asyncio.sleep(min(MAX_RETRY_S, RETRY_S * 2 ** min(attempt, 10)))
            except OSError:  # there is no worker in that place, or the system sends less at once
                return False
            else:
                return True
        log.warning("worker process %d is too busy to receive anything", number)
        raise WorkerBusyError

    def listen(self, take_over: TakeOver) -> None:
        """Run ``take_over`` with each connection that is passed here, in a task of its own.

        From now on this process has the place, even if another one had it.
        """
        self.receiver = _datagrams()
        arriving = self.folder / f"{self.number}.{os.getpid()}"
        self.receiver.bind(str(arriving))
        arriving.rename(self._address(self.number))
        asyncio.get_running_loop().add_reader(self.receiver, self._read, self.receiver, take_over)

    def _read(self, receiver: socket.socket, take_over: TakeOver) -> None:
        with contextlib.suppress(BlockingIOError):
            data, descriptors, flags, _ = socket.recv_fds(receiver, MAX_REQUEST_BYTES, 1, _CLOSE_ON_EXEC)
            for descriptor in descriptors:
                connection = socket.socket(fileno=descriptor)
                if flags & socket.MSG_TRUNC:  # half of a request is none
                    connection.close()
                    continue
                connection.setblocking(False)
                task = asyncio.get_running_loop().create_task(take_over(connection, data))
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)
            if not descriptors:
                self.heard(data)

    def close(self) -> None:
        """Stop receiving."""
        if self.receiver is not None:
            asyncio.get_running_loop().remove_reader(self.receiver)
            self.receiver.close()
            self.receiver = None
        self._out.close()

    def _address(self, number: int) -> str:
        return str(self.folder / str(number))


current_workers: Final[ContextVar[Workers | None]] = ContextVar("hyper_workers", default=None)
"""The workers that the running code belongs to; ``None`` outside of ``hyper run``.

The only place through which an application learns of them. ``hyper run`` sets it in each worker, before it loads
the application (``commands/worker.py``); ``setup`` reads it, once for each application (``web/app.py``), and hands
it to the application's ``Process``. It is a context variable, so that nothing outside of the worker's own tasks
sees it: two applications in one interpreter, as in tests, do not get each other's.
"""

_CLOSE_ON_EXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def _datagrams() -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    found.setblocking(False)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_REQUEST_BYTES)
    return found
