"""Events that come as forms, and pages that are served of a mount that has come further."""

from __future__ import annotations

import asyncio
from typing import Any

from hyper.transport.wire import Event

from .fakes import Bench, Page, event, settle


async def posted(bench: Bench, name: str, **params: Any) -> Any:
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    return await runner.post(Event("m1", 0, name, None, params, []))


async def test_without_a_socket_it_runs_and_the_next_page_shows_it() -> None:
    bench = Bench()
    mount, _ = bench.page()
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    assert await posted(bench, "add", text="a") is None
    assert mount.html() == "<p></p>", "nobody looks yet"
    assert await runner.show() == ("<p>a</p>", 1, None)
    assert await runner.show() == ("<p>a</p>", 1, None)
    await bench.process.close()


async def test_a_client_of_that_page_goes_on_from_its_version() -> None:
    bench = Bench()
    _, token = bench.page()
    await posted(bench, "add", text="a")
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    _, version, _ = await runner.show()
    socket = await bench.join(token, version=version)
    socket.say(event(1, "add", params={"text": "b"}))
    await settle()
    page = Page(text="a")
    page.version = version
    for frame in socket.raw:
        page.take(frame)
    assert (page.text, page.version) == ("ab", 2)
    await bench.process.close()


async def test_a_client_of_an_older_page_is_brought_up_to_date() -> None:
    bench = Bench()
    _, token = bench.page()
    socket = await bench.join(token)
    await posted(bench, "add", text="a")
    await settle()
    assert socket.of_type("update"), "the open page is told"
    socket.drop()
    await settle()
    await posted(bench, "add", text="b")
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    assert (await runner.show())[0] == "<p>ab</p>"
    again = await bench.join(token, version=1)
    page = Page(text="a")
    page.version = 1
    for frame in again.raw:
        page.take(frame)
    assert page.text == "ab"
    await bench.process.close()


async def test_what_fails_is_told_to_the_one_who_sent_it() -> None:
    bench = Bench()
    bench.page()
    failure = await posted(bench, "fail")
    assert failure["code"] == "handler_failed"
    assert (await posted(bench, "nothing"))["code"] == "unknown_event"
    await bench.process.close()


async def test_one_at_a_time_and_pages_wait_for_them() -> None:
    bench = Bench()
    mount, _ = bench.page()
    first = asyncio.ensure_future(posted(bench, "wait"))
    second = asyncio.ensure_future(posted(bench, "add", text="x"))
    await settle()
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    shown = [asyncio.ensure_future(runner.show()) for _ in range(2)]
    await settle()
    assert not any(task.done() for task in (first, second, *shown))
    mount.gate.set()
    assert [(await task)[0] for task in shown] == ["<p>wx</p>"] * 2
    assert (await first, await second) == (None, None)
    await bench.process.close()


async def test_the_end_of_the_mount_is_an_answer() -> None:
    bench = Bench()
    bench.page()
    tasks = [asyncio.ensure_future(posted(bench, name)) for name in ("wait", "add")]
    await settle()
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    await runner.close()
    async with asyncio.timeout(10):
        assert [(await task)["code"] for task in tasks] == ["unknown_component"] * 2
    await bench.process.close()


async def test_a_view_that_fails_shows_the_last_good_page() -> None:
    bench = Bench()
    mount, _ = bench.page()
    await posted(bench, "add", text="a")
    mount.render_error = ZeroDivisionError("on purpose")
    runner = bench.process.mounts.get("m1")
    assert runner is not None
    html, _, failure = await runner.show()
    assert html == "<p></p>"
    assert failure is not None
    assert failure["code"] == "handler_failed"
    await bench.process.close()
