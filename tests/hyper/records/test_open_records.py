"""A page shows what others have saved, and saves no old copy."""

from __future__ import annotations

import asyncio
import gc
import threading
from dataclasses import dataclass
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hyper.components.jobs import turn
from hyper.components.loader import load_module
from hyper.components.tasks import spawn
from hyper.records.database import Database, opened
from hyper.records.errors import RecordError
from hyper.records.persistence import ConflictError, MissingRecordError, open_persistent, persistent, save
from hyper.state.backplane import MemoryBackplane
from hyper.state.hub import Hub
from tests.hyper.mounts import mounted
from tests.hyper.records.pages import Page

pytestmark = pytest.mark.usefixtures("stored")


@dataclass
class Offer:
    text: str = ""
    price: int = 0


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(default="")
    price: Mapped[int] = mapped_column(default=0)


models = pytest.mark.parametrize("model", [Offer, Row])


@pytest.fixture(autouse=True)
def tables(stored: Database) -> None:
    Base.metadata.create_all(stored.engine)


async def heard(store: Database) -> None:
    """Wait until all reads of the database have been handed out."""
    for _ in range(3):
        await asyncio.get_running_loop().run_in_executor(None, store.executor.submit(lambda: None).result)
        await asyncio.sleep(0)
    while any(holders.is_reading for holders in list(store.open_records._holders.values())):
        await asyncio.sleep(0)
    await asyncio.sleep(0)


async def two_pages(model: Any) -> tuple[Page, Any, Page, Any]:
    one, other = Page(), Page()
    mine = one.run(lambda: persistent(model, id=1))
    await one.handle(mine.save)
    return one, mine, other, other.run(lambda: persistent(model, id=1))


@models
async def test_what_one_page_saves_the_others_hold(model: Any, stored: Database) -> None:
    one, mine, other, theirs = await two_pages(model)
    await one.handle(lambda: setattr(mine, "price", 5))
    await heard(stored)
    assert theirs.price == 5
    await other.handle(lambda: setattr(theirs, "text", "theirs"))
    await heard(stored)
    assert (mine.price, mine.text) == (5, "theirs")


@models
async def test_nothing_is_told_before_the_commit_or_of_what_failed(model: Any, stored: Database) -> None:
    one, mine, _, theirs = await two_pages(model)

    async def fails() -> None:
        mine.price = 5
        await heard(stored)
        assert theirs.price == 0
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await one.handle(fails)
    await heard(stored)
    assert theirs.price == mine.price == 0


@models
async def test_a_running_job_keeps_what_it_has_read(model: Any, stored: Database) -> None:
    one, mine, other, theirs = await two_pages(model)

    async def slow() -> None:
        before = theirs.price
        await one.handle(lambda: setattr(mine, "price", 5))
        await heard(stored)
        assert theirs.price == before
        theirs.price = before + 1  # made on what was there before: no update may be lost

    with pytest.raises(ConflictError):
        await other.handle(slow)
    await heard(stored)
    assert theirs.price == 5

    async def reads() -> None:
        await one.handle(lambda: setattr(mine, "price", 6))
        await heard(stored)
        assert theirs.price == 5

    await other.handle(reads)
    await other.mount.idle()
    await heard(stored)
    assert theirs.price == 6


async def test_changes_of_a_task_are_not_overwritten(stored: Database) -> None:
    one, mine, other, theirs = await two_pages(Offer)
    other.run(lambda: setattr(theirs, "text", "of setup"))
    await one.handle(lambda: setattr(mine, "price", 5))
    await heard(stored)
    assert (theirs.text, theirs.price) == ("of setup", 0)
    with pytest.raises(ConflictError):
        await other.handle(lambda: None)
    assert theirs == Offer(price=5)


@models
async def test_a_turn_of_a_task_that_reads_waits_and_writes_overwrites_nothing(
    model: Any, stored: Database
) -> None:
    """As the guide says; and one step of a task that reads and writes builds on what the others have saved."""
    one, mine, other, theirs = await two_pages(model)
    has_read, goes_on = asyncio.Event(), asyncio.Event()
    ends: list[object] = []

    async def pay() -> None:
        try:
            async with turn():
                price = theirs.price
                has_read.set()
                await goes_on.wait()
                theirs.price = price + 1
        except ConflictError as error:
            ends.append(type(error))
        theirs.price += 10

    task = other.run(lambda: spawn(pay()))
    await has_read.wait()
    await one.handle(lambda: setattr(mine, "price", 5))
    await heard(stored)
    goes_on.set()
    await task
    await heard(stored)
    assert ends == [ConflictError]
    assert theirs.price == mine.price == 15


async def test_readers_are_rendered_again(tmp_path: Any, stored: Database) -> None:
    (tmp_path / "offers.py").write_text(
        "from dataclasses import dataclass\n"
        "from hyper import live, persistent\n"
        "@dataclass\nclass Offer:\n    price: int = 0\n"
        "@live\ndef inner(offer):\n    t'<b>{offer.price}</b>'\n"
        "@live\ndef shop():\n    offer = persistent(Offer, id=1)\n"
        "    def raise_price():\n        offer.price += 1\n"
        "    t'<p @click=\"raise_price\">{offer.price}</p>{inner(offer=offer)}'\n"
    )
    shop = load_module(tmp_path / "offers.py").shop
    one, _ = await mounted(shop)
    two, host = await mounted(shop)
    await one.call("m", "raise_price", [], {})
    await heard(stored)
    assert host.woken
    await host.flush()
    assert "<p" in two.html()
    assert two.html().count("1</") == 2, two.html()
    await two.call("m", "raise_price", [], {})
    assert persistent(load_module(tmp_path / "offers.py").Offer, id=1).price == 2


async def test_saved_in_a_thread_or_a_script(stored: Database) -> None:
    _, mine, _, theirs = await two_pages(Offer)

    def script() -> None:
        found = persistent(Offer, id=1)
        found.price = 9
        save(found)

    thread = threading.Thread(target=script)
    thread.start()
    await asyncio.get_running_loop().run_in_executor(None, thread.join)
    await heard(stored)
    assert mine.price == theirs.price == 9


async def test_other_processes_are_told(stored: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other process has a hub and a database of its own."""
    backplane = MemoryBackplane()
    here, there = Hub(), Hub()
    monkeypatch.setattr("hyper.records.open_records.hub", here)
    _, mine, _, _ = await two_pages(Offer)
    monkeypatch.setattr("hyper.records.open_records.hub", there)
    ours = opened.pop(next(iter(opened)))
    other = Page()
    theirs = other.run(lambda: persistent(Offer, id=1))
    second = theirs._record.store
    assert second is not ours
    for hub in (here, there):
        await hub.connect(backplane, ["s" * 32])
    try:

        def change() -> None:
            theirs.price = 7

        await other.handle(change)
        for _ in range(2000):
            if mine.price == 7:
                break
            await asyncio.sleep(0.001)
        assert mine.price == 7
    finally:
        for hub in (here, there):
            await hub.disconnect()
        second.close()


async def test_records_and_holders_are_forgotten(stored: Database) -> None:
    await two_pages(Offer)
    for _ in range(2000):  # a read may still be on its way
        gc.collect()
        if not stored.open_records._holders:
            break
        await asyncio.sleep(0.001)
    assert len(stored.open_records._holders) == 0


@models
async def test_an_id_that_does_not_exist(model: Any) -> None:
    with pytest.raises(MissingRecordError, match=f"there is no {model.__name__} 9"):
        persistent(model, id=9, missing="error")
    with pytest.raises(MissingRecordError):
        await open_persistent(model, id=9, missing="error")
    page = Page()
    new = page.run(lambda: persistent(model, id=9))
    with pytest.raises(LookupError):  # open here, but not stored yet
        page.run(lambda: persistent(model, id=9, missing="error"))
    await page.handle(new.save)
    assert page.run(lambda: persistent(model, id=9, missing="error")) is new
    with pytest.raises(RecordError, match='"create" or "error"'):
        persistent(model, id=9, missing="raise")  # type: ignore[arg-type]
