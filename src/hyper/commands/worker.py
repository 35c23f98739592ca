"""One process of ``hyper run``: serves an application on a socket that others listen on too.

Started by ``supervisor.py`` as ``python -m hyper.commands.worker JSON``. It says on a pipe that it is ready, and ends
in order when it is told to (SIGTERM), or when its supervisor is gone, which closes another pipe.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web

from hyper.commands.targets import load_app
from hyper.commands.worker_place import BACKLOG, CANNOT_START, Place
from hyper.errors import AuthorError
from hyper.state.sharing import hub
from hyper.transport import workers
from hyper.transport.workers import Workers
from hyper.web.logout import NAME as ENDED

log = logging.getLogger("hyper")
HEADERS_S: Final = 15
"""For the head of a request, and between two requests of one connection; aiohttp has one limit for both."""


def main() -> None:
    """Serve until told to stop."""
    place = Place.from_json(sys.argv[1])
    logging.basicConfig(
        format=f"%(asctime)s [{place.number}] %(levelname)s %(name)s: %(message)s", level="INFO"
    )
    try:
        asyncio.run(serve(place))
    except AuthorError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(CANNOT_START)


async def serve(place: Place) -> None:
    """Load the application and serve it; returns when all is ended."""
    stop = _stop_event(place.supervised)
    here = workers.here = Workers(place.number, place.count, Path(place.folder))
    app = await load_app(place.target)
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=HEADERS_S,
        shutdown_timeout=place.stop_s,
        handler_cancellation=False,
    )
    await runner.setup()
    try:
        _tell_what_is_not_shared(place)
        here.listen(partial(_adopt, runner))
        listening = socket.socket(fileno=place.listening)
        await web.SockSite(runner, listening, backlog=BACKLOG).start()
        os.write(place.ready, b"1")
        await stop.wait()
    finally:
        await runner.cleanup()
        here.close()


def _tell_what_is_not_shared(place: Place) -> None:
    names = sorted(name for name in hub.named if name != ENDED)
    if place.count > 1 and place.number == 0 and names and hub.sync is None:
        log.warning(
            "%d processes, but no Redis: each has a value of its own of %s. Name one in setup(app, redis=…)"
            " or HYPER_REDIS_URL",
            place.count,
            ", ".join(names),
        )


async def _adopt(runner: web.AppRunner, connection: socket.socket, request: bytes) -> None:
    """Serve a connection that another process accepted, beginning with the request it read."""
    assert runner.server is not None
    try:
        _, protocol = await asyncio.get_running_loop().connect_accepted_socket(runner.server, connection)
        protocol.data_received(request)
    except OSError:
        connection.close()


def _stop_event(supervised: int) -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signal_number, stop.set)

    def end() -> None:
        loop.remove_reader(supervised)
        stop.set()

    loop.add_reader(supervised, end)
    return stop


if __name__ == "__main__":
    main()
