"""Shared values and presence across processes: one suite for every backplane.

Two hubs in one event loop stand for two processes; with Redis they meet only in a real server.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

import pytest
from pydantic import BaseModel

from hyper.context import rendering
from hyper.state.backplane import START, Backplane, BackplaneError, Entry, LogState, MemoryBackplane, Position
from hyper.state.hub import Hub, StateError
from hyper.state.packing import PackingError
from hyper.state.sealing import Seal
from hyper.state.sync import cancel_all

QUICK = {"check_interval_s": 0.2, "max_delay_s": 0.1, "alive_s": 0.6}
SECRETS = ["a secret of this test"]


class Place(Protocol):
    """Where hubs meet."""

    def open(self) -> Backplane: ...
    def stop(self) -> None: ...
    def start(self) -> None: ...


class MemoryPlace:
    """One object in memory."""

    def __init__(self) -> None:
        self.backplane = MemoryBackplane()

    def open(self) -> Backplane:
        return self.backplane

    def stop(self) -> None:
        self.backplane.stop()

    def start(self) -> None:
        self.backplane.store.logs.clear()
        self.backplane.start()


class RedisPlace:
    """A real server, which forgets everything when it stops."""

    def __init__(self, server: Any) -> None:
        self.server = server

    def open(self) -> Backplane:
        from hyper.state.redis_backplane import RedisBackplane

        return RedisBackplane(self.server.url, timeout_s=2)

    def stop(self) -> None:
        self.server.kill()

    def start(self) -> None:
        self.server.start()


@pytest.fixture(params=["memory", "redis"])
def place(request: pytest.FixtureRequest) -> Place:
    if request.param == "memory":
        return MemoryPlace()
    return RedisPlace(request.getfixturevalue("redis_server"))


Connect = Callable[..., Any]


@pytest.fixture
async def connect(place: Place) -> AsyncIterator[Connect]:
    hubs: list[Hub] = []

    async def connected(hub: Hub | None = None) -> Hub:
        hub = hub or Hub()
        hubs.append(hub)
        await hub.connect(place.open(), SECRETS, **QUICK)
        return hub

    yield connected
    for hub in hubs:
        await hub.disconnect()


async def until(condition: Callable[[], object], seconds: float = 15) -> None:
    """Wait for something that happens in other tasks."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


class Page:
    """A component that counts how often it is told to render."""

    def __init__(self, *values: object) -> None:
        self.invalidated = 0
        token = rendering.set(self)
        for value in values:
            str(value)
        rendering.reset(token)

    def invalidate(self) -> None:
        self.invalidated += 1


async def test_changes_reach_the_other_process(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share([], "log")
    theirs: Any = two.share([], "log")
    mine.append({"text": "hi", "tags": []})
    await until(lambda: theirs == [{"text": "hi", "tags": []}])
    theirs[0]["tags"].append("new")
    mine.append("more")
    await until(lambda: mine == theirs == [{"text": "hi", "tags": ["new"]}, "more"])


async def test_broadcast_renders_only_the_readers_in_the_other_process(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share([], "log")
    theirs: Any = two.share([], "log")
    reads, reads_not = Page(theirs), Page(two.share([], "other"))
    await until(lambda: two.sync.replicas["log"].position != START)
    before = reads.invalidated, reads_not.invalidated
    mine.append(1)
    await until(lambda: theirs == [1])
    assert (reads.invalidated, reads_not.invalidated) == before
    mine.append(2)
    one.broadcast(())
    await until(lambda: reads.invalidated > before[0])
    assert theirs == [1, 2]
    assert reads_not.invalidated == before[1]


async def test_a_late_process_gets_the_state(connect: Connect) -> None:
    one = await connect()
    mine: Any = one.share({}, "users")
    for number in range(300):
        mine[f"user {number}"] = number
        await asyncio.sleep(0)
    await until(lambda: not one.sync.replicas["users"].pending)
    two = await connect()
    page = Page(theirs := two.share({}, "users"))
    await until(lambda: theirs == mine)
    assert page.invalidated


async def test_counting_in_two_processes_loses_nothing(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine, theirs = one.share(0, "visits"), two.share(0, "visits")
    for _ in range(50):
        mine.increment()
        theirs.increment(2)
        await asyncio.sleep(0)
    await until(lambda: mine == theirs == 150)


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Point:
    x: int


@dataclass
class Message:
    text: str
    colour: Colour = Colour.RED
    at: Point = Point(0)
    tags: list[str] = field(default_factory=list)


class Settings(BaseModel):
    theme: str = "dark"
    numbers: list[int] = []


async def test_declared_classes_travel(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share([], "messages", (Message,))
    theirs: Any = two.share([], "messages", (Message,))
    mine.append(Message("hi", at=Point(3)))
    await until(lambda: len(theirs) == 1)
    assert theirs[0] == Message("hi", at=Point(3))
    assert isinstance(theirs[0], Message)
    theirs[0].text = "ho"
    theirs[0].tags.append("x")
    await until(lambda: mine[0].text == "ho" and mine[0].tags == ["x"])


async def test_a_model_is_shared_field_by_field(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share(Settings(), "settings")
    theirs: Any = two.share(Settings(), "settings")
    await until(lambda: two.sync.replicas["settings"].position != START)
    mine.theme = "light"
    theirs.numbers.append(1)
    await until(lambda: mine == theirs == Settings(theme="light", numbers=[1]))


async def test_what_cannot_travel_is_refused_where_it_is_put_in(connect: Connect) -> None:
    one = await connect()
    mine: Any = one.share([1], "log")
    with pytest.raises(PackingError, match=r"shared\(…, of=Message\)"):
        mine.append(Message("hi"))
    with pytest.raises(PackingError, match="nan"):
        mine[0] = float("nan")
    with pytest.raises(PackingError, match="object"):
        mine.insert(0, object())
    assert mine == [1]


async def test_values_shared_before_and_after_connecting(connect: Connect) -> None:
    early: Any = (one := Hub()).share([1], "early")
    await connect(one)
    two = await connect()
    theirs: Any = two.share([], "early")
    await until(lambda: theirs == [1] or early == theirs)
    late: Any = one.share({}, "late")
    late["a"] = 1
    other: Any = two.share({}, "late")
    await until(lambda: other == {"a": 1})


async def test_values_without_a_name_stay(connect: Connect) -> None:
    one = await connect()
    value: Any = one.share([], None)
    value.append(object())
    assert one.sync.replicas == {}


async def test_a_write_in_a_thread_is_sent(connect: Connect) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share([], "log")
    theirs: Any = two.share([], "log")
    page = Page(theirs)
    await until(lambda: two.sync.replicas["log"].position != START)
    before = page.invalidated

    def work() -> None:
        mine.append("from a thread")
        one.broadcast(())

    await asyncio.to_thread(work)
    await until(lambda: theirs == ["from a thread"] and page.invalidated > before)


async def test_presence_across_processes(connect: Connect) -> None:
    one, two = await connect(), await connect()
    here, there = one.presence("lobby"), two.presence("lobby")
    mine = here.join("ada")
    there.join("bob")
    await until(lambda: set(here) == set(there) == {"ada", "bob"})
    mine.leave()
    await until(lambda: list(here) == list(there) == ["bob"])


async def test_people_of_a_dead_process_are_gone_after_a_while(connect: Connect, place: Place) -> None:
    one = await connect()
    dies = Hub()
    await dies.connect(place.open(), SECRETS, **QUICK)
    here, there = one.presence("lobby"), dies.presence("lobby")
    here.join("ada")
    there.join("bob")
    await until(lambda: set(here) == {"ada", "bob"})
    assert dies.sync is not None
    await cancel_all(dies.sync._tasks)
    try:
        await until(lambda: list(here) == ["ada"])
    finally:
        await dies.sync.backplane.close()


async def test_people_taken_for_dead_by_mistake_come_back(connect: Connect) -> None:
    one, two = await connect(), await connect()
    here, there = one.presence("lobby"), two.presence("lobby")
    here.join("ada")
    await until(lambda: list(there) == ["ada"])
    there.settle(set())
    assert list(there) == []
    await until(lambda: list(there) == list(here) == ["ada"])


async def test_local_users_keep_working_while_the_backplane_is_down(connect: Connect, place: Place) -> None:
    one, two = await connect(), await connect()
    mine: Any = one.share([], "log")
    theirs: Any = two.share([], "log")
    mine.append("before")
    await until(lambda: theirs == ["before"])
    place.stop()
    page = Page(mine)
    mine.append("one")
    theirs.append("two")
    one.broadcast(())
    assert page.invalidated == 1
    assert mine == ["before", "one"]
    await until(lambda: not one.sync.is_connected)
    place.start()
    await until(lambda: mine == theirs and len(mine) == 3)
    assert mine[0] == "before"
    await until(lambda: one.sync.is_connected)


async def test_starting_while_the_backplane_is_down(connect: Connect, place: Place) -> None:
    place.stop()
    one = await connect()
    mine: Any = one.share([], "log")
    mine.append("early")
    place.start()
    two = await connect()
    theirs: Any = two.share([], "log")
    await until(lambda: theirs == ["early"])


async def test_disconnecting_sends_what_is_pending(connect: Connect, place: Place) -> None:
    one = Hub()
    await one.connect(place.open(), SECRETS, **QUICK)
    mine: Any = one.share([], "log")
    mine.append("last words")
    await one.disconnect()
    mine.append("to myself")
    two = await connect()
    theirs: Any = two.share([], "log")
    await until(lambda: theirs == ["last words"])


async def test_secrets_can_be_changed_one_process_after_the_other(place: Place) -> None:
    old, new = Hub(), Hub()
    await old.connect(place.open(), ["old"], **QUICK)
    await new.connect(place.open(), ["old", "new"], **QUICK)
    mine: Any = old.share([], "log")
    theirs: Any = new.share([], "log")
    mine.append(1)
    await until(lambda: theirs == [1])
    await old.disconnect()
    newer = Hub()
    await newer.connect(place.open(), ["new", "old"], **QUICK)
    newest: Any = newer.share([], "log")
    newest.append(2)
    await until(lambda: newest == theirs == [1, 2])
    await new.disconnect()
    await newer.disconnect()


async def test_a_process_with_another_secret_changes_nothing(connect: Connect, place: Place) -> None:
    one = await connect()
    mine: Any = one.share([], "log")
    mine.append(1)
    await until(lambda: not one.sync.replicas["log"].pending)
    stranger = Hub()
    await stranger.connect(place.open(), ["another secret"], **QUICK)
    theirs: Any = stranger.share([], "log")
    theirs.append(2)
    assert stranger.sync is not None
    await until(lambda: stranger.sync is not None and stranger.sync.refused)
    mine.append(3)
    await until(lambda: not one.sync.replicas["log"].pending)
    assert (mine, theirs) == ([1, 3], [2])
    await stranger.disconnect()
    assert one.sync.refused == 0


async def test_forged_entries_and_hints_have_no_effect(connect: Connect, place: Place) -> None:
    one = await connect()
    mine: Any = one.share([1], "log")
    await until(lambda: one.sync.replicas["log"].position != START)
    at = one.sync.replicas["log"].position
    forger, seal = place.open(), Seal(["guessed"])
    operations = [["insert", "0", "end", ["x"], ["forged"]]]
    mark = at.after("forger:1").mark
    true_mac = Seal(SECRETS).close(operations, "entry", "other", 2, mark, "forger:1")
    for number, body in enumerate(
        ("", "x.y.[]", json.dumps(operations), seal.close(operations), true_mac), 1
    ):
        batch_id = f"forger:{number}"
        await forger.exchange("log", at, Entry(batch_id, mark, body), hint=body)
        at = Position(at.version + 1, mark)
        await until(lambda: one.sync.refused)
    assert mine == [1]
    mine.append(2)
    await asyncio.sleep(0.5)
    assert mine == [1, 2]
    forged = LogState("e", Position(9, "m"), seal.close({"$": "list"}), Position(9, "m"), [])
    assert await forger.replace("log", at, forged, hint="")
    await asyncio.sleep(0.5)
    assert mine == [1, 2]
    await forger.close()


async def test_a_hub_is_connected_once(connect: Connect, place: Place) -> None:
    one = await connect()
    with pytest.raises(StateError, match="already"):
        await one.connect(place.open(), SECRETS)


async def test_a_secret_is_needed(place: Place) -> None:
    with pytest.raises(ValueError, match="secret"):
        await Hub().connect(place.open(), [])


async def test_forgotten_topics_are_not_kept_in_step(connect: Connect) -> None:
    one = await connect()
    one.presence("room").join("ada").leave()
    gc.collect()
    assert one.sync.replicas == {}


async def test_the_store_answers_as_the_reference_does(place: Place) -> None:
    """The same calls on the store in memory and on this one: the same answers."""
    reference, store = MemoryBackplane(), place.open()
    first = Position(1, "seed")
    second, third = first.after("a:1"), first.after("a:1").after("b:1")
    one, two = Entry("a:1", second.mark, "one body"), Entry("b:1", third.mark, "two body")
    state = LogState("epoch", first, "snapshot", first, [])
    with_tail = LogState("epoch 2", third, "snapshot 2", first, [one, two])
    calls: list[Callable[[Backplane], Any]] = [
        lambda plane: plane.exchange("n", START, None, ""),
        lambda plane: plane.replace("n", first, state, ""),
        lambda plane: plane.replace("n", START, state, ""),
        lambda plane: plane.replace("n", START, state, ""),
        lambda plane: plane.exchange("n", first, None, ""),
        lambda plane: plane.exchange("n", START, None, ""),
        lambda plane: plane.exchange("n", first, one, "hint"),
        lambda plane: plane.exchange("n", first, one, "hint"),
        lambda plane: plane.exchange("n", second, one, "hint"),
        lambda plane: plane.exchange("n", second, two, "hint"),
        lambda plane: plane.exchange("n", first, None, ""),
        lambda plane: plane.exchange("n", second, None, ""),
        lambda plane: plane.exchange("n", Position(2, "fork"), None, ""),
        lambda plane: plane.exchange("n", Position(9, "far"), None, ""),
        lambda plane: plane.compact("n", Position(2, "fork"), "wrong"),
        lambda plane: plane.compact("n", second, "snapshot at 2"),
        lambda plane: plane.compact("n", first, "older"),
        lambda plane: plane.exchange("n", START, None, ""),
        lambda plane: plane.replace("n", third, with_tail, ""),
        lambda plane: plane.exchange("n", START, None, ""),
        lambda plane: plane.exchange("n", first, None, ""),
        lambda plane: plane.exchange("n", third, Entry("b:1", "m", "again"), ""),
    ]
    for call in calls:
        assert normal(await call(store)) == normal(await call(reference))
    position = third
    for number in range(2, 150):
        batch_id = f"b:{number}"
        for plane in (store, reference):
            entry = Entry(batch_id, position.after(batch_id).mark, "body")
            assert (await plane.exchange("n", position, entry, "")).kind == "accepted"
        position = position.after(batch_id)
    for plane in (store, reference):
        await plane.compact("n", position, "late snapshot")
    answers = [await plane.exchange("n", START, None, "") for plane in (store, reference)]
    assert normal(answers[0]) == normal(answers[1])
    assert answers[0].state.base.version == position.version - 128
    await store.close()


def normal(answer: Any) -> Any:
    return (answer.kind, list(answer.entries), answer.state) if hasattr(answer, "kind") else answer


async def test_a_stopped_store_says_so(place: Place) -> None:
    plane = place.open()
    place.stop()
    with pytest.raises(BackplaneError):
        await plane.exchange("n", START, None, "")
    with pytest.raises(BackplaneError):
        await plane.listen(lambda message: None, lambda: None)
    await plane.close()
