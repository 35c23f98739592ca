"""The application is asked again about open sockets: when, how many at a time, and what its answers do."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

import pytest

from hyper.transport.component import RequestContext
from hyper.transport.limits import Limits
from hyper.transport.rechecks import MayStay
from hyper.transport.sockets import CloseCode

from .fakes import ANN, BOB, Bench, FakeSocket, event, settle

PATIENT = Limits(
    drain_s=0, join_s=1e6, silence_s=1e6, connections_per_visitor=1_000, connections_per_address=1_000
)
"""Nothing is closed but by an answer."""


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench(PATIENT, auth_every_s=60)
    yield bench
    await bench.process.close()


class Application:
    """Answers about one visitor, and counts the questions."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: bool | Exception = True
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def may_stay(self) -> bool:
        self.asked += 1
        await self.may_answer.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def join(bench: Bench, may_stay: MayStay, mount_id: str = "m1") -> FakeSocket:
    _, token = bench.page(mount_id)
    return await bench.join(token, mount_id, may_stay=may_stay)


async def test_once_in_each_interval(bench: Bench) -> None:
    application = Application()
    bench.process._rechecks._chance = lambda: 0.5
    socket = await join(bench, application.may_stay)
    for asked in (0, 1, 2, 3):
        assert application.asked == asked
        await bench.pass_time(29 if asked == 0 else 59)
        assert application.asked == asked
        await bench.pass_time(1)
    assert socket.is_open


async def test_who_came_together_is_not_asked_about_together(bench: Bench) -> None:
    chances = iter([number / 300 for number in range(300)])
    bench.process._rechecks._chance = lambda: next(chances)
    asked: Counter[int] = Counter()
    seconds: Counter[float] = Counter()

    def about(number: int) -> MayStay:
        async def may_stay() -> bool:
            asked[number] += 1
            seconds[bench.clock.now_s] += 1
            return True

        return may_stay

    sockets = [bench.plug(may_stay=about(number)) for number in range(300)]
    await settle()
    await bench.pass_time(600)
    assert max(seconds.values()) <= 6
    assert set(asked) == set(range(300))
    assert {*asked.values()} <= {9, 10}
    assert all(socket.is_open for socket in sockets)


async def test_at_random_moments(bench: Bench) -> None:
    sockets = [bench.plug(may_stay=Application().may_stay) for _ in range(200)]
    await settle()
    due_s = [question.due_s for question in bench.process._rechecks._questions.values()]
    assert len(due_s) == len(sockets)
    assert len(set(due_s)) > 190
    assert all(0 <= moment_s - bench.clock.now_s <= 60 for moment_s in due_s)


async def test_who_may_not_stay_is_disconnected(bench: Bench) -> None:
    application = Application()
    application.answer = False
    mount, token = bench.page("a1")
    other, _ = bench.page("a2")
    bob, bob_token = bench.page("b1", BOB)
    socket = await bench.join(token, "a1", may_stay=application.may_stay)
    bob_socket = await bench.join(bob_token, "b1", context=BOB, may_stay=Application().may_stay)
    await bench.pass_time(60)
    assert socket.closed_with == CloseCode.ENDED
    assert mount.closes == other.closes == 1
    assert bob_socket.is_open
    assert bob.closes == 0
    assert application.asked == 1
    assert len(bench.process._rechecks._questions) == 1


async def test_another_user_of_the_same_session_stays(bench: Bench) -> None:
    application = Application()
    application.answer = False
    admin = replace(ANN, user="admin")
    _, token = bench.page("a1", admin)
    admin_socket = await bench.join(token, "a1", context=admin, may_stay=Application().may_stay)
    socket = await join(bench, application.may_stay)
    await bench.pass_time(60)
    assert not socket.is_open
    assert admin_socket.is_open


async def test_no_event_is_run_after_that(bench: Bench) -> None:
    application = Application()
    application.answer = False
    bench.process._rechecks._chance = lambda: 0
    mount, token = bench.page()
    socket = await bench.join(token, may_stay=application.may_stay)
    socket.say(event(1, "wait"))
    socket.say(event(2))
    await bench.pass_time(1)
    socket.say(event(3))
    mount.gate.set()
    await settle()
    assert mount.ran == ["wait"]


async def test_a_question_that_fails_is_reported_and_put_again(bench: Bench) -> None:
    application = Application()
    application.answer = OSError("the database is away")
    socket = await join(bench, application.may_stay)
    await bench.pass_time(180)
    assert socket.is_open
    assert application.asked in (2, 3)
    assert bench.errors == [application.answer] * application.asked
    application.answer = False
    await bench.pass_time(60)
    assert socket.closed_with == CloseCode.ENDED


async def test_events_do_not_wait_for_the_answer(bench: Bench) -> None:
    application = Application()
    application.may_answer.clear()
    mount, token = bench.page()
    socket = await bench.join(token, may_stay=application.may_stay)
    await bench.pass_time(60, step_s=60)
    assert application.asked == 1
    socket.say(event(1))
    await settle()
    assert mount.text == "x"
    await bench.pass_time(20)
    assert application.asked == 1, "one question at a time"


async def test_a_few_at_a_time() -> None:
    bench = Bench(replace(PATIENT, auths_at_once=3), auth_every_s=60)
    applications = [Application() for _ in range(8)]
    for application in applications:
        application.may_answer.clear()
        bench.plug(RequestContext(f"visitor {id(application)}"), may_stay=application.may_stay)
    await settle()
    await bench.pass_time(60, step_s=60)
    for done in range(6):
        waiting = [application for application in applications if application.asked]
        assert len(waiting) == 3 + done
        waiting[done].may_answer.set()
        await settle()
    await bench.process.close()


@pytest.mark.parametrize(
    "bad",
    [
        lambda number: RequestContext("bad", network="198.51.100.7"),
        lambda number: RequestContext("bad", network="192.0.2.1"),
        lambda number: RequestContext("bad"),
        lambda number: RequestContext(f"bad {number}", network="198.51.100.7"),
    ],
    ids=["another address", "the same address", "an unknown address", "many sessions"],
)
async def test_who_is_slow_keeps_nobody_else_from_being_asked_about(
    bad: Callable[[int], RequestContext],
) -> None:
    bench = Bench(PATIENT, auth_every_s=60)
    slow, quick = Application(), Application()
    slow.may_answer.clear()
    for number in range(100):
        bench.plug(bad(number), may_stay=slow.may_stay)
    bench.plug(RequestContext("victim", network="192.0.2.1"), may_stay=quick.may_stay)
    await settle()
    await bench.pass_time(240, step_s=60)
    assert slow.asked in (2, 5), "a quarter of the ten places, or half"
    assert quick.asked in (3, 4)
    await bench.process.close()


async def test_visitors_of_an_address_take_turns() -> None:
    bench = Bench(replace(PATIENT, auths_at_once=4), auth_every_s=60)
    order: list[str] = []
    gates = {visitor: asyncio.Event() for visitor in "abc"}

    def about(visitor: str) -> MayStay:
        async def may_stay() -> bool:
            order.append(visitor)
            await gates[visitor].wait()
            return True

        return may_stay

    for visitor in "aaaabc":
        bench.plug(RequestContext(visitor, network="192.0.2.1"), may_stay=about(visitor))
    await settle()
    await bench.pass_time(60, step_s=60)
    assert sorted(order) == ["a", "b"], "half of the places, one for each"
    for visitor in "bca":
        gates[visitor].set()
        await settle()
    assert order[2:] == ["c", "a", "a", "a"]
    await bench.process.close()


async def test_a_socket_that_is_closed_is_not_asked_about() -> None:
    bench = Bench(replace(PATIENT, auths_at_once=1), auth_every_s=60)
    slow, quick = Application(), Application()
    slow.may_answer.clear()
    bench.plug(may_stay=slow.may_stay)
    await settle()
    closing = bench.plug(may_stay=quick.may_stay)
    await settle()
    await bench.pass_time(60, step_s=60)
    assert (slow.asked, quick.asked) in ((1, 0), (0, 1))
    closing.drop()
    await settle()
    slow.may_answer.set()
    await bench.pass_time(130, step_s=65)
    assert len(bench.process._rechecks._questions) == 1
    assert quick.asked == 0
    await bench.process.close()


async def test_without_an_interval_nobody_is_asked() -> None:
    bench = Bench(PATIENT)
    application = Application()
    socket = await join(bench, application.may_stay)
    await bench.pass_time(300)
    assert application.asked == 0
    assert socket.is_open
    await bench.process.close()


async def test_the_end_waits_for_no_answer() -> None:
    before = asyncio.all_tasks()
    bench = Bench(PATIENT, auth_every_s=60)
    application = Application()
    application.may_answer.clear()
    await join(bench, application.may_stay)
    await bench.pass_time(60, step_s=60)
    assert application.asked == 1
    await bench.process.close()
    await settle()
    assert asyncio.all_tasks() == before
