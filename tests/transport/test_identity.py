"""Who connects, and what is known of them: every row of the two tables, from a session's beginning."""

from __future__ import annotations

import doctest
from itertools import product
from typing import get_args

import pytest
import ujson

from hyper.transport import identity as module
from hyper.transport.component import ComponentPatches
from hyper.transport.identity import (
    NEXT_HISTORY,
    RECEPTIONS,
    Arrival,
    History,
    HistoryStep,
    PageIdentity,
    Reception,
)
from hyper.transport.limits import Limits
from hyper.transport.session import MountSession
from hyper.transport.wire import Event

MOUNT, OTHER_MOUNT = 11, 22
PAGE, COPY = 1, 2

WAYS: dict[History, PageIdentity] = {
    History.FRESH: PageIdentity(MOUNT),
    History.CHANGED: PageIdentity(MOUNT, History.CHANGED),
    History.REMOUNTED: PageIdentity(MOUNT, History.REMOUNTED),
    History.TAKEN: PageIdentity(MOUNT).connect(PAGE, 0).after("event"),
}
"""An identity with each history."""
COMES_AS: dict[Arrival, tuple[int, int]] = {
    Arrival.SAME: (PAGE, MOUNT),
    Arrival.COPY: (COPY, MOUNT),
    Arrival.ELSEWHERE: (PAGE, OTHER_MOUNT),
}
"""The page and the mount that a page says when it connects."""

TABLE = {
    "same page, fresh": (History.FRESH, Arrival.SAME, "goes on", "nothing"),
    "another process, fresh": (History.FRESH, Arrival.ELSEWHERE, "is told again", "snapshot"),
    "again after a loss, other HTML": (History.CHANGED, Arrival.SAME, "is told again", "snapshot"),
    "another process, other HTML": (History.CHANGED, Arrival.ELSEWHERE, "is told again", "snapshot"),
    "again after a loss": (History.REMOUNTED, Arrival.SAME, "is told again", "nothing"),
    "another process, after a loss": (History.REMOUNTED, Arrival.ELSEWHERE, "is told again", "snapshot"),
    "same page": (History.TAKEN, Arrival.SAME, "goes on", "nothing"),
    "a copy in another tab": (History.TAKEN, Arrival.COPY, "is told again", "nothing"),
    "another process": (History.TAKEN, Arrival.ELSEWHERE, "is told again", "snapshot"),
}
"""Who connects; what happens to its events' numbers, and to the HTML it shows."""


def session_with(history: History) -> MountSession:
    """A session that has been through this."""
    beginning = History.FRESH if history is History.TAKEN else history
    session = MountSession("m1", Limits(), 0, identity=PageIdentity(MOUNT, beginning))
    if history is History.TAKEN:
        session.connect(0, PAGE)
        session.receive(Event("m1", 1, "add", [], {}, []))
        assert session.inbox.next_call() is not None
        session.finish_call()
        session.begin_render(0)
        session.end_render([ComponentPatches("m1", [])])
        session.take_frames(True)
    return session


def answers_to(session: MountSession, page: int, mount: int) -> list[dict[str, object]]:
    """What a page is sent that connects with the session's own version."""
    session.connect(session.version, page, mount)
    if session.needs_render(True):
        assert session.begin_render(0)
        session.end_render([], "<p>")
    return [ujson.loads(frame) for frame in session.take_frames(True)]


def test_the_rows_of_this_test_are_those_of_the_table() -> None:
    rows = {(history, arrival) for history, arrival, *_ in TABLE.values()}
    assert rows == set(RECEPTIONS)
    copies_before_an_event = {(history, Arrival.COPY) for history in History if history is not History.TAKEN}
    assert rows == set(product(History, Arrival)) - copies_before_an_event


@pytest.mark.parametrize("who", TABLE)
def test_a_page_that_connects(who: str) -> None:
    history, arrival, events, html = TABLE[who]
    identity = WAYS[history].connect(*COMES_AS[arrival])
    assert (identity.history, identity.arrival) == (history, arrival)
    assert identity.reception == Reception(events == "goes on", html == "snapshot")
    *before, ack = answers_to(session_with(history), *COMES_AS[arrival])
    assert [message["type"] for message in before] == (["resync"] if html == "snapshot" else [])
    assert ack.get("again", False) == (events == "is told again")
    assert ack["mount"] == MOUNT


@pytest.mark.parametrize("history", History)
@pytest.mark.parametrize("step", get_args(HistoryStep))
def test_a_step(history: History, step: HistoryStep) -> None:
    identity = WAYS[history].after(step)
    assert identity.history is NEXT_HISTORY[history, step]
    expected = {
        "event": History.TAKEN,
        "snapshot": History.REMOUNTED if history is History.CHANGED else history,
        "serve": History.TAKEN if history is History.TAKEN else History.FRESH,
    }
    assert identity.history is expected[step]


def test_the_table_knows_every_step_of_every_history() -> None:
    assert set(NEXT_HISTORY) == set(product(History, get_args(HistoryStep)))


def test_no_step_leads_to_a_row_that_is_not_there() -> None:
    """Whatever happens in whatever order: four steps reach all that can be reached."""
    beginnings = [PageIdentity(MOUNT, history) for history in History if history is not History.TAKEN]
    reached = set(beginnings)
    for _ in range(4):
        reached |= {identity.after(step) for identity in reached for step in get_args(HistoryStep)}
        reached |= {
            identity.connect(page, mount)
            for identity in reached
            for page in (0, PAGE, COPY)
            for mount in (0, MOUNT, OTHER_MOUNT)
        }
    assert {(identity.history, identity.arrival) for identity in reached} == set(RECEPTIONS)
    for identity in reached:
        assert identity.reception == RECEPTIONS[identity.history, identity.arrival]


def test_the_page_whose_event_was_taken_is_no_copy_any_more_and_the_other_one_is() -> None:
    identity = WAYS[History.TAKEN].connect(COPY, 0).after("event")
    assert identity.arrival is Arrival.SAME
    assert identity.connect(COPY, 0).arrival is Arrival.SAME
    assert identity.connect(PAGE, 0).arrival is Arrival.COPY


def test_a_page_without_a_number_cannot_be_told_from_its_copy() -> None:
    nameless = PageIdentity(MOUNT).connect(0, 0).after("event")
    assert nameless.connect(PAGE, 0).arrival is Arrival.SAME


def test_one_that_comes_from_elsewhere_does_so_until_it_connects_to_this_mount() -> None:
    stranger = WAYS[History.TAKEN].connect(PAGE, OTHER_MOUNT).after("event")
    assert stranger.arrival is Arrival.ELSEWHERE
    assert stranger.connect(PAGE, MOUNT).arrival is Arrival.SAME


def test_other_html_is_sent_until_it_has_been_rendered() -> None:
    """A socket that breaks before the snapshot is made does not leave the page with what it shows."""
    session = session_with(History.CHANGED)
    session.connect(0, PAGE)
    session.disconnect(0)
    assert [message["type"] for message in answers_to(session, PAGE, 0)] == ["resync", "ack"]


def test_the_example_of_the_module() -> None:
    assert doctest.testmod(module).failed == 0
