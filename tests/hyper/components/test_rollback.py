"""A handler that fails has changed nothing, as far as is promised."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from hyper.components.rollback import MAX_ENTRIES, FunctionWrapper, SavedState
from hyper.testing import Page, mount
from hyper.testing.sources import one


def changer(state: Any) -> Any:
    return lambda: state


def test_containers_in_containers_are_put_back_as_they_were() -> None:
    inner = {"a": [1, 2], "b": {3}}
    outer = [inner, inner, "x"]
    before = SavedState(changer(outer))
    inner["a"].append(3)  # type: ignore[union-attr]
    inner["b"].clear()  # type: ignore[union-attr]
    inner["c"] = []
    outer.reverse()
    before.restore()
    assert outer == [inner, inner, "x"]
    assert outer[0] is inner
    assert inner == {"a": [1, 2], "b": {3}}


def test_order_is_put_back_too() -> None:
    table = {"a": 1, "b": 2}
    before = SavedState(changer(table))
    table["a"] = table.pop("a")
    before.restore()
    assert list(table) == ["a", "b"]


def test_functions_reach_what_their_functions_reach() -> None:
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    before = SavedState(lambda: add())
    add()
    before.restore()
    assert count == 0


def test_functions_reach_what_the_functions_in_wrappers_reach() -> None:
    count = 0

    def add() -> None:
        nonlocal count
        count += 1

    class Wrapper(FunctionWrapper):
        __slots__ = ()

    wrapped = [Wrapper(add)]  # type: ignore[arg-type]
    before = SavedState(lambda: wrapped)
    add()
    before.restore()
    assert count == 0


def test_variables_without_a_value_are_left_alone() -> None:
    def function() -> object:
        return later

    before = SavedState(function)
    later = 5
    before.restore()
    assert later == 5
    assert not before.cells


def test_a_container_that_holds_itself_is_copied_once() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    before = SavedState(changer(loop))
    assert before.copied == 2
    loop.clear()
    before.restore()
    assert loop[1] is loop


def test_what_is_too_large_is_left_alone_and_costs_nothing() -> None:
    large = list(range(MAX_ENTRIES + 1))
    small = [0]
    before = SavedState(changer([large, small]))
    assert before.copied == 3
    large.append(0)
    small.append(0)
    before.restore()
    assert (len(large), len(small)) == (MAX_ENTRIES + 2, 1)


def test_no_more_is_copied_than_the_limit() -> None:
    rows = [{"n": n, "on": False} for n in range(MAX_ENTRIES)]
    assert SavedState(changer(rows)).copied == MAX_ENTRIES
    assert SavedState(changer(rows[: MAX_ENTRIES // 3])).copied <= MAX_ENTRIES


def test_a_variable_without_a_value_is_no_obstacle() -> None:
    def read() -> object:
        return late  # noqa: F821

    before = SavedState(read)
    late = 1
    del late
    before.restore()


STATE = """
import asyncio
from hyper.errors import Invalid
from hyper.components.tasks import every
@live
def page():
    items = [{{"done": False}}]
    n = 0
    def change():
        nonlocal n
        n += 1
        items[0]["done"] = True
        items.append({{}})
    def fail():
        change()
        raise ValueError("no")
    async def fail_later():
        change()
        await asyncio.sleep(0)
        raise ValueError("no")
    def invalid():
        change()
        raise Invalid(n="no")
    async def hang():
        change()
        await asyncio.Event().wait()
    {extra}
    def look(): pass
    t'''{{[t"<button id={{name}} @click={{handler}}>x</button>" for name, handler in
        dict(fail=fail, later=fail_later, invalid=invalid, hang=hang, look=look).items()]}}<p>{{n}} {{items!r}}</p>'''
"""
BEFORE = "0 [{'done': False}]"
AFTER = "1 [{'done': True}, {}]"


def shown(folder: Path, extra: str = "") -> Page:
    return mount(one(folder, STATE.format(extra=extra)))


@pytest.mark.parametrize("css", ["#fail", "#later"])
def test_a_handler_that_fails_leaves_the_state_as_it_was(tmp_path: Path, css: str) -> None:
    page = shown(tmp_path)
    with pytest.raises(ValueError, match="no"):
        page.click(css)
    page.click("#look")
    assert page.text("p") == BEFORE


def test_what_a_handler_found_invalid_is_undone_too(tmp_path: Path) -> None:
    page = shown(tmp_path)
    with pytest.raises(Exception, match="no"):
        page.click("#invalid")
    assert page.text("p") == BEFORE


def test_beside_other_work_everything_is_put_back(tmp_path: Path) -> None:
    page = shown(tmp_path, "every(60)(change)")
    with pytest.raises(ValueError, match="no"):
        page.click("#later")
    assert page.text("p") == BEFORE


async def test_a_handler_that_is_stopped_leaves_the_state_as_it_was(tmp_path: Path) -> None:
    mounted = await one(tmp_path, STATE.format(extra="")).mount_for("m", {})
    task = asyncio.ensure_future(mounted.call("m", "hang", [], {}))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await mounted.changes()
    assert f"<p>{BEFORE}</p>" in mounted.html()


def test_a_form_whose_handler_fails_keeps_what_was_typed(tmp_path: Path) -> None:
    source = """
@live
def page():
    tries = 0
    def save(text: str):
        if text == "bad":
            raise ValueError("no")
    t'<form @submit="save"><input name="text" value=""></form>'
"""
    page = mount(one(tmp_path, source))
    with pytest.raises(ValueError, match="no"):
        page.submit("form", text="bad")
    assert page.value("input") == "bad"
    page.submit("form", text="good")
    assert page.value("input") == ""


def test_what_was_included_is_renewed_too() -> None:
    one, other = 0, 0

    def first() -> int:
        return one

    def second() -> int:
        return other

    saved = SavedState(first)
    saved.include(second)
    saved.include(second)
    one = other = 1
    saved = saved.renewed()
    one = other = 2
    saved.restore()
    assert (one, other) == (1, 1)
    assert len(saved.functions) == 2
