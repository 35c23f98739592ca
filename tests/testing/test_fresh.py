"""Each test begins with shared values as the one before has found them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hyper import shared
from hyper.state.observing import cell_of
from hyper.state.sharing import hub
from hyper.testing.fresh import Journal
from tests.hyper.state.units import FakeUnit

VALUES = """
from hyper import presence, shared

votes = shared(["of the module"])
visits = shared(0)
people = presence("lobby")
"""
LOBBY = """
from hyper import live
from values import people, visits, votes

@live
def lobby():
    def on_mount():
        people.join("Ada")
    def on_unmount():
        visits.value += 1
    t"<p>{votes}</p>"
"""
SUITE = """
import pytest
from hyper import load
from hyper.testing import mount
from values import people, visits, votes

lobby = load("lobby.py")["lobby"]

@pytest.fixture(scope="module", autouse=True)
def seeded():
    votes.append("of the fixture")

def test_one():
    mount(lobby)
    votes.append("of a test")
    visits.value += 1

def test_two():
    assert votes == ["of the module", "of the fixture"]
    assert visits == 0
    assert not people
"""


@dataclass
class Settings:
    currency: str
    rates: dict[str, float]


def run(folder: Path, suite: str, *options: str) -> str:
    """What pytest tells of a suite of an application's own, in a process of its own."""
    for name, text in (("values", VALUES), ("lobby", LOBBY), ("test_suite", suite)):
        (folder / f"{name}.py").write_text(text)
    (folder / "pytest.ini").touch()  # else one further up may count
    command = [sys.executable, "-m", "pytest", f"--rootdir={folder}", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def test_the_next_test_finds_what_this_one_found(tmp_path: Path) -> None:
    assert "2 passed" in run(tmp_path, SUITE)


def test_a_module_may_keep_what_its_tests_share(tmp_path: Path) -> None:
    told = run(tmp_path, f"{SUITE}\npytestmark = pytest.mark.live_keep_shared", "--strict-markers")
    assert "'of a test'" in told
    assert "1 failed, 1 passed" in told


def test_a_suite_may_keep_what_its_tests_share(tmp_path: Path) -> None:
    told = run(tmp_path, SUITE, "-o", "live_keep_shared=true")
    assert "'of a test'" in told
    assert "1 failed, 1 passed" in told


def change_list(value: Any) -> None:
    value[0]["done"] = True
    value.insert(0, {"text": "milk"})
    value.reverse()
    del value[0]
    value[0]["text"] = "sugar"
    value.clear()


def change_dict(value: Any) -> None:
    value["tea"].append(5)
    value["milk"] = [1]
    value.pop("tea")
    value.update(sugar=[])


def change_set(value: Any) -> None:
    value.add("milk")
    value ^= {"tea", "sugar"}
    value.clear()


def change_box(value: Any) -> None:
    value.value += 1
    value.increment(5)


def change_object(value: Any) -> None:
    value.rates["£"] = 1.2
    value.rates = {}
    value.currency = "£"


CHANGES: list[tuple[Any, Callable[[Any], None]]] = [
    ([{"text": "tea"}, {"text": "cake"}], change_list),
    ({"tea": [4]}, change_dict),
    ({"tea", "cake"}, change_set),
    (7, change_box),
    (Settings("€", {"$": 1.1}), change_object),
]


@pytest.mark.parametrize(("initial", "change"), CHANGES)
def test_all_that_was_done_is_taken_back(initial: Any, change: Callable[[Any], None]) -> None:
    value = shared(deepcopy(initial))
    journal = Journal(cell_of(value))
    change(value)
    assert value != initial
    journal.take_back()
    assert value == initial
    change(value)
    assert value != initial
    assert len(journal.undos) > 1


def test_what_stands_in_a_value_is_the_same_object_afterwards() -> None:
    todos = shared([{"text": "tea"}])
    tea = todos[0]
    journal = Journal(cell_of(todos))
    todos.clear()
    journal.take_back()
    tea["text"] = "cake"
    assert todos == [{"text": "cake"}]


def test_who_shows_a_value_is_told_if_it_was_changed() -> None:
    told: list[str] = []
    votes, visits = shared([1]), shared(0)
    hub.watch(votes, lambda: told.append("votes"))
    hub.watch(visits, lambda: told.append("visits"))
    journals = [Journal(cell_of(votes)), Journal(cell_of(visits))]
    votes.append(2)
    for journal in journals:
        journal.take_back()
    assert told == ["votes"]
    assert cell_of(votes) not in hub.changed


def test_a_value_that_other_processes_have_got_meanwhile_stays() -> None:
    votes = shared([1])
    journal = Journal(cell_of(votes))
    votes.append(2)
    replica = cell_of(votes).recorder = Journal(cell_of(votes))
    journal.take_back()
    assert votes == [1, 2]
    assert cell_of(votes).recorder is replica


def test_units_that_a_test_has_kept_undone_or_left_open_are_taken_back() -> None:
    votes = shared(["first"])
    journal = Journal(cell_of(votes))
    kept, undone, left = (FakeUnit() for _ in range(3))
    for unit in (kept, undone, left, kept):
        with unit.within():
            votes.append("of a unit")
            votes.insert(0, "at the start")
        votes.append("outside")
    votes.pop(0)
    kept.keep()
    undone.undo()
    journal.take_back()
    assert votes == ["first"]
    left.keep()
    assert votes == ["first"]


def test_who_shows_what_a_unit_left_open_is_told() -> None:
    told: list[str] = []
    votes, unit = shared([1]), FakeUnit()
    hub.watch(votes, lambda: told.append("votes"))
    journal = Journal(cell_of(votes))
    with unit.within():
        votes.append(2)
    journal.take_back()
    assert told == ["votes"]
