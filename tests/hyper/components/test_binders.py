"""Events are compared with how the page calls its handlers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.components.page import PageMount
from hyper.testing.sources import load_source, one
from hyper.transport.component import BadArgumentError

from ..mounts import mounted

PAGE = """
@live
def page(big=2**60):
    seen = []
    def bare(a=None, b=None): seen.append(("bare", a, b))
    def pay(amount=None, discount=0): seen.append(("pay", amount, discount))
    def pick(value=None): seen.append(("pick", value))
    def mixed(value=None, other=None): seen.append(("mixed", value, other))
    def given(value=None, other=None): seen.append(("given", value, other))
    t'''<b @click="bare">x</b><b @click="$hide('#a'); pay({big})">x</b><b @pick="pick(event.detail)">x</b>
    <b @click="mixed({big}, value)" @pick="mixed(event.detail)">x</b><b @click="{given}({big})">x</b>'''
"""

BIG = {"$int": str(2**60)}


async def seen_after(mount: PageMount, *event: Any) -> list[Any]:
    name, args, *params = event
    await mount.call("m", name, args, params[0] if params else {})
    seen: list[Any] = mount.root.cells()["seen"].cell_contents
    return seen


@pytest.mark.parametrize(
    ("event", "seen"),
    [
        (("bare", None, {"a": "1"}), ("bare", "1", None)),
        (("bare", []), ("bare", None, None)),
        (("pay", [5]), ("pay", 5, 0)),
        (("pay", [BIG]), ("pay", 2**60, 0)),
        (("pay", [{"$float": "-0.0"}]), ("pay", -0.0, 0)),
        (("pick", [BIG]), ("pick", BIG)),
        (("pick", [[BIG]]), ("pick", [BIG])),
        (("mixed", [BIG]), ("mixed", BIG, None)),
        (("mixed", [BIG, BIG]), ("mixed", 2**60, BIG)),
        (("mixed", [BIG, "x"]), ("mixed", 2**60, "x")),
        (("given", [BIG]), ("given", 2**60, None)),
    ],
)
async def test_only_literals_of_the_page_are_numbers_in_their_other_form(
    tmp_path: Path, event: Any, seen: Any
) -> None:
    mount, _ = await mounted(one(tmp_path, PAGE))
    assert await seen_after(mount, *event) == [seen]


@pytest.mark.parametrize(
    ("name", "args", "said"),
    [
        ("bare", [1], "one argument"),
        ("bare", [1, 2], "2 arguments"),
        ("pay", [], "0 arguments"),
        ("pay", [5, 100], "2 arguments"),
        ("mixed", [1, 2, 3], "3 arguments"),
        ("given", [1, 2], "2 arguments"),
    ],
)
async def test_no_parameter_is_filled_by_position_unless_the_page_does_it(
    tmp_path: Path, name: str, args: list[object], said: str
) -> None:
    mount, _ = await mounted(one(tmp_path, PAGE))
    with pytest.raises(BadArgumentError, match=f"{name} is not called with {said} by this page"):
        await mount.call("m", name, args, {})
    assert mount.root.cells()["seen"].cell_contents == []


@pytest.mark.parametrize("number", ["nan", "inf", "-inf", "1e999"])
@pytest.mark.parametrize("kind", ["$float", "$decimal"])
async def test_a_number_that_is_not_finite_needs_an_annotation(
    tmp_path: Path, number: str, kind: str
) -> None:
    if (kind, number) == ("$decimal", "1e999"):
        return
    mount, _ = await mounted(one(tmp_path, PAGE))
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "pay", [{kind: number}], {})
    assert error.value.fields == {"amount": "Please enter a number."}


NESTED = """
@live
def inner(on_pick, children=None):
    t'<b @click="{on_pick}({2**60})">x</b>{children}'

@live
def page():
    seen = []
    def pick(value): seen.append(value)
    def save(value): seen.append(value)
    t'<{inner} on_pick={pick}><b @click="save({2**61})">x</b><b @click="{save}({2**62})">x</b></{inner}>'
"""


async def test_handed_in_handlers_are_called_as_the_inner_component_says(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, NESTED)["page"])
    seen = mount.root.cells()["seen"].cell_contents
    await mount.call("m.1", "^pick", [BIG], {})
    await mount.call("m.1", "^save", [BIG], {})
    assert seen == [2**60, 2**60]
    for name in ("^pick", "^save"):
        with pytest.raises(BadArgumentError):
            await mount.call("m.1", name, [1, 2], {})


BOUND = """
@live
def page():
    name = ""
    level: float = 0.0
    picks = []
    done = False
    t'''<input @bind="name"><input @bind="level"><input type="CHECKBOX" value="a" @bind="picks">
    <input type="checkbox" @bind="done">'''
"""


@pytest.mark.parametrize(
    ("event", "args", "params"),
    [
        ("=name", None, {"value": "x"}),
        ("=name", [], {}),
        ("=name", [True, "x"], {}),
        ("=level", ["nan"], {}),
        ("=level", [{"$float": "1.0"}], {}),
        ("=picks", [1, "x"], {}),
        ("=picks", [True, {"any": "json"}], {}),
        ("=picks", [True, "a", "b"], {}),
    ],
)
async def test_bound_variables_take_what_a_control_says(
    tmp_path: Path, event: str, args: Any, params: Any
) -> None:
    mount, _ = await mounted(one(tmp_path, BOUND))
    with pytest.raises(BadArgumentError):
        await mount.call("m", event, args, params)
    cells = mount.root.cells()
    assert [cells[name].cell_contents for name in ("name", "level", "picks", "done")] == ["", 0.0, [], False]
    await mount.call("m", "=picks", [True, "a"], {})
    await mount.call("m", "=done", [True, "on"], {})
    await mount.call("m", "=level", ["1.5"], {})
    assert [cells[name].cell_contents for name in ("level", "picks", "done")] == [1.5, ["a"], True]


BOTH = """
@live
def page():
    seen = []
    def add(a=None, b=None): seen.append((a, b))
    t'<b @click="add" @keydown="{add}({2**60}, b)" @input="add(a)">x</b>'
"""


async def test_a_template_may_call_a_handler_by_name_and_as_a_slot(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, BOTH))
    for args in (None, [], [1], [BIG, "x"]):
        await mount.call("m", "add", args, {})
    with pytest.raises(BadArgumentError):
        await mount.call("m", "add", [1, 2, 3], {})
    assert mount.root.cells()["seen"].cell_contents == [(None, None), (None, None), (1, None), (2**60, "x")]
