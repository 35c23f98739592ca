"""Pages on which nothing happens take less memory, and nobody notices."""

from __future__ import annotations

from .fakes import Bench, event, settle


async def test_a_page_rests_once_when_nothing_happens() -> None:
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)
    await bench.pass_time(bench.limits.idle_s - 1)
    assert mount.freezes == 0
    socket.say(event(1, "add", args=["milk"]))
    await settle()
    await bench.pass_time(bench.limits.idle_s - 1)
    assert mount.freezes == 0, "an event began the wait anew"
    await bench.pass_time(bench.limits.idle_s)
    assert mount.freezes == 1
    socket.say(event(2, "add", args=["!"]))
    await settle()
    await bench.pass_time(bench.limits.idle_s)
    assert mount.freezes == 2
    assert mount.shown == "milk!"
    await bench.process.close()


async def test_a_page_whose_handler_runs_does_not_rest() -> None:
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)
    socket.say(event(1, "wait"))
    await settle()
    await bench.pass_time(bench.limits.handler_s - 1)
    assert not next(iter(bench.process.mounts)).is_idle(bench.clock() + 1e6, 1)
    mount.gate.set()
    await bench.process.close()


async def test_after_a_rest_a_client_that_missed_an_update_gets_a_snapshot() -> None:
    bench = Bench()
    mount, token = bench.page()
    socket = await bench.join(token)
    socket.say(event(1, "add", args=["milk"]))
    await settle()
    await bench.pass_time(bench.limits.idle_s + 1)
    socket.drop()
    await settle()
    again = await bench.join(token, version=0)
    assert [message["html"] for message in again.of_type("resync")] == ["<p>milk</p>"]
    assert mount.freezes == 1
    await bench.process.close()


async def test_what_a_client_misses_while_it_is_away_is_kept() -> None:
    bench = Bench()
    _, token = bench.page()
    socket = await bench.join(token)
    socket.say(event(1, "add", args=["milk"]))
    await settle()
    socket.drop()
    await settle()
    await bench.pass_time(bench.limits.idle_s + 1)
    again = await bench.join(token, version=0)
    assert [message["patches"] for message in again.of_type("update")] == [
        [{"path": "p/text", "at": 0, "insert": "milk"}]
    ]
    await bench.process.close()
