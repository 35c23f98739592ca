from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hyper.state.sharing import hub
from hyper.testing.sources import load_source, one

from ..mounts import Shown, mounted, until


async def test_hooks_run_when_connected_and_when_closed(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        log = []
        @live
        def page():
            state = "new"
            def on_mount():
                nonlocal state
                state = "here"
                log.append("mount")
            async def on_unmount():
                log.append("unmount")
            t'<p>{state}</p>'
        """,
    )
    log = component.function.__globals__["log"]
    mount, _ = await mounted(component)
    assert log == []
    await mount.connected()
    assert await mount.changes() == [("m", [{"path": "p/text", "value": "here"}])]
    await mount.connected()
    await mount.close()
    await mount.close()
    assert log == ["mount", "unmount"]


async def test_timers_and_tasks_live_as_long_as_the_component(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        from hyper.components.tasks import every, spawn
        calls = []
        @live
        def clock():
            ticks = 0
            @every(1)
            def tick():
                nonlocal ticks
                ticks += 1
                calls.append(ticks)
                if len(calls) == 2:
                    raise ValueError("two")
            def start():
                spawn(forever())
            async def forever():
                await asyncio.Event().wait()
            t'<p @click="start">{ticks}</p>'
        """,
    )
    mount, host = await mounted(component)
    steps: asyncio.Queue[None] = asyncio.Queue()

    async def sleep(seconds: float) -> None:
        assert seconds == 1
        await steps.get()

    mount.sleep = sleep
    await mount.connected()
    shown = Shown(mount)
    for value in ("1", None, "2"):
        steps.put_nowait(None)
        await until(lambda: bool(mount.dirty))
        patches = [("m", [{"path": "p/text", "value": value}])] if value else []  # the second one is undone
        assert await shown.changes() == patches
    assert host.errors == [("two", "tick")]
    await mount.call("m", "start", [], {})
    tasks = list(mount.root.tasks)
    assert len(tasks) == 2
    await mount.close()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


FAILING = """
import asyncio
from hyper import presence, shared, spawn
people = presence("of those who fail")
tasks = []
@live
def inner():
    people.join("inner")
    t"<i></i>"
@live
def in_setup():
    shared({}, name="of those who fail")
    people.join("outer")
    tasks.append(spawn(asyncio.sleep(60)))
    if tasks:
        raise LookupError("no such room")
    def act(): pass
    t"<p></p>"
@live
def in_view():
    shared({}, name="of those who fail")
    people.join("outer")
    tasks.append(spawn(asyncio.sleep(60)))
    def act(): pass
    t"<p>{inner()}</p>{1 / 0}"
@live
def outer():
    t"<p>{in_view()}</p>"
"""


@pytest.mark.parametrize("name", ["in_setup", "in_view"])
async def test_a_page_that_fails_to_start_gives_back_what_it_took(tmp_path: Path, name: str) -> None:
    component = load_source(tmp_path, FAILING)[name]
    names = component.function.__globals__
    with pytest.raises((LookupError, ZeroDivisionError)):
        await component.mount_for("m", {})
    await asyncio.sleep(0)
    assert list(names["people"]) == []
    assert "of those who fail" not in hub.named
    assert [task.cancelled() for task in names["tasks"]] == [True]


async def test_a_nested_component_that_fails_to_start_gives_back_what_it_took(tmp_path: Path) -> None:
    component = load_source(tmp_path, FAILING)["outer"]
    names = component.function.__globals__
    mount, _ = await mounted(component)
    assert list(names["people"]) == []
    assert "of those who fail" not in hub.named
    await asyncio.sleep(0)
    assert [task.cancelled() for task in names["tasks"]] == [True]
    await mount.close()
    assert "in_view" in mount.html()
