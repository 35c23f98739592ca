"""The processes behind one port of a machine, and how a request gets to the one that holds its page.

A component lives in the process that made its page. The id of its mount begins with that process's number,
``2_Ab3…``, and the page's socket asks for the first of its mounts: ``/_live/ws?2_Ab3…``. Whoever accepted the
connection passes it on before answering: the open socket itself goes over a local Unix socket (SCM_RIGHTS),
with the request as it came, and its owner serves it as if it had been accepted there. Nothing is relayed.

A process that takes a number over takes its pages over too: they are mounted there again. So the numbers are
of places, not of processes, and a page's socket has one place to go whatever has been restarted. Where the
place is empty, or is on another machine, whoever accepted the connection keeps it.

Knows no web framework: a request is bytes here.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import socket
from array import array
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final, TypeAlias

MAX_REQUEST_BYTES: Final = 512 * 1024
"""More than a request's head and a form; larger ones are served where they were accepted."""
RETRIES: Final = 200
RETRY_S: Final = 0.01
"""For so long, two seconds, a place may be too busy to look at what is passed to it."""

Take: TypeAlias = Callable[[socket.socket, bytes], Coroutine[None, None, None]]
Hear: TypeAlias = Callable[[bytes], object]

_NUMBERED: Final = re.compile(r"([0-9]{1,4})_")
log = logging.getLogger("hyper")

here: Workers | None = None
"""Those of this process, where ``hyper run`` started it."""


class Workers:
    """One process's way to the others; they are numbered from 0, each has a socket in ``folder``."""

    def __init__(self, number: int, count: int, folder: Path) -> None:
        self.number = number
        self.count = count
        self._folder = folder
        self._out = _datagrams()
        self.receiver: socket.socket | None = None
        self._taking: set[asyncio.Task[None]] = set()
        self.heard: Hear = lambda message: None
        """Called with what a sibling tells."""

    @property
    def prefix(self) -> str:
        """What the ids of this process's mounts begin with."""
        return f"{self.number}_"

    def owner_of(self, mount_id: str) -> int | None:
        """The sibling that a mount belongs to; None for our own, and for what has no owner here."""
        numbered = _NUMBERED.match(mount_id)
        number = int(numbered[1]) if numbered else self.number
        return number if number != self.number and number < self.count else None

    async def pass_on(self, number: int, connection: int, request: bytes) -> bool:
        """Give the connection with this descriptor away, with the request read from it; False: keep it.

        The caller still has to close its own copy.
        """
        return await self._send(number, request, array("i", [connection]))

    async def tell(self, message: bytes) -> None:
        """Send ``message`` to all others that are there now."""
        for number in range(self.count):
            if number != self.number:
                await self._send(number, message, array("i"))

    async def _send(self, number: int, data: bytes, descriptors: array[int]) -> bool:
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)] if descriptors else []
        for _ in range(RETRIES):
            try:
                self._out.sendmsg([data], rights, 0, self._address(number))
            except BlockingIOError:
                await asyncio.sleep(RETRY_S)
            except OSError:  # nobody is there, or it is too long
                return False
            else:
                return True
        log.warning("process %d is too busy to be told or passed anything", number)
        return False

    def listen(self, take: Take) -> None:
        """Run ``take`` with each connection that is passed here and its request, in a task of its own.

        The place is taken over from whoever had it.
        """
        self.receiver = _datagrams()
        arriving = self._folder / f"{self.number}.{os.getpid()}"
        self.receiver.bind(str(arriving))
        arriving.rename(self._address(self.number))
        asyncio.get_running_loop().add_reader(self.receiver, self._read, self.receiver, take)

    def _read(self, receiver: socket.socket, take: Take) -> None:
        with contextlib.suppress(BlockingIOError):
            data, descriptors, _, _ = socket.recv_fds(receiver, MAX_REQUEST_BYTES, 1, _CLOSE_ON_EXEC)
            for descriptor in descriptors:
                connection = socket.socket(fileno=descriptor)
                connection.setblocking(False)
                task = asyncio.get_running_loop().create_task(take(connection, data))
                self._taking.add(task)
                task.add_done_callback(self._taking.discard)
            if not descriptors:
                self.heard(data)

    def close(self) -> None:
        """Take nothing any more."""
        if self.receiver is not None:
            asyncio.get_running_loop().remove_reader(self.receiver)
            self.receiver.close()
            self.receiver = None
        self._out.close()

    def _address(self, number: int) -> str:
        return str(self._folder / str(number))


_CLOSE_ON_EXEC: Final = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


def _datagrams() -> socket.socket:
    found = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    found.setblocking(False)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_REQUEST_BYTES)
    return found
