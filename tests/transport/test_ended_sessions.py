"""The table of ended sessions: who gives way, and that nobody who gave way is accepted again."""

from __future__ import annotations

import random

import pytest

from hyper.transport.ended_sessions import EndedSessions, shortened


def test_of_a_share_that_gave_way_all_are_refused_that_began_before() -> None:
    ended = EndedSessions(2)
    ended.end("victim", 5, "Ab")
    assert not ended.is_before("Ab", 5)
    assert [ended.end(f"bad{at}", at, "Ab") for at in (6, 7)] == [0, 1]
    assert not ended.has("victim")
    assert [ended.is_before("Ab", at) for at in (-100, 0, 5, 5.1)] == [True, True, True, False]
    assert not ended.is_before("Cd", 5)


@pytest.mark.parametrize("share", ["", "Ab"])
def test_they_are_forgotten_when_no_session_is_that_old(share: str) -> None:
    ended = EndedSessions(1)
    ended.end("a", 5, share)
    ended.end("b", 6, share)
    assert ended.before
    ended.forget_until(5.5)
    assert (ended.before, len(ended)) == ({}, 1)
    ended.forget_until(7)
    assert len(ended) == 0


@pytest.mark.parametrize("number", range(30))
def test_whatever_is_ended_is_never_accepted(number: int, rng: random.Random) -> None:
    """A session begins before it ends; also after the table was stored and read again."""
    rng = random.Random(f"{rng.random()} {number}")
    room = rng.randrange(1, 20)
    ended, log = EndedSessions(room), dict[str, float]()
    sessions: list[tuple[str, str, float]] = []
    for at in range(100):
        share = rng.choice(["Ab", "Ab", "Ab", "Cd", ""])
        sessions.append((f"s{at}", share, at - rng.random() * 50))
        ended.end(f"s{at}", at, share)
        log[f"s{at}.{share}" if share else f"s{at}"] = at
        if rng.random() < 0.1:
            log = shortened(log, room)
    again = EndedSessions(room)
    for name, at in shortened(log, room).items():
        name, _, share = name.partition(".")
        if name:
            again.end(name, at, share)
        else:
            again.end_before(share, at)
    for table in (ended, again):
        assert len(table) <= room
        assert all(table.has(name) or table.is_before(share, began) for name, share, began in sessions)
