"""Thousands of pages held open by one server process, and what each of them takes of its memory.

Server and client are two processes with real sockets between them. Every page was loaded over HTTP, has its
WebSocket connected and handled an event; then nothing happens on it. Counted is the resident memory of the server
process, beyond that of as many bare aiohttp WebSockets, held by another process of the same kind. At the end
every page has to answer an event: none was lost.
"""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter
from typing import Final, TypeAlias

import psutil

from bench.client import Client, Server, text_frame
from bench.connections import click
from bench.results import Result

HELD: Final = 5000
HELD_QUICK: Final = 500
QUICK_S: Final = 20.0
"""With less time than this, fewer are held."""
AT_ONCE: Final = 20
"""Sockets opened at the same time."""
REST_S: Final = 4.0
"""Longer than the benchmark's pages need to rest (``connections.UNLIMITED``)."""
SPARE_FILES: Final = 200

Open: TypeAlias = "Callable[[Server], Awaitable[tuple[Client, str]]]"
"""Opens one more socket: it, and the component it shows."""


def run(seconds: float) -> Iterator[Result]:
    """One result: KB for each connection, beyond those of a bare socket."""
    how_many = allowed_sockets(HELD if seconds >= QUICK_S else HELD_QUICK)
    bare_kb, _ = asyncio.run(_hold(_open_echo, how_many))
    live_kb, details = asyncio.run(_hold(_open_page, how_many))
    details = {"connections": how_many, "bare_aiohttp_kb": bare_kb, **details}
    yield Result("memory_held", live_kb - bare_kb, "KB of the process per page held", details=details)


def allowed_sockets(wanted: int) -> int:
    """How many sockets this process and its children may open, after raising the soft limit as far as needed."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = wanted + SPARE_FILES if hard == resource.RLIM_INFINITY else min(hard, wanted + SPARE_FILES)
    if files > soft:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return min(wanted, files - SPARE_FILES)


async def _hold(open_one: Open, how_many: int) -> tuple[float, dict[str, float | int | str]]:
    """KB of the server for each socket, and what else there is to say."""
    with Server() as server:
        kept = [await open_one(server) for _ in range(AT_ONCE)]  # what the first ones need is there for all
        before = _used_bytes(server)
        start = perf_counter()
        for _ in range(0, how_many, AT_ONCE):
            kept += await asyncio.gather(*[open_one(server) for _ in range(AT_ONCE)])
        opened_s = perf_counter() - start
        await asyncio.sleep(REST_S)
        used = _used_bytes(server) - before
        for client, component_id in kept:
            await client.exchange(text_frame(click(component_id, "increment", 2)))
        for client, _ in kept:
            client.transport.close()
    return used / how_many / 1024, {"opened_per_s": round(how_many / opened_s)}


def _used_bytes(server: Server) -> int:
    """Resident memory of the server, when its garbage is collected."""
    server.get("/collect")
    return int(psutil.Process(server.process.pid).memory_info().rss)


async def _open_echo(server: Server) -> tuple[Client, str]:
    client = await server.open("/echo")
    await client.exchange(text_frame("hello"))
    return client, ""


async def _open_page(server: Server) -> tuple[Client, str]:
    page = await asyncio.to_thread(server.load, "/counter")
    client = await server.connect(page)
    await client.exchange(text_frame(click(page.component_id, "increment", 1)))
    return client, page.component_id
