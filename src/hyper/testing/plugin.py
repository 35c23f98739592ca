"""The pytest plugin: after each test it closes the pages, and undoes the changes of shared values.

Closing is part of the test: an exception in ``on_unmount`` is an error of the test.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from hyper.testing.fresh import Journal

KEEP_SHARED: Final = "live_keep_shared"
"""The marker and the setting for tests that build on each other."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("hyper").addoption(
        "--live-browser",
        action="store_true",
        help="Open the pages of hyper.testing in Chromium (needs playwright; CHROMIUM names the program).",
    )
    parser.addini(KEEP_SHARED, "Do tests see what earlier tests have done to shared values?", "bool", False)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", f"{KEEP_SHARED}: what this test does to shared values is not undone.")


def pytest_sessionstart(session: pytest.Session) -> None:
    if session.config.getoption("--live-browser"):
        try:
            import playwright  # noqa: F401
        except ImportError:
            raise pytest.UsageError("--live-browser needs playwright: pip install playwright") from None
        from hyper.testing.chromium import enable

        enable()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--live-browser"):
        from hyper.testing.chromium import disable

        disable()


@pytest.fixture(autouse=True)
def _close_live_pages(request: pytest.FixtureRequest) -> Iterator[None]:
    journals = _journals(request)
    try:
        yield
        if "hyper.testing.page_under_test" in sys.modules:
            from hyper.testing.closing import close_all

            close_all()
    finally:
        for journal in journals:
            journal.take_back()


def _journals(request: pytest.FixtureRequest) -> list[Journal]:
    is_kept = request.config.getini(KEEP_SHARED) or request.node.get_closest_marker(KEEP_SHARED)
    if is_kept or "hyper.state.sharing" not in sys.modules:
        return []
    from hyper.testing.fresh import begin

    return begin()
