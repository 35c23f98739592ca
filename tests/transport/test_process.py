"""Mounts and sockets of one process: joining, mounting again, limits on both, and the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from hyper.transport.component import BadArgumentError, ComponentPatches, RequestContext
from hyper.transport.gate import Refused
from hyper.transport.inbox import SessionMisusedError
from hyper.transport.limits import Limits
from hyper.transport.process import Process
from hyper.transport.sockets import CloseCode
from hyper.transport.tokens import Signer, hash_session
from hyper.vdom import AuthorError

from .fakes import ANN, BOB, SECRET, Bench, FakeMount, FakeSocket, connect, event, numbered, settle


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    await bench.process.close()


def only_error(socket: Any) -> str:
    assert [message["type"] for message in socket.sent] == ["error"]
    return str(socket.sent[0]["code"])


class TestJoining:
    async def test_the_mount_of_the_page_is_adopted(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        assert socket.sent == [{**numbered(socket), "seq": 0, "version": 0}]
        socket.say(event(1))
        await settle()
        assert mount.text == "x"
        assert bench.mounted_again == []

    async def test_within_the_time(self, bench: Bench) -> None:
        mount, token = bench.page()
        await bench.pass_time(9)
        await bench.join(token)
        assert mount.closes == 0
        assert bench.mounted_again == []

    async def test_a_page_that_comes_late_is_mounted_again_with_its_props(self, bench: Bench) -> None:
        mount, token = bench.page(text="abc")
        await bench.pass_time(10)
        assert mount.closes == 1
        socket = await bench.join(token)
        assert bench.mounted_again[0].text == "abc"
        assert socket.sent == [{**numbered(socket), "seq": 0, "version": 0, "again": True}]

    async def test_html_that_differs_by_then_is_sent(self, bench: Bench) -> None:
        mount, token = bench.page(text="abc")
        mount.text = "changed since"
        await bench.pass_time(10)
        again = FakeMount("m1", "other")

        async def mounter(*_: Any) -> FakeMount:
            return again

        bench.process.joining._remount = mounter
        socket = await bench.join(token)
        assert [message["type"] for message in socket.sent] == ["resync", "ack"]
        assert socket.sent[0]["html"] == "<p>other</p>"

    async def test_too_many_pages_that_never_connect(self) -> None:
        bench = Bench(Limits(pending=3))
        mounts = [bench.page(f"m{number}") for number in range(6)]
        await settle()
        assert [mount.closes for mount, _ in mounts] == [1, 1, 1, 0, 0, 0]
        assert len(bench.process.mounts) == 3
        socket = await bench.join(mounts[0][1], "m0")
        assert socket.of_type("ack")
        await bench.process.close()

    async def test_another_process_mounts_it_again(self, bench: Bench) -> None:
        other = Bench()
        _, token = other.page(text="abc")
        socket = await bench.join(token)
        assert socket.of_type("ack")
        assert bench.mounted_again[0].text == "abc"
        await other.process.close()

    async def test_the_context_of_the_page_is_kept(self, bench: Bench) -> None:
        seen = []

        async def mounter(name: str, props: Any, mount_id: str, context: RequestContext) -> FakeMount:
            seen.append(context)
            return FakeMount(mount_id)

        _, token = bench.page(context=replace(ANN, path="/shop"))
        await bench.pass_time(10)
        bench.process.joining._remount = mounter
        await bench.join(token, context=replace(ANN, path="/_live/ws", headers={"user-agent": "x"}))
        assert seen == [RequestContext(ANN.session_hash, "ann", "/shop", {"user-agent": "x"})]

    async def test_two_sockets_at_once_get_one_mount(self, bench: Bench) -> None:
        _, token = bench.page()
        await bench.pass_time(10)
        bench.mount_delay = asyncio.Event()
        first, second = await bench.join(token), await bench.join(token)
        assert first.sent == second.sent == []
        bench.mount_delay.set()
        await settle()
        assert len(bench.mounted_again) == 1
        assert [first.is_open, second.is_open].count(True) == 1

    async def test_one_socket_that_asks_twice_gets_one_answer(self, bench: Bench) -> None:
        _, token = bench.page()
        await bench.pass_time(10)
        bench.mount_delay = asyncio.Event()
        socket = await bench.join(token)
        socket.say(event(1))
        socket.say(connect(token))
        await settle()
        bench.mount_delay.set()
        await settle()
        assert [message["type"] for message in socket.sent] == ["ack", "update", "ack"]

    async def test_events_that_come_before_it_is_mounted_wait(self, bench: Bench) -> None:
        _, token = bench.page()
        await bench.pass_time(10)
        bench.mount_delay = asyncio.Event()
        socket = await bench.join(token)
        socket.say(event(1))
        socket.say({"type": "ping"})
        await settle()
        assert socket.sent == [{"type": "pong"}]
        bench.mount_delay.set()
        await settle()
        assert [message["type"] for message in socket.sent] == ["pong", "ack", "update", "ack"]

    async def test_a_page_that_leaves_before_it_is_mounted(self, bench: Bench) -> None:
        _, token = bench.page()
        await bench.pass_time(10)
        bench.mount_delay = asyncio.Event()
        socket = await bench.join(token)
        socket.drop()
        await settle()
        bench.mount_delay.set()
        await settle()
        assert bench.mounted_again[0].closes == 0
        await bench.pass_time(10)
        assert bench.mounted_again[0].closes == 1
        assert len(bench.process.mounts) == 0


class TestRefusing:
    async def test_a_forged_token(self, bench: Bench) -> None:
        assert only_error(await bench.join("forged")) == "forbidden"

    async def test_a_token_of_another_component(self, bench: Bench) -> None:
        _, token = bench.page("m1")
        bench.page("m2")
        assert only_error(await bench.join(token, "m2")) == "forbidden"

    async def test_a_token_of_another_visitor(self, bench: Bench) -> None:
        mount, token = bench.page(context=ANN)
        socket = await bench.join(token, context=BOB)
        assert only_error(socket) == "expired"
        socket.say(event(1))
        await settle()
        assert mount.ran == []

    async def test_a_visitor_without_a_cookie(self, bench: Bench) -> None:
        for mount_id, context in (("m1", ANN), ("m2", RequestContext(""))):
            _, token = bench.page(mount_id, context=context)
            socket = await bench.join(token, mount_id, context=RequestContext(""))
            assert only_error(socket) == "forbidden"

    async def test_a_page_whose_id_shows_something_else_by_now(self, bench: Bench) -> None:
        _, token = bench.page("m1", text="a")
        bench.process.mounts.remove(bench.process.mounts.get("m1"))
        mount, _ = bench.page("m1", text="b")
        assert only_error(await bench.join(token)) == "expired"
        assert mount.connects == 0

    async def test_an_id_is_reserved_while_its_mount_is_being_made(self, bench: Bench) -> None:
        joining = bench.process.joining
        _, token = bench.page("m1")
        bench.process.mounts.remove(bench.process.mounts.get("m1"))
        with joining.reserve("m1"):
            assert not joining.is_free("m1")
            with pytest.raises(SessionMisusedError), joining.reserve("m1"):
                pass
            socket = await bench.join(token)
            assert socket.sent == [], "it waits for the one that is being made"
            mount, _ = bench.page("m1")
        await settle()
        assert mount.connects == 1
        assert bench.mounted_again == []

    async def test_an_id_whose_mount_could_not_be_made_is_free_again(self, bench: Bench) -> None:
        _, token = bench.page("m1")
        bench.process.mounts.remove(bench.process.mounts.get("m1"))
        with suppress(ZeroDivisionError), bench.process.joining.reserve("m1"):
            await bench.join(token)
            raise ZeroDivisionError
        await settle()
        assert len(bench.mounted_again) == 1
        assert not bench.process.joining.is_free("m1")

    async def test_a_visitor_who_is_somebody_else_by_now(self, bench: Bench) -> None:
        _, token = bench.page(context=ANN)
        for user in ("bob", None):
            socket = await bench.join(token, context=replace(ANN, user=user))
            assert only_error(socket) == "expired"
        assert (await bench.join(token)).of_type("ack")

    async def test_the_same_when_coming_back(self, bench: Bench) -> None:
        _, token = bench.page(context=ANN)
        (await bench.join(token)).drop()
        await settle()
        assert only_error(await bench.join(token, context=replace(ANN, user=None))) == "expired"

    async def test_an_old_page_whose_mount_is_gone(self, bench: Bench) -> None:
        _, token = bench.page()
        await bench.pass_time(10)
        bench.wall.now_s += 24 * 3600 + 31
        assert only_error(await bench.join(token)) == "expired"
        assert bench.mounted_again == []

    async def test_an_old_page_whose_mount_lives_may_come_back(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        bench.wall.now_s += 30 * 24 * 3600
        socket.drop()
        await settle()
        assert (await bench.join(token)).of_type("ack")

    async def test_a_component_that_is_not_known_any_more(self, bench: Bench) -> None:
        _, token = bench.page(name="gone")
        await bench.pass_time(10)
        assert only_error(await bench.join(token)) == "expired"
        assert bench.errors == []

    async def test_a_component_that_cannot_be_mounted_again(self, bench: Bench) -> None:
        _, token = bench.page(error="secret detail")
        await bench.pass_time(10)
        socket = await bench.join(token)
        assert only_error(socket) == "mount_failed"
        assert "secret" not in str(socket.sent)
        assert [str(error) for error in bench.errors] == ["secret detail"]

    async def test_a_mount_that_takes_too_long(self) -> None:
        bench = Bench(Limits(mount_s=0.01))
        _, token = bench.page()
        await bench.pass_time(10)
        bench.mount_delay = asyncio.Event()
        socket = await bench.join(token)
        async with asyncio.timeout(10):
            while not socket.sent:
                await asyncio.sleep(0)
        assert only_error(socket) == "mount_failed"
        await bench.process.close()

    async def test_props_that_do_not_fit_into_a_page(self, bench: Bench) -> None:
        with pytest.raises(AuthorError, match="pass an id"):
            bench.page(text="x" * 5000)
        assert len(bench.process.mounts) == 0


class TestOtherPeoplesPages:
    async def test_every_id_of_another_visitor(self, bench: Bench) -> None:
        theirs = [bench.page(f"b{number}", BOB) for number in range(20)]
        for number, (_, token) in enumerate(theirs):
            await bench.join(token, f"b{number}", context=BOB)
        _, token = bench.page("a1", ANN)
        socket = await bench.join(token, "a1")
        for number in range(20):
            socket.say(event(1, "add", f"b{number}"))
            socket.say({"type": "resync", "component_id": f"b{number}"})
        await settle()
        assert all(mount.ran == [] for mount, _ in theirs)
        assert {message["code"] for message in socket.of_type("error")} == {"unknown_component"}
        assert socket.of_type("resync") == []


class TestRoom:
    async def test_sockets_of_a_process_a_visitor_and_an_address(self) -> None:
        bench = Bench(Limits(connections=5, connections_per_visitor=2, connections_per_address=3))

        def has_room(context: RequestContext, address: str) -> bool:
            try:
                with bench.process.reserve_socket(context.session_hash, address):
                    return True
            except Refused as refused:
                return refused.code != "busy"

        sockets = [bench.plug(ANN, "1"), bench.plug(ANN, "1")]
        await settle()
        assert not has_room(ANN, "2"), "Ann has two"
        sockets.append(bench.plug(BOB, "1"))
        await settle()
        carol = RequestContext(hash_session("carol"))
        assert not has_room(carol, "1"), "the address has three"
        assert has_room(carol, "2")
        sockets += [bench.plug(carol, "2"), bench.plug(carol, "3")]
        await settle()
        assert not has_room(RequestContext("dave"), "4"), "the process has five"
        for socket in sockets:
            socket.drop()
        await settle()
        assert has_room(ANN, "1")
        assert not bench.process.gate._visitors
        assert not bench.process.gate._addresses
        await bench.process.close()

    async def test_the_oldest_detached_page_gives_way(self) -> None:
        bench = Bench(Limits(detached=2))
        mounts = []
        for number in range(4):
            mount, token = bench.page(f"m{number}")
            (await bench.join(token, f"m{number}")).drop()
            await settle()
            mounts.append(mount)
        assert [mount.closes for mount in mounts] == [1, 1, 0, 0]
        await bench.process.close()

    async def test_visitors_who_say_nothing_are_forgotten(self, bench: Bench) -> None:
        for number in range(20):
            bench.plug(RequestContext(f"visitor {number}"), str(number)).say({"type": "ping"})
        await settle()
        assert len(bench.process.gate.buckets) == 20
        await bench.pass_time(3)
        assert len(bench.process.gate.buckets) == 0

    async def test_a_handler_that_waits_ends_with_its_page(self) -> None:
        bench = Bench(Limits(detached=0))
        mount, token = bench.page()
        socket = await bench.join(token)
        tasks = len(bench.process._tasks)
        socket.say(event(1, "wait"))
        await settle()
        socket.drop()
        await settle()
        assert mount.closes == 1
        assert len(bench.process._tasks) < tasks
        await bench.process.close()

    async def test_nothing_is_kept_of_names_that_clients_make_up(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        before = len(bench.process._tasks), len(bench.process.mounts)
        for number in range(2_000):
            socket.say(event(1, "x", f"made-up-{number}"))
            socket.say(event(number + 1, f"made-up-{number}"))
            if number % 10 == 9:
                await bench.pass_time(1)
        assert (len(bench.process._tasks), len(bench.process.mounts)) == before
        assert len(bench.process.gate.buckets) == 1
        assert socket.is_open


class TestBroadcast:
    async def test_many_pages_are_rendered_by_one_task(self, bench: Bench) -> None:
        socket = bench.plug()
        mounts = []
        for number in range(90):
            mount, token = bench.page(f"m{number}")
            socket.say(connect(token, f"m{number}"))
            mounts.append(mount)
        await settle()
        spawned = []
        spawn = bench.process.spawn
        bench.process._renders._spawn = lambda job: spawned.append(1) or spawn(job)  # type: ignore[func-returns-value]
        for mount in mounts:
            assert mount.host is not None
            mount.text += "x"
            mount.host.wake()
        between: list[int] = []
        asyncio.get_running_loop().call_soon(lambda: between.append(len(socket.of_type("update"))))
        await settle()
        assert len(socket.of_type("update")) == 90
        assert 0 < between[0] < 90, "others get their turn"
        assert len(spawned) == 1

    async def test_a_view_that_waits_does_not_hold_up_the_others(self, bench: Bench) -> None:
        socket = bench.plug()
        mounts = []
        for number in range(5):
            mount, token = bench.page(f"m{number}")
            socket.say(connect(token, f"m{number}"))
            mounts.append(mount)
        await settle()
        mounts[1].render_gate = asyncio.Event()
        for mount in mounts:
            assert mount.host is not None
            mount.text += "x"
            mount.host.wake()
        await settle()
        assert len(socket.of_type("update")) == 4
        mounts[1].render_gate.set()
        await settle()
        assert len(socket.of_type("update")) == 5

    async def test_the_same_patches_are_one_frame_encoded_once(self, bench: Bench) -> None:
        patches = [{"path": "p/text", "value": "the same for all"}]
        sockets = []
        for number in range(5):
            mount, token = bench.page(f"m{number}")

            async def changes(mount: FakeMount = mount) -> list[ComponentPatches]:
                return [ComponentPatches(mount.id, patches)]

            mount.changes = changes  # type: ignore[method-assign]
            sockets.append(await bench.join(token, f"m{number}"))
            assert mount.host is not None
            mount.host.wake()
        await settle()
        assert all(socket.of_type("update") for socket in sockets)
        assert len(bench.process.joining._encoder._known) == 1


class TestErrors:
    async def test_the_log_has_the_error_and_the_client_its_number(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "fail"))
        await settle()
        message = socket.of_type("ack")[1]["error"]["message"]
        number = message.split("error ")[1].rstrip(").")
        record = next(record for record in caplog.records if number in record.message)
        assert record.exc_info is not None
        assert "on purpose" in str(record.exc_info[1])

    async def test_names_of_clients_cannot_write_lines_into_the_log(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)

        async def call(*_: object) -> None:
            raise ZeroDivisionError

        mount.call = call  # type: ignore[method-assign]
        socket.say(event(1, "x\nERROR root: \x1b[31mforged", "m1.\r\n1"))
        await settle()
        assert len(caplog.records) == 1
        assert "\n" not in caplog.records[0].message
        assert "\x1b" not in caplog.records[0].message

    async def test_debug_shows_the_traceback(self) -> None:
        bench = Bench(debug=True)
        _, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "fail"))
        await settle()
        message = socket.of_type("ack")[1]["error"]["message"]
        assert "Traceback" in message
        assert "ZeroDivisionError: on purpose" in message
        await bench.process.close()

    async def test_the_log_tells_whose_arguments_did_not_fit_and_nothing_of_what_was_sent(
        self, bench: Bench, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("INFO", "hyper")
        mount, token = bench.page()
        socket = await bench.join(token)

        async def call(*_: object) -> None:
            error = BadArgumentError("id: not 4711")
            error.add_note("in a call of todos.delete")
            raise error

        mount.call = call  # type: ignore[method-assign]
        socket.say(event(1, "x\nforged", "m1"))
        await settle()
        assert caplog.messages == [r"x\nforged of m1: bad_argument, in a call of todos.delete"]

    async def test_a_hook_that_fails_itself(self, caplog: pytest.LogCaptureFixture) -> None:
        bench = Bench()

        def hook(error: BaseException, context: RequestContext) -> None:
            raise RuntimeError("in the hook")

        bench.process._on_error = hook
        _, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "fail"))
        socket.say(event(2))
        await settle()
        assert len(socket.of_type("ack")) == 3
        assert "on_error itself failed" in caplog.text
        await bench.process.close()

    async def test_a_tick_that_fails_does_not_stop_the_clock(
        self, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("hyper.transport.process.TICK_S", 0)
        ticks = 0

        def tick() -> None:
            nonlocal ticks
            ticks += 1
            raise ZeroDivisionError

        process = Process(Signer([SECRET]), None, Limits())  # type: ignore[arg-type]
        process.tick = tick  # type: ignore[method-assign]
        process.spawn(process.run())
        async with asyncio.timeout(10):
            while ticks < 3:
                await asyncio.sleep(0)
        await process.close()
        assert "a tick failed" in caplog.text


class TestLoggingOut:
    async def test_sockets_are_closed_and_mounts_forgotten(self, bench: Bench) -> None:
        ann, ann_token = bench.page("a1", ANN)
        bob, bob_token = bench.page("b1", BOB)
        waiting, _ = bench.page("a2", ANN)
        ann_socket = await bench.join(ann_token, "a1", context=ANN)
        bob_socket = await bench.join(bob_token, "b1", context=BOB)
        bench.process.end_session(ANN.session_hash)
        await settle()
        assert ann_socket.closed_with == CloseCode.ENDED
        assert ann.closes == waiting.closes == 1
        assert bob_socket.is_open
        assert bob.closes == 0

    async def test_no_token_of_the_session_is_worth_anything(self, bench: Bench) -> None:
        _, token = bench.page("a1", ANN)
        bench.process.end_session(ANN.session_hash)
        socket = await bench.join(token, "a1", context=ANN)
        assert [frame["code"] for frame in socket.sent] == ["expired"]
        assert bench.mounted_again == []

    async def test_it_is_remembered_as_long_as_the_cookie_could_be_shown(self) -> None:
        bench = Bench(Limits(session_age_s=100, token_age_s=50, token_leeway_s=5))
        gate = bench.process.gate
        bench.process.end_session(ANN.session_hash)
        await bench.pass_time(110, step_s=10)
        assert gate.is_ended(ANN.session_hash)
        await bench.pass_time(10, step_s=10)
        assert not gate.is_ended(ANN.session_hash)

    async def test_a_user_who_is_disconnected_may_come_again(self, bench: Bench) -> None:
        _, token = bench.page("a1", ANN)
        socket = await bench.join(token, "a1", context=ANN)
        bench.process.disconnect(lambda context: context.user == "ann")
        await settle()
        assert socket.closed_with == CloseCode.ENDED
        socket = await bench.join(token, "a1", context=ANN)
        assert socket.is_open
        assert len(bench.mounted_again) == 1

    async def test_a_socket_is_closed_when_the_session_is_over(self, bench: Bench) -> None:
        socket = FakeSocket()
        ends_s = bench.clock.now_s + 5
        bench.process.spawn(bench.process.serve(socket, ANN, ends_s))
        _, token = bench.page("a1", ANN)
        socket.say(connect(token, "a1", 0))
        await bench.pass_time(4)
        assert socket.is_open
        await bench.pass_time(1)
        assert socket.closed_with == CloseCode.ENDED


class TestTheEnd:
    async def test_pages_are_told_when_to_come_back_and_nothing_is_left(self) -> None:
        before = asyncio.all_tasks()
        bench = Bench()
        mounts = []
        sockets = []
        for number in range(3):
            mount, token = bench.page(f"m{number}")
            mounts.append(mount)
            sockets.append(await bench.join(token, f"m{number}"))
        pending, _ = bench.page("pending")
        bench.process.spawn(bench.process.run())
        await bench.process.close()
        for socket in sockets:
            assert socket.sent[-1] == {"type": "drain", "retry_ms": 2000}
            assert socket.closed_with == CloseCode.RESTART
        assert [mount.closes for mount in [*mounts, pending]] == [1] * 4
        assert len(bench.process.mounts) == 0
        await settle()
        assert asyncio.all_tasks() == before

    async def test_many_pages_are_given_more_time(self) -> None:
        bench = Bench(Limits(drain_clients_per_s=1))
        sockets = [bench.plug() for _ in range(5)]
        await settle()
        await bench.process.close()
        assert sockets[0].sent == [{"type": "drain", "retry_ms": 5000}]

    async def test_running_handlers_may_finish(self) -> None:
        bench = Bench(Limits())
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "wait"))
        socket.say(event(2))
        await settle()
        closing = asyncio.ensure_future(bench.process.close())
        socket.say({"type": "resync", "component_id": "m1"})
        await settle()
        assert not closing.done()
        assert socket.is_open
        with pytest.raises(Refused), bench.process.reserve_socket(ANN.session_hash, "1"):
            raise AssertionError("no new sockets")
        mount.gate.set()
        await closing
        assert [message["seq"] for message in socket.of_type("ack")] == [0, 1, 2]
        assert mount.text == "wx"

    async def test_but_not_for_ever(self) -> None:
        before = asyncio.all_tasks()
        bench = Bench(Limits(drain_s=0.01))
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "wait"))
        await settle()
        await bench.process.close()
        assert socket.closed_with == CloseCode.RESTART
        assert mount.closes == 1
        await settle()
        assert asyncio.all_tasks() == before

    async def test_closing_twice(self, bench: Bench) -> None:
        bench.page()
        await bench.process.close()
        await bench.process.close()

    async def test_a_task_that_fails_is_logged(self, bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
        async def failing() -> None:
            raise ZeroDivisionError("in a task")

        with caplog.at_level(logging.ERROR, "hyper"):
            bench.process.spawn(failing())
            await settle()
        assert "in a task" in caplog.text
