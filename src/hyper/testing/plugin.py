"""The pytest plugin: closes the pages that a test has mounted, so that no test sees another one's.

Unmounting is part of the test: what ``on_unmount`` raises is an error of the test.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _close_live_pages() -> Iterator[None]:
    yield
    if "hyper.testing.session" in sys.modules:
        from hyper.testing.closing import close_all

        close_all()
