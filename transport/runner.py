"""Runs one session: calls its handlers, renders it, and hands its frames to the connection.

Everything that decides stands in ``session.py``; here it is only done, in order: an event, its render, its
frames. Nothing here waits for a client.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from ..vdom import AuthorError, PeerError
from . import wire
from .component import HandlerTimeoutError, Mount, RequestContext
from .inbox import CallFailure
from .relay import Job
from .session import Session


class Sink(Protocol):
    """Where frames go: the outbox of a connection."""

    @property
    def free(self) -> bool:
        """Does the peer take what it is sent?"""
        ...

    def send(self, frames: list[bytes]) -> None:
        """Send or queue ``frames``."""
        ...


class Holder(Protocol):
    """The connection that a runner is connected to."""

    def give_up(self, runner: Runner) -> None:
        """A newer connection takes ``runner`` over."""
        ...


class Office(Protocol):
    """What a runner needs of its process."""

    events: int
    """Handlers called in this process."""
    renders: int

    def now_s(self) -> float:
        """Monotonic."""
        ...

    def render_soon(self, runner: Runner) -> None:
        """Clear ``is_waiting`` and call ``resume()``, soon."""
        ...

    def spawn(self, job: Job) -> asyncio.Task[None]:
        """A task that ends with the process at the latest."""
        ...

    def describe(self, error: BaseException, context: RequestContext, doing: str) -> CallFailure:
        """Report ``error``; what to tell the client about it."""
        ...


class Runner:
    """The host of one mount."""

    __slots__ = (
        "_finished",
        "_hook",
        "_office",
        "_rendered",
        "_renderer",
        "_rests",
        "_stopped",
        "_task",
        "_used_s",
        "_was_connected",
        "context",
        "holder",
        "is_waiting",
        "mount",
        "session",
        "sink",
    )

    def __init__(self, session: Session, mount: Mount, context: RequestContext, office: Office) -> None:
        self.session = session
        self.mount = mount
        self.context = context
        self.holder: Holder | None = None
        self.sink: Sink | None = None
        self.is_waiting = False
        """``render_soon`` was asked for and has not been done."""
        self._office = office
        self._task: asyncio.Task[Any] | None = None
        """The one that runs a handler."""
        self._renderer: asyncio.Task[Any] | None = None
        """The one that runs the view."""
        self._rendered: asyncio.Event | None = None
        """Set when it is done, where somebody waits for that."""
        self._stopped: tuple[asyncio.Task[Any], ...] = ()
        """Those that were cancelled because they took too long."""
        self._finished: asyncio.Event | None = None
        self._hook: asyncio.Task[None] | None = None
        """Runs ``on_mount``, from when the first client is here until it ends."""
        self._was_connected = False
        self._used_s = office.now_s()
        """When something happened last."""
        self._rests = False
        """Is only kept what an idle page needs?"""
        mount.attach(self)

    # --- what the mount may ask (the Host protocol) --------------------------------------------------------

    def wake(self) -> None:
        """Something is dirty: render soon. What the running handler changes is rendered when it ends."""
        self.session.wake()
        if self._task is None or self._task is not asyncio.current_task():
            self.resume_soon()

    async def flush(self) -> None:
        """Render now; the update is on its way when this returns, or due when the client is slow."""
        if self._renderer is not None and self._renderer is asyncio.current_task():
            raise AuthorError(
                "await render() within the view: call it in a handler, the view is rendering already"
            )
        self.session.wake()
        while await self._render(asyncio.current_task()):
            pass

    def push(self, component_id: str, event: str, detail: object) -> None:
        """An event for the page's scripts; raises ``TypeError`` or ``ValueError`` where JSON cannot."""
        self.session.push(component_id, event, wire.to_json(detail))
        self.resume_soon()

    def report(self, error: Exception, what: str) -> None:
        """Tell the error hook and the client of a failure that stopped nothing else."""
        self.session.report(self._office.describe(error, self.context, f"{what} of {self.session.id}"))
        self.resume_soon()

    # --- what the connection tells -------------------------------------------------------------------------

    async def connect(self, holder: Holder, sink: Sink, version: int, page: int = 0, mount: int = 0) -> None:
        """``sink`` leads to the client from now on, which shows ``version``."""
        older, self.holder, self.sink = self.holder, holder, sink
        if older is not None and older is not holder:
            older.give_up(self)
        self.session.connect(version, page, mount)
        await self.resume()
        if self._was_connected:
            self.mount.come_back()
        else:
            self._was_connected = True
            self._hook = self._office.spawn(self._run_connected())

    def disconnect(self, now_s: float, *, has_left: bool = False) -> None:
        """The client is gone; a running handler runs on. ``has_left``: it said so."""
        self.holder = self.sink = None
        self.session.disconnect(now_s)
        if has_left:
            self.mount.leave()

    async def post(self, event: wire.Event) -> CallFailure | None:
        """Run an event that came as a form, in its turn; what to tell its sender when it failed."""
        answer: asyncio.Future[CallFailure | None] = asyncio.get_running_loop().create_future()
        self.session.post(event, lambda error: None if answer.done() else answer.set_result(error))
        self._office.spawn(self.resume())
        return await answer

    async def show(self) -> tuple[str, int, CallFailure | None]:
        """For a page that is served: the HTML when all events have ended, its version, and why it may be old."""
        await self.finish()
        while self._renderer is not None:
            await self._wait_for_render()
        failure = await self._render_once(asyncio.current_task()) if self.session.is_dirty else None
        self.session.served()
        self.resume_soon()
        return self.mount.html(), self.session.version, failure

    def resume_soon(self) -> None:
        """Do what is due, but not within this call."""
        if self.sink is not None and not self.is_waiting:
            self.is_waiting = True
            self._office.render_soon(self)

    async def resume(self) -> None:
        """Do all that is due: call handlers one after another, render after each, send."""
        session, now_s = self.session, self._office.now_s
        task = asyncio.current_task()
        self._rests = False
        while True:
            self._used_s = now_s()
            event = session.next_call(self._used_s)
            if event is not None:
                session.finish_call(await self._call(event, task))
            was_due = await self._render(task)
            if (event is None and not was_due) or session.is_quiet:
                break
        if self._finished is not None and not session.has_calls:
            self._finished.set()
            self._finished = None

    async def finish(self) -> None:
        """Wait until no event is running or waiting."""
        if self.session.has_calls:
            self._finished = self._finished or asyncio.Event()
            await self._finished.wait()

    def tick(self, now_s: float) -> None:
        """Stop a handler or a view that takes too long."""
        overdue = self.session.overdue(now_s)
        task = self._renderer if overdue == "render" else self._task if overdue else None
        if task is not None:
            self._stopped += (task,)
            task.cancel()

    def is_idle(self, now_s: float, idle_s: float) -> bool:
        """Has nothing happened for so long, and does the page not rest yet?"""
        return now_s - self._used_s >= idle_s and not self._rests and self.session.is_quiet

    def rest(self) -> None:
        """Keep only what is needed until something happens again."""
        self._rests = True
        if self.sink is not None:  # a client that is away needs what it missed
            self.session.rest()
        self.mount.freeze()

    async def close(self) -> None:
        """Unmount."""
        self.holder = self.sink = None
        self.session.close()
        for task in (self._hook, self._task, self._renderer):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
        try:
            await self.mount.close()
        except Exception as error:
            self._office.describe(error, self.context, f"unmounting {self.session.id}")

    async def _run_connected(self) -> None:
        """The component's ``on_mount``: beside the events, as it may last as long as the page."""
        try:
            await self.mount.connected()
        except Exception as error:
            failure = self._office.describe(error, self.context, f"on_mount of {self.session.id}")
            self.session.report(failure)
            await self._render(asyncio.current_task())
        finally:
            self._hook = None

    # --- rendering -----------------------------------------------------------------------------------------

    async def _render(self, task: asyncio.Task[Any] | None) -> bool:
        """Render if that is due, and send what there is. Was it due? Another render is waited for."""
        while self._renderer is not None:
            await self._wait_for_render()
        if self.sink is None:
            return False
        is_free = self.sink.free
        is_due = self.session.needs_render(is_free)
        if is_due:
            await self._render_once(task)
        if self.sink is not None:
            self.sink.send(self.session.take_frames(is_free))
        return is_due

    async def _render_once(self, task: asyncio.Task[Any] | None) -> CallFailure | None:
        """Run the view; what to tell the client when it failed."""
        self._renderer = task
        self._office.renders += 1
        want_html = self.session.begin_render(self._office.now_s())
        try:
            changes = await self.mount.changes()
            self.session.end_render(changes, self.mount.html() if want_html else None)
            return None
        except Exception as error:
            return self._fail_render(error, want_html)
        except asyncio.CancelledError:
            return self._break_render(want_html)
        finally:
            self._renderer = None
            if self._rendered is not None:
                self._rendered.set()
                self._rendered = None

    async def _wait_for_render(self) -> None:
        if self._rendered is None:
            self._rendered = asyncio.Event()
        await self._rendered.wait()

    def _fail_render(self, error: Exception, want_html: bool) -> CallFailure:
        failure = self._office.describe(error, self.context, f"rendering {self.session.id}")
        self.session.fail_render(failure, self.mount.html() if want_html else None)
        return failure

    def _break_render(self, want_html: bool) -> CallFailure:
        """The view was cancelled: with its handler or its task, or because it took too long itself."""
        if self._renderer is self._task or not self._take_back(self._renderer):
            self.session.break_render()
            raise
        return self._fail_render(HandlerTimeoutError("The view took too long and was stopped"), want_html)

    # --- handlers ------------------------------------------------------------------------------------------

    async def _call(self, event: wire.Event, task: asyncio.Task[Any] | None) -> CallFailure | None:
        """Run one handler; what to tell the client when it failed."""
        self._task = task
        self._office.events += 1
        try:
            self._merge_fields(event)
            await self.mount.call(event.component_id, event.event, event.args, event.params)
            return None
        except asyncio.CancelledError:
            if not self._take_back(task):
                raise
            return self._describe(HandlerTimeoutError(f"{event.event} took too long and was stopped"), event)
        except Exception as error:
            return self._describe(error, event)
        finally:
            self._take_back(task)
            self._task = None

    def _take_back(self, task: asyncio.Task[Any] | None) -> bool:
        """Was it we who cancelled ``task``? Then it goes on with its loop."""
        if task is None or task not in self._stopped:
            return False
        self._stopped = tuple([other for other in self._stopped if other is not task])
        while task.cancelling():
            task.uncancel()
        return True

    def _merge_fields(self, event: wire.Event) -> None:
        if not event.fields:
            return
        try:
            self.mount.merge_fields(event.component_id, event.fields)
        except PeerError:  # the page is not what we think it is
            self.session.resync()

    def _describe(self, error: Exception, event: wire.Event) -> CallFailure:
        return self._office.describe(error, self.context, f"{event.event} of {event.component_id}")
