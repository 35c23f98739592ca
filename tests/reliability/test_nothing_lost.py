"""Nothing lost, nothing twice: clients that are cut off, processes that are renewed and killed, and a ledger.

An event that was acknowledged ran exactly once; one whose fate the page calls unknown at most once; one that it says
was never sent did not run; there are no others. ``HYPER_LEDGER`` is ``clients,events,cuts,renewals,kills,seconds`` (default 20,20,40,1,1,4; ``nox -s proof -- lost``:
500,100,1000,2,0,90, and ``-- killed`` with 10 kills).
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

from ..hyper.running import Run, running
from .ledger import APP, Client

CLIENTS, EVENTS, CUTS, RENEWALS, KILLS, ACTS_S = map(
    int, os.environ.get("HYPER_LEDGER", "20,20,40,1,1,4").split(",")
)
WAIT_S = 100 + 5 * ACTS_S


async def test_acknowledged_once_unknown_at_most_once(tmp_path: Path, rng: random.Random) -> None:
    ledger = tmp_path / "ledger"
    ledger.touch()
    (tmp_path / "shop.py").write_text(APP)
    started_s = time.monotonic()
    async with running(tmp_path, "shop:make_app", "--workers", "2", LEDGER=str(ledger)) as run:
        clients = [Client(run.url, f"c{number}", EVENTS, ACTS_S / EVENTS, rng) for number in range(CLIENTS)]
        tasks = [asyncio.create_task(client.run()) for client in clients]
        trouble = asyncio.create_task(make_trouble(run, clients, rng))
        async with asyncio.timeout(WAIT_S):
            await asyncio.gather(*tasks)
            await trouble
    tell(clients, ledger, time.monotonic() - started_s)
    check(clients, Counter(ledger.read_text().split()))


async def make_trouble(run: Run, clients: list[Client], rng: random.Random) -> None:
    """Cuts all the time, and now and then a process that is renewed, or killed."""
    strikes = ["cut"] * CUTS + ["renew"] * RENEWALS + ["kill"] * KILLS
    rng.shuffle(strikes)
    for strike in strikes:
        await asyncio.sleep(rng.random() * 1.6 * ACTS_S / len(strikes))
        if strike == "cut":
            alive = [client for client in clients if not client.is_done]
            rng.choice(alive or clients).cut()
        elif strike == "renew":
            run.process.send_signal(signal.SIGHUP)
        else:
            while not (workers := workers_of(run)):  # the last one has just been killed
                await asyncio.sleep(0.05)
            os.kill(rng.choice(workers), signal.SIGKILL)


def workers_of(run: Run) -> list[int]:
    return [
        int(pid)
        for pid in Path(f"/proc/{run.process.pid}/task/{run.process.pid}/children").read_text().split()
    ]


def tell(clients: list[Client], ledger: Path, seconds: float) -> None:
    total = Counter[str]()
    for client in clients:
        total["acknowledged"] += len(client.fates.acknowledged)
        total["refused"] += len(client.fates.refused)
        total["unknown"] += len(client.fates.lost)
        total["unsent"] += len(client.fates.unsent)
        total["reconnects"] += client.reconnects
        total["snapshots"] += client.resyncs
        total["gaps"] += client.gaps
    ran = len(ledger.read_text().split())
    print(
        f"\n{CLIENTS} clients × {EVENTS} events, {CUTS} cuts, {RENEWALS} renewals, {KILLS} kills: {dict(total)}; {ran} ran; {seconds:.0f} s"
    )


def check(clients: list[Client], ran: Counter[str]) -> None:
    for client in clients:
        fates = client.fates
        known = fates.acknowledged | fates.lost | fates.unsent | set(fates.refused)
        assert known == {f"{client.name}-{number}" for number in range(1, EVENTS + 1)}
        assert [token for token in fates.acknowledged if ran[token] != 1] == []
        assert [token for token in fates.lost if ran[token] > 1] == []
        assert [token for token in fates.unsent if ran[token]] == []
        assert fates.refused == {}
    if not KILLS and not RENEWALS:
        assert not any(client.fates.lost | client.fates.unsent for client in clients)
    assert max(ran.values()) == 1
