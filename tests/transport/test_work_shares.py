"""One visitor orders all the pages and forms that they can; what that takes is bounded, and others are answered.

What a page takes of the processor is told by a clock of the test, which setup and handlers move.
"""

from __future__ import annotations

import asyncio
import html
import re
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.transport.limits import Limits
from hyper.transport.rate import Rate
from hyper.transport.shares import Owner
from hyper.transport.sockets import CloseCode
from hyper.transport.work_shares import HELD_S, Debts, WorkShares, metered

from .fakes import ANN, BOB, SECRET, Bench, FakeClock, messages_of, settle

BAD, GOOD = "198.51.100.7", "192.0.2.1"
MARGIN_S = 0.1
"""Limits are a little below whole seconds: what is held and given back leaves fractions."""
processor = FakeClock(0)
"""What the thread has taken of the processor."""
made: list[int] = []
"""The pages that were made, by their rows."""
door = asyncio.Event()


def work(seconds: float) -> None:
    processor.now_s += seconds


@hyper.live
def table(rows: int):
    work(rows / 1000)
    made.append(rows)
    count = 0

    def add():
        nonlocal count
        count += 1

    return Markup(f'<button @click="add">{count}</button><ul>{"<li>a</li>" * rows}</ul>')


@hyper.live(fallback="htmx")
def dear_form():
    made.append(0)

    def send():
        work(1)

    return Markup('<form @submit="send"><input name="text"><button>Send</button></form>')


@hyper.live
async def slow(rows: int):
    made.append(rows)
    await door.wait()

    return Markup(f"<p>{rows}</p>")


class Site:
    """An application behind a proxy that it knows, with clocks that stand still."""

    def __init__(self, limits: Limits, **options: Any) -> None:
        app = web.Application()
        self.live = hyper.setup(app, secret=SECRET, limits=limits, **{"proxies": ["127.0.0.1"], **options})
        self.clock = FakeClock()
        self.live.process.now_s = self.clock
        self.live.process.work_clock = processor
        self.asked = 0
        self.server = TestServer(app, host="127.0.0.1")
        app.router.add_get("/table/{rows}", self._table)
        app.router.add_get("/form", self._form)
        app.router.add_get("/slow", self._slow)
        app.router.add_get("/log-out", self._log_out)

    async def _table(self, request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, table, rows=int(request.match_info["rows"])))

    async def _form(self, request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, dear_form))

    async def _slow(self, request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, slow, rows=1))

    async def _log_out(self, request: web.Request) -> web.Response:
        await hyper.renew_session(request)
        return web.Response(text="out")

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def visitor(self, network: str) -> aiohttp.ClientSession:
        headers = {"X-Forwarded-For": network}
        return aiohttp.ClientSession(headers=headers, cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str, session: aiohttp.ClientSession) -> tuple[int, str]:
        async with session.get(self.origin + path) as response:
            if response.status == 429:
                assert int(response.headers["Retry-After"]) > 0
                assert response.headers["Live-Error"] == "throttled"
                assert response.headers["Cache-Control"] == "no-store"
            return response.status, await response.text()

    async def stranger(self, path: str, network: str = BAD) -> int:
        """The status for a visitor who has never been here."""
        async with self.visitor(network) as session:
            return (await self.get(path, session))[0]

    async def clicked(self, session: aiohttp.ClientSession, page: str) -> str:
        """What the update for a click on a page says."""
        ((mount_id, token),) = re.findall(r'data-live-component="(.*?)" data-live-token="([^"]*)"', page)
        async with session.ws_connect(f"{self.origin}/_live/ws", origin=self.origin) as ws:
            await ws.send_json({"type": "connect", "component_id": mount_id, "token": token, "version": 0})
            await ws.receive(timeout=10)
            event = {"type": "event", "component_id": mount_id, "seq": 1, "event": "add", "params": {}}
            await ws.send_json(event)
            return str([messages_of((await ws.receive(timeout=10)).data) for _ in range(1)])

    async def post(self, session: aiohttp.ClientSession, page: str, text: str) -> int:
        action = html.unescape(re.findall(r'action="(/_live/post.*?)"', page)[0])
        data = {"_live": re.findall(r'name="_live" value="(.*?)"', page)[0], "text": text}
        headers = {"Origin": self.origin}
        async with session.post(
            self.origin + action, data=data, headers=headers, allow_redirects=False
        ) as response:
            assert response.status != 429 or int(response.headers["Retry-After"]) > 0
            return response.status


@pytest.fixture(autouse=True)
async def fresh() -> None:
    made.clear()
    door.clear()
    processor.now_s = 0


# The shares alone ---------------------------------------------------------------------------------------------


def test_what_was_done_is_paid_off_at_the_rate() -> None:
    debts = Debts(Rate(per_s=0.5, burst=2))
    assert debts.may("a", 0)
    debts.add("a", 5, 0)
    assert not debts.may("a", 0)
    assert debts.wait_s("a", 0) == 6
    assert [debts.may("a", 5.9), debts.may("a", 6.1)] == [False, True]
    debts.tick(9.9)
    assert len(debts) == 1
    debts.tick(10)
    assert len(debts) == 0
    assert debts.may("b", 0)
    assert debts.wait_s("b", 0) == 0


def test_what_is_given_back_is_no_credit() -> None:
    debts = Debts(Rate(per_s=1, burst=2))
    debts.add("a", 1, 0)
    debts.add("a", -1, 5)
    debts.add("a", 2, 5)
    assert not debts.may("a", 5)


def test_nobody_is_charged_who_is_not_known() -> None:
    shares = WorkShares(Rate(1, 1), Rate(1, 1), lambda: 0)
    shares.charge(Owner("", ""), 100)
    assert len(shares) == 0
    assert shares.may(Owner("", ""))
    assert shares.wait_s(Owner("", "")) == 0


async def test_only_steps_are_measured_not_what_is_waited_for() -> None:
    clock, charged = FakeClock(0), list[float]()

    async def job() -> str:
        clock.now_s += 1
        await other()
        clock.now_s += 2
        return "done"

    async def other() -> None:
        asyncio.get_running_loop().call_soon(elsewhere)
        await asyncio.sleep(0)

    def elsewhere() -> None:
        clock.now_s += 100

    async def run() -> str:
        return await metered(job(), charged.append, clock)

    assert await run() == "done"
    assert charged == [HELD_S, 1 - HELD_S, 2]


async def test_what_was_held_is_given_back() -> None:
    clock, charged = FakeClock(0), list[float]()

    async def job() -> None:
        await asyncio.sleep(0)
        assert charged == [HELD_S]
        clock.now_s += HELD_S / 4

    async def run() -> None:
        await metered(job(), charged.append, clock)

    await run()
    assert charged == [HELD_S, HELD_S / 4 - HELD_S]


async def test_errors_and_cancellation_go_through_and_cost_too() -> None:
    clock, charged, seen = FakeClock(0), list[float](), list[str]()

    async def job(fails: bool) -> None:
        clock.now_s += 1
        try:
            await asyncio.sleep(0 if fails else 60)
        except asyncio.CancelledError:
            clock.now_s += 5
            seen.append("cancelled")
            raise
        clock.now_s += 2
        raise ZeroDivisionError

    async def run(fails: bool) -> None:
        await metered(job(fails), charged.append, clock)

    with pytest.raises(ZeroDivisionError):
        await run(True)
    task = asyncio.create_task(run(False))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert charged == [HELD_S, 1 - HELD_S, 2, HELD_S, 1 - HELD_S, 5]
    assert seen == ["cancelled"]


# Pages --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1000, 100])
async def test_a_visitor_who_floods_is_refused_before_anything_is_done(rows: int) -> None:
    """And the other one's pages and events are all answered, also from the same address."""
    site = Site(
        Limits(
            work_s_per_s=0.5,
            work_s_burst=3 - MARGIN_S,
            work_s_per_s_per_address=1,
            work_s_burst_per_address=9 - MARGIN_S,
        )
    )
    async with site.server, site.visitor(BAD) as bad, site.visitor(GOOD) as good, site.visitor(BAD) as near:
        answers = [(await site.get(f"/table/{rows}", bad))[0] for _ in range(50)]
        allowed = 3000 // rows
        assert abs(answers.count(200) - allowed) <= 1
        assert answers == [200] * answers.count(200) + [429] * answers.count(429)
        assert made == [rows] * answers.count(200), "no setup has run for those that were refused"
        assert processor.now_s <= 3 + rows / 1000
        for other in (good, near):
            status, page = await site.get("/table/1", other)
            assert status == 200
            assert '"1"' in (await site.clicked(other, page)).replace("'", '"')
        made.clear()
        site.clock.now_s += 4
        answers = [(await site.get(f"/table/{rows}", bad))[0] for _ in range(50)]
        assert 2000 // rows - 1 <= answers.count(200) <= 2000 // rows + 1, "half a second each second"


async def test_new_sessions_do_not_make_more() -> None:
    site = Site(Limits(work_s_per_s_per_address=0.5, work_s_burst_per_address=3 - MARGIN_S))
    async with site.server, site.visitor(GOOD) as good:
        assert [await site.stranger("/table/1000") for _ in range(6)] == [200] * 3 + [429] * 3
        assert made == [1000] * 3
        status, page = await site.get("/table/1", good)
        assert status == 200
        assert await site.clicked(good, page)
        site.clock.now_s += 2.5
        assert [await site.stranger("/table/1000") for _ in range(6)] == [200] * 2 + [429] * 4
        assert await site.stranger("/table/1000", "2001:db8:1:2::5") == 200


async def test_the_sum_is_bounded_over_a_long_time() -> None:
    site = Site(Limits(work_s_per_s_per_address=0.5, work_s_burst_per_address=3 - MARGIN_S))
    async with site.server:
        for _ in range(100):
            await site.stranger("/table/300")
            site.clock.now_s += 0.1
        assert processor.now_s <= 3 + 0.5 * 10 + 0.3


async def test_whose_address_is_not_known_has_a_share_as_a_visitor_only() -> None:
    limits = Limits(work_s_burst=2 - MARGIN_S, work_s_burst_per_address=2 - MARGIN_S)
    site = Site(limits, proxies=[])
    async with site.server, site.visitor(BAD) as one:
        assert [await site.stranger("/table/1000") for _ in range(5)] == [200] * 5
        assert [(await site.get("/table/1000", one))[0] for _ in range(4)] == [200, 200, 429, 429]


async def test_many_at_once_that_all_wait_are_only_so_many() -> None:
    site = Site(Limits(work_s_burst_per_address=4.5 * HELD_S))
    async with site.server:
        asked = [asyncio.create_task(site.stranger("/slow")) for _ in range(20)]
        for task in asyncio.as_completed(asked[:]):
            assert await task == 429
            if sum(task.done() for task in asked) == 15:
                break
        assert len(made) == 5
        door.set()
        assert sorted(await asyncio.gather(*asked)) == [200] * 5 + [429] * 15
        assert await site.stranger("/slow") == 200, "what was held is given back"


async def test_auth_is_not_asked_for_who_is_refused() -> None:
    asked: list[str] = []
    site = Site(
        Limits(work_s_burst_per_address=1 - MARGIN_S), auth=lambda request: asked.append(request.path)
    )
    async with site.server:
        assert [await site.stranger("/table/1000") for _ in range(3)] == [200, 429, 429]
    assert len(asked) == 1


async def test_the_log_says_so_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    site = Site(Limits(work_s_burst_per_address=1 - MARGIN_S))
    async with site.server:
        for _ in range(5):
            await site.stranger("/table/1000")
        (record,) = [record for record in caplog.records if "work_s_per_s" in record.getMessage()]
        assert BAD in record.getMessage()


# Forms and sockets --------------------------------------------------------------------------------------------


async def test_forms_are_charged_for_what_their_handlers_do() -> None:
    site = Site(Limits(work_s_per_s=0.5, work_s_burst=2 - MARGIN_S))
    async with site.server, site.visitor(BAD) as bad, site.visitor(GOOD) as good:
        (_, mine), (_, theirs) = await site.get("/form", bad), await site.get("/form", good)
        assert [await site.post(bad, mine, str(number)) for number in range(4)] == [303, 303, 429, 429]
        assert processor.now_s == 2
        assert (await site.get("/form", bad))[0] == 429, "pages and forms have one share"
        assert await site.post(good, theirs, "x") == 303
        site.clock.now_s += 2.5
        assert [await site.post(bad, mine, f"later {number}") for number in range(3)] == [303, 303, 429]


async def test_a_page_that_is_gone_is_mounted_again_for_who_may() -> None:
    """By a socket: whoever leaves and comes back orders a page each time."""
    bench = Bench(Limits(work_s_per_s=0.5, work_s_burst=1 - MARGIN_S))
    tokens = {name: bench.page(name, context)[1] for name, context in (("a", ANN), ("b", BOB))}
    for runner in bench.process.mounts:
        bench.process.mounts.remove(runner)
    bench.process.gate.work.charge(Owner(ANN.session_hash), 2)
    mine = await bench.join(tokens["a"], "a", context=ANN)
    theirs = await bench.join(tokens["b"], "b", context=BOB)
    assert mine.closed_with == CloseCode.LATER
    assert theirs.is_open
    assert [mount.id for mount in bench.mounted_again] == ["b"]
    await bench.pass_time(2.5)
    again = await bench.join(tokens["a"], "a", context=ANN)
    assert again.is_open
    assert [mount.id for mount in bench.mounted_again] == ["b", "a"]
    await bench.process.close()


async def test_mounting_by_a_socket_is_charged() -> None:
    bench = Bench(Limits(work_s_burst=1 - MARGIN_S))
    _, token = bench.page()
    for runner in bench.process.mounts:
        bench.process.mounts.remove(runner)
    bench.work_clock.__class__ = type("Running", (FakeClock,), {"__call__": running})
    await bench.join(token)
    await settle()
    assert not bench.process.gate.work.may(Owner(ANN.session_hash))
    await bench.process.close()


def running(clock: Any) -> float:
    """Each look at it takes a second."""
    clock.now_s += 1
    return float(clock.now_s)


# Log-outs -----------------------------------------------------------------------------------------------------


async def test_log_outs_of_strangers_are_refused_and_those_of_others_are_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    limits = Limits(log_outs_per_address_s=1, log_outs_burst_per_address=3)
    site = Site(limits)
    async with site.server, site.visitor(GOOD) as good:
        before = len(site.live.process.gate._ended)
        assert [await log_out(site) for _ in range(6)] == [200] * 3 + [429] * 3
        await site.get("/table/1", good)
        assert (await site.get("/log-out", good))[0] == 200
        site.clock.now_s += 1
        assert [await log_out(site) for _ in range(3)] == [200, 429, 429]
        assert len(site.live.process.gate._ended) - before == 5
    assert len([record for record in caplog.records if "log-outs" in record.getMessage()]) == 1


async def test_who_has_no_session_may_get_one_at_any_time() -> None:
    site = Site(Limits(log_outs_burst_per_address=1))
    async with site.server:
        assert [await site.stranger("/log-out") for _ in range(5)] == [200] * 5


async def test_a_log_out_that_is_refused_changes_nothing() -> None:
    site = Site(Limits(log_outs_burst_per_address=1))
    async with site.server, site.visitor(BAD) as session:
        assert await log_out(site) == 200
        _, page = await site.get("/table/1", session)
        before = [cookie.value for cookie in session.cookie_jar]
        assert (await site.get("/log-out", session))[0] == 429
        assert [cookie.value for cookie in session.cookie_jar] == before
        assert await site.clicked(session, page)


async def log_out(site: Site) -> int:
    """The status of a log-out by somebody who has just begun a session."""
    async with site.visitor(BAD) as session:
        await site.get("/table/1", session)
        return (await site.get("/log-out", session))[0]
