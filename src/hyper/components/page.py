"""One page: a page-level component with everything nested in it, as the transport's ``Mount``.

await mount.call("m", "increment", [], {})
await mount.changes()  ->  [ComponentPatches("m", [{"path": "p/text", "value": "1"}])]
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextvars import copy_context
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, Final

from hyper.components import lifetime
from hyper.components.calling import call
from hyper.components.checks import check_page
from hyper.components.line import PageLine
from hyper.components.mailbox import RENDERING, Mailbox, Rendering
from hyper.components.mounted import MountedComponent
from hyper.components.outcomes import report_view
from hyper.components.row_errors import FollowedRows, LastRender
from hyper.components.shown import note_shown
from hyper.components.steps import driven, resumed
from hyper.components.tasks import Sleep
from hyper.components.unit import PageClosedError, Unit
from hyper.context import Attendance, Ledgers, Line, forget_who_runs
from hyper.diff import Patch
from hyper.diff.instances import diff_values
from hyper.diff.reported import with_reported_fields
from hyper.errors import ComponentError
from hyper.transport.component import (
    ComponentPatches,
    Host,
    ReportedField,
    RequestContext,
    UnknownComponentError,
)
from hyper.vdom.templates.template import Instance

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent

log = logging.getLogger("hyper")

MAX_NESTED: Final = 50
"""How deep live components may be nested: each is printed by a call within the printing of its parent."""

PATIENCE_S: Final = 10
"""How long the end of a page waits for code that goes on although it is cancelled, if jobs have no time limit."""


class PageMount:
    """A page-level component and all nested in it; implements the transport's ``Mount``."""

    __slots__ = (
        "__weakref__",
        "context",
        "count",
        "dirty",
        "followed",
        "has_refused",
        "host",
        "id",
        "is_checked",
        "is_connected",
        "line",
        "mailbox",
        "nested",
        "posted",
        "poster",
        "records",
        "request",
        "root",
        "sleep",
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
        """The function that timers of the page wait with; tests replace it by a clock of their own."""
        self.count = 0
        """How many nested components there have been; their ids are numbered."""
        self.is_connected = False
        self.line = PageLine(self)
        self.is_checked = False
        """Is every tree compared with the one that a browser builds? For development and tests."""
        self.nested: dict[str, MountedComponent] | None = None
        """The nested components, by id; most pages have none."""
        self.dirty: list[tuple[int, str, MountedComponent]] | None = None
        """A heap of the components to render, outer ones first; some may have been closed."""
        self.followed: FollowedRows | None = None
        """The rows that errors follow; ``None`` before there were any."""
        self.records: Ledgers | None = None
        """Its records in a database; ``None`` while it has none."""
        self.has_refused = False
        """Has ``changes()`` been refused because of the job that runs? Then the transport is woken when it has ended."""
        self.mailbox = Mailbox()
        self.posted: tuple[tuple[MountedComponent, str], ...] = ()
        """Components whose hook of that name is due, as a render has met them: a job each."""
        self.poster: asyncio.Task[None] | None = None
        """The task that runs them."""
        self.context = copy_context()
        """The context variables with which all code of the page runs, as they were where it was mounted."""
        self.context.run(forget_who_runs)
        self.root = MountedComponent(component, id, properties, self)

    async def start(self) -> None:
        """Set up and render for the first time. Context variables that setup sets are those of the page."""
        try:
            try:
                await driven(self.context, self.root.start())
            finally:
                self.context.run(forget_who_runs)
            await self.changes()  # shared state may have changed while the page was being set up
        except BaseException:
            await lifetime.abandon(self.root)
            raise

    def attach(self, host: Host) -> None:
        """Use this ``host``, by which the page reaches its browser."""
        self.host = host

    async def connected(self) -> None:
        """Run the ``on_mount`` hooks, each as a job: a browser shows the page."""
        self.is_connected = True
        try:
            await lifetime.connect(self.root)
        finally:
            self.line.tell()  # it may have been lost before its hooks began

    async def close(self) -> None:
        """Stop what is running, and unmount everything. Jobs that wait raise ``PageClosedError``."""
        await self.mailbox.close(self.job_s or PATIENCE_S)
        posted, self.posted = self.posted, ()
        for mounted, hook in posted:
            if hook == "on_unmount":
                await lifetime.leave(mounted)
        await lifetime.close(self.root)

    def disconnected(self, *, has_left: bool) -> None:
        """Note that no browser is connected: it has closed the page, or the connection is lost."""
        self.line.note(Line.CLOSED if has_left else Line.LOST)

    def reconnected(self) -> None:
        """Note that a browser shows the page again."""
        self.line.note(Line.OPEN)

    def attend(self, attendance: Attendance) -> None:
        """Let ``attendance`` follow the line of the page, until the person leaves."""
        self.line.attend(attendance)

    def html(self) -> str:
        """The HTML that the browser shows inside the page-level root."""
        return self.root.html()

    def new_nested(
        self, component: LiveComponent, properties: Mapping[str, Any], parent: MountedComponent
    ) -> MountedComponent:
        """A new component nested in ``parent``, not started yet. Raises ``ComponentError`` if that is too deep."""
        if parent.depth >= MAX_NESTED:
            raise ComponentError(
                f"{component.name} is the {MAX_NESTED}th live component inside another: "
                "one that shows itself must stop somewhere"
            )
        self.count += 1
        child = MountedComponent(component, f"{self.id}.{self.count}", properties, self, parent)
        self.nested = self.nested or {}
        self.nested[child.id] = child
        return child

    def note_dirty(self, mounted: MountedComponent) -> None:
        """Render ``mounted`` at the next ``changes()``, and ask the transport to call it soon."""
        self.dirty = self.dirty or []
        heappush(self.dirty, (mounted.depth, mounted.id, mounted))
        if self.mailbox.running is None and self.host is not None:  # else it is shown when that has ended
            self.host.wake()

    def wake(self) -> None:
        """Ask the transport to call ``changes()`` soon, if anything is dirty or it was refused."""
        if self.host is not None and (self.dirty or self.has_refused):
            self.host.wake()

    @property
    def job_s(self) -> float | None:
        """How long a job may run, in seconds; ``None``: without end."""
        return self.host.job_s if self.host is not None else None

    @property
    def is_free(self) -> bool:
        """Does nothing run, neither a job nor a render?"""
        return self.mailbox.running is None

    def may_render(self) -> bool:
        """May the running code show the page now? Only the job whose turn it is shows what is half done."""
        return self.is_free or self.mailbox.own_unit() is not None

    async def idle(self) -> None:
        """Wait until no job runs; returns at once if the page is closed."""
        if self.mailbox.running is not None or self.mailbox.waiting:
            with contextlib.suppress(PageClosedError):
                await self.mailbox.turn("showing the page")
                asyncio.get_running_loop().call_soon(self.mailbox.call_next)

    async def run(self, name: str, job: Callable[[Unit], Coroutine[Any, Any, None]]) -> None:
        """Wait for a turn, and run a job. Raises ``PageClosedError`` if the page is closed before it could end."""
        await self.mailbox.turn(name)
        try:
            await self.run_now(name, job)
        finally:
            self.wake()

    async def run_now(self, name: str, job: Callable[[Unit], Coroutine[Any, Any, None]]) -> None:
        """Run a job whose turn it is, in the context of the page."""
        unit = Unit(self, name)
        self.mailbox.take(unit)
        try:
            await driven(self.context.copy(), job(unit), unit.watch)
        finally:
            self.end(unit)

    def end(self, unit: Unit) -> None:
        """End the running job: the next one may begin."""
        try:
            unit.close()
        finally:
            self.mailbox.leave()

    def post(self, mounted: MountedComponent, hook: str) -> None:
        """Run a hook later, as a job: a render has met it, which may itself be a part of a job."""
        self.posted += ((mounted, hook),)
        if self.poster is None:
            loop = asyncio.get_running_loop()
            self.poster = loop.create_task(self._run_posted(), context=self.context.copy())

    async def _run_posted(self) -> None:
        try:
            while self.posted:
                await self.mailbox.turn(self.posted[0][1])
                (mounted, hook), *others = self.posted
                self.posted = tuple(others)
                await lifetime.run_posted(mounted, hook)
                self.wake()
        except PageClosedError:  # the end of the page runs those that are left
            pass
        finally:
            self.poster = None

    def report(self, error: Exception, what: str) -> None:
        """Report a failure that must not stop anything else."""
        if self.host is not None:
            self.host.report(error, what)
        else:
            log.error("%s failed", what, exc_info=error)

    def forget(self, mounted: MountedComponent) -> None:
        """Drop a nested component that is closed."""
        if self.nested is not None:
            self.nested.pop(mounted.id, None)

    # For the transport

    async def call(
        self,
        component_id: str,
        event: str,
        args: list[object] | None,
        params: dict[str, object],
        fields: Sequence[ReportedField] = (),
    ) -> bool:
        """Run one handler of one component, in its turn. Raises ``CallError`` if it cannot be called, or fails."""
        mailbox = self.mailbox
        if mailbox.running is not None or mailbox.waiting or mailbox.is_closed:
            await mailbox.turn(event)
        unit = mailbox.running = Unit(self, event)
        # as in run_now(), but written out, as this is the way of every event
        context, work = self.context.copy(), call(unit, component_id, args, params, fields)
        try:
            waits_for = context.run(work.send, None)
            await resumed(context, work, waits_for, unit.watch)
        except StopIteration:  # as most handlers do, it has ended without waiting
            pass
        finally:
            if unit.is_open or unit.is_involved or unit.has_waited:
                unit.close()
            mailbox.running = None
            if mailbox.waiting or mailbox.is_closed:
                mailbox.leave()
        return unit.is_refused

    def find(self, component_id: str) -> MountedComponent:
        """A component of the page by its id. Raises ``UnknownComponentError`` if the page does not show it."""
        if component_id == self.id and not self.root.is_closed:
            return self.root
        mounted = self.nested.get(component_id) if self.nested is not None else None
        if mounted is None or not mounted.is_shown:
            raise UnknownComponentError(f"no component {component_id!r} on this page")
        return mounted

    def freeze(self) -> None:
        """Keep the page in less memory until something happens on it."""
        for mounted in self.mounted.values():
            mounted.freeze()

    def size(self) -> int:
        """About how many bytes the page's trees and its state have; cost: at most that of a render."""
        return sum(map(MountedComponent.size, self.mounted.values()))

    @property
    def mounted(self) -> dict[str, MountedComponent]:
        """All components of the page that are not closed, by id."""
        return {**({} if self.root.is_closed else {self.id: self.root}), **(self.nested or {})}

    async def changes(self) -> list[ComponentPatches] | None:
        """Render the components that are dirty, outer ones first; returns the patches of each that changed.

        Returns ``None`` while a job runs, unless the job itself asks: the page is shown when it has ended.
        """
        mailbox = self.mailbox
        if mailbox.running is not None:
            return await self._changes_half_done()
        self.has_refused = False
        if not self.dirty:
            return []
        mailbox.running = RENDERING
        context, work = self.context.copy(), self.render_dirty()  # driven(), written out for the same reason
        try:
            waits_for = context.run(work.send, None)
            return await resumed(context, work, waits_for, self._note_waiting)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]
        finally:
            mailbox.running = None
            if self.dirty:  # the render failed, and what others have dirtied meanwhile woke nobody
                self.wake()
            if mailbox.waiting or mailbox.is_closed:
                mailbox.leave()

    async def _changes_half_done(self) -> list[ComponentPatches] | None:
        """The changes that the running job shows before its end; ``None`` if it is not the job that asks."""
        unit = self.mailbox.own_unit()
        if unit is None:
            self.has_refused = True
            return None
        unit.has_shown = True
        return await driven(copy_context(), self.render_dirty())

    def _note_waiting(self, work: Coroutine[Any, Any, Any], waits_for: object) -> None:
        """Note which task renders: the end of the page stops it."""
        if self.mailbox.running is RENDERING:
            self.mailbox.running = Rendering(asyncio.current_task())

    async def render_dirty(self) -> list[ComponentPatches]:
        """Render the components that are dirty, in the present context."""
        changes: list[ComponentPatches] = []
        while self.dirty or (self.followed is not None and self.followed.follow(changes)):
            *_, mounted = heappop(self.dirty or [])
            self.dirty = self.dirty or None
            patches = [] if mounted.is_closed else await self.rerender(mounted)
            if patches:
                changes.append(ComponentPatches(mounted.id, patches))
        if changes and self.is_checked:
            check_page(self.root)
        return changes

    async def rerender(self, mounted: MountedComponent) -> list[Patch]:
        """Render one component; returns the patches from its old tree to the new one.

        If its view raises, its old tree stays on the page, and the other components are rendered all the same.
        """
        kept = mounted.kept_tree
        old = kept if type(kept) is Instance else mounted.tree
        reported, mounted.reported = mounted.reported, ()
        if self.followed is not None:
            self.followed.renders[mounted] = LastRender(old, reported)
        try:
            new = await mounted.render()
        except Exception as error:
            is_all = mounted is self.root and not self.nested
            report_view(self, error, f"rendering {mounted.component.name}", is_all=is_all)
            return []
        mounted.kept_tree = new
        if self.nested:
            note_shown(mounted)
            if mounted.renew_node() or not mounted.is_shown:
                return []
        patches = diff_values(old, new)
        return with_reported_fields(old, patches, reported) if reported else patches
