"""Many processes change one value while messages and the store fail: all come to the same, nothing is lost.

The processes are hubs in one program, driven step by step: no task runs by itself, so that every draw of
hypothesis is one exact order of events.
"""

from __future__ import annotations

import asyncio
import copy
import random
from collections.abc import Callable
from typing import Any
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from hyper.state.backplane import KEPT_ENTRIES, BackplaneError, Entry, LogState, MemoryBackplane, StoreAnswer
from hyper.state.hub import Hub
from hyper.state.observed import plain, walk
from hyper.state.replica import TAIL, Position
from hyper.state.sealing import Seal
from hyper.state.sync import SNAPSHOT_EVERY, Sync

SEAL = Seal(["secret"])


class FaultyBackplane(MemoryBackplane):
    """A memory backplane that fails before or after doing what was asked, as drawn, and may lose its data."""

    def __init__(self, chance: random.Random, failures: float) -> None:
        super().__init__()
        self.chance = chance
        self.failures = failures
        self.saved: dict[str, Any] = {}

    async def exchange(self, name: str, at: Position, entry: Entry | None, hint: str) -> StoreAnswer:
        self.fail("before")
        answer = await super().exchange(name, at, entry, hint)
        self.fail("after")
        return answer

    async def replace(self, name: str, expected: Position, state: LogState, hint: str) -> bool:
        self.fail("before")
        is_done = await super().replace(name, expected, state, hint)
        self.fail("after")
        return is_done

    async def compact(self, name: str, at: Position, snapshot: str) -> None:
        self.fail("before")
        await super().compact(name, at, snapshot)

    def fail(self, when: str) -> None:
        if self.chance.random() < self.failures:
            raise BackplaneError(f"drawn: failed {when} it was done")

    def token(self, _: int) -> str:
        return f"{self.chance.randrange(2**32):08x}"

    def save(self) -> None:
        self.saved = copy.deepcopy(self.store.logs)

    def fall_back(self) -> None:
        """As a server does that was killed and reads an old file."""
        self.store.logs = copy.deepcopy(self.saved)


class Process:
    """A hub, its value, and a sync that runs when told to."""

    def __init__(self, backplane: FaultyBackplane, initial: Any) -> None:
        self.hub = Hub()
        self.hub.id = backplane.token(4)
        self.value: Any = self.hub.share(initial, "value")
        self.sync = Sync(self.hub.id, backplane, SEAL, self.hub.settle_presences)
        self.sync.attach(self.hub.named["value"])
        self.hub.sync = self.sync

    @property
    def replica(self) -> Any:
        return self.sync.replicas["value"]

    async def settle(self) -> bool:
        """Ask the store; False if it could not be reached."""
        self.sync._due.add("value")
        backplane: Any = self.sync.backplane
        try:
            with mock.patch("hyper.state.replica.token_hex", side_effect=backplane.token):
                await self.sync.settle_all()
        except BackplaneError:
            return False
        return True


async def settle_all(processes: list[Process], backplane: FaultyBackplane) -> None:
    backplane.failures = 0
    for _ in range(3):
        for process in processes:
            assert await process.settle()


def check_equal(processes: list[Process]) -> None:
    first = processes[0]
    for process in processes:
        assert process.replica.pending == []
        assert process.replica.position == first.replica.position
        assert plain(process.value) == plain(first.value)
        assert order_of(process.value) == order_of(first.value)
        assert ids_of(process.value) == ids_of(first.value)


def order_of(value: Any) -> list[str]:
    """Texts of all that has an order, sets left out."""
    return [repr(list(item)) for item in walk(value) if not isinstance(item, set)]


def ids_of(value: Any) -> set[tuple[str, tuple[str, ...]]]:
    return {(item._id, tuple(getattr(item, "_ids", None) or ())) for item in walk(value)}


def initial() -> dict[str, Any]:
    return {"rows": [{"n": n, "tags": []} for n in range(3)], "names": {"x"}, "count": 0}


def change(value: Any, chance: random.Random, token: int) -> None:
    """One drawn change anywhere in a value that began as ``initial()``."""
    rows = value.get("rows")
    if rows is None:
        value["rows"] = [{"n": token, "tags": [0]}]
        return
    at = chance.randrange(len(rows)) if rows else 0
    changes: list[Callable[[], object]] = [
        lambda: rows.append({"n": token, "tags": []}),
        lambda: rows.insert(at, {"n": token, "tags": [token]}),
        lambda: rows.extend([{"n": token, "tags": []}, token]),
        lambda: rows.sort(key=repr),
        lambda: rows.reverse(),
        lambda: value["names"].add(token % 5),
        lambda: value["names"].discard(token % 5),
        lambda: value.increment("count", token % 3),
        lambda: value.update({f"key{token % 4}": [token]}),
        lambda: value.pop(f"key{token % 4}", None),
        lambda: (
            value.setdefault("key1", []).append(token) if isinstance(value.get("key1", []), list) else None
        ),
        lambda: rows.__setitem__(slice(None), [row for row in rows if repr(row).count("1") < 3]),
    ]
    if rows:
        changes += [lambda: rows.pop(at), lambda: rows.__setitem__(at, {"n": token, "tags": []})]
        changes += [lambda: rows.__setitem__(slice(at, at + 2), [token, rows[at]])]
        if isinstance(rows[at], dict):
            row = rows[at]
            changes += 2 * [lambda: row.update(n=token), lambda: row.setdefault("tags", []).append(token)]
            changes += [lambda: row.pop("n", None), lambda: row.clear()]
    if token % 17 == 0:
        changes.append(lambda: value.pop("rows"))
    chance.choice(changes)()


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.integers(2, 4), st.sampled_from([0.0, 0.1, 0.4]))
def test_all_processes_come_to_the_same(seed: int, count: int, failures: float) -> None:
    asyncio.run(random_history(seed, count, failures))


async def random_history(seed: int, count: int, failures: float) -> None:
    chance = random.Random(seed)
    backplane = FaultyBackplane(chance, failures)
    processes = [Process(backplane, initial()) for _ in range(count)]
    for token in range(chance.randrange(5, 60)):
        process = chance.choice(processes)
        change(process.value, chance, token)
        if chance.random() < 0.4:
            await chance.choice(processes).settle()
        if chance.random() < 0.03:
            processes.append(Process(backplane, initial()))
    await settle_all(processes, backplane)
    check_equal(processes)


@settings(max_examples=100)
@given(st.integers(0, 2**32), st.integers(2, 4), st.sampled_from([0.0, 0.3]))
def test_nothing_is_lost_and_nothing_is_doubled(seed: int, count: int, failures: float) -> None:
    asyncio.run(appends_while_the_store_falls_back(seed, count, failures))


async def appends_while_the_store_falls_back(seed: int, count: int, failures: float) -> None:
    chance = random.Random(seed)
    backplane = FaultyBackplane(chance, failures)
    processes = [Process(backplane, {"log": [], "count": 0}) for _ in range(count)]
    tokens = chance.randrange(5, 60)
    for token in range(tokens):
        process = chance.choice(processes)
        process.value["log"].insert(chance.randrange(9), token)
        process.value.increment("count")
        if chance.random() < 0.5:
            await chance.choice(processes).settle()
        drawn = chance.random()
        if drawn < 0.04:
            backplane.store.logs.clear()
        elif drawn < 0.1:
            backplane.fall_back()
        elif drawn < 0.3:
            backplane.save()
    await settle_all(processes, backplane)
    check_equal(processes)
    assert sorted(processes[0].value["log"]) == list(range(tokens))
    assert processes[0].value["count"] == tokens


def fail_after(when: str) -> None:
    if when == "after":
        raise BackplaneError("the answer was lost")


def run(test: Callable[[FaultyBackplane], Any]) -> None:
    asyncio.run(test(FaultyBackplane(random.Random(0), 0)))


def processes_of(backplane: FaultyBackplane, *values: Any) -> list[Process]:
    return [Process(backplane, value) for value in values]


def test_a_log_is_compacted_and_late_processes_catch_up() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        busy, late = processes_of(backplane, [], [])
        await settle_all([busy, late], backplane)
        late.value.append("late")
        for number in range(2 * SNAPSHOT_EVERY + KEPT_ENTRIES):
            busy.value.append(number)
            await busy.settle()
        log = backplane.store.logs["value"]
        assert len(log.state.entries) < SNAPSHOT_EVERY + KEPT_ENTRIES + 2
        fresh = Process(backplane, [])
        await settle_all([busy, late, fresh], backplane)
        check_equal([busy, late, fresh])
        assert fresh.value == [*range(2 * SNAPSHOT_EVERY + KEPT_ENTRIES), "late"]
        assert len(busy.replica.tail) <= TAIL

    run(play)


def test_a_lost_answer_far_behind_the_log_does_not_double() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        busy, unlucky = processes_of(backplane, [], [])
        await settle_all([busy, unlucky], backplane)
        unlucky.value.append("once")
        with mock.patch.object(backplane, "fail", fail_after):
            assert not await unlucky.settle()
        for number in range(2 * SNAPSHOT_EVERY + KEPT_ENTRIES):
            busy.value.append(number)
            await busy.settle()
        await settle_all([busy, unlucky], backplane)
        check_equal([busy, unlucky])
        assert unlucky.value.count("once") == 1

    run(play)


def test_two_edits_of_one_list_meet_the_elements_they_meant() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        one, two = processes_of(backplane, *(2 * [[{"n": n, "done": False} for n in range(4)]]))
        await settle_all([one, two], backplane)
        del one.value[0]
        two.value[2]["done"] = True
        two.value[3] = "new"
        await settle_all([one, two], backplane)
        check_equal([one, two])
        assert one.value == [{"n": 1, "done": False}, {"n": 2, "done": True}, "new"]

    run(play)


def test_concurrent_appends_and_prepends_keep_the_order_of_the_log() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        one, two = processes_of(backplane, ["m"], ["m"])
        await settle_all([one, two], backplane)
        for process, name in ((one, "1"), (two, "2")):
            process.value.append(f"end {name}")
            process.value.insert(0, f"start {name}")
        await settle_all([one, two], backplane)
        check_equal([one, two])
        assert one.value == ["start 2", "start 1", "m", "end 1", "end 2"]

    run(play)


def test_handlers_keep_the_objects_they_hold() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        one, two = processes_of(backplane, [{"n": 0}], [{"n": 0}])
        await settle_all([one, two], backplane)
        one.value.append({"n": 1})
        confirmed, pending = one.value[0], one.value[1]
        two.value.insert(0, {"n": 2})
        await settle_all([two, one], backplane)
        assert one.value[1] is confirmed
        assert one.value[2] is pending
        pending["n"] = 5
        await settle_all([one, two], backplane)
        assert two.value == [{"n": 2}, {"n": 0}, {"n": 5}]

    run(play)


def test_what_the_store_holds_wins_over_the_initial_value() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        old = Process(backplane, [1])
        old.value.append(2)
        await old.settle()
        new = Process(backplane, [7, 8])
        new.value.append(3)
        await settle_all([new, old], backplane)
        check_equal([new, old])
        assert new.value == [1, 2, 3]

    run(play)


def test_an_emptied_store_gets_the_longer_state_back() -> None:
    async def play(backplane: FaultyBackplane) -> None:
        old = Process(backplane, [])
        for number in range(TAIL + 5):
            old.value.append(number)
            await old.settle()
        backplane.store.logs.clear()
        new = Process(backplane, [])
        new.value.append("new")
        await new.settle()
        await settle_all([old, new], backplane)
        check_equal([old, new])
        assert old.value == [*range(TAIL + 5), "new"]

    run(play)


def test_a_value_of_another_kind_stays_apart(caplog: Any) -> None:
    async def play(backplane: FaultyBackplane) -> None:
        one, two = processes_of(backplane, [1], {"a": 1})
        await one.settle()
        two.value["b"] = 2
        await two.settle()
        assert two.value == {"a": 1, "b": 2}
        assert one.value == [1]

    run(play)
    assert "is a dict here and a list in other processes" in caplog.text
