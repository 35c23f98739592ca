from __future__ import annotations

from typing import Any

import pytest

from hyper.transport.inbox import (
    FORGOTTEN,
    GONE,
    QUEUE_FULL,
    Inbox,
    PostedEvent,
    RefusedEvent,
    Reply,
    SessionMisusedError,
)
from hyper.transport.limits import Limits
from hyper.transport.wire import Event, to_json


def make(seq: int) -> Event:
    return Event("m1", seq, "add", None, {}, [])


def accept(inbox: Inbox, *seqs: int) -> list[str | None]:
    return [inbox.accept(seq, make(seq)) for seq in seqs]


def run_all(inbox: Inbox) -> list[int]:
    ran = []
    while (event := inbox.next_call()) is not None:
        ran.append(event.seq)
        inbox.finish_call(None)
    return ran


def answers(inbox: Inbox) -> list[Reply]:
    due, inbox.due = inbox.due, []
    return due


def test_events_run_in_order_one_at_a_time() -> None:
    inbox = Inbox(Limits())
    accept(inbox, 1, 2)
    first = inbox.next_call()
    assert first is not None
    assert first.seq == 1
    assert inbox.next_call() is None
    inbox.finish_call(None)
    assert run_all(inbox) == [2]
    assert inbox.done == 2
    assert answers(inbox) == [Reply(1), Reply(2)]


def test_an_event_seen_before_is_answered_again_and_not_run() -> None:
    inbox = Inbox(Limits())
    accept(inbox, 1)
    inbox.next_call()
    inbox.finish_call({"code": "x", "message": "y"})
    first = answers(inbox)
    accept(inbox, 1, 1)
    assert run_all(inbox) == []
    assert answers(inbox) == first * 2


def test_an_event_that_waits_or_runs_is_not_answered_yet() -> None:
    inbox = Inbox(Limits())
    accept(inbox, 1, 2)
    inbox.next_call()
    assert accept(inbox, 1, 2) == [None, None]
    assert answers(inbox) == []


def test_a_gap_and_nonsense_are_refused() -> None:
    inbox = Inbox(Limits())
    assert accept(inbox, 2, 0) == ["the next event is number 1, not 2", "the next event is number 1, not 0"]
    assert run_all(inbox) == []
    assert accept(inbox, 1, 3) == [None, "the next event is number 2, not 3"]


def test_old_outcomes_are_forgotten_but_never_run_again() -> None:
    inbox = Inbox(Limits(replies=2))
    for seq in range(1, 5):
        inbox.accept(seq, make(seq))
        inbox.next_call()
        inbox.finish_call({"code": str(seq), "message": ""})
    answers(inbox)
    accept(inbox, 1, 3)
    assert run_all(inbox) == []
    assert answers(inbox) == [Reply(1, FORGOTTEN), Reply(3, {"code": "3", "message": ""})]


def wordy(size: int) -> dict[str, Any]:
    """A failure with the name of a field that the client chose."""
    return {"code": "bad_argument", "message": "", "fields": {"ä" * (size // 2): "no"}}


@pytest.mark.parametrize("bytes_each", [100, 3_000, 20_000, 60_000])
def test_outcomes_with_long_names_are_forgotten_earlier(bytes_each: int) -> None:
    inbox = Inbox(Limits(reply_bytes=10_000))
    for seq in range(1, 41):
        inbox.accept(seq, make(seq))
        inbox.next_call()
        inbox.finish_call(wordy(bytes_each))
        answers(inbox)
        kept = [error for error in (inbox._failures or {}).values() if error is not FORGOTTEN]
        assert sum(len(to_json(error).encode()) for error in kept) <= 10_000
    fits = min(32, 10_000 // bytes_each)
    accept(inbox, 40, 39, 20, 1)
    told = [reply.error for reply in answers(inbox)]
    assert None not in told, "none of them succeeded"
    assert [error == wordy(bytes_each) for error in told] == [fits > 0, fits > 1, fits > 20, False]


@pytest.mark.parametrize("bytes_each", [3_000, 60_000])
def test_nothing_runs_while_long_answers_are_not_taken(bytes_each: int) -> None:
    inbox = Inbox(Limits(reply_bytes=10_000))
    for seq in range(1, 31):
        inbox.accept(seq, make(seq))
        if inbox.next_call() is not None:
            inbox.finish_call(wordy(bytes_each))
    assert len(inbox.due) == -(-10_000 // bytes_each)
    answers(inbox)
    assert inbox.next_call() is not None


def test_a_refused_event_is_answered_in_its_turn() -> None:
    inbox = Inbox(Limits())
    error = {"code": "throttled", "message": ""}
    inbox.accept(1, make(1))
    inbox.accept(2, RefusedEvent(2, error))
    inbox.accept(3, make(3))
    assert run_all(inbox) == [1, 3]
    assert answers(inbox) == [Reply(1), Reply(2, error), Reply(3)]
    assert inbox.accept(2, make(2)) is None
    assert run_all(inbox) == []


def test_the_queue_is_limited() -> None:
    inbox = Inbox(Limits(queued_events=2))
    accept(inbox, 1)
    inbox.next_call()
    accept(inbox, 2, 3, 4, 5)
    inbox.finish_call(None)
    assert run_all(inbox) == [2]
    assert [reply.seq for reply in answers(inbox)] == [1, 2]
    assert run_all(inbox) == [3]
    assert answers(inbox) == [Reply(3), Reply(4, QUEUE_FULL)]
    run_all(inbox)
    assert answers(inbox) == [Reply(5, QUEUE_FULL)]


def test_who_takes_no_answers_is_not_worked_for() -> None:
    inbox = Inbox(Limits(queued_events=3))
    accept(inbox, *range(1, 4))
    run_all(inbox)
    accept(inbox, 4)
    assert run_all(inbox) == []
    answers(inbox)
    assert run_all(inbox) == [4]


def test_events_that_go_on_coming_are_a_flood() -> None:
    inbox = Inbox(Limits(queued_events=2, refusals_in_a_row=3))
    accept(inbox, 1)
    inbox.next_call()
    accept(inbox, *range(2, 6))
    assert not inbox.is_flooded
    accept(inbox, 6)
    assert inbox.is_flooded


def test_ending_a_call_that_never_began() -> None:
    with pytest.raises(SessionMisusedError):
        Inbox(Limits()).finish_call(None)


def test_clearing_drops_what_waits_and_keeps_what_ran() -> None:
    inbox = Inbox(Limits())
    accept(inbox, 1, 2, 3)
    inbox.next_call()
    inbox.clear()
    inbox.finish_call(None)
    assert inbox.done == 1
    assert run_all(inbox) == []


# Events without a number


def post(inbox: Inbox, answers: list[object]) -> None:
    inbox.post(PostedEvent(make(0), answers.append))


def test_what_is_posted_runs_in_its_turn_and_has_no_number() -> None:
    inbox = Inbox(Limits())
    told: list[object] = []
    accept(inbox, 1)
    post(inbox, told)
    accept(inbox, 2)
    assert run_all(inbox) == [1, 0, 2]
    assert told == [None]
    assert answers(inbox) == [Reply(1), Reply(2)]
    assert inbox.done == 2


def test_what_is_posted_is_answered_to_its_own_sender() -> None:
    inbox = Inbox(Limits())
    told: list[object] = []
    post(inbox, told)
    inbox.next_call()
    inbox.finish_call({"code": "x", "message": "y"})
    assert told == [{"code": "x", "message": "y"}]
    assert answers(inbox) == []


def test_too_much_that_is_posted_is_answered_at_once() -> None:
    inbox = Inbox(Limits(queued_events=2))
    told: list[object] = []
    for _ in range(3):
        post(inbox, told)
    assert told == [QUEUE_FULL]


def test_behind_a_client_that_takes_no_answers_nobody_waits() -> None:
    inbox = Inbox(Limits(queued_events=2))
    accept(inbox, 1, 2)
    run_all(inbox)
    told: list[object] = []
    post(inbox, told)
    assert told == [QUEUE_FULL]


def test_at_the_end_everybody_who_waits_is_told_once() -> None:
    inbox = Inbox(Limits())
    running: list[object] = []
    waiting: list[object] = []
    post(inbox, running)
    post(inbox, waiting)
    inbox.next_call()
    inbox.clear()
    inbox.finish_call(None)
    assert (running, waiting) == ([GONE], [GONE])
    assert inbox.done == 0


def test_who_waits() -> None:
    inbox = Inbox(Limits())
    accept(inbox, 1, 2)
    inbox.next_call()
    inbox.post(PostedEvent(make(0), lambda error: None))
    inbox.accept(3, RefusedEvent(3, {"code": "throttled"}))
    assert inbox.names_waiting() == ["add", "add"]
