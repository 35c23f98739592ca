"""``async with turn():``, by which a task does something as one job of its page."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hyper.components.page import PageMount
from hyper.components.unit import PageClosedError
from hyper.errors import ComponentError
from hyper.testing import mount
from hyper.testing.sources import one
from hyper.transport.component import HandlerTimeoutError

from ..mounts import RecordingHost, mounted

PAGE = """
import asyncio
from hyper import broadcast, every, live, push, render, shared, spawn, turn

count = shared(0)

@live
def page():
    log, rows = [], []
    total = 0
    go = asyncio.Event()
    came = asyncio.Event()

    async def keep():
        log.append("waits")
        async with turn():
            log.append("has it")
            rows.append("first")
            came.set()
            await go.wait()
            rows.append("second")
        log.append("is over")

    async def fail():
        nonlocal total
        log.append("asked")
        try:
            async with turn():
                total = 5
                rows.append("gone")
                count.increment()
                push("told")
                came.set()
                await go.wait()
                raise ValueError("no")
        except BaseException as error:
            log.append(type(error))
            log.append(str(error))
            if isinstance(error, asyncio.CancelledError):
                raise

    async def tell():
        async with turn():
            count.increment()
            push("told", len(rows))
            broadcast()
            came.set()
            await go.wait()

    async def half():
        async with turn():
            rows.append("first")
            await render()
            rows.append("second")

    async def stay():
        async with turn():
            rows.append("there")
        came.set()
        await go.wait()

    async def twice():
        async with turn():
            async with turn():
                rows.append("never")

    def start(name): spawn({"keep": keep, "fail": fail, "tell": tell, "half": half, "twice": twice, "stay": stay}[name]())

    def note(): log.append("event")

    async def hold(name):
        start(name)
        log.append("holds")
        came.set()
        await go.wait()
        log.append("lets go")

    async def again():
        async with turn():
            rows.append("never")

    t'<button @click="start(name)"></button><a @click="note"></a><b @click="hold(name)"></b><i @click="again"></i>'
    t'<p>{total} {" ".join(rows)}</p>'
"""


class Turns:
    """A page with the component above, and what is inside it."""

    def __init__(self, mount: PageMount, host: RecordingHost) -> None:
        self.mount = mount
        self.host = host
        self.variables = {name: cell.cell_contents for name, cell in mount.root.cells().items()}
        self.log: list[Any] = self.variables["log"]
        self.rows: list[str] = self.variables.get("rows", [])
        self.came: asyncio.Event = self.variables["came"]
        self.go: asyncio.Event = self.variables["go"]

    async def start(self, name: str) -> asyncio.Task[Any]:
        """Start a task by an event, which is over when this returns."""
        before = set(self.mount.root.tasks)
        await self.mount.call("m", "start", [name], {})
        (task,) = set(self.mount.root.tasks) - before
        return task

    async def hold(self, name: str) -> asyncio.Task[Any]:
        """A job that has started a task, and waits for ``go``."""
        task = asyncio.create_task(self.mount.call("m", "hold", [name], {}))
        await self.came.wait()
        self.came.clear()
        return task

    async def ended(self) -> None:
        """Wait for the tasks of the page."""
        while tasks := set(self.mount.root.tasks):
            await asyncio.wait(tasks)

    @property
    def count(self) -> Any:
        """The shared value."""
        return self.mount.root.component.function.__globals__["count"]

    def stored(self) -> tuple[int, int]:
        """The balances in the database."""
        return self.mount.root.component.function.__globals__["stored"]()  # type: ignore[no-any-return]

    async def text(self) -> str:
        await self.mount.changes()
        return self.mount.html().partition("<p>")[2].partition("</p>")[0]


async def turns(tmp_path: Path) -> Turns:
    return Turns(*await mounted(one(tmp_path, PAGE)))


async def test_what_stands_in_a_turn_is_whole(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    task = await page.start("keep")
    await page.came.wait()
    assert await page.mount.changes() is None  # nothing half done is shown
    page.go.set()
    await task
    assert page.rows == ["first", "second"]
    assert await page.text() == "0 first second"
    await page.mount.close()


async def test_what_stands_in_a_turn_that_raises_is_undone(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    page.go.set()
    await (await page.start("fail"))
    assert page.log == ["asked", ValueError, "no"]  # what was done outside of it stays
    assert page.rows == []
    assert page.count.value == 0
    assert page.host.pushed == []
    assert page.host.errors == []  # the task caught it
    assert await page.text() == "0 "
    await page.mount.close()


async def test_a_turn_waits_for_the_running_job(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    holding = await page.hold("keep")
    await asyncio.sleep(0.01)
    assert page.log == ["holds", "waits"]
    page.go.set()
    await holding
    await page.ended()
    assert page.log == ["holds", "waits", "lets go", "has it", "is over"]
    await page.mount.close()


async def test_events_wait_for_a_turn(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    task = await page.start("keep")
    await page.came.wait()
    noting = asyncio.create_task(page.mount.call("m", "note", None, {}))
    await asyncio.sleep(0.01)
    assert page.log == ["waits", "has it"]
    page.go.set()
    await noting
    await task
    assert page.log.index("event") > page.log.index("has it")
    assert page.rows == ["first", "second"]
    await page.mount.close()


async def test_the_page_is_shown_when_a_turn_has_ended_though_the_task_goes_on(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    await page.mount.changes()
    task = await page.start("stay")
    await page.mount.changes()
    before = page.host.woken
    await page.came.wait()
    assert not task.done()
    assert page.host.woken == before + 1
    assert await page.text() == "0 there"
    await page.mount.close()


async def test_shared_values_pushes_and_broadcasts_are_part_of_it(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    task = await page.start("tell")
    await page.came.wait()
    assert page.host.pushed == []
    page.go.set()
    await task
    assert page.count.value == 1
    assert page.host.pushed == [("m", "told", 0)]
    await page.mount.close()


async def test_await_render_in_a_turn_shows_what_there_is(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    await (await page.start("half"))
    assert [change.patches for change in page.host.flushed] == [[{"path": "p/text", "value": "0 first"}]]
    assert await page.text() == "0 first second"
    await page.mount.close()


async def test_a_turn_that_takes_too_long_is_stopped_and_undone(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    page.host.job_s = 0.02
    task = await page.start("fail")
    await page.came.wait()
    await page.mount.call("m", "note", None, {})  # waits until it is stopped
    await task
    assert page.log[0] == "asked"
    assert HandlerTimeoutError in page.log
    assert "turn() in page took too long and was stopped" in page.log
    assert page.rows == []
    assert page.count.value == 0
    assert not task.cancelling()  # the task could go on
    await page.mount.close()


async def test_the_time_that_it_waits_does_not_count(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    holding = await page.hold("keep")  # without a limit
    page.host.job_s = 0.2
    await asyncio.sleep(0.25)
    page.go.set()
    await holding
    await page.ended()
    assert page.rows == ["first", "second"]
    await page.mount.close()


async def test_a_page_that_is_closed_meanwhile_undoes_the_turn(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    task = await page.start("fail")
    await page.came.wait()
    await page.mount.close()
    await asyncio.wait([task])
    assert PageClosedError in page.log
    assert page.rows == []
    assert page.count.value == 0
    assert page.host.errors == []


async def test_a_task_that_is_in_its_turn_when_its_page_is_closed_ends_without_a_report(
    tmp_path: Path,
) -> None:
    page = await turns(tmp_path)
    task = await page.start("keep")
    await page.came.wait()
    await page.mount.close()
    await asyncio.wait([task])
    assert page.rows == []
    assert page.log == ["waits"]  # what it noted in its turn is undone
    assert page.host.errors == []


async def test_who_waits_for_a_turn_when_the_page_is_closed_never_gets_it(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    holding = await page.hold("keep")
    await asyncio.sleep(0)
    await page.mount.close()
    with pytest.raises(PageClosedError):
        await holding
    await page.ended()
    assert page.log == ["holds", "waits"]
    assert page.rows == []


async def test_a_task_that_is_cancelled_in_its_turn_undoes_it_and_ends(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    task = await page.start("fail")
    await page.came.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert page.log[:2] == ["asked", asyncio.CancelledError]
    assert page.rows == []
    await page.mount.call("m", "note", None, {})  # and the mailbox is free
    await page.mount.close()


async def test_a_task_that_is_cancelled_while_it_waits_passes_its_turn_on(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    holding = await page.hold("keep")
    (task,) = page.mount.root.tasks
    await asyncio.sleep(0)
    noting = asyncio.create_task(page.mount.call("m", "note", None, {}))
    await asyncio.sleep(0)
    task.cancel()
    page.go.set()
    await asyncio.gather(holding, noting)
    assert page.log[-1] == "event"
    await page.mount.close()


async def test_a_job_asks_for_no_turn_as_it_has_one(tmp_path: Path) -> None:
    page = await turns(tmp_path)
    with pytest.raises(Exception, match="again failed") as failed:
        await page.mount.call("m", "again", None, {})
    assert isinstance(failed.value.__cause__, ComponentError)
    assert "leave out async with turn()" in str(failed.value.__cause__)
    await (await page.start("twice"))
    ((message, what),) = page.host.errors
    assert what == "twice"
    assert "leave out async with turn()" in message
    assert page.rows == []
    await page.mount.call("m", "note", None, {})
    await page.mount.close()


async def test_a_turn_needs_a_component() -> None:
    from hyper import turn

    with pytest.raises(ComponentError, match=r"^turn\(\) works inside a live component"):
        turn()


# Records

BANK = """
import asyncio
from dataclasses import dataclass
from hyper import live, persistent, spawn, turn
from hyper.context import current
from hyper.records.persistence import SaveError, save

@dataclass
class Account:
    balance: int = 100

def stored():
    # as somebody else reads them
    token = current.set(None)
    try:
        return persistent(Account, id="a").balance, persistent(Account, id="b").balance
    finally:
        current.reset(token)

@live
def page():
    a, b = persistent(Account, id="a"), persistent(Account, id="b")
    log = []
    go, came = asyncio.Event(), asyncio.Event()

    async def move(amount):
        try:
            async with turn():
                a.balance -= amount
                came.set()
                await go.wait()
                if amount > 100:
                    raise ValueError("too much")
                b.balance += amount
            log.append(stored())
        except (ValueError, SaveError) as error:
            log.append(type(error).__name__)
        log.append((a.balance, b.balance))

    async def move_twice():
        came.clear()
        try:
            async with turn():
                a.balance -= 10
                b.balance += 10
                await save(a)
                a.balance -= 20
                raise ValueError("no")
        except ValueError:
            log.append((a.balance, b.balance))

    def start(amount): spawn(move(amount))
    def start_twice(): spawn(move_twice())

    t'<button @click="start(amount)"></button><a @click="start_twice"></a>'
"""


@pytest.fixture
def database(tmp_path: Path) -> None:
    """A database for persistent()."""
    pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")
    from hyper.records import database as databases

    databases.use_database(f"sqlite:///{tmp_path}/bank.db")


async def bank(tmp_path: Path) -> Turns:
    return Turns(*await mounted(one(tmp_path, BANK)))


@pytest.mark.usefixtures("database")
async def test_its_records_are_committed_before_the_block_is_left(tmp_path: Path) -> None:
    page = await bank(tmp_path)
    page.go.set()
    await (await page.start(30))
    assert page.log == [(70, 130), (70, 130)]
    await page.mount.close()


@pytest.mark.usefixtures("database")
async def test_none_of_its_records_is_saved_if_it_raises(tmp_path: Path) -> None:
    page = await bank(tmp_path)
    task = await page.start(300)
    await page.came.wait()
    page.go.set()
    await task
    assert page.log == ["ValueError", (100, 100)]
    assert page.stored() == (100, 100)
    await page.mount.close()


@pytest.mark.usefixtures("database")
async def test_a_conflict_is_raised_where_the_block_is_left(tmp_path: Path) -> None:
    component = one(tmp_path, BANK)
    mine, theirs = Turns(*await mounted(component)), Turns(*await mounted(component))
    first, second = await mine.start(30), await theirs.start(50)
    await asyncio.gather(mine.came.wait(), theirs.came.wait())
    theirs.go.set()
    await second
    mine.go.set()
    await first
    assert theirs.log == [(50, 150), (50, 150)]
    assert mine.log == ["ConflictError", (50, 150)]  # it holds what the others saved
    assert mine.stored() == (50, 150)
    await mine.mount.close()
    await theirs.mount.close()


@pytest.mark.usefixtures("database")
async def test_an_awaited_save_in_it_is_a_commit_point(tmp_path: Path) -> None:
    page = await bank(tmp_path)
    await page.mount.call("m", "start_twice", None, {})
    await page.ended()
    assert page.log == [(90, 110)]
    assert page.stored() == (90, 110)
    await page.mount.close()


# On test pages

SEARCH = """
import asyncio
from hyper import live, render, spawn, turn

@live
def search():
    query, hits, searching = "", [], False

    def find(value):
        nonlocal query, searching
        query, searching = value, True
        spawn(ask(value))

    async def ask(text):
        nonlocal hits, searching
        found = [f"{text} {n}" for n in range(2)]
        await asyncio.sleep(0.05 / len(text))   # short words take longer
        async with turn():
            if text == query:
                hits, searching = found, False

    t'<input @input="find(value)"><p>{"…" if searching else ", ".join(hits)}</p>'
"""


def test_pages_in_tests_wait_for_it(tmp_path: Path) -> None:
    with mount(one(tmp_path, SEARCH)) as page:
        page.fill("input", "t")
        assert page.text("p") == "…"
        page.fill("input", "tea")
        page.wait_for("p", "tea 0, tea 1")
        page.settle()
        assert page.text("p") == "tea 0, tea 1"
