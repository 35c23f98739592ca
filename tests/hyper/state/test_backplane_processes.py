"""Two real processes and a real Redis: module-level values find each other by name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("redis", reason="the redis extra is not installed")

MODULE = """
from hyper.state.sharing import presence, shared

log = shared([])
visits = shared(0)
people = presence("lobby")
"""
PROGRAM = """
import asyncio, json, sys
import board
from hyper.state.redis_backplane import RedisBackplane
from hyper.state.sharing import broadcast, hub

async def main(url, name, count):
    await hub.connect(RedisBackplane(url), ["secret"], check_interval_s=0.5)
    board.people.join(name)
    for number in range(count):
        board.log.insert(number // 2, f"{name}{number}")
        board.visits.increment()
        broadcast()
        await asyncio.sleep(0.002)
    while len(board.log) < 2 * count or len(board.people) < 2 or board.visits.value < 2 * count:
        await asyncio.sleep(0.01)
    print(json.dumps([board.log, board.visits.value, sorted(board.people)]), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await hub.disconnect()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def test_two_processes_share_by_name(redis_server: Any, tmp_path: Path) -> None:
    (tmp_path / "board.py").write_text(MODULE)
    command = [sys.executable, "-c", PROGRAM, redis_server.url]
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": tmp_path, "text": True}
    processes = [subprocess.Popen([*command, name, "100"], **pipes) for name in ("ada", "bob")]
    try:
        told = [json.loads(process.stdout.readline()) for process in processes if process.stdout]
        ended = [process.communicate("done\n", timeout=20) for process in processes]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert told[0] == told[1]
    assert len(set(told[0][0])) == 200
    assert told[0][1:] == [200, ["ada", "bob"]]
    assert [process.returncode for process in processes] == [0, 0], ended
