"""The databases in which records are tested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from hyper.records.database import Database, chosen, database, opened, use_database


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
        return
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    yield request.getfixturevalue("postgresql_url")


@pytest.fixture
def stored(url: str) -> Iterator[Database]:
    """The database that ``persistent()`` uses in a test, without any table."""
    use_database(url)
    store = database()
    yield store
    store.close()
    opened.clear()
    chosen.clear()
