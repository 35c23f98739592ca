"""kill -9 in the middle of saves: nothing acknowledged is lost, nothing is torn.

A process saves as fast as it can, two records in one transaction, from several pages at once, and tells what
it is about to save and what was acknowledged. It is killed at a random moment, again and again on one file.
``HYPER_KILL_ROUNDS`` sets how often (default 10; the promise is stated for 100).
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import text

from hyper.records.database import Database
from hyper.records.kinds import DocumentKind

ROUNDS = int(os.environ.get("HYPER_KILL_ROUNDS", "10"))
PAGES = 3


@dataclass
class Account:
    balance: int = 0
    note: str = ""
    __persistent_name__ = "account"


PROGRAM = """
import asyncio, os, sys
from dataclasses import dataclass
from hyper.components.jobs import run_function
from hyper.components.page import PageMount
from hyper.context import current
from hyper.records.persistence import persistent

@dataclass
class Account:
    balance: int = 0
    note: str = ""
    __persistent_name__ = "account"

async def work(number, component):
    page = PageMount(component, "m", {})
    current.set(page.root)
    pair = [persistent(Account, id=f"{number} {side}") for side in "ab"]
    def save():
        value = pair[0].balance + 1
        os.write(1, f"sent {number} {value}\\n".encode())
        for account in pair:
            account.balance = value
            account.note = str(value) * (value % 3000)
    while True:
        await page.run("save", lambda unit: run_function(unit, page.root, save))
        os.write(1, f"saved {number} {pair[0].balance}\\n".encode())

async def main():
    sys.path.insert(0, sys.argv[2])
    from blank import blank
    await asyncio.gather(*[asyncio.create_task(work(number, blank)) for number in range(int(sys.argv[1]))])

asyncio.run(main())
"""
BLANK = """
from markupsafe import Markup
from hyper.components.component import live

@live
def blank():
    return Markup("<p></p>")
"""


def run_and_kill(url: str, folder: Path, alive_s: float) -> tuple[dict[str, int], dict[str, int]]:
    """What a process said it sent and saved last, before it was killed, for each page."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(PAGES), str(folder)],
        stdout=subprocess.PIPE,
        env={**os.environ, "HYPER_DATABASE_URL": url},
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    threading.Timer(alive_s, process.kill).start()
    told = first + process.stdout.read()
    process.wait()
    process.stdout.close()
    last: dict[str, dict[str, int]] = {"sent": {}, "saved": {}}
    for kind, page, value in re.findall(r"(sent|saved) (\d+) (\d+)\n", told.decode()):
        last[kind][page] = int(value)
    return last["sent"], last["saved"]


def read(store: Database) -> dict[str, list[Any]]:
    kind = DocumentKind(Account)
    with store.reading() as session:
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        rows = {str(page): [kind.read(session, f"{page} {side}") for side in "ab"] for page in range(PAGES)}
    return {page: [row and kind.from_dump(row.dump) for row in pair] for page, pair in rows.items()}


def test_nothing_acknowledged_is_lost(tmp_path: Path, rng: random.Random) -> None:
    (tmp_path / "blank.py").write_text(BLANK)
    url = f"sqlite:///{tmp_path / 'kill.db'}"
    expected: dict[str, int] = {}
    acknowledged = 0
    for _ in range(ROUNDS):
        sent, saved = run_and_kill(url, tmp_path, rng.uniform(0, 0.3))
        acknowledged += sum(saved[page] - expected.get(page, 0) for page in saved)
        store = Database(url)
        for page, pair in read(store).items():
            if pair[0] is None:
                assert page not in saved
                assert page not in expected
                continue
            value = pair[0].balance
            assert saved.get(page, expected.get(page, 0)) <= value <= sent.get(page, expected.get(page, 0))
            assert pair[1] == pair[0], "one handler is one transaction"
            assert pair[0].note == str(value) * (value % 3000)
            expected[page] = value
        store.close()
    assert acknowledged > 0
