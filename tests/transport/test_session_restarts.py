"""A server that loses its state between any two frames: no event runs twice, and each has a fate the page knows.

The client does what ``runtime_js/session.js`` does; the server is replaced by one that mounted the page again from
its token and knows nothing. What ran is written down outside of it.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import ujson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from hyper.transport.component import ComponentPatches
from hyper.transport.identity import History, PageIdentity
from hyper.transport.limits import Limits
from hyper.transport.session import MountSession
from hyper.transport.states import SessionState
from hyper.transport.wire import Event

LIMITS = Limits(replay_frames=3)
MAX_PENDING = 16
"""Of a client that is busy; the browser's takes 64."""


class Client:
    """A page: its events, and what it was told of each."""

    def __init__(self) -> None:
        self.version = self.seq = self.sent = self.mount = 0
        self.is_joined = False
        self.pending: dict[int, str] = {}
        self.fates: dict[str, str] = {}
        self.count = 0
        self.out: list[Event | str] = []

    def act(self) -> None:
        if len(self.pending) == MAX_PENDING:
            return
        self.count += 1
        self.seq += 1
        self.pending[self.seq] = f"event {self.count}"
        if self.is_joined:
            self.deliver(self.seq)

    def deliver(self, seq: int) -> None:
        self.out.append(Event("m1", seq, self.pending[seq], [], {}, []))

    def leave(self) -> None:
        if self.is_joined:
            self.sent = self.seq
        self.is_joined = False
        self.out.clear()

    def hear(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "ack":
            self.hear_ack(message["seq"], message["version"], message.get("again"), message.get("mount", 0))
        elif kind == "resync" or (kind == "update" and message["version"] == self.version + 1):
            self.version = message["version"]

    def hear_ack(self, done: int, current: int, again: bool | None, mount: int) -> None:
        if not self.is_joined and again and (self.sent or done):
            for seq, name in self.pending.items():
                self.fates[name] = "lost" if seq <= self.sent else "unsent"
            self.pending.clear()
            self.seq = 0
        self.seq = max(self.seq, done)
        if self.is_joined:
            for seq in [seq for seq in self.pending if seq <= done]:
                self.fates[self.pending.pop(seq)] = "acknowledged"
        else:
            self.is_joined, self.mount = True, mount
            for seq in self.pending:
                self.deliver(seq)
        if current != self.version:
            self.out.append("resync")


class Restarts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.ran = Counter[str]()
        self.client = Client()
        self.to_client: list[bytes] = []
        self.session = MountSession("m1", LIMITS, 0, identity=PageIdentity(1))
        self.others: list[MountSession] = []
        """In other processes, with what they remember."""

    @rule(count=st.integers(1, 3))
    def user_acts(self, count: int) -> None:
        for _ in range(count):
            self.client.act()

    @precondition(lambda self: self.session.state is not SessionState.ATTACHED)
    @rule()
    def connect(self) -> None:
        self.session.connect(self.client.version, mount=self.client.mount)

    @precondition(lambda self: self.session.state is SessionState.ATTACHED)
    @rule()
    def the_connection_breaks(self) -> None:
        self.client.leave()
        self.to_client.clear()
        self.session.disconnect(0)

    @rule(is_shown=st.booleans())
    def the_state_is_lost(self, is_shown: bool) -> None:
        self.go_elsewhere()
        history = History.REMOUNTED if is_shown else History.CHANGED
        identity = PageIdentity(len(self.others) + 1, history)
        self.session = MountSession("m1", LIMITS, 0, identity=identity)

    @precondition(lambda self: self.others)
    @rule(data=st.data())
    def an_older_state_is_found_again(self, data: st.DataObject) -> None:
        """The page comes to a process where it was before it came to the last one."""
        number = data.draw(st.integers(0, len(self.others) - 1))
        self.go_elsewhere()
        self.session = self.others.pop(number)

    def go_elsewhere(self) -> None:
        if self.session.state is SessionState.ATTACHED:
            self.the_connection_breaks()
        self.others.append(self.session)

    @precondition(lambda self: self.client.out and self.session.state is SessionState.ATTACHED)
    @rule()
    def frame_to_server(self) -> None:
        message = self.client.out.pop(0)
        if isinstance(message, str):
            self.session.resync()
        else:
            self.session.receive(message)

    @rule()
    def server_works(self) -> None:
        event = self.session.inbox.next_call()
        if event is not None:
            self.ran[event.event] += 1
            self.session.finish_call()
        if self.session.needs_render(True):
            html = "<p>" if self.session.begin_render(0) else None
            self.session.end_render(
                [ComponentPatches("m1", [{"path": "p/text", "value": "x"}])] if event else [], html
            )
        self.to_client += self.session.take_frames(True)

    @precondition(lambda self: self.to_client)
    @rule()
    def frame_to_client(self) -> None:
        self.client.hear(ujson.loads(self.to_client.pop(0)))

    @invariant()
    def nothing_ran_twice(self) -> None:
        assert all(count == 1 for count in self.ran.values())

    @invariant()
    def what_was_acknowledged_ran_and_what_was_never_sent_did_not(self) -> None:
        for name, fate in self.client.fates.items():
            assert fate == "lost" or self.ran[name] == (fate == "acknowledged"), name

    def exchange(self) -> None:
        """Both sides say and do what is to be said and done."""
        for _ in range(100):
            if (
                self.client.is_joined
                and self.session.is_quiet
                and not (self.client.pending or self.client.out)
            ):
                break
            while self.client.out:
                self.frame_to_server()
            self.server_works()
            while self.to_client:
                self.frame_to_client()

    def teardown(self) -> None:
        """When nothing breaks any more, every event has its fate, and the page is at the server's version."""
        if self.session.state is not SessionState.ATTACHED:
            self.connect()
        self.exchange()
        assert self.client.pending == {}
        assert len(self.client.fates) == self.client.count
        assert self.client.version == self.session.version
        self.nothing_ran_twice()
        self.what_was_acknowledged_ran_and_what_was_never_sent_did_not()


TestRestarts = Restarts.TestCase
TestRestarts.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


def test_an_event_that_ran_and_whose_answer_was_lost_with_the_state() -> None:
    history = Restarts()
    history.connect()
    history.exchange()
    history.user_acts(count=1)
    history.frame_to_server()
    history.server_works()
    history.the_state_is_lost(is_shown=True)
    history.teardown()
    assert history.client.fates == {"event 1": "lost"}
    assert history.ran == {"event 1": 1}


def test_an_event_that_waited_for_a_connection_when_the_state_was_lost() -> None:
    history = Restarts()
    history.connect()
    history.exchange()
    history.user_acts(count=1)
    history.the_connection_breaks()
    history.user_acts(count=2)
    history.the_state_is_lost(is_shown=True)
    history.teardown()
    assert history.client.fates == {"event 1": "lost", "event 2": "unsent", "event 3": "unsent"}
    assert history.ran == {}


def test_an_older_state_that_knows_more_events_than_the_last_one() -> None:
    """Its numbers are not those of the events that wait: they would be taken for others that ran."""
    history = Restarts()
    history.connect()
    history.exchange()
    history.user_acts(count=3)
    history.exchange()
    older = history.session
    history.the_state_is_lost(is_shown=True)
    history.connect()
    history.exchange()
    history.user_acts(count=1)
    history.exchange()
    history.the_connection_breaks()
    history.user_acts(count=2)
    history.others, history.session = [history.session], older
    history.teardown()
    assert history.client.fates == {
        **dict.fromkeys([f"event {number}" for number in range(1, 5)], "acknowledged"),
        "event 5": "unsent",
        "event 6": "unsent",
    }
