"""A worker that gives no sign of life is killed, and one that is only slow is not."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

import pytest

from hyper.commands import worker
from hyper.commands.supervisor import Supervisor

from ..running import SHOP, running, visiting


class FakeProcess:
    """A process that may be killed."""

    pid = 4711

    def __init__(self) -> None:
        self.returncode: int | None = None
        self.kills = 0

    def kill(self) -> None:
        self.kills += 1
        self.returncode = -9


@pytest.fixture
def supervisor() -> Any:
    listening = socket.socket()
    yield Supervisor("shop:app", 1, listening, 1, hang_s=0.05)
    listening.close()


async def test_one_that_says_nothing_is_killed(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    process, signs = FakeProcess(), asyncio.StreamReader()
    signs.feed_data(b"1")
    await supervisor._watch(process, signs)  # type: ignore[arg-type]
    assert process.kills == 1
    assert "process 4711 has given no sign for 0.05 s: killing it" in caplog.text


@pytest.mark.parametrize("returncode", [None, 0])
async def test_one_that_ends_is_not_killed(supervisor: Supervisor, returncode: int | None) -> None:
    process, signs = FakeProcess(), asyncio.StreamReader()
    process.returncode = returncode
    signs.feed_data(b"111")
    signs.feed_eof()
    await supervisor._watch(process, signs)  # type: ignore[arg-type]
    assert process.kills == 0


async def test_a_worker_goes_on_when_nobody_reads_its_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT_S", 0)
    reading, writing = os.pipe()
    beating = asyncio.create_task(worker._beat(writing))
    os.set_blocking(reading, False)
    for _ in range(70_000):  # more than a pipe holds
        await asyncio.sleep(0)
    assert not beating.done()
    assert set(os.read(reading, 100_000)) == set(b"1")
    os.close(reading)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not beating.done(), "the supervisor has ended: another pipe says so"
    beating.cancel()
    os.close(writing)


HANGING = SHOP.replace(
    "    def increment():", "    def hang():\n        import time; time.sleep(1000)\n    def increment():"
).replace("t'<p>", 't\'<button @click="hang">!</button><p>')


async def test_a_hung_worker_is_replaced_and_its_port_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import hyper.commands.supervisor as s\ns.Supervisor.__init__.__defaults__ = (1.5,)\n"
    )
    (tmp_path / "shop.py").write_text(HANGING)
    path = f"{tmp_path}:{os.environ.get('PYTHONPATH', '')}"
    async with running(tmp_path, "shop:make_app", PYTHONPATH=path) as run, visiting(run.url) as visitor:
        tab = await visitor.open()
        await tab.join()
        assert tab.ws is not None
        event = {"type": "event", "component_id": tab.mount_id, "seq": 1, "event": "hang", "params": {}}
        await tab.ws.send_json(event)
        assert "was killed by SIGKILL" in await run.logged("starting another")
        await visitor.open()
