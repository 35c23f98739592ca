"""The conversation about one page-level component: sans-IO.

``Session`` is told what happened (a client connected, an event came, a handler ended, time passed) and says
what is to be done: which handler to call, whether to render, which frames to send. It has no socket, clock,
task or log, so a whole conversation over a bad link is a test of milliseconds. How it is driven::

    session.receive(event)
    while event := session.next_call(now_s):      # one handler at a time, each event once
        session.finish_call(error_of(handler))
    if session.needs_render(free):                # free: the client takes what it is sent
        want_html = session.begin_render(now_s)
        session.end_render(changes, html)
    send(session.take_frames(free))

Promises, each a rule of the state machine test:

1. An event whose ack has arrived ran exactly once; one without an ack ran at most once.
2. Updates carry versions, +1 each; a client that comes back with any version ends at the current one.
3. The updates of an event go before its ack.

The states follow ``NEXT_STATE``, in ``states.py``. Versions and replies are h11's and Centrifugo's ideas: the
peer is never trusted to know what it has seen, and never asked to guess. A component may have mounts in several
processes, as one that dies is replaced and comes back; so a client says which of them its version and its events'
numbers belong to.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from . import wire
from .component import Change
from .inbox import Answer, CallFailure, Inbox, Posted, Refused, Reply, SessionMisusedError
from .limits import Limits
from .replay import Replay
from .states import NEXT_STATE, State, Step


class _Push(NamedTuple):
    component_id: str
    event: str
    detail_json: str


class Session:
    """One page-level component's side of the conversation."""

    __slots__ = (
        "_again",
        "_applied",
        "_batch",
        "_dirty",
        "_encoder",
        "_inbox",
        "_is_strange",
        "_limits",
        "_missed_pushes",
        "_number",
        "_out",
        "_owner",
        "_page",
        "_pushes",
        "_rendering_until_s",
        "_replay",
        "_reports",
        "_shown",
        "_snapshot_due",
        "_waits_until_s",
        "id",
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
        number: int = 0,
        again: bool = False,
        shown: bool = True,
    ) -> None:
        """``number``: no other session of this component has it, in whatever process. ``again``: mounted from a
        token, so the client may have history with another session. ``shown``: the page has the HTML of version 0."""
        self.id = session_id
        self.state = State.PENDING
        self.version = 0
        self._limits = limits
        self._encoder = encoder or wire.PatchEncoder()
        self._number = number
        self._again = again
        self._is_strange = False
        """Does the page come from another session of this component, in a process that has ended since?"""
        self._page = self._owner = 0
        """The page that is connected, and the one whose events were taken last."""
        self._shown = shown
        self._waits_until_s: float | None = now_s + limits.pending_s
        self._inbox = Inbox(limits)
        self._dirty = False
        self._snapshot_due = False
        self._rendering_until_s: float | None = None
        self._batch: Sequence[Reply] = ()
        """The acks that wait for the running render."""
        self._pushes: tuple[_Push, ...] = ()
        self._missed_pushes = 0
        self._out: list[bytes] = []
        self._replay = Replay(limits.replay_frames, limits.replay_bytes)
        self._applied = 0
        self._reports = False
        """Does the client say what it has applied?"""

    # --- the connection -------------------------------------------------------------------------------------

    def connect(self, version: int, page: int = 0, mount: int = 0) -> None:
        """A client that shows ``version`` is here; it takes over from any other.

        ``page``: what tells it from a copy of the same page, which numbers its events for itself. ``mount``: the
        number of the session that it was connected to last; of another one, its versions and events mean nothing here.
        """
        self._step("connect")
        self._page = page
        self._is_strange = mount not in (0, self._number)
        self._waits_until_s = None
        self._applied = version
        self._reports = False
        self._out.clear()
        self._drop_connect_replies()
        self._bring_up_to_date(version)
        self._inbox.due.insert(0, Reply(None))

    def disconnect(self, now_s: float) -> None:
        """The client is gone; it may come back for a while."""
        self._step("disconnect")
        self._waits_until_s = now_s + self._limits.detached_s
        self._out.clear()
        self._drop_connect_replies()

    def close(self) -> None:
        """The end: nothing is kept."""
        self._step("close")
        self._forget()

    def tick(self, now_s: float) -> bool:
        """Has the client been away for too long? Then the session is closed now."""
        if self._waits_until_s is None or now_s < self._waits_until_s:
            return False
        self._step("expire")
        self._forget()
        return True

    def overdue(self, now_s: float) -> Literal["render", "call"] | None:
        """What takes too long, if anything: the running render, or the running handler."""
        if self._rendering_until_s is not None and now_s >= self._rendering_until_s:
            return "render"
        return "call" if self._inbox.is_overdue(now_s) else None

    def keep(self, now_s: float) -> bool:
        """A page without a socket was posted: it may take its time until the next form. False: it has a socket."""
        if self.state not in (State.PENDING, State.DETACHED):
            return False
        self._waits_until_s = now_s + self._limits.kept_s
        return True

    def _step(self, step: Step) -> None:
        try:
            self.state = NEXT_STATE[self.state, step]
        except KeyError:
            raise SessionMisusedError(f"{step} makes no sense for a session that is {self.state}") from None

    def _forget(self) -> None:
        self._waits_until_s = None
        self._inbox.clear()
        self._out.clear()
        self._pushes = ()
        self._replay.clear()
        self._dirty = self._snapshot_due = False

    def _drop_connect_replies(self) -> None:
        self._inbox.due = [reply for reply in self._inbox.due if reply.seq is not None]
        self._batch = tuple([reply for reply in self._batch if reply.seq is not None])

    def _bring_up_to_date(self, version: int) -> None:
        missed = self._missed_since(version)
        self._snapshot_due = missed is None
        self._shown = True
        if missed is not None:
            self._out.extend(missed)
            self._replay.forget(version)
        elif version > self.version:  # it has history with another session: go on from there
            self.version = version

    def _missed_since(self, version: int) -> list[bytes] | None:
        if not self._shown or version > self.version or self._is_strange:
            return None
        return [] if version == self.version else self._replay.after(version)

    # --- events ---------------------------------------------------------------------------------------------

    def receive(self, event: wire.Event) -> None:
        """Queue an event, whatever it is: new, seen before or too early."""
        self._accept(event.seq, event)

    def refuse(self, event: wire.Event, code: str, message: str) -> None:
        """Answer ``event`` in its turn, without a call. It counts: it is not run when it comes again."""
        self._accept(event.seq, Refused(event.seq, {"code": code, "message": message}))

    def post(self, event: wire.Event, answer: Answer) -> None:
        """Queue an event that came as a form; ``answer`` is told how it ended."""
        self._inbox.post(Posted(event, answer))

    def next_call(self, now_s: float) -> wire.Event | None:
        """The event whose handler is to be called now, if any; end it with ``finish_call``."""
        return self._inbox.next_call(now_s)

    def finish_call(self, error: CallFailure | None = None) -> None:
        """The handler ended; what it changed is to be rendered."""
        self._inbox.finish_call(error)
        self._dirty = True

    @property
    def has_calls(self) -> bool:
        """Does an event run or wait?"""
        return self._inbox.has_calls

    @property
    def is_flooded(self) -> bool:
        """Do events go on coming although they are refused?"""
        return self._inbox.is_flooded

    def _accept(self, seq: int, item: wire.Event | Refused) -> None:
        why_not = self._inbox.accept(seq, item)
        if why_not is None:
            self._owner = self._page
        else:
            self._out.append(wire.error_frame("bad_seq", why_not, self.id, seq))

    # --- output ---------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Something is to be rendered."""
        if self.state is not State.CLOSED:
            self._dirty = True

    @property
    def is_dirty(self) -> bool:
        """Does the page show less than there is?"""
        return self._dirty

    def served(self) -> None:
        """A page was made of the present version: whoever comes with it knows nothing older."""
        self._shown = True
        self._again = False

    def resync(self) -> None:
        """The page does not fit the patches: send a snapshot."""
        self._snapshot_due = self.state is State.ATTACHED

    def applied(self, version: int) -> bool:
        """The client shows ``version``; from now on it is expected to say so. Is that news?"""
        self._reports = True
        is_news = self._applied < version <= self.version
        if is_news:
            self._applied = version
            self._replay.forget(version)
        return is_news

    def rest(self) -> None:
        """Forget the last updates: a client that comes back without one of them is sent a snapshot."""
        self._replay.clear()

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """An event for the page's scripts, after the updates that are due; the oldest are dropped."""
        if self.state is State.CLOSED:
            return
        if len(self._pushes) >= self._limits.queued_pushes:
            self._pushes = self._pushes[1:]
            self._missed_pushes += 1
        self._pushes += (_Push(component_id, event, detail_json),)

    def report(self, error: CallFailure) -> None:
        """Tell the client, if it is there, of something that failed beside the events."""
        if self.state is State.ATTACHED:
            self._out.append(wire.encode({"type": "error", "component_id": self.id, **error}))

    def needs_render(self, free: bool) -> bool:
        """Is ``begin_render`` due? ``free``: the client takes what it is sent."""
        return (
            (self._snapshot_due or (self._dirty and not self._is_behind()))
            and self.state is State.ATTACHED
            and free
            and self._rendering_until_s is None
        )

    @property
    def is_quiet(self) -> bool:
        """Is there nothing to call, to render or to send?"""
        inbox = self._inbox
        return not (self._dirty or self._snapshot_due or self._pushes or inbox.due or inbox.has_calls)

    def begin_render(self, now_s: float) -> bool:
        """Start a render. Is the whole HTML wanted, besides the changes?"""
        self._rendering_until_s = now_s + self._limits.handler_s
        self._dirty = False
        self._batch, self._inbox.due = self._inbox.due, []
        return self._snapshot_due

    def end_render(self, changes: Sequence[Change], html: str | None = None) -> None:
        """What a render gave. With ``html``, the patches are in it and are not sent."""
        self._rendering_until_s = None
        if html is None:
            for component_id, patches in changes:
                self._add_update(component_id, patches)
        else:
            self._add_snapshot(html)
        self._finish_batch()

    def fail_render(self, error: CallFailure, html: str | None = None) -> None:
        """A render raised; ``html`` is that of the last good one, where it was wanted."""
        self.report(error)
        self.end_render((), html)

    def break_render(self) -> None:
        """A render was cut off: nobody knows how far it came, so a snapshot is due."""
        self._rendering_until_s = None
        self._dirty = self._snapshot_due = True
        self._inbox.due = [*self._batch, *self._inbox.due]
        self._batch = ()

    def take_frames(self, free: bool) -> list[bytes]:
        """The frames to send now, in order. Acks wait for the render of what they acknowledge."""
        holds = self._dirty or self._snapshot_due or self._rendering_until_s is not None
        if (self._inbox.due or self._pushes) and free and not holds:
            self._batch, self._inbox.due = self._inbox.due, []
            self._finish_batch()
        frames, self._out = self._out, []
        return frames

    def _is_behind(self) -> bool:
        return self._reports and self.version - self._applied >= self._limits.unacked_updates

    def _add_update(self, component_id: str, patches: list[Any]) -> None:
        self.version += 1
        frame = wire.update_frame(component_id, self.version, self._encoder.to_json(patches))
        self._replay.add(self.version, frame)
        if self.state is State.ATTACHED and not self._snapshot_due:
            self._out.append(frame)

    def _add_snapshot(self, html: str) -> None:
        """A version of its own: a client that misses it is seen to be behind."""
        self.version += 1
        self._applied = self.version  # it may have been far behind and must not wait for that
        self._replay.clear()
        if self.state is State.ATTACHED:
            self._snapshot_due = False
            self._out.append(wire.snapshot_frame(self.id, self.version, html))

    def _finish_batch(self) -> None:
        """Send pushes and acks, or keep them for later when the client is gone."""
        batch, self._batch = self._batch, ()
        if self.state is not State.ATTACHED:
            self._inbox.due = [*batch, *self._inbox.due]
            return
        while self._pushes:
            push, self._pushes = self._pushes[0], self._pushes[1:]
            self._out.append(wire.push_frame(*push, self._missed_pushes))
            self._missed_pushes = 0
        self._out.extend([self._ack(reply) for reply in batch])

    def _ack(self, reply: Reply) -> bytes:
        if reply.seq is not None:
            return wire.ack_frame(self.id, reply.seq, self.version, reply.error)
        # from its first event on, the client knows
        is_new = self._again and self._inbox.accepted == 0
        is_copy = self._owner not in (0, self._page)
        is_foreign = is_new or is_copy or self._is_strange
        # those that wait are not the client's: its own must not have their numbers
        seq = self._inbox.accepted if is_foreign else self._inbox.done
        return wire.ack_frame(self.id, seq, self.version, again=is_foreign, mount=self._number)
