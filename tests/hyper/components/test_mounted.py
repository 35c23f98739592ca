from __future__ import annotations

from pathlib import Path

import pytest

from hyper.errors import ComponentError
from hyper.testing.sources import load_source, one
from hyper.transport.component import (
    UnknownEventError,
)

from ..mounts import Shown, mounted


async def test_a_default_that_can_be_changed_belongs_to_one_mount(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from dataclasses import dataclass
        NOTHING = object()
        @dataclass
        class Cup:
            full: int = 0
        @live
        def page(items=[], seen={"all": set()}, given=None, cup: Cup = Cup(), nothing: object = NOTHING):
            def add():
                items.append("x")
                seen["all"].add("x")
                given.append("x")
                cup.full += 1
                assert nothing is NOTHING
            t'<p @click="add">{len(items)} {len(seen["all"])} {len(given)} {cup.full}</p>'
        """,
    )
    mine: list[str] = []
    for number in (1, 2):
        mount = await component.mount_for("m", {"given": mine})
        assert f"0 0 {number - 1} 0" in mount.html()
        await mount.call("m", "add", [], {})
        await mount.changes()
        assert f"1 1 {number} 1" in mount.html()


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
    <i @click="add(value)">a</i><i @click="relabel">r</i>'''
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


async def test_a_view_that_returns_a_string_is_parsed_and_compared(tmp_path: Path) -> None:
    component = one(
        tmp_path,
        """
        from markupsafe import Markup
        @live
        def page():
            items = ["a", "b", "c"]
            def drop(): items.pop(0)
            return Markup("<ul>" + "".join(f"<li>{item}</li>" for item in items) + "</ul><p @click='drop'>x</p>")
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
    fields = [
        ("form/input[1]/@value", "milk"),
        ("form/input[2]/@checked", ""),
        ("form/textarea/@value", "x"),
        ("no/@value", "x"),
    ]
    await mount.call("m", "add", ["milk"], {}, fields)
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


PROPERTIES = """
from typing import Annotated
from math import inf
from pydantic import AllowInfNan

@live
def page(price: float = 1.0, loose: Annotated[float, AllowInfNan()] = 0, most: float = inf):
    t"<p>{price} {loose} {most}</p>"
"""


async def test_a_property_is_finite_unless_its_annotation_or_default_says_otherwise(tmp_path: Path) -> None:
    component = one(tmp_path, PROPERTIES)
    mount, _ = await mounted(component, price="2", loose="nan")
    assert mount.html() == "<p>2.0 nan inf</p>"
    for name in ("price", "most"):
        with pytest.raises(ComponentError, match=f"{name}: Input should be a finite number"):
            await mounted(component, **{name: "1e999"})
