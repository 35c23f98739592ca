"""Connections that are passed between processes, here between two places of one process."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from hyper.commands.supervisor import HANG_S
from hyper.transport import workers as module
from hyper.transport.workers import WorkerBusyError, Workers

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no Unix sockets here")


@pytest.mark.parametrize(
    ("mount_id", "owner"),
    [
        ("0_abc", 0),
        ("1_abc", None),  # our own
        ("2_abc", 2),
        ("2_", 2),
        ("3_abc", None),  # there is no such place
        ("-1_abc", None),
        ("00002_abc", None),
        ("٢_abc", None),
        ("abc", None),
        ("", None),
        ("2", None),
        (" 2_", None),
        ("../2_", None),
    ],
)
def test_whose_a_mount_is(mount_id: str, owner: int | None, tmp_path: Path) -> None:
    workers = Workers(1, 3, tmp_path)
    assert workers.prefix == "1_"
    assert workers.owner_of(mount_id) == owner
    workers.close()


class Taker:
    """A place that keeps what is passed to it."""

    def __init__(self, number: int, folder: Path) -> None:
        self.workers = Workers(number, 3, folder)
        self.taken: list[bytes] = []
        self.heard: list[bytes] = []
        self.workers.heard = self.heard.append
        self.workers.listen(self.take)

    async def take(self, connection: socket.socket, request: bytes) -> None:
        """Answer on the connection that it is here."""
        with connection:
            await asyncio.get_running_loop().sock_sendall(connection, b"%d" % self.workers.number)
        self.taken.append(request)


async def answer_of(client: socket.socket) -> bytes:
    client.setblocking(False)
    async with asyncio.timeout(10):
        return await asyncio.get_running_loop().sock_recv(client, 10)


async def test_a_connection_is_passed_with_its_request(tmp_path: Path) -> None:
    giver, taker = Taker(0, tmp_path), Taker(1, tmp_path)
    ours, client = socket.socketpair()
    assert await giver.workers.pass_on(1, ours.fileno(), b"GET /")
    ours.close()
    assert await answer_of(client) == b"1"
    assert taker.taken == [b"GET /"]
    client.close()
    giver.workers.close()
    taker.workers.close()


async def test_where_nobody_is_it_is_kept(tmp_path: Path) -> None:
    giver = Taker(0, tmp_path)
    ours, client = socket.socketpair()
    assert not await giver.workers.pass_on(1, ours.fileno(), b"GET /")  # never was there
    taker = Taker(1, tmp_path)
    taker.workers.close()
    assert not await giver.workers.pass_on(1, ours.fileno(), b"GET /")  # is gone
    ours.close()
    client.close()
    giver.workers.close()


async def test_a_request_that_is_too_long_is_kept(tmp_path: Path) -> None:
    giver, taker = Taker(0, tmp_path), Taker(1, tmp_path)
    ours, client = socket.socketpair()
    assert not await giver.workers.pass_on(1, ours.fileno(), b"x" * (module.MAX_REQUEST_BYTES + 1))
    ours.close()
    client.close()
    giver.workers.close()
    taker.workers.close()


async def test_half_a_request_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    giver, taker = Taker(0, tmp_path), Taker(1, tmp_path)
    ours, client = socket.socketpair()
    assert await giver.workers.pass_on(1, ours.fileno(), b"GET /")
    ours.close()
    monkeypatch.setattr(module, "MAX_REQUEST_BYTES", 4)  # of the one that receives
    assert await answer_of(client) == b""
    assert taker.taken == []
    client.close()
    giver.workers.close()
    taker.workers.close()


async def test_a_newer_process_takes_the_place_over(tmp_path: Path) -> None:
    giver, old, new = Taker(0, tmp_path), Taker(1, tmp_path), Taker(1, tmp_path)
    await giver.workers.tell(b"hello")
    old.workers.close()
    await giver.workers.tell(b"again")
    async with asyncio.timeout(10):
        while len(new.heard) < 2:
            await asyncio.sleep(0)
    assert (old.heard, new.heard) == ([], [b"hello", b"again"])
    giver.workers.close()
    new.workers.close()


async def test_one_that_is_busy_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    giver, taker = Taker(0, tmp_path), Taker(1, tmp_path)
    pairs = [socket.socketpair() for _ in range(100)]
    passing = [giver.workers.pass_on(1, ours.fileno(), b"GET /") for ours, _ in pairs]
    assert all(await asyncio.gather(*passing))
    answers = [await answer_of(client) for _, client in pairs]
    assert answers == [b"1"] * 100
    monkeypatch.setattr(module, "RETRIES", 1)
    asyncio.get_running_loop().remove_reader(taker.workers.receiver)
    passing = [giver.workers.pass_on(1, ours.fileno(), b"GET /") for ours, _ in pairs]
    told = await asyncio.gather(*passing, return_exceptions=True)
    assert {type(outcome) for outcome in told} == {bool, WorkerBusyError}, "a full queue"
    for pair in pairs:
        for end in pair:
            end.close()
    giver.workers.close()
    taker.workers.close()


async def test_one_that_is_only_slow_keeps_its_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It reads nothing for many attempts, and then everything."""
    giver, taker = Taker(0, tmp_path), Taker(1, tmp_path)
    loop = asyncio.get_running_loop()
    assert taker.workers.receiver is not None
    loop.remove_reader(taker.workers.receiver)
    waits: list[float] = []
    sleep = asyncio.sleep

    async def wait(delay_s: float) -> None:
        waits.append(delay_s)
        if len(waits) == 20 * (module.RETRIES // 2):
            loop.add_reader(taker.workers.receiver, taker.workers._read, taker.workers.receiver, taker.take)
        await sleep(0)

    monkeypatch.setattr(module.asyncio, "sleep", wait)
    pairs = [socket.socketpair() for _ in range(30)]
    passing = [giver.workers.pass_on(1, ours.fileno(), b"GET /") for ours, _ in pairs]
    assert all(await asyncio.gather(*passing))
    assert max(waits) == module.MAX_RETRY_S
    assert sum(min(module.MAX_RETRY_S, module.RETRY_S * 2**n) for n in range(module.RETRIES)) > HANG_S
    monkeypatch.undo()
    assert [await answer_of(client) for _, client in pairs] == [b"1"] * 30
    for pair in pairs:
        for end in pair:
            end.close()
    giver.workers.close()
    taker.workers.close()
