"""One process of ``hyper run``: serves an application on a socket that it shares with others.

``supervisor.py`` starts it as ``python -m hyper.commands.worker JSON``. It writes to a pipe when it is ready. It shuts
down gracefully when it is told to (SIGTERM), or when its supervisor has ended, which closes another pipe.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Final

from aiohttp import web

from hyper.commands.handing_over import serve_whole_requests
from hyper.commands.supervisor import BACKLOG, BEAT_S, CANNOT_START, WorkerPlace
from hyper.commands.targets import load_app
from hyper.errors import AuthorError
from hyper.state.sharing import FRAMEWORK, hub
from hyper.transport.workers import Workers, current_workers
from hyper.web.app import LIVE, takes_compressed_bodies
from hyper.web.ended import is_temporary

log = logging.getLogger("hyper")
HEADERS_S: Final = 15
"""How long the head of a request may take, and the pause between two requests: aiohttp has one limit for both."""


def main() -> None:
    """Serve until told to stop."""
    place = WorkerPlace.from_json(sys.argv[1])
    logging.basicConfig(
        format=f"%(asctime)s [{place.number}] %(levelname)s %(name)s: %(message)s", level="INFO"
    )
    try:
        asyncio.run(serve(place))
    except AuthorError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(CANNOT_START)


async def serve(place: WorkerPlace) -> None:
    """Load the application and serve it; returns when everything has ended."""
    stop = _stop_event(place.supervised)
    workers = Workers(place.number, place.count, Path(place.folder))
    current_workers.set(workers)  # setup() reads it while the application is loaded
    app = await load_app(place.target)
    runner = web.AppRunner(
        app,
        access_log=None,
        keepalive_timeout=HEADERS_S,
        shutdown_timeout=place.stop_s,
        handler_cancellation=False,
        auto_decompress=takes_compressed_bodies(app),
    )
    await runner.setup()
    assert runner.server is not None
    serve_whole_requests(runner.server, workers)
    try:
        if place.number == 0:
            _warn_of_what_is_not_shared(place)
            _warn_of_what_is_forgotten(app)
        workers.listen(partial(_take_over, runner))
        listening = socket.socket(fileno=place.listening)
        await web.SockSite(runner, listening, backlog=BACKLOG).start()
        beating = asyncio.create_task(_beat(place.ready))
        await stop.wait()
    finally:
        await runner.cleanup()
        workers.close()
    beating.cancel()


async def _beat(pipe: int) -> None:
    """Tell the supervisor again and again that the event loop runs."""
    os.set_blocking(pipe, False)
    while True:
        with contextlib.suppress(BlockingIOError, BrokenPipeError):  # it is busy, or has ended
            os.write(pipe, b"1")
        await asyncio.sleep(BEAT_S)


def _warn_of_what_is_not_shared(place: WorkerPlace) -> None:
    names = sorted(name for name in hub.named if not name.startswith(FRAMEWORK))
    if place.count > 1 and names and hub.sync is None:
        log.warning(
            "%d processes, but no Redis: each has its own value of %s. Name one in setup(app, redis=…)"
            " or HYPER_REDIS_URL",
            place.count,
            ", ".join(names),
        )


def _warn_of_what_is_forgotten(app: web.Application) -> None:
    live = app.get(LIVE)
    if live is not None and live.has_lasting_secret and hub.sync is None and is_temporary(live.state_file):
        log.warning(
            "log-outs are forgotten when this machine restarts (%s), and other machines do not know of them: a copied"
            " cookie or token from before a log-out is then accepted again, until it expires. Name a file in"
            " setup(app, state=…) or HYPER_STATE, or a Redis in HYPER_REDIS_URL",
            live.state_file or "they are in memory only",
        )


async def _take_over(runner: web.AppRunner, connection: socket.socket, request: bytes) -> None:
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
