"""What a socket may and may not do. Every limit of ``Limits`` has a test here or beside its own module."""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import AsyncIterator

import pytest

from hyper.transport.component import UnknownComponentError
from hyper.transport.limits import Limits
from hyper.transport.sockets import CloseCode, Signal

from .fakes import Bench, FakeSocket, connect, event, numbered, settle


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    bench = Bench()
    yield bench
    await bench.process.close()


class TestTime:
    async def test_a_socket_that_connects_nothing_is_closed(self, bench: Bench) -> None:
        socket = bench.plug()
        for _ in range(3):
            await bench.pass_time(3)
            socket.say({"type": "ping"})
        assert socket.is_open
        await bench.pass_time(1)
        assert socket.closed_with == CloseCode.TOO_SLOW

    async def test_a_failed_connect_does_not_count(self, bench: Bench) -> None:
        socket = await bench.join("nonsense")
        await bench.pass_time(10)
        assert socket.closed_with == CloseCode.TOO_SLOW

    async def test_one_that_has_connected_may_stay(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        for _ in range(100):
            socket.say({"type": "ping"})
            await bench.pass_time(15)
        assert socket.is_open

    async def test_a_silent_peer_is_asked_then_dropped(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        await bench.pass_time(19)
        assert socket.pings == 0
        await bench.pass_time(10)
        assert socket.pings == 1
        assert socket.is_open
        await bench.pass_time(1)
        assert socket.is_aborted

    async def test_one_that_answers_is_kept(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        for _ in range(20):
            await bench.pass_time(25)
            socket.signal(Signal.CONTROL)
            await settle()
        assert socket.is_open
        assert socket.pings == 20

    @pytest.mark.parametrize("chatters", [False, True])
    async def test_a_peer_that_does_not_read_is_dropped_however_much_it_says(
        self, bench: Bench, chatters: bool
    ) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.room = 0
        socket.say(event(1))
        for _ in range(9):
            await bench.pass_time(1)
            if chatters:
                socket.say({"type": "ping"})
        assert socket.is_open
        await bench.pass_time(2)
        assert socket.is_aborted
        assert mount.closes == 0, "it may come back"

    async def test_a_slow_reader_that_goes_on_reading_is_kept_though_it_says_nothing(
        self, bench: Bench
    ) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        socket.room = 0
        socket.say(event(1, "add", args=["x" * 10_000]))
        for _ in range(12):
            await bench.pass_time(5)
            socket.unsent -= 100
        assert socket.is_open
        socket.read_all()
        await bench.pass_time(20)
        assert socket.is_open
        assert socket.pings == 1, "now it can hear one"

    async def test_a_closing_handshake_that_takes_too_long(self) -> None:
        bench = Bench(Limits(close_s=0.01))
        socket = bench.plug()

        async def close(code: int, reason: str) -> None:
            socket.closed_with = code
            await settle_for_ever()

        socket.close = close  # type: ignore[method-assign]
        await bench.pass_time(10)
        assert socket.closed_with == CloseCode.TOO_SLOW
        async with asyncio.timeout(10):
            while not socket.is_aborted:
                await settle()
        await bench.process.close()


async def settle_for_ever() -> None:
    await asyncio.Event().wait()


class TestFrames:
    @pytest.mark.parametrize("text", ["", "x", "{}", "[]", '{"type":"nothing"}', '{"type":"ping","x":1}'])
    async def test_a_malformed_frame_is_answered_and_nothing_else_happens(
        self, bench: Bench, text: str
    ) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(text)
        socket.say(event(1))
        await settle()
        assert [message["type"] for message in socket.sent] == ["ack", "error", "update", "ack"]
        assert socket.of_type("error")[0]["code"] == "bad_frame"
        assert mount.ran == ["add"]

    async def test_the_third_in_a_minute_closes_the_socket(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        socket.say("x")
        await bench.pass_time(15)
        socket.say("x")
        await bench.pass_time(15)
        assert socket.is_open
        socket.say("x")
        await settle()
        assert socket.closed_with == CloseCode.BAD_FRAMES
        assert len(socket.of_type("error")) == 2

    async def test_three_in_a_longer_time_do_not(self, bench: Bench) -> None:
        _, token = bench.page()
        socket = await bench.join(token)
        for _ in range(6):
            socket.say("x")
            for _ in range(2):
                await bench.pass_time(16)
                socket.say({"type": "ping"})
        assert socket.is_open

    async def test_binary_frames_are_malformed(self, bench: Bench) -> None:
        socket = bench.plug()
        for _ in range(3):
            socket.signal(Signal.BINARY)
        await settle()
        assert socket.closed_with == CloseCode.BAD_FRAMES

    async def test_a_frame_that_is_too_large(self) -> None:
        bench = Bench(Limits(message_bytes=200))
        socket = bench.plug()
        socket.say(event(1, "add", args=["x" * 200]))
        await settle()
        assert socket.sent[0]["message"] == "more than 200 bytes"
        await bench.process.close()

    async def test_a_ping(self, bench: Bench) -> None:
        socket = bench.plug()
        socket.say({"type": "ping"})
        await settle()
        assert socket.sent == [{"type": "pong"}]

    async def test_an_event_for_a_component_that_is_not_connected(self, bench: Bench) -> None:
        mount, token = bench.page()
        other, _ = bench.page("m2")
        socket = await bench.join(token)
        socket.say(event(1, "add", "m2"))
        socket.say(event(1, "add", "m2.1"))
        socket.say({"type": "resync", "component_id": "m2"})
        socket.say({"type": "ack", "component_id": "m2", "version": 1})
        await settle()
        assert [message["code"] for message in socket.of_type("error")] == ["unknown_component"] * 2
        assert mount.ran == other.ran == []

    async def test_a_nested_component_that_is_not_there(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)

        async def call(component_id: str, *_: object) -> None:
            raise UnknownComponentError(component_id)

        mount.call = call  # type: ignore[method-assign,assignment]
        socket.say(event(1, "add", "m1.7"))
        await settle()
        assert socket.of_type("ack")[1]["error"]["code"] == "unknown_component"

    async def test_a_snapshot_on_request_also_for_a_nested_component(self, bench: Bench) -> None:
        _, token = bench.page(text="abc")
        socket = await bench.join(token)
        for component_id in ("m1", "m1.4"):
            socket.say({"type": "resync", "component_id": component_id, "reason": "test"})
        await settle()
        assert [message["html"] for message in socket.of_type("resync")] == ["<p>abc</p>"] * 2

    async def test_an_error_of_our_own_closes_the_socket_and_is_reported(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)

        def html() -> str:
            raise ZeroDivisionError("in html()")

        mount.html = html  # type: ignore[method-assign]
        mount.render_error = ZeroDivisionError("in changes()")
        socket.say({"type": "resync", "component_id": "m1"})
        await settle()
        assert socket.closed_with == CloseCode.INTERNAL
        assert [str(error) for error in bench.errors] == ["in changes()", "in html()"]


class TestFuzz:
    async def test_nothing_that_a_client_says_breaks_anything(self, rng: random.Random) -> None:
        """Messages of our own with members changed, left out, added and of any kind."""
        bench = Bench(Limits(events_per_s=1e9, events_burst=10**9, bad_frames=10**9, drain_s=0))
        mount, token = bench.page()
        socket = await bench.join(token)
        for number in range(3_000):
            socket.say(fuzzed(rng, token))
            if number % 20 == 0:
                await settle()
                assert socket.is_open, f"HYPER_SEED={os.environ['HYPER_SEED']}"
        await settle()
        assert set(mount.ran) <= {"add", "set", "show", "fail", "push", "wait"}
        assert all(isinstance(error, (ZeroDivisionError, TypeError)) for error in bench.errors)
        await bench.process.close()


def fuzzed(rng: random.Random, token: str) -> str:
    values: list[object] = [
        None, True, 0, 1, 2, -1, 1.5, 2**53, "", "m1", "m1.1", "add", "__class__", token, [], {}, ["x"],
        {"text": "x"}, [{"path": "p", "value": None}], "\ud800", "\0", [[[[]]]], "x" * 300,
    ]  # fmt: skip
    message = rng.choice([event(rng.randint(0, 9)), connect(token), {"type": "ping"}, {"type": "resync"}])
    for _ in range(rng.randint(0, 3)):
        name = rng.choice(
            [*message, "type", "args", "params", "fields", "version", "component_id", "__proto__"]
        )
        if rng.random() < 0.2:
            message.pop(name, None)
        else:
            message[name] = rng.choice(values)
    text = json.dumps(message)
    if rng.random() < 0.2:
        place = rng.randrange(len(text))
        text = text[:place] + rng.choice(["", '"', "{", "]", "\\u0000", "NaN", "é"]) + text[place + 1 :]
    return text


class TestRates:
    async def test_too_many_events_at_once_are_refused_and_not_run_later(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=5))
        mount, token = bench.page()
        socket = await bench.join(token)
        for seq in range(1, 9):
            socket.say(event(seq))
        await settle()
        errors = {message["seq"]: message.get("error") for message in socket.of_type("ack")}
        assert [seq for seq, error in errors.items() if error] == [6, 7, 8]
        assert errors[6]["code"] == "throttled"
        assert mount.text == "x" * 5
        await bench.pass_time(0.25, 0.25)
        for seq in range(6, 12):
            socket.say(event(seq))
        await settle()
        assert mount.text == "x" * 5, "two of the events passed, but they were duplicates"
        await bench.pass_time(1)
        socket.say(event(9))
        await settle()
        assert socket.is_open
        await bench.process.close()

    async def test_a_flood_closes_the_socket(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=5, refusals_in_a_row=20))
        _, token = bench.page()
        socket = await bench.join(token)
        for seq in range(1, 25):
            socket.say(event(seq))
        await settle()
        assert socket.is_open
        socket.say(event(25))
        await settle()
        assert socket.closed_with == CloseCode.TOO_SLOW
        await bench.process.close()

    async def test_a_little_too_fast_is_no_flood(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=5, refusals_in_a_row=20))
        _, token = bench.page()
        socket = await bench.join(token)
        for seq in range(1, 200):
            socket.say(event(seq))
            await bench.pass_time(0.02, 0.02)
        assert socket.is_open
        await bench.process.close()

    async def test_all_sockets_of_a_visitor_share_one_rate(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=6))
        ran = 0
        for number in range(4):
            mount, token = bench.page(f"m{number}")
            socket = await bench.join(token, f"m{number}")
            for seq in range(1, 5):
                socket.say(event(seq, "add", f"m{number}"))
            await settle()
            ran += len(mount.ran)
        assert ran == 6
        await bench.process.close()

    async def test_pings_and_snapshots_count_too(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=5, refusals_in_a_row=50))
        mount, token = bench.page()
        socket = await bench.join(token)
        for _ in range(10):
            socket.say({"type": "ping"})
            socket.say({"type": "resync", "component_id": "m1"})
        await settle()
        assert len(socket.of_type("pong")) + len(socket.of_type("resync")) == 5
        assert mount.renders <= 5
        await bench.process.close()

    async def test_reports_of_what_was_applied_are_free_as_long_as_they_are_true(self) -> None:
        bench = Bench(Limits(events_per_s=10, events_burst=5))
        mount, token = bench.page()
        socket = await bench.join(token)
        assert mount.host is not None
        for version in range(1, 30):
            mount.text += "x"
            await mount.host.flush()
            socket.say({"type": "ack", "component_id": "m1", "version": version})
            await settle()
        socket.say(event(1))
        await settle()
        assert mount.ran == ["add"]
        for _ in range(30):
            socket.say({"type": "ack", "component_id": "m1", "version": 3})
        await settle()
        assert socket.closed_with == CloseCode.TOO_SLOW
        await bench.process.close()

    async def test_events_behind_a_waiting_handler_are_limited(self) -> None:
        bench = Bench(Limits(queued_events=4, refusals_in_a_row=3))
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "wait"))
        for seq in range(2, 8):
            socket.say(event(seq))
        await settle()
        assert socket.is_open
        mount.gate.set()
        await settle()
        errors = [message.get("error", {}).get("code") for message in socket.of_type("ack")]
        assert errors == [None] * 6 + ["throttled"] * 2
        assert mount.text == "wxxxx"
        await bench.process.close()

    async def test_a_flood_behind_a_waiting_handler_closes_the_socket(self) -> None:
        bench = Bench(Limits(queued_events=4, refusals_in_a_row=3, drain_s=0))
        _, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "wait"))
        for seq in range(2, 9):
            socket.say(event(seq))
        await settle()
        assert socket.closed_with == CloseCode.TOO_SLOW
        await bench.process.close()


class TestBackpressure:
    async def slow(self, bench: Bench) -> tuple[FakeSocket, object]:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.room = 0
        return socket, mount

    async def test_a_client_that_reads_nothing_is_rendered_for_until_much_is_unsent(self) -> None:
        bench = Bench(Limits(unsent_bytes=500))
        mount, token = bench.page()
        socket = await bench.join(token)
        assert mount.host is not None
        socket.room = 0
        for _ in range(50):
            mount.text += "x" * 20
            await mount.host.flush()
        assert 2 <= mount.renders <= 5
        socket.read_all()
        await settle()
        assert sum(len(m["patches"][0]["insert"]) for m in socket.of_type("update")) == 1000
        assert mount.renders <= 6
        await bench.process.close()

    async def test_its_events_run_and_are_acknowledged_together(self) -> None:
        bench = Bench(Limits(unsent_bytes=300))
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.room = 0
        for seq in range(1, 11):
            socket.say(event(seq))
            await settle()
        assert mount.text == "x" * 10
        renders = mount.renders
        assert renders < 10
        socket.read_all()
        await settle()
        assert mount.renders == renders + 1
        assert [message["seq"] for message in socket.of_type("ack")] == list(range(11))
        await bench.process.close()

    async def test_a_client_that_applies_nothing_is_not_rendered_for(self) -> None:
        bench = Bench(Limits(unacked_updates=3))
        mount, token = bench.page()
        socket = await bench.join(token)
        assert mount.host is not None
        socket.say({"type": "ack", "component_id": "m1", "version": 0})
        await settle()
        for _ in range(20):
            mount.text += "x"
            await mount.host.flush()
        assert len(socket.of_type("update")) == 3
        socket.say({"type": "ack", "component_id": "m1", "version": 3})
        await settle()
        updates = socket.of_type("update")
        assert len(updates) == 4
        assert updates[3]["patches"] == [{"path": "p/text", "at": 3, "insert": "x" * 17}]
        await bench.process.close()

    async def test_others_are_not_affected(self) -> None:
        bench = Bench(Limits(unsent_bytes=300))
        mounts, sockets = [], []
        for number in range(3):
            mount, token = bench.page(f"m{number}")
            mounts.append(mount)
            sockets.append(await bench.join(token, f"m{number}"))
        sockets[0].room = 0
        for round_ in range(20):
            for mount in mounts:
                assert mount.host is not None
                mount.text += "x" * 50
                mount.host.wake()
            await bench.pass_time(0.1, 0.1)
            del round_
        assert len(sockets[1].of_type("update")) == len(sockets[2].of_type("update")) == 20
        assert len(sockets[0].of_type("update")) < 5
        await bench.process.close()


class TestManyComponents:
    async def test_one_that_left_the_page_waits_and_makes_room(self) -> None:
        bench = Bench(Limits(components_per_connection=2, detached_s=60))
        tokens = {name: bench.page(name)[1] for name in ("m1", "m2", "m3")}
        socket = await bench.join(tokens["m1"])
        for name in ("m2", "m3"):
            socket.say(connect(tokens[name], name))
        await settle()
        assert [message["code"] for message in socket.of_type("error")] == ["too_many"]
        for name in ("m1", "m1", "m2.1", "m9"):
            socket.say({"type": "leave", "component_id": name})
        socket.say(connect(tokens["m3"], "m3"))
        await settle()
        assert [message["component_id"] for message in socket.of_type("ack")] == ["m1", "m2", "m3"]
        socket.say({"type": "ping"})
        await bench.pass_time(59)
        assert bench.process.mounts.get("m1") is not None
        socket.say({"type": "ping"})
        await bench.pass_time(1)
        assert bench.process.mounts.get("m1") is None
        assert bench.process.mounts.get("m2") is not None
        await bench.process.close()

    async def test_a_page_may_connect_all_its_components_at_once(self, bench: Bench) -> None:
        socket = bench.plug()
        for number in range(100):
            _, token = bench.page(f"m{number}")
            socket.say(connect(token, f"m{number}"))
        await settle()
        assert len(socket.of_type("ack")) == 100

    async def test_but_not_more_than_allowed(self) -> None:
        bench = Bench(Limits(components_per_connection=2))
        socket = bench.plug()
        for number in range(4):
            _, token = bench.page(f"m{number}")
            socket.say(connect(token, f"m{number}"))
        await settle()
        assert len(socket.of_type("ack")) == 2
        assert [message["code"] for message in socket.of_type("error")] == ["too_many"] * 2
        await bench.process.close()

    async def test_connecting_the_same_one_again_and_again_counts(self) -> None:
        bench = Bench(Limits(events_per_s=1, events_burst=5, refusals_in_a_row=10))
        _, token = bench.page()
        socket = await bench.join(token)
        for _ in range(30):
            socket.say(connect(token))
        await settle()
        assert len(socket.of_type("ack")) <= 7
        assert socket.closed_with == CloseCode.TOO_SLOW
        await bench.process.close()

    async def test_connects_that_fail_count(self) -> None:
        bench = Bench(Limits(events_per_s=1, events_burst=5, refusals_in_a_row=10))
        socket = bench.plug()
        for number in range(40):
            socket.say(connect("forged", f"m{number}"))
        await settle()
        assert socket.closed_with == CloseCode.TOO_SLOW
        assert len(socket.of_type("error")) < 20
        await bench.process.close()


class TestTakingOver:
    async def test_the_newer_socket_wins(self, bench: Bench) -> None:
        mount, token = bench.page()
        older = await bench.join(token)
        newer = await bench.join(token)
        assert older.closed_with == CloseCode.TAKEN_OVER
        newer.say(event(1))
        await settle()
        assert [message["type"] for message in newer.sent] == ["ack", "update", "ack"]
        assert [message["type"] for message in older.sent] == ["ack"]
        assert mount.closes == 0

    async def test_other_components_of_the_older_can_be_taken_too(self, bench: Bench) -> None:
        tokens = {name: bench.page(name)[1] for name in ("m1", "m2")}
        older, newer = bench.plug(), bench.plug()
        for name, token in tokens.items():
            older.say(connect(token, name))
        await settle()
        for name, token in tokens.items():
            newer.say(connect(token, name))
        await settle()
        assert older.closed_with == CloseCode.TAKEN_OVER
        assert len(newer.of_type("ack")) == 2
        assert len(bench.process.mounts) == 2

    async def test_what_the_older_still_says_is_not_heard(self, bench: Bench) -> None:
        mount, token = bench.page()
        older = await bench.join(token)
        await bench.join(token)
        older.say(event(1))
        await settle()
        assert mount.ran == []

    async def test_a_detached_page_keeps_its_place_when_there_is_none(self) -> None:
        bench = Bench(Limits(detached=0))
        mount, token = bench.page()
        await bench.join(token)
        newer = await bench.join(token)
        newer.say(event(1))
        await settle()
        assert mount.ran == ["add"]
        await bench.process.close()


class TestComingBack:
    async def test_the_same_state_and_what_was_missed(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        for seq in range(1, 4):
            socket.say(event(seq))
        await settle()
        socket.drop()
        await bench.pass_time(119)
        socket = await bench.join(token, version=1)
        assert [message["type"] for message in socket.sent] == ["update", "update", "ack"]
        assert socket.sent[2] == {**numbered(socket), "seq": 3, "version": 3}
        assert mount.closes == 0
        assert bench.mounted_again == []

    async def test_the_mount_knows_who_closed_the_page_and_who_lost_it(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.drop()
        await settle()
        assert mount.comings == ["lost"]
        socket = await bench.join(token)
        socket.leave()
        await settle()
        assert mount.comings == ["lost", "back", "left"]
        await bench.join(token)
        assert mount.comings == ["lost", "back", "left", "back"]

    async def test_events_sent_again_run_once(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1))
        socket.drop()
        await settle()
        socket = await bench.join(token, version=0)
        assert mount.text == "x"
        for seq in (1, 2, 1, 2):
            socket.say(event(seq))
        await settle()
        assert mount.text == "xx"
        assert [message["seq"] for message in socket.of_type("ack")] == [1, 1, 2, 1, 2]

    async def test_a_handler_runs_on_without_its_socket(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1, "wait"))
        await settle()
        socket.drop()
        await settle()
        mount.gate.set()
        await settle()
        assert mount.text == "w"
        socket = await bench.join(token)
        assert [message["type"] for message in socket.sent] == ["update", "ack", "ack"]

    async def test_after_the_time_it_is_mounted_anew(self, bench: Bench) -> None:
        mount, token = bench.page()
        socket = await bench.join(token)
        socket.say(event(1))
        await settle()
        socket.drop()
        await bench.pass_time(120)
        assert mount.closes == 1
        socket = await bench.join(token, version=1)
        assert len(bench.mounted_again) == 1
        assert [message["type"] for message in socket.sent] == ["resync", "ack"]
        assert socket.sent[1]["again"] is True
        assert socket.sent[1]["version"] == 2
        socket.say(event(1))
        await settle()
        assert bench.mounted_again[0].text == "x"
