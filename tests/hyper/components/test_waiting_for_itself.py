"""A job that waits for another job of its own page is refused, in words that say what to do instead."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from hyper.errors import ComponentError
from hyper.testing import Page, mount
from hyper.testing.sources import load_source

SOURCE = """
import asyncio
from hyper.components.jobs import turn
from hyper.components.tasks import every, spawn
place = {place!r}
@live
def kid(on_take):
    async def inner_awaits(): await on_take()
    def inner_calls(): on_take()
    async def _work(): await on_take()
    def inner_spawns(): spawn(_work())
    def inner_spawns_it(): spawn(on_take())
    t'''<b @click="inner_awaits">inner_awaits</b><b @click="inner_calls">inner_calls</b>
    <b @click="inner_spawns">inner_spawns</b><b @click="inner_spawns_it">inner_spawns_it</b>'''
@live
def page():
    n, m = 0, 0
    async def _take():
        nonlocal n
        async with turn():
            n += 1
    async def _take_later():
        await asyncio.sleep(0)
        await _take()
    async def _nest():
        nonlocal m
        async with turn():
            m += 1
            await _take()
    async def nests():
        nonlocal m
        m += 1
        await _take()
    async def awaits():
        nonlocal m
        m += 1
        await spawn(_take())
    async def awaits_later():
        nonlocal m
        m += 1
        await spawn(_take_later())
    async def gathers():
        nonlocal m
        m += 1
        await asyncio.gather(_take(), _take_later())
    def spawns():
        nonlocal m
        m += 1
        spawn(_take())
    def spawns_nest(): spawn(_nest())
    async def on_mount():
        if place == "mount": await nests()
        if place == "mount awaits": await awaits()
    @every(1)
    async def tick():
        if place == "tick": await nests()
        if place == "tick awaits": await awaits()
    async def take(): await _take()
    t'''<p>{{n}} {{m}}</p>
    {{[t'<b @click={{f}}>{{f.__name__}}</b>' for f in (nests, awaits, awaits_later, gathers, spawns, spawns_nest)]}}
    <{{kid}} on_take={{take}} />'''
"""
HAS_IT = r"turn\(\) in page: a job of this page is running here already, so it has the turn; leave out"
FOR_EVER = (
    r"turn\(\) in page waits for its turn on the page, and {}, whose turn it is, waits for .*spawn\(…\)"
)


def page_of(folder: Path, place: str = "") -> Page:
    return mount(load_source(folder, textwrap.dedent(SOURCE.format(place=place)))["page"])


REFUSED = {
    "nests": HAS_IT,
    "gathers": HAS_IT,
    "awaits": FOR_EVER.format("awaits"),
    "awaits_later": FOR_EVER.format("awaits_later"),
    "spawns_nest": HAS_IT,
    "inner_awaits": HAS_IT,
    "inner_calls": HAS_IT,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_handler_that_waits_for_its_own_page_is_refused(tmp_path: Path, name: str) -> None:
    """It is undone if it takes the turn itself. A task that it awaits fails alone, as tasks do, and the page goes on."""
    page = page_of(tmp_path)
    with pytest.raises(Exception, match=REFUSED[name]) as error:
        page.click("b", name)
    assert isinstance(error.value, ComponentError)
    done = int(name.startswith("awaits"))
    assert page.text("p") == f"0 {done}"
    page.click("b", "spawns")
    page.settle()
    assert page.text("p") == f"1 {done + 1}"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("mount", HAS_IT),
        ("mount awaits", FOR_EVER.format("on_mount")),
        ("tick", HAS_IT),
        ("tick awaits", FOR_EVER.format("tick")),
    ],
)
def test_a_hook_and_a_timer_that_wait_for_their_own_page_are_refused(
    tmp_path: Path, place: str, told: str
) -> None:
    with pytest.raises(ComponentError, match=told):
        page_of(tmp_path, place).advance(1)


@pytest.mark.parametrize("name", ["spawns", "inner_spawns", "inner_spawns_it"])
def test_a_task_may_take_a_turn_whosever_function_it_runs(tmp_path: Path, name: str) -> None:
    page = page_of(tmp_path)
    page.click("b", name)
    page.settle()
    assert page.text("p").startswith("1 ")
