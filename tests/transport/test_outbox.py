from __future__ import annotations

import asyncio

import pytest

from hyper.transport.limits import Limits
from hyper.transport.outbox import Outbox
from hyper.transport.relay import Job

from .fakes import FakeSocket, settle


class Writing:
    """An outbox and what it does."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.socket = FakeSocket()
        self.tasks: list[asyncio.Task[None]] = []
        self.freed = 0
        self.outbox = Outbox(self.socket, limits or Limits(), self._spawn, self._on_free)

    def _spawn(self, job: Job) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(job)
        self.tasks.append(task)
        return task

    def _on_free(self) -> None:
        self.freed += 1

    def numbers(self) -> list[int]:
        return [message["n"] for message in self.socket.sent]


def frame(number: int, size: int = 0) -> bytes:
    return b'{"n":%d,"x":"%s"}' % (number, b"x" * size)


async def test_a_peer_that_reads_is_written_to_without_a_task() -> None:
    writing = Writing()
    for number in range(100):
        writing.outbox.send([frame(number), frame(number)])
    assert len(writing.numbers()) == 200
    assert writing.tasks == []
    assert not writing.outbox.waits


async def test_frames_stay_in_order_whatever_their_size() -> None:
    writing = Writing()
    for number in range(20):
        writing.outbox.send([frame(number, 100_000 if number % 3 == 0 else 0)])
    await settle()
    assert writing.numbers() == list(range(20))


async def test_one_task_writes_for_a_slow_peer() -> None:
    writing = Writing()
    writing.socket.room = 10
    for number in range(50):
        writing.outbox.send([frame(number)])
    await settle()
    assert len(writing.tasks) == 1
    assert writing.outbox.waits
    assert len(writing.numbers()) <= 2
    writing.socket.read_all()
    await settle()
    assert writing.numbers() == list(range(50))
    assert not writing.outbox.waits


async def test_unsent_bytes_are_limited_and_room_is_announced() -> None:
    writing = Writing(Limits(unsent_bytes=1000))
    writing.socket.room = 0
    writing.outbox.send([frame(0, 900)])
    assert writing.outbox.free
    writing.outbox.send([frame(1, 900)])
    assert not writing.outbox.free
    await settle()
    assert writing.freed == 0
    writing.socket.read_all()
    await settle()
    assert writing.outbox.free
    assert writing.freed == 1


async def test_room_that_comes_late_is_noticed_by_the_clock() -> None:
    writing = Writing(Limits(unsent_bytes=1000))
    writing.socket.room = 0
    writing.outbox.send([frame(0, 2000)])
    assert not writing.outbox.free
    writing.socket.unsent = 0
    assert writing.freed == 0
    assert not writing.outbox.is_stuck(1.0)
    assert writing.freed == 1


async def test_a_peer_that_takes_nothing_is_stuck() -> None:
    writing = Writing(Limits(write_s=10))
    assert not writing.outbox.is_stuck(0)
    writing.socket.room = 0
    writing.outbox.send([frame(0)])
    for now_s in range(1, 11):
        assert not writing.outbox.is_stuck(now_s)
    assert writing.outbox.is_stuck(11)


async def test_a_peer_that_takes_a_little_now_and_then_is_not_stuck() -> None:
    writing = Writing(Limits(write_s=10))
    writing.socket.room = 0
    writing.outbox.send([frame(0, 1000)])
    for now_s in range(100):
        if now_s % 9 == 0:
            writing.socket.unsent -= 1
        assert not writing.outbox.is_stuck(now_s)


@pytest.mark.parametrize("is_small", [True, False])
async def test_more_frames_for_a_stuck_peer_are_no_progress(is_small: bool) -> None:
    writing = Writing(Limits(write_s=10))
    writing.socket.room = 0
    if is_small:  # the transport takes them, though the peer does not

        async def send(data: bytes) -> None:
            writing.socket.send_now([data])

        writing.socket.send = send  # type: ignore[method-assign]
    for now_s in range(12):
        writing.outbox.send([frame(now_s)])
        await settle()
        assert writing.outbox.is_stuck(now_s) == (now_s >= 10)


async def test_a_peer_with_nothing_to_take_is_not_stuck() -> None:
    writing = Writing(Limits(write_s=10))
    writing.outbox.send([frame(0)])
    assert not any(writing.outbox.is_stuck(now_s) for now_s in range(100))


async def test_a_lost_connection_drops_what_waits() -> None:
    writing = Writing()

    async def lost(data: bytes) -> None:
        raise ConnectionResetError

    writing.socket.send = lost  # type: ignore[method-assign]
    writing.outbox.send([frame(0, 100_000), frame(1, 100_000)])
    await settle()
    assert writing.tasks[0].exception() is None
    writing.outbox.send([frame(2)])
    assert writing.numbers() == []
    assert not writing.outbox.waits


@pytest.mark.parametrize("is_slow", [True, False])
async def test_nothing_is_written_after_discard(is_slow: bool) -> None:
    writing = Writing()
    writing.socket.room = 0 if is_slow else None
    writing.outbox.send([frame(0), frame(1)])
    before = len(writing.numbers())
    writing.outbox.discard()
    writing.outbox.send([frame(2)])
    writing.socket.read_all()
    await settle()
    assert len(writing.numbers()) == before
