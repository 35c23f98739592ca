"""Closes all test pages, each on the event loop that it was mounted on."""

from __future__ import annotations

from hyper.testing import loop
from hyper.testing.open_pages import open_pages
from hyper.testing.page_under_test import PageUnderTest


def close_all() -> None:
    """Close all open pages, and the event loop of synchronous tests. Raises the first exception of a page, if any."""
    failures: list[Exception] = []
    for page in open_pages():
        try:
            _close(page)
        except Exception as error:
            failures.append(error)
    loop.close()
    if failures:
        raise failures[0]


def _close(page: PageUnderTest) -> None:
    own = page.loop
    if own is None or own.is_closed() or own.is_running() or loop.is_own(own):
        loop.run(page.close())
    else:
        own.run_until_complete(page.close())
