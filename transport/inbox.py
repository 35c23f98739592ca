"""The events of one session, which run in order and once each, and the answers that are still to be sent.

An event's number decides what happens: the next number is queued; a number seen before is answered from memory, or
ignored while the event still waits; a number that comes too early is refused. So an event that was sent twice, because
its answer got lost with the socket, still runs once. An event that comes as a form has no number: the form's token
identifies it, and the answer goes to its own sender.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from ..vdom import HyperError
from . import wire
from .limits import Limits

CallFailure: TypeAlias = Mapping[str, object]
"""Why an event failed, as it goes into an ack: ``{"code": …, "message": …, "fields": {…}}``."""

QUEUE_FULL: Final[CallFailure] = {"code": "throttled", "message": "Too many events are waiting."}
FORGOTTEN: Final[CallFailure] = {"code": "outcome_unknown", "message": "This event was answered long ago."}
SHOWN: Final[CallFailure] = {"shown": True}
"""What was said is not valid, and the page shows why: what was typed stays, and nobody is told of it again."""
GONE: Final[CallFailure] = {"code": "unknown_component", "message": "This component is no longer there."}


class SessionMisusedError(HyperError):
    """A session was called with a step that cannot happen in its state."""


class Reply(NamedTuple):
    """An ack to send; ``seq`` is ``None`` for the one to ``connect``."""

    seq: int | None
    error: CallFailure | None = None


class RefusedEvent(NamedTuple):
    """An event that is answered in its turn, without a call."""

    seq: int
    error: CallFailure


OutcomeCallback: TypeAlias = Callable[[CallFailure | None], None]
"""Called once with the outcome of an event that came as a form: ``None`` when it succeeded."""


class PostedEvent(NamedTuple):
    """An event that came as a form, without a number."""

    event: wire.Event
    on_outcome: OutcomeCallback


def _ignore_outcome(error: CallFailure | None) -> None:
    """Does nothing: the sender has been answered already."""


class Inbox:
    """Queue and memory of events. A client starts at 1, or after the number that answered its ``connect``."""

    __slots__ = (
        "_failure_bytes",
        "_failures",
        "_limits",
        "_on_outcome",
        "accepted",
        "done",
        "due",
        "is_flooded",
        "is_running",
        "queue",
    )

    def __init__(self, limits: Limits) -> None:
        self.accepted = 0
        """The number of the last event that came."""
        self.done = 0
        """The number of the last event that ran."""
        self.queue: list[wire.Event | RefusedEvent | PostedEvent] = []
        """Events that have not begun to run."""
        self.is_running = False
        """Has an event been handed out that has not ended?"""
        self.due: list[Reply] = []
        """Answers to send, in order."""
        self.is_flooded = False
        """Does the client keep sending although its events are refused? As of the last event that came."""
        self._limits = limits
        self._on_outcome: OutcomeCallback | None = None
        """The callback of the running event, if it came as a form."""
        self._failures: dict[int, CallFailure] | None = None
        """The failures among the last events, by the events' numbers; ``FORGOTTEN`` where they would take too much."""
        self._failure_bytes = 0

    def accept(self, seq: int, item: wire.Event | RefusedEvent) -> str | None:
        """Queue ``item`` if it is the next event, answer it if it is known. Returns the reason if it is neither."""
        why_not = None
        if seq == self.accepted + 1:
            self.accepted = seq
            has_room = len(self.queue) < self._limits.queued_events or isinstance(item, RefusedEvent)
            self.queue.append(item if has_room else RefusedEvent(seq, QUEUE_FULL))
        elif 0 < seq <= self.done:
            self.due.append(self._known_reply(seq))
        elif not 0 < seq <= self.accepted:
            why_not = f"the next event is number {self.accepted + 1}, not {seq}"
        self.is_flooded = len(self.queue) >= self._limits.queued_events + self._limits.refusals_in_a_row
        return why_not

    def post(self, item: PostedEvent) -> None:
        """Queue an event that came as a form, or answer it at once when too many wait."""
        if max(len(self.queue), len(self.due)) < self._limits.queued_events:
            self.queue.append(item)
        else:
            item.on_outcome(QUEUE_FULL)

    def next_call(self) -> wire.Event | None:
        """The event to run now, if any; end it with ``finish_call``. Refused ones are answered in their turn.

        Nothing is run for a client that does not take its answers: its events stay in the queue.
        """
        queue = self.queue
        while queue and not self.is_running and len(self.due) < self._limits.queued_events:
            if self._failures and self._is_due_large():
                return None
            item = queue.pop(0)
            self.is_running = True
            if isinstance(item, RefusedEvent):
                self.finish_call(item.error)
                continue
            self._on_outcome = item.on_outcome if isinstance(item, PostedEvent) else None
            return item.event if isinstance(item, PostedEvent) else item
        return None

    def finish_call(self, error: CallFailure | None) -> None:
        """End the running event. Raises ``SessionMisusedError`` if none runs."""
        if not self.is_running:
            raise SessionMisusedError("finish_call without a running call")
        self.is_running = False
        if self._on_outcome is not None:
            on_outcome, self._on_outcome = self._on_outcome, None
            on_outcome(error)
            return
        self.done += 1
        self.due.append(Reply(self.done, error))
        if error:
            self._failures = self._failures or {}
            self._failures[self.done] = error
            self._failure_bytes += _size(error)
        if self._failures:
            self._forget_failures(self._failures)

    def clear(self) -> None:
        """Drop the events that wait; senders of forms get the outcome ``GONE``."""
        for item in self.queue:
            if isinstance(item, PostedEvent):
                item.on_outcome(GONE)
        if self._on_outcome is not None:
            on_outcome, self._on_outcome = self._on_outcome, _ignore_outcome
            on_outcome(GONE)
        self.queue.clear()
        self.due.clear()

    def names_waiting(self) -> list[str]:
        """The names of the events that have not begun to run, but for those that are refused."""
        events = [item.event if isinstance(item, PostedEvent) else item for item in self.queue]
        return [event.event for event in events if isinstance(event, wire.Event)]

    @property
    def has_calls(self) -> bool:
        """Does an event run or wait?"""
        return self.is_running or bool(self.queue)

    def _forget_failures(self, failures: dict[int, CallFailure]) -> None:
        """Keep as many as ``replies``, in ``reply_bytes``: there are names in them that the client chose."""
        old = failures.pop(self.done - self._limits.replies, FORGOTTEN)
        self._failure_bytes -= _size(old)
        if self._failure_bytes <= self._limits.reply_bytes:
            return
        for seq, error in failures.items():
            if self._failure_bytes > self._limits.reply_bytes:
                self._failure_bytes -= _size(error)
                failures[seq] = FORGOTTEN

    def _is_due_large(self) -> bool:
        return sum(_size(reply.error) for reply in self.due if reply.error) >= self._limits.reply_bytes

    def _known_reply(self, seq: int) -> Reply:
        is_forgotten = seq <= self.done - self._limits.replies
        return Reply(seq, FORGOTTEN if is_forgotten else (self._failures or {}).get(seq))


def _size(error: CallFailure) -> int:
    """How many bytes of it the client may have chosen."""
    return 0 if error is FORGOTTEN else len(wire.to_json(error).encode())
