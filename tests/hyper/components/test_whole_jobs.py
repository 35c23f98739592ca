"""A job is whole whatever happens beside it, in its commit, or while it shows the page."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import text

from hyper.components.page import PageMount
from hyper.components.running import render
from hyper.components.tasks import start_task
from hyper.components.unit import PageClosedError
from hyper.records import database, writing
from hyper.records.database import OperationalError, use_database
from hyper.records.writing import SaveError
from hyper.testing.sources import load_source, one
from hyper.transport.component import HandlerFailedError

from ..mounts import HeldExecutor, mounted, until

pytestmark = pytest.mark.usefixtures("untold")


class Gate(HeldExecutor):
    """In place of the database's threads: writes wait until the test lets them."""

    async def let(self, *, fails: bool = False) -> None:
        """Let the first write through, once it is there."""
        await until(lambda: bool(self.waiting))
        future, function, args = self.waiting.pop(0)
        if fails:
            future.set_result(writing._failed("away", OperationalError("", {}, Exception("away"))))
        else:
            future.set_result(function(*args))
        for _ in range(20):
            await asyncio.sleep(0)


@pytest.fixture
def gate(tmp_path: Path) -> Iterator[Gate]:
    """The gate of an empty database."""
    use_database(f"sqlite:///{tmp_path / 'test.db'}")
    store = database.database()
    store.prepare(database.metadata)
    threads, store.executor = store.executor, Gate()
    yield store.executor
    store.executor = threads


RECORDS = """
import asyncio
from dataclasses import dataclass, field
from hyper.components.jobs import turn
from hyper.components.tasks import spawn
from hyper.records.persistence import SaveError, persistent
from hyper.state.sharing import shared

@dataclass
class Account:
    balance: int = 100
    note: object = None
    log: list[int] = field(default_factory=list)
    __persistent_name__ = "account"

votes = shared({})
gates = {}

"""


def stored(key: str) -> Any:
    """The record as it is in the database; None if it is not there."""
    store = database.database()
    with store.reading() as session:
        row = session.execute(text("SELECT data FROM hyper_records WHERE id = :id"), {"id": key}).first()
    return None if row is None else json.loads(row.data)


def start(mount: PageMount, name: str, *args: object, id: str = "m") -> asyncio.Task[None]:
    return asyncio.ensure_future(mount.call(id, name, list(args), {}))


async def test_what_is_committed_is_kept_if_the_task_is_cancelled_meanwhile(
    tmp_path: Path, gate: Gate
) -> None:
    component = one(
        tmp_path,
        RECORDS
        + """
@live
def page():
    count = 0
    account = persistent(Account, id="a")
    def pay():
        nonlocal count
        count += 1
        votes["pay"] = 1
        account.balance -= 1
    async def pay_twice():
        nonlocal count
        pay()
        await account.save()
        count += 100
    def take_turn():
        gates["task"] = spawn(_task())
    async def _task():
        async with turn():
            pay()
    t'<p @click="pay" @input="pay_twice" @focus="take_turn">{count}</p>'
""",
    )
    module = component.function.__globals__
    mount, host = await mounted(component)
    for name in ("pay", "pay_twice"):
        balance = (stored("a") or {"balance": 100})["balance"]
        handling = start(mount, name)
        await until(lambda: bool(gate.waiting))
        handling.cancel()
        await asyncio.sleep(0)
        await gate.let()
        await asyncio.wait([handling])
        assert stored("a")["balance"] == balance - 1
        assert module["votes"] == {"pay": 1}
    await mount.changes()
    assert ">2<" in mount.html()
    await mount.call("m", "take_turn", [], {})
    await until(lambda: bool(gate.waiting))
    module["gates"]["task"].cancel()
    await gate.let()
    assert module["gates"]["task"].cancelled()
    assert host.errors == []
    assert stored("a")["balance"] == 97
    await mount.changes()
    assert ">3<" in mount.html()


PAY = """
@live
def page():
    count = 0
    accounts = [persistent(Account, id="a"), persistent(Account, id="b")]
    async def pay():
        nonlocal count
        count += 1
        votes["pay"] = 1
        for account in accounts:
            account.balance -= 1
        await asyncio.gather(*[account.save() for account in accounts])
    t'<p @click="pay">{count}</p>'
"""


async def test_two_saves_awaited_together_share_one_end(tmp_path: Path, gate: Gate) -> None:
    component = one(tmp_path, RECORDS + PAY)
    module = component.function.__globals__
    mount, _ = await mounted(component)
    handling = start(mount, "pay")
    await gate.let(fails=True)
    await asyncio.wait([handling])
    assert handling.exception() is not None
    assert module["votes"] == {}
    await mount.changes()
    assert ">0<" in mount.html()
    handling = start(mount, "pay")
    await gate.let()
    await handling
    assert module["votes"] == {"pay": 1}
    assert stored("a")["balance"] == stored("b")["balance"] == 99


async def test_saves_that_are_cancelled_together_end_before_the_job_is_undone(
    tmp_path: Path, gate: Gate
) -> None:
    component = one(tmp_path, RECORDS + PAY)
    module = component.function.__globals__
    mount, _ = await mounted(component)
    handling = start(mount, "pay")
    await until(lambda: bool(gate.waiting))
    handling.cancel()  # gather ends with the first of the two that is cancelled
    for _ in range(5):
        await asyncio.sleep(0)
    assert not handling.done()
    await gate.let()
    await asyncio.wait([handling])
    await mount.changes()
    assert (stored("a")["balance"], module["votes"], ">1<" in mount.html()) == (99, {"pay": 1}, True)


@pytest.mark.parametrize("away", [True, False])
async def test_a_task_does_not_build_on_what_is_being_committed(
    tmp_path: Path, gate: Gate, away: bool
) -> None:
    component = one(
        tmp_path,
        RECORDS
        + """
@live
def page():
    first, second = persistent(Account, id="a"), persistent(Account, id="b")
    def pay():
        first.balance -= 10
        second.balance += 10
    def move():
        spawn(_move())
    async def _move():
        first.balance -= 1
        await gates["task"].wait()
        second.balance += 1
    t'<p @click="pay" @input="move">{first.balance}</p>'
""",
    )
    module = component.function.__globals__
    module["gates"]["task"] = asyncio.Event()
    mount, _ = await mounted(component)
    other, _ = await mounted(component)
    theirs = start(other, "pay")
    await gate.let()
    await theirs
    assert (stored("a")["balance"], stored("b")["balance"]) == (90, 110)
    if away:
        mount, _host = await mounted(component)
    handling = start(mount, "pay")
    await until(lambda: bool(gate.waiting))
    spawned = asyncio.ensure_future(_within(mount, "_move"))
    await asyncio.sleep(0)
    await gate.let(fails=away)
    await asyncio.wait([handling])
    assert handling.exception() is not None
    module["gates"]["task"].set()
    for _ in range(5):
        await asyncio.sleep(0)
    while gate.waiting:
        await gate.let()
    await asyncio.wait([spawned])
    assert stored("a")["balance"] + stored("b")["balance"] == 200
    assert stored("a")["balance"] in (89, 90)


async def _within(mount: PageMount, name: str) -> None:
    """Start a task of the page as a timer of the application does: beside its jobs."""
    function: Any = mount.root.handlers["move"]
    variables = dict(zip(function.__code__.co_freevars, function.__closure__, strict=True))
    await asyncio.wait([start_task(mount.root, variables[name].cell_contents(), name)])


async def test_a_record_that_cannot_be_written_down_ends_its_job_alone(tmp_path: Path, gate: Gate) -> None:
    component = one(
        tmp_path,
        RECORDS
        + """
@live
def page():
    count = 0
    account = persistent(Account, id="a")
    def spoil():
        nonlocal count
        count += 1
        account.note = object()
    async def spoil_later():
        spoil()
        await asyncio.sleep(0)
    async def spoil_beside():
        spawn(_spoil())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    async def _spoil():
        account.note = object()
        await asyncio.sleep(0)
    def pay():
        account.balance -= 1
    t'<p @click="pay" @input="spoil" @focus="spoil_later" @blur="spoil_beside">{count}</p>'
""",
    )
    mount, host = await mounted(component)
    for name in ("spoil", "spoil_later"):
        with pytest.raises(SaveError):
            await asyncio.wait_for(mount.call("m", name, [], {}), 1)
        assert mount.mailbox.running is None
        paying = start(mount, "pay")
        await gate.let()
        await asyncio.wait_for(paying, 1)
    assert stored("a")["balance"] == 98
    await mount.changes()
    assert ">0<" in mount.html()
    with contextlib.suppress(SaveError):
        await asyncio.wait_for(mount.call("m", "spoil_beside", [], {}), 1)
    for _ in range(5):
        await asyncio.sleep(0)
    assert mount.mailbox.running is None
    paying = start(mount, "pay")
    await gate.let()
    await asyncio.wait_for(paying, 1)
    assert stored("a")["balance"] == 97
    assert host.errors


async def test_records_that_a_job_opens_are_its_own(tmp_path: Path, gate: Gate) -> None:
    component = one(
        tmp_path,
        RECORDS
        + """
@live
def page():
    async def pay():
        account = persistent(Account, id="a")
        account.balance -= 10
        await gates["job"].wait()
        raise ValueError("no")
    def beside():
        spawn(_beside())
    async def _beside():
        for _ in range(1000):
            if gates["steps"].locked():
                return
            await asyncio.sleep(0)
    t'<p @click="pay" @input="beside"></p>'
""",
    )
    module = component.function.__globals__
    module["gates"].update(job=asyncio.Event(), steps=asyncio.Lock())
    mount, _ = await mounted(component)
    await mount.call("m", "beside", [], {})
    handling = start(mount, "pay")
    for _ in range(5):
        await asyncio.sleep(0)
    await module["gates"]["steps"].acquire()
    for _ in range(5):
        await asyncio.sleep(0)
    module["gates"]["job"].set()
    for _ in range(5):
        await asyncio.sleep(0)
    while gate.waiting:
        await gate.let()
    with pytest.raises(HandlerFailedError):
        await handling
    assert stored("a") is None


CALLBACK = """
import asyncio
gates = {}

@live
def child(on_pay=None):
    async def pay():
        on_pay()
        await gates["render"]()
        raise ValueError("no")
    async def owe():
        result = on_pay(True)
        await gates["job"].wait()
    t'<button @click="pay" @input="owe">pay</button>'

@live
def page():
    count = 0
    shown = 0
    def paid(later=False):
        nonlocal count
        count += 1
        if later:
            return _later()
    async def _later():
        raise asyncio.CancelledError
    t'<p>{count}</p><{child} on_pay={paid} />'
"""


async def test_the_page_shows_what_is_after_a_job_that_showed_it_half_done(tmp_path: Path) -> None:
    component = load_source(tmp_path, CALLBACK)["page"]
    module = component.function.__globals__
    mount, host = await mounted(component)

    async def show() -> None:
        await render()

    module["gates"]["render"] = show
    with pytest.raises(HandlerFailedError):
        await mount.call("m.1", "pay", [], {})
    assert any(">1<" in str(change) or "'1'" in str(change) for change in host.flushed)
    await mount.changes()
    assert "<p>0</p>" in mount.html()


async def test_a_foreign_cancellation_of_what_a_job_owes_fails_the_job(tmp_path: Path) -> None:
    source = CALLBACK.replace(
        "def paid(later=False):\n        nonlocal count\n        count += 1\n        if later:\n            return _later()",
        "async def paid(later=False):\n        nonlocal count\n        count += 1\n        await _later()",
    )
    assert source != CALLBACK
    component = load_source(tmp_path, source)["page"]
    module = component.function.__globals__
    module["gates"]["job"] = asyncio.Event()
    module["gates"]["job"].set()
    mount, _ = await mounted(component)
    with pytest.raises(HandlerFailedError):
        await mount.call("m.1", "owe", [], {})
    await mount.changes()
    assert "<p>0</p>" in mount.html()


STOPPED_RENDER = """
import asyncio
from hyper.components.running import render
log, gates = [], {}

@live
async def slow(key: int):
    await gates["setup"].wait()
    def on_unmount():
        log.append(f"slow {key} left")
    t'<b>{key}</b>'

@live
def child(key: int):
    def on_unmount():
        log.append(f"child {key} left")
    t'<i>{key}</i>'

@live
def page():
    which = 0
    async def show():
        nonlocal which
        which += 1
        await render()
    async def show_slow():
        nonlocal which
        which = -1
        await render()
    t'<p @click="show" @input="show_slow">{which}</p>'
    if which < 0:
        t'<{slow} key={which} />'
    else:
        t'<{child} key={which} />'
"""


async def test_a_render_that_was_stopped_leaves_no_component_behind(tmp_path: Path) -> None:
    component = load_source(tmp_path, STOPPED_RENDER)["page"]
    module = component.function.__globals__
    module["gates"]["setup"] = asyncio.Event()
    mount, host = await mounted(component)
    host.job_s = 0.02
    await mount.connected()
    with pytest.raises(Exception, match="took too long"):
        await mount.call("m", "show_slow", [], {})
    await mount.changes()
    assert "<i>0</i>" in mount.html()
    assert module["log"] == []
    assert set(mount.mounted) == {"m", "m.1"}
    await mount.call("m", "show", [], {})
    await mount.changes()
    await until(lambda: mount.poster is None)
    assert "<i>1</i>" in mount.html()
    await mount.close()
    assert module["log"] == ["child 0 left", "child 1 left"]


async def test_the_end_of_a_page_is_no_failure_of_its_tasks(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        from hyper.components.jobs import turn
        from hyper.components.tasks import spawn
        gates = {}
        @live
        def page():
            def begin():
                spawn(_task())
                spawn(_task())
            async def _task():
                async with turn():
                    await asyncio.Event().wait()
            t'<p @click="begin"></p>'
        """,
    )
    mount, host = await mounted(component)
    await mount.call("m", "begin", [], {})
    await until(lambda: mount.mailbox.running is not None and bool(mount.mailbox.waiting))
    tasks = list(mount.root.tasks)
    await mount.close()
    await asyncio.wait(tasks)
    assert host.errors == []


async def test_a_page_may_be_closed_twice_at_once(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        log = []
        @live
        def page():
            async def wait():
                try:
                    await asyncio.Event().wait()
                finally:
                    await asyncio.sleep(0)
            def on_unmount():
                log.append("left")
            t'<p @click="wait"></p>'
        """,
    )
    mount, _ = await mounted(component)
    handling = start(mount, "wait")
    await asyncio.sleep(0)
    closing = [asyncio.ensure_future(mount.close()) for _ in range(2)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert all(close.done() for close in closing)
    assert component.function.__globals__["log"] == ["left"]
    with pytest.raises(PageClosedError):
        await handling


async def test_a_tick_that_does_not_stop_at_once_is_not_the_last(tmp_path: Path) -> None:
    component = load_source(
        tmp_path,
        """
        import asyncio
        from hyper.components.tasks import every
        ticks, gates = [], {}
        @live
        def child(on_tick=None):
            @every(1)
            async def tick():
                ticks.append(1)
                if len(ticks) == 1:
                    on_tick()
                    await gates["never"].wait()
            t'<b></b>'
        @live
        def page():
            async def stubborn():
                try:
                    await asyncio.Event().wait()
                finally:
                    await gates["end"].wait()
            t'<p></p><{child} on_tick={stubborn} />'
        """,
    )["page"]
    module = component.function.__globals__
    module["gates"].update(end=asyncio.Event(), never=asyncio.Event())
    mount, host = await mounted(component)
    host.job_s = 0.01
    steps: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        await steps.get()

    mount.sleep = sleep
    await mount.connected()
    steps.put_nowait(None)
    await until(lambda: bool(module["ticks"]))
    await asyncio.sleep(1.2)  # it is cancelled, and again
    module["gates"]["end"].set()
    await asyncio.sleep(0.05)
    steps.put_nowait(None)
    await until(lambda: len(module["ticks"]) == 2)
    assert [what for _, what in host.errors] == ["tick"]
    await mount.close()


async def test_the_page_is_shown_after_a_turn(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        from hyper.components.jobs import turn
        from hyper.components.tasks import spawn
        gate = asyncio.Event()
        @live
        def page():
            count = 0
            def begin():
                spawn(_task())
            async def _task():
                nonlocal count
                async with turn():
                    count += 1
                await gate.wait()
            t'<p @click="begin">{count}</p>'
        """,
    )
    mount, host = await mounted(component)
    await mount.call("m", "begin", [], {})
    await mount.changes()
    woken = host.woken
    for _ in range(5):
        await asyncio.sleep(0)
    assert host.woken == woken + 1
    await mount.changes()
    assert ">1<" in mount.html()
    await mount.close()


STOPPED_WHILE_SAVING = """
@live
def page():
    count = 0
    account = persistent(Account, id="a")
    async def pay():
        nonlocal count
        count += 1
        account.balance -= 1
        try:
            await account.save()
        except Exception:
            pass
        count += 10
        votes["late"] = 1
    def on_unmount():
        votes["left"] = count
    t'<p @click="pay">{count}</p>'
"""


@pytest.mark.parametrize("fails", [False, True])
async def test_a_job_that_is_stopped_while_it_saves_goes_no_further(
    tmp_path: Path, gate: Gate, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hyper.components.page.PATIENCE_S", 0.01)
    component = one(tmp_path, RECORDS + STOPPED_WHILE_SAVING)
    module = component.function.__globals__
    mount, _ = await mounted(component)
    handling = start(mount, "pay")
    await until(lambda: bool(gate.waiting))
    closing = asyncio.ensure_future(mount.close())
    await asyncio.sleep(0.1)
    assert not closing.done(), "a commit is waited for however long it takes"
    assert module["votes"] == {}
    await gate.let(fails=fails)
    with pytest.raises(PageClosedError):
        await handling
    assert handling.cancelling() == 0
    if not fails:
        assert stored("a")["balance"] == 99
    await asyncio.wait([closing], timeout=10)
    assert module["votes"] == {"left": 0 if fails else 1}
