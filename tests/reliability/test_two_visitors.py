"""One visitor floods each table that all share, over the loopback; the answers to the others all arrive.

``HYPER_TWO`` is ``visitors,seconds,pace``: the seconds are for each table, without and with the flood; the pace is that
of the flood, in requests a second (default 2,0.5,100; ``nox -s proof -- two``: 5,3,100, and 99 % of the answers have to
come within twice the time of before). What the others have in the tables is asked by ``transport/test_shares.py``.
"""

from __future__ import annotations

import asyncio
import html
import os
import random
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from statistics import quantiles
from typing import Any

import aiohttp

from ..hyper.running import running
from .peers import use

VISITORS, SECONDS, PACE = map(float, os.environ.get("HYPER_TWO", "2,0.5,100").split(","))
IS_LONG = "HYPER_TWO" in os.environ
WAIT_S = 120
APP = """
import asyncio
from aiohttp import web
import hyper
from hyper.transport.limits import Limits

@hyper.live
def page(size: int = 0):
    count = 0
    def add():
        nonlocal count
        count += 1
    t'<main><p>{count}</p><i>{"x" * size}</i><button @click="add">+</button></main>'

@hyper.live(fallback="htmx")
def rows():
    def add():
        pass
    t'<ul>{[t"<li key={row}><button @click=add>{row}</button></li>" for row in range(1000)]}</ul>'

@hyper.live(fallback="htmx")
def form():
    count = 0
    def add():
        nonlocal count
        count += 1
    t'<button @click="add">{count}</button>'

async def home(request):
    return hyper.page(await hyper.mount(request, page, size=int(request.query.get("size", 0))))

async def forms(request):
    return hyper.page(await hyper.mount(request, form))

async def many(request):
    return hyper.page(await hyper.mount(request, rows))

async def log_out(request):
    await hyper.renew_session(request)
    return web.Response()

async def auth(request):
    if "slow" in request.cookies and "socket" in request.query:
        is_again = request.query["socket"] in request.app["asked"]
        request.app["asked"].add(request.query["socket"])
        await asyncio.sleep(5 if is_again else 0)
    return "anybody"

def make_app():
    app = web.Application()
    app["asked"] = set()
    full = Limits(pending=40, detached=40, detached_bytes=200_000, kept=40, spent=40, ended=40, auths_at_once=4)
    hyper.setup(app, secret="of a test" * 4, auth=auth, auth_every_s=1, limits=full, proxies=["127.0.0.1"])
    app.add_routes([web.get("/", home), web.get("/form", forms), web.get("/rows", many)])
    app.add_routes([web.get("/log-out", log_out)])
    return app
"""
_ROOT = re.compile(r'data-live-component="(.*?)" data-live-token="([^"]*)"')
_HIDDEN = re.compile(r'name="_live" value="(.*?)"')


class Flood:
    """One visitor of an address of their own, who asks for more than there is."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self.requests = 0
        self.sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def get(self, path: str = "/") -> str:
        self.requests += 1
        async with self.session.get(f"{self.url}{path}") as response:
            return await response.text()

    async def join(self, path: str = "/") -> aiohttp.ClientWebSocketResponse:
        mount_id, token = _ROOT.findall(await self.get(path))[0]
        socket = await self.session.ws_connect(
            f"{self.url}/_live/ws?socket={self.requests}", headers={"Origin": self.url}
        )
        self.sockets.append(socket)
        await socket.send_json({"type": "connect", "component_id": mount_id, "token": token, "version": 0})
        await socket.receive()
        return socket


async def pages(flood: Flood) -> None:
    await flood.get()


async def dear_pages(flood: Flood) -> None:
    """What these cost is charged to the flood's address, which is refused when it has used up its share."""
    flood.session.cookie_jar.clear()
    await flood.get("/rows")


async def lost_pages(flood: Flood) -> None:
    await (await flood.join("/?size=5000")).close(code=4000)


async def log_outs(flood: Flood) -> None:
    await flood.get()
    await flood.get("/log-out")


async def forms(flood: Flood) -> None:
    text = await flood.get("/form")
    action = html.unescape(re.findall(r'formaction="(.*?)"', text)[0])
    data = {"_live": _HIDDEN.findall(text)[0]}
    async with flood.session.post(f"{flood.url}{action}", data=data, headers={"Origin": flood.url}) as answer:
        await answer.read()


async def events(flood: Flood) -> None:
    if not flood.sockets or flood.sockets[-1].closed:
        await flood.join()
    socket = flood.sockets[-1]
    flood.requests += 1
    await socket.send_json({"type": "event", "seq": flood.requests, "event": "add", "args": []})
    with suppress(TimeoutError):
        await socket.receive(timeout=0.001)


async def sockets(flood: Flood) -> None:
    await flood.join()


async def slow_checks(flood: Flood) -> None:
    flood.session.cookie_jar.update_cookies({"slow": "1"})
    if len(flood.sockets) < 20:
        await flood.join()


FLOODS: list[Callable[[Flood], Awaitable[None]]] = [
    *(pages, dear_pages, lost_pages, log_outs, forms, events, sockets, slow_checks)
]


async def test_one_visitor_floods_and_the_others_are_answered(tmp_path: Path, rng: random.Random) -> None:
    (tmp_path / "shop.py").write_text(APP)
    all_alone, all_beside = list[float](), list[float]()
    async with running(tmp_path, "shop:make_app", HYPER_STATE=str(tmp_path / "log-outs")) as run:
        for kind in FLOODS:
            async with asyncio.timeout(WAIT_S):
                alone = await visit(run.url, rng)
                beside, flood = await beside_flood(kind, run.url, rng)
            assert flood.requests > 0
            all_alone += alone
            all_beside += beside
            if IS_LONG:
                print(
                    f"\n{kind.__name__}: {flood.requests} requests; {told(alone)}; beside: {told(beside)}",
                    end="",
                )
        assert await run.end() == 0
    assert "Traceback" not in "".join(run.lines)
    if IS_LONG:
        print(f"\nall: {told(all_alone)}; beside: {told(all_beside)}")
        assert quantiles(all_beside, n=100)[98] <= 2 * quantiles(all_alone, n=100)[98]


async def beside_flood(kind: Callable[[Flood], Awaitable[None]], url: str, rng: random.Random) -> Any:
    """What all others waited for their answers while one flooded, in milliseconds; and the flood."""
    headers = {"X-Forwarded-For": "198.51.100.7"}
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        flood = Flood(url, session)
        flooding = asyncio.create_task(go_on(kind, flood))
        waited = await visit(url, rng)
        flooding.cancel()
        await asyncio.gather(flooding, return_exceptions=True)
        await asyncio.gather(*[socket.close() for socket in flood.sockets], return_exceptions=True)
        assert flooding.cancelled(), "it went on to the end"
    return waited, flood


async def go_on(kind: Callable[[Flood], Awaitable[None]], flood: Flood) -> None:
    """Flood until cancelled; refusals are what a flood gets."""
    while True:
        with suppress(aiohttp.ClientError, ConnectionError, IndexError, TypeError):
            await kind(flood)
        await asyncio.sleep(1 / PACE)


async def visit(url: str, rng: random.Random) -> list[float]:
    """What all visitors waited for their answers, in milliseconds: none was refused, and none went without."""
    waited = await asyncio.gather(*[use(url, SECONDS, rng) for _ in range(int(VISITORS))])
    assert all(waited)
    return [took_ms for visitor in waited for took_ms in visitor]


def told(answers_ms: list[float]) -> str:
    percent = quantiles(answers_ms, n=100)
    return f"{len(answers_ms)} answers, median {percent[49]:.1f} ms, 99 % within {percent[98]:.1f} ms"
