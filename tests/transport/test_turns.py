"""Jobs of a page and the conversation with its browser: what is shown when, and what is told before."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hyper.testing.sources import load_source
from hyper.transport.limits import Limits
from hyper.transport.wire import Event
from hyper.web.app import Live

from .fakes import ANN, SECRET, FakeSocket, settle

SOURCE = """
import asyncio
from hyper import every, live, render, spawn
from hyper.components.jobs import turn
gates = {}
def gate(name):
    return gates.setdefault(name, asyncio.Event())
@live
def page():
    n, note = 0, ""
    def add():
        nonlocal n
        n += 1
    async def wait():
        nonlocal n
        n += 10
        await gate("wait").wait()
    async def shows():
        nonlocal n
        n += 100
        await render()
        n += 100
        await gate("shows").wait()
    async def _turn():
        nonlocal note
        async with turn():
            note = "half"
            await gate("turn").wait()
            note = "whole"
    def start(): spawn(_turn())
    t'<p>{n}{note}</p><b @click="add"></b><b @click="wait"></b><b @click="shows"></b><b @click="start"></b>'
"""


class Visit:
    """A page with a real component, and its socket."""

    def __init__(self, folder: Path) -> None:
        limits = Limits(drain_s=0, unsent_bytes=100)
        self.live = Live(secret=SECRET, limits=limits, on_error=None, origins=(), debug=False, auth=None)
        self.component = load_source(folder, SOURCE)["page"]
        self.gate: Any = self.component.function.__globals__["gate"]
        self.live.register(self.component)
        self.seq = self.version = self.number = 0

    async def open(self) -> Visit:
        _, self.mount_id, self.token = await self.live._open(self.component, {}, ANN)
        await self.connect()
        self.number = self.socket.of_type("ack")[0]["mount"]
        return self

    @property
    def runner(self) -> Any:
        runner = self.live.process.mounts.get(self.mount_id)
        assert runner is not None
        return runner

    async def connect(self, version: int = 0) -> None:
        self.socket = FakeSocket()
        self.live.process.spawn(self.live.process.serve(self.socket, ANN))
        whence = {"token": self.token, "version": version, "page": 7, "mount": self.number}
        self.socket.say({"type": "connect", "component_id": self.mount_id, **whence})
        await settle()

    async def send(self, *names: str) -> None:
        for name in names:
            self.seq += 1
            members = {"type": "event", "seq": self.seq, "component_id": self.mount_id, "event": name}
            self.socket.say({**members, "params": {}})
        await settle()

    def told(self) -> list[str]:
        """What the browser was told, in short: texts of updates, ``html`` of snapshots, numbers of acks."""
        found = []
        for frame in self.socket.sent:
            if frame["type"] == "update":
                found.append(str(frame["patches"][0].get("value", frame["patches"][0].get("insert"))))
            elif frame["type"] == "resync":
                found.append(frame["html"].split("<p>")[1].split("</p>")[0] + "!")
            elif frame["type"] == "ack":
                found.append("connected" if "mount" in frame else f"#{frame['seq']}")
        return found

    def open_gate(self, name: str) -> None:
        self.gate(name).set()


@pytest.fixture
async def visit(tmp_path: Path) -> AsyncIterator[Visit]:
    visit = await Visit(tmp_path).open()
    yield visit
    await visit.live.process.close()


async def test_who_comes_back_during_a_handler_is_answered_at_once_and_sees_nothing_half_done(
    visit: Visit,
) -> None:
    await visit.send("add", "wait")
    assert visit.told() == ["connected", "1", "#1"]
    visit.socket.drop()
    await visit.connect(version=1)
    assert visit.told() == ["connected"]
    visit.socket.drop()
    await visit.connect(version=99)  # knows a version that never was: it is sent all
    assert visit.told() == ["1!", "connected"]
    visit.open_gate("wait")
    await settle()
    assert visit.told() == ["1!", "connected", "11", "#2"]


async def test_what_a_handler_shows_itself_is_seen_by_who_comes_back(visit: Visit) -> None:
    await visit.send("shows")
    assert visit.told() == ["connected", "100"]
    visit.socket.drop()
    await visit.connect(version=0)
    assert visit.told() == ["100", "connected"]
    visit.open_gate("shows")
    await settle()
    assert visit.told() == ["100", "connected", "200", "#1"]


async def test_an_ack_never_comes_before_its_update_though_another_job_runs(visit: Visit) -> None:
    visit.socket.unsent = 1000  # reads nothing for now
    await visit.send("add", "start")
    assert visit.told() == ["connected"]
    assert visit.runner.mount.mailbox.running is not None, "the turn of the task"
    visit.socket.read_all()
    visit.runner.client.outbox.is_stuck(0)  # notices that there is room
    await settle()
    assert visit.told() == ["connected"]
    visit.open_gate("turn")
    await settle()
    assert visit.told() == ["connected", "1whole", "#1", "#2"]


async def test_a_posted_form_is_answered_with_a_page_that_shows_what_it_did(visit: Visit) -> None:
    await visit.send("start")
    posting = asyncio.ensure_future(visit.runner.post(Event(visit.mount_id, 0, "add", None, {}, [])))
    await settle()
    showing = asyncio.ensure_future(visit.runner.show())
    await settle()
    assert not posting.done()
    visit.open_gate("turn")
    assert await posting is None
    html, _, failure = await showing
    assert failure is None
    assert "<p>1whole</p>" in html


async def test_a_page_is_shown_between_two_jobs_never_within_one(visit: Visit) -> None:
    assert await visit.runner.post(Event(visit.mount_id, 0, "add", None, {}, [])) is None
    await visit.send("start")
    showing = asyncio.ensure_future(visit.runner.show())
    await settle()
    assert not showing.done()
    visit.open_gate("turn")
    assert "<p>1whole</p>" in (await showing)[0]
