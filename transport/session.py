"""The conversation about one page-level component, without I/O.

The runner calls a ``MountSession`` for everything that happens (a client connected, an event came, a handler ended,
time passed) and asks it what to do: which handler to call, whether to render, which frames to send. It has no socket,
clock, task or log, so a test plays a whole conversation over a bad link within milliseconds. How a runner uses it::

    session.receive(event)
    while event := session.inbox.next_call():    # one handler at a time, each event once
        session.finish_call(error_of(handler))
    if session.needs_render(free):                    # free: the client takes what it is sent
        want_html = session.begin_render(now_s)
        session.end_render(changes, html)
    send(session.take_frames(free))

It promises three things, and the state machine test checks each:

1. An event whose ack has arrived ran exactly once; one without an ack ran at most once.
2. Updates carry versions, +1 each; a client that comes back with any version ends at the current one.
3. The updates of an event are sent before its ack.

What may happen when is in two tables: ``NEXT_STATE`` in ``states.py`` (is there a socket?) and ``RECEPTIONS`` in
``identity.py`` (which page is it, and what do we know of it?). Versions and replies are h11's and Centrifugo's
ideas: the peer is never trusted to know what it has seen, and never asked to guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from . import wire
from .answers import Answered
from .bad_frames import SEQ_BYTES
from .component import ComponentPatches
from .identity import History, PageIdentity
from .inbox import CallFailure, Inbox, OutcomeCallback, PostedEvent, RefusedEvent, Reply, SessionMisusedError
from .limits import Limits
from .replay import Replay
from .states import NEXT_STATE, SessionState, SessionStep

FRESH_PAGE: Final = PageIdentity()
_Push: TypeAlias = tuple[str, str, str]
"""A component's id, an event, and its detail as JSON."""


class MountSession:
    """The server's side of the conversation about one mount."""

    __slots__ = (
        "_applied",
        "_batch",
        "_dirty",
        "_encoder",
        "_identity",
        "_limits",
        "_location",
        "_missed_pushes",
        "_out",
        "_pushes",
        "_rendering_until_s",
        "_reports",
        "_snapshot_due",
        "_waits_until_s",
        "id",
        "inbox",
        "replay",
        "state",
        "version",
    )

    def __init__(
        self,
        session_id: str,
        limits: Limits,
        now_s: float,
        *,
        encoder: wire.PatchEncoder | None = None,
        identity: PageIdentity = FRESH_PAGE,
    ) -> None:
        self.id = session_id
        """The id of the mount."""
        self.state = SessionState.PENDING
        self.version = 0
        self.inbox = Inbox(limits)
        self._limits = limits
        self._encoder = encoder or wire.PatchEncoder()
        self._identity = identity
        self._waits_until_s: float | None = now_s + limits.pending_s
        self._dirty = False
        self._snapshot_due = False
        self._rendering_until_s: float | None = None
        self._batch: Sequence[Reply] = ()
        """The replies that wait for the running render."""
        self._pushes: tuple[_Push, ...] = ()
        self._location = ""
        """Where a job other than an event sends the page, once it is connected."""
        self._missed_pushes = 0
        self._out: list[bytes] = []
        self.replay = Replay(limits.replay_frames, limits.replay_bytes)
        """The updates that are kept for a client that comes back."""
        self._applied = 0
        self._reports = False
        """Does the client report which versions it has applied?"""

    # --- the connection -------------------------------------------------------------------------------------

    def connect(self, version: int, page: int = 0, mount: int = 0) -> None:
        """Connect a client that shows ``version``; it replaces any other.

        ``page`` is the page's number, which differs in a copy of the same page. ``mount`` is the number of the session
        that it was connected to last. If either is not the one known here, the client's event numbers or its version
        do not count: see ``identity.py``.
        """
        self._step("connect")
        self._identity = self._identity.connect(page, mount)
        self._waits_until_s = None
        self._applied = version
        self._reports = False
        self._out.clear()
        self._drop_connect_replies()
        self._bring_up_to_date(version)
        self.inbox.due.insert(0, Reply(None))

    def disconnect(self, now_s: float) -> None:
        """Note that the client is gone; for a while it may come back."""
        self._step("disconnect")
        self._waits_until_s = now_s + self._limits.detached_s
        self._out.clear()
        self._drop_connect_replies()

    def close(self) -> None:
        """End the session: nothing is kept."""
        self._step("close")
        self._forget()

    def tick(self, now_s: float) -> bool:
        """Close the session if the client has been away for too long. Returns whether it has."""
        if self._waits_until_s is None or now_s < self._waits_until_s:
            return False
        self._step("expire")
        self._forget()
        return True

    @property
    def waits(self) -> bool:
        """Does it wait for a client, for a limited time?"""
        return self._waits_until_s is not None

    def is_render_overdue(self, now_s: float) -> bool:
        """Has the running render passed its deadline?"""
        return self._rendering_until_s is not None and now_s >= self._rendering_until_s

    def keep(self, now_s: float) -> bool:
        """Wait longer, as a form of a page without a socket was posted. ``False`` if the page has a socket."""
        if self.state not in (SessionState.PENDING, SessionState.DETACHED):
            return False
        self._waits_until_s = now_s + self._limits.kept_s
        return True

    def _step(self, step: SessionStep) -> None:
        try:
            self.state = NEXT_STATE[self.state, step]
        except KeyError:
            raise SessionMisusedError(f"{step} makes no sense for a session that is {self.state}") from None

    def _forget(self) -> None:
        self._waits_until_s = None
        self.inbox.clear()
        self._out.clear()
        self._pushes = ()
        self.replay.clear()
        self._dirty = self._snapshot_due = False

    def _drop_connect_replies(self) -> None:
        self.inbox.due = [reply for reply in self.inbox.due if reply.seq is not None]
        self._batch = tuple([reply for reply in self._batch if reply.seq is not None])

    def _bring_up_to_date(self, version: int) -> None:
        missed = self._missed_since(version)
        self._snapshot_due = missed is None
        if missed is not None:
            self._out.extend(missed)
            self.replay.forget(version)
        elif version > self.version:  # another session of the page has come further: continue from there
            self.version = version

    def _missed_since(self, version: int) -> list[bytes] | None:
        """The updates that lead from ``version`` to the present one; ``None`` if only a snapshot does."""
        if version > self.version or self._identity.reception.needs_snapshot:
            return None
        return [] if version == self.version else self.replay.after(version)

    # --- events ---------------------------------------------------------------------------------------------

    def receive(self, event: wire.Event, refusal: CallFailure | None = None) -> None:
        """Queue, answer or refuse an event: it may be new, seen before or too early.

        With a ``refusal`` it is answered in its turn, without a call. It then counts as run: it is not run when it
        comes again.
        """
        item = event if refusal is None else RefusedEvent(event.seq, refusal)
        why_not = self.inbox.accept(event.seq, item)
        identity = self._identity
        if why_not is not None:
            self._out.append(wire.error_frame("bad_seq", why_not, self.id, event.seq))
        elif identity.owner != identity.page or identity.history is not History.TAKEN:  # else nothing changes
            self._identity = identity.after("event")

    def post(self, event: wire.Event, on_outcome: OutcomeCallback) -> None:
        """Queue an event that came as a form; ``on_outcome`` is called once, when it has ended."""
        self.inbox.post(PostedEvent(event, on_outcome))

    def finish_call(self, error: CallFailure | None = None) -> None:
        """End the event that ``inbox.next_call`` returned: a render of what its handler changed is due."""
        self.inbox.finish_call(error)
        self._dirty = True

    # --- output ---------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Note that something has to be rendered."""
        if self.state is not SessionState.CLOSED:
            self._dirty = True

    @property
    def is_dirty(self) -> bool:
        """Is there a change that the page does not show yet?"""
        return self._dirty

    def served(self) -> None:
        """Note that a new page was served with the present version: it has no history with another session."""
        self._identity = self._identity.after("serve")

    def resync(self) -> None:
        """Send a snapshot, as the patches do not match the page."""
        self._snapshot_due = self.state is SessionState.ATTACHED

    def applied(self, version: int) -> bool:
        """Note that the client shows ``version``; from now on it has to report each. ``False`` if that was known."""
        self._reports = True
        is_news = self._applied < version <= self.version
        if is_news:
            self._applied = version
            self.replay.forget(version)
        return is_news

    def rest(self) -> None:
        """Forget the last updates: a client that reconnects without them is sent a snapshot."""
        self.replay.clear()

    @property
    def missed_bytes(self) -> int:
        """The size of what is kept for a client that is away."""
        return self.replay.size_bytes + sum(len(push[2]) for push in self._pushes)

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """Send an event to the page's scripts, after the updates that are due. If too many wait, drop the oldest.

        Raises ``TypeError`` if JSON cannot express ``event``: here, and not while an answer is made.
        """
        wire.to_json(event)
        if self.state is SessionState.CLOSED:
            return
        if len(self._pushes) >= self._limits.queued_pushes:
            self._pushes = self._pushes[1:]
            self._missed_pushes += 1
        self._pushes += ((component_id, event, detail_json),)

    def report(self, error: CallFailure) -> None:
        """Send the client, if it is connected, a failure that is not an event's. A redirect waits for it."""
        if isinstance(error, Answered) and error.told is None:
            self._location = error.location or self._location
        elif self.state is SessionState.ATTACHED:
            self._out.append(wire.encode({"type": "error", "component_id": self.id, **error}))

    def needs_render(self, free: bool) -> bool:
        """Is ``begin_render`` due? ``free``: the client takes what it is sent."""
        if not free or self._rendering_until_s is not None or self.state is not SessionState.ATTACHED:
            return False
        is_behind = self._reports and self.version - self._applied >= self._limits.unacked_updates
        return self._snapshot_due or (self._dirty and not is_behind)

    @property
    def is_quiet(self) -> bool:
        """Is there nothing to call, to render or to send?"""
        inbox = self.inbox
        is_called = inbox.is_running or inbox.queue
        return not (self._dirty or self._snapshot_due or self._pushes or inbox.due or is_called)

    def begin_render(self, now_s: float) -> bool:
        """Start a render. Returns whether the whole HTML is wanted, too."""
        self._rendering_until_s = now_s + self._limits.handler_s
        self._dirty = False
        self._batch, self.inbox.due = self.inbox.due, []
        return self._snapshot_due

    def postpone_render(self, html: str | None = None) -> None:
        """End a render that cannot be made now, as a job of the mount runs; another is due.

        A client that has just connected is answered, with the ``html`` that was rendered last if it needs it. The acks
        of events and the pushes wait: what belongs before them may not have been rendered.
        """
        batch, pushes, self._pushes = self._batch, self._pushes, ()
        self._batch = [reply for reply in batch if reply.seq is None]
        self.end_render((), html)
        self.inbox.due = [*[reply for reply in batch if reply.seq is not None], *self.inbox.due]
        self._pushes = pushes
        self._dirty = True

    def end_render(self, changes: Sequence[ComponentPatches], html: str | None = None) -> None:
        """Send the result of a render: its ``html`` if that was wanted, else its ``changes``; then pushes and acks.

        Raises what encoding ``changes`` raises. Then a snapshot is due instead, and the acks wait for it.
        """
        is_attached = self.state is SessionState.ATTACHED
        if html is not None:
            self._add_snapshot(html)
        else:
            is_sent = is_attached and not self._snapshot_due
            try:
                for component_id, patches in changes:
                    frame = wire.update_frame(component_id, self.version + 1, self._encoder.to_json(patches))
                    self.version += 1
                    self.replay.add(self.version, frame)
                    if is_sent:
                        self._out.append(frame)
            except Exception:
                self.break_render()
                raise
        self._rendering_until_s = None
        batch, self._batch = self._batch, ()
        if not is_attached:  # the client gets the outcomes of its events when it reconnects
            self.inbox.due = [*batch, *self.inbox.due]
            return
        if self._pushes:
            self._send_pushes()
        for reply in batch:
            if reply.seq is None:
                self._out.append(self._ack_connect())
            elif isinstance(reply.error, Answered):
                self._out += reply.error.reply_frames(self.id, reply.seq, self.version)
            else:
                self._out.append(wire.ack_frame(self.id, reply.seq, self.version, reply.error))

    def fail_render(self, error: CallFailure, html: str | None = None) -> None:
        """End a render that raised; ``html`` is that of the last good one, if it was wanted."""
        self.report(error)
        self.end_render((), html)

    def break_render(self) -> None:
        """End a render that was cancelled, or cannot be sent: how far it came is unknown, so a snapshot is due.

        That makes a version which no client has, so that one that comes back is sent a snapshot, too.
        """
        self._rendering_until_s = None
        self.version += 1
        self.replay.clear()
        self._dirty = self._snapshot_due = True
        self.inbox.due = [*self._batch, *self.inbox.due]
        self._batch = ()

    def take_frames(self, free: bool) -> list[bytes]:
        """The frames to send now, in order. Acks wait for the render of what they acknowledge."""
        holds = self._dirty or self._snapshot_due or self._rendering_until_s is not None
        if (self.inbox.due or self._pushes) and free and not holds:
            self._batch, self.inbox.due = self.inbox.due, []
            self.end_render(())
        if self._location and self.state is SessionState.ATTACHED:
            self._out.append(wire.go_frame(self._location))
            self._location = ""
        frames, self._out = self._out, []
        return frames

    def _add_snapshot(self, html: str) -> None:
        """Add a snapshot with a version of its own, so that a client that missed it is known to be behind."""
        self.version += 1
        self._applied = self.version  # a client that was far behind is up to date
        self.replay.clear()
        self._identity = self._identity.after("snapshot")
        if self.state is SessionState.ATTACHED:
            self._snapshot_due = False
            self._out.append(wire.snapshot_frame(self.id, self.version, html))

    def _send_pushes(self) -> None:
        pushes, self._pushes = self._pushes, ()
        for push in pushes:
            self._out.append(wire.push_frame(*push, self._missed_pushes))
            self._missed_pushes = 0

    def _ack_connect(self) -> bytes:
        identity, inbox = self._identity, self.inbox
        knows_events = identity.reception.knows_events
        # the events that wait are another page's: this page must not use their numbers
        seq = inbox.done if knows_events else inbox.accepted
        max_bytes = self._limits.message_bytes - SEQ_BYTES
        return wire.ack_frame(
            self.id, seq, self.version, again=not knows_events, mount=identity.mount, max_bytes=max_bytes
        )
