"""Handlers, ticks, tasks and saves in random schedules on a real database: nothing torn, nothing told that is not so.

``HYPER_INTERLEAVINGS`` is ``sqlite,postgresql``, how many schedules on each (default 300,100; ``nox -s proof --
interleaving``: 100000,10000). ``HYPER_SEED`` draws the same schedules again; which of two transactions is first is up
to the database.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import text

from hyper.records import database, writing
from hyper.records.database import Database, use_database
from hyper.testing.sources import one

from .transfers import SOURCE, Schedule, accounts_in, check, check_sum

pytestmark = pytest.mark.usefixtures("untold")

COUNTS = dict(
    zip(
        ["sqlite", "postgresql"],
        map(int, os.environ.get("HYPER_INTERLEAVINGS", "300,100").split(",")),
        strict=True,
    )
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """The database that the pages use."""
    if request.param == "sqlite":
        use_database(f"sqlite:///{tmp_path / 'test.db'}")
    else:
        use_database(request.getfixturevalue("postgresql_url"))
    return database.database()


async def test_transfers_are_whole(
    store: Database, tmp_path: Path, rng: random.Random, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = COUNTS["sqlite" if store.is_sqlite else "postgresql"]
    if number == 0:
        pytest.skip("not asked for")
    commits, torn = Counter[str](), []
    write = writing.write

    def write_and_look(store: Database, changes: Any) -> Any:
        outcome = write(store, changes)
        commits["commits" if outcome.error is None else type(outcome.error).__name__] += 1
        try:
            check_sum(accounts_in(store))
        except AssertionError as error:
            torn.append(str(error))
        return outcome

    monkeypatch.setattr(writing, "write", write_and_look)
    component = one(tmp_path, SOURCE)
    store.prepare(database.metadata)
    counts: Counter[str] = Counter()
    started_s = time.monotonic()
    for _ in range(number):
        seed = rng.randrange(2**48)
        counts += await run(component, store, seed)
        assert torn == [], f"schedule {seed}"
    took_s = time.monotonic() - started_s
    print(
        f"\n{store.url.get_backend_name()}: {number} schedules in {took_s:.0f} s; {dict(commits)}; {dict(counts)}"
    )
    assert min(counts["told ok"], counts["told failed"]) > 0


async def run(component: Any, store: Database, seed: int) -> Counter[str]:
    """Run one schedule on empty accounts, and check what came of it."""
    with store.writing() as session:
        session.execute(text("DELETE FROM hyper_records"))
    schedule = Schedule(component, random.Random(seed))
    try:
        await schedule.run()
        counts = check(schedule, store)
        await schedule.end()
    except BaseException as error:
        error.add_note(f"schedule {seed}")
        raise
    return counts
