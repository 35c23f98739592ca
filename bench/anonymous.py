"""What the dearest request of a stranger costs, beside an event of the same page in the same run.

Whoever has no account may ask for whatever they have thought of, as often as they like. So what is refused has to be
refused before it is paid for: those requests are sent to a page of a thousand rows, which is dear to render, and the
dearest of them has a bar. What is accepted costs what the application puts into its page, so its sum is bounded: an
address that floods a page of a thousand rows gets so much of a core and no more. The ratios of single ones are those of
a counter, beside the same bar. ``bare`` is a response of aiohttp without anything of ours in it.
"""

from __future__ import annotations

import asyncio
import html
import logging
import re
import time
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import aiohttp
from aiohttp import web

import hyper
from bench.mounts import components
from bench.results import Result
from hyper.transport.limits import Limits

BAR: Final = 5
"""Times an event."""
ORDERED_BAR: Final = 0.6
"""Of a core: ``Limits.work_s_per_s_per_address``, and what of a request is not charged, the client's part included."""
FLOOD_S: Final = 3
ROUNDS: Final = 100
SHORT: Final = Limits(work_s_burst=0.05, work_s_burst_per_address=0.05)
"""The shares of a flood that has gone on for long: nothing is left of what may come after a pause."""
UNLIMITED: Final = Limits(
    events_per_s=1e6,
    events_burst=1e6,
    forms_per_s=1e6,
    forms_burst=1e6,
    forms_per_address_s=1e6,
    forms_burst_per_address=1e6,
    work_s_burst=1e6,
    work_s_burst_per_address=1e6,
)
"""No request is refused for its rate, which would make it cheap."""
BOMB: Final = zlib.compress(bytes(16_000_000), 9)
Send: TypeAlias = Callable[[], Awaitable[int]]
"""Sends a request. Returns the status of its answer."""
Requests: TypeAlias = dict[str, tuple[Send, int]]
"""By name: requests, and the status that each has to be answered with."""


class Stranger:
    """A visitor with one page of a site, and no account."""

    def __init__(self, session: aiohttp.ClientSession, origin: str, path: str) -> None:
        self._session = session
        self._origin = origin
        self._path = path
        self._sent = 0

    async def begin(self) -> None:
        """Load the page and open its socket."""
        async with self._session.get(self._origin + self._path) as response:
            text = await response.text()
        self._action = html.unescape(re.findall(r'formaction="([^"]+)"', text)[0])
        self._token = re.findall(r'name="_live" value="([^"]+)"', text)[0]
        mount_id, token = re.findall(r'data-live-fallback="([^"]+)" data-live-token="([^"]+)"', text)[0]
        self._event = {"type": "event", "component_id": mount_id, "event": "increment", "params": {}}
        self._ws = await self._session.ws_connect(f"{self._origin}/_live/ws?{mount_id}", origin=self._origin)
        connect = {"type": "connect", "component_id": mount_id, "token": token, "version": 0}
        await self._ws.send_json(connect)
        await self._ws.receive()

    async def event(self) -> int:
        """Send an event, and wait for what it changes."""
        self._sent += 1
        await self._ws.send_json({**self._event, "seq": self._sent})
        while f'"seq":{self._sent}' not in str((await self._ws.receive()).data):
            pass
        return 200

    async def page(self) -> int:
        """Load the page."""
        return await self._get(self._path)

    async def bare(self) -> int:
        """Load what costs nothing."""
        return await self._get("/bare")

    async def long_address(self) -> int:
        """Load it under an address of 3 KB."""
        return await self._get(f"{self._path}?q={'%22' * 1000}")

    async def form(self) -> int:
        """Post a form that is accepted."""
        self._sent += 1
        return await self._post(self._action, f"_live={self._token}&n={self._sent}")

    async def made_up_key(self) -> int:
        """Post a form for an element that the page does not have."""
        return await self._post("/_live/post?do=increment.AAAA", f"_live={self._token}")

    async def made_up_token(self) -> int:
        """Post a form with a token that nobody signed."""
        return await self._post(self._action, f"_live={'A' * 3000}.B.C")

    async def many_fields(self) -> int:
        """Post more fields than a form may have."""
        return await self._post(self._action, "&".join(f"f{number}=1" for number in range(2000)))

    async def bomb(self) -> int:
        """Post some kilobytes that inflate to 16 MB."""
        return await self._post(self._action, BOMB, **{"Content-Encoding": "deflate"})

    async def _get(self, path: str, **headers: str) -> int:
        async with self._session.get(self._origin + path, headers=headers) as response:
            await response.read()
            return response.status

    async def _post(self, path: str, body: str | bytes, **headers: str) -> int:
        form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self._origin, **headers}
        url = self._origin + path
        async with self._session.post(url, data=body, headers=form, allow_redirects=False) as response:
            await response.read()
            return response.status

    def accepted(self) -> Requests:
        """The requests that are accepted."""
        return {"bare": (self.bare, 200), "page": (self.page, 200), "form": (self.form, 303)}

    def refused(self) -> Requests:
        """The requests that are refused."""
        return {
            "made_up_key": (self.made_up_key, 403),
            "made_up_token": (self.made_up_token, 403),
            "many_fields": (self.many_fields, 400),
            "bomb": (self.bomb, 415),
            "long_address": (self.long_address, 414),
        }


def run(seconds: float) -> Iterator[Result]:
    """The dearest request that is refused, the dearest that is accepted, and what an address can order in all."""
    del seconds  # always the same number of rounds
    logging.disable(logging.WARNING)
    try:
        refused, accepted = asyncio.run(_ratios())
        ordered = asyncio.run(_ordered())
    finally:
        logging.disable(logging.NOTSET)
    yield Result("anonymous_refused", max(refused.values()), "× an event", BAR, details={**refused})
    yield Result("anonymous_accepted", max(accepted.values()), "× an event", BAR, details={**accepted})
    yield Result("anonymous_ordered", ordered["accepted"], "of a core", ORDERED_BAR, details=ordered)


async def _ratios() -> tuple[dict[str, float], dict[str, float]]:
    """The ratios of what is refused, and of what is accepted."""
    async with _serving(UNLIMITED) as origin:
        return (
            await _times_of(origin, "/large", Stranger.refused),
            await _times_of(origin, "/small", Stranger.accepted),
        )


async def _ordered() -> dict[str, float]:
    """Of a core, what one address takes that loads a page of a thousand rows all the time, always as a new visitor."""
    taken_s = {"accepted": 0.0, "refused": 0.0}
    async with (
        _serving(SHORT) as origin,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        stranger = Stranger(session, origin, "/large")
        while await stranger.page() != 429:
            pass
        began_s = time.monotonic()
        while time.monotonic() - began_s < FLOOD_S:
            used_s = time.process_time()
            status = await stranger.page()
            taken_s["accepted" if status == 200 else "refused"] += time.process_time() - used_s
        return {name: used_s / (time.monotonic() - began_s) for name, used_s in taken_s.items()}


@asynccontextmanager
async def _serving(limits: Limits) -> AsyncIterator[str]:
    """The origin of an application that is served until the context exits."""
    app = web.Application()
    hyper.setup(app, secret="of this benchmark", limits=limits)
    for name in ("small", "large"):
        app.router.add_get(f"/{name}", _page_of(name))
    app.router.add_get("/bare", _bare)
    runner = web.AppRunner(app, access_log=None, auto_decompress=False)  # as hyper run has it
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def _times_of(origin: str, path: str, requests: Callable[[Stranger], Requests]) -> dict[str, float]:
    """How many times an event of a page each request takes."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        stranger = Stranger(session, origin, path)
        await stranger.begin()
        sends: Requests = {"event": (stranger.event, 200), **requests(stranger)}
        times_s = {name: await _median_s(name, *send) for name, send in sends.items()}
    event_s = times_s.pop("event")
    return {name: time_s / event_s for name, time_s in times_s.items()}


async def _median_s(name: str, send: Send, due: int) -> float:
    """The median of its processor time, the client's included."""
    times_s = []
    for _ in range(ROUNDS):
        began_s = time.process_time()
        status = await send()
        times_s.append(time.process_time() - began_s)
        if status != due:
            raise RuntimeError(f"{name} was answered with {status}, not with {due}")
    return sorted(times_s)[ROUNDS // 2]


async def _bare(request: web.Request) -> web.Response:
    return web.Response(text="ok")


def _page_of(name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def show(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, components()[name]))

    return show
