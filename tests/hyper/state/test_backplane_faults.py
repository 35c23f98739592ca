"""Redis is killed, emptied, frozen and thawed under load: nothing is lost, nothing doubled, all converge.

``HYPER_REDIS_FAULTS`` sets the number of rounds (default 3), ``HYPER_SEED`` the order of faults, and
``HYPER_CONVERGE_S`` the time to converge in (promised: 10; default 60, for machines busy with other things).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from typing import Any

import pytest

from hyper.state.hub import Hub

pytest.importorskip("redis", reason="the redis extra is not installed")

from redis.exceptions import RedisError

from hyper.state.redis_backplane import RedisBackplane

ROUNDS = int(os.environ.get("HYPER_REDIS_FAULTS", "3"))
CONVERGE_S = float(os.environ.get("HYPER_CONVERGE_S", "60"))


class Load:
    """A process that changes shared values all the time."""

    def __init__(self, number: int) -> None:
        self.hub = Hub()
        self.log: Any = self.hub.share([], "log")
        self.count: Any = self.hub.share(0, "count")
        self.people = self.hub.presence("lobby")
        self.number = number
        self.written: list[str] = []
        self.task: asyncio.Task[None] | None = None

    async def start(self, url: str) -> None:
        await self.hub.connect(RedisBackplane(url, timeout_s=0.5), ["secret"], check_interval_s=1)
        self.people.join(f"process {self.number}")
        self.task = asyncio.create_task(self.work())

    async def work(self) -> None:
        while True:
            token = f"{self.number}-{len(self.written)}"
            self.log.append(token)
            self.count.increment()
            self.hub.broadcast(())
            self.written.append(token)
            await asyncio.sleep(0.02)

    async def stop(self) -> None:
        assert self.task is not None
        self.task.cancel()


async def strike(server: Any, fault: str) -> None:
    if fault == "freeze":
        server.freeze()
        await asyncio.sleep(1.5)
        server.thaw()
    else:
        server.kill()
        await asyncio.sleep(0.7)
        server.start()


async def converged(loads: list[Load]) -> bool:
    """Whether all have what all have written by now, in time; the load goes on meanwhile."""
    wanted = {token for load in loads for token in load.written}
    people = [f"process {load.number}" for load in loads]
    deadline = time.monotonic() + CONVERGE_S
    while time.monotonic() < deadline:
        counted = min(load.count.value for load in loads) >= len(wanted)
        if counted and all(wanted <= set(load.log) and sorted(load.people) == people for load in loads):
            return True
        await asyncio.sleep(0.05)
    return False


async def test_redis_fails_under_load(redis_server: Any, rng: random.Random) -> None:
    loads = [Load(number) for number in range(3)]
    for load in loads:
        await load.start(redis_server.url)
    took_s = []
    for _ in range(ROUNDS):
        await asyncio.sleep(0.3)
        await strike(redis_server, rng.choice(["kill", "kill", "freeze"]))
        started_s = time.monotonic()
        assert await converged(loads)
        took_s.append(time.monotonic() - started_s)
    for load in loads:
        await load.stop()
    assert await converged(loads)
    everything = sorted(token for load in loads for token in load.written)
    print(
        f"\n{ROUNDS} faults: converged within {max(took_s):.1f} s each, {len(everything)} writes, none lost"
    )
    for load in loads:
        assert sorted(load.log) == everything
        assert load.log == loads[0].log
        assert load.count.value == len(everything)
        await load.hub.disconnect()


GARBAGE: list[tuple[str, ...]] = [
    ("PUBLISH", "hyper:hints", "\udcff\udcfe"),
    ("PUBLISH", "hyper:hints", '["log", [1, ""], [2, ""], null]'),
    ("SET", "hyper:{log}:head", "text"),
    ("HSET", "hyper:{log}:head", "version", "many"),
    ("HSET", "hyper:{log}:head", "version", "99", "snapshot", "\udcff"),
    ("RPUSH", "hyper:{log}:log", "x"),
    ("HSET", "hyper:{log}:sent", "someone", "never"),
    ("DEL", "hyper:{log}:head"),
    ("DEL", "hyper:{log}:log"),
    ("FLUSHALL",),
]


async def test_garbage_in_redis_stops_nobody(redis_server: Any, rng: random.Random) -> None:
    """Whatever stands there: processes live, other values go on, this one does when it is deleted."""
    backplane = RedisBackplane(redis_server.url)
    one, two = Hub(), Hub()
    logs: list[Any] = [hub.share([], "log") for hub in (one, two)]
    others: list[Any] = [hub.share([], "other") for hub in (one, two)]
    for hub in (one, two):
        await hub.connect(RedisBackplane(redis_server.url), ["secret"], check_interval_s=0.2)
    for number in range(40):
        for command in rng.sample(GARBAGE, 2):
            with contextlib.suppress(RedisError):
                await backplane._redis.execute_command(*command)
        logs[number % 2].append(number)
        others[number % 2].append(number)
        await asyncio.sleep(0.02)
    await backplane._redis.delete(*backplane._keys("log"))
    deadline = time.monotonic() + CONVERGE_S
    while len(others[0]) + len(others[1]) + len(logs[0]) + len(logs[1]) < 160:
        assert time.monotonic() < deadline, (logs, others)
        await asyncio.sleep(0.05)
    for values in (logs, others):
        assert values[0] == values[1]
        assert sorted(values[0]) == list(range(40))
    for hub in (one, two):
        await hub.disconnect()
    await backplane.close()
