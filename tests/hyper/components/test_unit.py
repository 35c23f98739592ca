"""What one job does is kept whole or undone whole, whatever it touches and however it ends."""

from __future__ import annotations

import asyncio
import logging
import threading
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from hyper.components.page import PageMount
from hyper.components.unit import PageClosedError
from hyper.records import database
from hyper.records.database import use_database
from hyper.records.writing import ConflictError
from hyper.testing.sources import load_source
from hyper.transport.component import BadArgumentError, CallError, HandlerFailedError, HandlerTimeoutError

from ..mounts import mounted
from .test_mailbox import begin, settle, until

pytestmark = pytest.mark.usefixtures("untold")


SOURCE = """
import asyncio
from dataclasses import dataclass, field
from hyper import Invalid, broadcast, every, live, persistent, push, render, shared, spawn
from hyper.components.jobs import turn
gates = {}
def gate(name):
    return gates.setdefault(name, asyncio.Event())
rows = shared([])
votes = shared({"tea": 1})
caught = []

@dataclass
class Account:
    balance: int = 100
    log: list[str] = field(default_factory=list)

@live
def other():
    t'<p>{list(rows)!r} {dict(votes)!r}</p>'

@live
def kid(on_pick, on_pick_later):
    def pick(how):
        on_pick()
        finish(how)
    async def pick_later(how):
        on_pick_later()
        finish(how)
    def finish(how):
        if how == "raise":
            raise ValueError("no")
    t'''<b @click="pick('raise')"></b><b @click="pick_later('raise')"></b>'''

@live
def page():
    a, b = persistent(Account, id="a"), persistent(Account, id="b")
    n, items, seen, tags = 0, [], {}, set()
    def change():
        nonlocal n
        n += 1
        items.append(n)
        seen[n] = [n]
        tags.add(n)
        a.balance -= 10
        a.log.append("out")
        rows.append(n)
        votes.increment("tea")
        broadcast()
        push("told", n)
        b.balance += 10
    async def act(how):
        change()
        if "wait" in how:
            await gate("go").wait()
        if "save" in how:
            await a.save()
            change()
        if "show" in how:
            await render()
        if "raise" in how:
            raise ValueError("no")
        if "invalid" in how:
            raise Invalid(n="no")
        if "cancelled" in how:
            raise asyncio.CancelledError
        if "foreign" in how:
            work = asyncio.ensure_future(asyncio.sleep(60))
            work.cancel()
            await work
        if "caught" in how:
            try:
                await a.save()
            except Exception as error:
                caught.append(type(error).__name__)
    def act_at_once(how):
        change()
        if "raise" in how:
            raise ValueError("no")
    async def gathers(how):
        async def _later():
            nonlocal n
            await asyncio.sleep(0)
            n += 1
            a.balance -= 10
            b.balance += 10
        await asyncio.gather(_later(), _later())
        if how == "raise":
            raise ValueError("no")
    def picked(): change()
    async def picked_later():
        await asyncio.sleep(0)
        change()
    async def _beside(how):
        nonlocal n
        await gate("beside").wait()
        n = 100
        items.append("task")
        seen["task"] = 1
        tags.add("task")
        rows.append("task")
        if "record" in how:
            a.balance -= 1
        gate("has changed").set()
        await gate("end").wait()
        if "record" in how:
            b.balance += 1
        if "raise" in how:
            raise ValueError("task")
    def start(how): spawn(_beside(how))
    async def _turn(how):
        async with turn():
            change()
            await asyncio.sleep(0)
            if how == "raise":
                raise ValueError("turn")
    def start_turn(how): spawn(_turn(how))
    def look(how): pass
    t'''<p>{n} {items!r} {seen!r} {sorted(map(str, tags))!r} {a.balance} {b.balance} {len(a.log)}</p>
        <b @click="act('')"></b><b @click="act_at_once('')"></b><b @click="start('')"></b><b @click="start_turn('')"></b>
        <b @click="look('')"></b><b @click="gathers('')"></b>
        <{kid} on_pick={picked} on_pick_later={picked_later} />'''
"""
UNTOUCHED = "0 [] {} [] 100 100 0"
CHANGED = "1 [1] {1: [1]} ['1'] 90 110 1"


class Bank:
    """A page with everything that a job can change, and another page that shows what is shared."""

    def __init__(self, folder: Path) -> None:
        self.components = load_source(folder, SOURCE)
        self.names: Any = self.components["page"].function.__globals__

    async def open(self) -> Bank:
        self.mount, self.host = await mounted(self.components["page"])
        self.other, self.other_host = await mounted(self.components["other"])
        return self

    async def shown(self, mount: PageMount | None = None) -> str:
        mount = mount or self.mount
        await mount.changes()
        return mount.html().split("<p>")[1].split("</p>")[0].replace("&#x27;", "'").replace("&#39;", "'")

    def stored(self) -> list[tuple[int, int]]:
        """The balances in the database and the entries in the logs, of those accounts that are in it."""
        kind = next(iter(self.mount.records.known.values())).kind if self.mount.records else None
        assert kind is not None
        kind.prepare(database.database())
        with database.database().reading() as session:
            rows = [kind.read(session, key) for key in "ab"]
        found = [kind.from_dump(row.dump) for row in rows if row is not None]
        return [(account.balance, len(account.log)) for account in found]

    def act(self, how: str, handler: str = "act") -> asyncio.Task[None]:
        return begin(self.mount, handler, how)

    def gate(self, name: str) -> asyncio.Event:
        return self.names["gate"](name)  # type: ignore[no-any-return]

    async def assert_untouched(self) -> None:
        assert await self.shown() == UNTOUCHED
        assert await self.shown(self.other) == "[] {'tea': 1}"
        assert self.stored() == []
        assert self.host.pushed == []

    async def assert_changed(self) -> None:
        assert await self.shown() == CHANGED
        assert await self.shown(self.other) == "[1] {'tea': 2}"
        assert self.stored() == [(90, 1), (110, 0)]
        assert self.host.pushed == [("m", "told", 1)]


@pytest.fixture
async def bank(tmp_path: Path) -> Any:
    use_database(f"sqlite:///{tmp_path / 'bank.db'}")
    bank = await Bank(tmp_path).open()
    yield bank
    await bank.mount.close()
    await bank.other.close()


ENDS = [
    "raise",
    "invalid",
    "cancelled",
    "foreign",
    "wait raise",
    "wait foreign",
    "show raise",
    "wait show invalid",
]


@pytest.mark.parametrize("how", ENDS)
async def test_a_job_that_fails_leaves_nothing(bank: Bank, how: str) -> None:
    task = bank.act(how)
    await settle()
    bank.gate("go").set()
    with pytest.raises(BadArgumentError if "invalid" in how else HandlerFailedError):
        await task
    await bank.assert_untouched()
    await bank.act("")
    await bank.assert_changed()


async def test_a_job_that_never_waits_and_fails(bank: Bank) -> None:
    with pytest.raises(HandlerFailedError):
        await bank.act("raise", "act_at_once")
    await bank.assert_untouched()
    assert bank.other_host.woken == 0, "nobody can have seen it"


async def test_a_job_that_takes_too_long_leaves_nothing(bank: Bank) -> None:
    bank.host.job_s = 0.02
    with pytest.raises(HandlerTimeoutError):
        await bank.act("wait")
    await bank.assert_untouched()


async def test_a_job_that_is_cancelled_leaves_nothing(bank: Bank) -> None:
    task = bank.act("wait")
    await settle()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await bank.assert_untouched()


async def test_a_job_at_the_end_of_its_page_leaves_nothing(bank: Bank) -> None:
    task = bank.act("wait")
    await settle()
    await bank.mount.close()
    with pytest.raises(PageClosedError):
        await task
    assert await bank.shown(bank.other) == "[] {'tea': 1}"
    assert bank.stored() == []
    assert bank.host.pushed == []


@pytest.mark.parametrize("how", ["", "wait", "show"])
async def test_a_job_that_ends_well_is_kept(bank: Bank, how: str) -> None:
    task = bank.act(how)
    await settle()
    if how == "wait":
        assert bank.host.pushed == []
        assert bank.other_host.woken == 0
        assert bank.stored() == []
    bank.gate("go").set()
    await task
    assert bank.other_host.woken == 1
    await bank.assert_changed()


# Commits


class Held:
    """All threads of the database, held until the test lets them go."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        for _ in range(database.THREADS):
            database.database().executor.submit(self.gate.wait)

    def __enter__(self) -> Held:
        return self

    def __exit__(self, *_: object) -> None:
        self.gate.set()


async def test_a_slow_commit_is_told_for_what_it_is(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    bank.host.job_s = 0.01
    with Held(), caplog.at_level(logging.WARNING, "hyper"):
        first = bank.act("")
        await until(lambda: database.database().executor._work_queue.qsize() > 0)
        second = bank.act("")
        await until(lambda: bool(caplog.messages))
    assert caplog.messages == [
        "'act' is still being saved after 0.005 s, while others of its page wait: 'act'"
    ]
    await asyncio.gather(first, second)


@pytest.mark.parametrize("ending", ["time", "cancel", "close"])
async def test_a_job_that_is_stopped_while_it_commits_is_kept_and_told_so(bank: Bank, ending: str) -> None:
    bank.host.job_s = 0.01
    with Held():
        task = bank.act("")
        await until(lambda: database.database().executor._work_queue.qsize() > 0)
        closing = asyncio.ensure_future(bank.mount.close() if ending == "close" else asyncio.sleep(0))
        if ending == "cancel":
            task.cancel()
        await asyncio.sleep(0.05)
        assert not task.done()
    await asyncio.gather(task, closing, return_exceptions=True)
    assert not task.cancelled()
    assert task.exception() is None
    assert task.cancelling() == 0
    assert bank.stored() == [(90, 1), (110, 0)]
    assert await bank.shown(bank.other) == "[1] {'tea': 2}"
    if ending != "close":
        assert await bank.shown() == CHANGED


async def changed_elsewhere(bank: Bank) -> None:
    """Somebody else saves account a."""
    second, _ = await mounted(bank.components["page"])
    await begin(second, "act_at_once", "")
    await second.close()


async def test_a_conflict_undoes_the_whole_job_and_shows_what_they_saved(bank: Bank) -> None:
    await changed_elsewhere(bank)
    bank.host.pushed.clear()
    with pytest.raises(ConflictError):
        await bank.act("")
    assert await bank.shown() == "0 [] {} [] 90 110 1"
    assert await bank.shown(bank.other) == "[1] {'tea': 2}", "as the other page left it"
    assert bank.stored() == [(90, 1), (110, 0)]
    assert bank.host.pushed == []


async def test_an_awaited_save_is_a_commit_point(bank: Bank) -> None:
    with pytest.raises(HandlerFailedError):
        await bank.act("save raise")
    await bank.assert_changed()


async def test_a_conflict_that_a_job_catches_undoes_its_records_alone(bank: Bank) -> None:
    await changed_elsewhere(bank)
    await bank.act("caught")
    assert bank.names["caught"] == ["ConflictError"]
    assert await bank.shown() == "1 [1] {1: [1]} ['1'] 90 110 1"
    assert bank.stored() == [(90, 1), (110, 0)]


# Work beside


@pytest.mark.parametrize("how", ["raise", "invalid"])
async def test_undoing_a_job_leaves_what_a_task_wrote_meanwhile(bank: Bank, how: str) -> None:
    await bank.act("", "start")
    task = bank.act(f"wait {how}")
    await settle()
    bank.gate("beside").set()
    await bank.gate("has changed").wait()
    bank.gate("go").set()
    with pytest.raises(CallError):
        await task
    bank.gate("end").set()
    await settle()
    assert await bank.shown() == "100 [1, 'task'] {'task': 1} ['task'] 100 100 0", "both changed the list"
    assert await bank.shown(bank.other) == "['task'] {'tea': 1}"


async def test_a_job_never_commits_the_half_of_a_task(bank: Bank) -> None:
    await bank.act("record", "start")
    bank.gate("beside").set()
    await bank.gate("has changed").wait()
    await bank.act("", "look")
    assert bank.stored() == []
    bank.gate("end").set()
    await until(lambda: bank.stored() == [(99, 0), (101, 0)])


async def test_a_task_that_fails_leaves_its_records_as_they_were(bank: Bank) -> None:
    await bank.act("record raise", "start")
    bank.gate("beside").set()
    await bank.gate("has changed").wait()
    bank.gate("end").set()
    await until(lambda: bool(bank.host.errors))
    assert (await bank.shown()).endswith(" 100 100 0")
    await bank.act("", "look")
    assert bank.stored() == []


async def test_of_a_job_and_a_task_that_change_one_record_the_later_one_is_told(bank: Bank) -> None:
    await bank.act("record", "start")
    bank.gate("beside").set()
    await bank.gate("has changed").wait()
    with pytest.raises(ConflictError, match="is being changed by other work of this page"):
        await bank.act("")
    bank.gate("end").set()
    await until(lambda: bank.stored() == [(99, 0), (101, 0)])
    await bank.act("")
    assert bank.stored() == [(89, 1), (111, 0)]


@pytest.mark.parametrize("how", ["", "raise"])
async def test_a_turn_is_whole(bank: Bank, how: str) -> None:
    await bank.act(how, "start_turn")
    if how:
        await until(lambda: bool(bank.host.errors))
        await bank.assert_untouched()
    else:
        await until(lambda: bool(bank.host.pushed))
        await bank.assert_changed()


@pytest.mark.parametrize("how", ["", "raise"])
async def test_what_a_job_gathers_is_its_own(bank: Bank, how: str) -> None:
    task = bank.act(how, "gathers")
    if how:
        with pytest.raises(HandlerFailedError):
            await task
        await bank.assert_untouched()
    else:
        await task
        assert bank.stored() == [(80, 0), (120, 0)]


@pytest.mark.parametrize("handler", ["pick", "pick_later"])
@pytest.mark.parametrize("how", ["", "raise"])
async def test_what_an_outer_component_does_for_a_job_is_part_of_it(
    bank: Bank, handler: str, how: str
) -> None:
    task = asyncio.ensure_future(bank.mount.call("m.1", handler, [how], {}))
    if how:
        with pytest.raises(HandlerFailedError):
            await task
        await bank.assert_untouched()
    else:
        await task
        await bank.assert_changed()
        assert bank.host.pushed == [("m", "told", 1)]
