"""How far a request travels through the code: calls, files, and changes from one file to another.

Who wants to know what a click does follows it from function to function. What is counted here is that reader's
way: every call of a function of the package while one thing happens, the files the functions stand in, and how
often the next function stands in another file than the one before. The numbers are the same on every machine.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

from bench.connections import FramesAtHand, click, connect, new_process
from bench.mounts import MOUNT_ID
from bench.results import Result
from hyper.diff import diff_trees
from hyper.vdom import parse_html
from hyper.vdom.templates.compiler import compile_template

ROOT: Final = Path(__file__).resolve().parents[1]
ROOMS: Final = frozenset(["vdom", "diff", "transport", "src"])
SECOND_ID: Final = "c2Vjb25kIHBhZ2U"
WARM_UPS: Final = 3
"""Times that the same happens before it is followed: what is done only once is no part of the way."""


@dataclass(frozen=True, slots=True)
class Trip:
    """The functions of the package that were called, in order, as ``(file, function)``."""

    steps: tuple[tuple[str, str], ...]

    @property
    def calls(self) -> int:
        """How many calls there were; a coroutine that goes on counts as called again."""
        return len(self.steps)

    @property
    def files(self) -> int:
        """How many files the functions stand in."""
        return len({file for file, _ in self.steps})

    @property
    def switches(self) -> int:
        """How often a function stands in another file than the one called before it."""
        return sum(old[0] != new[0] for old, new in zip(self.steps, self.steps[1:], strict=False))

    def __str__(self) -> str:
        return "\n".join(f"{file}: {function}" for file, function in self.steps)


class Follower:
    """Notes every call while it is entered: ``with Follower() as follower: …; follower.trip``."""

    def __init__(self) -> None:
        self._codes: list[CodeType] = []

    def __enter__(self) -> Follower:
        gc.collect()
        gc.disable()  # what is collected meanwhile may have something to call, and is no part of the way
        sys.setprofile(self._note)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        gc.enable()

    def _note(self, frame: FrameType, kind: str, argument: object) -> None:
        if kind == "call":
            self._codes.append(frame.f_code)

    @property
    def trip(self) -> Trip:
        """What was noted, less the calls of code that is not the package's."""
        steps = [(_file_of(code.co_filename), code.co_qualname) for code in self._codes]
        return Trip(tuple(step for step in steps if step[0]))


@cache
def _file_of(name: str) -> str:
    """``transport/wire.py`` for a file of the package, by whichever link it was imported; else nothing."""
    file = Path(name).resolve()
    inside = file.relative_to(ROOT) if file.is_relative_to(ROOT) else Path()
    return str(inside) if inside.parts[:1] and inside.parts[0] in ROOMS else ""


async def event_trip() -> Trip:
    """A click of the counter: from the text of its frame to the bytes of patch and ack."""
    process = new_process()
    socket = await connect(process, "counter", MOUNT_ID)
    trip = await _follow(lambda number: socket.exchange([click(MOUNT_ID, "increment", number)]))
    await process.close()
    return trip


async def shared_trip() -> Trip:
    """A click that puts a message into a shared list, until the pages of two visitors show it."""
    process = new_process()
    socket = await connect(process, "chat", MOUNT_ID)
    other = await connect(process, "chat", SECOND_ID)
    trip = await _follow(lambda number: _say(socket, other, number))
    await process.close()
    return trip


async def _say(socket: FramesAtHand, other: FramesAtHand, number: int) -> None:
    shown = len(other.sent)
    await socket.exchange([click(MOUNT_ID, "say", number)])
    while len(other.sent) == shown:
        await asyncio.sleep(0)


async def _follow(go: Callable[[int], Awaitable[Any]]) -> Trip:
    for number in range(1, WARM_UPS + 1):
        await go(number)
    await asyncio.sleep(0.01)  # what is left of these ends before the next begins
    with Follower() as follower:
        await go(WARM_UPS + 1)
    return follower.trip


def template_trip() -> Trip:
    """The text of a template, compiled."""
    return _followed(lambda: compile_template(['<li key="', '">', "</li>"]))


def parse_trip() -> Trip:
    """HTML with one changed text, parsed beside the tree of before."""
    rows = "".join(f"<li id='row{number}'><b>{number}</b> tea</li>" for number in range(100))
    old = parse_html(f"<ul>{rows}</ul>")
    new = f"<ul>{rows.replace('<b>50</b> tea', '<b>50</b> coffee')}</ul>"
    return _followed(lambda: parse_html(new, old))


def diff_trip() -> Trip:
    """Two trees that differ in a text, compared."""
    old = parse_html("<div><p>Count: 1</p><button>+</button></div>")
    new = parse_html("<div><p>Count: 2</p><button>+</button></div>")
    return _followed(lambda: diff_trees(old, new))


def _followed(go: Callable[[], Any]) -> Trip:
    for _ in range(WARM_UPS):
        go()
    with Follower() as follower:
        go()
    return follower.trip


TRIPS: Final[dict[str, tuple[Callable[[], Trip], int | None]]] = {
    "trip_event": (lambda: asyncio.run(event_trip()), 60),
    "trip_shared": (lambda: asyncio.run(shared_trip()), 220),
    "trip_template": (template_trip, None),
    "trip_parse": (parse_trip, None),
    "trip_diff": (diff_trip, 60),
}
"""What is followed, and how many calls it may take."""


def run(seconds: float) -> Iterator[Result]:
    """How many calls each trip takes, and through how many files; the time does not matter."""
    for name, (follow, bar) in TRIPS.items():
        trip = follow()
        yield Result(name, trip.calls, "calls", bar, details={"files": trip.files, "switches": trip.switches})
