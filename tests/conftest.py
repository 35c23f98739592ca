"""What all tests share: paths, and one seed for the tests that draw random numbers themselves."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, settings

from tests.postgresql import postgresql as postgresql
from tests.postgresql import postgresql_url as postgresql_url

ROOT = Path(__file__).parent.parent

# No test fails for being slow: the machine may be busy. On top of the profile that hypothesis chose (in CI it
# draws the same examples in every run).
settings.register_profile("hyper", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hyper")


def pytest_configure() -> None:
    """One seed, also for the processes that share the tests of a run."""
    _seed()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """The seed of a run that failed; ``HYPER_SEED=… pytest`` draws the same numbers again."""
    if exitstatus:
        terminalreporter.write_line(f"HYPER_SEED={_seed()}")


def _seed() -> str:
    return os.environ.setdefault("HYPER_SEED", str(random.SystemRandom().randrange(2**32)))


@pytest.fixture
def rng() -> random.Random:
    """Random numbers that come again with the same HYPER_SEED, whatever tests ran before."""
    return random.Random(int(_seed()))


@pytest.fixture(scope="session")
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(autouse=True)
def no_client_forgets_a_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fails a test that opens a response or a socket and does not close it.

    Python warns of some of them only: of those that it collects before what they belong to, in whatever test it does.
    """
    forgotten: list[str] = []
    close, delete = aiohttp.BaseConnector._close, aiohttp.ClientResponse.__del__

    def look_and_close(connector: aiohttp.BaseConnector, **options: Any) -> Any:
        forgotten.extend(repr(connection) for connection in connector._acquired)
        return close(connector, **options)

    def look_and_delete(response: aiohttp.ClientResponse) -> None:
        if response.connection is not None:
            forgotten.append(repr(response))
        delete(response)

    monkeypatch.setattr(aiohttp.BaseConnector, "_close", look_and_close)
    monkeypatch.setattr(aiohttp.ClientResponse, "__del__", look_and_delete)
    yield
    assert forgotten == []


@pytest.fixture(autouse=True)
def no_database_stays_open() -> Iterator[None]:
    """Closes the databases that a test has opened, and forgets which one it has chosen."""
    yield
    if database := sys.modules.get("hyper.records.database"):
        for opened in database.opened.values():
            opened.close()
        database.opened.clear()
        database.chosen.clear()


@pytest.fixture
def untold(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages are not told what others save, like those of two processes without Redis: so there are conflicts."""
    open_records = pytest.importorskip("hyper.records.open_records")
    monkeypatch.setattr(open_records.OpenRecords, "note_saved", lambda self, record: None)
