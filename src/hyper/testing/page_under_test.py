"""One mounted component and the simulated browser that shows it, connected as a socket would connect them.

Every update is checked: applied to the tree before it, it has to give the rendered tree, and the browser has to show
the tree that a parser builds from the page's HTML.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from functools import partial
from typing import Any

from hyper.components.checks import check_page, shared_ids
from hyper.components.component import LiveComponent
from hyper.components.mounted import MountedComponent
from hyper.components.page import PageMount
from hyper.diff import Patch, PatchError, patches_from_json, patches_to_json
from hyper.simulated.browser import Browser
from hyper.simulated.message import Message
from hyper.simulated.typing import EventEnd
from hyper.testing.checking import check_patches, check_same
from hyper.testing.clock import clock
from hyper.testing.open_pages import note_closed, note_open, open_pages_here, settle
from hyper.testing.reporting import ReportingMount, cause_of
from hyper.testing.results import Pushed, Update
from hyper.testing.sending import outcome_of, refusal_of
from hyper.testing.user import User
from hyper.transport.component import (
    ComponentPatches,
    RequestContext,
    cancelled_elsewhere,
)
from hyper.vdom import Root, parse_html
from hyper.vdom.templates.template import expand

_numbers = itertools.count(1)


class PageUnderTest:
    """A mount, the browser that shows it, and the connection between them."""

    def __init__(
        self,
        component: LiveComponent,
        properties: Mapping[str, Any],
        check: bool = True,
        request: RequestContext | None = None,
        raises: bool = True,
    ) -> None:
        self.component = component
        self.properties = properties
        self.request = request
        self.is_checked = check
        self.raises = raises
        """Do exceptions of nested components in the first render fail the test?"""
        self.failures: list[BaseException] = []
        """Exceptions that have not been raised in the test yet."""
        self.mount = self.new_mount(f"page{next(_numbers)}")
        self.updates: list[Update] = []
        """What the server has sent since the last step of the test, on any page."""
        self.pushed: list[Pushed] = []
        self.roots: dict[str, tuple[Any, Root]] = {}
        """The content of each component after its last update: its own tree, and the same as plain nodes."""
        self.is_closed = False
        self.is_online = True
        self.waiting: list[Message] = []
        """Events of the user while the connection was down."""
        self.waiting_pushes: list[Pushed] = []
        self.has_sent = False
        """Has this mount received any event of the user?"""
        self.is_slow = False
        self.in_transit: list[Callable[[], None]] = []
        """Arrivals that a slow connection delays, in the order in which they were sent."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._hook: asyncio.Task[None] | None = None
        self._browser: Browser | None = None

    def new_mount(self, id: str) -> PageMount:
        """A mount of the component, not yet started."""
        mount = ReportingMount(self.component, id, self.properties, self.request)
        mount.failures = self.failures
        mount.is_checked = self.is_checked
        mount.sleep = clock.sleep
        return mount

    async def start(self) -> None:
        """Render, show the page, and run ``on_mount``."""
        self.loop = asyncio.get_running_loop()
        await self.mount.start()
        if not self.raises:
            self.failures.clear()
        self.mount.attach(self)
        note_open(self)
        if self.is_checked:
            check_page(self.mount.root)
            self._note_new()
            self._check_page(())
        await self._join()
        if self._browser is not None or "<select" in self.mount.html():
            self.browser.tell()
            await self.deliver(self.take_outbox())

    async def _join(self) -> None:
        self._hook = asyncio.create_task(self._connect())
        await settle()

    @property
    def browser(self) -> Browser:
        """The simulated browser, made when it is first needed: benchmarks never need it."""
        if self._browser is None:
            self._browser = Browser(self.mount.id, self.mount.html())
        return self._browser

    @property
    def is_saving(self) -> bool:
        """Are records being written by the job that runs?"""
        unit = self.mount.mailbox.unit
        return unit is not None and unit.is_committing

    async def leave(self) -> None:
        """Close the page as a user does: what an edit has left is sent before, and other pages see that it has gone."""
        if self.is_closed:
            return
        try:
            if self._browser is not None and self.is_online:
                self._browser.backlog.send_all()
                await self.deliver(self.take_outbox())
        finally:
            await self.close()
        await settle()

    async def close(self) -> None:
        """Unmount the component. A second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        note_closed(self)
        await self._unmount()

    async def _unmount(self) -> None:
        if self._hook is not None and not self._hook.done() and not self._hook.get_loop().is_closed():
            self._hook.cancel()
            await asyncio.gather(self._hook, return_exceptions=True)
        await self.mount.close()

    # What the mount calls

    job_s = None
    """A test may take as long as it likes."""

    def names_waiting(self) -> list[str]:
        """No events: each is sent when the one before it has ended."""
        return []

    def wake(self) -> None:
        """Does nothing: changes are sent after every step."""

    async def flush(self) -> None:
        """Send what has changed so far."""
        await self.take_changes()

    def report(self, error: Exception, what: str) -> None:
        """Record an exception for the test."""
        self.failures.append(cause_of(error))

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        """Send an event to the page's scripts, once there is a connection."""
        pushed = Pushed(component_id, event, json.loads(detail_json))
        (self.pushed if self.is_online else self.waiting_pushes).append(pushed)

    # The connection

    def disconnect(self) -> None:
        """Lose the connection: updates and events wait."""
        self.is_online = False
        self.mount.disconnected(has_left=False)

    async def connect(self) -> None:
        """Restore the connection and deliver what waited."""
        self.be_online()
        self.mount.reconnected()
        messages, self.waiting = self.waiting, []
        self.browser.tell()
        await self.deliver([*messages, *self.take_outbox()])

    def be_online(self) -> None:
        """Note that the connection is back, and that the events that were pushed in the meantime have arrived."""
        self.is_online = True
        self.pushed += self.waiting_pushes
        self.waiting_pushes = []

    async def restart(self) -> None:
        """Make the server lose its state: the component is mounted again for the same page.

        If the lost mount had received any event, the events that waited for it are dropped, and the browser reports
        again what the user had filled in.
        """
        browser = self.browser
        self.catch_up()
        browser.edits.look(browser.top)
        await self._remount(browser)
        messages, self.waiting = self.waiting, []
        if self.has_sent:
            self.has_sent = False
            for message in messages:
                browser.end(message, EventEnd.LOST)
            browser.lose()
            messages = []
        else:
            browser.tell()
        await self.deliver([*messages, *self.take_outbox()])

    async def _remount(self, browser: Browser) -> None:
        await self._unmount()
        self.is_online, self.waiting_pushes = True, []
        self.mount = self.new_mount(self.mount.id)
        await self.mount.start()
        self.mount.attach(self)
        self.roots = {}
        snapshot: list[Patch] = [{"path": "", "html": self.mount.html()}]
        self.updates.append(Update(self.mount.id, snapshot, self.mount.html()))
        browser.apply(self.mount.id, snapshot)
        if self.is_checked:
            self._note_new()
            self._check_page(snapshot)
        await self._join()

    def slow_down(self) -> None:
        """Delay everything that the server sends until ``catch_up``."""
        self._browser = self.browser  # made now, so that it shows the page of this moment
        self.is_slow = True

    def catch_up(self) -> None:
        """Deliver everything that was delayed, in the order in which it was sent."""
        self.is_slow = False
        arrivals, self.in_transit = self.in_transit, []
        for arrive in arrivals:
            arrive()
        if self.is_checked and self.is_online:
            self._check_page(())

    def _send(self, arrive: Callable[[], None]) -> None:
        if self.is_slow:
            self.in_transit.append(arrive)
        else:
            arrive()

    # Steps

    def user(self) -> User:
        """A user in front of the page."""
        return User(self.browser)

    async def act(self, user: User) -> None:
        """Send the events that a user has caused."""
        await self.deliver(self.take_outbox())

    def take_outbox(self) -> list[Message]:
        """The messages that the browser has written since the last call."""
        messages, self.browser.outbox = self.browser.outbox, []
        return messages

    async def settle(self) -> None:
        """Send what is left to be sent, and show all changes, on all pages."""
        if self._browser is not None:
            await self.deliver(self.take_outbox())
        await settle()

    async def advance(self, seconds: float) -> None:
        """Let time pass for the timers of all pages."""
        await settle()
        await clock.advance(seconds, settle)
        for page in open_pages_here():
            page.browser.advance(seconds)
        await settle()

    async def deliver(self, messages: Sequence[Message]) -> None:
        """Have the server run these events, each whatever became of those before it.

        Raises the exception of the first that was refused or failed, if any.
        """
        queue = deque(messages)
        if not self.is_online:
            self.waiting += queue
            queue.clear()
        while queue:
            await self._run(queue.popleft())
            if self._browser is not None:
                queue += self.take_outbox()
        await settle()

    async def _run(self, message: Message) -> None:
        self.has_sent |= message.target is not None
        outcome = outcome_of(await self._attempt(self._call(message), message.event))
        await self._attempt(self.take_changes(), "the view")
        if message.target is not None:
            self._send(partial(self.browser.end, message, outcome))

    async def _attempt(self, doing: Coroutine[Any, Any, object], what: str) -> object:
        """The result of what must not keep the rest from being done, or how it failed; that is recorded."""
        try:
            return await doing
        except Exception as error:
            self.failures.append(cause_of(error))
            return error
        except asyncio.CancelledError as error:
            if (failure := cancelled_elsewhere(error, what)) is None:
                raise
            self.failures.append(failure)
            return failure

    async def _call(self, message: Message) -> bool:
        if refusal := refusal_of(message):
            raise refusal
        return await self.mount.call(
            message.component_id, message.event, message.args, message.params, message.fields
        )

    async def take_changes(self) -> bool:
        """Send the changes to the browser. Returns whether there were any."""
        async with self._lock:
            if self.is_closed or not self.is_online or not self.mount.dirty:
                return False
            changes = await self.mount.changes() or []
            for change in changes:
                self._take(change)
            if self.is_checked and changes:
                self._note_new()
                if not self.is_slow:
                    self._check_page([patch for change in changes for patch in change.patches])
            return bool(changes)

    def _take(self, change: ComponentPatches) -> None:
        sent = patches_from_json(patches_to_json(change.patches))
        html = self.mount.html() if self.is_checked else ""
        self.updates.append(Update(change.component_id, change.patches, html))
        mounted = self.mount.mounted.get(change.component_id)
        if self.is_checked and mounted is not None and change.component_id in self.roots:
            new = _root_of(mounted)
            check_patches(self.roots[change.component_id][1], sent, new, repr(mounted))
            self.roots[change.component_id] = (mounted.tree, new)
        if self._browser is not None:
            self._send(partial(self._show, self._browser, change.component_id, sent))

    @staticmethod
    def _show(browser: Browser, component_id: str, patches: Sequence[Patch]) -> None:
        try:
            browser.apply(component_id, patches)
        except PatchError as error:
            raise AssertionError(
                f"the browser could not apply an update, and would ask for a resync: {error}"
            ) from error

    def _note_new(self) -> None:
        """Record the trees of components that are new or were replaced as a whole; drop those that are gone."""
        old = self.roots
        self.roots = {
            name: old[name] if name in old and old[name][0] is item.tree else (item.tree, _root_of(item))
            for name, item in self.mount.mounted.items()
        }

    def _check_page(self, patches: Sequence[Patch]) -> None:
        shown = Root(tuple([child.to_node() for child in self.browser.top.children]))
        wanted = parse_html(self.mount.html())
        if problems := shared_ids(wanted):
            raise AssertionError("\n".join(problems))
        message = "the browser shows something different from what a parser makes of the page's HTML"
        check_same(shown, wanted, message, patches, with_nested=True)

    async def _connect(self) -> None:
        try:
            await self.mount.connected()
        except Exception as error:
            self.failures.append(error)

    def raise_failures(self) -> None:
        """Raise the first exception of a handler, hook or task since the last call, if there is one."""
        failures = self.failures.copy()
        self.failures.clear()
        if failures:
            raise failures[0]


def _root_of(mounted: MountedComponent) -> Root:
    return mounted.tree if type(mounted.tree) is Root else Root(expand(mounted.tree))
