"""Pages whose jobs, tasks, commits and ends come in drawn order, compared with a model after every step.

The laws: jobs come one after another, in the order in which they were brought, and none is cut in by another; what a job has
done is there whole or not at all, in variables, containers, records, the database, shared values, pushes and broadcasts,
and what others wrote meanwhile stays; who is told that it was done finds it in the database, who is told that it failed
does not; each component leaves once; code of a page sees its own context alone; no render shows what is half done unless
the job asks; and every job that was brought comes to an end.
"""

from __future__ import annotations

import asyncio
import html
import os
import tempfile
from collections.abc import Callable
from contextvars import copy_context
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import text

from hyper.components.unit import Unit
from hyper.records import database
from hyper.records.database import use_database
from hyper.testing.sources import load_source

from .machine_world import JOB_S, SOURCE, Gate, Job, Page, World, stored_tokens

pytestmark = pytest.mark.usefixtures("untold")

EXAMPLES = int(os.environ.get("HYPER_MACHINE", "60"))

keys = st.sampled_from(["k1", "k2"])
writes = st.one_of(
    st.just(("n",)),
    st.tuples(st.just("names"), keys),
    st.just(("marks",)),
    st.tuples(st.just("kids"), st.sampled_from([("a",), ("b",), (), ("a", "b")])),
    st.tuples(st.just("record"), st.sampled_from(["first", "second"])),
    st.tuples(st.just("shared"), keys),
    st.just(("push",)),
    st.just(("broadcast",)),
)
waits = st.just(("wait",))
beside = st.lists(
    st.one_of(writes.filter(lambda one: one[0] != "kids"), waits, st.just(("render",))), max_size=5
)
operations = st.one_of(
    writes,
    writes,
    waits,
    waits,
    st.just(("render",)),
    st.tuples(st.just("save"), st.booleans(), st.booleans()),
    st.tuples(st.just("outer"), writes),
    st.tuples(st.sampled_from(["owe", "await outer"]), writes, st.sampled_from(["", "wait", "raise"])),
    st.tuples(st.just("spawn"), beside),
)
scripts = st.lists(operations, max_size=8)
endings = st.sampled_from(["ok", "ok", "ok", "ok", "raise", "invalid", "cancelled"])
pages = st.integers(0, 1)
places = st.integers(0, 7)


class Loop(asyncio.SelectorEventLoop):
    """An event loop whose time the machine says."""

    now_s = 0.0

    def time(self) -> float:
        return self.now_s


@cache
def component() -> Any:
    folder = Path(tempfile.mkdtemp())
    return load_source(folder, SOURCE)["page"]


class Mailbox(RuleBasedStateMachine):
    """Two pages of one application."""

    @initialize()
    def begin(self) -> None:
        self.loop = Loop()
        self.folder = tempfile.TemporaryDirectory()
        use_database(f"sqlite:///{self.folder.name}/test.db")
        self.store = database.database()
        self.store.prepare(database.metadata)
        with self.store.writing() as session:
            session.execute(text("DELETE FROM hyper_records"))
        self.gate = Gate()
        self.store.executor = self.gate
        self.failures: list[Any] = []
        self.loop.set_exception_handler(lambda loop, context: self.failures.append(context))
        self.world = World(component().function.__globals__, self.gate)
        self.slots = [self.open(), self.open()]

    def run(self, act: Callable[[], Any] | None = None) -> Any:
        """Do something in the loop, and go on until nothing more happens by itself."""

        async def work() -> Any:
            result = act() if act is not None else None
            for _ in range(500):
                await asyncio.sleep(0)
                if len(self.loop._ready) == 0:  # type: ignore[attr-defined]
                    break
            return result

        result = self.loop.run_until_complete(work())
        for task in [task for task in self.world.tasks if task.done()]:
            self.world.tasks.discard(task)
            if not task.cancelled():
                task.result()
        return result

    def open(self) -> Page:
        world = self.world
        page = Page(world, len(world.pages))
        world.pages.append(page)

        async def mount() -> None:
            world.module["who"].set(str(page.number))
            mount = await component().mount_for("m", {})
            mount.attach(page)  # type: ignore[arg-type]
            mount.sleep = page.sleep
            page.mount = mount
            world.start(mount.connected())

        self.run(lambda: self.loop.create_task(mount(), context=copy_context()))
        return page

    # What happens

    @rule(at=pages, script=scripts, ending=endings, name=st.sampled_from(["act", "act", "act_now", "kid"]))
    def event(self, at: int, script: list[Any], ending: str, name: str) -> None:
        page, world = self.slots[at], self.world
        if page.is_closing:
            return
        if name == "act_now" and ending == "cancelled":
            ending = "raise"
        target = "m"
        if name == "kid":
            shown = [id for id in page.mount.mounted if id != "m" and page.mount.mounted[id].is_shown]
            if not shown:
                return
            name, target = "act", shown[0]
        job = world.new(page, "event", script, ending)
        page.queue.append(job)

        async def call() -> None:
            try:
                await page.mount.call(target, name, [job.number], {})
            except (Exception, asyncio.CancelledError):
                world.told(job, "failed")
            else:
                world.told(job, "ok")
            page.wake()

        def bring() -> None:
            job.task = world.start(call())

        self.run(bring)

    @rule(at=pages, script=scripts, ending=endings)
    def tick(self, at: int, script: list[Any], ending: str) -> None:
        page = self.slots[at]
        if page.is_closing or not page.ticks:
            return
        job = self.world.new(page, "tick", script, ending)
        page.queue.append(job)
        page.tick_jobs.append(job)
        self.run(lambda: page.ticks.pop(0).set_result(None))

    @rule(at=pages, script=scripts, kind=st.sampled_from(["beside", "turn"]), ending=endings)
    def task(self, at: int, script: list[Any], kind: str, ending: str) -> None:
        page, world = self.slots[at], self.world
        if page.is_closing:
            return
        job = world.new(page, kind, script, "ok" if ending == "cancelled" else ending)

        async def call() -> None:
            try:
                await page.mount.call("m", "begin", [job.number], {})
            except Exception:
                assert page.is_closing
            page.wake()

        self.run(lambda: world.start(call()))

    @precondition(lambda self: self.world.waits)
    @rule(at=places)
    def release(self, at: int) -> None:
        _, future = self.world.waits[at % len(self.world.waits)]
        self.run(lambda: None if future.done() else future.set_result(None))

    @precondition(lambda self: self.gate.waiting)
    @rule(at=places, fails=st.sampled_from([False, False, False, True]))
    def commit(self, at: int, fails: bool) -> None:
        self.run(lambda: self.gate.let(at % len(self.gate.waiting), fails=fails))

    @rule(at=places)
    def cancel(self, at: int) -> None:
        tasks = [job.task for job in self.world.jobs if job.task is not None and not job.task.done()]
        if tasks:
            self.run(lambda: tasks[at % len(tasks)].cancel())

    @rule(seconds=st.sampled_from([JOB_S / 4, JOB_S / 2, JOB_S + 1]))
    def time(self, seconds: float) -> None:
        self.loop.now_s += seconds
        self.run()

    @rule(at=pages)
    def write_elsewhere(self, at: int) -> None:
        """Code that is no page's writes the shared value, and announces it."""
        job = self.world.new(self.slots[at], "beside", [], "ok")
        job = self.world.new(self.slots[at], "beside", [], "ok")

        def write() -> None:
            self.world.do(job, ("shared", "k1"), {})
            self.world.do(job, ("broadcast",), {})

        self.run(write)

    @rule(at=pages)
    def close(self, at: int) -> None:
        page = self.slots[at]
        page.is_closing = True

        async def end() -> None:
            await page.mount.close()

        def start() -> None:
            page.closing = self.world.start(end())

        self.run(start)
        self.slots[at] = self.open()

    # What holds

    @invariant()
    def whole(self) -> None:
        if not hasattr(self, "world"):
            return
        assert self.failures == []
        self.world.settle()
        for page in self.world.pages:
            self.check_page(page)
        stored, known = stored_tokens(), self.world.in_database
        assert stored == known, (
            f"in the database and not told {stored - known}, told and not there {known - stored}"
        )
        assert dict(self.world.module["kept"]) == self.world.shared_now, (
            dict(self.world.module["kept"]),
            self.world.shared_now,
        )
        assert self.world.broadcasts == self.world.expected_broadcasts

    def check_page(self, page: Page) -> None:
        mailbox = page.mount.mailbox
        assert page.pushed == page.expected_pushes, (page.pushed, page.expected_pushes)
        if page.closing is not None:
            if page.closing.done():
                assert sorted(page.left) == sorted(page.born)
                assert page.left[-1] == "page"
                assert mailbox.running is None
            return
        cells = page.mount.root.cells()
        assert cells["n"].cell_contents == page.places["n"].now
        assert cells["kids"].cell_contents == page.places["kids"].now
        names = {key[1]: place.now for key, place in page.places.items() if key[0] == "names" and place.now}
        marks = {key[1] for key, place in page.places.items() if key[0] == "marks" and place.now}
        assert cells["names"].cell_contents == names
        assert cells["marks"].cell_contents == marks
        if mailbox.running is None:
            assert mailbox.waiting == (), "nobody wakes the job that waits"
            assert page.queue == []
            if not [one for one in self.jobs_of(page) if one.told == ""]:
                self.check_idle(page, names, marks)

    def jobs_of(self, page: Page) -> list[Job]:
        return [
            job for job in self.world.jobs if job.page is page and (job.task is not None or job.has_begun)
        ]

    def check_idle(self, page: Page, names: Any, marks: Any) -> None:
        """A page on which nothing runs shows what is, and holds nothing that is not in the database."""
        shown = f"{page.places['n'].now} {sorted(names.items())!r} {sorted(marks)!r}"
        assert html.escape(shown, quote=False) in page.mount.html(), (shown, page.mount.html())
        alive = [one.partition("#")[0] for one in page.alive if one != "page"]
        assert sorted(alive) == sorted(page.places["kids"].now)
        records: Any = page.mount.records
        for record in records.known.values() if records is not None else ():
            assert set(record.target.log) <= self.world.in_database
        assert not isinstance(page.mount.mailbox.running, Unit)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            for _ in range(200):
                if not (self.world.waits or self.gate.waiting):
                    break
                if self.world.waits:
                    self.release(0)
                if self.gate.waiting:
                    self.commit(0, False)
                self.time(1)
                self.whole()
            self.time(JOB_S + 1)
            self.whole()
            assert [
                job
                for job in self.world.jobs
                if job.kind != "beside" and job.told == "" and not job.page.is_closing and job.has_begun
            ] == []
            for at in (0, 1):
                self.slots[at].is_closing = True
                self.close(at)
            self.whole()
        finally:
            for task in asyncio.all_tasks(self.loop):
                task.cancel()
            self.run()
            database.opened.clear()
            database.chosen.clear()
            self.store.engine.dispose()
            self.folder.cleanup()
            self.loop.close()


Mailbox.TestCase.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=40,
    deadline=None,
    derandomize="HYPER_MACHINE" not in os.environ,  # the long runs look for what is new
    database=None,
)
TestMailbox = Mailbox.TestCase
