"""A process that has just started shows what the others know; of several who claim a place, one gets it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

import hyper
from hyper.components.setting_up import MAX_STARTS
from hyper.state import sharing
from hyper.state.backplane import BackplaneError, MemoryBackplane
from hyper.state.hub import Hub
from hyper.testing.sources import load_source, one

SECRETS = ["a secret of this test"]
QUICK = {"check_interval_s": 0.2, "max_delay_s": 0.1, "alive_s": 0.6}
SLOW_S = 20


class SlowBackplane(MemoryBackplane):
    """Answers only when the test lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def exchange(self, *given: Any) -> Any:
        await self.may_answer.wait()
        return await super().exchange(*given)


@pytest.fixture
async def backplane() -> SlowBackplane:
    return SlowBackplane()


@pytest.fixture
async def others(backplane: SlowBackplane) -> AsyncIterator[Hub]:
    """A process that has been there for a while."""
    hub = Hub()
    await hub.connect(backplane, SECRETS, **QUICK)
    yield hub
    backplane.may_answer.set()
    await hub.disconnect()


@pytest.fixture
async def mine(backplane: SlowBackplane, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Hub]:
    """This process, which has just started."""
    hub = Hub()
    monkeypatch.setattr(sharing, "hub", hub)
    monkeypatch.setattr("hyper.web.app.hub", hub)
    yield hub
    backplane.may_answer.set()
    await hub.disconnect()


def fill(hub: Hub) -> None:
    for name in ("game 1", "game 2"):
        game: Any = hub.share({}, name)
        game["players"] = ["ada"]


async def settled(hub: Hub) -> None:
    assert hub.sync is not None
    await hub.arrive(SLOW_S)
    for replica in hub.sync.replicas.values():
        assert await hub.sync.arrivals.wait_for_change(replica, SLOW_S)


SOURCE = """
import asyncio
from hyper import latest, live, presence, shared, spawn
people, begun = presence("those who play"), []
first = shared({}, name="game 1")
seen = []

@live
def early():
    seen.append(list(first.get("players", [])))
    def on_mount():
        seen.append(list(first.get("players", [])))
    t"<p>{first.get('players', [])}</p>"

@live
async def awaited():
    second = await latest(shared({}, name="game 2"))
    seen.append(list(second.get("players", [])))
    t"<p>{second.get('players', [])}</p>"

@live
def named():
    begun.append(spawn(asyncio.sleep(60)))
    second = shared({}, name="game 2")
    seen.append(list(second.get("players", [])))
    people.join("ada")
    def on_mount():
        seen.append(list(second.get("players", [])))
    t"<p>{second.get('players', [])}</p>"

@live
def late():
    second = shared({}, name="game 2")
    def on_mount():
        seen.append(list(second.get("players", [])))
    t"<p>{second.get('players', [])}</p>"
"""


@pytest.mark.parametrize(
    ("name", "seen"), [("early", [["ada"]]), ("awaited", [["ada"]]), ("named", [["ada"]]), ("late", [])]
)
async def test_setup_and_the_first_html_have_what_others_know(
    tmp_path: Path, others: Hub, mine: Hub, backplane: SlowBackplane, name: str, seen: list[Any]
) -> None:
    fill(others)
    await settled(others)
    component = load_source(tmp_path, SOURCE)[name]
    backplane.may_answer.clear()
    await mine.connect(backplane, SECRETS, **QUICK)
    app = web.Application()
    live = hyper.setup(app, secret="s")
    request = make_mocked_request("GET", "/", app=app)
    mounting = asyncio.ensure_future(live.mount(request, component, {}))
    await asyncio.sleep(0.05)
    assert not mounting.done()
    backplane.may_answer.set()
    html = await mounting
    assert "<p>ada</p>" in html
    (runner,) = live.process.mounts
    await runner.mount.connected()
    said = component.function.__globals__["seen"]
    assert said == seen + [["ada"]] * (name != "awaited")
    begun = component.function.__globals__["begun"]
    assert [task.cancelled() for task in begun] == [True, False] * (name == "named"), "given back"
    assert len(component.function.__globals__["people"]) == (name == "named")
    await live.process.close()


ENDLESS = """
import itertools
from hyper import live, shared
numbers, starts = itertools.count(), []

@live
def new_names():
    starts.append(1)
    values = [shared({}, name=f"value {next(numbers)}") for _ in range(2)]
    def nothing(): ...
    t"<p>{len(values)}</p>"
"""


async def test_names_that_are_new_each_time_do_not_set_up_for_ever(
    tmp_path: Path, others: Hub, mine: Hub, backplane: SlowBackplane
) -> None:
    await mine.connect(backplane, SECRETS, **QUICK)
    component = one(tmp_path, ENDLESS)
    app = web.Application()
    live = hyper.setup(app, secret="s")
    html = await live.mount(make_mocked_request("GET", "/", app=app), component, {})
    assert "<p>2</p>" in html
    assert len(component.function.__globals__["starts"]) == MAX_STARTS
    await live.process.close()


async def test_a_handler_that_names_a_value_is_not_run_again(
    tmp_path: Path, others: Hub, mine: Hub, backplane: SlowBackplane
) -> None:
    fill(others)
    await settled(others)
    await mine.connect(backplane, SECRETS, **QUICK)
    component = one(tmp_path, NAMING)
    mount = await component.mount_for("m", {})
    await mount.call("m", "name", [], {})
    assert component.function.__globals__["runs"] == [1]
    await mount.close()


NAMING = """
from hyper import live, shared
runs = []

@live
def page():
    def name():
        runs.append(1)
        shared({}, name="game 1")
    t"<button @click='name()'></button>"
"""


async def test_nobody_waits_for_ever_and_nobody_twice(
    mine: Hub, backplane: SlowBackplane, caplog: pytest.LogCaptureFixture
) -> None:
    value: Any = mine.share({"a": 1}, "game 1")
    backplane.may_answer.clear()
    await mine.connect(backplane, SECRETS, **QUICK)
    with caplog.at_level(logging.WARNING, "hyper.state"):
        assert await mine.arrive(0.01)
        for number in range(3):
            mine.share({}, "game 2")
            mine.share({}, f"room {number}")
            mine.forget(f"room {number}")  # that the store answers does not follow
            assert not await mine.arrive(SLOW_S)
    assert [line.partition(":")[0] for line in caplog.messages] == [
        "shared values are shown as they are in this process"
    ]
    backplane.may_answer.set()
    await mine.arrive(SLOW_S)
    value["b"] = 2
    assert not await mine.arrive(SLOW_S)


async def test_without_other_processes_nobody_waits(mine: Hub) -> None:
    mine.share({}, "game 1")
    assert not await mine.arrive(SLOW_S)


async def test_a_value_that_cannot_arrive_is_not_waited_for(
    mine: Hub, others: Hub, backplane: SlowBackplane
) -> None:
    others.share([], "game 1")
    await settled(others)
    await mine.connect(backplane, SECRETS, **QUICK)
    mine.share({}, "game 1")
    await mine.arrive(SLOW_S)
    mine.share({}, "game 2")
    mine.forget("game 2")
    assert not await mine.arrive(SLOW_S)


@pytest.mark.parametrize("is_slow", [True, False])
async def test_one_of_those_who_claim_a_place_gets_it(
    mine: Hub, others: Hub, backplane: SlowBackplane, is_slow: bool
) -> None:
    await mine.connect(backplane, SECRETS, **QUICK)
    rooms: list[Any] = [hub.share({}, "room") for hub in (mine, others)]
    await mine.arrive(SLOW_S)
    if is_slow:
        backplane.may_answer.clear()
    claims = [
        asyncio.ensure_future(hub.claim(room, "host", who, SLOW_S))
        for hub, room, who in zip(
            (mine, others, mine), (*rooms, rooms[0]), ("ada", "bob", "eve"), strict=True
        )
    ]
    await asyncio.sleep(0.02)
    assert not is_slow or not any(claim.done() for claim in claims[:2])
    backplane.may_answer.set()
    answers = set(await asyncio.gather(*claims))
    assert len(answers) == 1
    assert answers < {"ada", "bob"}
    assert await mine.claim(rooms[0], "host", "zoe", SLOW_S) in answers
    del rooms[1]["host"]
    assert await others.claim(rooms[1], "host", "zoe", SLOW_S) == "zoe"


async def test_a_claim_alone_and_one_that_is_not_answered(mine: Hub, backplane: SlowBackplane) -> None:
    room: Any = mine.share({}, "room")
    assert await mine.claim(room, "host", "ada", SLOW_S) == "ada"
    assert await mine.claim(room, "host", "bob", SLOW_S) == "ada"
    await mine.connect(backplane, SECRETS, **QUICK)
    await mine.arrive(SLOW_S)
    backplane.may_answer.clear()
    with pytest.raises(BackplaneError, match="have not answered"):
        await mine.claim(room, "guest", "bob", 0.01)


async def test_only_a_shared_dict_can_be_claimed() -> None:
    with pytest.raises(hyper.StateError, match="dict that is shared"):
        await hyper.claim({}, "host", "ada")
