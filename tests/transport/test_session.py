from __future__ import annotations

import itertools
from typing import Any

import pytest
import ujson

from hyper.transport.bad_frames import SEQ_BYTES
from hyper.transport.component import ComponentPatches
from hyper.transport.identity import History, PageIdentity
from hyper.transport.inbox import SessionMisusedError
from hyper.transport.limits import Limits
from hyper.transport.session import MountSession
from hyper.transport.states import NEXT_STATE, SessionState
from hyper.transport.wire import Event, PatchEncoder

UPDATE = [ComponentPatches("m1", [{"path": "p/text", "value": "5"}])]
NESTED = [
    ComponentPatches("m1", [{"path": "p/text", "value": "6"}]),
    ComponentPatches("m1.1", [{"path": "b/text", "value": "7"}]),
]
FAILURE = {"code": "handler_failed", "message": "no"}


def new(limits: Limits | None = None, **options: Any) -> MountSession:
    return MountSession("m1", limits or Limits(), 0, **options)


def attached(limits: Limits | None = None, **options: Any) -> MountSession:
    session = new(limits, **options)
    session.connect(0)
    take(session)
    return session


def take(session: MountSession, free: bool = True) -> list[dict[str, Any]]:
    return [ujson.loads(frame) for frame in session.take_frames(free)]


def kinds(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]


def event(seq: int, name: str = "add", **members: Any) -> Event:
    return Event("m1", seq, name, members.get("args"), {}, [])


def render(session: MountSession, changes: list[ComponentPatches], html: str = "<p>") -> None:
    assert session.needs_render(True)
    want_html = session.begin_render(0)
    session.end_render(changes, html if want_html else None)


def run(
    session: MountSession, seq: int, changes: list[ComponentPatches], error: Any = None
) -> list[dict[str, Any]]:
    """One event from arrival to ack."""
    session.receive(event(seq))
    called = session.inbox.next_call()
    assert called is not None
    assert called.seq == seq
    session.finish_call(error)
    render(session, changes)
    return take(session)


class TestStates:
    def test_the_table_knows_every_state(self) -> None:
        assert {state for state, _ in NEXT_STATE} == set(SessionState)

    @pytest.mark.parametrize(
        ("state", "step"),
        [
            pair
            for pair in itertools.product(SessionState, ("connect", "disconnect", "expire", "close"))
            if pair not in NEXT_STATE
        ],
    )
    def test_what_the_table_does_not_know_cannot_happen(self, state: SessionState, step: Any) -> None:
        session = new()
        session.state = state
        with pytest.raises(SessionMisusedError, match=f"{step} makes no sense for a session that is {state}"):
            session._step(step)
        assert session.state is state

    def test_a_life(self) -> None:
        session = new()
        assert session.state is SessionState.PENDING
        session.connect(0)
        assert session.state is SessionState.ATTACHED
        session.disconnect(10)
        assert session.state is SessionState.DETACHED
        session.connect(0)
        session.connect(0)
        assert session.state is SessionState.ATTACHED
        session.close()
        session.close()
        assert session.state is SessionState.CLOSED

    def test_a_page_that_never_connects(self) -> None:
        session = new(Limits(pending_s=10))
        assert not session.tick(9.9)
        assert session.tick(10)
        assert session.state is SessionState.CLOSED
        assert not session.tick(11)

    def test_a_client_that_does_not_come_back(self) -> None:
        session = attached(Limits(detached_s=120))
        assert not session.tick(1e9)
        session.disconnect(100)
        assert not session.tick(219)
        assert session.tick(220)

    def test_nothing_comes_out_of_a_closed_session(self) -> None:
        session = attached()
        session.receive(event(1))
        session.wake()
        session.push("m1", "note", "1")
        session.close()
        session.wake()
        session.push("m1", "note", "1")
        session.report(FAILURE)
        session.resync()
        assert session.inbox.next_call() is None
        assert not session.needs_render(True)
        assert session.is_quiet
        assert take(session) == []

    def test_a_handler_that_ends_after_the_session(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.close()
        session.finish_call()
        assert take(session) == []


class TestAdoption:
    def test_the_first_connect_gets_nothing_but_an_ack(self) -> None:
        session = new()
        session.connect(0)
        assert not session.needs_render(True)
        assert take(session) == [{"type": "ack", "component_id": "m1", "seq": 0, "version": 0}]
        assert take(session) == []

    def test_what_changed_meanwhile_comes_before_the_ack(self) -> None:
        session = new()
        session.wake()
        session.connect(0)
        render(session, UPDATE)
        assert kinds(take(session)) == ["update", "ack"]

    def test_mounted_again_with_the_same_html(self) -> None:
        session = new(identity=PageIdentity(history=History.REMOUNTED))
        session.connect(0)
        assert take(session) == [{"type": "ack", "component_id": "m1", "seq": 0, "version": 0, "again": True}]

    def test_mounted_again_with_other_html(self) -> None:
        session = new(identity=PageIdentity(history=History.CHANGED))
        session.connect(0)
        render(session, [], "<p>other</p>")
        assert take(session) == [
            {"type": "resync", "component_id": "m1", "version": 1, "html": "<p>other</p>"},
            {"type": "ack", "component_id": "m1", "seq": 0, "version": 1, "again": True},
        ]

    def test_mounted_again_for_a_page_that_has_moved_on(self) -> None:
        session = new(identity=PageIdentity(history=History.REMOUNTED))
        session.connect(41)
        render(session, [])
        frames = take(session)
        assert kinds(frames) == ["resync", "ack"]
        assert frames[0]["version"] == frames[1]["version"] == 42

    def test_the_client_is_told_of_its_loss_until_it_goes_on(self) -> None:
        session = new(identity=PageIdentity(history=History.REMOUNTED))
        session.connect(0)
        assert take(session)[0]["again"]
        session.connect(0)
        assert take(session)[0]["again"]
        run(session, 1, UPDATE)
        session.connect(1)
        assert "again" not in take(session)[0]

    def test_a_page_is_told_that_its_copy_has_sent_events_until_it_sends_one(self) -> None:
        session = new()
        session.connect(0, page=1)
        run(session, 1, UPDATE)
        take(session)
        session.connect(1, page=1)
        assert "again" not in take(session)[0], "it is the page itself"
        session.connect(1, page=2)
        assert take(session)[-1]["again"]
        session.connect(1, page=1)
        assert "again" not in take(session)[0], "its copy has sent nothing"
        session.connect(1, page=2)
        take(session)
        run(session, 2, UPDATE)
        for _ in range(2):
            session.connect(2, page=1)
            assert take(session)[-1]["again"]
        run(session, 3, UPDATE)
        session.connect(3, page=1)
        assert "again" not in take(session)[-1]

    @pytest.mark.parametrize("version", [0, 1, 2, 7])
    def test_a_page_that_comes_from_another_session_is_sent_a_snapshot_whatever_it_shows(
        self, version: int
    ) -> None:
        session = new(identity=PageIdentity(11))
        session.connect(0)
        assert take(session)[0]["mount"] == 11
        for seq in (1, 2):
            run(session, seq, UPDATE)
        session.disconnect(0)
        session.connect(version, mount=22)
        render(session, [], "<p>5</p>")
        shown = max(2, version) + 1
        assert take(session) == [
            {"type": "resync", "component_id": "m1", "version": shown, "html": "<p>5</p>"},
            {
                "type": "ack",
                "component_id": "m1",
                "seq": 2,
                "version": shown,
                "again": True,
                "mount": 11,
                "max_bytes": Limits().message_bytes - SEQ_BYTES,
            },
        ]
        session.connect(shown, mount=11)
        (answer,) = take(session)
        assert "again" not in answer, "it comes from here"

    @pytest.mark.parametrize("whose", [{"mount": 22}, {"page": 2}])
    def test_the_numbers_of_events_that_wait_are_not_given_to_another_page(
        self, whose: dict[str, int]
    ) -> None:
        session = new(identity=PageIdentity(11))
        session.connect(0, page=1)
        for seq in (1, 2, 3):
            session.receive(event(seq))
        assert session.inbox.next_call() is not None
        session.connect(0, **whose)
        if session.needs_render(True):
            render(session, [])
        (answer,) = [frame for frame in take(session) if frame["type"] == "ack"]
        assert (answer["seq"], answer["again"]) == (3, True)

    def test_a_snapshot_that_got_lost_is_sent_again(self) -> None:
        session = new(identity=PageIdentity(history=History.CHANGED))
        session.connect(0)
        render(session, [])
        take(session)
        session.disconnect(0)
        session.connect(0)
        render(session, [])
        frames = take(session)
        assert kinds(frames) == ["resync", "ack"]
        assert frames[0]["version"] == 2


class TestEvents:
    def test_update_then_ack(self) -> None:
        assert run(attached(), 1, UPDATE) == [
            {
                "type": "update",
                "component_id": "m1",
                "version": 1,
                "patches": [{"path": "p/text", "value": "5"}],
            },
            {"type": "ack", "component_id": "m1", "seq": 1, "version": 1},
        ]

    def test_nothing_changed(self) -> None:
        assert take_types(run(attached(), 1, [])) == ["ack"]

    def test_nested_components_share_the_version(self) -> None:
        frames = run(attached(), 1, NESTED)
        assert [(frame["type"], frame["component_id"], frame["version"]) for frame in frames] == [
            ("update", "m1", 1),
            ("update", "m1.1", 2),
            ("ack", "m1", 2),
        ]

    def test_a_failure_stands_in_the_ack(self) -> None:
        assert run(attached(), 1, [], FAILURE)[0]["error"] == FAILURE

    def test_a_duplicate_is_answered_alike(self) -> None:
        session = attached()
        first = run(session, 1, [], FAILURE)
        session.receive(event(1))
        assert session.inbox.next_call() is None
        assert take(session) == first

    def test_a_gap_is_told_at_once(self) -> None:
        session = attached()
        session.receive(event(3))
        assert take(session) == [
            {
                "type": "error",
                "code": "bad_seq",
                "message": "the next event is number 1, not 3",
                "component_id": "m1",
                "seq": 3,
            }
        ]

    def test_a_refused_event_is_answered_without_a_render(self) -> None:
        session = attached()
        session.receive(event(1), {"code": "throttled", "message": "slow down"})
        assert session.inbox.next_call() is None
        assert not session.needs_render(True)
        assert take(session)[0]["error"] == {"code": "throttled", "message": "slow down"}

    def test_an_ack_waits_for_the_render_of_its_event(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.finish_call()
        assert take(session) == []
        assert take(session, free=False) == []

    def test_an_event_that_ends_while_another_render_runs_waits_for_its_own(self) -> None:
        session = attached()
        session.wake()
        session.receive(event(1))
        session.inbox.next_call()
        session.begin_render(0)
        session.finish_call()
        assert take(session) == []
        session.end_render(UPDATE)
        assert kinds(take(session)) == ["update"]
        render(session, UPDATE)
        assert kinds(take(session)) == ["update", "ack"]

    def test_a_render_can_be_overdue(self) -> None:
        session = attached(Limits(handler_s=10))
        assert not session.is_render_overdue(1000)
        session.wake()
        session.begin_render(5)
        assert not session.is_render_overdue(14)
        assert session.is_render_overdue(15)
        session.end_render([])
        assert not session.is_render_overdue(1000)


def take_types(frames: list[dict[str, Any]]) -> list[str]:
    return kinds(frames)


class TestComingBack:
    def lost(self, updates: int, limits: Limits | None = None) -> MountSession:
        session = attached(limits)
        for seq in range(1, updates + 1):
            run(session, seq, UPDATE)
        session.disconnect(0)
        return session

    def test_with_everything(self) -> None:
        session = self.lost(3)
        session.connect(3)
        assert take(session) == [{"type": "ack", "component_id": "m1", "seq": 3, "version": 3}]

    def test_what_was_missed_is_replayed_before_the_ack(self) -> None:
        session = self.lost(3)
        session.connect(1)
        frames = take(session)
        assert kinds(frames) == ["update", "update", "ack"]
        assert [frame["version"] for frame in frames] == [2, 3, 3]

    @pytest.mark.parametrize("limits", [Limits(replay_frames=2), Limits(replay_bytes=200)])
    def test_what_is_not_kept_costs_a_snapshot(self, limits: Limits) -> None:
        session = self.lost(3, limits)
        session.connect(0)
        assert session.needs_render(True)
        render(session, [], "<p>5</p>")
        frames = take(session)
        assert kinds(frames) == ["resync", "ack"]
        assert frames[0]["html"] == "<p>5</p>"

    def test_changes_while_away_are_rendered_once(self) -> None:
        session = self.lost(1)
        session.wake()
        assert not session.needs_render(True)
        session.connect(1)
        render(session, UPDATE)
        assert kinds(take(session)) == ["update", "ack"]

    def test_an_event_that_ended_while_away_is_acknowledged(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.disconnect(0)
        session.finish_call(FAILURE)
        session.connect(0)
        render(session, UPDATE)
        frames = take(session)
        assert kinds(frames) == ["update", "ack", "ack"]
        assert frames[1]["seq"] == 1
        assert frames[2]["error"] == FAILURE

    def test_an_event_sent_again_is_not_run_again(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.disconnect(0)
        session.connect(0)
        session.receive(event(1))
        session.finish_call()
        assert session.inbox.next_call() is None

    def test_a_render_that_ends_while_away_is_replayed(self) -> None:
        session = attached()
        session.wake()
        session.begin_render(0)
        session.disconnect(0)
        session.end_render(UPDATE)
        session.connect(0)
        assert kinds(take(session)) == ["update", "ack"]

    def test_a_render_that_ends_after_coming_back_is_sent_once(self) -> None:
        session = attached()
        session.wake()
        session.begin_render(0)
        session.disconnect(0)
        session.connect(0)
        assert take(session) == []
        session.end_render(UPDATE)
        assert kinds(take(session)) == ["update", "ack"]

    def test_a_newer_socket_takes_over_without_the_frames_of_the_older(self) -> None:
        session = attached()
        session.wake()
        render(session, UPDATE)
        session.connect(0)
        assert kinds(take(session)) == ["update", "ack"]

    def test_a_newer_socket_gets_one_ack(self) -> None:
        session = attached()
        session.connect(0)
        session.connect(0)
        assert kinds(take(session)) == ["ack"]

    def test_a_client_from_the_future_gets_a_snapshot(self) -> None:
        session = attached()
        session.disconnect(0)
        session.connect(9)
        render(session, [])
        assert [frame["version"] for frame in take(session)] == [10, 10]


class TestResync:
    def test_a_snapshot_on_request(self) -> None:
        session = attached()
        run(session, 1, UPDATE)
        session.resync()
        render(session, UPDATE, "<p>6</p>")
        assert take(session) == [{"type": "resync", "component_id": "m1", "version": 2, "html": "<p>6</p>"}]
        assert run(session, 2, UPDATE)[0]["version"] == 3

    def test_requests_are_coalesced(self) -> None:
        session = attached()
        for _ in range(10):
            session.resync()
        render(session, [])
        assert kinds(take(session)) == ["resync"]
        assert not session.needs_render(True)

    def test_updates_before_the_snapshot_are_not_sent(self) -> None:
        session = attached()
        session.wake()
        session.begin_render(0)
        session.resync()
        session.end_render(UPDATE)
        assert take(session) == []
        render(session, [])
        assert kinds(take(session)) == ["resync"]

    def test_a_client_that_is_away_asks_when_it_comes(self) -> None:
        session = attached()
        session.disconnect(0)
        session.resync()
        session.connect(0)
        assert not session.needs_render(True)

    def test_a_failed_render_sends_the_last_good_page(self) -> None:
        session = attached()
        session.resync()
        assert session.begin_render(0)
        session.fail_render(FAILURE, "<p>good</p>")
        frames = take(session)
        assert kinds(frames) == ["error", "resync"]
        assert frames[1]["html"] == "<p>good</p>"


class TestFailingRenders:
    def test_an_error_then_the_ack(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.finish_call()
        session.begin_render(0)
        session.fail_render(FAILURE)
        frames = take(session)
        assert frames == [
            {"type": "error", "component_id": "m1", **FAILURE},
            {"type": "ack", "component_id": "m1", "seq": 1, "version": 0},
        ]
        assert not session.needs_render(True), "it is not tried again by itself"

    def test_a_render_that_was_cut_off_ends_in_a_snapshot(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.finish_call()
        session.begin_render(0)
        session.break_render()
        assert take(session) == []
        render(session, [], "<p>whole</p>")
        assert kinds(take(session)) == ["resync", "ack"]

    @pytest.mark.parametrize("version", [0, 1])
    def test_what_it_changed_reaches_a_client_that_comes_back(self, version: int) -> None:
        session = attached()
        run(session, 1, UPDATE)
        session.wake()
        session.begin_render(0)
        session.break_render()
        session.disconnect(0)
        session.connect(version)
        assert session.begin_render(0), "nobody knows which of its patches are missing"


class TestBackpressure:
    def test_a_slow_client_gets_its_newest_state_once(self) -> None:
        session = attached()
        for seq in range(1, 4):
            session.receive(event(seq))
            session.inbox.next_call()
            session.finish_call()
            assert not session.needs_render(False)
        assert take(session, free=False) == []
        assert not session.is_quiet
        render(session, UPDATE)
        assert kinds(take(session)) == ["update", "ack", "ack", "ack"]
        assert session.is_quiet

    def test_a_client_that_reports_is_not_left_behind(self) -> None:
        session = attached(Limits(unacked_updates=3))
        assert not session.applied(0)
        for seq in range(1, 4):
            run(session, seq, UPDATE)
        session.wake()
        assert not session.needs_render(True)
        assert session.applied(1)
        assert session.needs_render(True)

    def test_one_that_does_not_report_is_not_waited_for(self) -> None:
        session = attached(Limits(unacked_updates=3))
        for seq in range(1, 20):
            run(session, seq, UPDATE)
        session.wake()
        assert session.needs_render(True)

    def test_a_snapshot_does_not_wait(self) -> None:
        session = attached(Limits(unacked_updates=3))
        session.applied(0)
        for seq in range(1, 4):
            run(session, seq, UPDATE)
        session.resync()
        render(session, UPDATE)
        session.wake()
        assert session.needs_render(True)

    def test_reports_that_cannot_be_are_no_news(self) -> None:
        session = attached()
        run(session, 1, UPDATE)
        assert not session.applied(5)
        assert session.applied(1)
        assert not session.applied(1)
        assert not session.applied(0)

    def test_what_was_applied_is_not_kept(self) -> None:
        session = attached()
        for seq in range(1, 4):
            run(session, seq, UPDATE)
        session.applied(2)
        session.disconnect(0)
        session.connect(1)
        assert session.needs_render(True), "version 2 is not in the replay any more"

    def test_events_wait_when_their_acks_are_not_taken(self) -> None:
        session = attached(Limits(queued_events=4, refusals_in_a_row=2))
        ran = 0
        for seq in range(1, 20):
            session.receive(event(seq))
            while session.inbox.next_call():
                session.finish_call()
                ran += 1
            if session.inbox.is_flooded:
                break
        assert ran == 4
        assert session.inbox.is_flooded


class TestPushes:
    def test_after_the_update_before_the_ack(self) -> None:
        session = attached()
        session.receive(event(1))
        session.inbox.next_call()
        session.push("m1", "note", '{"a":1}')
        session.finish_call()
        render(session, UPDATE)
        frames = take(session)
        assert kinds(frames) == ["update", "push", "ack"]
        assert frames[1] == {"type": "push", "component_id": "m1", "event": "note", "detail": {"a": 1}}

    def test_without_an_update(self) -> None:
        session = attached()
        session.push("m1.2", "note", "null")
        assert not session.is_quiet
        assert kinds(take(session)) == ["push"]

    def test_they_wait_for_a_client(self) -> None:
        session = new()
        session.push("m1", "note", "1")
        assert take(session) == []
        session.connect(0)
        assert kinds(take(session)) == ["push", "ack"]

    def test_the_oldest_are_dropped_and_that_is_said(self) -> None:
        session = attached(Limits(queued_pushes=2))
        for number in range(5):
            session.push("m1", "note", str(number))
        assert take(session, free=False) == []
        frames = take(session)
        assert [frame["detail"] for frame in frames] == [3, 4]
        assert [frame.get("missed") for frame in frames] == [3, None]


def test_the_same_patches_are_encoded_once_for_all_sessions() -> None:
    encoder = PatchEncoder()
    patches = [{"path": "p/text", "value": "5"}]
    frames = []
    for _ in range(3):
        session = attached(encoder=encoder)
        session.wake()
        render(session, [ComponentPatches("m1", patches)])
        frames += session.take_frames(True)
    assert len(set(frames)) == 1
    assert len(encoder._known) == 1
