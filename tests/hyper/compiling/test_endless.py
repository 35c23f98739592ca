"""A hook or a timer that never ends is told when the file is loaded; one that may end is not."""

from __future__ import annotations

import textwrap
import warnings
from pathlib import Path

import pytest

from hyper.errors import ComponentWarning
from hyper.testing.sources import load_source

HEAD = """
import asyncio, math, hyper
from hyper import every
from asyncio import Event, Future, sleep, timeout
from math import inf
class Own:
    async def wait(self): pass
"""

ENDLESS = [
    "while True: await work()",
    "while 1: await work()",
    "while True:\n    if n:\n        await work()\n    else:\n        await sleep(1)",
    "while True:\n    for i in range(3):\n        if i: break\n    await work()",
    "while True:\n    try:\n        await work()\n    except ValueError:\n        pass",
    "while True:\n    def inner(): return 5\n    await work()",
    "if n:\n    while True: await work()",
    "await work()\nawait asyncio.Event().wait()",
    "await Event().wait()",
    "await asyncio.Future()",
    "await asyncio.sleep(math.inf)",
    "await sleep(inf)",
    "await sleep(float('inf'))",
    "await watch()",
    "await watch_watch()",
]
MAY_END = [
    "while True:\n    if n: break\n    await work()",
    "while True:\n    if n: return\n    await work()",
    "while True:\n    if n: raise ValueError\n    await work()",
    "while True:\n    for i in range(3): pass\n    else: break\n    await work()",
    "while True:\n    try:\n        await work()\n    except ValueError:\n        return",
    "while n: await work()",
    "while False: await work()",
    "async with timeout(5):\n    while True: await work()",
    "async with timeout(5): await Event().wait()",
    "try:\n    while True: await work()\nexcept ValueError: pass",
    "await asyncio.wait_for(Event().wait(), 5)",
    "event = Event()\nspawn_it(event)\nawait event.wait()",
    "await Own().wait()",
    "await sleep(5)",
    "await sleep(n)",
    "await sleep(float(n))",
    "await gone()",
    "await rounds()",
    "task = watch()\ntask.close()",
    "async def inner():\n    while True: await work()\ninner()",
    "spawn_it(watch())",
    "sleep = work\nawait sleep(inf)",
    "await Future(5)",
]


def told(folder: Path, body: str, head: str = "async def on_mount():") -> list[warnings.WarningMessage]:
    """The warnings of a component with this hook."""
    source = f"""{HEAD}
def spawn_it(work): pass
@live
def page(n: int = 0, Future=None):
    {head}
{textwrap.indent(body, "        ")}
    async def work(): pass
    async def watch():
        while True: await work()
    async def watch_watch(): await watch()
    async def rounds(): await more_rounds()
    async def more_rounds(): await rounds()
    @spawn_it
    async def gone():
        while True: await work()
    t"<p>{{n}}</p>"
"""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ComponentWarning)
        load_source(folder, source)
    return caught


@pytest.mark.parametrize("body", ENDLESS)
def test_what_never_ends_is_told_with_its_line(tmp_path: Path, body: str) -> None:
    (warning,) = told(tmp_path, body)
    assert "spawn(…)" in str(warning.message)
    line = Path(warning.filename).read_text().splitlines()[warning.lineno - 1]
    assert any(word in line for word in ("while", "await"))
    assert Path(warning.filename).name == "page.py"


@pytest.mark.parametrize("body", MAY_END)
def test_what_may_end_is_no_mistake(tmp_path: Path, body: str) -> None:
    assert told(tmp_path, body) == []


@pytest.mark.parametrize("body", ["while True: await work()", "await watch()", "await Event().wait()"])
@pytest.mark.parametrize(
    "head",
    ["async def on_unmount():", "@every(1)\n    async def tick():", "@hyper.every(1)\n    async def tick():"],
)
def test_all_that_the_page_waits_for_is_looked_at(tmp_path: Path, head: str, body: str) -> None:
    (warning,) = told(tmp_path, body, head)
    assert "spawn(…)" in str(warning.message)


def test_a_function_for_a_task_is_not(tmp_path: Path) -> None:
    assert told(tmp_path, ENDLESS[0], "async def handler():") == []
