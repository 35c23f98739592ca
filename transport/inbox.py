"""The events of one session, in order, each run once; and what is still to be said about them.

Numbers decide everything: the next one is queued, one seen before is answered from memory (or not at all
while it waits), one too early is refused. So an event that was sent twice, because its answer got lost with
the socket, runs once all the same. What comes as a form has no number: it is told apart by its page's token
and answered to its own sender.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from ..vdom import HyperError
from . import wire
from .limits import Limits

CallFailure: TypeAlias = Mapping[str, object]
"""``{"code": …, "message": …, "fields": {…}}``, as it goes into an ack."""

QUEUE_FULL: Final[CallFailure] = {"code": "throttled", "message": "Too many events are waiting."}

FORGOTTEN: Final[CallFailure] = {"code": "outcome_unknown", "message": "This event was answered long ago."}


class SessionMisusedError(HyperError):
    """The runner of a session told it something that cannot happen."""


class Reply(NamedTuple):
    """An ack to send; ``seq`` is ``None`` for the one to ``connect``."""

    seq: int | None
    error: CallFailure | None = None


class Refused(NamedTuple):
    """An event that is answered in its turn, without a call."""

    seq: int
    error: CallFailure


Answer: TypeAlias = Callable[[CallFailure | None], None]
"""Told once how an event without a number ended."""

GONE: Final[CallFailure] = {"code": "unknown_component", "message": "This component is no longer there."}


class Posted(NamedTuple):
    """An event without a number."""

    event: wire.Event
    answer: Answer


def _answer_nobody(error: CallFailure | None) -> None:
    """Whoever waited was told already."""


class Inbox:
    """Queue and memory of events. A client starts at 1, or after the number that ``connect`` was answered."""

    __slots__ = ("_answer", "_failures", "_limits", "_queue", "_running_until_s", "accepted", "done", "due")

    def __init__(self, limits: Limits) -> None:
        self.accepted = 0
        """The last event that came."""
        self.done = 0
        """The last event that ran."""
        self.due: list[Reply] = []
        """Answers to be given, in order."""
        self._limits = limits
        self._queue: list[wire.Event | Refused | Posted] = []
        self._running_until_s: float | None = None
        self._answer: Answer | None = None
        """Of the running event, if it has no number."""
        self._failures: dict[int, CallFailure] | None = None
        """Of the last events, those that failed."""

    def accept(self, seq: int, item: wire.Event | Refused) -> str | None:
        """Queue ``item`` if it is the next, answer it if it is known; why it is neither."""
        if seq == self.accepted + 1:
            self.accepted = seq
            has_room = len(self._queue) < self._limits.queued_events or isinstance(item, Refused)
            self._queue.append(item if has_room else Refused(seq, QUEUE_FULL))
        elif 0 < seq <= self.done:
            self.due.append(self._known_reply(seq))
        elif not 0 < seq <= self.accepted:
            return f"the next event is number {self.accepted + 1}, not {seq}"
        return None

    def post(self, item: Posted) -> None:
        """Queue an event without a number, or answer it at once when too many wait."""
        if max(len(self._queue), len(self.due)) < self._limits.queued_events:
            self._queue.append(item)
        else:
            item.answer(QUEUE_FULL)

    def next_call(self, now_s: float) -> wire.Event | None:
        """The event to run now, if any; those refused are answered in their turn.

        A client that takes no answers is not worked for: its events stay in the queue.
        """
        queue = self._queue
        while queue and self._running_until_s is None and len(self.due) < self._limits.queued_events:
            item = queue.pop(0)
            if isinstance(item, Refused):
                self._settle(Reply(item.seq, item.error))
                continue
            self._running_until_s = now_s + self._limits.handler_s
            self._answer = item.answer if isinstance(item, Posted) else None
            return item.event if isinstance(item, Posted) else item
        return None

    def finish_call(self, error: CallFailure | None) -> None:
        """The running event is over."""
        if self._running_until_s is None:
            raise SessionMisusedError("finish_call without a running call")
        self._running_until_s = None
        if self._answer is None:
            self._settle(Reply(self.done + 1, error))
        else:
            answer, self._answer = self._answer, None
            answer(error)

    def clear(self) -> None:
        """Drop what waits."""
        for item in self._queue:
            if isinstance(item, Posted):
                item.answer(GONE)
        if self._answer is not None:
            answer, self._answer = self._answer, _answer_nobody
            answer(GONE)
        self._queue.clear()
        self.due.clear()

    def is_overdue(self, now_s: float) -> bool:
        """Does the running event take too long?"""
        return self._running_until_s is not None and now_s >= self._running_until_s

    @property
    def has_calls(self) -> bool:
        """Does an event run or wait?"""
        return self._running_until_s is not None or bool(self._queue)

    @property
    def is_flooded(self) -> bool:
        """Do events go on coming although they are refused?"""
        return len(self._queue) >= self._limits.queued_events + self._limits.refusals_in_a_row

    def _settle(self, reply: Reply) -> None:
        assert reply.seq is not None
        self.done = reply.seq
        self.due.append(reply)
        if reply.error:
            self._failures = self._failures or {}
            self._failures[reply.seq] = reply.error
        if self._failures:
            self._failures.pop(reply.seq - self._limits.replies, None)

    def _known_reply(self, seq: int) -> Reply:
        is_forgotten = seq <= self.done - self._limits.replies
        return Reply(seq, FORGOTTEN if is_forgotten else (self._failures or {}).get(seq))
