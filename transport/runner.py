"""Runs one session: calls its handlers, renders it, and hands its frames to the connection.

The session decides what to do, the runner does it: an event, then its render, then its frames. It never waits for a
client. The mount runs other jobs between two events; while one runs, a render is postponed, and made when it has ended.
"""

from __future__ import annotations

import asyncio
from typing import Any, Protocol

from ..vdom import AuthorError
from . import wire
from .answers import Answered
from .component import (
    HandlerFailedError,
    HandlerTimeoutError,
    Mount,
    RequestContext,
    cancelled_elsewhere,
    forgive,
)
from .inbox import SHOWN, CallFailure
from .outbox import Outbox
from .services import Services
from .session import MountSession


class Client(Protocol):
    """What a runner needs of the connection whose page shows its mount."""

    @property
    def outbox(self) -> Outbox:
        """Where frames for the page go."""
        ...

    def give_up(self, runner: Runner) -> None:
        """Release ``runner``: a newer connection has it."""
        ...


class Runner:
    """The host of one mount."""

    __slots__ = (
        "_answer",
        "_finished",
        "_hook",
        "_rendered",
        "_renderer",
        "_rests",
        "_services",
        "_stopped",
        "_used_s",
        "_was_busy",
        "_was_connected",
        "client",
        "context",
        "mount",
        "session",
        "shows",
    )

    def __init__(
        self, session: MountSession, mount: Mount, context: RequestContext, services: Services
    ) -> None:
        self.session = session
        self.mount = mount
        self.context = context
        self.client: Client | None = None
        """``None`` while no page is connected."""
        self.shows: tuple[str, dict[str, Any]] | None = None
        """The name of the component and its props; ``None`` if they are not known."""
        self._services = services
        self._renderer: asyncio.Task[Any] | None = None
        """The task that runs the view."""
        self._rendered: asyncio.Event | None = None
        """Set when the running render has ended; ``None`` if no task waits for that."""
        self._stopped: tuple[asyncio.Task[Any], ...] = ()
        """The tasks that were cancelled because their view took too long."""
        self._answer: Answered | None = None
        """What a nested view has raised while no page is connected: it answers the request for the page."""
        self._was_busy = False
        """Could the last render not be made, as a job of the mount was running?"""
        self._finished: asyncio.Event | None = None
        """Set when no event runs or waits; ``None`` if no task waits for that."""
        self._hook: asyncio.Task[None] | None = None
        """The task that runs ``on_mount``, from when the first client connects until it ends."""
        self._was_connected = False
        self._used_s = services.now_s()
        """When something last happened."""
        self._rests = False
        """Has everything that an idle page does not need been dropped?"""
        mount.attach(self)

    # --- what the mount may ask (the ``Host`` protocol) -----------------------------------------------------

    @property
    def job_s(self) -> float | None:
        """How long a job of the mount may run."""
        return self._services.limits.handler_s

    def names_waiting(self) -> list[str]:
        """The names of the events that wait for the running one."""
        return self.session.inbox.names_waiting()

    def wake(self) -> None:
        """Render soon, as something is dirty."""
        self.session.wake()
        if self.client is not None:
            self._services.run_soon(self.resume)

    async def flush(self) -> None:
        """Render now. When this returns, the update has been sent, or will be once a slow client can take it."""
        if self._renderer is not None and self._renderer is asyncio.current_task():
            raise AuthorError(
                "await render() within the view: call it in a handler, the view is rendering already"
            )
        self.session.wake()
        while await self._render(asyncio.current_task()):
            pass

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """Send an event to the page's scripts."""
        self.session.push(component_id, event, detail_json)
        self.resume_soon()

    def report(self, error: Exception, what: str) -> None:
        """Report a failure that stopped nothing else to the error hook and the client."""
        failure = self._services.describe(error, self.context, f"{what} of {self.session.id}")
        self.session.report(failure)
        if self.client is None and isinstance(failure, Answered) and failure.by_view:
            self._answer = failure
        self.resume_soon()

    # --- what the connection calls -------------------------------------------------------------------------

    async def connect(self, client: Client, message: wire.Connect) -> None:
        """Send the mount's frames to ``client`` from now on, whose page shows it."""
        older, self.client = self.client, client
        if older is not None and older is not client:
            older.give_up(self)
        self.session.connect(message.version, message.page, message.mount)
        await self.resume()
        if self._was_connected:
            self.mount.reconnected()
        else:
            self._was_connected = True
            self._hook = self._services.spawn(self._run_connected())

    def disconnect(self, now_s: float, *, has_left: bool = False) -> None:
        """Note that the client is gone; a running handler continues. ``has_left``: the browser closed the page."""
        self.client = None
        self.session.disconnect(now_s)
        self.mount.disconnected(has_left=has_left)

    async def post(self, event: wire.Event) -> CallFailure | None:
        """Run an event that came as a form, in its turn. Returns why it failed, unless the page shows it."""
        answer: asyncio.Future[CallFailure | None] = asyncio.get_running_loop().create_future()
        self.session.post(event, lambda error: None if answer.done() else answer.set_result(error))
        self._services.spawn(self._services.metered(self.context, self.resume()))
        failure = await answer
        return None if failure is SHOWN else failure

    async def show(self) -> tuple[str, int, CallFailure | None]:
        """The HTML for a page to serve, its version, and why the render failed, if it did. Waits for all events."""
        await self.finish()
        await self.mount.idle()
        while self._renderer is not None:
            await self._wait_for_render()
        failure = await self._render_once(asyncio.current_task()) if self.session.is_dirty else None
        answer, self._answer = self._answer, None
        self.session.served()
        self.resume_soon()
        return self.mount.html(), self.session.version, failure or answer

    def resume_soon(self) -> None:
        """Call ``resume`` soon, in another task."""
        if self.client is not None:
            self._services.run_soon(self.resume)

    async def resume(self) -> None:
        """Do everything that is due: call handlers one after another, render after each, and send."""
        session, now_s = self.session, self._services.now_s
        task = asyncio.current_task()
        self._rests = False
        while True:
            self._used_s = now_s()
            event = session.inbox.next_call()
            if event is not None:
                session.finish_call(await self._call(event))
            was_due = await self._render(task)
            if (event is None and not was_due) or session.is_quiet:
                break
        if self._finished is not None and not session.inbox.has_calls:
            self._finished.set()
            self._finished = None

    async def finish(self) -> None:
        """Wait until no event is running or waiting."""
        if self.session.inbox.has_calls:
            self._finished = self._finished or asyncio.Event()
            await self._finished.wait()

    def tick(self, now_s: float) -> None:
        """Cancel a view that has taken too long. The mount itself stops handlers."""
        if self._renderer is not None and self.session.is_render_overdue(now_s):
            self._stopped += (self._renderer,)
            self._renderer.cancel()

    def is_idle(self, now_s: float, idle_s: float) -> bool:
        """Has nothing happened for ``idle_s``, and is the page not at rest yet?"""
        return now_s - self._used_s >= idle_s and not self._rests and self.session.is_quiet

    def size(self) -> int:
        """About how many bytes are kept for its page: what it shows and holds, and what it may have missed."""
        return 1 + self.mount.size() + self.session.missed_bytes

    def rest(self) -> None:
        """Drop everything that is not needed until something happens again."""
        self._rests = True
        if self.client is not None:  # a client that is away needs what it missed
            self.session.rest()
        self.mount.freeze()

    async def close(self) -> None:
        """Unmount. Returns after ``unmount_s`` at the latest."""
        self.client = None
        self.session.close()
        closing = asyncio.ensure_future(self.mount.close())
        done, _ = await asyncio.wait([closing], timeout=self._services.limits.unmount_s)
        if not done:
            closing.cancel()
            closing.add_done_callback(_forget)
            error: BaseException | None = TimeoutError("it took longer than Limits.unmount_s")
        else:
            error = None if closing.cancelled() else closing.exception()
        if error is not None:
            self._services.describe(error, self.context, f"unmounting {self.session.id}")

    async def _run_connected(self) -> None:
        """Run the ``on_mount`` hooks, in a task of their own: they wait for their turn."""
        try:
            await self.mount.connected()
        except Exception as error:
            failure = self._services.describe(error, self.context, f"on_mount of {self.session.id}")
            self.session.report(failure)
            await self._render(asyncio.current_task())
        finally:
            self._hook = None

    # --- rendering -----------------------------------------------------------------------------------------

    async def _render(self, task: asyncio.Task[Any] | None) -> bool:
        """Render if that is due, after a render that is running, and send all frames. Returns whether it was due."""
        while self._renderer is not None:
            await self._wait_for_render()
        if self.client is None:
            return False
        is_free = self.client.outbox.free
        is_due = self.session.needs_render(is_free)
        if is_due:
            await self._render_once(task)
            is_due = not self._was_busy
        if self.client is not None:
            self.client.outbox.send(self.session.take_frames(is_free))
        return is_due

    async def _render_once(self, task: asyncio.Task[Any] | None) -> CallFailure | None:
        """Run the view. Returns why it failed; ``None`` if it did not."""
        self._renderer = task
        self._services.renders += 1
        self._was_busy = False
        want_html = self.session.begin_render(self._services.now_s())
        try:
            changes = await self.mount.changes()
            html = self.mount.html() if want_html else None
            self._was_busy = changes is None
            if changes is None:
                self.session.postpone_render(html)
            else:
                self.session.end_render(changes, html)
            return None
        except Exception as error:
            return self._fail_render(error, want_html)
        except asyncio.CancelledError as error:
            return self._break_render(error, want_html)
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
        failure = self._services.describe(error, self.context, f"rendering {self.session.id}")
        self.session.fail_render(failure, self.mount.html() if want_html else None)
        return failure

    def _break_render(self, error: asyncio.CancelledError, want_html: bool) -> CallFailure:
        """Handle a cancelled view: cancelled with its handler or its task, or because it took too long itself."""
        if not self._take_back(self._renderer):
            failure = cancelled_elsewhere(error, "the view")
            if failure is None or not want_html:
                self.session.break_render()
            if failure is None:
                raise
            return self._fail_render(failure, want_html)
        return self._fail_render(HandlerTimeoutError("The view took too long and was stopped"), want_html)

    # --- handlers ------------------------------------------------------------------------------------------

    async def _call(self, event: wire.Event) -> CallFailure | None:
        """Run one handler. Returns why it failed; ``None`` if it did not."""
        self._services.events += 1
        try:
            called = self.mount.call(event.component_id, event.event, event.args, event.params, event.fields)
            return SHOWN if await called else None
        except asyncio.CancelledError as error:
            if self._services.is_ending:
                raise
            forgive(asyncio.current_task())
            failed = HandlerFailedError(f"{event.event} was cancelled")
            failed.__cause__ = error
            return self._describe(failed, event)
        except Exception as error:
            return self._describe(error, event)

    def _take_back(self, task: asyncio.Task[Any] | None) -> bool:
        """If ``tick`` cancelled ``task``, undo that, so that its loop continues. Returns whether it had."""
        if task is None or task not in self._stopped:
            return False
        self._stopped = tuple([other for other in self._stopped if other is not task])
        forgive(task)
        return True

    def _describe(self, error: Exception, event: wire.Event) -> CallFailure:
        return self._services.describe(error, self.context, f"{event.event} of {event.component_id}")


def _forget(closing: asyncio.Future[None]) -> None:
    """Nobody waits any longer for what a page that took too long to end raised."""
    if not closing.cancelled():
        closing.exception()
