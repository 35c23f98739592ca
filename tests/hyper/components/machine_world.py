"""A page whose jobs follow scripts, and a model of what has to come of them; for ``test_mailbox_machine.py``.

A script is a list of operations, each of which writes a token where it is told to: into a variable, a dict, a shared value,
a record. The model keeps for each place what it holds now, and what it will hold if the running job is undone: a job
changes the first alone, all others change both.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from hyper.components.page import PageMount
from hyper.components.running import push, render, running_component
from hyper.components.tasks import spawn
from hyper.components.unit import Unit
from hyper.errors import Invalid
from hyper.records import database, writing
from hyper.records.database import OperationalError
from hyper.records.persistence import SaveError
from hyper.state.observing import cell_of
from hyper.state.sharing import broadcast, shared

from ..mounts import HeldExecutor, QuietHost

JOB_S = 10.0

SOURCE = """
from contextvars import ContextVar
from dataclasses import dataclass, field
from hyper.components.jobs import turn
from hyper.components.tasks import every, spawn
from hyper.records.persistence import persistent
from hyper.state.sharing import shared

who = ContextVar("who", default="nobody")
world = None
kept = shared({})

@dataclass
class Account:
    log: list[int] = field(default_factory=list)
    __persistent_name__ = "account"

@live
def kid(name: str, on_outer, on_outer_later):
    n = 0
    me = world.born(name)
    def put(token):
        nonlocal n
        n = token
    def on_mount():
        world.hook("on_mount", me, put)
    async def on_unmount():
        world.hook("on_unmount", me, put)
    async def act(number: int):
        await world.act(number, me, put, on_outer, on_outer_later)
    world.viewed()
    t'<i @click="act(1)">{n}</i>'

@live
def page():
    n, names, marks = 0, {}, set()
    kids = ("a",)
    first, second = persistent(Account, id="1"), persistent(Account, id="2")
    me = world.born("")
    def put(token):
        nonlocal n
        n = token
    def put_kids(value):
        nonlocal kids
        kids = value
    def outer(number: int, at: int):
        world.do_now(number, at, put, names, marks, put_kids, first, second)
    async def outer_later(number: int, at: int):
        await world.do_later(number, at, put, names, marks, put_kids, first, second)
    async def act(number: int):
        await world.act(number, me, put, names, marks, put_kids, first, second)
    def act_now(number: int):
        world.act_now(number, me, put, names, marks, put_kids, first, second)
    @every(1)
    async def tick():
        await world.act(world.tick_of(me), me, put, names, marks, put_kids, first, second)
    def begin(number: int):
        world.named(number, spawn, _beside(number), _turn(number))
    async def _beside(number):
        await world.beside(number, me, put, names, marks, put_kids, first, second)
    async def _turn(number):
        with world.bringing(number):
            async with turn():
                await world.act(number, me, put, names, marks, put_kids, first, second)
    def on_unmount():
        world.hook("on_unmount", me, put)
    world.viewed()
    t'<p @click="act(1)" @input="act_now(1)" @focus="begin(1)">{n} {sorted(names.items())!r} {sorted(marks)!r}</p><b>{len(kept)}</b>'
    for name in kids:
        t'<{kid} key={name} name={name} on_outer={outer} on_outer_later={outer_later} />'
"""


class Gate(HeldExecutor):
    """In place of the database's threads: the machine says when a transaction is made, and whether it fails."""

    def let(self, at: int, *, fails: bool) -> None:
        future, function, args = self.waiting.pop(at)
        if fails:
            future.set_result(writing._failed("away", OperationalError("", {}, Exception("away"))))
        else:
            future.set_result(function(*args))


@dataclass
class Place:
    """What a variable or an entry of a container holds now, and if the running job is undone."""

    now: Any = None
    base: Any = None

    def write(self, value: Any, job: Job | None) -> None:
        self.now = value
        if job is None:
            self.base = value


@dataclass(eq=False)
class Job:
    """A job, or a task beside the jobs, and what is known of it."""

    page: Page
    number: int
    kind: str
    script: list[tuple[Any, ...]]
    ending: str
    task: asyncio.Task[Any] | None = None
    unit: Unit | None = None
    told: str = ""
    """``ok``, ``failed``, or ``closed``: its page was closed, and nobody is told."""
    has_begun: bool = False
    has_ended: bool = False
    has_raised: bool = False
    tokens: list[int] = field(default_factory=list)
    """What it wrote into records since its last commit point."""
    pushes: list[int] = field(default_factory=list)
    broadcasts: int = 0
    is_saving: bool = False

    @property
    def is_job(self) -> bool:
        return self.kind != "beside"


class AloneInModel:
    """What one function of an outer component does for a job: if it raises, that alone is undone at once."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.before: dict[Any, Any] = {}
        """What the places held that it has written to; others may have written to them since."""
        self.left: dict[Any, Any] = {}
        """What it has left there itself."""
        self.pushes: list[int] = []

    def __enter__(self) -> None:
        self.start = {key: place.now for key, place in self.job.page.places.items()}
        self.pushed = len(self.job.pushes)
        for key in self.left:
            if self.start[key] != self.left[key]:
                self.before[key] = self.start[key]

    def __exit__(self, *_: object) -> None:
        for key, place in self.job.page.places.items():
            old = self.start.get(key, place.base)
            if place.now != old:
                self.before.setdefault(key, old)
                self.left[key] = place.now
        self.pushes += self.job.pushes[self.pushed :]

    def undo(self) -> None:
        for key, value in self.before.items():
            self.job.page.places[key].now = value
        self.job.pushes = [push for push in self.job.pushes if push not in self.pushes]


class Page(QuietHost):
    """One page, its host, and the model of its state."""

    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.number = number
        self.mount: PageMount = None  # type: ignore[assignment]
        self.job_s: float | None = JOB_S
        self.places: dict[Any, Place] = {"n": Place(0, 0), "kids": Place(("a",), ("a",))}
        self.pushed: list[int] = []
        self.expected_pushes: list[int] = []
        self.active: dict[Job, int] = {}
        self.queue: list[Job] = []
        """The jobs that were brought and have not begun, in order."""
        self.unsettled: list[Job] = []
        """Ticks and hooks that have begun, and of whose end nothing was told yet."""
        self.asked = 0
        """How many renders the running job is waiting for."""
        self.born: list[str] = []
        self.left: list[str] = []
        self.ticks: list[asyncio.Future[None]] = []
        self.tick_jobs: list[Job] = []
        self.is_closing = False
        self.closing: asyncio.Task[None] | None = None

    # As the transport's side

    def wake(self) -> None:
        self.world.start(self.mount.changes())

    async def flush(self) -> None:
        self.asked += 1
        try:
            await self.mount.changes()
        finally:
            self.asked -= 1

    def push(self, component_id: str, event: str, detail_json: str) -> None:
        self.pushed.append(json.loads(detail_json))

    def report(self, error: Exception, what: str) -> None:
        if what.startswith("task "):
            self.world.told(self.world.jobs[int(what.split()[1])], "failed")
        elif what == "tick" or what.startswith(("on_mount of", "unmounting")):
            self.world.told(self.unsettled[-1], "failed")
        else:
            raise AssertionError(f"{what}: {error!r}") from error

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.ticks.append(future)
        await future

    def settle(self) -> None:
        """Ticks and hooks whose unit is no longer there, and that were not reported, have ended well."""
        for job in self.unsettled:
            if job.has_ended and job.told == "" and job.unit is not None and not job.unit.is_open:
                is_stopped = self.is_closing and (job.has_raised or job.unit.stop_reason is not None)
                self.world.told(job, "failed" if is_stopped else "ok")
        self.unsettled = [job for job in self.unsettled if job.told == ""]

    @property
    def alive(self) -> list[str]:
        return [one for one in self.born if one not in self.left]


class World:
    """What the code of the pages calls, and the model of what they share."""

    def __init__(self, module: dict[str, Any], gate: Gate) -> None:
        self.module = module
        self.gate = gate
        self.pages: list[Page] = []
        self.jobs: list[Job] = []
        self.tasks: set[asyncio.Task[Any]] = set()
        self.waits: list[tuple[str, asyncio.Future[None]]] = []
        self.count = itertools.count(1)
        self.final: list[tuple[str, int]] = []
        self.open: list[tuple[Job, str, int]] = []
        self.in_database: set[int] = set()
        self.broadcasts = self.expected_broadcasts = 0
        module["world"] = self
        module["kept"] = shared({})
        cell: Any = cell_of(module["kept"])
        cell.note_broadcast = self._count_broadcast
        self._cell = cell

    def _count_broadcast(self) -> None:
        self.broadcasts += 1
        type(self._cell).note_broadcast(self._cell)

    def start(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        return task

    # What code of the pages calls

    @property
    def here(self) -> Page:
        """The page whose code runs, by the context variable that was set where it was mounted."""
        return self.pages[int(self.module["who"].get())]

    def born(self, name: str) -> str:
        page = self.here
        page.born.append(f"{name}#{len(page.born)}" if name else "page")
        return page.born[-1]

    def viewed(self) -> None:
        page = self.here
        if page.mount is not None and page.mount.mailbox.unit is not None:
            assert page.asked, "a render that the running job has not asked for"

    def hook(self, kind: str, me: str, put: Any) -> None:
        page = self.here
        job = self.new(page, kind, [], "raise" if kind == "on_mount" and next(self.count) % 3 == 0 else "ok")
        self.enter(job)
        try:
            if kind == "on_unmount":
                assert me not in page.left, f"{me} has left twice"
                page.left.append(me)
            self.do(job, ("shared", "k1"), {})
            self.end(job)
        finally:
            self.exit(job)

    def tick_of(self, me: str) -> int:
        return self.here.tick_jobs.pop(0).number

    def named(self, number: int, spawn: Any, beside: Any, turn: Any) -> None:
        job = self.jobs[number]
        work, other = (beside, turn) if job.kind == "beside" else (turn, beside)
        other.close()
        work.__name__ = f"task {number}"
        job.task = spawn(work)
        if job.kind == "beside":

            def note(task: asyncio.Task[Any]) -> None:
                is_late = bool(job.tokens) and set(job.tokens) <= stored_tokens()
                if job.told == "":
                    self.told(job, "failed" if task.cancelled() and not is_late else "ok")

            job.task.add_done_callback(note)  # type: ignore[union-attr]
        self.tasks.add(job.task)  # type: ignore[arg-type]

    def bringing(self, number: int) -> Bringing:
        return Bringing(self, self.jobs[number])

    async def act(self, number: int, me: str, *scope: Any) -> None:
        job = self.jobs[number]
        self.enter(job)
        try:
            for at in range(len(job.script)):
                await self.do_at(job, at, scope)
            self.end(job)
        finally:
            self.exit(job)

    def act_now(self, number: int, me: str, *scope: Any) -> None:
        job = self.jobs[number]
        self.enter(job)
        try:
            for operation in job.script:
                if operation[0] in WRITES:
                    self.do(job, operation, page_scope(scope))
            self.end(job)
        finally:
            self.exit(job)

    async def beside(self, number: int, me: str, *scope: Any) -> None:
        job = self.jobs[number]
        assert self.here is job.page
        for operation in job.script:
            if operation[0] in WRITES:
                self.do(job, operation, page_scope(scope))
            elif operation[0] == "wait":
                await self.wait(f"task {number}")
            elif operation[0] == "render":
                await render()
        self.end(job)

    def do_now(self, number: int, at: int, *scope: Any) -> None:
        job = self.jobs[number]
        assert self.here is job.page
        self.do(job, job.script[at][1], page_scope(scope))

    async def do_later(self, number: int, at: int, *scope: Any) -> None:
        job = self.jobs[number]
        self.enter(job)
        alone = AloneInModel(job)
        try:
            with alone:
                self.do(job, job.script[at][1], page_scope(scope))
            if job.script[at][2] == "wait":
                await self.wait(f"owed by {number}")
            with alone:
                self.do(job, job.script[at][1], page_scope(scope))
            if job.script[at][2] == "raise":
                alone.undo()
                raise ValueError("owed")
        finally:
            self.exit(job)

    async def do_at(self, job: Job, at: int, scope: tuple[Any, ...]) -> None:
        operation = job.script[at]
        kind = operation[0]
        if kind == "wait":
            await self.wait(f"job {job.number}")
        elif kind == "render":
            await render()
        elif kind == "spawn":
            self.spawn(job, operation[1], scope)
        elif kind in ("outer", "owe", "await outer"):
            await self.outer(job, at, kind, scope)
        elif kind == "save":
            if len(scope) > 3:
                await self.save(job, operation, page_scope(scope))
        elif kind in WRITES:
            names = page_scope(scope) if len(scope) > 3 else {"kid": scope[0]}
            self.do(job, operation, names)

    async def outer(self, job: Job, at: int, kind: str, scope: tuple[Any, ...]) -> None:
        """Call functions of the outer component, if this is a nested one."""
        if len(scope) > 3:
            return
        _, on_outer, on_outer_later = scope
        if kind == "outer":
            on_outer(job.number, at)
            return
        result = on_outer_later(job.number, at)
        if kind == "await outer":
            await result

    def spawn(self, job: Job, script: list[Any], scope: tuple[Any, ...]) -> None:
        if len(scope) > 3:
            other = self.new(job.page, "beside", script, "ok")
            self.named(other.number, spawn, self.beside(other.number, "", *scope), self.nothing())

    async def nothing(self) -> None: ...

    async def save(self, job: Job, operation: tuple[Any, ...], scope: dict[str, Any]) -> None:
        _, is_caught, both = operation
        for name in ("first", "second") if both else ("first",):
            self.do(job, ("record", name), scope)
        job.is_saving = True
        try:
            if both:
                await asyncio.gather(scope["first"].save(), scope["second"].save())
            else:
                await scope["first"].save()
        except SaveError:
            job.is_saving = False
            if not is_caught:
                raise
            job.tokens.clear()
            return
        job.is_saving = False
        self.keep(job)

    async def wait(self, label: str) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (label, future)
        self.waits.append(entry)
        try:
            await future
        finally:
            self.waits.remove(entry)

    # The model

    def new(self, page: Page, kind: str, script: list[Any], ending: str) -> Job:
        job = Job(page, len(self.jobs), kind, script, ending)
        self.jobs.append(job)
        return job

    def settle(self) -> None:
        for page in self.pages:
            page.settle()

    def enter(self, job: Job) -> None:
        page = job.page
        assert self.here is page, "code of a page sees the context of another"
        self.settle()
        if not page.is_closing:  # the end of a page does not wait for ever for one that does not stop
            assert set(page.active) <= {job}, "two jobs at once"
        page.active[job] = page.active.get(job, 0) + 1
        if job.has_begun:
            return
        job.has_begun = True
        job.unit = page.mount.mailbox.unit
        if job.kind in ("tick", "on_mount", "on_unmount"):
            page.unsettled.append(job)
        if job in page.queue:
            assert page.queue[0] is job, "out of order"
            page.queue.remove(job)

    def exit(self, job: Job) -> None:
        page = job.page
        page.active[job] -= 1
        if not page.active[job]:
            del page.active[job]
        job.has_ended = True
        job.has_raised = job.has_raised or sys.exc_info()[0] is not None

    def end(self, job: Job) -> None:
        if job.ending == "raise":
            raise ValueError("in the middle")
        if job.ending == "invalid":
            raise Invalid(form="no")
        if job.ending == "cancelled":
            raise asyncio.CancelledError

    def do(self, job: Job, operation: tuple[Any, ...], scope: dict[str, Any]) -> None:
        """Write a new token, and note that."""
        self.settle()
        token, page = next(self.count), job.page
        writer = job if job.is_job else None
        kind = operation[0]
        if kind == "n" and "kid" in scope:
            scope["kid"](token)
        elif kind == "n" and scope:
            scope["put"](token)
            page.places["n"].write(token, writer)
        elif kind == "names" and "names" in scope:
            scope["names"][operation[1]] = token
            page.places.setdefault(("names", operation[1]), Place()).write(token, writer)
        elif kind == "marks" and "marks" in scope:
            scope["marks"].add(token)
            page.places.setdefault(("marks", token), Place(False, False)).write(True, writer)
        elif kind == "kids" and "put_kids" in scope:
            scope["put_kids"](operation[1])
            page.places["kids"].write(operation[1], writer)
        elif kind == "record" and operation[1] in scope:
            scope[operation[1]].log.append(token)
            job.tokens.append(token)
        elif kind == "shared":
            self.module["kept"][operation[1]] = token
            self.open.append((job, operation[1], token))
            if writer is None:
                self.finish(job)
        elif kind == "push":
            push("token", token)
            owner = running_component()
            if owner is not None and not owner.is_closed:  # else there is nobody to be told
                (page.expected_pushes if writer is None else job.pushes).append(token)
        elif kind == "broadcast":
            if writer is None:
                self.expected_broadcasts += 1
            else:
                job.broadcasts = 1
            broadcast(self.module["kept"])

    def finish(self, job: Job) -> None:
        """Make final what a job wrote into the shared value."""
        self.final += [(key, token) for owner, key, token in self.open if owner is job]
        self.open = [entry for entry in self.open if entry[0] is not job]

    def keep(self, job: Job) -> None:
        """A job has ended well, or reached a commit point."""
        self.in_database.update(job.tokens)
        job.tokens.clear()
        if not job.is_job:
            return
        for place in job.page.places.values():
            place.base = place.now
        self.finish(job)
        job.page.expected_pushes += job.pushes
        job.pushes.clear()
        self.expected_broadcasts += job.broadcasts
        job.broadcasts = 0

    def told(self, job: Job, how: str) -> None:
        """Somebody was told how a job has ended."""
        assert job.told == ""
        job.told = how
        if job in job.page.queue:
            job.page.queue.remove(job)
        if not job.has_begun and job.is_job:
            return
        stored = stored_tokens()
        if how == "ok" or (job.is_saving and job.tokens and set(job.tokens) <= stored):
            self.keep(job)
        if how == "ok":
            return
        if job.kind in ("turn", "event") and how == "late":
            raise AssertionError
        job.tokens.clear()
        if job.is_job:
            for place in job.page.places.values():
                place.now = place.base
            self.open = [entry for entry in self.open if entry[0] is not job]

    @property
    def shared_now(self) -> dict[str, int]:
        return dict([*self.final, *((key, token) for _, key, token in self.open)])


WRITES = ("n", "names", "marks", "kids", "record", "shared", "push", "broadcast")


def page_scope(scope: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(("put", "names", "marks", "put_kids", "first", "second"), scope, strict=True))


def stored_tokens() -> set[int]:
    """The tokens in the database."""
    with database.database().reading() as session:
        rows = session.execute(text("SELECT data FROM hyper_records")).all()
    return {token for row in rows for token in json.loads(row.data)["log"]}


@dataclass
class Bringing:
    """A task takes a turn, and is told how that ended."""

    world: World
    job: Job

    def __enter__(self) -> None:
        self.job.page.queue.append(self.job)

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        job = self.job
        if error is None or (job.tokens and set(job.tokens) <= stored_tokens()):  # cancelled, but too late
            self.world.told(job, "ok")
        else:
            self.world.told(job, "failed")
        return isinstance(error, Exception)
