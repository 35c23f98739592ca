"""The test pages that are open, and how they settle."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from hyper.testing.page_under_test import PageUnderTest

MAX_ROUNDS: Final = 1000
"""How many renders a page may need before it is taken to change forever."""
QUIET_ROUNDS: Final = 5
"""How many turns of the event loop without a change a page needs to count as settled."""

SAVING_S: Final = 0.001
"""How often a page that is being saved is looked at."""

_open: set[PageUnderTest] = set()


def note_open(page: PageUnderTest) -> None:
    """Remember a page until ``note_closed``."""
    _open.add(page)


def note_closed(page: PageUnderTest) -> None:
    """Forget a page."""
    _open.discard(page)


def open_pages() -> list[PageUnderTest]:
    """All open pages."""
    return list(_open)


def open_pages_here() -> list[PageUnderTest]:
    """The open pages of the running event loop, oldest first."""
    loop = asyncio.get_running_loop()
    return sorted((page for page in _open if page.loop is loop), key=lambda page: int(page.mount.id[4:]))


def begin_step() -> None:
    """Forget what the server sent in the last step, on all pages."""
    for page in _open:
        page.updates.clear()
        page.pushed.clear()


async def settle() -> None:
    """Render until nothing changes any longer and all is saved, on all pages of the running event loop.

    Raises the first exception that a handler, hook or task has raised, and ``AssertionError`` if pages do not settle.
    """
    quiet = 0
    for _ in range(MAX_ROUNDS):
        await _saved()
        changed = [await page.take_changes() for page in open_pages_here()]
        quiet = 0 if any(changed) else quiet + 1
        if quiet > QUIET_ROUNDS:
            break
        await asyncio.sleep(0)
    else:
        raise AssertionError(
            f"still changing after {MAX_ROUNDS} renders: does a view or task invalidate itself?"
        )
    for page in open_pages_here():
        page.raise_failures()


async def _saved() -> None:
    """Wait until no page is writing to a database, which takes real time."""
    while any(page.is_saving for page in open_pages_here()):
        await asyncio.sleep(SAVING_S)
