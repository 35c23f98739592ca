"""What the page shows as disabled cannot be called, by which way the page disables it, over the socket too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.components.calling import is_reachable
from hyper.testing.sources import load_source, one
from hyper.transport.component import UnknownEventError

from ..mounts import mounted

VIEW = """
@live
def shop(sold: bool = True, inert: bool = False):
    calls = []
    plan = "basic"
    text = ""
    def buy(id: int = 0): calls.append(id)
    def nothing(): pass
    rows, switch, other = [1, 2], {"disabled": sold}, {"disabled": not sold}
    t'''<p @click="nothing">{len(calls)} {plan} {text}</p>VIEW'''
"""

OFF = {
    "button": '<button disabled @click="buy">x</button>',
    "button, by a slot": '<button disabled="{sold}" @click="buy">x</button>',
    "button, by a dict": '<button {switch} @click="buy">x</button>',
    "input": '<input disabled @change="buy">',
    "option": '<select><option disabled @click="buy">x</option></select>',
    "fieldset": '<fieldset disabled><div><button @click="buy">x</button></div></fieldset>',
    "fieldset, by a slot": '<fieldset disabled="{sold}"><div><button @click="buy">x</button></div></fieldset>',
    "fieldset around a template": '<fieldset disabled="{sold}">{t"<b><button @click=\'buy\'>x</button></b>"}</fieldset>',
    "fieldset around a list": '<fieldset disabled="{sold}">{[t"<button @click={buy}>{row}</button>" for row in rows]}</fieldset>',
    "second legend": '<fieldset disabled><legend>a</legend><legend><button @click="buy">x</button></legend></fieldset>',
    "inert": '<div inert><a @click="buy">x</a></div>',
    "inert, by a slot": '<div inert="{sold}">{t"<p><a @click=\'buy\'>x</a></p>"}</div>',
    "itself inert": '<a inert @click="buy">x</a>',
    "HTML vouched for": "{Markup('<button disabled @click=buy>x</button>')}",
    "all of several": '<button disabled @click="buy">x</button><input disabled @change="buy">',
}
ON = {
    "button": '<button @click="buy">x</button>',
    "a slot that is off": '<button disabled="{not sold}" @click="buy">x</button>',
    "a dict without it": '<button {other} @click="buy">x</button>',
    "no control": '<fieldset disabled><a @click="buy">x</a></fieldset>',
    "first legend": '<fieldset disabled><legend><button @click="buy">x</button></legend></fieldset>',
    "first legend in a slot": '<fieldset disabled="{sold}">{t"<legend><button @click=\'buy\'>x</button></legend>"}</fieldset>',
    "one of several": '<button disabled @click="buy">x</button><input @change="buy">',
    "a key of the whole page": '<button disabled @keydown.window.b="buy">x</button>',
    "HTML vouched for": "{Markup('<button @click=buy>x</button>')}",
}


def source(view: str) -> str:
    return "from markupsafe import Markup\n" + VIEW.replace("VIEW", view)


async def call(mount: Any, name: str, args: list[object] | None = None, **params: object) -> None:
    await mount.call("m", name, args, params)


@pytest.mark.parametrize("view", OFF.values(), ids=OFF)
async def test_what_is_disabled_is_refused(tmp_path: Path, view: str) -> None:
    mount, _ = await mounted(one(tmp_path, source(view)))
    with pytest.raises(UnknownEventError, match="buy cannot be called now: what calls it is disabled"):
        await call(mount, "buy")
    assert '<p @click="nothing">0 ' in mount.html()
    assert not is_reachable(mount.root, "buy")
    await call(mount, "nothing")


@pytest.mark.parametrize("view", ON.values(), ids=ON)
async def test_what_is_not_is_called(tmp_path: Path, view: str) -> None:
    mount, _ = await mounted(one(tmp_path, source(view)))
    await call(mount, "buy")
    assert is_reachable(mount.root, "buy")
    assert await mount.changes()


ROWS = {
    "literals": ("{[t'<button disabled={row == 1} @click=\"buy({row})\">x</button>' for row in rows]}", True),
    "side by side": ('<button disabled @click="buy(1)">x</button><button @click="buy(2)">x</button>', True),
    "of two templates": (
        '<button @click="buy(2)">x</button>{t\'<i disabled><button disabled @click="buy(1)">x</button></i>\'}',
        True,
    ),
    "data": (
        '<button disabled data-id="1" @click="buy">x</button><button data-id="2" @click="buy">x</button>',
        False,
    ),
}


@pytest.mark.parametrize(("view", "by_position"), ROWS.values(), ids=ROWS)
async def test_of_several_the_one_that_is_meant(tmp_path: Path, view: str, by_position: bool) -> None:
    mount, _ = await mounted(one(tmp_path, source(view)))

    async def buy(id: int) -> None:
        await (call(mount, "buy", [id]) if by_position else call(mount, "buy", id=str(id)))

    with pytest.raises(UnknownEventError):
        await buy(1)
    await buy(2)
    assert await mount.changes()


async def test_a_bound_control(tmp_path: Path) -> None:
    mount, _ = await mounted(one(tmp_path, source('<input disabled="{sold}" @bind="text">')))
    with pytest.raises(UnknownEventError):
        await call(mount, "=text", ["x"])


@pytest.mark.parametrize(
    "options",
    [
        "<option>basic</option><option disabled>gold</option>",
        '<option>basic</option><optgroup disabled><option value="gold">Gold</option></optgroup>',
        "{[t'<option disabled={name == \"gold\"}>{name}</option>' for name in ('basic', 'gold')]}",
    ],
)
async def test_an_option_that_is_disabled_is_not_chosen(tmp_path: Path, options: str) -> None:
    mount, _ = await mounted(one(tmp_path, source(f'<select @bind="plan">{options}</select>')))
    with pytest.raises(UnknownEventError):
        await call(mount, "=plan", ["gold"])
    await call(mount, "=plan", ["basic"])
    assert "0 basic" in mount.html()


NESTED = """
@live
def row():
    count = 0
    def buy():
        nonlocal count
        count += 1
    t'<p>{count}</p><button @click="buy">x</button>'
@live
def box(children=None):
    t'<section>{children}</section>'
@live
def page(off: bool = True):
    t'AROUND'
"""


@pytest.mark.parametrize(
    "around",
    [
        '<fieldset disabled="{off}"><{row}/></fieldset>',
        '<div inert="{off}"><{row}/></div>',
        '<fieldset disabled="{off}"><{box}><b><{row}/></b></{box}></fieldset>',
        '<{box}><fieldset disabled="{off}"><{row}/></fieldset></{box}>',
    ],
)
@pytest.mark.parametrize("off", [True, False])
async def test_a_component_in_something_disabled(tmp_path: Path, around: str, off: bool) -> None:
    page = load_source(tmp_path, NESTED.replace("AROUND", around))["page"]
    mount, _ = await mounted(page, off=off)
    row = next(item for item in mount.mounted.values() if item.component.name == "row")
    if off:
        with pytest.raises(UnknownEventError, match="cannot be called now"):
            await mount.call(row.id, "buy", None, {})
    else:
        await mount.call(row.id, "buy", None, {})
        assert await mount.changes()
