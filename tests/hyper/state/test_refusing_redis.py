"""A Redis that answers and takes no writes: nobody is told that the processes are connected."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from hyper.state.hub import Hub
from hyper.state.telling import Reach
from hyper.transport.each_minute import EVERY_S

QUICK = {"check_interval_s": 0.05, "max_delay_s": 0.05, "alive_s": 0.3}

READ_ONLY = [("REPLICAOF", "127.0.0.1", "1")], [("REPLICAOF", "NO", "ONE")]
FULL = [("CONFIG", "SET", "maxmemory", "1")], [("CONFIG", "SET", "maxmemory", "0")]
NO_RIGHT = [("ACL", "SETUSER", "default", "-@write")], [("ACL", "SETUSER", "default", "+@all")]
NO_COPIES = (
    [("CONFIG", "SET", "min-replicas-to-write", "1")],
    [("CONFIG", "SET", "min-replicas-to-write", "0")],
)
WAYS = {
    "READONLY|read only": READ_ONLY,
    "OOM|maxmemory": FULL,
    "NOPERM|can't run this command|no permissions": NO_RIGHT,
    "NOREPLICAS|good replicas": NO_COPIES,
}


async def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("has_values", [True, False], ids=["with values", "without values"])
@pytest.mark.parametrize("reason", WAYS)
async def test_it_is_told_while_it_lasts(
    redis_server: Any, caplog: pytest.LogCaptureFixture, reason: str, has_values: bool
) -> None:
    from redis.asyncio import Redis

    from hyper.state.redis_backplane import RedisBackplane

    begin, end = WAYS[reason]
    hub, other, admin = Hub(), Hub(), Redis.from_url(redis_server.url)
    value: Any = hub.share({}, "scores") if has_values else {}
    theirs: Any = other.share({}, "scores") if has_values else {}
    caplog.set_level(logging.WARNING, "hyper.state")
    for each in (hub, other):
        await each.connect(RedisBackplane(redis_server.url), ["secret"], **QUICK)
    assert hub.sync is not None
    sync = hub.sync
    await until(lambda: sync.is_connected)
    for command in begin:
        await admin.execute_command(*command)
    value["a"] = 1
    await until(lambda: not sync.is_connected)
    for _ in range(30):
        await asyncio.sleep(0.01)
        assert not sync.is_connected
    mine = [line for line in caplog.messages if re.search(reason, line)]
    assert 1 <= len(mine) <= 2, "one line of each process"
    assert all("shared values stay in their process" in line for line in mine)
    for command in end:
        await admin.execute_command(*command)
    await until(lambda: sync.is_connected and (not has_values or theirs == value))
    for each in (hub, other):
        await each.disconnect()
    await admin.aclose()


def test_a_store_is_reached_when_all_ways_work(caplog: pytest.LogCaptureFixture) -> None:
    now_s = 5.0
    reach = Reach("talk", "listen", clock=lambda: now_s)
    with caplog.at_level(logging.INFO, "hyper.state"):
        reach.works("talk")
        assert reach.since_s is None
        reach.works("listen")
        assert reach.since_s == now_s
        for _ in range(3):
            reach.fails("listen", OSError("cut"))
            reach.works("talk")
            assert reach.since_s is None
        now_s += EVERY_S
        reach.fails("listen", OSError("cut"))
    assert [line.split(":")[0] for line in caplog.messages] == ["connected to the backplane", "cut", "cut"]
