"""A job that raises a redirect has ended well: its records are saved. After another answer they are not."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from aiohttp import web

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from hyper.components.tasks import spawn
from hyper.records.database import Database
from hyper.records.persistence import ConflictError, persistent
from tests.hyper.records.pages import Page

pytestmark = pytest.mark.usefixtures("stored")
SEE_OTHER, NOT_FOUND = web.HTTPSeeOther("/log_in"), web.HTTPNotFound()


@dataclass
class Bid:
    price: int = 0


async def saved() -> int:
    """What somebody who comes now is shown."""
    page = Page()
    return int(page.run(lambda: persistent(Bid, id=1)).price)


async def a_page() -> tuple[Page, Bid]:
    page = Page()
    bid = page.run(lambda: persistent(Bid, id=1))
    await page.handle(bid.save)
    return page, bid


@pytest.mark.parametrize(("answer", "price"), [(SEE_OTHER, 5), (NOT_FOUND, 0)])
@pytest.mark.parametrize("waits", [False, True])
async def test_a_job(answer: web.HTTPException, price: int, waits: bool) -> None:
    page, bid = await a_page()

    async def change() -> None:
        bid.price = 5
        if waits:
            await asyncio.sleep(0)
        raise answer

    with pytest.raises(type(answer)):
        await page.handle(change)
    assert (bid.price, await saved()) == (price, price)


@pytest.mark.parametrize(("answer", "price"), [(SEE_OTHER, 5), (NOT_FOUND, 0)])
async def test_a_task(answer: web.HTTPException, price: int) -> None:
    page, bid = await a_page()

    async def change() -> None:
        bid.price = 5
        raise answer

    await page.run(lambda: spawn(change()))
    assert await saved() == price


async def test_a_redirect_whose_records_cannot_be_saved_leads_nowhere(stored: Database) -> None:
    page, bid = await a_page()
    other, theirs = await a_page()

    async def change() -> None:
        before = bid.price
        await other.handle(lambda: setattr(theirs, "price", 7))
        bid.price = before + 1
        raise SEE_OTHER

    with pytest.raises(ConflictError):
        await page.handle(change)
    assert await saved() == 7
