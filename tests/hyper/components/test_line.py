"""What a page does when its connection is lost, when its browser closes it, and when it comes back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from hyper.components.page import PageMount
from hyper.state.sharing import hub
from hyper.testing import mount
from hyper.testing.sources import load_source

from ..mounts import RecordingHost

ROOM = """
import asyncio
from hyper import live, presence
people = presence("room of this test")
said = []
gate = asyncio.Event()

@live
def room(name: str = "ada", slow: bool = False):
    async def on_mount():
        said.append("mount")
        if slow:
            await gate.wait()
        people.join(name)
    def on_disconnect():
        said.append("lost")
    def on_reconnect():
        said.append("back")
    def on_unmount():
        said.append("gone")
    t"<ul>{[t'<li>{one}</li>' for one in people]}</ul><i>{people.lost}</i>"

@live
def outer():
    t"<div>{room(name='bob')}</div>"
"""


class Room:
    """A page whose connection the test makes and breaks."""

    def __init__(self, folder: Path, name: str, **properties: object) -> None:
        component = load_source(folder, ROOM)[name]
        names = component.function.__globals__
        self.said: list[str] = names["said"]
        self.people = names["people"]
        self.gate: asyncio.Event = names["gate"]
        self.page = PageMount(component, "id", properties)

    async def open(self) -> Room:
        await self.page.start()
        self.page.attach(RecordingHost(self.page))
        return self


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


@pytest.mark.parametrize("name", ["room", "outer"])
async def test_hooks_of_a_line(tmp_path: Path, name: str) -> None:
    room = await Room(tmp_path, name).open()
    await room.page.connected()
    for line in ("lost", "closed"):
        room.page.disconnected(has_left=line == "closed")
        await settle()
        assert list(room.people) == ([] if line == "closed" else room.people.lost)
        room.page.reconnected()
        await settle()
        assert room.people.lost == []
        assert len(room.people) == 1
    await room.page.close()
    assert room.said == ["mount", "lost", "back", "lost", "back", "gone"]
    assert len(room.people) == 0


async def test_another_connection_that_takes_over_is_not_told(tmp_path: Path) -> None:
    room = await Room(tmp_path, "room").open()
    await room.page.connected()
    room.page.reconnected()
    await settle()
    assert room.said == ["mount"]


def steps() -> Iterator[Any]:
    for number in range(1, 5):
        yield from itertools.product(["lost", "closed", "back", "go on"], repeat=number)


@pytest.mark.parametrize("begins_first", [True, False], ids=["lost in on_mount", "lost before on_mount"])
async def test_whatever_happens_while_on_mount_runs_the_last_state_counts(
    tmp_path: Path, begins_first: bool
) -> None:
    """All orders of up to four things: hooks alternate, nobody stays listed on a page that its browser has closed."""
    for order in steps():
        room = await Room(tmp_path, "room", slow=True).open()
        connecting = asyncio.ensure_future(room.page.connected())
        if begins_first:
            await settle()
        line = "back"
        for step in order:
            if step == "go on":
                room.gate.set()
                await settle()
            elif step == "back":
                room.page.reconnected()
            else:
                room.page.disconnected(has_left=step == "closed")
            line = line if step == "go on" else step
        room.gate.set()
        await connecting
        await settle()
        assert list(room.people) == ([] if line == "closed" else ["ada"]), order
        assert room.people.lost == (["ada"] if line == "lost" else []), order
        told = [word for word in room.said if word in ("lost", "back")]
        assert room.said[0] == "mount", order
        assert told == ["lost", "back"] * (len(told) // 2) + ["lost"] * (len(told) % 2), order
        assert (told[-1:] == ["lost"]) == (line != "back"), order
        await room.page.close()
        assert len(room.people) == 0
        hub.presences.clear()


def test_the_simulated_page_does_the_same(tmp_path: Path) -> None:
    component = load_source(tmp_path, ROOM)["room"]
    with mount(component) as ada, mount(component, name="bob") as bob:
        ada.disconnect()
        bob.settle()
        assert bob.text("i") == "ada"
        ada.connect()
        bob.settle()
        assert bob.text("i") == ""
