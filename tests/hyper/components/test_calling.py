from __future__ import annotations

from pathlib import Path

import pytest

from hyper.testing.sources import load_source, one
from hyper.transport.component import (
    BadArgumentError,
    HandlerFailedError,
    UnknownComponentError,
    UnknownEventError,
)

from ..mounts import Shown, mounted

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


async def test_arguments_that_do_not_fit_are_told_with_the_handler_and_where_it_is_bound(
    tmp_path: Path,
) -> None:
    source = """
        @live
        def todos():
            size = 1
            def delete(id: int): pass
            t'''<ul>
            <li><button @click="delete">x</button></li>
            </ul><input @bind="size">'''
        """
    mount, _ = await mounted(one(tmp_path, source))
    file = tmp_path / "page.py"
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "delete", None, {})
    assert error.value.message == "id: Field required"
    assert error.value.__notes__ == [f"in a call of todos.delete, bound at {file}:7"]
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "=size", ["many"], {})
    assert error.value.__notes__ == [f'in a call of @bind="size" in todos, bound at {file}:8']


async def test_what_is_bound_in_bare_html_has_no_place(tmp_path: Path) -> None:
    source = """
        @live
        def raw():
            def add(count: int): pass
            return '<b @click="add">x</b>'
        """
    mount, _ = await mounted(one(tmp_path, source))
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "add", None, {})
    assert error.value.__notes__ == ["in a call of raw.add"]


async def test_hooks_and_private_functions_are_not_called_whatever_the_page_binds(tmp_path: Path) -> None:
    source = """
        @live
        def raw():
            def on_mount(): pass
            def on_unmount(): pass
            def _private(): pass
            def seen(): pass
            names = ["on_mount", "on_unmount", "_private", "seen"]
            return "".join(f'<b @click="{name}">x</b>' for name in names)
        """
    mount, _ = await mounted(one(tmp_path, source))
    for name in ("on_mount", "on_unmount", "_private"):
        with pytest.raises(UnknownEventError):
            await mount.call("m", name, [], {})
    await mount.call("m", "seen", [], {})


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
