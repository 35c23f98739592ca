"""A page-level component as the transport sees it: with everything nested in it, one unit of state."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final

from hyper.components import lifetime
from hyper.components.calling import call
from hyper.components.mounted import MountedComponent
from hyper.components.nested import note_shown
from hyper.components.running import running_component
from hyper.components.tasks import Sleep
from hyper.context import Attendance, UnitOfWork
from hyper.diff import Patch
from hyper.diff.instances import diff_values
from hyper.diff.reported import with_reported_fields
from hyper.errors import AuthorError, ComponentError, HyperError
from hyper.transport.component import ComponentPatches, Host, RequestContext, UnknownComponentError

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent

log = logging.getLogger("hyper")

MAX_NESTED: Final = 50
"""Live components in each other, each printed inside the printing of the one around it."""


class PageMount:
    """One mounted page-level component; implements the transport's ``Mount``."""

    __slots__ = (
        "__weakref__",
        "attendances",
        "count",
        "dirty",
        "host",
        "id",
        "is_checked",
        "is_connected",
        "nested",
        "request",
        "root",
        "sleep",
        "unit",
    )

    def __init__(
        self,
        component: LiveComponent,
        id: str,
        properties: Mapping[str, Any],
        request: RequestContext | None = None,
    ) -> None:
        self.id = id
        self.request = request
        self.host: Host | None = None
        self.sleep: Sleep = asyncio.sleep
        """What timers wait with; tests put a clock of their own here."""
        self.count = 0
        self.is_connected = False
        self.is_checked = False
        """Is every tree compared with what a browser builds? For development and tests."""
        self.nested: dict[str, MountedComponent] | None = None
        """The components in the page-level one, by id; most pages have none."""
        self.dirty: list[tuple[int, str, MountedComponent]] | None = None
        """What has to be rendered, as a heap: outer components first; some may be closed by now."""
        self.attendances: tuple[Attendance, ...] = ()
        """The entries of its components in lists of those present."""
        self.unit: UnitOfWork | None = None
        """Of its records, once it has some."""
        self.root = MountedComponent(component, id, properties, self)

    async def start(self) -> None:
        """Set up and render for the first time."""
        await self.root.start()
        await self.changes()  # shared state may have changed while the page was being set up

    def attach(self, host: Host) -> None:
        """Keep the way back to the browser."""
        self.host = host

    async def connected(self) -> None:
        """A browser shows the page: run the ``on_mount`` hooks."""
        self.is_connected = True
        await lifetime.connect(self.root)

    async def close(self) -> None:
        """Unmount everything."""
        await lifetime.close(self.root)

    def leave(self) -> None:
        """The browser closed the page: nobody is present by it."""
        for attendance in self.attendances:
            attendance.suspend()

    def come_back(self) -> None:
        """The browser shows the page again."""
        for attendance in self.attendances:
            attendance.resume()

    def attend(self, attendance: Attendance) -> None:
        """Suspend and resume ``attendance`` with the page, for as long as it is taken."""
        if attendance not in self.attendances:
            self.attendances = (*[one for one in self.attendances if one.is_taken], attendance)

    def html(self) -> str:
        """The HTML that the browser shows inside the page-level root."""
        return self.root.html()

    # For mounted components

    def new_nested(
        self, component: LiveComponent, properties: Mapping[str, Any], parent: MountedComponent
    ) -> MountedComponent:
        """A component nested in ``parent``, not started yet."""
        if parent.depth >= MAX_NESTED:
            raise ComponentError(
                f"{component.name} is the {MAX_NESTED}th live component inside another: "
                "one that shows itself needs an end"
            )
        self.count += 1
        child = MountedComponent(component, f"{self.id}.{self.count}", properties, self, parent)
        self.nested = self.nested or {}
        self.nested[child.id] = child
        return child

    def note_dirty(self, mounted: MountedComponent) -> None:
        """Have a component rendered at the next ``changes()``."""
        self.dirty = self.dirty or []
        heappush(self.dirty, (mounted.depth, mounted.id, mounted))
        if self.host is not None:
            self.host.wake()

    def report(self, error: Exception, what: str) -> None:
        """Tell of a failure that must not stop anything else."""
        if self.host is not None:
            self.host.report(error, what)
        else:
            log.error("%s failed", what, exc_info=error)

    def forget(self, mounted: MountedComponent) -> None:
        """Drop a component that is closed."""
        if self.nested is not None:
            self.nested.pop(mounted.id, None)

    # For the transport

    async def call(
        self, component_id: str, event: str, args: list[object] | None, params: dict[str, object]
    ) -> None:
        """Run one handler of one component."""
        await call(self.find(component_id), event, args, params)

    def merge_fields(self, component_id: str, fields: list[tuple[str, str | None]]) -> None:
        """Note what form controls hold, so that the next render can put them right."""
        mounted = self.find(component_id)
        mounted.reported = (*mounted.reported, *fields)

    def find(self, component_id: str) -> MountedComponent:
        if component_id == self.id and not self.root.is_closed:
            return self.root
        mounted = self.nested.get(component_id) if self.nested is not None else None
        if mounted is None or not mounted.is_shown:
            raise UnknownComponentError(f"no component {component_id!r} on this page")
        return mounted

    def freeze(self) -> None:
        """Keep what the page shows in less space, until something happens on it."""
        for mounted in self.mounted.values():
            mounted.freeze()

    @property
    def mounted(self) -> dict[str, MountedComponent]:
        """All components of the page that are not closed, by id."""
        nested = self.nested or {}
        return nested if self.root.is_closed else {self.id: self.root, **nested}

    async def changes(self) -> list[ComponentPatches]:
        """Render what is dirty, outer components first; the patches for each."""
        changes: list[ComponentPatches] = []
        while self.dirty:
            *_, mounted = heappop(self.dirty)
            self.dirty = self.dirty or None
            patches = [] if mounted.is_closed else await self.rerender(mounted)
            if patches:
                changes.append(ComponentPatches(mounted.id, patches))
        if changes and self.is_checked:
            self.check()
        return changes

    def check(self) -> None:
        """Nothing, or ``ComponentError`` where a browser would build another tree from this page."""
        from hyper.components.checks import check_tree, warn_of_shared_ids, warn_of_shared_keys

        check_tree(self.root)
        warn_of_shared_keys(self.root)
        warn_of_shared_ids(self.root)

    async def rerender(self, mounted: MountedComponent) -> list[Patch]:
        """Render one component; the patches from its last tree to the new one.

        A view that raises leaves its last good tree on the page, and its neighbours alone.
        """
        old = mounted.tree
        reported, mounted.reported = mounted.reported, ()
        try:
            new = await mounted.render()
        except Exception as error:
            if mounted is self.root and not self.nested:
                raise
            self.report(error, f"rendering {mounted.component.name}")
            return []
        mounted.tree = new
        note_shown(mounted)
        if mounted.replace_node() or not mounted.is_shown:
            return []
        patches = diff_values(old, new)
        return with_reported_fields(old, patches, reported) if reported else patches


async def render() -> None:
    """Show the component's present state now, from within a handler or task: ``await render()``.

    A handler that loads something sets its loading state, awaits this, and goes on. Without it the page is
    updated once, when the handler is done.
    """
    mounted = _running("render")
    mounted.invalidate()
    if mounted.page.host is not None:
        await mounted.page.host.flush()


def push(event: str, detail: object = None) -> None:
    """Dispatch ``live:event`` with ``detail`` on the component's root in the browser, for the page's scripts.

    It arrives after the updates of what was changed before. ``detail`` is anything JSON can say; the page
    listens with ``root.addEventListener("live:saved", …)`` or in a hook. Without a browser nothing happens. For a
    page that is away or slow the newest ``Limits.queued_pushes`` wait; ``live:missed`` tells of those dropped.
    """
    mounted = _running("push")
    if mounted.page.host is not None:
        mounted.page.host.push(mounted.id, event, detail)


def request() -> RequestContext:
    """The HTTP request behind the page of the running component: its user, path and some headers."""
    mounted = _running("request")
    return mounted.page.request or RequestContext("")


def _running(what: str) -> MountedComponent:
    mounted = running_component()
    if mounted is None:
        raise HyperError(f"{what}() works inside a live component, and none is running")
    return mounted


class CurrentUser:
    """Stands for ``request().user`` of the component that is running: has its attributes, and is equal to it.

    False where nobody is logged in, or no component is running.
    """

    def __getattr__(self, name: str) -> Any:
        user = _user()
        if user is None:
            raise AuthorError(
                f"current_user.{name}: nobody is logged in. Have auth in setup(app, auth=…) return a user, or"
                " refuse with web.HTTPUnauthorized; or ask first: if current_user"
            )
        return getattr(user, name)

    def __eq__(self, other: object) -> bool:
        return bool(_user() == (_user() if other is self else other))

    def __hash__(self) -> int:
        return hash(_user())

    def __bool__(self) -> bool:
        return bool(_user())

    def __str__(self) -> str:
        return str(_user())

    def __repr__(self) -> str:
        return f"<current_user {_user()!r}>"


def _user() -> Any:
    mounted = running_component()
    request = mounted.page.request if mounted is not None else None
    return request.user if request is not None else None


current_user: Any = CurrentUser()
"""The user of the running component."""
