"""How long sockets in several processes live on after their visitor has logged out."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from bench.results import Result
from tests.hyper.conftest import RedisServer
from tests.hyper.running import running, visiting

SOCKETS = 18
"""Of one visitor; there may be 20."""
ROUNDS = 10
SHOP = """
import os
from aiohttp import web
import hyper

@hyper.live
def page():
    def nothing(): ...
    t'<p>0 {os.getpid()}</p><button @click="nothing">+</button>'

async def home(request):
    return hyper.page(await hyper.mount(request, page))

async def log_out(request):
    await hyper.renew_session(request)
    return web.Response()

app = web.Application()
hyper.setup(app)
app.add_routes([web.get("/", home), web.get("/log_out", log_out)])
"""


def run(seconds: float) -> Iterator[Result]:
    """With two processes that have no Redis, and with two that have one."""
    del seconds  # always the same number of rounds
    for has_redis in (False, True) if shutil.which("redis-server") else (False,):
        slowest_ms = 1000 * asyncio.run(slowest_s(has_redis=has_redis))
        name = "log-out, two processes with Redis" if has_redis else "log-out, two processes"
        details: dict[str, float | int | str] = {"sockets": SOCKETS, "rounds": ROUNDS}
        yield Result(name, slowest_ms, "ms, slowest round", bar=1000, details=details)


async def slowest_s(*, has_redis: bool) -> float:
    """From the request to log out until the last of the visitor's sockets is closed, in the slowest round."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "shop.py").write_text(SHOP)
        env = {}
        if has_redis:
            server = RedisServer(folder)
            server.start()
            stack.callback(server.kill)
            env["HYPER_REDIS_URL"] = server.url
        site = await stack.enter_async_context(running(folder, "shop:app", "--workers", "2", **env))
        return max([await one_round(site.url) for _ in range(ROUNDS)])


async def one_round(url: str) -> float:
    async with visiting(url) as visitor:
        tabs = [await visitor.open() for _ in range(SOCKETS)]
        for tab in tabs:
            await tab.join()
        began_s = time.perf_counter()
        async with visitor.session.get(f"{url}/log_out") as response:
            response.raise_for_status()
        codes = await asyncio.gather(*(tab.closed() for tab in tabs))
        assert set(codes) == {4403}, codes
        return time.perf_counter() - began_s
