"""A log-out holds: after a restart, among those of thousands of strangers, and while a socket is being authenticated."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.state.hub import Hub
from hyper.transport.component import RequestContext
from hyper.transport.gate import Gate, Refused
from hyper.transport.limits import Limits
from hyper.transport.tokens import Signer
from hyper.web import logout
from hyper.web.app import LIVE
from hyper.web.ended import LINE_BYTES, EndedFile, EndedInRedis, is_temporary, state_file

SECRET = "a secret that lasts"
AGE_S = 1000.0


@pytest.fixture(autouse=True)
def own_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As in a process that has just begun; and its files are this test's."""
    monkeypatch.setattr(logout, "hub", Hub())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@hyper.live(fallback="htmx")
def vault():
    def rob(): ...

    return Markup('<button @click="rob">rob</button>')


async def index(request: web.Request) -> web.Response:
    return hyper.page(await hyper.mount(request, vault))


async def log_out(request: web.Request) -> web.Response:
    await hyper.renew_session(request)
    return web.Response()


@asynccontextmanager
async def serving(monkeypatch: pytest.MonkeyPatch, **options: Any) -> AsyncIterator[TestServer]:
    """A process: what another knows without the disk or Redis, it does not."""
    monkeypatch.setattr(logout, "hub", Hub())
    app = web.Application()
    hyper.setup(app, **{"secret": SECRET, **options}).register(vault)
    app.add_routes([web.get("/", index), web.get("/log_out", log_out)])
    async with TestServer(app, host="127.0.0.1") as server:
        yield server


class Thief:
    """Somebody with a copy of what a visitor's browser had before the log-out."""

    def __init__(self, text: str, cookie: str) -> None:
        self.mount_id, self.token = re.findall(r'data-live-fallback="(.*?)" data-live-token="(.*?)"', text)[0]
        self.cookie = cookie
        self.action = re.findall(r'formaction="(.*?)"', text)[0]
        self.form_token = re.findall(r'name="_live" value="(.*?)"', text)[0]

    def session(self, server: TestServer) -> aiohttp.ClientSession:
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{server.port}"}
        return aiohttp.ClientSession(headers=headers)

    async def connect(self, server: TestServer) -> str:
        """The code of the refusal, ``""`` if the token is accepted."""
        url = f"http://127.0.0.1:{server.port}/_live/ws"
        async with self.session(server) as session, session.ws_connect(url) as ws:
            connect = {"type": "connect", "component_id": self.mount_id, "token": self.token, "version": 0}
            await ws.send_json(connect)
            answer = (await ws.receive(timeout=10)).json()
            answer = answer[0] if isinstance(answer, list) else answer
        return str(answer.get("code", ""))

    async def post(self, server: TestServer) -> str:
        url = f"http://127.0.0.1:{server.port}{self.action}"
        async with (
            self.session(server) as session,
            session.post(url, data={"_live": self.form_token}, allow_redirects=False) as answer,
        ):
            return answer.headers.get("Live-Error", "")


async def visited(server: TestServer, *, logs_out: bool, address: str = "192.0.2.1") -> Thief:
    url = f"http://127.0.0.1:{server.port}"
    jar, headers = aiohttp.CookieJar(unsafe=True), {"X-Forwarded-For": address}
    async with aiohttp.ClientSession(cookie_jar=jar, headers=headers) as session:
        async with session.get(url) as answer:
            text = await answer.text()
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
        if logs_out:
            async with session.get(f"{url}/log_out") as answer:
                assert answer.status == 200
    return Thief(text, cookie)


@pytest.mark.parametrize("where", ["a file", "by default", "Redis"])
async def test_a_log_out_holds_after_a_restart(
    where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_server: Any
) -> None:
    options: dict[str, Any] = {
        "a file": {"state": tmp_path / "log-outs"},
        "Redis": {"redis": redis_server.url},
    }.get(where, {})
    async with serving(monkeypatch, **options) as server:
        out = await visited(server, logs_out=True)
        stays = await visited(server, logs_out=False)
        assert await out.connect(server) == "expired"
    if where == "Redis":  # on another machine
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
        (tmp_path / "elsewhere").mkdir()
    async with serving(monkeypatch, **options) as server:
        assert await out.connect(server) == "expired"
        assert await out.post(server) == "expired"
        assert await stays.connect(server) == ""


async def test_a_log_out_holds_among_those_of_thousands_of_strangers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state = {"state": tmp_path / "log-outs"}
    async with serving(monkeypatch, **state) as server:
        out = await visited(server, logs_out=True)
        for number in range(2_001):
            logout.end(logout.session_key(f"stranger{number}"))
        assert await out.connect(server) == "expired"
        await server.app[LIVE].endings.kept()
    async with serving(monkeypatch, **state) as server:
        assert await out.connect(server) == "expired"
        assert server.app[LIVE].process.gate.is_ended("stranger2000")


async def test_thousands_at_once_from_another_thread_are_all_done(monkeypatch: pytest.MonkeyPatch) -> None:
    def end_many() -> None:
        for number in range(2_500):
            logout.end(logout.session_key(str(number)))

    async with serving(monkeypatch) as server:
        gate = server.app[LIVE].process.gate
        await asyncio.to_thread(end_many)
        async with asyncio.timeout(10):
            while not gate.is_ended("2499"):
                await asyncio.sleep(0)
        assert all(gate.is_ended(str(number)) for number in range(2_500))


@pytest.mark.parametrize("where", ["a file", "Redis"])
@pytest.mark.parametrize("flood", ["198.51.100.7", "2001:db8::{}"])
async def test_a_flood_of_log_outs_pushes_out_those_of_its_address(
    flood: str, where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_server: Any
) -> None:
    """Also in a process that starts later; and no address is written down."""
    options: dict[str, Any] = {"proxies": ["127.0.0.1"], "limits": Limits(ended=5)}
    options |= {"state": tmp_path / "log-outs"} if where == "a file" else {"redis": redis_server.url}
    async with serving(monkeypatch, **options) as server:
        out = await visited(server, logs_out=True)
        bad = [await visited(server, logs_out=True, address=flood.format(each)) for each in range(12)]
        assert await out.connect(server) == "expired"
        assert len(server.app[LIVE].process.gate._ended) == 5
        await server.app[LIVE].endings.kept()
    if where == "a file":
        assert b"192.0.2.1" not in (tmp_path / "log-outs").read_bytes()
    else:
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
        (tmp_path / "elsewhere").mkdir()
    async with serving(monkeypatch, **options) as server:
        assert await out.connect(server) == "expired"
        assert [await each.connect(server) for each in bad] == ["expired"] * 12


@pytest.mark.parametrize("where", ["a file", "Redis", "memory"])
@pytest.mark.parametrize("bad_address", ["192.0.2.1", "192.0.2.77"])
async def test_a_flood_of_log_outs_from_the_own_address_brings_nobody_back(
    bad_address: str, where: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, redis_server: Any
) -> None:
    """Who logs out from a network that is flooded stays out, and those of other networks stay in."""
    options: dict[str, Any] = {"proxies": ["127.0.0.1"], "limits": Limits(ended=5)}
    state = {"a file": {"state": tmp_path / "log-outs"}, "Redis": {"redis": redis_server.url}}
    options |= state.get(where, {})
    async with serving(monkeypatch, **options) as server:
        out = await visited(server, logs_out=True)
        stays = await visited(server, logs_out=False, address="203.0.113.9")
        for _ in range(12):
            await visited(server, logs_out=True, address=bad_address)
        assert await out.connect(server) == await out.post(server) == "expired"
        assert await stays.connect(server) == ""
        await server.app[LIVE].endings.kept()
    if where == "memory":
        return
    if where == "Redis":
        monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
        (tmp_path / "elsewhere").mkdir()
    async with serving(monkeypatch, **options) as server:
        assert await out.connect(server) == await out.post(server) == "expired"
        assert await stays.connect(server) == ""


async def test_who_comes_after_the_flood_has_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = time.time()
    monkeypatch.setattr("hyper.transport.tokens.time.time", lambda: now_s)
    async with serving(monkeypatch, proxies=["127.0.0.1"], limits=Limits(ended=5)) as server:
        server.app[LIVE].process.gate._signer.clock = lambda: now_s
        for _ in range(12):
            await visited(server, logs_out=True)
        now_s += 2
        server.app[LIVE].process.now_s = lambda: time.monotonic() + 2
        comes = await visited(server, logs_out=False)
        assert await comes.connect(server) == await comes.post(server) == ""


async def test_a_file_has_as_many_lines_as_there_is_room_for(tmp_path: Path) -> None:
    """Those that gave way are there as one line for their share, which says until when; so nobody comes back."""
    path, now = tmp_path / "log-outs", float(int(time.time()))
    one, other = EndedFile(path, AGE_S, room=50), EndedFile(path, AGE_S, room=50)
    await one.keep({"victim.Zz": now - 500})
    heard: dict[str, float] = {}
    for number in range(500):
        names = {f"{number}-{each}-{'x' * 43}.Ab": now - 400 + number // 2 for each in range(50)}
        await one.keep(names)
        assert path.stat().st_size <= one.max_bytes
        assert path.stat().st_size < 2 * LINE_BYTES * (50 + 4097) + 1
        if number % 100 == 7:
            heard |= await other.news()
    found = await EndedFile(path, AGE_S, room=50).news()
    assert found["victim.Zz"] == heard["victim.Zz"] == now - 500
    assert names.items() <= found.items()
    assert found[".Ab"] > now - 400
    assert all(name.endswith((".Ab", ".Zz")) for name in found)


async def test_redis_has_as_many_as_there_is_room_for(
    redis_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hyper.web.ended.SHARES", 10)
    signer, now = Signer([SECRET]), float(int(time.time()))
    store = EndedInRedis(redis_server.url, AGE_S, signer.mark, signer.is_mark, room=20)
    await store.keep({"victim.Zz": now - 500})
    for number in range(50):
        await store.keep({f"{number}-{each}.Ab": now - 400 + number for each in range(10)})
        assert await store._times().count() <= 2 * 30
    found = await store.news()
    assert found["victim.Zz"] == now - 500
    assert found[".Ab"] > now - 400
    assert found["49-9.Ab"] == now - 351
    await store.close()


async def test_a_file_is_read_from_where_it_was_read_last(tmp_path: Path) -> None:
    path = tmp_path / "log-outs"
    now = time.time()
    one, other = EndedFile(path, AGE_S), EndedFile(path, AGE_S)
    assert await one.news() == {}
    await one.keep({"a": now})
    assert list(await one.news()) == list(await other.news()) == ["a"]
    await other.keep({"b": now, "c": now - AGE_S - 5})
    assert list(await one.news()) == ["b"], "c is of no matter any more"
    assert await one.news() == {}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_what_is_in_the_file_besides_is_passed_over_and_dropped_in_time(tmp_path: Path) -> None:
    path = tmp_path / "log-outs"
    now = time.time()
    lines = [
        b"",
        b"5",
        b"nonsense",
        b"\xff\xfe x",
        b"%d good" % now,
        b"%d half" % now + b"\0",
        b"1 long-ago",
    ] * 9
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert list(await EndedFile(path, AGE_S).news()) == ["good"]
    assert path.read_bytes() == b"%d good\n" % now


async def test_a_log_out_that_cannot_be_kept_is_kept_later_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logout, "LOAD_EVERY_S", 0.01)
    folder = tmp_path / "not yet"
    async with serving(monkeypatch, state=folder / "log-outs") as server:
        out = await visited(server, logs_out=True)
        logout.end(logout.session_key("another"))
        await server.app[LIVE].endings.kept()
        folder.mkdir()
        async with asyncio.timeout(10):
            while (
                b"another" not in (folder / "log-outs").read_bytes()
                if folder.joinpath("log-outs").exists()
                else True
            ):
                await asyncio.sleep(0.01)
    assert caplog.text.count("log-outs could not be kept") == 1
    async with serving(monkeypatch, state=folder / "log-outs") as server:
        assert await out.connect(server) == "expired"


async def test_who_can_write_to_redis_ends_nobodys_session(redis_server: Any) -> None:
    signer = Signer([SECRET])
    store = EndedInRedis(redis_server.url, AGE_S, signer.mark, signer.is_mark)
    forger = EndedInRedis(redis_server.url, AGE_S, Signer(["another"]).mark, signer.is_mark)
    await store.keep({"true": time.time()})
    await forger.keep({"forged": time.time()})
    assert list(await store.news()) == ["true"]
    await store.close()
    await forger.close()


def test_only_so_many_are_remembered_and_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate(Signer([SECRET]), Limits(ended=3), lambda: 0.0)
    for number in range(4):
        gate.end_session(str(number))
    assert [gate.is_ended(str(number)) for number in range(4)] == [False, True, True, True]
    assert "Limits.ended" in caplog.text


def test_where_log_outs_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HYPER_STATE", "")
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert state_file(None, [SECRET], None, is_lasting=False) is None
    usual = state_file(None, [SECRET], None, is_lasting=True)
    assert usual is not None
    assert is_temporary(usual)
    assert (
        usual
        == state_file(None, ["newer", SECRET], None, is_lasting=True)
        != state_file(None, ["another"], None, is_lasting=True)
    )
    usual.parent.chmod(0o777)
    assert state_file(None, [SECRET], None, is_lasting=True) is None, "others could write there"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/shop:/var/lib/more")
    named = state_file(None, [SECRET], None, is_lasting=True)
    assert named is not None
    assert named.parent == Path("/var/lib/shop")
    assert not is_temporary(named)
    monkeypatch.setenv("HYPER_STATE", "/var/lib/log-outs")
    assert state_file(None, [SECRET], None, is_lasting=True) == Path("/var/lib/log-outs")
    assert state_file("given", [SECRET], None, is_lasting=True) == Path("given")


# While the application is asked ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["connect", "post"])
@pytest.mark.parametrize("what", ["user", "session", "another user"])
async def test_a_visitor_who_is_disconnected_while_auth_is_asked(
    way: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()
    answered.set()

    async def auth(request: web.Request) -> str:
        asked.set()
        await answered.wait()
        return "ann"

    async with serving(monkeypatch, auth=auth) as server:
        thief = await visited(server, logs_out=False)
        (runner,) = server.app[LIVE].process.mounts
        asked.clear()
        answered.clear()
        attempt = asyncio.create_task(getattr(thief, way)(server))
        await asked.wait()
        if what == "session":
            logout.end(logout.session_key(runner.context.session_hash))
        else:
            logout.disconnect("ann" if what == "user" else "bob")
        answered.set()
        assert await attempt == ("" if what == "another user" else "expired")
        assert not server.app[LIVE].process._admissions


# Users -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Guest:
    id: int


@dataclass(frozen=True)
class Admin:
    id: int


class Number(int):
    """An id with a type of its own."""


PAIRS = [
    (Guest(5), Admin(5)),
    (5, Number(5)),
    (1, True),
    (1, 1.0),
    ("5", 5),
    (("ann", 1), ["ann", 1]),
    ({"id": 1}, {"id": True}),
    ([Guest(5)], [Admin(5)]),
]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_equal_ids_of_different_types_are_different_users(one: Any, other: Any) -> None:
    for key in (logout.user_key, logout.lasting_user_key):
        assert key(one) == key(one) != key(other)


@pytest.mark.parametrize(("one", "other"), [pair for pair in PAIRS if type(pair[0]) is not type(pair[1])])
def test_a_page_of_one_is_not_the_others(one: Any, other: Any) -> None:
    owner = RequestContext("s", one)
    Gate.check_user(RequestContext("s", one), owner)
    with pytest.raises(Refused):
        Gate.check_user(RequestContext("s", other), owner)
    assert not owner.is_by_same_visitor(RequestContext("s", other))
