"""Drawn histories of units of work, compared with a model that knows no undo.

The model is a list of final operations and a list of open ones. After every step it does all of them again from the initial
value, in that order, and the shared value has to be the same.
"""

from __future__ import annotations

import asyncio
import copy
import itertools
import random
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import BaseModel

from hyper.state.hub import Hub
from hyper.state.observed import plain
from hyper.state.observing import cell_of
from tests.hyper.state.test_replica import (
    FaultyBackplane,
    Process,
    change,
    check_equal,
    initial,
    order_of,
    settle_all,
)
from tests.hyper.state.units import FakeUnit

REMOVALS = ("remove", "drop", "discard", "drop_of_row")


@dataclass
class Poll:
    title: int = 0
    votes: dict[str, int] = field(default_factory=dict)


class Profile(BaseModel):
    name: int = 0
    tags: list[int] = []


def row(token: int) -> dict[str, Any]:
    return {"id": token, "n": 0, "tags": []}


def start() -> dict[str, Any]:
    return {
        "rows": [row(-1), row(-2)],
        "names": {"a": -1, "b": -2},
        "set": {-1},
        "poll": Poll(),
        "profile": Profile(),
    }


@dataclass(eq=False)
class Written:
    """An operation of the model, and the unit it belongs to."""

    unit: Any
    operation: tuple[Any, ...]


class Model:
    """The value after some operations, done one after the other."""

    def __init__(self) -> None:
        self.value = start()
        self.box: Any = 0
        self.ids: list[int] = [-1, -2]
        """One for each row: a row that is put in place of another has its id."""

    def do(self, operation: tuple[Any, ...]) -> bool:
        """Do an operation. False if what it names is not there."""
        kind, *arguments = operation
        return bool(getattr(self, kind)(*arguments))

    def insert(self, where: Any, own: int, token: int) -> bool:
        if where == "start":
            at = 0
        elif where == "end":
            at = len(self.ids)
        else:
            at, following, previous = where
            if following in self.ids:
                at = self.ids.index(following)
            elif previous in self.ids:
                at = self.ids.index(previous) + 1
            at = min(at, len(self.ids))
        self.ids.insert(at, own)
        self.value["rows"].insert(at, row(token))
        return True

    def remove(self, ids: list[int]) -> bool:
        places = [at for at, own in enumerate(self.ids) if own in ids]
        for at in reversed(places):
            del self.ids[at], self.value["rows"][at]
        return bool(places)

    def replace(self, own: int, token: int) -> bool:
        if own in self.ids:
            self.value["rows"][self.ids.index(own)] = row(token)
        return own in self.ids

    def reorder(self, ids: list[int]) -> bool:
        order = sorted(
            range(len(self.ids)), key=lambda at: ids.index(self.ids[at]) if self.ids[at] in ids else 10**6
        )
        self.ids, self.value["rows"] = (
            [self.ids[at] for at in order],
            [self.value["rows"][at] for at in order],
        )
        return True

    def found(self, token: int) -> Any:
        return next((item for item in self.value["rows"] if item["id"] == token), None)

    def put_in_row(self, token: int, value: int) -> bool:
        if (found := self.found(token)) is not None:
            found["n"] = value
        return found is not None

    def drop_of_row(self, token: int) -> bool:
        found = self.found(token)
        return found is not None and found.pop("n", None) is not None

    def grow_in_row(self, token: int) -> bool:
        if (found := self.found(token)) is not None:
            found["votes"] = found.get("votes", 0) + 1
        return found is not None

    def tag(self, token: int, value: int) -> bool:
        if (found := self.found(token)) is not None:
            found["tags"].append(value)
        return found is not None

    def put(self, key: str, value: int) -> bool:
        self.value["names"][key] = value
        return True

    def drop(self, keys: list[str]) -> bool:
        return any([self.value["names"].pop(key, None) is not None for key in keys])

    def grow(self, key: str, amount: int) -> bool:
        self.value["names"][key] = self.value["names"].get(key, 0) + amount
        return True

    def add(self, values: set[int]) -> bool:
        is_new = bool(values - self.value["set"])
        self.value["set"] |= values
        return is_new

    def discard(self, values: set[int]) -> bool:
        is_there = bool(values & self.value["set"])
        self.value["set"] -= values
        return is_there

    def title(self, value: int) -> bool:
        self.value["poll"].title = value
        return True

    def vote(self, key: str) -> bool:
        self.value["poll"].votes[key] = self.value["poll"].votes.get(key, 0) + 1
        return True

    def rename(self, value: int) -> bool:
        self.value["profile"].name = value
        return True

    def put_in_box(self, value: int) -> bool:
        self.box = value
        return True

    def grow_box(self) -> bool:
        self.box += 1
        return True


def model_of(final: list[tuple[Any, ...]], written: list[Written]) -> Model:
    model = Model()
    for operation in [*final, *(step.operation for step in written)]:
        model.do(operation)
    return model


class Book:
    """What is final and what is open, in the model."""

    def __init__(self) -> None:
        self.final: list[tuple[Any, ...]] = []
        self.open: list[Written] = []

    def undo(self, unit: Any) -> None:
        self.open = [step for step in self.open if step.unit is not unit]

    def keep(self, unit: Any) -> None:
        """Move the unit's operations below the open ones; those that depend on another unit's become that one's."""
        own = [step for step in self.open if step.unit is unit]
        steps, self.open = self.open, []
        late = []
        for step in own:
            is_done = model_of(self.final, []).do(step.operation)
            if is_done:
                self.final.append(step.operation)
            if not is_done or step.operation[0] in REMOVALS:
                late.append(step)
        givers: dict[int, Any] = {}
        for step in steps:
            if step in late:
                late.remove(step)
                if id(step) not in givers:
                    continue
                self.open.append(Written(givers[id(step)], step.operation))
            elif step.unit is unit:
                continue
            else:
                self.open.append(step)
            for other in late:
                if id(other) not in givers and model_of(self.final, self.open).do(other.operation):
                    if other.operation[0] in REMOVALS:
                        self.open.append(Written(self.open[-1].unit, other.operation))
                    else:
                        givers[id(other)] = self.open[-1].unit


class Units(RuleBasedStateMachine):
    """Several open units and writes outside of units, on one value with all kinds of containers in it, and on a box."""

    def __init__(self) -> None:
        super().__init__()
        hub = Hub()
        self.value: Any = hub.share(start(), None)
        self.box: Any = hub.share(0, None)
        self.units: list[FakeUnit] = []
        self.book = Book()
        self.tokens = itertools.count(1000)
        self.now = Model()

    def write(self, writer: int, operation: tuple[Any, ...], do: Any) -> None:
        """Do it for real, and in the model, as the unit of that number or outside of all."""
        unit = self.units[writer] if writer < len(self.units) else None
        if unit is None:
            do()
        else:
            with unit.within():
                do()
        self.book.open.append(Written(unit, operation))
        if unit is None:
            self.book.keep(None)
        self.now = model_of(self.book.final, self.book.open)

    writers = st.integers(0, 3)
    places = st.integers(0, 8)
    keys = st.sampled_from(["a", "b", "c"])

    @rule()
    def begin(self) -> None:
        if len(self.units) < 3:
            self.units.append(FakeUnit())

    @rule(which=st.integers(0, 2), is_kept=st.booleans())
    def end(self, which: int, is_kept: bool) -> None:
        if which < len(self.units):
            unit = self.units.pop(which)
            (self.book.keep if is_kept else self.book.undo)(unit)
            (unit.keep if is_kept else unit.undo)()
            self.now = model_of(self.book.final, self.book.open)

    @rule(writer=writers, place=places)
    def insert(self, writer: int, place: int) -> None:
        ids = self.now.ids
        at, token = min(place, len(ids)), next(self.tokens)
        where: Any = "end" if at == len(ids) else "start" if at == 0 else (at, ids[at], ids[at - 1])
        self.write(writer, ("insert", where, token, token), lambda: self.value["rows"].insert(at, row(token)))

    @rule(writer=writers, place=places, count=st.integers(1, 3))
    def remove(self, writer: int, place: int, count: int) -> None:
        if gone := self.now.ids[place : place + count]:
            self.write(
                writer,
                ("remove", gone),
                lambda: self.value["rows"].__delitem__(slice(place, place + count)),
            )

    @rule(writer=writers, place=places)
    def replace(self, writer: int, place: int) -> None:
        if place < len(self.now.ids):
            token = next(self.tokens)
            self.write(
                writer,
                ("replace", self.now.ids[place], token),
                lambda: self.value["rows"].__setitem__(place, row(token)),
            )

    @rule(writer=writers)
    def reverse(self, writer: int) -> None:
        if len(self.now.ids) > 1:
            self.write(writer, ("reorder", self.now.ids[::-1]), lambda: self.value["rows"].reverse())

    @rule(writer=writers, place=places, what=st.sampled_from(["put", "drop", "grow", "tag"]))
    def change_row(self, writer: int, place: int, what: str) -> None:
        if place >= len(self.now.ids):
            return
        own, token = self.now.value["rows"][place]["id"], next(self.tokens)
        item = self.value["rows"][place]
        if what == "put":
            self.write(writer, ("put_in_row", own, token), lambda: item.update(n=token))
        elif what == "grow":
            self.write(writer, ("grow_in_row", own), lambda: item.increment("votes"))
        elif what == "tag":
            self.write(writer, ("tag", own, token), lambda: item["tags"].append(token))
        elif "n" in item:
            self.write(writer, ("drop_of_row", own), lambda: item.pop("n"))

    @rule(writer=writers, key=keys, what=st.sampled_from(["put", "drop", "grow"]))
    def change_names(self, writer: int, key: str, what: str) -> None:
        names, token = self.value["names"], next(self.tokens)
        if what == "put":
            self.write(writer, ("put", key, token), lambda: names.update({key: token}))
        elif what == "grow":
            self.write(writer, ("grow", key, token), lambda: names.increment(key, token))
        elif key in names:
            self.write(writer, ("drop", [key]), lambda: names.pop(key))

    @rule(writer=writers)
    def clear_names(self, writer: int) -> None:
        if self.now.value["names"]:
            self.write(writer, ("drop", list(self.now.value["names"])), self.value["names"].clear)

    @rule(writer=writers, values=st.sets(st.integers(0, 3), min_size=1), is_added=st.booleans())
    def change_set(self, writer: int, values: set[int], is_added: bool) -> None:
        there = self.now.value["set"]
        if is_added and (new := values - there):
            self.write(writer, ("add", new), lambda: self.value["set"].update(values))
        elif not is_added and (gone := values & there):
            self.write(writer, ("discard", gone), lambda: self.value["set"].difference_update(values))

    @rule(writer=writers, what=st.sampled_from(["title", "vote", "rename", "put_in_box", "grow_box"]))
    def change_object(self, writer: int, what: str) -> None:
        token, poll = next(self.tokens), self.value["poll"]
        operation, do = {
            "title": (("title", token), lambda: setattr(poll, "title", token)),
            "vote": (("vote", "a"), lambda: poll.votes.increment("a")),
            "rename": (("rename", token), lambda: setattr(self.value["profile"], "name", token)),
            "put_in_box": (("put_in_box", token), lambda: setattr(self.box, "value", token)),
            "grow_box": (("grow_box",), lambda: self.box.increment()),
        }[what]
        self.write(writer, operation, do)

    @invariant()
    def the_value_is_what_the_model_says(self) -> None:
        assert plain(self.value) == self.now.value
        assert list(self.value["names"]) == list(self.now.value["names"])
        assert [list(item) for item in self.value["rows"]] == [list(item) for item in self.now.value["rows"]]
        assert self.box == self.now.box
        if not self.book.open:
            assert cell_of(self.value).steps == []

    def teardown(self) -> None:
        while self.units:
            self.end(0, False)
            self.the_value_is_what_the_model_says()


Units.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestUnits = Units.TestCase


# Several processes


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 3), st.sampled_from([0.0, 0.3]))
def test_processes_with_open_units_come_to_the_same(seed: int, count: int, failures: float) -> None:
    asyncio.run(drawn_history(seed, count, failures))


async def drawn_history(seed: int, count: int, failures: float) -> None:
    chance = random.Random(seed)
    backplane = FaultyBackplane(chance, failures)
    processes = [Process(backplane, initial()) for _ in range(count)]
    units: dict[Process, list[FakeUnit]] = {process: [] for process in processes}
    for token in range(chance.randrange(10, 60)):
        process = chance.choice(processes)
        if len(units[process]) < 3 and chance.random() < 0.4:
            units[process].append(FakeUnit())
        writer = chance.choice([None, *units[process]])
        if writer is None:
            change(process.value, chance, token)
        else:
            with writer.within():
                change(process.value, chance, token)
        if units[process] and chance.random() < 0.3:
            unit = units[process].pop(chance.randrange(len(units[process])))
            chance.choice([unit.keep, unit.undo])()
        if chance.random() < 0.4:
            await chance.choice(processes).settle()
        check_that_open_steps_change_nothing_below(process)
    for process in processes:
        for unit in units[process]:
            chance.choice([unit.keep, unit.undo])()
    await settle_all(processes, backplane)
    check_equal(processes)


def check_that_open_steps_change_nothing_below(process: Process) -> None:
    """Lifting what is not confirmed and laying it down again gives the same, as often as it is done."""
    before = copy.deepcopy(plain(process.value))
    first, second = (process.replica.snapshot().value for _ in range(2))
    assert plain(process.value) == before
    first, second = map(process.replica.packer.unpack, (first, second))
    assert plain(first) == plain(second)
    assert order_of(first) == order_of(second)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([0.0, 0.3]))
def test_exactly_what_was_kept_arrives_and_nothing_of_an_open_unit_leaves(seed: int, failures: float) -> None:
    asyncio.run(drawn_appends(seed, failures))


async def drawn_appends(seed: int, failures: float) -> None:
    chance = random.Random(seed)
    backplane = FaultyBackplane(chance, failures)
    processes = [Process(backplane, {"log": [], "count": 0}) for _ in range(2)]
    units: dict[FakeUnit, list[str]] = {}
    expected: list[str] = []
    for number in range(chance.randrange(10, 50)):
        process, token = chance.choice(processes), f"token{number:04}"
        own = [unit for unit in units if getattr(unit, "process", None) is process]
        if len(own) < 2:
            unit = FakeUnit()
            unit.process = process  # type: ignore[attr-defined]
            units[unit] = []
            own.append(unit)
        writer = chance.choice([None, *own])
        with writer.within() if writer else nullcontext():
            process.value["log"].insert(chance.randrange(9), token)
            process.value.increment("count")
        (units[writer] if writer else expected).append(token)
        if chance.random() < 0.3:
            unit = chance.choice(list(units))
            written = units.pop(unit)
            if chance.random() < 0.5:
                expected += written
                unit.keep()
            else:
                unit.undo()
        await chance.choice(processes).settle()
        stored = repr(backplane.store.logs)
        assert not [token for written in units.values() for token in written if token in stored]
        drawn = chance.random()
        if drawn < 0.04:
            backplane.store.logs.clear()
        elif drawn < 0.1:
            backplane.fall_back()
        elif drawn < 0.3:
            backplane.save()
    for unit in units:
        unit.undo()
    await settle_all(processes, backplane)
    check_equal(processes)
    assert sorted(processes[0].value["log"]) == sorted(expected)
    assert processes[0].value["count"] == len(expected)
