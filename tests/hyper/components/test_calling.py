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
    t'<p>{count}</p><button @click="increment" @keydown="increment(5)">+</button>{t"<b @click='fail' @keydown='fail(5)'>x</b>"}'
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
    with pytest.raises(BadArgumentError, match="increment is not called with 2 arguments by this page"):
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
    assert error.value.message == "id: Please fill this in."
    assert error.value.__notes__ == [f"in a call of todos.delete, bound at {file}:7"]
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "=size", ["many"], {})
    assert error.value.__notes__ == [f'in a call of @bind="size" in todos, bound at {file}:8']


async def test_what_is_bound_in_bare_html_has_no_place(tmp_path: Path) -> None:
    source = """
        from markupsafe import Markup
        @live
        def raw():
            def add(count: int): pass
            return Markup('<b @click="add">x</b>')
        """
    mount, _ = await mounted(one(tmp_path, source))
    with pytest.raises(BadArgumentError) as error:
        await mount.call("m", "add", None, {})
    assert error.value.__notes__ == ["in a call of raw.add"]


async def test_hooks_and_private_functions_are_not_called_whatever_the_page_binds(tmp_path: Path) -> None:
    source = """
        from markupsafe import Markup
        @live
        def raw():
            def on_mount(): pass
            def on_unmount(): pass
            def _private(): pass
            def seen(): pass
            names = ["on_mount", "on_unmount", "_private", "seen"]
            return Markup("".join(f'<b @click="{name}">x</b>' for name in names))
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


async def test_a_handler_without_parameters_refuses_arguments(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, COUNTER), start=3)
    with pytest.raises(BadArgumentError, match="1 arguments for 0 parameters"):
        await mount.call("m", "fail", [1], {})
    assert mount.root.cells()["count"].cell_contents == 3


ATTACKED = """
@live
def inner(on_pick, children=None, is_open=True):
    def own(): pass
    def unbound(): pass
    t'<i @click={on_pick}>pick</i><i @click="own">own</i>{children if is_open else None}'

@live
def page():
    step = 0
    typed = "x"
    called = []
    def pick():
        called.append("pick")
    def save():
        called.append("save")
    def next():
        nonlocal step
        step += 1
    def never():
        called.append("never")
    def _private():
        called.append("_private")
    def on_mount():
        called.append("on_mount")
    t'''<b @click="next">{step}</b>
    <{inner} on_pick={pick} is_open={step == 1}><b @click="save">save</b></{inner}>
    {step < 2 and t"<input @bind='typed'>"}'''
"""

ALWAYS_REFUSED = [
    ("m", "pick"),  # given to the nested component, and bound there only
    ("m", "save"),  # in content: it is bound where the content is shown
    ("m", "own"),
    ("m", "never"),
    ("m", "_private"),
    ("m", "on_mount"),
    ("m", "^next"),
    ("m", "^^next"),
    ("m", "=step"),
    ("m", "=called"),
    ("m", "typed"),
    ("m", "next^"),
    ("m", " next"),
    ("m.1", "pick"),
    ("m.1", "save"),
    ("m.1", "next"),
    ("m.1", "^next"),
    ("m.1", "^never"),
    ("m.1", "^_private"),
    ("m.1", "^on_mount"),
    ("m.1", "^own"),
    ("m.1", "^^pick"),
    ("m.1", "pick^"),
    ("m.1", "unbound"),
    ("m.1", "=typed"),
    ("m.1", "^=typed"),
    ("m.2", "own"),
    ("", "next"),
    ("m.", "next"),
]
"""Whatever the page shows."""
ATTACKS = {
    0: [*ALWAYS_REFUSED, ("m.1", "^save")],
    1: ALWAYS_REFUSED,
    2: [*ALWAYS_REFUSED, ("m.1", "^save"), ("m", "=typed")],
}
"""By the step of the page: what it does not show then."""


@pytest.mark.parametrize("is_frozen", [False, True])
async def test_nothing_can_be_called_but_what_the_page_shows_at_the_moment(
    tmp_path: Path, is_frozen: bool
) -> None:
    mount, _ = await mounted(load_source(tmp_path, ATTACKED)["page"])
    called = mount.root.cells()["called"].cell_contents
    for step, attacks in ATTACKS.items():
        assert mount.root.cells()["step"].cell_contents == step
        for component_id, event in attacks:
            for args in (None, [], ["x"]):
                if is_frozen:
                    mount.freeze()
                with pytest.raises((UnknownEventError, UnknownComponentError)):
                    await mount.call(component_id, event, args, {"_target": "typed"} if args is None else {})
        assert called == []
        await mount.call("m.1", "^pick", [], {})
        await mount.call("m.1", "own", [], {})
        if step == 1:
            await mount.call("m.1", "^save", [], {})
        if step < 2:
            await mount.call("m", "=typed", [f"step {step}"], {})
        assert called == (["pick", "save"] if step == 1 else ["pick"])
        called.clear()
        await mount.call("m", "next", [], {})
        await mount.changes()
    assert mount.root.cells()["typed"].cell_contents == "step 1"


async def test_a_closed_page_and_closed_components_are_called_no_more(tmp_path: Path) -> None:
    mount, _ = await mounted(load_source(tmp_path, ATTACKED)["page"])
    await mount.close()
    for component_id, event in (("m", "next"), ("m.1", "^pick"), ("m.1", "own")):
        with pytest.raises(UnknownComponentError):
            await mount.call(component_id, event, [], {})


async def test_a_refused_call_of_an_outer_handler_renders_both_components_again(tmp_path: Path) -> None:
    source = ATTACKED.replace("def pick():", "def pick(n: int):")
    mount, _ = await mounted(load_source(tmp_path, source)["page"])
    with pytest.raises(BadArgumentError):
        await mount.call("m.1", "^pick", ["many"], {}, [("i", "typed")])
    child = mount.mounted["m.1"]
    assert child.reported == ()
    assert child.is_dirty
    assert mount.root.is_dirty
