"""Units of work on shared values: each is kept or undone whole, whatever others write in between."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydantic import BaseModel

from hyper.context import Line, shared_work
from hyper.state.backplane import MemoryBackplane
from hyper.state.hub import Hub
from hyper.state.observed import plain
from hyper.state.observing import cell_of
from hyper.state.packing import PackingError
from hyper.state.sharing import broadcast, presence, shared
from tests.hyper.state.test_replica import FaultyBackplane, Process
from tests.hyper.state.test_sharing import Page
from tests.hyper.state.units import FakeUnit

Write = Callable[[Any], object]


@dataclass
class Poll:
    title: str = ""
    votes: dict[str, int] = field(default_factory=dict)


class PollModel(BaseModel):
    title: str = ""
    votes: dict[str, int] = {}


def share(initial: Any) -> Any:
    return Hub().share(initial, None)


# Directed: what a unit wrote, what another wrote since, and what is there when the unit was undone, or kept.
WRITES: dict[str, tuple[Any, Write, Write, Any, Any]] = {
    "append, append": ([0], lambda v: v.append("mine"), lambda v: v.append("other"), [0, "other"], [0, "other", "mine"]),
    "append, insert before": (
        [0],
        lambda v: v.append("mine"),
        lambda v: v.insert(0, "other"),
        ["other", 0],
        ["other", 0, "mine"],
    ),
    "pop, append": ([0, 1], lambda v: v.pop(), lambda v: v.append(2), [0, 1, 2], [0, 2]),
    "pop, pop": ([0, 1], lambda v: v.pop(), lambda v: v.pop(), [1], []),
    "set, set elsewhere": (
        [0, 1],
        lambda v: v.__setitem__(0, "mine"),
        lambda v: v.__setitem__(1, "other"),
        [0, "other"],
        ["mine", "other"],
    ),
    "set, insert before": (
        [0, 1],
        lambda v: v.__setitem__(0, "mine"),
        lambda v: v.insert(0, "other"),
        ["other", 0, 1],
        ["other", "mine", 1],
    ),
    "sort, append": ([2, 1], lambda v: v.sort(), lambda v: v.append(0), [2, 1, 0], [1, 2, 0]),
    "clear, append": ([2, 1], lambda v: v.clear(), lambda v: v.append(0), [2, 1, 0], [0]),
    "append, slice": ([0, 1], lambda v: v.append("mine"), lambda v: v.__setitem__(slice(1, None), [7, 8]), [0, 7, 8], [0, 7, 8]),
    "append, taken out": ([], lambda v: v.append("mine"), lambda v: v.pop(), [], []),
    "increment, increment": (
        {"tea": 1},
        lambda v: v.increment("tea"),
        lambda v: v.increment("tea"),
        {"tea": 2},
        {"tea": 3},
    ),
    "put, put elsewhere": (
        {"a": 1},
        lambda v: v.update(b=1),
        lambda v: v.update(c=1),
        {"a": 1, "c": 1},
        {"a": 1, "c": 1, "b": 1},
    ),
    "put, put": ({"a": 1}, lambda v: v.update(a="mine"), lambda v: v.update(a="other"), {"a": "other"}, {"a": "mine"}),
    "drop, put elsewhere": ({"a": 1, "b": 2}, lambda v: v.pop("a"), lambda v: v.update(b=3), {"a": 1, "b": 3}, {"b": 3}),
    "put, drop": ({}, lambda v: v.update(a=1), lambda v: v.popitem(), {}, {}),
    "grow, clear": ({}, lambda v: v.increment("a"), lambda v: v.clear(), {}, {}),
    "add, add": ({0}, lambda v: v.add(1), lambda v: v.add(2), {0, 2}, {0, 1, 2}),
    "add, pop": (set(), lambda v: v.add(1), lambda v: v.pop(), set(), set()),
    "discard, add": ({0}, lambda v: v.discard(0), lambda v: v.add(2), {0, 2}, {2}),
    "box": (0, lambda v: v.increment(), lambda v: v.increment(5), 5, 6),
    "box, put": (0, lambda v: setattr(v, "value", 1), lambda v: setattr(v, "value", 2), 2, 1),
    "dataclass": (
        Poll("new"),
        lambda v: v.votes.increment("tea"),
        lambda v: (setattr(v, "title", "other"), v.votes.increment("tea", 2)),
        Poll("other", {"tea": 2}),
        Poll("other", {"tea": 3}),
    ),
    "model": (
        PollModel(title="new"),
        lambda v: setattr(v, "title", "mine"),
        lambda v: v.votes.update(tea=2),
        PollModel(title="new", votes={"tea": 2}),
        PollModel(title="mine", votes={"tea": 2}),
    ),
    "row, its neighbour": (
        [{"n": 1}, {"n": 2}],
        lambda v: v.pop(0),
        lambda v: v[0].update(n=5),
        [{"n": 1}, {"n": 5}],
        [{"n": 5}],
    ),
    "row, row inside it": ([{"n": []}], lambda v: v[0]["n"].append(1), lambda v: v[0]["n"].append(2), [{"n": [2]}], [{"n": [2, 1]}]),
}  # fmt: skip
cases = pytest.mark.parametrize("case", WRITES.values(), ids=WRITES)


def in_no_unit(write: Write, value: Any) -> None:
    write(value)


def in_another_unit(write: Write, value: Any) -> None:
    unit = FakeUnit()
    with unit.within():
        write(value)
    unit.keep()


def in_a_thread(write: Write, value: Any) -> None:
    thread = threading.Thread(target=write, args=[value])
    thread.start()
    thread.join()


writers = pytest.mark.parametrize("by", [in_no_unit, in_another_unit, in_a_thread])


@cases
@writers
def test_undo_takes_away_what_the_unit_did_and_nothing_else(case: Any, by: Any) -> None:
    initial, mine, others, undone, _ = case
    value, unit = share(initial), FakeUnit()
    with unit.within():
        mine(value)
    by(others, value)
    unit.undo()
    assert value == undone
    assert cell_of(value).steps == []


@cases
@writers
def test_kept_work_comes_after_what_was_final_before_it(case: Any, by: Any) -> None:
    initial, mine, others, _, kept = case
    value, unit = share(initial), FakeUnit()
    with unit.within():
        mine(value)
    by(others, value)
    unit.keep()
    assert value == kept
    if isinstance(kept, dict):
        assert list(value) == list(kept)


@cases
def test_a_unit_that_is_alone_is_undone_exactly(case: Any) -> None:
    initial, mine, others, _, _ = case
    value, unit = share(initial), FakeUnit()
    before = repr(value)
    with unit.within():
        mine(value)
        others(value)
    unit.undo()
    assert repr(value) == before


@cases
def test_steps_of_two_units_interleaved(case: Any) -> None:
    initial, mine, others, _, _ = case
    value, one, two = share(initial), FakeUnit(), FakeUnit()
    before = repr(value)
    for unit, write in ((one, mine), (two, others), (one, others), (two, mine)):
        with unit.within(), contextlib.suppress(IndexError, KeyError):
            write(value)
    one.undo()
    two.undo()
    assert repr(value) == before


def test_an_undone_drop_gives_back_the_order_of_keys() -> None:
    value, unit = share({"a": 1, "b": 2, "c": 3}), FakeUnit()
    with unit.within():
        del value["a"]
        value["a"] = 5
    value["d"] = 4
    unit.undo()
    assert list(value.items()) == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


def test_augmented_assignment_on_open_work_stays_and_increment_does_not() -> None:
    votes, unit = share({"plus": 0, "increment": 0}), FakeUnit()
    with unit.within():
        votes["plus"] += 1
        votes.increment("increment")
    votes["plus"] += 1
    votes.increment("increment")
    unit.undo()
    assert votes == {"plus": 2, "increment": 1}


def test_whoever_empties_a_list_with_open_work_in_it_comes_to_an_end() -> None:
    rows, one, two = share(["final"]), FakeUnit(), FakeUnit()
    for unit, row in ((one, "one"), (two, "two")):
        with unit.within():
            rows.append(row)
    taken = []
    while rows:
        taken.append(rows.pop())
    assert taken == ["two", "one", "final"]
    one.keep()
    two.undo()
    assert rows == []


def test_a_write_into_a_row_of_an_open_unit_shares_its_fate() -> None:
    for end, left in ((FakeUnit.keep, [{"n": 2}]), (FakeUnit.undo, [])):
        rows, unit, other = share([]), FakeUnit(), FakeUnit()
        with unit.within():
            rows.append({"n": 0})
        rows[0]["n"] = 1
        with other.within():
            rows[0]["n"] = 2
        other.keep()
        assert rows == [{"n": 2}]
        end(unit)
        assert rows == left


def test_a_row_of_an_undone_unit_does_not_come_back() -> None:
    rows, unit, other = share([]), FakeUnit(), FakeUnit()
    with unit.within():
        rows.append({"tags": []})
        row = rows[0]
        tags = row["tags"]
    with other.within():
        rows.append("other")
        tags.append("of the other")
    unit.undo()
    assert rows == ["other"]
    row["n"] = 1
    tags.append(1)
    with other.within():
        row["n"] = 2
    other.keep()
    row["n"] = 3
    assert rows == ["other"]


def test_what_was_written_to_a_popped_row_is_undone_with_the_pop() -> None:
    rows, unit = share([{"n": 0}]), FakeUnit()
    with unit.within():
        row = rows.pop()
        row["n"] = 1
    rows.append("other")
    assert row == {"n": 1}
    unit.undo()
    assert rows == [{"n": 0}, "other"]


def test_a_popped_row_keeps_what_is_written_to_it() -> None:
    rows, unit = share([{"n": 0}]), FakeUnit()
    with unit.within():
        row = rows.pop()
        row["n"] = 1
    rows.append("other")
    with unit.within():
        rows.append("mine")
    rows.append("more")
    unit.keep()
    assert row == {"n": 1}
    assert rows == ["other", "more", "mine"]


def test_a_vote_for_what_a_unit_has_removed_counts_if_the_unit_fails() -> None:
    rows, unit = share([{"votes": 0}]), FakeUnit()
    row = rows[0]
    with unit.within():
        rows.clear()
    row.increment("votes")
    unit.undo()
    assert rows == [{"votes": 1}]


def test_a_slice_is_assigned_as_one_change_though_open_rows_are_in_it() -> None:
    rows, unit = share([{"n": n} for n in range(4)]), FakeUnit()
    with unit.within():
        rows.insert(1, "mine")
    kept = rows[4]
    rows[:] = [rows[4], "new", *rows[1:3]]
    assert rows == [{"n": 3}, "new", "mine", {"n": 1}] or rows == [{"n": 3}, "new", {"n": 1}, "mine"]
    assert rows[0] is kept
    unit.undo()
    assert rows == [{"n": 3}, "new", {"n": 1}]


def test_a_unit_that_has_ended_is_none() -> None:
    rows, unit = share([]), FakeUnit()
    with unit.within():
        rows.append(1)
        unit.undo()
        rows.append(2)
    assert rows == [2]
    assert cell_of(rows).steps == []
    unit.keep()
    assert rows == [2]


def test_nothing_is_written_down_outside_of_units() -> None:
    rows = share([{"n": 1}])
    rows.append(1)
    rows[0]["n"] = 2
    assert rows._ids is None
    assert cell_of(rows).steps == []


def test_threads_write_beside_units() -> None:
    numbers, total = share([]), share(0)

    def work(is_kept: bool) -> None:
        for number in range(100):
            unit = FakeUnit()
            with unit.within():
                numbers.append((is_kept, number))
                total.increment()
            (unit.keep if is_kept else unit.undo)()
            numbers.append((None, number))

    threads = [threading.Thread(target=work, args=[number % 2 == 0]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert total == 200
    assert sorted(map(repr, numbers)) == sorted(
        [repr((True, number)) for number in range(100)] * 2
        + [repr((None, number)) for number in range(100)] * 4
    )


def process(value: Any) -> Process:
    return Process(FaultyBackplane(random.Random(0), 0), value)


def test_nothing_of_an_open_unit_is_sent_and_what_cannot_be_sent_is_refused_when_it_is_written() -> None:
    async def play() -> None:
        one = process([])
        two = Process(one.sync.backplane, [])  # type: ignore[arg-type]
        unit, failing = FakeUnit(), FakeUnit()
        with failing.within():
            one.value.append("failing")
        with unit.within():
            one.value.append("open")
            with pytest.raises(PackingError):
                one.value.append(object())
        two.value.append("of two")
        await two.settle()
        await one.settle()
        assert one.replica.pending == []
        assert one.value == ["of two", "failing", "open"]
        assert "open" not in repr(one.replica.snapshot())
        unit.keep()
        failing.undo()
        await one.settle()
        await two.settle()
        assert one.value == two.value == ["of two", "open"]

    asyncio.run(play())


def test_a_value_with_open_work_is_shared_with_other_processes_when_that_has_ended() -> None:
    async def play() -> None:
        hub, unit, gone = Hub(), FakeUnit(), FakeUnit()
        values: Any = [hub.share([], name) for name in ("one", "two")]
        for each, value in zip((unit, gone), values, strict=True):
            with each.within():
                value.append("open")
        sync = await hub.connect(MemoryBackplane(), ["secret"])
        assert sync.replicas == {}
        unit.undo()
        hub.forget("two")
        gone.keep()
        assert list(sync.replicas) == ["one"]
        assert sync.replicas["one"].packer.pack(values[0])["v"] == []
        await hub.disconnect()

    asyncio.run(play())


def test_open_work_goes_on_when_a_value_is_no_longer_shared_with_other_processes() -> None:
    async def play() -> None:
        one, unit = process([0]), FakeUnit()
        with unit.within():
            one.value.append(1)
        one.sync.detach("value")
        one.value.append(2)
        with unit.within():
            one.value.append(3)
        assert one.value == [0, 2, 1, 3]
        unit.undo()
        assert one.value == [0, 2]

    asyncio.run(play())


def test_what_was_held_of_a_value_that_another_log_replaced_does_not_come_back() -> None:
    async def play() -> None:
        old = process({"row": {"n": 0}})
        await old.settle()
        new = Process(old.sync.backplane, {"row": {"n": 0}})  # type: ignore[arg-type]
        held, unit = new.value["row"], FakeUnit()
        with unit.within():
            new.value["open"] = 1
        await new.settle()
        assert new.value == {"row": {"n": 0}, "open": 1}
        held["n"] = 5
        unit.keep()
        held["n"] = 6
        await new.settle()
        assert new.value == {"row": {"n": 0}, "open": 1}
        await old.settle()
        assert old.value == new.value

    asyncio.run(play())


# Broadcasts and readers


def test_a_broadcast_in_a_unit_is_held_back_until_it_is_kept() -> None:
    rows, page, unit = shared([]), Page(), FakeUnit(has_waited=False)
    page.render(rows)
    with unit.within():
        rows.append(1)
        broadcast()
        broadcast(rows)
        assert page.invalidated == 0
    unit.keep()
    assert page.invalidated == 1
    broadcast()
    assert page.invalidated == 1


def test_a_broadcast_in_a_unit_is_of_the_values_that_were_changed_by_then_or_of_those_that_it_names() -> None:
    rows, other, named = shared([]), shared([]), shared([])
    pages = [Page() for _ in range(3)]
    for page, value in zip(pages, (rows, other, named), strict=True):
        page.render(value)
    unit = FakeUnit()
    other.append(1)
    with unit.within():
        rows.append(1)
        broadcast(named)
        broadcast()
    unit.keep()
    assert [page.invalidated for page in pages] == [1, 1, 1]


def test_what_a_unit_changed_is_announced_though_others_broadcast_before() -> None:
    rows, page, unit = shared([]), Page(), FakeUnit()
    page.render(rows)
    with unit.within():
        rows.append(1)
    broadcast()
    with unit.within():
        broadcast()
    assert page.invalidated == 1
    unit.keep()
    assert page.invalidated == 2


def test_what_was_kept_and_not_announced_is_in_the_next_broadcast() -> None:
    rows, page, unit = shared([]), Page(), FakeUnit()
    page.render(rows)
    with unit.within():
        rows.append(1)
    broadcast()
    unit.keep()
    broadcast()
    assert page.invalidated == 2


@pytest.mark.parametrize(("has_waited", "times"), [(False, 0), (True, 1)])
def test_undone_work_is_rendered_away_if_somebody_may_have_seen_it(has_waited: bool, times: int) -> None:
    rows, page, unit = shared([]), Page(), FakeUnit(has_waited)
    page.render(rows)
    with unit.within():
        rows.append(1)
        broadcast()
    unit.undo()
    assert page.invalidated == times
    broadcast()
    assert page.invalidated == times


@pytest.mark.parametrize("disturb", [lambda rows: rows.append(2), lambda rows: broadcast(rows)])
def test_undone_work_is_rendered_away_if_another_wrote_or_rendered(disturb: Write) -> None:
    rows, page, unit = shared([]), Page(), FakeUnit(has_waited=False)
    page.render(rows)
    with unit.within():
        rows.append(1)
    disturb(rows)
    page.invalidated = 0
    unit.undo()
    assert page.invalidated == 1


def test_kept_work_that_moves_is_rendered_where_it_is_now() -> None:
    rows, page = shared([]), Page()
    one, two = FakeUnit(), FakeUnit()
    page.render(rows)
    for unit in (one, two):
        with unit.within():
            rows.append(unit)
    two.keep()
    assert rows == [two, one]
    assert page.invalidated == 1
    one.keep()
    assert page.invalidated == 1


def test_presence_is_part_of_no_unit() -> None:
    people, page, unit = presence("journal"), Page(), FakeUnit()
    page.render(people)
    with unit.within():
        attendee = people.join("Ada")
    assert page.invalidated == 1
    assert unit.changes == {}
    unit.undo()
    assert list(people) == ["Ada"]
    with FakeUnit().within():
        attendee.follow(Line.CLOSED)
        attendee.follow(Line.OPEN)
        people.settle(set())
        attendee.leave()
    assert not people


async def test_a_task_of_the_job_writes_in_the_unit_while_it_is_open() -> None:
    rows, unit = shared([]), FakeUnit()
    goes_on = asyncio.Event()

    async def work() -> None:
        rows.append("early")
        await goes_on.wait()
        rows.append("late")

    with unit.within():
        task = asyncio.create_task(work())
    await asyncio.sleep(0)
    unit.undo()
    goes_on.set()
    await task
    assert rows == ["late"]


def test_a_unit_ended_from_another_thread_in_the_middle_of_a_write_misses_nothing() -> None:
    rows = share([])

    class Ending(FakeUnit):
        """Ends between the question whether it is open and the entry of the change."""

        asked = 0

        @property  # type: ignore[override]
        def is_open(self) -> bool:
            self.asked += 1
            return self.asked < 3

        @is_open.setter
        def is_open(self, _: bool) -> None:
            pass

    unit = Ending()
    context = copy_context()
    context.run(shared_work.set, unit)
    context.run(rows.append, 1)
    assert rows == [1]
    assert unit.changes == {}
    assert cell_of(rows).steps == []
    assert plain(rows) == [1]
