"""A page does one thing at a time: its jobs wait for their turn, and nothing half done is shown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import pytest

from hyper.components.mailbox import Mailbox, Rendering
from hyper.components.page import PageMount
from hyper.components.unit import PageClosedError
from hyper.testing.sources import load_source, one
from hyper.transport.component import HandlerFailedError, HandlerTimeoutError, UnknownComponentError

from ..mounts import RecordingHost, mounted

BEFORE = """
import asyncio
from hyper import broadcast, every, live, push, render, shared, spawn
from hyper.components.jobs import turn
log = []
gates = {}
def gate(name):
    return gates.setdefault(name, asyncio.Event())
"""


async def page_of(folder: Path, source: str, **properties: Any) -> tuple[PageMount, RecordingHost, Any, Any]:
    """A mounted page, its host, and ``log`` and ``gate`` of its module."""
    component = one(folder, BEFORE + source)
    mount, host = await mounted(component, **properties)
    names = component.function.__globals__
    return mount, host, names["log"], names["gate"]


def begin(mount: PageMount, event: str, *args: object) -> asyncio.Task[None]:
    """An event that has come."""
    return asyncio.ensure_future(mount.call("m", event, list(args) if args else None, {}))


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.001)


WAITS = """
@live
def page():
    n = 0
    async def wait(name):
        nonlocal n
        n += 1
        log.append(f"{name} begins")
        await gate(name).wait()
        log.append(f"{name} ends")
    def step(name):
        nonlocal n
        n += 1
        log.append(name)
    async def show(name):
        nonlocal n
        n += 1
        await render()
        await gate(name).wait()
    async def fail(name):
        nonlocal n
        n += 10
        await gate(name).wait()
        raise ValueError("no")
    def on_mount():
        log.append("mounted")
    t'''<p>{n}</p><button @click="wait('x')"></button><button @click="step('x')"></button>
        <button @click="show('x')"></button><button @click="fail('x')"></button>'''
"""


# Turns


async def test_jobs_run_one_after_another_in_the_order_in_which_they_came(tmp_path: Path) -> None:
    mount, _, log, gate = await page_of(tmp_path, WAITS)
    tasks = [begin(mount, "wait", "a"), begin(mount, "step", "b"), begin(mount, "wait", "c")]
    hook = asyncio.ensure_future(mount.connected())
    await settle()
    assert log == ["a begins"]
    gate("c").set()
    await settle()
    assert log == ["a begins"]
    gate("a").set()
    await asyncio.gather(*tasks, hook)
    assert log == ["a begins", "a ends", "b", "c begins", "c ends", "mounted"]


async def test_a_turn_that_is_given_to_somebody_who_is_just_cancelled_goes_on_to_the_next() -> None:
    mailbox, log = Mailbox(), []

    async def job(name: str) -> None:
        await mailbox.turn(name)
        log.append(name)

    mailbox.running = Rendering()
    first, second = (asyncio.ensure_future(job(name)) for name in "ab")
    await settle()
    assert mailbox.names_waiting() == ["a", "b"]
    mailbox.leave()
    first.cancel()
    await settle()
    assert (first.cancelled(), second.done(), log) == (True, True, ["b"])
    assert mailbox.names_waiting() == []


async def test_a_render_that_no_job_asked_for_shows_nothing_half_done(tmp_path: Path) -> None:
    mount, host, _, gate = await page_of(tmp_path, WAITS)
    task = begin(mount, "fail", "a")
    await settle()
    mount.root.invalidate()
    assert host.woken == 0
    assert await mount.changes() is None
    assert "<p>0</p>" in mount.html()
    gate("a").set()
    with pytest.raises(HandlerFailedError):
        await task
    await mount.changes()
    assert "<p>0</p>" in mount.html()


async def test_a_job_shows_what_is_half_done_where_it_says_so(tmp_path: Path) -> None:
    mount, host, _, gate = await page_of(tmp_path, WAITS)
    task = begin(mount, "show", "a")
    await settle()
    assert [change.patches for change in host.flushed] == [[{"path": "p/text", "value": "1"}]]
    gate("a").set()
    await task


async def test_a_handler_that_dirties_its_page_wakes_nobody(tmp_path: Path) -> None:
    mount, host, _, _ = await page_of(tmp_path, WAITS)
    await begin(mount, "step", "a")
    assert host.woken == 0
    assert mount.dirty


async def test_what_others_dirty_meanwhile_is_shown_after_a_job_that_is_no_event(tmp_path: Path) -> None:
    mount, host, log, _ = await page_of(tmp_path, WAITS)
    await mount.connected()
    assert log == ["mounted"]
    assert host.woken == 1


async def test_an_async_view_keeps_jobs_waiting(tmp_path: Path) -> None:
    source = """
@live
async def page():
    n = 0
    def step():
        nonlocal n
        n += 1
    t'<p @click="step">{n}</p>'
    await gate(n).wait()
    t'<b>{n}</b>'
"""
    component = one(tmp_path, BEFORE + source)
    gate = component.function.__globals__["gate"]
    gate(0).set()
    mount, _ = await mounted(component)
    await begin(mount, "step")
    rendering = asyncio.ensure_future(mount.changes())
    await settle()
    second = begin(mount, "step")
    await settle()
    assert not second.done()
    gate(1).set()
    assert (await rendering) is not None
    assert "<p>1</p><b>1</b>" in mount.html().replace(' @click="step"', "")
    await second


async def test_who_was_refused_a_render_is_woken_though_the_job_has_changed_nothing(tmp_path: Path) -> None:
    source = """
@live
def kid():
    async def on_unmount(): await gate("leave").wait()
    t'<p>kid</p>'
@live
def page():
    is_on = True
    def hide():
        nonlocal is_on
        is_on = False
    t'{is_on and t"<{kid} />"}<b @click="hide"></b>'
"""
    component = load_source(tmp_path, BEFORE + source)["page"]
    mount, host = await mounted(component)
    await begin(mount, "hide")
    await mount.changes()
    await settle()
    assert await mount.changes() is None, "the hook has its turn"
    assert host.woken == 0
    component.function.__globals__["gate"]("leave").set()
    await settle()
    assert host.woken == 1
    assert await mount.changes() == []


@pytest.mark.parametrize("ending", ["raises", "takes too long"])
async def test_what_others_dirty_while_a_view_fails_is_not_forgotten(tmp_path: Path, ending: str) -> None:
    source = """
@live
async def page():
    def step(): log.append("stepped")
    t'<p @click="step">{len(log)}</p>'
    if log == ["stepped"]:
        await gate("view").wait()
        raise ValueError("no")
"""
    mount, host, log, gate = await page_of(tmp_path, source)
    await begin(mount, "step")
    rendering = asyncio.ensure_future(mount.changes())
    await settle()
    log.append("by another page")
    mount.root.invalidate()
    assert host.woken == 0, "the render that runs may still see it"
    if ending == "raises":
        gate("view").set()
    else:
        rendering.cancel()
    await asyncio.wait([rendering])
    assert host.woken == 1
    await mount.changes()
    assert "2</p>" in mount.html()


async def test_waiting_until_a_page_can_be_shown(tmp_path: Path) -> None:
    mount, _, log, gate = await page_of(tmp_path, WAITS)
    first, second = begin(mount, "wait", "a"), begin(mount, "wait", "b")
    await settle()

    async def show() -> None:
        await mount.idle()
        assert await mount.changes() is not None
        log.append("shown")

    showing, third = asyncio.ensure_future(show()), begin(mount, "step", "c")
    await settle()
    gate("b").set()
    gate("a").set()
    await asyncio.gather(first, second, third, showing)
    assert log == ["a begins", "a ends", "b begins", "b ends", "shown", "c"]


# Ticks, tasks and hooks


TICKS = """
@live
def page():
    n = 0
    @every(1)
    async def tick():
        log.append("tick")
        await gate("tick").wait()
    @every(1)
    def quick():
        nonlocal n
        n += 1
        log.append("quick")
    async def wait():
        log.append("begins")
        await gate("wait").wait()
        log.append("ends")
    async def beside():
        nonlocal n
        n += 100
        log.append("beside")
        await render()
        log.append("marked")
    async def takes_turn():
        nonlocal n
        async with turn():
            log.append("turn begins")
            n += 1000
            await gate("turn").wait()
            log.append("turn ends")
    def start(): spawn(beside())
    def start_turn(): spawn(takes_turn())
    t'<p>{n}</p><b @click="wait"></b><b @click="start"></b><b @click="start_turn"></b>'
"""


class Sleeps:
    """In place of the timers' clock: they sleep until the test wakes them."""

    def __init__(self) -> None:
        self.sleepers: list[asyncio.Future[None]] = []

    async def sleep(self, _: float) -> None:
        self.sleepers.append(asyncio.get_running_loop().create_future())
        await self.sleepers[-1]

    async def wake(self, *numbers: int) -> None:
        sleepers, self.sleepers = self.sleepers, []
        for number, sleeper in enumerate(sleepers):
            if not numbers or number in numbers:
                sleeper.set_result(None)
            else:
                self.sleepers.append(sleeper)
        await settle()


async def test_a_tick_waits_for_a_handler_and_comes_once(tmp_path: Path) -> None:
    mount, _, log, gate = await page_of(tmp_path, TICKS)
    sleeps = Sleeps()
    mount.sleep = sleeps.sleep
    await mount.connected()
    await settle()
    gate("tick").set()
    handler = begin(mount, "wait")
    await settle()
    for _ in range(5):
        await sleeps.wake()
    assert log == ["begins"]
    gate("wait").set()
    await handler
    await settle()
    assert log == ["begins", "ends", "tick", "quick"]


async def test_a_handler_waits_for_a_tick(tmp_path: Path) -> None:
    mount, _, log, gate = await page_of(tmp_path, TICKS)
    sleeps = Sleeps()
    mount.sleep = sleeps.sleep
    await mount.connected()
    await settle()
    await sleeps.wake(0)
    handler = begin(mount, "wait")
    gate("wait").set()
    await settle()
    assert log == ["tick"]
    gate("tick").set()
    await handler
    assert log == ["tick", "begins", "ends"]


async def test_a_task_runs_beside_and_marks_what_it_wants_shown(tmp_path: Path) -> None:
    mount, host, log, gate = await page_of(tmp_path, TICKS)
    await begin(mount, "start")
    handler = begin(mount, "wait")
    await settle()
    assert log == ["begins", "beside", "marked"] or log == ["beside", "marked", "begins"]
    assert host.flushed == [] or log[0] == "beside"
    gate("wait").set()
    await handler
    await mount.changes()
    assert "<p>100</p>" in mount.html()


async def test_a_task_takes_a_turn_like_any_other_job(tmp_path: Path) -> None:
    mount, _, log, gate = await page_of(tmp_path, TICKS)
    handler = begin(mount, "wait")
    await settle()
    starting = begin(mount, "start_turn")
    gate("wait").set()
    await asyncio.gather(handler, starting)
    await settle()
    later = begin(mount, "wait")
    await settle()
    assert log == ["begins", "ends", "turn begins"]
    gate("turn").set()
    await later
    assert log == ["begins", "ends", "turn begins", "turn ends", "begins", "ends"]


HOOKS = """
@live
def kid(name):
    async def on_mount():
        log.append(f"{name} mounted")
        await gate(f"{name} mounts").wait()
    async def on_unmount():
        log.append(f"{name} unmounted")
    t'<{inner} name={name + "!"} />'
@live
def inner(name):
    def on_mount(): log.append(f"{name} mounted")
    def on_unmount(): log.append(f"{name} unmounted")
    t'<p>{name}</p>'
@live
def page():
    names = ["a"]
    async def replace(name):
        names[:] = [name]
        log.append("replaces")
        await render()
        log.append("has rendered")
        await gate("replace").wait()
    t'''{[t"<{kid} key={name} name={name} />" for name in names]}<b @click="replace('b')"></b>'''
"""


async def test_hooks_that_a_render_meets_are_later_jobs_inner_ones_first_at_the_end(tmp_path: Path) -> None:
    component = load_source(tmp_path, BEFORE + HOOKS)["page"]
    log, gate = component.function.__globals__["log"], component.function.__globals__["gate"]
    mount, _ = await mounted(component)
    gate("a mounts").set()
    await mount.connected()
    assert log == ["a mounted", "a! mounted"]
    del log[:]
    handler = begin(mount, "replace", "b")
    await settle()
    assert log == ["replaces", "has rendered"]
    gate("replace").set()
    await handler
    await settle()
    assert log[2:] == ["b! mounted", "b mounted"]
    gate("b mounts").set()
    await settle()
    assert log[4:] == ["a! unmounted", "a unmounted"]
    await mount.close()
    assert log[6:] == ["b! unmounted", "b unmounted"]


# Time


@pytest.mark.parametrize("kind", ["event", "tick", "hook", "turn"])
async def test_a_job_that_takes_too_long_is_stopped_and_undone(tmp_path: Path, kind: str) -> None:
    source = """
@live
def page():
    n, items = 0, []
    async def hang():
        nonlocal n
        n += 1
        items.append(1)
        try:
            await asyncio.Event().wait()
        finally:
            log.append("stopped")
    async def on_mount():
        if kind == "hook":
            await hang()
    @every(0.001)
    async def tick():
        if kind == "tick" and not log:
            await hang()
    async def _turn():
        async with turn():
            await hang()
    def start():
        if kind == "turn":
            spawn(_turn())
    def step():
        nonlocal n
        n += 100
    t'<p>{n} {items!r}</p><b @click="hang"></b><b @click="step"></b><b @click="start"></b>'
"""
    mount, host, log, _ = await page_of(tmp_path, f"kind = {kind!r}" + source)
    host.job_s = 0.02
    if kind == "event":
        with pytest.raises(HandlerTimeoutError, match="hang took too long"):
            await begin(mount, "hang")
    elif kind == "hook":
        with pytest.raises(HandlerTimeoutError, match="on_mount took too long"):
            await mount.connected()
    else:
        await mount.connected()
        await begin(mount, "start")
        await until(lambda: bool(host.errors))
        assert "took too long" in host.errors[0][0]
    assert log == ["stopped"]
    await begin(mount, "step")
    await mount.changes()
    assert "<p>100 []</p>" in mount.html()
    await mount.close()


async def test_time_counts_from_the_turn(tmp_path: Path) -> None:
    mount, host, log, gate = await page_of(tmp_path, WAITS)
    first = begin(mount, "wait", "a")
    await settle()
    host.job_s = 0.05
    second = begin(mount, "wait", "b")
    await asyncio.sleep(0.2)
    gate("a").set()
    await first
    gate("b").set()
    await second
    assert log[-1] == "b ends"


async def test_a_job_that_goes_on_although_it_is_stopped_is_stopped_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hyper.components.unit.STOP_AGAIN_S", 0.01)
    source = """
@live
def page():
    async def hang():
        while len(log) < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                log.append("asked")
    t'<b @click="hang"></b>'
"""
    mount, host, log, _ = await page_of(tmp_path, source)
    host.job_s = 0.01
    task = begin(mount, "hang")
    await task
    assert log == ["asked"] * 3
    assert task.cancelling() == 0


async def test_half_of_the_time_is_told_if_somebody_waits(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mount, host, _, _ = await page_of(tmp_path, WAITS)
    host.job_s = 0.02
    with caplog.at_level(logging.WARNING, "hyper"):
        with pytest.raises(HandlerTimeoutError):
            await begin(mount, "wait", "a")
        assert caplog.text == ""
        first, second = begin(mount, "wait", "a"), begin(mount, "step", "b")
        with pytest.raises(HandlerTimeoutError):
            await first
        await second
    (line,) = caplog.messages
    file = mount.root.component.compiled.file
    assert line.startswith(f"'wait' has been running for 0.01 s, at {file}:")
    number = int(line.split(f"{file}:")[1].split(",")[0])
    assert "gate(name).wait()" in Path(file).read_text().splitlines()[number - 1]
    assert "while others of its page wait: 'step'." in line


async def test_half_of_the_time_of_a_turn_is_told_with_its_place(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mount, host, _, _ = await page_of(tmp_path, TICKS)
    host.job_s = 0.02
    with caplog.at_level(logging.WARNING, "hyper"):
        await begin(mount, "start_turn")
        await settle()
        with contextlib.suppress(HandlerTimeoutError):
            await begin(mount, "wait")
    line = next(line for line in caplog.messages if line.startswith("'turn() in page'"))
    file = mount.root.component.compiled.file
    number = int(line.split(f"{file}:")[1].split(",")[0])
    assert 'gate("turn").wait()' in Path(file).read_text().splitlines()[number - 1]


# The end of a page


async def test_the_end_refuses_what_waits_and_stops_what_runs(tmp_path: Path) -> None:
    mount, _, log, _ = await page_of(tmp_path, WAITS)
    first, second = begin(mount, "fail", "a"), begin(mount, "step", "b")
    await settle()
    await mount.close()
    for task in (first, second):
        with pytest.raises(UnknownComponentError):
            await task
    assert log == []
    assert first.cancelling() == 0
    with pytest.raises(UnknownComponentError):
        await begin(mount, "step", "c")
    with pytest.raises(PageClosedError):
        await mount.mailbox.turn("late")


@pytest.mark.parametrize("hook", ["on_mount", "on_unmount"])
async def test_the_end_stops_hooks_too_and_runs_the_others(tmp_path: Path, hook: str) -> None:
    source = f"""
@live
def kid():
    async def {hook}():
        log.append("hangs")
        await gate("never").wait()
    t'<p>kid</p>'
@live
def page():
    is_on = True
    def hide():
        nonlocal is_on
        is_on = False
    def on_unmount(): log.append("unmounted")
    t'{{is_on and t"<{{kid}} />"}}<b @click="hide"></b>'
"""
    component = load_source(tmp_path, BEFORE + source)["page"]
    log = component.function.__globals__["log"]
    mount, host = await mounted(component)
    host.job_s = 0.05
    connecting = asyncio.ensure_future(mount.connected())
    await settle()
    if hook == "on_unmount":
        await begin(mount, "hide")
        await mount.changes()
        await settle()
    assert log == ["hangs"]
    await mount.close()
    assert log == ["hangs", "unmounted"]
    await connecting


# What waits for itself


@pytest.mark.parametrize("name", ["nests", "waits", "gathers", "waits_first"])
async def test_a_job_that_waits_for_its_own_page_is_refused(tmp_path: Path, name: str) -> None:
    source = """
@live
def page():
    n = 0
    async def _take():
        async with turn():
            log.append("turn")
    async def nests():
        async with turn():
            log.append("never")
    async def waits():
        await spawn(_take())
    async def waits_first():
        task = spawn(_take())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await task
    async def gathers():
        await asyncio.gather(_take())
    t'{n}<b @click="nests"></b><b @click="waits"></b><b @click="gathers"></b><b @click="waits_first"></b>'
"""
    mount, host, log, _ = await page_of(tmp_path, source)
    async with asyncio.timeout(10):
        (error,) = await asyncio.gather(begin(mount, name), return_exceptions=True)
    causes = [str(error.__cause__)] if isinstance(error, HandlerFailedError) else []
    told = [*causes, *[text for text, _ in host.errors]][0]
    assert "turn" in told
    assert "never" not in log
    await mount.close()


async def test_a_turn_in_a_turn_is_refused(tmp_path: Path) -> None:
    source = """
@live
def page():
    async def _take():
        async with turn():
            async with turn():
                log.append("never")
    def start(): spawn(_take())
    t'<b @click="start"></b>'
"""
    mount, host, log, _ = await page_of(tmp_path, source)
    await begin(mount, "start")
    await until(lambda: bool(host.errors))
    assert "leave out async with turn()" in host.errors[0][0]
    assert log == []


# Whose context


language: ContextVar[str] = ContextVar("language", default="none")

SPEAKS = """
from contextvars import ContextVar
from tests.hyper.components.test_mailbox import language
names = shared([])
@live
def page(is_async: bool = False):
    n = 0
    heard = []
    def add(name):
        names.append(name)
        broadcast()
    def say():
        heard.append(language.get())
    async def later():
        await asyncio.sleep(0)
        heard.append("task " + language.get())
    def start(): spawn(later())
    @every(1)
    def tick(): heard.append("tick " + language.get())
    def on_mount(): heard.append("mount " + language.get())
    def on_unmount(): log.append("unmount " + language.get())
    def change():
        language.set("changed")
        heard.append(language.get())
    t'''<p>{language.get()} {len(names)} {heard!r}</p><b @click="add('x')"></b><b @click="say"></b><b @click="start"></b>
        <b @click="change"></b>'''
"""


async def spoken(folder: Path, words: list[str]) -> list[tuple[PageMount, RecordingHost]]:
    """Pages, each mounted under its own word."""
    component = load_source(folder, BEFORE + SPEAKS)["page"]
    pages = []
    for word in words:
        token = language.set(word)
        pages.append(await mounted(component))
        language.reset(token)
    return pages


async def test_a_page_runs_in_the_context_in_which_it_was_mounted(tmp_path: Path) -> None:
    (english, _), (german, _) = await spoken(tmp_path, ["en", "de"])
    sleeps = Sleeps()
    for mount, word in ((english, "somebody's"), (german, "another's")):
        mount.sleep = sleeps.sleep
        language.set(word)
        await mount.connected()
        await begin(mount, "say")
        await begin(mount, "start")
        await settle()
    await sleeps.wake()
    await begin(english, "add", "x")  # broadcasts: the other page is rendered by this one
    for mount in (english, german):
        await mount.changes()
    assert "<p>en 1 ['mount en', 'en', 'task en', 'tick en']</p>" in english.html()
    assert "<p>de 1 ['mount de', 'de', 'task de', 'tick de']</p>" in german.html()
    await german.close()
    assert german.root.component.function.__globals__["log"] == ["unmount de"]
    await english.close()


async def test_what_a_job_sets_is_seen_by_nobody_else(tmp_path: Path) -> None:
    ((mount, _),) = await spoken(tmp_path, ["en"])
    await begin(mount, "change")
    await begin(mount, "say")
    await mount.changes()
    assert "<p>en 0 ['changed', 'en']</p>" in mount.html()
    assert language.get() != "changed"


async def test_what_setup_sets_is_the_pages(tmp_path: Path) -> None:
    source = """
from tests.hyper.components.test_mailbox import language
@live
def page():
    language.set("set up")
    def say(): log.append(language.get())
    t'<b @click="say">{language.get()}</b>'
"""
    mount, _, log, _ = await page_of(tmp_path, source)
    await begin(mount, "say")
    assert log == ["set up"]
    assert ">set up</b>" in mount.html()
    assert language.get() != "set up"
