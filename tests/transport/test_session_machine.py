"""A whole conversation, with a client that comes and goes and reads or does not.

Two links: one keeps order and loses only what is under way when it breaks, as a socket does, and there the
client must never miss anything; the other loses, doubles and mixes up whatever it likes, and there all must
still end well.

The client does what the browser's does: it applies only the next version, asks for a snapshot when one is
missing, keeps events until they are acknowledged, and sends them again after coming back.
"""

from __future__ import annotations

from typing import Any

import ujson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from hyper.transport.component import ComponentPatches
from hyper.transport.limits import Limits
from hyper.transport.session import MountSession
from hyper.transport.states import SessionState
from hyper.transport.wire import Applied, Event, Resync

from .fakes import Page

LIMITS = Limits(
    queued_events=6,
    replay_frames=3,
    replies=4,
    unacked_updates=4,
    detached_s=100,
    pending_s=10,
    queued_pushes=3,
)


class Client(Page):
    """The browser's side."""

    def __init__(self) -> None:
        super().__init__()
        self.out: list[Any] = []
        self.seq = 0
        self.waiting: dict[int, Event] = {}
        self.outcomes: dict[int, Any] = {}
        self.is_resyncing = False

    @property
    def is_joined(self) -> bool:
        return self.joined_seq is not None

    def act(self, name: str) -> None:
        self.seq += 1
        self.waiting[self.seq] = Event("m1", self.seq, name, None, {}, [])
        if self.is_joined:
            self.out.append(self.waiting[self.seq])

    def leave(self) -> None:
        self.joined_seq = None
        self.is_resyncing = False
        self.out.clear()

    def send_again(self) -> None:
        self.out.extend(self.waiting.values())

    def take(self, frame: bytes | str) -> None:
        was_joined, gaps, version = self.is_joined, self.gaps, self.version
        super().take(frame)
        message = ujson.loads(frame)
        if message["type"] == "resync":
            self.is_resyncing = False
        if message["type"] == "ack":
            self._settle(message, was_joined)
        if self.gaps > gaps and not self.is_resyncing:
            self.is_resyncing = True
            self.out.append(Resync("m1", ""))
        if self.version != version and self.version % 2 == 0:
            self.out.append(Applied("m1", self.version))

    def _update(self, message: dict[str, Any]) -> None:
        if not self.is_resyncing:
            super()._update(message)

    def _resync(self, message: dict[str, Any]) -> None:
        if message["version"] > self.version:  # an old one that was held up on the way
            super()._resync(message)

    def _settle(self, message: dict[str, Any], was_joined: bool) -> None:
        if not was_joined:
            self.send_again()
        elif message["seq"] in self.waiting:
            del self.waiting[message["seq"]]
            error = message.get("error")
            self.outcomes[message["seq"]] = error["code"] if error else "ran"


class Conversation(RuleBasedStateMachine):
    is_orderly = True

    @initialize(changes=st.booleans())
    def begin(self, changes: bool) -> None:
        self.now_s = 0.0
        self.session = MountSession("m1", LIMITS, self.now_s)
        self.client = Client()
        self.to_client: list[bytes] = []
        self.text = self.shown = ""
        self.ran: list[int] = []
        self.is_free = True
        self.running: Event | None = None
        self.is_rendering = self.want_html = False
        self.rendering_text = ""
        self.length_after: dict[int, int] = {}
        """How long the text was when an event ended."""
        if changes:
            self.something_else_changes()
        self.come_back()

    # --- the client -----------------------------------------------------------------------------------------

    @rule(names=st.lists(st.sampled_from(["add", "add", "fail"]), min_size=1, max_size=4))
    def user_acts(self, names: list[str]) -> None:
        for name in names:
            self.client.act(name)

    @precondition(lambda self: not self.client.is_joined)
    @rule()
    def come_back(self) -> None:
        self.connect()
        self.is_free = True
        for _ in range(3):
            self._step_server()
            while self.to_client and not self.client.is_joined:
                self.client.take(self.to_client.pop(0))

    @rule(one_in_five=st.integers(0, 4))
    def connect(self, one_in_five: int = 0) -> None:
        """Also while connected: the same page again, after a half-open socket."""
        if one_in_five:
            return
        self.client.leave()
        self.to_client.clear()
        self.session.connect(self.client.version)
        self._flush(is_under_way=True)

    @precondition(lambda self: self.session.state is SessionState.ATTACHED)
    @rule(one_in_three=st.integers(0, 2))
    def disconnect(self, one_in_three: int) -> None:
        if one_in_three:
            return
        self.client.leave()
        self.to_client.clear()
        self.session.disconnect(self.now_s)

    @precondition(lambda self: self.client.is_joined and self.client.waiting)
    @rule()
    def client_sends_again(self) -> None:
        self.client.send_again()

    # --- the link -------------------------------------------------------------------------------------------

    @precondition(lambda self: self.client.out and self.session.state is SessionState.ATTACHED)
    @rule(data=st.data(), fate=st.sampled_from(["deliver", "deliver", "double", "lose"]))
    def frame_to_server(self, data: st.DataObject, fate: str) -> None:
        index, fate = self._fate(data, fate, self.client.out)
        message = self.client.out[index] if fate == "double" else self.client.out.pop(index)
        if fate != "lose":
            self._receive(message)

    @precondition(lambda self: self.to_client)
    @rule(data=st.data(), fate=st.sampled_from(["deliver", "deliver", "double", "lose"]))
    def frame_to_client(self, data: st.DataObject, fate: str) -> None:
        index, fate = self._fate(data, fate, self.to_client)
        frame = self.to_client[index] if fate == "double" else self.to_client.pop(index)
        if fate != "lose":
            self.client.take(frame)

    def _fate(self, data: st.DataObject, fate: str, frames: list[Any]) -> tuple[int, str]:
        if self.is_orderly:
            return 0, "deliver"
        return data.draw(st.integers(0, min(3, len(frames) - 1))), fate

    @rule()
    def client_reads_or_stops_reading(self) -> None:
        self.is_free = not self.is_free
        self._flush()

    @precondition(lambda self: self.session.state is SessionState.ATTACHED)
    @rule(rounds=st.integers(1, 3))
    def all_goes_well_for_a_while(self, rounds: int) -> None:
        self.is_free = True
        for _ in range(rounds):
            self._step_well()

    @precondition(lambda self: self.session.state is SessionState.ATTACHED)
    @rule(names=st.lists(st.sampled_from(["add", "fail"]), max_size=3), changes=st.integers(0, 3))
    def server_works_while_the_client_waits(self, names: list[str], changes: int) -> None:
        """So that several frames are under way."""
        self.is_free = True
        for name in names:
            self.client.act(name)
        for _ in range(max(changes, len(names))):
            if changes:
                self.something_else_changes()
            self._step_server()

    # --- the server -----------------------------------------------------------------------------------------

    @rule()
    def something_else_changes(self) -> None:
        self.text += "b"
        self.session.wake()
        self._flush()

    @rule()
    def something_is_pushed(self) -> None:
        self.session.push("m1", "note", "1")
        self._flush()

    @precondition(lambda self: self.running is None)
    @rule()
    def call(self) -> None:
        self.running = self.session.inbox.next_call()
        if self.running is not None:
            self.ran.append(self.running.seq)
            self.text += chr(ord("A") + self.running.seq % 26)
        self._flush()

    @precondition(lambda self: self.running is not None)
    @rule()
    def call_ends(self) -> None:
        assert self.running is not None
        self.length_after[self.running.seq] = len(self.text)
        error = {"code": "failed", "message": ""} if self.running.event == "fail" else None
        self.running = None
        self.session.finish_call(error)
        self._flush()

    @precondition(lambda self: not self.is_rendering)
    @rule()
    def render(self) -> None:
        if self.session.needs_render(self.is_free):
            self.is_rendering = True
            self.want_html = self.session.begin_render(self.now_s)
            self.rendering_text = self.text

    @precondition(lambda self: self.is_rendering)
    @rule(how=st.sampled_from(["well", "well", "well", "failing", "broken"]))
    def render_ends(self, how: str) -> None:
        self.is_rendering = False
        if how == "well":
            old, self.shown = self.shown, self.rendering_text
            new = self.shown[len(old) :]
            changes = (
                [ComponentPatches("m1", [{"path": "p/text", "at": len(old), "insert": new}])] if new else []
            )
            self.session.end_render(changes, self._html())
        elif how == "failing" and not self.is_orderly:
            self.session.fail_render({"code": "failed", "message": ""}, self._html())
            self.session.wake()  # whatever failed is put right some day
        else:
            self.session.break_render()
        self._flush(is_under_way=True)

    @rule(seconds=st.floats(0, 5))
    def time_passes(self, seconds: float) -> None:
        self.now_s += seconds
        if self.session.state is not SessionState.PENDING:
            assert not self.session.tick(0)

    def _html(self) -> str | None:
        return f"<p>{self.shown}</p>" if self.want_html else None

    def _receive(self, message: Any) -> None:
        if isinstance(message, Event):
            self.session.receive(message)
        elif isinstance(message, Resync):
            self.session.resync()
        else:
            self.session.applied(message.version)
        self._flush()

    def _flush(self, *, is_under_way: bool = False) -> None:
        frames = self.session.take_frames(self.is_free)
        self.to_client += frames
        kinds = {ujson.loads(frame)["type"] for frame in frames}
        if not self.is_free and not is_under_way:
            assert kinds <= {"error"}, "a client that does not read gets no work"
        if self.is_rendering:
            assert "ack" not in kinds, "the ack of an event that ended meanwhile would overtake its update"

    # --- what holds -----------------------------------------------------------------------------------------

    @invariant()
    def every_event_ran_at_most_once_and_in_order(self) -> None:
        assert self.ran == sorted(set(self.ran))

    @invariant()
    def an_acknowledged_event_ran(self) -> None:
        for seq, outcome in self.client.outcomes.items():
            if outcome in ("ran", "failed"):
                assert seq in self.ran
            elif outcome == "throttled":
                assert seq not in self.ran

    @invariant()
    def the_client_shows_what_the_server_once_showed(self) -> None:
        assert self.text.startswith(self.client.text)
        assert self.client.version <= self.session.version

    @invariant()
    def on_an_orderly_link_nothing_is_missed_and_acks_come_last(self) -> None:
        if not self.is_orderly:
            return
        assert self.client.gaps == 0
        for seq, outcome in self.client.outcomes.items():
            if outcome in ("ran", "failed"):
                assert len(self.client.text) >= self.length_after[seq]

    @invariant()
    def memory_is_bounded(self) -> None:
        assert len(self.session.replay) <= LIMITS.replay_frames
        assert len(self.session.inbox._failures or ()) <= LIMITS.replies
        assert len(self.session._pushes) <= LIMITS.queued_pushes

    def teardown(self) -> None:
        """On a good link, everything ends well: each event has its outcome, and the page is the server's."""
        if not hasattr(self, "session"):
            return
        self.is_free = True
        if self.session.state is not SessionState.ATTACHED or not self.client.is_joined:
            self.connect()
        for _ in range(100):
            if self._is_quiet():
                break
            self._step_well()
            self._repair()
        assert self._is_quiet()
        assert self.client.text == self.text
        assert self.client.version == self.session.version
        assert set(self.client.outcomes) == set(range(1, self.client.seq + 1))
        self.every_event_ran_at_most_once_and_in_order()
        self.an_acknowledged_event_ran()
        self.on_an_orderly_link_nothing_is_missed_and_acks_come_last()

    def _step_well(self) -> None:
        self._step_server()
        while self.to_client:
            self.client.take(self.to_client.pop(0))

    def _step_server(self) -> None:
        while self.client.out:
            self._receive(self.client.out.pop(0))
        if self.running is None:
            self.call()
        if self.running is not None:
            self.call_ends()
        if not self.is_rendering:
            self.render()
        if self.is_rendering:
            self.render_ends("well")

    def _repair(self) -> None:
        """What a lossy link needs and TCP does not: ask again for what got lost."""
        if self.client.waiting and not self.client.out and self.client.is_joined:
            self.client.send_again()
        if self.client.is_resyncing and not self.client.out:
            self.session.resync()

    def _is_quiet(self) -> bool:
        return not (
            self.client.waiting
            or self.client.out
            or self.to_client
            or not self.session.is_quiet
            or self.client.is_resyncing
            or self.is_rendering
        )


class BadLink(Conversation):
    is_orderly = False


TestOnASocket = Conversation.TestCase
TestOnABadLink = BadLink.TestCase
TestOnASocket.settings = TestOnABadLink.settings = settings(
    max_examples=60, stateful_step_count=50, deadline=None
)
