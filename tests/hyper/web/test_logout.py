"""renew_session() and disconnect(): in this process, the other workers, and all others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web

from hyper import disconnect
from hyper.errors import AuthorError
from hyper.state.hub import Hub
from hyper.transport.component import RequestContext
from hyper.transport.workers import Workers
from hyper.web import logout
from hyper.web.app import LIVE, Live, setup
from hyper.web.logout import Endings, end, ended, lasting_user_key, session_key, user_key


@pytest.fixture(autouse=True)
def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """Shared values of this test alone."""
    hub = Hub()
    monkeypatch.setattr(logout, "hub", hub)
    return hub


class Log:
    """As much of a process as ``Endings`` needs."""

    def __init__(self, workers: Workers | None = None) -> None:
        self.workers = workers
        self.ended: list[str] = []
        self.disconnected: list[object] = []
        self.people: tuple[object, ...] = ("ada", 5, None)
        self._tasks: set[asyncio.Task[None]] = set()

    def end_session(self, session_hash: str, ago_s: float = 0, share: str = "") -> None:
        self.ended.append(session_hash)

    def disconnect(self, whose: object) -> None:
        assert callable(whose)
        self.disconnected += [user for user in self.people if whose(RequestContext("", user))]

    def spawn(self, work: object) -> None:
        self._tasks.add(asyncio.ensure_future(work))  # type: ignore[arg-type]


@pytest.fixture
async def log() -> AsyncIterator[Log]:
    log = Log()
    endings = Endings(log)  # type: ignore[arg-type]
    endings.start()
    yield log
    endings.stop()


async def test_a_session_that_is_ended(log: Log) -> None:
    end(session_key("abc"))
    end(session_key("def"))
    assert log.ended == ["abc", "def"]
    assert log.disconnected == []


async def test_a_user_is_who_auth_returned(log: Log) -> None:
    disconnect("ada")
    assert log.disconnected == ["ada"]
    disconnect(5)
    disconnect("5")
    disconnect("nobody")
    assert log.disconnected == ["ada", 5]
    disconnect("ada")
    assert log.disconnected == ["ada", 5, "ada"]


def test_a_user_may_be_an_object() -> None:
    @dataclass
    class User:
        id: int
        name: str

    assert user_key(User(1, "ada")) == user_key(User(1, "ada")) != user_key(User(2, "ada"))
    assert user_key({"a": 1, "b": 2}) == user_key({"b": 2, "a": 1})
    assert user_key(object) == user_key(object)


def test_what_outlives_a_process_is_said_of_json_only() -> None:
    @dataclass
    class User:
        id: int
        friends: list[object]

    ring: list[object] = []
    ring.append(ring)
    assert lasting_user_key(User(1, [])) == lasting_user_key(User(1, [])) != lasting_user_key(User(2, []))
    assert lasting_user_key("5") != lasting_user_key(5) != lasting_user_key(None)
    assert lasting_user_key(object()) == lasting_user_key(User(1, [object()])) == lasting_user_key(ring) == ""


def test_nobody_cannot_be_disconnected() -> None:
    with pytest.raises(AuthorError, match="give a user"):
        disconnect(None)


async def test_from_another_thread(log: Log) -> None:
    here = threading.get_ident()
    where: list[int] = []
    log.end_session = lambda session_hash, share: where.append(threading.get_ident())  # type: ignore[method-assign]
    await asyncio.to_thread(end, session_key("abc"))
    async with asyncio.timeout(10):
        while not where:
            await asyncio.sleep(0)
    assert where == [here]


async def test_what_was_ended_before_the_start_is_known(log: Log) -> None:
    end(session_key("abc"))
    late = Log()
    endings = Endings(late)  # type: ignore[arg-type]
    endings.start()
    assert late.ended == ["abc"]
    endings.stop()
    end(session_key("def"))
    assert late.ended == ["abc"]


async def test_what_processes_are_told_at_the_start_is_bounded(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logout, "MAX_ENDED", 20)
    for number in range(30):
        end(session_key(str(number)))
    assert list(ended()) == [session_key(str(number)) for number in range(10, 30)]
    assert log.ended[-1] == "29"


async def test_workers_tell_each_other_and_who_comes_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three processes, each with a hub of its own."""
    places = []
    hubs: dict[int, Hub] = {}

    async def never(*_: object) -> None: ...

    def begin(number: int) -> Log:
        workers = Workers(number, 3, tmp_path)
        workers.listen(never)
        log = Log(workers)
        monkeypatch.setattr(logout, "hub", hubs.setdefault(number, Hub()))
        endings = Endings(log)  # type: ignore[arg-type]
        endings.start()
        heard = workers.heard

        def hear(message: bytes) -> None:
            monkeypatch.setattr(logout, "hub", hubs[number])
            heard(message)

        workers.heard = hear
        places.append((workers, endings))
        return log

    logs = [begin(0), begin(1)]
    monkeypatch.setattr(logout, "hub", hubs[0])
    end(session_key("abc"))
    async with asyncio.timeout(10):
        while not all(log.ended for log in logs):
            await asyncio.sleep(0)
    logs.append(begin(2))
    async with asyncio.timeout(10):
        while not logs[2].ended:
            await asyncio.sleep(0)
    assert [log.ended for log in logs] == [["abc"]] * 3
    for workers, endings in places:
        endings.stop()
        workers.close()


async def test_an_application_follows_from_start_to_cleanup() -> None:
    app = web.Application()
    live: Live = setup(app, secret="of a test")
    assert app[LIVE] is live
    runner = web.AppRunner(app)
    await runner.setup()
    end(session_key("abc"))
    assert live.process.gate.is_ended("abc")
    await runner.cleanup()
    end(session_key("def"))
    assert not live.process.gate.is_ended("def")
