"""What a browser could never send, by the ten thousand: nothing breaks, nothing runs that is not on the page.

``HYPER_FUZZ`` is the number of frames (default 10,000; ``nox -s proof -- fuzz`` takes a million), and a tenth of
it that of changed tokens; ``HYPER_SEED`` draws the same ones again.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import random
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import psutil
import pytest
import ujson

from hyper.testing.sources import load_source
from hyper.transport.component import RequestContext
from hyper.transport.limits import Limits
from hyper.transport.tokens import PURPOSES, Signer, Ticket, TokenError
from hyper.web.app import Live

from ..transport.fakes import ANN, SECRET, FakeClock, FakeSocket
from .frames import HOSTILE_NAMES, Frames, mutated

FRAMES = int(os.environ.get("HYPER_FUZZ", "10000"))
TOKENS = max(5_000, FRAMES // 10)
ROUND = 500
WIDE_OPEN = Limits(
    events_per_s=1e9,
    events_burst=10**9,
    events_per_s_per_address=1e9,
    events_burst_per_address=10**9,
    work_s_burst=1e9,
    work_s_burst_per_address=1e9,
    bad_frames=10**9,
    refusals_in_a_row=10**9,
    bad_frames_s=10,
)
"""Every frame reaches the handlers' table; with the defaults, most sockets would be closed at the third."""

SOURCE = """
import asyncio
from pydantic import BaseModel
from hyper import Invalid

CALLS = []

class Deliberate(Exception):
    pass

class Person(BaseModel):
    name: str = ""
    age: int = 0

@live
def inner(label: str = ""):
    presses = 0
    def add(value: str = ""):
        nonlocal presses
        CALLS.append("add")
        presses += 1
    t'<b @click="add">{label}{presses}</b>'

@live
def target(start: int = 0):
    text, count = "", start
    def helper():
        CALLS.append("helper")
    def add(value: str = ""):
        nonlocal text
        CALLS.append("add")
        text = (text + value)[-40:]
    def number(number: int, more: float = 0):
        nonlocal count
        CALLS.append("number")
        count = number
    def keep(**fields):
        nonlocal text
        CALLS.append("keep")
        text = repr(fields)[:40]
    def many(*values):
        CALLS.append("many")
    def form(person: Person):
        nonlocal text
        CALLS.append("form")
        text = person.name[:40]
    def fail():
        CALLS.append("fail")
        raise Deliberate
    def refuse(value: str = ""):
        CALLS.append("refuse")
        raise Invalid(value="no")
    async def slow():
        CALLS.append("slow")
        await asyncio.sleep(0)
    def hidden():
        CALLS.append("hidden")
    def _private():
        CALLS.append("_private")
    def on_mount():
        CALLS.append("on_mount")
    t'''<div id="top" title="{text}"><p>{count}</p><form @submit="form"><input id="field" name="value" value="{text}">
    <input type="checkbox" checked="{count % 2 == 0}"><select name="s"><option>a</option><option>b</option></select>
    <textarea name="t">{text}</textarea></form>
    <i @click="add" @input="number" @keydown="keep" @blur="many"></i><i @click="fail" @input="refuse" @blur="slow"></i>
    <i @click="number(value)" @input="keep(value)" @blur="many(value, value)"></i>
    <{inner} label="x" /><{inner} key="2" label="{text}" /></div>'''
"""
ON_THE_PAGE = {"add", "number", "keep", "many", "form", "fail", "refuse", "slow"}


class Ear(FakeSocket):
    """A socket that remembers only how many events were answered, and how."""

    def __init__(self, answers: Counter[str], seen: set[tuple[str, int]]) -> None:
        super().__init__()
        self.answers = answers
        self.seen = seen

    @property
    def has_read_all(self) -> bool:
        return self._incoming.empty()

    def _write(self, frame: bytes) -> None:
        message = ujson.loads(frame)
        if (
            message["type"] == "ack"
            and message["seq"]
            and (key := (message["component_id"], message["seq"])) not in self.seen
        ):
            self.seen.add(key)
            self.answers[message.get("error", {}).get("code", "ran")] += 1
        else:
            self.answers[message["type"]] += 1


class Target:
    """A process with one page, whose socket is opened again whenever it is closed."""

    def __init__(self, folder: Path, rng: random.Random, limits: Limits) -> None:
        components = load_source(folder, SOURCE)
        self.rng = rng
        self.module: Any = sys.modules[components["target"].function.__module__]
        self.calls: list[str] = self.module.CALLS
        self.errors: list[BaseException] = []
        options: dict[str, Any] = {"origins": (), "debug": False, "auth": None}
        self.live = Live(
            secret=SECRET, limits=limits, on_error=lambda error, _: self.errors.append(error), **options
        )
        for component in components.values():
            self.live.register(component)
        self.process = self.live.process
        self.clock = self.process.now_s = FakeClock()
        self.answers: Counter[str] = Counter()
        self.seen: set[tuple[str, int]] = set()
        self.sockets = self.mounts = 0

    async def open(self) -> None:
        """A new page and its socket."""
        _, mount_id, token = await self.live._open(self.live.components["target"], {}, ANN)
        self.mounts += 1
        self.frames = Frames(self.rng, mount_id, token)
        self.connect()

    def connect(self) -> None:
        self.sockets += 1
        self.socket = Ear(self.answers, self.seen)
        self.process.spawn(self.process.serve(self.socket, ANN))
        self.socket.say(
            ujson.dumps(
                {
                    "type": "connect",
                    "component_id": self.frames.component_id,
                    "token": self.frames.token,
                    "version": 0,
                }
            )
        )

    async def send(self, count: int) -> None:
        """``count`` frames, a few at a time, with time passing."""
        for number in range(count):
            self.socket.say(self.frames.draw())
            self.clock.now_s += 1
            if number % 5 == 0:
                await self.read()

    async def read(self) -> None:
        """Wait until everything said is dealt with."""
        while self.socket.is_open and not self.socket.has_read_all:
            await asyncio.sleep(0)
        for _ in range(6):
            await asyncio.sleep(0)
        runner = self.process.mounts.get(self.frames.component_id)
        if runner is None:
            await self.open()
            return
        self.frames.next_seq = runner.session.inbox.accepted + 1
        self.frames.version = runner.session.version
        if not self.socket.is_open:
            self.connect()

    async def begin_anew(self) -> None:
        """Part with the page, so that nothing it heaped up is taken for a leak, and nothing hides a leak."""
        await self.read()
        self.process.disconnect(lambda context: True)
        await self.read()
        self.process.tick()


def rss_mib() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest would keep every record with its traceback: that is no leak of ours. Errors are heard by hook."""
    monkeypatch.setattr(logging.getLogger("hyper"), "disabled", True)


async def test_no_frame_breaks_anything(tmp_path: Path, rng: random.Random) -> None:
    target = Target(tmp_path, rng, WIDE_OPEN)
    await target.open()
    objects, memory = [], []
    for done in range(0, FRAMES, ROUND):
        await target.send(ROUND)
        await target.begin_anew()
        target.seen.clear()
        unexpected = [error for error in target.errors if not isinstance(error, target.module.Deliberate)]
        assert unexpected == []
        target.errors.clear()
        if done % max(ROUND, FRAMES // 20) == 0:
            memory.append(rss_mib())
            objects.append(len(gc.get_objects()))
    calls = Counter(target.calls)
    ran = sum(target.answers[code] for code in ("ran", "handler_failed"))
    print(
        f"\n{FRAMES} frames, {target.sockets} sockets, {target.mounts} pages; answers {dict(target.answers)}"
    )
    print(f"handlers {dict(calls)}; objects {objects[2:]}; MiB {[round(mib, 1) for mib in memory]}")
    assert set(calls) <= ON_THE_PAGE | {"on_mount"}
    assert calls.pop("on_mount") <= target.mounts
    assert set(calls) >= ON_THE_PAGE - {"number"}  # which few of the drawn values fit
    assert 0 < ran <= calls.total() <= ran + target.answers["bad_argument"] + calls["slow"]
    assert objects[-1] - objects[len(objects) // 2] < 1_000
    await target.process.close()


async def test_with_the_default_limits_the_same_closes_sockets_and_nothing_else(
    tmp_path: Path, rng: random.Random
) -> None:
    target = Target(tmp_path, rng, Limits(drain_s=0))
    await target.open()
    await target.send(min(FRAMES, 20_000) // 4)
    assert all(isinstance(error, target.module.Deliberate) for error in target.errors)
    assert set(target.calls) <= ON_THE_PAGE | {"on_mount"}
    assert target.sockets > 10
    await target.process.close()


async def test_no_name_reaches_what_is_not_on_the_page(tmp_path: Path, rng: random.Random) -> None:
    """Each hostile name, as an event of the page-level and of a nested component, in both forms."""
    target = Target(tmp_path, rng, WIDE_OPEN)
    await target.open()
    await target.read()
    target.calls.clear()
    seq = 0
    names = [name for name in HOSTILE_NAMES if name not in ON_THE_PAGE]
    for name in names:
        for nested in ("", ".1"):
            for form in ({"args": []}, {"params": {}}):
                seq += 1
                message = {
                    "type": "event",
                    "component_id": target.frames.component_id + nested,
                    "seq": seq,
                    "event": name,
                }
                target.socket.say({**message, **form})
        await target.read()
    assert target.calls == []
    assert target.answers["ran"] == 0
    assert target.answers["unknown_event"] == 4 * len([name for name in names if 0 < len(name) <= 200])
    await target.process.close()


def test_no_changed_token_is_accepted(rng: random.Random) -> None:
    signer = Signer([SECRET, "the one before"], clock=FakeClock(1_700_000_000))
    tickets = [
        Ticket(f"m{number}", "target", {"start": number}, "s" * number, "/", "") for number in range(9)
    ]
    made: dict[str, str] = {signer.sign_ticket(ticket): "join" for ticket in tickets}
    for purpose in PURPOSES:
        made |= {signer.sign(purpose, f"{purpose} {number}"): purpose for number in range(9)}
    tokens, accepted = list(made), []
    for _ in range(TOKENS):
        changed = mutated(rng, rng.choice(tokens), rng.choice(tokens))
        for purpose in PURPOSES:
            if made.get(changed) == purpose:
                continue
            with contextlib.suppress(TokenError):
                accepted.append((purpose, changed, signer.read(purpose, changed)))
    print(f"\n{TOKENS} changed tokens, each for {len(PURPOSES)} purposes: {len(accepted)} accepted")
    assert accepted == []


async def test_no_changed_token_connects(tmp_path: Path, rng: random.Random) -> None:
    """The same through a socket, where a token that passed would mount a component."""
    target = Target(tmp_path, rng, WIDE_OPEN)
    await target.open()
    await target.read()
    target.answers.clear()
    good = target.frames.token
    _, other_id, other = await target.live._open(target.live.components["inner"], {}, RequestContext("other"))
    tokens = [mutated(rng, *rng.sample([good, other], 2)) for _ in range(TOKENS // 20)]
    for token in tokens:
        if token not in (good, other) and token.isascii() and "\0" not in token:
            target.socket.say(
                {
                    "type": "connect",
                    "component_id": rng.choice([other_id, "m9"]),
                    "token": token,
                    "version": 0,
                }
            )
            await target.read()
    assert set(target.answers) == {"error"}
    assert len(target.process.mounts) == 2
    await target.process.close()
