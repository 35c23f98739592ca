"""After an event that fails, for whatever reason, the next ones run: seen from a socket, with a real component."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hyper.testing.sources import load_source
from hyper.transport.component import ComponentPatches
from hyper.transport.limits import Limits
from hyper.web.app import Live

from ..failures import FAILURES, SOURCE, Failure
from .fakes import ANN, SECRET, Bench, FakeClock, FakeSocket, event, settle

# a browser writes neither a circle nor what JSON has not
SENDABLE = [row for row in FAILURES if row.by != "client" or row.code == "too_large"]


class Target:
    """A real component, and a socket on which a browser speaks."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.live = Live(
            secret=SECRET, limits=limits, on_error=lambda *_: None, origins=(), debug=False, auth=None
        )
        self.component = load_source(folder, SOURCE)["page"]
        self.live.register(self.component)
        self.process = self.live.process
        self.clock = self.process.now_s = FakeClock()
        self.socket = FakeSocket()
        self.seq = self.version = self.mount = 0

    async def open(self) -> None:
        _, self.mount_id, self.token = await self.live._open(self.component, {}, ANN)
        self.connect()
        await settle()

    def connect(self) -> None:
        self.process.spawn(self.process.serve(self.socket, ANN))
        whence = {"token": self.token, "version": self.version, "page": 7, "mount": self.mount}
        self.socket.say({"type": "connect", "component_id": self.mount_id, **whence})

    async def send(self, name: str, args: list[Any] | None = None) -> dict[str, Any]:
        """Send an event as the client writes it. Returns the answer to it."""
        self.seq += 1
        members = {"type": "event", "seq": self.seq, "component_id": self.mount_id, "event": name}
        self.socket.say(written(members if args is None else {**members, "args": args}))
        for _ in range(3):
            await settle()
            self.clock.now_s += 5
            self.process.tick()
        async with asyncio.timeout(30):
            while not (answers := self._answers()):  # handlers are stopped by the loop's own clock
                await asyncio.sleep(0.01)
        await settle()
        (answer,) = answers
        return answer

    def _answers(self) -> list[dict[str, Any]]:
        return [ack for ack in self.socket.of_type("ack") if ack["seq"] == self.seq and "mount" not in ack]

    async def both_clicks_count(self) -> None:
        before = len(self.socket.of_type("update")) + len(self.socket.of_type("resync"))
        for _ in range(2):
            assert "error" not in await self.send("add")
        after = len(self.socket.of_type("update")) + len(self.socket.of_type("resync"))
        assert after >= before + 2
        assert "<b>2</b>" in self.process.mounts.get(self.mount_id).mount.html()
        assert self.socket.is_open


def written(frame: dict[str, Any]) -> str:
    """The frame as a browser writes it; Python's own encoder has a limit for the depth."""
    text = json.dumps({**frame, "args": []} if "args" in frame else frame, separators=(",", ":"))
    return text[:-2] + _json(frame["args"])[1:] + "}" if "args" in frame else text


def _json(value: Any) -> str:
    brackets = 0
    while isinstance(value, list) and len(value) == 1:
        value, brackets = value[0], brackets + 1
    return "[" * brackets + json.dumps(value) + "]" * brackets


@pytest.fixture
async def target(tmp_path: Path) -> AsyncIterator[Target]:
    target = Target(tmp_path, Limits(drain_s=0, handler_s=0.1))
    await target.open()
    yield target
    await target.process.close()


@pytest.mark.parametrize("failure", SENDABLE, ids=lambda row: row.name)
async def test_after_it_two_clicks_count(target: Target, failure: Failure) -> None:
    answer = await target.send(failure.handler, failure.args)
    told = target.socket.of_type("error")[0] if failure.by == "view" else answer["error"]
    assert told["code"] == failure.code
    assert told["message"]
    await target.both_clicks_count()


@pytest.mark.parametrize("failure", SENDABLE, ids=lambda row: row.name)
async def test_sent_again_it_is_answered_as_before_and_not_run_again(
    target: Target, failure: Failure
) -> None:
    first = await target.send(failure.handler, failure.args)
    target.seq -= 1
    target.mount, target.version = target.socket.of_type("ack")[0]["mount"], first["version"]
    target.socket.drop()
    await settle()
    target.socket = FakeSocket()
    target.connect()
    again = await target.send(failure.handler, failure.args)
    assert again.get("error") == first.get("error")
    await target.both_clicks_count()


async def test_a_bad_text_in_a_field_that_rides_along(target: Target) -> None:
    target.seq += 1
    fields = [{"path": "div/input/@value", "value": "a\0"}]
    target.socket.say({**event(target.seq, "add", target.mount_id), "fields": fields})
    await settle()
    assert target.socket.of_type("ack")[-1]["error"]["code"] == "bad_frame"
    await target.both_clicks_count()


async def test_more_bad_events_than_bad_frames_are_allowed(target: Target) -> None:
    for _ in range(2 * Limits().bad_frames):
        assert (await target.send("take", ["\0"]))["error"]["message"] == (
            "It was not done: a string with a NUL character."
        )
    await target.both_clicks_count()


async def test_an_event_refused_for_its_rate(tmp_path: Path) -> None:
    target = Target(tmp_path, Limits(events_per_s=0.2, events_burst=1, drain_s=0))
    await target.open()
    await target.send("take", [1])
    target.seq += 1
    target.socket.say(event(target.seq, "fail", target.mount_id))
    target.socket.say(event(target.seq + 1, "take", target.mount_id, args=["\0"]))
    target.seq += 1
    await settle()
    assert [ack["error"]["code"] for ack in target.socket.of_type("ack")[-2:]].count("throttled") >= 1
    target.clock.now_s += 60
    await target.both_clicks_count()
    await target.process.close()


async def test_bad_events_before_the_component_has_joined() -> None:
    bench = Bench()
    bench.mount_delay = asyncio.Event()
    _, token = bench.page()
    bench.process.mounts.remove(bench.process.mounts.get("m1"))
    socket = bench.plug()
    socket.say({"type": "connect", "component_id": "m1", "token": token, "version": 0})
    await settle()
    socket.say(json.dumps(event(1, "add", args=["\0"])))
    socket.say(event(2))
    socket.say(event(3))
    await settle()
    bench.mount_delay.set()
    await settle()
    codes = {ack["seq"]: ack.get("error", {}).get("code") for ack in socket.of_type("ack")}
    assert codes == {0: None, 1: "bad_frame", 2: None, 3: None}
    assert bench.mounted_again[0].text == "xx"
    await bench.process.close()


async def test_a_bad_event_of_a_component_that_is_not_there() -> None:
    bench = Bench()
    socket = bench.plug()
    socket.say(json.dumps(event(1, "add", args=["\0"])))
    await settle()
    assert (socket.sent[0]["code"], socket.sent[0]["seq"]) == ("bad_frame", 1)
    await bench.process.close()


async def test_a_patch_that_cannot_be_encoded_becomes_a_snapshot() -> None:
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)
    changes = mount.changes

    async def break_once() -> list[ComponentPatches]:
        await changes()
        mount.changes = changes  # type: ignore[method-assign]
        return [ComponentPatches("m1", [{"path": "p/text", "value": object()}])]

    mount.changes = break_once  # type: ignore[method-assign]
    for seq in (1, 2, 3):
        socket.say(event(seq))
    await settle()
    kinds = [message["type"] for message in socket.sent]
    assert kinds == ["ack", "error", "resync", "ack", "update", "ack", "update", "ack"]
    assert [ack["seq"] for ack in socket.of_type("ack")] == [0, 1, 2, 3]
    assert socket.of_type("resync")[0]["html"].startswith("<p>x")
    assert mount.text == mount.shown == "xxx"
    await bench.process.close()


async def test_a_view_that_always_meets_a_cancelled_error() -> None:
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)

    async def changes() -> list[ComponentPatches]:
        mount.renders += 1
        raise asyncio.CancelledError

    mount.changes = changes  # type: ignore[method-assign]
    for seq in (1, 2, 3):
        socket.say(event(seq))
    await settle()
    assert [ack["seq"] for ack in socket.of_type("ack")] == [0, 1, 2, 3]
    assert mount.renders <= 6
    assert mount.text == "xxx"
    await bench.process.close()


async def test_a_patch_that_cannot_be_encoded_while_the_page_is_away() -> None:
    """A client that comes back at the same version must not be taken for one that has missed nothing."""
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)

    async def changes() -> list[ComponentPatches]:
        mount.shown = mount.text
        return [ComponentPatches("m1", [{"path": "p/text", "value": object()}])]

    mount.render_gate = asyncio.Event()
    mount.changes = changes  # type: ignore[method-assign]
    socket.say(event(1))
    socket.drop()
    await settle()
    del mount.changes  # type: ignore[method-assign]
    mount.render_gate = None
    socket = await bench.join(token)
    assert [message["type"] for message in socket.sent][-2:] == ["resync", "ack"]
    assert socket.of_type("resync")[0]["html"] == "<p>x</p>"
    await bench.process.close()


@pytest.mark.parametrize("reason", ["a\0", "\ud800"])
async def test_a_page_that_asks_for_a_snapshot_gets_it_however_it_says_why(reason: str) -> None:
    bench = Bench()
    _, token = bench.page(text="abc")
    socket = await bench.join(token)
    socket.say(json.dumps({"type": "resync", "component_id": "m1", "reason": reason}))
    await settle()
    assert [message["html"] for message in socket.of_type("resync")] == ["<p>abc</p>"]
    await bench.process.close()
