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


FORM = """
from markupsafe import Markup
@live
def button(off: bool = True):
    t'<b><button disabled="{off}">Send</button></b>'
@live
def box(children=None):
    t'<section>{children}</section>'
@live
def page(off: bool = True):
    sent = 0
    def send():
        nonlocal sent
        sent += 1
    send_it = send
    t'''<p>{sent}</p>FORM'''
"""
SHUT = {
    "one button": '<form @submit="send"><input name="a"><button disabled="{off}">Send</button></form>',
    "an input": '<form @submit="send"><input type="submit" disabled="{off}"></form>',
    "an image": '<form @submit="send"><input type="image" disabled="{off}"></form>',
    "an unknown type": '<form @submit="send"><button type="x" disabled="{off}">Send</button></form>',
    "all of several": '<form @submit="send"><button disabled="{off}">a</button><button disabled="{off}">b</button></form>',
    "a fieldset": '<form @submit="send"><fieldset disabled="{off}"><input name="a"><button>Send</button></fieldset></form>',
    "in a slot": '<form @submit="send">{t"<button disabled={off}>Send</button>"}</form>',
    "in a list": '<form @submit="send">{[t"<button disabled={off}>{row}</button>" for row in (1, 2)]}</form>',
    "in a component": '<form @submit="send"><{button} off="{off}"/></form>',
    "around content": '<form @submit="send"><{box}><button disabled="{off}">Send</button></{box}></form>',
    "a handler in a slot": '<form @submit="{send_it}"><button disabled="{off}">Send</button></form>',
    "a handler in a slot, the button in a component": '<form @submit="{send_it}"><{button} off="{off}"/></form>',
    "beside other buttons": '<form @submit="send"><button type="button">x</button><button type="reset">y</button>'
    '<button disabled="{off}">Send</button></form>',
    "beside a button of another form": '<form @submit="send"><button form="other">x</button>'
    '<button disabled="{off}">Send</button></form><form id="other"></form>',
    "a button elsewhere": '<form id="f" @submit="send"><input name="a"></form><button form="f" disabled="{off}">Send</button>',
    "with modifiers": '<form @submit.prevent="send"><button disabled="{off}">Send</button></form>',
    "around the form": '<div @submit="send"><form><button disabled="{off}">Send</button></form></div>',
    "HTML vouched for": "{Markup('<form @submit=send><button' + ' disabled' * off + '>Send</button></form>')}",
}
OPEN = {
    "no button": '<form @submit="send"><input name="a"></form>',
    "no button that submits": '<form @submit="send"><input name="a"><button type="button" disabled>x</button></form>',
    "the second of two": '<form @submit="send"><button disabled>a</button><button>b</button></form>',
    "one in a template without anything to disable": '<form @submit="send"><button disabled>a</button>{t"<button>b</button>"}</form>',
    "one in a component": '<form @submit="send"><button disabled>a</button><{button} off="{False}"/></form>',
    "one elsewhere": '<form id="f" @submit="send"><button disabled>a</button></form><button form="f">b</button>',
    "a first legend": '<form @submit="send"><fieldset disabled><legend><button>a</button></legend></fieldset></form>',
    "another form beside": '<form @submit="send"><button disabled>a</button></form><form @submit="send"><button>b</button></form>',
    "a form of the whole page": '<p @submit.window="send"></p><form><button disabled>a</button></form>',
}


def form_page(tmp_path: Path, form: str) -> Any:
    return load_source(tmp_path, FORM.replace("FORM", form))["page"]


@pytest.mark.parametrize("form", SHUT.values(), ids=SHUT)
async def test_a_form_whose_buttons_are_all_disabled_cannot_be_submitted(tmp_path: Path, form: str) -> None:
    mount, _ = await mounted(form_page(tmp_path, form))
    with pytest.raises(UnknownEventError, match="cannot be called now"):
        await call(mount, "send")
    assert not is_reachable(mount.root, "send")
    assert "<p>0</p>" in mount.html()


@pytest.mark.parametrize("form", SHUT.values(), ids=SHUT)
async def test_it_can_once_they_are_not(tmp_path: Path, form: str) -> None:
    mount, _ = await mounted(form_page(tmp_path, form), off=False)
    await call(mount, "send")
    assert is_reachable(mount.root, "send")
    assert await mount.changes()


@pytest.mark.parametrize("form", OPEN.values(), ids=OPEN)
async def test_a_form_that_a_browser_submits(tmp_path: Path, form: str) -> None:
    mount, _ = await mounted(form_page(tmp_path, form))
    await call(mount, "send")
    assert is_reachable(mount.root, "send")
    assert await mount.changes()
