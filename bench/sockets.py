"""A counter's events through real sockets, beside a bare aiohttp echo in the same server.

Server and client are two processes. The number that counts is that of one page: aiohttp's own client sends the
next event when the last one is answered by a frame with its update and its ack, and beside it the next text
when the last one came back. Both take turns of a few milliseconds, and the ratio is the median of that of each
two turns: most of a round trip is the time in which an idle core wakes up, which changes from one second to the
next for both alike.

A second number is that of a server that is busy all the time: many sockets at once, driven by a client that
costs next to nothing. It compares what events and echoes take of the server alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from time import perf_counter
from typing import Final, Protocol, TypeAlias

import aiohttp

from bench.client import Client, Server, text_frame
from bench.connections import click
from bench.results import Result

Say: TypeAlias = Callable[[int], str]
"""The text of the n-th message."""
ROUND_TRIPS: Final = 50
"""Of one socket, in one turn."""
SOCKETS: Final = 20
"""That keep the server busy."""
_CLOCK_TICKS_PER_S: Final = 100


class Talk(Protocol):
    """One socket, and what it says."""

    async def round_trip(self, number: int) -> None:
        """Say something and wait for the whole answer."""


class AiohttpTalk:
    """Over aiohttp's client."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, say: Say) -> None:
        self._socket = socket
        self._say = say

    async def round_trip(self, number: int) -> None:
        await self._socket.send_str(self._say(number))
        await self._socket.receive_str()


class CheapTalk:
    """Over a client that costs next to nothing."""

    def __init__(self, client: Client, say: Say) -> None:
        self._client = client
        self._say = say

    async def round_trip(self, number: int) -> None:
        await self._client.exchange(text_frame(self._say(number)))


class Turns:
    """The turns that some sockets took, all at once."""

    def __init__(self, talks: Sequence[Talk], round_trips: int) -> None:
        self._talks = talks
        self._round_trips = round_trips
        self._said = 0
        self.per_s: list[float] = []
        """Round trips per second, in each turn."""

    async def take(self) -> None:
        """One turn."""
        start = perf_counter()
        await asyncio.gather(*[self._talk(talk) for talk in self._talks])
        self._said += self._round_trips
        round_trips = len(self._talks) * self._round_trips
        self.per_s.append(round_trips / (perf_counter() - start))

    async def _talk(self, talk: Talk) -> None:
        for number in range(self._said + 1, self._said + self._round_trips + 1):
            await talk.round_trip(number)


async def take_turns(events: Turns, echoes: Turns, seconds: float) -> float:
    """How many events there are for each echo."""
    until = perf_counter() + seconds
    while perf_counter() < until:
        await events.take()
        await echoes.take()
    return median(event / echo for event, echo in zip(events.per_s, echoes.per_s, strict=True))


def run(seconds: float) -> Iterator[Result]:
    """One result: round trips per second, in echoes."""
    with Server() as server:
        yield asyncio.run(_measure(server, seconds))


async def _measure(server: Server, seconds: float) -> Result:
    async with aiohttp.ClientSession(f"http://127.0.0.1:{server.port}") as session:
        page = server.load("/counter")
        headers = {"Origin": f"http://127.0.0.1:{server.port}", "Cookie": page.cookie}
        async with (
            session.ws_connect("/_live/ws", headers=headers) as socket,
            session.ws_connect("/echo") as echo,
        ):
            await socket.send_str(page.connect_message())
            await socket.receive_str()
            events = Turns([AiohttpTalk(socket, _clicks(page.component_id))], ROUND_TRIPS)
            echoes = Turns([AiohttpTalk(echo, _clicks(page.component_id))], ROUND_TRIPS)
            ratio = await take_turns(events, echoes, seconds / 2)
    busy_events = Turns([await _cheap_page(server) for _ in range(SOCKETS)], ROUND_TRIPS // 5)
    busy_echoes = Turns([await _cheap_echo(server) for _ in range(SOCKETS)], ROUND_TRIPS // 5)
    details: dict[str, float | int | str] = {
        "events_per_s": round(median(events.per_s)),
        "echoes_per_s": round(median(echoes.per_s)),
        "ratio_of_a_busy_server": await take_turns(busy_events, busy_echoes, seconds / 2),
        "busy_events_per_s": round(median(busy_events.per_s)),
        "busy_echoes_per_s": round(median(busy_echoes.per_s)),
    }
    return Result("socket_vs_echo", ratio, "of a bare aiohttp echo's round trips/s", 0.6, True, details)


def _clicks(component_id: str) -> Say:
    return lambda number: click(component_id, "increment", number)


async def _cheap_page(server: Server) -> CheapTalk:
    page = server.load("/counter")
    return CheapTalk(await server.connect(page), _clicks(page.component_id))


async def _cheap_echo(server: Server) -> CheapTalk:
    return CheapTalk(await server.open("/echo"), _clicks("Zm9vYmFyYmF6cXV4"))
