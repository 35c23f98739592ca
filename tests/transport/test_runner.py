"""Handlers, renders and their order, seen from a socket."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from hyper.transport.component import BadArgumentError, HandlerFailedError
from hyper.transport.limits import Limits
from hyper.vdom import AuthorError

from .fakes import Bench, FakeMount, FakeSocket, Page, event, settle


class Joined:
    """A page that has been adopted by its socket."""

    def __init__(self, bench: Bench, mount: FakeMount, socket: FakeSocket, token: str) -> None:
        self.bench, self.mount, self.socket, self.token = bench, mount, socket, token

    async def say(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        """What comes back."""
        before = len(self.socket.sent)
        for message in messages:
            self.socket.say(message)
        await settle()
        return self.socket.sent[before:]

    def page(self) -> Page:
        """What the browser shows of all that came."""
        page = Page()
        for frame in self.socket.raw:
            page.take(frame)
        return page


@pytest.fixture
async def joined() -> Any:
    bench = Bench()
    yield await join(bench)
    await bench.process.close()


async def join(bench: Bench) -> Joined:
    mount, token = bench.page()
    return Joined(bench, mount, await bench.join(token), token)


def types(frames: list[dict[str, Any]]) -> list[str]:
    return [frame["type"] for frame in frames]


def spawned(bench: Bench) -> list[object]:
    """The tasks made from now on."""
    tasks: list[object] = []
    spawn = bench.process.spawn
    bench.process._renders._spawn = lambda job: tasks.append(job) or spawn(job)  # type: ignore[func-returns-value]
    return tasks


async def test_an_event_its_update_its_ack(joined: Joined) -> None:
    frames = await joined.say(event(1, "add", args=["milk"]))
    assert frames == [
        {
            "type": "update",
            "component_id": "m1",
            "version": 1,
            "patches": [{"path": "p/text", "at": 0, "insert": "milk"}],
        },
        {"type": "ack", "component_id": "m1", "seq": 1, "version": 1},
    ]


async def test_named_parameters(joined: Joined) -> None:
    await joined.say(event(1, "add", params={"text": "milk"}))
    assert joined.page().text == "milk"


async def test_a_sync_handler_needs_no_task(joined: Joined) -> None:
    before = asyncio.all_tasks()
    for seq in range(1, 50):
        await joined.say(event(seq))
    assert asyncio.all_tasks() == before


async def test_events_run_one_at_a_time_in_order(joined: Joined) -> None:
    frames = await joined.say(event(1, "wait"), event(2, "add"), event(3, "add"))
    assert frames == []
    assert joined.mount.ran == ["wait"]
    joined.mount.gate.set()
    await settle()
    assert joined.mount.ran == ["wait", "add", "add"]
    assert [message["seq"] for message in joined.socket.of_type("ack")] == [0, 1, 2, 3]
    assert joined.page().text == "wxx"


async def test_a_waiting_handler_does_not_hold_up_other_components(joined: Joined) -> None:
    other, token = joined.bench.page("m2")
    await joined.say({"type": "connect", "component_id": "m2", "token": token, "version": 0})
    frames = await joined.say(event(1, "wait"), event(1, "add", "m2"), {"type": "ping"})
    assert types(frames) == ["update", "ack", "pong"]
    assert other.text == "x"


async def test_rendering_within_a_handler(joined: Joined) -> None:
    frames = await joined.say(event(1, "show"))
    assert types(frames) == ["update", "update", "ack"]
    assert [frame["patches"][0]["insert"] for frame in frames[:2]] == ["1", "2"]


async def test_rendering_within_the_view_is_refused(joined: Joined) -> None:
    async def changes() -> list[Any]:
        assert joined.mount.host is not None
        await joined.mount.host.flush()
        return []

    joined.mount.changes = changes  # type: ignore[method-assign]
    frames = await joined.say(event(1))
    assert types(frames) == ["error", "ack"]
    assert isinstance(joined.bench.errors[0], AuthorError)
    assert "within the view" in str(joined.bench.errors[0])


async def test_waking_from_outside(joined: Joined) -> None:
    assert joined.mount.host is not None
    joined.mount.text = "news"
    for _ in range(5):
        joined.mount.host.wake()
    assert joined.socket.of_type("update") == [], "not within the call"
    assert len(joined.bench.process._waiting) == 1
    await settle()
    assert types(joined.socket.sent) == ["ack", "update"]
    assert joined.mount.renders == 1


async def test_waking_while_a_handler_waits(joined: Joined) -> None:
    await joined.say(event(1, "wait"))
    assert joined.mount.host is not None
    joined.mount.text = "news"
    joined.mount.host.wake()
    await settle()
    assert joined.page().text == "news"


async def test_waking_a_page_that_is_away(joined: Joined) -> None:
    joined.socket.drop()
    await settle()
    assert joined.mount.host is not None
    joined.mount.text = "news"
    joined.mount.host.wake()
    await joined.mount.host.flush()
    await settle()
    assert joined.mount.renders == 0
    socket = await joined.bench.join(joined.token)
    assert types(socket.sent) == ["update", "ack"]


async def test_an_async_view_does_not_hold_up_the_socket(joined: Joined) -> None:
    joined.mount.render_gate = asyncio.Event()
    frames = await joined.say(event(1), {"type": "ping"})
    assert types(frames) == ["pong"]
    joined.mount.render_gate.set()
    await settle()
    assert types(joined.socket.sent) == ["ack", "pong", "update", "ack"]


async def test_an_event_during_a_render_is_rendered_after_it(joined: Joined) -> None:
    joined.mount.render_gate = asyncio.Event()
    await joined.say(event(1), event(2))
    joined.mount.render_gate.set()
    await settle()
    assert [message["seq"] for message in joined.socket.of_type("ack")] == [0, 1, 2]
    assert joined.page().text == "xx"


async def test_a_render_started_twice_at_once_runs_once_more(joined: Joined) -> None:
    gate = joined.mount.render_gate = asyncio.Event()
    joined.mount.text = "a"
    assert joined.mount.host is not None
    joined.mount.host.wake()
    await settle()
    flushes = [asyncio.ensure_future(joined.mount.host.flush()) for _ in range(3)]
    await settle()
    assert joined.mount.renders == 1
    assert not any(flush.done() for flush in flushes)
    gate.set()
    await settle()
    assert all(flush.done() for flush in flushes)
    assert joined.mount.renders == 2


async def test_a_failing_handler(joined: Joined) -> None:
    frames = await joined.say(event(1, "fail"), event(2, "add"))
    assert types(frames) == ["update", "ack", "update", "ack"]
    assert frames[1]["error"]["code"] == "handler_failed"
    assert "on purpose" not in str(frames)
    assert [str(error) for error in joined.bench.errors] == ["on purpose"]
    assert "error" not in frames[3]


async def test_the_cause_of_a_failure_is_reported(joined: Joined) -> None:
    async def call(*_: Any) -> None:
        try:
            raise ZeroDivisionError("inner")
        except ZeroDivisionError as error:
            raise HandlerFailedError("add failed") from error

    joined.mount.call = call  # type: ignore[method-assign]
    await joined.say(event(1))
    assert [str(error) for error in joined.bench.errors] == ["inner"]


async def test_a_bad_argument_is_the_users_matter(joined: Joined) -> None:
    async def call(*_: Any) -> None:
        raise BadArgumentError("age is no number", {"age": "Input should be a valid integer"})

    joined.mount.call = call  # type: ignore[method-assign]
    frames = await joined.say(event(1))
    assert frames[0]["error"] == {
        "code": "bad_argument",
        "message": "age is no number",
        "fields": {"age": "Input should be a valid integer"},
    }
    assert joined.bench.errors == []


@pytest.mark.parametrize("name", ["nothing", "__init__", "_add", "call", "gate", "close", ""])
async def test_an_unknown_event(joined: Joined, name: str) -> None:
    frames = await joined.say(event(1, name or "x"))
    assert frames[0]["error"]["code"] == "unknown_event"
    assert joined.mount.text == ""


async def test_fields_are_merged_before_the_call(joined: Joined) -> None:
    await joined.say(event(1, "add", fields=[{"path": "input/@value", "value": "a"}]))
    assert joined.mount.fields == [("input/@value", "a")]


async def test_a_failing_view_heals(joined: Joined) -> None:
    joined.mount.render_error = ZeroDivisionError("in the view")
    frames = await joined.say(event(1))
    assert types(frames) == ["error", "ack"]
    assert [str(error) for error in joined.bench.errors] == ["in the view"]
    frames = await joined.say(event(2))
    assert frames[0]["patches"] == [{"path": "p/text", "at": 0, "insert": "xx"}]
    assert joined.page().text == "xx"


async def test_a_push(joined: Joined) -> None:
    frames = await joined.say(event(1, "push", params={"detail": {"a": [1, None]}}))
    assert types(frames) == ["update", "push", "ack"]
    assert frames[1] == {"type": "push", "component_id": "m1", "event": "note", "detail": {"a": [1, None]}}


async def test_something_beside_the_events_fails(joined: Joined) -> None:
    assert joined.mount.host is not None
    joined.mount.host.report(ZeroDivisionError("in a timer"), "tick")
    await settle()
    assert joined.socket.of_type("error")[0]["code"] == "handler_failed"
    assert [str(error) for error in joined.bench.errors] == ["in a timer"]


class TestTime:
    async def test_a_view_that_takes_too_long_is_stopped(self, joined: Joined) -> None:
        joined.mount.render_gate = asyncio.Event()
        await joined.say(event(1))
        await joined.bench.pass_time(10)
        assert types(joined.socket.sent) == ["ack", "error", "ack"]
        assert joined.socket.sent[1]["code"] == "handler_timeout"
        joined.mount.render_gate = None
        frames = await joined.say(event(2))
        assert frames[0]["patches"] == [{"path": "p/text", "at": 0, "insert": "xx"}]

    async def test_only_what_takes_too_long_is_stopped(self, joined: Joined) -> None:
        assert joined.mount.host is not None
        joined.mount.render_gate = asyncio.Event()
        joined.mount.text = "news"
        joined.mount.host.wake()
        await joined.bench.pass_time(5)
        await joined.say(event(1, "wait"))
        await joined.bench.pass_time(5)
        assert joined.socket.of_type("error")[0]["code"] == "handler_timeout", "the view"
        joined.mount.render_gate = None
        joined.mount.gate.set()
        await settle()
        assert "error" not in joined.socket.of_type("ack")[1], "the handler"
        assert joined.page().text == "newsw"

    async def test_a_view_within_a_handler_that_takes_too_long(self, joined: Joined) -> None:
        joined.mount.render_gate = asyncio.Event()
        await joined.say(event(1, "show"))
        await joined.bench.pass_time(9)
        assert types(joined.socket.sent) == ["ack"]
        joined.mount.render_gate.set()
        await settle()
        assert joined.page().text == "12"

    async def test_a_stopped_view_leaves_the_others_alone(self, joined: Joined) -> None:
        _, token = joined.bench.page("m2")
        await joined.say({"type": "connect", "component_id": "m2", "token": token, "version": 0})
        joined.mount.render_gate = asyncio.Event()
        await joined.say(event(1))
        await joined.bench.pass_time(12)
        frames = await joined.say(event(1, "add", "m2"))
        assert types(frames) == ["update", "ack"]


class TestMounting:
    async def test_on_mount_runs_when_the_first_client_is_there(self) -> None:
        bench = Bench()
        mount, token = bench.page()
        await settle()
        assert mount.connects == 0
        first = await bench.join(token)
        assert mount.connects == 1
        first.drop()
        await settle()
        await bench.join(token)
        assert mount.connects == 1
        await bench.process.close()

    async def test_on_mount_that_fails_is_told_and_the_page_goes_on(self) -> None:
        bench = Bench()
        mount, token = bench.page()

        async def connected() -> None:
            raise ZeroDivisionError("on mount")

        mount.connected = connected  # type: ignore[method-assign]
        socket = await bench.join(token)
        assert types(socket.sent) == ["ack", "error"]
        assert [str(error) for error in bench.errors] == ["on mount"]
        socket.say(event(1))
        await settle()
        assert mount.text == "x"
        await bench.process.close()

    async def test_unmounting_that_fails_is_reported(self) -> None:
        bench = Bench()
        mount, _ = bench.page()

        async def close() -> None:
            raise ZeroDivisionError("on unmount")

        mount.close = close  # type: ignore[method-assign]
        await bench.process.close()
        assert [str(error) for error in bench.errors] == ["on unmount"]


@pytest.mark.parametrize("is_stubborn", [False, True])
async def test_a_page_that_never_ends_is_left(is_stubborn: bool) -> None:
    """``on_unmount`` waits for something that never comes, and takes no notice of being cancelled, or does."""
    bench = Bench(Limits(unmount_s=0.02))
    mount, _ = bench.page()
    released = asyncio.Event()

    async def close() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                if not is_stubborn:
                    raise

    mount.close = close  # type: ignore[method-assign]
    (runner,) = bench.process.mounts
    bench.process.mounts.remove(runner)
    await runner.close()
    assert ["unmount_s" in str(error) for error in bench.errors] == [True]
    await bench.process.close()
    released.set()
    await settle()
