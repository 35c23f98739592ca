"""presence(): people come by join, go by leave or with their component, and who lists them is told."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

import pytest

from hyper.context import Attendance, Line, current, rendering
from hyper.state.hub import Hub
from hyper.state.presence import Presence


class Component:
    """As much of a mounted component as presence sees."""

    def __init__(self) -> None:
        self.cleanups: list[Callable[[], Any]] = []
        self.page = self
        self.attendances: list[Attendance] = []
        self.invalidated = 0

    def attend(self, attendance: Attendance) -> None:
        if attendance not in self.attendances:
            self.attendances.append(attendance)

    def invalidate(self) -> None:
        self.invalidated += 1

    def run(self, code: Callable[[], Any]) -> Any:
        token = current.set(self)  # type: ignore[arg-type]
        try:
            return code()
        finally:
            current.reset(token)

    def unmount(self) -> None:
        for cleanup in self.cleanups:
            cleanup()


@pytest.fixture
def people() -> Presence:
    return Hub().presence("lobby")


def test_join_and_leave(people: Presence) -> None:
    ada, bob = Component(), Component()
    ada.run(lambda: people.join("ada"))
    bob.run(lambda: people.join("bob"))
    assert list(people) == ["ada", "bob"]
    assert len(people) == 2
    assert "bob" in people
    ada.unmount()
    assert list(people) == ["bob"]
    ada.unmount()
    bob.run(people.leave)
    bob.run(people.leave)
    assert list(people) == []


def test_joining_again_in_one_component_changes_who_one_is(people: Presence) -> None:
    ada, bob = Component(), Component()
    ada.run(lambda: people.join("ada"))
    bob.run(lambda: people.join("bob"))
    ada.run(lambda: people.join({"name": "Ada", "colour": "red"}))
    assert list(people) == [{"name": "Ada", "colour": "red"}, "bob"]
    assert len(ada.cleanups) == 1


def test_leaving_and_coming_back(people: Presence) -> None:
    ada = Component()
    ada.run(lambda: people.join("ada"))
    ada.run(people.leave)
    ada.run(lambda: people.join("ada"))
    assert list(people) == ["ada"]
    ada.unmount()
    assert list(people) == []


def test_a_person_with_two_tabs_is_listed_once_until_both_are_closed(people: Presence) -> None:
    first, second = Component(), Component()
    first.run(lambda: people.join("ada"))
    second.run(lambda: people.join("ada"))
    assert list(people) == ["ada"]
    first.unmount()
    assert list(people) == ["ada"]
    second.unmount()
    assert list(people) == []


def test_only_those_who_list_the_people_are_told(people: Presence) -> None:
    lists, other = Component(), Component()
    token = rendering.set(lists)
    assert list(people) == []
    rendering.reset(token)
    other.run(lambda: people.join("ada"))
    assert (lists.invalidated, other.invalidated) == (1, 0)
    other.run(lambda: people.join("ada"))
    assert lists.invalidated == 1
    other.unmount()
    assert lists.invalidated == 2


def test_outside_a_component_the_place_is_left_by_hand(people: Presence) -> None:
    place = people.join("robot")
    other = people.join("robot 2")
    assert list(people) == ["robot", "robot 2"]
    place.leave()
    other.leave()
    assert list(people) == []
    people.leave()


def test_topics_are_apart_and_one_topic_is_one_list() -> None:
    hub = Hub()
    lobby, kitchen = hub.presence("lobby"), hub.presence("kitchen")
    lobby.join("ada")
    assert list(kitchen) == []
    assert hub.presence("lobby") is lobby


def test_topics_nobody_holds_are_forgotten() -> None:
    hub = Hub()
    for number in range(10):
        hub.presence(f"room {number}").join("ada")
    gc.collect()
    assert len(hub.presences) == 0
    assert hub.named == {}


def test_a_page_that_is_closed_is_away_until_it_comes_back(people: Presence) -> None:
    ada = Component()
    ada.run(lambda: people.join("ada"))
    for _ in range(2):
        for attendance in ada.attendances:
            attendance.follow(Line.CLOSED)
        assert list(people) == []
        people.settle(set())  # the others of this process are put right now and then
        assert list(people) == []
        for attendance in ada.attendances:
            attendance.follow(Line.OPEN)
        assert list(people) == ["ada"]
    ada.run(people.leave)
    for attendance in ada.attendances:
        attendance.follow(Line.OPEN)
    assert list(people) == []


def test_a_person_whose_line_is_lost_is_listed_as_that_until_it_is_back(people: Presence) -> None:
    ada, tab, bob = Component(), Component(), Component()
    for component, who in ((ada, {"name": "ada"}), (tab, {"name": "ada"}), (bob, "bob")):
        component.run(lambda who=who: people.join(who))  # type: ignore[misc]
    assert people.lost == []
    for component, line, lost in (
        (ada, Line.LOST, []),
        (tab, Line.LOST, [{"name": "ada"}]),
        (bob, Line.LOST, [{"name": "ada"}, "bob"]),
        (ada, Line.OPEN, ["bob"]),
        (tab, Line.CLOSED, ["bob"]),
        (ada, Line.CLOSED, ["bob"]),
    ):
        for attendance in component.attendances:
            attendance.follow(line)
        people.settle(set())
        assert people.lost == lost
    assert list(people) == ["bob"]


def test_joining_on_a_lost_line_is_listed_as_lost(people: Presence) -> None:
    ada = Component()
    ada.run(lambda: people.join("ada"))
    ada.attendances[0].follow(Line.LOST)
    ada.run(lambda: people.join("Ada"))
    assert people.lost == list(people) == ["Ada"]
