"""What one handler does is kept whole or undone whole, whatever else its page has to do, and however it fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hyper.components.page import PageMount
from hyper.components.unit import PageClosedError
from hyper.errors import HyperError
from hyper.testing.sources import load_source
from hyper.transport.component import HandlerFailedError, HandlerTimeoutError

from ..mounts import RecordingHost, mounted

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

BANK = """
import asyncio
from dataclasses import dataclass
from hyper import Invalid, broadcast, every, live, persistent, push, shared, spawn

@dataclass
class Account:
    balance: int = 100

transfers = shared([])
total = shared(0)

@live
def button(on_send):
    clicks = 0

    async def send(how):
        nonlocal clicks
        clicks += 1
        await on_send(how)

    t'<button @click="send(how)">{clicks}</button>'

@live
def page():
    a, b = persistent(Account, id="a"), persistent(Account, id="b")
    moved, seen, ticks = [], [], 0
    go, came = asyncio.Event(), asyncio.Event()

    @every(1)
    def tick():
        nonlocal ticks
        ticks += 1
        seen.append((a.balance + b.balance, len(moved)))

    async def send(how):
        a.balance -= 10
        moved.append(10)
        transfers.append(how)
        total.increment(10)
        push("moved", 10)
        broadcast()
        came.set()
        await go.wait()
        if how == "raises":
            raise ValueError("no")
        if how == "invalid":
            raise Invalid(how="no")
        if how == "too long":
            await asyncio.Event().wait()
        b.balance += 10

    t'<{button} on_send={send} /><p>{a.balance} {b.balance} {len(moved)} {ticks}</p>'

def stored():
    return persistent(Account, id="a").balance, persistent(Account, id="b").balance
"""


@pytest.fixture(autouse=True)
def _database(tmp_path: Path) -> None:
    from hyper.records import database

    database.use_database(f"sqlite:///{tmp_path}/bank.db")


class Bank:
    """The page, a timer that is due while a transfer waits, and all that a transfer changes."""

    def __init__(self, component: Any, mount: PageMount, host: RecordingHost) -> None:
        self.globals = component.function.__globals__
        self.mount = mount
        self.host = host
        self.variables = {name: cell.cell_contents for name, cell in mount.root.cells().items()}
        self.due: asyncio.Queue[None] = asyncio.Queue()
        mount.sleep = lambda _: self.due.get()

    async def send(self, how: str) -> asyncio.Task[None]:
        """Begin a transfer; a tick comes in its middle."""
        await self.mount.connected()
        sending = asyncio.create_task(self.mount.call("m.1", "send", [how], {}))
        await self.variables["came"].wait()
        self.due.put_nowait(None)
        for _ in range(5):
            await asyncio.sleep(0)
        assert await self.mount.changes() is None
        assert self.globals["stored"]() == (100, 100)
        assert self.host.pushed == []
        return sending

    async def ticked(self) -> None:
        """Wait until the timer has run, and show the page."""
        while not self.variables["seen"]:
            await asyncio.sleep(0)
        await self.mount.changes()

    def everything(self) -> tuple[Any, ...]:
        """What a transfer changes, wherever that is."""
        names = self.variables
        return (
            (names["a"].balance, names["b"].balance, names["moved"]),
            (list(self.globals["transfers"]), self.globals["total"].value),
            self.globals["stored"](),
            self.host.pushed,
            self.mount.mounted["m.1"].cells()["clicks"].cell_contents if "m.1" in self.mount.mounted else 0,
        )


NOTHING = ((100, 100, []), ([], 0), (100, 100), [], 0)


async def bank(tmp_path: Path) -> Bank:
    component = one_page(tmp_path)
    return Bank(component, *await mounted(component))


def one_page(tmp_path: Path) -> Any:
    return load_source(tmp_path, BANK)["page"]


async def test_a_handler_that_ends_well_has_done_everything(tmp_path: Path) -> None:
    page = await bank(tmp_path)
    sending = await page.send("well")
    page.variables["go"].set()
    await sending
    moved = [("m", "moved", 10)]
    assert page.everything() == ((90, 110, [10]), (["well"], 10), (90, 110), moved, 1)
    await page.ticked()
    assert page.variables["seen"] == [(200, 1)]
    await page.mount.close()


@pytest.mark.parametrize(
    ("how", "error"),
    [("raises", HandlerFailedError), ("invalid", HyperError), ("too long", HandlerTimeoutError)],
)
async def test_a_handler_that_fails_has_changed_nothing(
    tmp_path: Path, how: str, error: type[Exception]
) -> None:
    page = await bank(tmp_path)
    page.host.job_s = 0.1 if how == "too long" else None
    sending = await page.send(how)
    page.variables["go"].set()
    with pytest.raises(error):
        await sending
    assert page.everything() == NOTHING
    await page.ticked()
    assert page.variables["seen"] == [(200, 0)]  # no half of a transfer
    assert "<p>100 100 0 1</p>" in page.mount.html()
    await page.mount.close()


async def test_a_handler_whose_records_are_refused_has_changed_nothing(tmp_path: Path) -> None:
    component = one_page(tmp_path)
    page, other = Bank(component, *await mounted(component)), Bank(component, *await mounted(component))
    sending = await page.send("well")
    other.variables["go"].set()
    await other.mount.call("m.1", "send", ["theirs"], {})
    page.variables["go"].set()
    with pytest.raises(HyperError, match="was changed by someone else"):
        await sending
    theirs = (90, 110)  # what the objects hold is what the others saved
    assert page.everything() == ((*theirs, []), (["theirs"], 10), theirs, [], 0)
    await page.mount.close()
    await other.mount.close()


async def test_a_handler_whose_page_is_closed_has_changed_nothing(tmp_path: Path) -> None:
    page = await bank(tmp_path)
    sending = await page.send("too long")
    await page.mount.close()
    with pytest.raises(PageClosedError):
        await sending
    assert page.everything() == NOTHING
    assert page.variables["seen"] == []
