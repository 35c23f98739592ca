from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hyper.component import LiveComponent
from hyper.diff import apply_patches
from hyper.page_mount import PageMount
from hyper.testing.sources import load_source, one
from hyper.transport.component import (
    BadArgumentError,
    HandlerFailedError,
    RequestContext,
    UnknownComponentError,
    UnknownEventError,
)
from hyper.vdom import Root, parse_html


class RecordingHost:
    """The transport's side: counts what the mount asks for."""

    def __init__(self, mount: PageMount) -> None:
        self.mount = mount
        self.woken = 0
        self.flushed: list[Any] = []
        self.errors: list[tuple[str, str]] = []
        self.pushed: list[tuple[str, str, object]] = []

    def wake(self) -> None:
        self.woken += 1

    async def flush(self) -> None:
        self.flushed += await self.mount.changes()

    def push(self, component_id: str, event: str, detail: object) -> None:
        self.pushed.append((component_id, event, detail))

    def report(self, error: Exception, what: str) -> None:
        self.errors.append((str(error), what))


async def mounted(component: LiveComponent, **properties: Any) -> tuple[PageMount, RecordingHost]:
    mount = await component.mount_for("m", properties)
    host = RecordingHost(mount)
    mount.attach(host)
    return mount, host


class Shown:
    """A mount whose patches are checked against the tree after every change."""

    def __init__(self, mount: PageMount) -> None:
        self.mount = mount
        self.trees: dict[str, Root] = {id: item.to_root() for id, item in mount.mounted.items()}

    async def changes(self) -> list[Any]:
        changes = await self.mount.changes()
        for id, patches in changes:
            assert apply_patches(self.trees[id], patches) == self.mount.mounted[id].to_root()
        self.trees = {id: item.to_root() for id, item in self.mount.mounted.items()}
        assert parse_html(self.mount.html()) == self.mount.root.to_root()
        return changes

    async def call(self, name: str, *args: object, id: str = "m") -> list[Any]:
        await self.mount.call(id, name, list(args), {})
        return await self.changes()


COUNTER = """
@live
def counter(start: int = 0):
    count = start
    def increment(by: int = 1):
        nonlocal count
        count += by
    def fail():
        nonlocal count
        count = 99
        raise ValueError("no")
    def hidden(): pass
    t'<p>{count}</p><button @click="increment">+</button>{t"<b @click='fail'>x</b>"}'
"""


async def test_an_event_gives_the_smallest_patch(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, COUNTER))
    assert await Shown(mount).call("increment") == [("m", [{"path": "p/text", "value": "1"}])]
    assert await mount.changes() == []


async def test_handlers_are_called_by_annotation_or_not_at_all(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, COUNTER), start=1)
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "increment", ["many"], {})
    assert list(error.value.fields) == ["by"]
    with pytest.raises(BadArgumentError):
        await mount.call("m", "increment", [1, 2], {})
    await mount.call("m", "increment", None, {"by": "4", "other": "x"})
    assert "<p>5</p>" in (await mount.changes() and mount.html())


@pytest.mark.parametrize("name", ["hidden", "nothing", "on_mount", "__class__", "count", "", "increment\0"])
async def test_only_what_is_on_the_page_can_be_called(tmp_path: Path, name: str) -> None:
    mount, _ = await mounted(one(tmp_path, COUNTER))
    with pytest.raises(UnknownEventError):
        await mount.call("m", name, [], {})
    with pytest.raises(UnknownComponentError):
        await mount.call("m.1", "increment", [], {})


async def test_a_handler_that_raises_leaves_state_and_page(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, COUNTER), start=3)
    with pytest.raises(HandlerFailedError) as error:
        await mount.call("m", "fail", [], {})
    assert isinstance(error.value.__cause__, ValueError)
    assert await mount.changes() == []
    assert await Shown(mount).call("increment") == [("m", [{"path": "p/text", "value": "4"}])]


async def test_render_shows_what_is_between(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from hyper.page_mount import render
        @live
        def search():
            state = "idle"
            async def go():
                nonlocal state
                state = "busy"
                await render()
                state = "done"
            t'<p @click="go">{state}</p>'
        """,
    )
    mount, host = await mounted(component)
    await mount.call("m", "go", [], {})
    assert host.flushed == [("m", [{"path": "p/text", "value": "busy"}])]
    assert await mount.changes() == [("m", [{"path": "p/text", "value": "done"}])]


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


NESTED = """
@live
def item(name: str, on_remove=None, label="x"):
    clicks = 0
    def click():
        nonlocal clicks
        clicks += 1
    def remove():
        on_remove(name)
    t'<p @click="click">{name} {label} {clicks}</p><b @click="remove">x</b>'

@live
def page():
    names = ["a", "b"]
    label = "x"
    def add(name):
        names.insert(0, name)
    def remove(name):
        names.remove(name)
    def relabel():
        nonlocal label
        label = "y"
    def both(): pass
    t'''<ul>{[t'<li key="{n}"><{item} key="{n}" name={n} on_remove={remove} label={label} /></li>' for n in names]}</ul>
    <i @click="add">a</i><i @click="relabel">r</i>'''
"""


async def test_nested_components_keep_their_state_and_render_alone(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, NESTED)["page"])
    shown = Shown(mount)
    assert await shown.call("click", id="m.1") == [("m.1", [{"path": "p/text", "value": "a x 1"}])]
    changes = await shown.call("add", "c")
    assert [id for id, _ in changes] == ["m"]
    assert 'data-live-component="m.3"' in str(changes)
    assert "a x 1" in mount.html()


async def test_new_properties_reach_the_nested_component(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, NESTED)["page"])
    changes = await Shown(mount).call("relabel")
    assert changes == [
        ("m.1", [{"path": "p/text", "value": "a y 0"}]),
        ("m.2", [{"path": "p/text", "value": "b y 0"}]),
    ]


async def test_a_child_calls_its_parent_and_is_closed(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, NESTED)["page"])
    child = mount.mounted["m.1"]
    changes = await Shown(mount).call("remove", id="m.1")
    assert changes == [("m", [{"path": "ul", "remove": 0}])]
    assert child.is_closed
    assert "m.1" not in mount.mounted


async def test_a_component_that_is_waiting_twice_is_no_other(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, NESTED)["page"])
    child = mount.mounted["m.1"]
    child.cells()["clicks"].cell_contents = 7
    for _ in range(2):
        child.invalidate()
        await child.render()
    child.invalidate()
    mount.root.invalidate()
    assert await mount.changes() == [("m.1", [{"path": "p/text", "value": "a x 7"}])]
    assert not mount.dirty


SHAKY = """
@live
def page():
    total = 0
    def add():
        nonlocal total
        total += 1
        raise ValueError("no")
    t'<p @click="add">{total}</p><{part} on_add={add} />'

@live
def part(on_add):
    def add():
        on_add()
    t'<b @click="add">+</b>'
"""


async def test_what_a_child_calls_leaves_its_parent_as_it_was_when_it_raises(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, SHAKY)["page"])
    with pytest.raises(HandlerFailedError):
        await mount.call("m.1", "add", [], {})
    assert await mount.changes() == []
    assert mount.root.cells()["total"].cell_contents == 0


async def test_a_broken_nested_component_does_not_break_the_page(tmp_path: Path) -> None:
    components = load_source(
        tmp_path,
        """
        @live
        def broken(at: int):
            count = 0
            def go():
                nonlocal count
                count += 1
            t'<p @click="go">{1 / (at - count)}</p>'

        @live
        def page():
            def nothing(): pass
            t'<div><{broken} at={0} /><{broken} at={1} /></div>'
        """,
    )
    mount, host = await mounted(components["page"])
    assert '<p class="live-error" role="alert">broken could not be shown.</p>' in mount.html()
    assert "1.0" in mount.html()
    assert await Shown(mount).call("go", id="m.2") == []
    assert host.errors == [("division by zero", "rendering broken")]
    assert "1.0" in mount.html()


async def test_a_row_component_stands_without_a_wrapper(tmp_path: Path) -> None:
    components = load_source(
        tmp_path,
        """
        @live
        def row(n: int):
            clicks = 0
            def click():
                nonlocal clicks
                clicks += 1
            t'<tr class="r{clicks}"><td @click="click">{n}</td></tr>'

        @live
        def page():
            def nothing(): pass
            t'<table><tbody>{[t"<{row} key={n} n={n} />" for n in range(2)]}</tbody></table>'
        """,
    )
    mount, _ = await mounted(components["page"])
    assert '<tr data-live-component="m.1" data-live-self="" class="r0"><td' in mount.html()
    assert await Shown(mount).call("click", id="m.2") == [("m.2", [{"path": "tr/@class", "value": "r1"}])]


async def test_timers_and_tasks_live_as_long_as_the_component(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        import asyncio
        from hyper.work import every, spawn
        @live
        def clock():
            ticks = 0
            @every(1)
            def tick():
                nonlocal ticks
                ticks += 1
                if ticks == 2:
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
    for value in ("1", "2", "3"):
        steps.put_nowait(None)
        await until(lambda: bool(mount.dirty))
        assert await shown.changes() == [("m", [{"path": "p/text", "value": value}])]
    assert host.errors == [("two", "tick")]
    await mount.call("m", "start", [], {})
    tasks = list(mount.root.tasks)
    assert len(tasks) == 2
    await mount.close()
    await asyncio.wait(tasks)
    assert all(task.cancelled() for task in tasks)


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(1000):
        if condition():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came true")


async def test_a_view_that_returns_a_string_is_parsed_and_compared(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def page():
            items = ["a", "b", "c"]
            def drop(): items.pop(0)
            return "<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul><p @click='drop'>x</p>"
        """,
    )
    mount, _ = await mounted(component)
    assert await Shown(mount).call("drop") == [("m", [{"path": "ul", "remove": 0}])]
    with pytest.raises(UnknownEventError):
        await mount.call("m", "other", [], {})


async def test_reported_fields_let_an_input_be_cleared(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        @live
        def page():
            def add(text): pass
            t'<form @submit="add(text)"><input name="text" value=""><input type="checkbox"><textarea></textarea></form>'
        """,
    )
    mount, _ = await mounted(component)
    mount.merge_fields(
        "m",
        [
            ("form/input[1]/@value", "milk"),
            ("form/input[2]/@checked", ""),
            ("form/textarea/@value", "x"),
            ("no/@value", "x"),
        ],
    )
    await mount.call("m", "add", ["milk"], {})
    assert await mount.changes() == [
        (
            "m",
            [
                {"path": "form/input[1]/@value", "value": ""},
                {"path": "form/input[2]/@checked", "value": None},
                {"path": "form/textarea", "html": ""},
            ],
        )
    ]


async def test_components_push_events_and_know_their_request(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from hyper.page_mount import push, request
        @live
        def page():
            user = request().user
            def save():
                push("saved", {"by": user})
            t'<p @click="save">{user}</p>'
        """,
    )
    mount = await component.mount_for("m", {}, RequestContext("hash", user="ann"))
    host = RecordingHost(mount)
    await mount.call("m", "save", [], {})
    assert host.pushed == []
    mount.attach(host)
    await mount.call("m", "save", [], {})
    assert host.pushed == [("m", "saved", {"by": "ann"})]
    assert mount.html() == '<p @click="save">ann</p>'
