"""The process that is measured through real sockets: ``python -m bench.server``.

One aiohttp application on a free port of the loopback, which it prints. It serves pages of the benchmarks'
components, and beside them ``/echo``, a WebSocket that does nothing but send back what it is sent: what aiohttp
itself costs. ``/collect`` runs the garbage collector.
"""

from __future__ import annotations

import asyncio
import gc
import sys

from aiohttp import web

import hyper
from bench.connections import SECRET, UNLIMITED
from bench.mounts import components


def main() -> None:
    """Serve until standard input ends."""
    asyncio.run(_serve())


async def _serve() -> None:
    app = web.Application()
    hyper.setup(app, secret=SECRET, limits=UNLIMITED)
    app.add_routes([web.get("/echo", _echo), web.get("/collect", _collect), web.get("/{component}", _page)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


async def _page(request: web.Request) -> web.Response:
    component = components()[request.match_info["component"]]
    props = {name: int(value) for name, value in request.query.items()}
    return hyper.page(await hyper.mount(request, component, **props))


async def _echo(request: web.Request) -> web.WebSocketResponse:
    socket = web.WebSocketResponse(compress=False, autoping=False)
    await socket.prepare(request)
    async for message in socket:
        await socket.send_str(message.data)
    return socket


async def _collect(request: web.Request) -> web.Response:
    return web.Response(text=str(gc.collect()))


if __name__ == "__main__":
    main()
