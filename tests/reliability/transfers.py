"""Transfers between accounts, on pages that have handlers, timers and tasks, and what may be found of them afterwards.

A job makes one or more transfers. Each writes a token into both accounts, so the database tells which have been made:
a token that is in one of them alone is a torn transfer. A job, a tick or a turn writes it into a variable and into a shared
value, too, which must tell the same.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from hyper.components.page import PageMount
from hyper.errors import Invalid
from hyper.records.database import Database
from hyper.records.writing import SaveError

from ..hyper.mounts import QuietHost

ACCOUNTS = 6
START = 100

SOURCE = """
from dataclasses import dataclass, field
from hyper.components.jobs import turn
from hyper.components.running import render
from hyper.components.tasks import every, spawn
from hyper.records.persistence import persistent
from hyper.state.sharing import broadcast, shared

@dataclass
class Account:
    balance: int = 100
    log: list[int] = field(default_factory=list)
    __persistent_name__ = "account"

made = shared({})
world = None

@live
def bank():
    accounts = [persistent(Account, id=str(number)) for number in range(6)]
    seen, last = {}, 0
    def take(transfer):
        nonlocal last
        account = accounts[transfer.source]
        account.balance -= transfer.amount
        account.log.append(transfer.token)
        last = transfer.token
    def give(transfer):
        account = accounts[transfer.target]
        account.balance += transfer.amount
        account.log.append(transfer.token)
        seen[transfer.token] = last
        made[str(transfer.token)] = transfer.token
    async def run(number: int):
        await world.run(number, take, give, accounts, render)
        broadcast()
    def run_now(number: int):
        world.run_now(number, take, give)
    @every(1)
    async def tick():
        await world.run_tick(take, give, accounts, render)
    def begin(number: int):
        world.hear(number, spawn(world.named(number, _beside(number))))
    async def _beside(number):
        await world.run(number, take, give, accounts, render)
    def begin_turn(number: int):
        world.tasks.add(spawn(_turn(number)))
    async def _turn(number):
        await world.pause(number)
        with world.telling(number):
            async with turn():
                await world.run(number, take, give, accounts, render)
    t'''<p @click="run(1)" @input="run_now(1)">{last} {len(made)}</p>
        <p @click="begin(1)" @input="begin_turn(1)">{accounts[0].balance}</p>'''
"""


@dataclass
class Transfer:
    token: int
    source: int
    target: int
    amount: int
    is_saved_after: bool
    """Is ``await save()`` called after it?"""
    is_final: bool = False
    """Has that returned? Then it stays, whatever comes of the job."""
    is_lost: bool = False
    """Was it undone by a failed save that the job has caught?"""
    is_unsure: bool = False
    """Was the job cancelled while it saved? Then it is there or not, but the same everywhere."""


@dataclass
class Job:
    """A piece of work, what is to become of it, and what was told about it."""

    page: Any
    kind: str
    transfers: list[Transfer]
    pauses: list[int]
    ending: str
    catches: bool
    shows: bool
    told: str = "unknown"
    """``ok``, ``failed``, or ``unknown``: nobody was told."""
    has_begun: bool = False


class Host(QuietHost):
    """The transport's side of one page."""

    def __init__(self, world: World, mount: PageMount) -> None:
        self.world = world
        self.mount = mount
        self.is_showing = False

    def wake(self) -> None:
        if not self.is_showing:
            self.is_showing = True
            self.world.start(self.show())

    async def show(self) -> None:
        self.is_showing = False
        await self.mount.changes()

    async def flush(self) -> None:
        await self.mount.changes()

    def push(self, component_id: str, event: str, detail_json: str) -> None: ...

    def report(self, error: Exception, what: str) -> None:
        job = self.world.ticking.get(self.mount) if what == "tick" else None
        if what.startswith("job "):
            job = self.world.jobs[int(what.split()[1])]
        if job is not None:
            job.told = "failed"
            self.world.count(error)
        elif what != "_turn":  # whose job has heard of it
            self.world.surprises.append((error, what))


class World:
    """What the pages of one schedule do."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.jobs: list[Job] = []
        self.ticking: dict[PageMount, Job] = {}
        self.tasks: set[asyncio.Task[Any]] = set()
        self.surprises: list[Any] = []
        self.counts: Counter[str] = Counter()
        self.tokens = itertools.count(1)

    def start(self, work: Any) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        return task

    def count(self, error: BaseException) -> None:
        self.counts[type(error).__name__] += 1

    # What code of the pages calls

    def named(self, number: int, work: Any) -> Any:
        work.__name__ = f"job {number}"
        return work

    def hear(self, number: int, task: asyncio.Task[Any]) -> None:
        """Note how a task has ended: ``Host.report`` is told if it failed."""
        job = self.jobs[number]

        def note(task: asyncio.Task[Any]) -> None:
            if not task.cancelled() and job.told == "unknown" and not job.page.is_closed:
                job.told = "ok"

        task.add_done_callback(note)
        self.tasks.add(task)

    async def pause(self, number: int) -> None:
        for _ in range(self.jobs[number].pauses[0]):
            await asyncio.sleep(0)

    def telling(self, number: int) -> Telling:
        return Telling(self, self.jobs[number])

    async def run_tick(self, *functions: Any) -> None:
        (page,) = [page for page, job in self.ticking.items() if job.page.tick_running is job]
        await self._run(self.ticking[page], *functions)

    async def run(self, number: int, *functions: Any) -> None:
        await self._run(self.jobs[number], *functions)

    async def _run(self, job: Job, take: Any, give: Any, accounts: Any, render: Any) -> None:
        job.has_begun = True
        pauses = itertools.cycle(job.pauses)
        for transfer in job.transfers:
            take(transfer)
            for _ in range(next(pauses)):
                await asyncio.sleep(0)
            give(transfer)
            if job.shows:
                await render()
            if transfer.is_saved_after:
                await self._save(job, transfer, accounts)
            for _ in range(next(pauses)):
                await asyncio.sleep(0)
        if job.ending == "hang":
            await asyncio.Event().wait()
        finish(job)

    async def _save(self, job: Job, transfer: Transfer, accounts: Any) -> None:
        before = job.transfers[: job.transfers.index(transfer) + 1]
        try:
            await asyncio.gather(*[accounts[one].save() for one in (transfer.source, transfer.target)])
        except SaveError as error:
            if not job.catches:
                raise
            self.count(error)
            for one in before:
                one.is_lost = one.is_lost or not one.is_final
            return
        except asyncio.CancelledError:
            for one in before:
                one.is_unsure = not one.is_final and not one.is_lost
            raise
        for one in before:
            one.is_final = one.is_final or not one.is_lost

    def run_now(self, number: int, take: Any, give: Any) -> None:
        job = self.jobs[number]
        job.has_begun = True
        for transfer in job.transfers:
            take(transfer)
            give(transfer)
        finish(job)


def finish(job: Job) -> None:
    """End a job as it is to end."""
    if job.ending == "raise":
        raise ValueError("in the middle")
    if job.ending == "invalid":
        raise Invalid(form="no")
    if job.ending == "cancelled":
        raise asyncio.CancelledError


@dataclass
class Telling:
    """Notes how a turn ended."""

    world: World
    job: Job

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> bool:
        if error is None:
            self.job.told = "ok"
        elif isinstance(error, Exception):
            self.job.told = "failed"
            self.world.count(error)
        return isinstance(error, Exception)


# One schedule ---------------------------------------------------------------------------------------------------


@dataclass
class Page:
    mount: PageMount
    host: Host
    ticks: asyncio.Queue[Job] = field(default_factory=asyncio.Queue)
    tick_running: Job | None = None
    is_closed: bool = False

    @property
    def is_ticking(self) -> bool:
        return not self.is_closed and (self.tick_running is not None or self.ticks.qsize() > 0)

    async def sleep(self, seconds: float) -> None:
        """The clock of the page's timer: a tick comes when the schedule has one."""
        job, self.tick_running = self.tick_running, None
        if job is not None:
            self.host.world.ticking.pop(self.mount)
            job.told = "ok" if job.told == "unknown" and job.has_begun else job.told
        self.tick_running = await self.ticks.get()
        self.host.world.ticking[self.mount] = self.tick_running


class Schedule:
    """A drawn history of some pages."""

    def __init__(self, component: Any, rng: random.Random) -> None:
        self.component = component
        self.rng = rng
        self.world = World(rng)
        self.module = component.function.__globals__
        self.module["world"] = self.world
        self.module["made"].clear()
        self.pages: list[Page] = []

    async def run(self) -> None:
        """Run it to its end. Raises ``TimeoutError`` if something of it never ends."""
        for _ in range(self.rng.choice([1, 2, 2, 3])):
            await self._open()
        for _ in range(self.rng.randint(3, 8)):
            self._step()
            for _ in range(self.rng.choice([0, 0, 1, 2, 5, 20])):
                await asyncio.sleep(0)
        async with asyncio.timeout(30):
            while self.world.tasks:
                tasks, self.world.tasks = self.world.tasks, set()
                await asyncio.wait(tasks)
                for task in [task for task in tasks if not task.cancelled()]:
                    task.result()
            while any(page.is_ticking for page in self.pages):
                await asyncio.sleep(0.0002)

    async def end(self) -> None:
        async with asyncio.timeout(30):
            for page in self.pages:
                await page.mount.close()

    async def _open(self) -> None:
        mount = await self.component.mount_for("m", {})
        page = Page(mount, Host(self.world, mount))
        page.host.job_s = self.rng.choice([None, 0.02, 0.02])
        mount.attach(page.host)
        mount.sleep = page.sleep
        self.pages.append(page)
        await mount.connected()

    def _step(self) -> None:
        page = self.rng.choice([page for page in self.pages if not page.is_closed] or self.pages)
        if page.is_closed:
            return
        if self.rng.random() < 0.04:
            page.is_closed = True
            self.world.start(page.mount.close())
            return
        kind = self.rng.choice(["run", "run", "run", "run_now", "tick", "begin", "begin_turn"])
        job = self._job(page, kind)
        if kind == "tick":
            page.ticks.put_nowait(job)
        else:
            self.world.start(self._call(job, len(self.world.jobs) - 1))

    def _job(self, page: Page, kind: str) -> Job:
        rng = self.rng
        transfers = []
        for _ in range(rng.choice([1, 1, 1, 2, 3])):
            source, target = rng.sample(range(ACCOUNTS), 2)
            is_saved = kind in ("run", "tick", "begin_turn") and rng.random() < 0.2
            transfers.append(Transfer(next(self.world.tokens), source, target, rng.randint(1, 9), is_saved))
        ending = rng.choice(["ok"] * 12 + ["raise", "raise", "invalid", "cancelled"])
        if rng.random() < 0.02 and page.host.job_s and kind in ("run", "tick", "begin_turn"):
            ending = "hang"
        if kind == "run_now" and ending == "cancelled":
            ending = "raise"
        pauses = [rng.choice([0, 0, 1, 3, 30]) for _ in range(3)]
        job = Job(page, kind, transfers, pauses, ending, rng.random() < 0.3, rng.random() < 0.1)
        self.world.jobs.append(job)
        return job

    async def _call(self, job: Job, number: int) -> None:
        is_told = job.kind in ("run", "run_now")
        try:
            await job.page.mount.call("m", job.kind, [number], {})
        except Exception as error:
            if is_told:
                job.told = "failed"
                self.world.count(error)
        else:
            job.told = "ok" if is_told else job.told


# What is found --------------------------------------------------------------------------------------------------


def accounts_in(store: Database) -> list[Any]:
    """All accounts in the database at one moment."""
    with store.reading() as session:
        rows = {
            row.id: json.loads(row.data)
            for row in session.execute(text("SELECT id, data FROM hyper_records"))
        }
    return [rows.get(str(number), {"balance": START, "log": []}) for number in range(ACCOUNTS)]


def check_sum(accounts: list[Any]) -> None:
    """At every commit: nothing is lost, nothing is torn."""
    assert sum(account["balance"] for account in accounts) == ACCOUNTS * START, accounts
    tokens = Counter(token for account in accounts for token in account["log"])
    assert set(tokens.values()) <= {2}, accounts


def check(schedule: Schedule, store: Database) -> Counter[str]:
    """Who was told that it is done finds it there, who was told that it failed does not."""
    world = schedule.world
    accounts = accounts_in(store)
    check_sum(accounts)
    there = {token for account in accounts for token in account["log"]}
    assert world.surprises == [], world.surprises
    for job in world.jobs:
        for transfer in job.transfers:
            check_transfer(job, transfer, transfer.token in there, schedule)
    expected = [START] * ACCOUNTS
    for transfer in [one for job in world.jobs for one in job.transfers if one.token in there]:
        expected[transfer.source] -= transfer.amount
        expected[transfer.target] += transfer.amount
    assert [account["balance"] for account in accounts] == expected
    for page in schedule.pages:
        assert page.mount.mailbox.running is None
        assert page.mount.mailbox.waiting == ()
        if not page.is_closed and page.mount.records is not None:
            known: Any = page.mount.records
            for record in known.known.values():
                assert set(record.target.log) <= there, "an object holds what is not in the database"
    counts = Counter(f"told {job.told}" for job in world.jobs)
    return counts + world.counts + Counter({"transfers there": len(there)})


def check_transfer(job: Job, transfer: Transfer, is_there: bool, schedule: Schedule) -> None:
    what = f"{job} {transfer}"
    if job.kind == "begin":  # a task's saves are each a commit of their own, and its variables stay
        if job.told == "ok" and not transfer.is_lost:
            assert is_there, what
        elif job.told == "failed" and not any(one.is_saved_after for one in job.transfers):
            assert not is_there, what
        return
    if transfer.is_lost:
        assert not is_there, what
        return
    is_kept = job.told == "ok" or transfer.is_final
    if transfer.is_unsure:
        is_kept = is_there
    if is_kept:
        assert is_there, what
    elif job.told == "failed":
        assert not is_there, what
    if job.told != "unknown":
        assert (str(transfer.token) in schedule.module["made"]) is is_kept, what
        cells = job.page.mount.root.cells()
        if "seen" in cells:
            assert (transfer.token in cells["seen"].cell_contents) is is_kept, what
