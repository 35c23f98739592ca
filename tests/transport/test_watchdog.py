"""A loop that is blocked is told of while it is, with the line that blocks it."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

import hyper
from hyper.transport import watchdog as module
from hyper.transport.limits import Limits
from hyper.transport.watchdog import Watchdog, author_frame

WAIT_S = 30


class Told(logging.Handler):
    """What the log is told, for other threads to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []
        self._news = threading.Condition()

    def emit(self, record: logging.LogRecord) -> None:
        with self._news:
            self.records.append(record)
            self._news.notify_all()

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.records) >= count, WAIT_S)


@pytest.fixture
def told() -> Iterator[Told]:
    handler = Told()
    module.log.addHandler(handler)
    yield handler
    module.log.removeHandler(handler)


@pytest.fixture
async def watch() -> Iterator[Callable[[float], Watchdog]]:
    dogs: list[Watchdog] = []

    def start(lag_s: float) -> Watchdog:
        dogs.append(Watchdog(lag_s))
        dogs[-1].start()
        return dogs[-1]

    yield start  # type: ignore[misc]
    for dog in dogs:
        dog.stop()


async def test_a_handler_that_blocks_is_named_by_its_line_and_once(
    told: Told, watch: Callable[[float], Watchdog]
) -> None:
    dog = watch(0.05)

    def handler() -> None:
        told.wait_for(1)  # blocks until it has been told of

    handler()
    await asyncio.to_thread(told.wait_for, 2)
    first, second = told.records
    line = inspect.getsourcelines(handler)[1] + 1
    assert f"blocked for 50 ms at {__file__}:" in first.getMessage()
    assert first.blocked_at.startswith(f"{__file__}:")  # type: ignore[attr-defined]
    assert f'"{__file__}", line {line}, in handler' in first.getMessage()
    assert "continues" in second.getMessage()
    assert dog.blocks == 1
    assert dog.longest_s >= 0.05


async def test_the_limit_is_a_setting(told: Told) -> None:
    app = web.Application()
    live = hyper.setup(app, secret="of this test", limits=Limits(loop_lag_s=0.05))
    async with TestServer(app, host="127.0.0.1"):
        told.wait_for(1)  # blocks the loop
        await asyncio.to_thread(told.wait_for, 2)
    assert "blocked for 50 ms" in told.records[0].getMessage()
    assert live.watchdog.blocks == 1


async def test_a_loop_that_turns_is_not_told_of(told: Told, watch: Callable[[float], Watchdog]) -> None:
    dog = watch(WAIT_S)
    for _ in range(100):
        await asyncio.sleep(0)
    assert told.records == []
    assert dog.blocks == 0


async def test_without_a_limit_there_is_no_thread(watch: Callable[[float], Watchdog]) -> None:
    before = threading.active_count()
    watch(0)
    assert threading.active_count() == before


async def test_it_ends_when_it_is_stopped() -> None:
    dog = Watchdog(0.05)
    dog.start()
    thread = next(thread for thread in threading.enumerate() if thread.name == "hyper watchdog")
    dog.stop()
    await asyncio.to_thread(thread.join, WAIT_S)
    assert not thread.is_alive()


def test_the_blame_is_on_the_applications_own_line() -> None:
    frames: list[FrameType] = []

    def hook(_: object) -> None:
        frames.append(sys._getframe(1))

    json.loads('{"a": 1}', object_hook=hook)
    assert frames[0].f_code.co_filename.endswith("decoder.py"), "what hangs is in a library"
    assert author_frame(frames[0]) is sys._getframe()
    assert author_frame(None) is None
