"""One mounted component and the simulated browser that shows it, joined as socket and session join them.

Every update is checked on the way: applied to the tree before it, it has to give the tree that was rendered;
and the browser has to show what a parser makes of the page's HTML.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

from hyper.components.checks import shared_ids
from hyper.components.component import LiveComponent
from hyper.components.mounted import MountedComponent
from hyper.components.page import PageMount
from hyper.diff import Patch, PatchError, patches_from_json, patches_to_json
from hyper.simulated.browser import Browser
from hyper.simulated.message import Message
from hyper.testing.checking import check_patches, check_same
from hyper.testing.clock import clock
from hyper.testing.sent import Pushed, Update
from hyper.testing.user import User
from hyper.transport.component import ComponentPatches, HandlerFailedError, RequestContext
from hyper.transport.wire import to_json
from hyper.vdom import Root, parse_html
from hyper.vdom.templates.template import expand

MAX_ROUNDS: Final = 1000
"""Renders after which a page that still changes is taken to change forever."""
QUIET_ROUNDS: Final = 5
"""Turns of the event loop without a change after which a page is taken to be at rest."""

_numbers = itertools.count(1)
_open: set[Session] = set()


class ReportingMount(PageMount):
    """A mount that notes what fails, from the first render on."""

    failures: list[BaseException]

    def report(self, error: Exception, what: str) -> None:
        self.failures.append(error)


class Session:
    """The server's side of a test page, and the host of its mount."""

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
        """Does what breaks in nested components at first fail the test?"""
        self.failures: list[BaseException] = []
        """What was raised and not told to the test yet."""
        self.mount = self.new_mount(f"page{next(_numbers)}")
        self.updates: list[Update] = []
        """Since the last step that a test took, on whatever page."""
        self.pushed: list[Pushed] = []
        self.roots: dict[str, tuple[Any, Root]] = {}
        """What each component showed after the last updates, as it keeps it and as plain nodes."""
        self.is_closed = False
        self.is_online = True
        self.waiting: list[Message] = []
        """What the user did while the connection was down."""
        self.waiting_pushes: list[Pushed] = []
        self.has_sent = False
        """Has this state of the server been told anything before the connection was lost?"""
        self.is_slow = False
        self.in_transit: list[Callable[[], None]] = []
        """What the server has sent over a slow line, in order."""
        self.loop: asyncio.AbstractEventLoop | None = None
        self._lock = asyncio.Lock()
        self._hook: asyncio.Task[None] | None = None
        self._browser: Browser | None = None

    def new_mount(self, id: str) -> PageMount:
        mount = ReportingMount(self.component, id, self.properties, self.request)
        mount.failures = self.failures
        mount.is_checked = self.is_checked
        mount.sleep = clock.sleep
        return mount

    async def start(self) -> None:
        """Render, show the page, run ``on_mount``."""
        self.loop = asyncio.get_running_loop()
        await self.mount.start()
        if not self.raises:
            self.failures.clear()
        self.mount.attach(self)
        _open.add(self)
        if self.is_checked:
            self.mount.check()
            self._note_new()
            self._check_page(())
        await self._join()

    async def _join(self) -> None:
        self._hook = asyncio.create_task(self._connect())
        await settle()

    @property
    def browser(self) -> Browser:
        """Made when it is first needed: benchmarks need none."""
        if self._browser is None:
            self._browser = Browser(self.mount.id, self.mount.html())
        return self._browser

    async def close(self) -> None:
        """Unmount; may be called again."""
        if self.is_closed:
            return
        self.is_closed = True
        _open.discard(self)
        await self._unmount()

    async def _unmount(self) -> None:
        if self._hook is not None and not self._hook.done() and not self._hook.get_loop().is_closed():
            self._hook.cancel()
            await asyncio.gather(self._hook, return_exceptions=True)
        await self.mount.close()

    # What the mount may ask

    def wake(self) -> None:
        """Nothing to do: the page is settled after every step."""

    async def flush(self) -> None:
        await self.take_changes()

    def report(self, error: Exception, what: str) -> None:
        self.failures.append(error)

    def push(self, component_id: str, event: str, detail: object) -> None:
        pushed = Pushed(component_id, event, json.loads(to_json(detail)))
        (self.pushed if self.is_online else self.waiting_pushes).append(pushed)

    # The connection

    def disconnect(self) -> None:
        """Lose the connection: updates and events wait."""
        self.is_online = False

    async def connect(self) -> None:
        """Have the connection back: what waited is delivered."""
        self.be_online()
        messages, self.waiting = self.waiting, []
        await self.deliver(messages)

    def be_online(self) -> None:
        """Note that the connection is back, and that the page has what was pushed meanwhile."""
        self.is_online = True
        self.pushed += self.waiting_pushes
        self.waiting_pushes = []

    async def restart(self) -> None:
        """The server has lost its state: the component is mounted anew for the same page, as it comes back.

        If the lost state had been told anything, events that waited for it are not for another one, and what the
        user had filled in is told again.
        """
        browser = self.browser
        self.catch_up()
        browser.edits.look(browser.top)
        await self._remount(browser)
        messages, self.waiting = self.waiting, []
        if self.has_sent:
            self.has_sent = False
            for message in messages:
                browser.acknowledge(message)
            browser.lose()
            messages, browser.outbox = browser.outbox, []
        await self.deliver(messages)

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
        """From now on what the server sends is under way until ``catch_up``."""
        self._browser = self.browser  # made now: what it shows is to become old
        self.is_slow = True

    def catch_up(self) -> None:
        """All that is under way arrives, in the order in which it was sent."""
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
        """Whoever sits before the page."""
        return User(self.browser)

    async def act(self, user: User) -> None:
        """Send what came of a user's doing."""
        messages, user.browser.outbox = user.browser.outbox, []
        await self.deliver(messages)

    async def settle(self) -> None:
        await settle()

    async def advance(self, seconds: float) -> None:
        """Let time go by for the timers of all pages."""
        await settle()
        await clock.advance(seconds, settle)
        for session in here():
            session.browser.advance(seconds)
        await settle()

    async def deliver(self, messages: Sequence[Message]) -> None:
        """Let the server run these events; afterwards raise what the first handler that failed raised."""
        if not self.is_online:
            self.waiting += messages
            messages = ()
        for message in messages:
            self.has_sent |= message.target is not None
            await self._call(message)
            await self.take_changes()
            if message.target is not None:
                self._send(partial(self.browser.acknowledge, message))
        await settle()

    async def _call(self, message: Message) -> None:
        if message.fields:
            self.mount.merge_fields(message.component_id, message.fields)
        try:
            await self.mount.call(message.component_id, message.event, message.args, message.params)
        except HandlerFailedError as error:
            self.failures.append(error.__cause__ or error)
        except Exception as error:
            self.failures.append(error)

    async def take_changes(self) -> bool:
        """Take over what changed; whether anything did."""
        async with self._lock:
            if self.is_closed or not self.is_online or not self.mount.dirty:
                return False
            changes = await self.mount.changes()
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
        """Take up the components that are new, or were put up anew as a whole; drop those that are gone."""
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
        message = "the browser shows something else than a parser makes of the page's HTML"
        check_same(shown, wanted, message, patches, with_nested=True)

    async def _connect(self) -> None:
        try:
            await self.mount.connected()
        except Exception as error:
            self.failures.append(error)

    def raise_failures(self) -> None:
        """Raise the first thing that a handler, hook or task raised since the last time."""
        failures = self.failures.copy()
        self.failures.clear()
        if failures:
            raise failures[0]


def _root_of(mounted: MountedComponent) -> Root:
    return mounted.tree if type(mounted.tree) is Root else Root(expand(mounted.tree))


def begin_step() -> None:
    """Forget the updates of the last step, on all pages."""
    for session in _open:
        session.updates.clear()
        session.pushed.clear()


def here() -> list[Session]:
    """The open pages of this event loop, oldest first."""
    loop = asyncio.get_running_loop()
    return sorted((item for item in _open if item.loop is loop), key=lambda item: int(item.mount.id[4:]))


async def settle() -> None:
    """Render until nothing changes any more, on all pages of this event loop."""
    quiet = 0
    for _ in range(MAX_ROUNDS):
        changed = [await session.take_changes() for session in here()]
        quiet = 0 if any(changed) else quiet + 1
        if quiet > QUIET_ROUNDS:
            break
        await asyncio.sleep(0)
    else:
        raise AssertionError(
            f"still changing after {MAX_ROUNDS} renders: does a view or task invalidate itself?"
        )
    for session in here():
        session.raise_failures()


def new_session(
    component: LiveComponent,
    properties: Mapping[str, Any],
    check: bool,
    request: RequestContext | None,
    raises: bool,
) -> Session:
    """A page for a component, of the kind that this run of the tests uses."""
    return kind(component, properties, check, request, raises)


kind: type[Session] = Session
"""What pages are made of: ``chromium.LiveSession`` with ``--live-browser``."""


def add(session: Session) -> None:
    """Note that a page is open."""
    _open.add(session)


def open_sessions() -> list[Session]:
    """All open pages."""
    return list(_open)
