"""The pytest plugin: closes the pages that a test has mounted, so that no test sees another one's.

Unmounting is part of the test: what ``on_unmount`` raises is an error of the test.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("hyper").addoption(
        "--live-browser",
        action="store_true",
        help="Open the pages of hyper.testing in Chromium (needs playwright; CHROMIUM names the program).",
    )


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
def _close_live_pages() -> Iterator[None]:
    yield
    if "hyper.testing.session" in sys.modules:
        from hyper.testing.closing import close_all

        close_all()
