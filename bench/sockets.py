"""A counter's events through real sockets, beside a bare aiohttp echo in the same process.

Server and client are two processes. Some sockets each send the next message when the last one is answered: an
event by its update and its ack, an echo by itself. Both kinds take turns; of each, the best turn counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.client import Client, Server, text_frame
from bench.connections import click
from bench.results import Result

SOCKETS: Final = 20
ROUND_TRIPS: Final = 10
"""Of each socket, in one turn."""
_CLOCK_TICKS_PER_S: Final = 100


@dataclass(slots=True)
class Speaker:
    """One socket, and what it says."""

    client: Client
    answers: int
    """Frames that answer one of its messages."""
    message: Callable[[int], str]
    said: int = 0

    async def talk(self, times: int) -> None:
        """So many round trips."""
        for _ in range(times):
            self.said += 1
            await self.client.exchange(text_frame(self.message(self.said)), self.answers)


@dataclass(slots=True)
class Measured:
    """The turns of one kind of socket."""

    speakers: list[Speaker]
    best_per_s: float = 0.0
    round_trips: int = 0
    cpu_s: list[float] = field(default_factory=list)

    async def take_turn(self, server: Server) -> None:
        """Let all sockets talk at once."""
        cpu_s, start = _cpu_s(server), perf_counter()
        await asyncio.gather(*[speaker.talk(ROUND_TRIPS) for speaker in self.speakers])
        round_trips = len(self.speakers) * ROUND_TRIPS
        self.best_per_s = max(self.best_per_s, round_trips / (perf_counter() - start))
        self.round_trips += round_trips
        self.cpu_s.append(_cpu_s(server) - cpu_s)

    @property
    def cpu_us(self) -> float:
        """Of the server, for one round trip."""
        return sum(self.cpu_s) * 1e6 / self.round_trips


def run(seconds: float) -> Iterator[Result]:
    """One result: round trips per second, in echoes."""
    with Server() as server:
        live, echo = asyncio.run(_measure(server, seconds))
    details: dict[str, float | int | str] = {
        "events_per_s": round(live.best_per_s),
        "echoes_per_s": round(echo.best_per_s),
        "server_cpu_us_per_event": live.cpu_us,
        "server_cpu_us_per_echo": echo.cpu_us,
    }
    unit = "of a bare aiohttp echo's round trips/s"
    yield Result("socket_vs_echo", live.best_per_s / echo.best_per_s, unit, 0.6, True, details)


async def _measure(server: Server, seconds: float) -> tuple[Measured, Measured]:
    live = Measured([await _live(server) for _ in range(SOCKETS)])
    echo = Measured([await _echo(server) for _ in range(SOCKETS)])
    until = perf_counter() + seconds
    while perf_counter() < until:
        await live.take_turn(server)
        await echo.take_turn(server)
    return live, echo


async def _live(server: Server) -> Speaker:
    page = server.load("/counter")
    client = await server.connect(page)
    return Speaker(client, 2, lambda seq: click(page.component_id, "increment", seq))


async def _echo(server: Server) -> Speaker:
    return Speaker(await server.open("/echo"), 1, lambda seq: click("Zm9vYmFyYmF6cXV4", "increment", seq))


def _cpu_s(server: Server) -> float:
    """What the server's process has used, user and system."""
    fields = Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS_PER_S
