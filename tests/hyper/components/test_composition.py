"""Components in components: content, slots, whose events are whose, rows, and what happens when one breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hyper.errors import ComponentError, TemplateError
from hyper.testing import Page, mount
from hyper.testing.loop import run
from hyper.testing.sources import load_source
from hyper.transport.component import UnknownComponentError, UnknownEventError

COUNT = "n = 0\n    def inc(by: int = 1):\n        nonlocal n\n        n += by"


def page_of(folder: Path, source: str, **properties: Any) -> Page:
    return mount(load_source(folder, source)["page"], **properties)


# Content and slots


CARD = """
def Card(title, children=None, footer=None):
    return t"<section><h2>{title}</h2>{children}{footer and t'<footer>{footer}</footer>'}</section>"
"""


def test_named_slots_of_a_function_component(tmp_path: Path) -> None:
    source = f"""{CARD}
@live
def page():
    {COUNT}
    t'<{{Card}} title="W {{n}}"><p>{{n}}</p><:footer><button @click="inc">+</button></:footer></{{Card}}>'
"""
    page = page_of(tmp_path, source)
    page.click("footer button")
    assert page.html == (
        '<section><h2>W 1</h2><p>1</p><footer><button @click="inc">+</button></footer></section>'
    )


def test_a_slot_belongs_to_the_component_it_stands_directly_in(tmp_path: Path) -> None:
    source = f"""{CARD}
@live
def page():
    t'''<{{Card}} title="outer">
        <{{Card}} title="inner"><:footer>in</:footer></{{Card}}>
        <:footer>out</:footer>
    </{{Card}}>'''
"""
    assert page_of(tmp_path, source).texts("footer") == ["in", "out"]


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<:footer>x", "page.py:6: <:footer> is never closed: add </:footer>"),
        ("<:footer>x</:footer><:footer>y</:footer>", "gets footer twice"),
        ("<:title>x</:title>", "gets title twice"),
    ],
)
def test_slots_that_cannot_be_meant(tmp_path: Path, inside: str, told: str) -> None:
    source = f"{CARD}@live\ndef page():\n    t'<{{Card}} title=\"x\">{inside}</{{Card}}>'"
    with pytest.raises(Exception, match=r".") as error:
        load_source(tmp_path, source)
    assert told in str(error.value)


PANEL = """
@live
def panel(children=None, footer=None):
    is_open = True
    def toggle():
        nonlocal is_open
        is_open = not is_open
    t'<section><h2 @click="toggle">{is_open}</h2>{is_open and children}{footer}</section>'
"""


def test_events_in_content_are_those_of_the_component_that_wrote_it(tmp_path: Path) -> None:
    source = f"""{PANEL}
@live
def page():
    {COUNT}
    def toggle(): inc(100)
    t'''<{{panel}}><p>{{n}} <button @click="inc">+</button></p>
    <:footer><i @click="toggle">{{n}}</i><b @click="inc({{n}})">b</b></:footer></{{panel}}>'''
"""
    page = page_of(tmp_path, source)
    page.click("button")
    assert page.text("p") == "1 +"
    page.click("b")
    page.click("i")
    assert page.texts("i") == ["102"]
    page.click("h2")
    assert not page.has("p")


def test_content_that_is_handed_on_still_belongs_to_its_writer(tmp_path: Path) -> None:
    source = f"""{PANEL}
@live
def frame(children=None):
    seen = 0
    def look():
        nonlocal seen
        seen += 1
    t'<{{panel}}>{{children}}<u @click="look">{{seen}}</u></{{panel}}>'
@live
def page():
    name = ""
    {COUNT}
    t'<{{frame}}><button @click="inc">{{n}}</button><input @bind="name"><q>{{name}}</q></{{frame}}>'
"""
    page = page_of(tmp_path, source)
    assert page.find("button")["@click"] == "^^inc"
    page.click("button")
    page.click("u")
    page.fill("input", "ann")
    assert (page.text("button"), page.text("u"), page.text("q")) == ("1", "1", "ann")


def test_forms_in_content_show_their_errors_and_keep_what_was_typed(tmp_path: Path) -> None:
    source = f"""
from hyper.components.field_errors import error
{PANEL}
@live
def page():
    saved = None
    def save(age: int):
        nonlocal saved
        saved = age
    t'<{{panel}}><form @submit="save"><input name="age" value="">{{error("age")}}</form></{{panel}}><p>{{saved}}</p>'
"""
    page = page_of(tmp_path, source)
    page.submit("form", age="many")
    assert "whole number" in page.text("form")
    assert page.value("input") == "many"
    page.submit("form", age="7")
    assert page.text("p") == "7"
    assert page.value("input") == ""


def test_components_in_content_are_the_writers_and_outlive_a_closed_panel(tmp_path: Path) -> None:
    source = f"""{PANEL}
@live
def kid():
    {COUNT}
    t'<i @click="inc">{{n}}</i>'
@live
def page():
    t'<{{panel}}><{{kid}} /></{{panel}}>'
"""
    page = page_of(tmp_path, source)
    page.click("i")
    page.click("h2")
    assert not page.has("i")
    page.click("h2")
    page.click("i")
    assert page.text("i") == "2"


def test_hidden_components_live_on_and_hear_nothing(tmp_path: Path) -> None:
    source = f"""
from hyper.components.tasks import every
{PANEL}
@live
def kid():
    {COUNT}
    @every(1)
    def tick(): inc()
    t'<i @click="inc">{{n}}</i>'
@live
def frame(children=None):
    t'<{{panel}}>{{children}}</{{panel}}>'
@live
def page():
    {COUNT}
    t'<{{frame}}><div><{{kid}} /></div></{{frame}}><button @click="inc">{{n}}</button>'
"""
    page = page_of(tmp_path, source)
    kid = page.find("section > div > div")["data-live-component"]
    page.click("button")
    page.click("i")
    page.advance(2)
    assert page.text("i") == "3"
    page.click("h2")
    page.advance(2)
    page.click("button")
    assert page.updates[0].component_id == page._under_test.mount.id
    with pytest.raises(UnknownComponentError):
        call(page, kid, "inc")
    page.click("h2")
    assert page.text("i") == "5"
    page.click("i")
    assert page.patches == [{"path": "i/text", "value": "6"}]


def call(page: Page, component_id: str, event: str) -> None:
    run(page._under_test.mount.call(component_id, event, [], {}))


# Handlers that are given


BUTTON = 'def Button(on, label):\n    return t"<button @click={on}>{label}</button>"\n'


def test_a_function_component_binds_the_handler_it_is_given(tmp_path: Path) -> None:
    source = f"""{BUTTON}
@live
def page():
    {COUNT}
    t'<{{Button}} on={{inc}} label="{{n}}" />'
"""
    page = page_of(tmp_path, source)
    page.click("button")
    assert page.html == '<button @click="inc">1</button>'


def test_a_nested_component_binds_its_parents_function(tmp_path: Path) -> None:
    source = """
@live
def item(n: int, on_pick=None):
    def other(): pass
    i = on_pick and t'<i @click="{on_pick}({n}, 1)">i</i>'
    t'<li><button @click={on_pick}>{n}</button>{i}<b @click="other">b</b></li>'
@live
def page():
    picked = []
    def pick(*args): picked.append(args)
    t'''<ul>{[t"<{item} key={k} n={k} on_pick={pick} />" for k in (3, 4)]}</ul><{item} n={5} /><p>{picked!r}</p>'''
"""
    page = page_of(tmp_path, source)
    assert page.all("button")[0]["@click"] == "^pick"
    assert "@click" not in page.all("button")[2]
    page.click("button", "3")
    page.click("ul li:nth-child(2) i")
    assert page.text("p") == "[(), (4, 1)]"


@pytest.mark.parametrize(
    ("slot", "told"),
    [("print", "bound to print"), ("'inc'", "give inc itself"), ("lambda: 1", "bound to <lambda>")],
)
def test_only_handlers_can_be_bound(tmp_path: Path, slot: str, told: str) -> None:
    source = f"@live\ndef page():\n    {COUNT}\n    t'<b @click=\"{{({slot})}}\">b</b>'".replace(
        "'inc'", '"inc"'
    )
    with pytest.raises(TemplateError, match=told):
        page_of(tmp_path, source)


def test_what_was_not_given_cannot_be_called(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="bound to None: write it only where there is a handler"):
        page_of(tmp_path, "@live\ndef page(on=None):\n    t'<b @click=\"{on}(1)\">b</b>'")


def test_another_components_handler_cannot_be_called_by_its_outer_name(tmp_path: Path) -> None:
    source = f"""{PANEL}
@live
def page():
    {COUNT}
    def secret(): inc(1000)
    t'<{{panel}}><button @click="inc">{{n}}</button></{{panel}}>'
"""
    page = page_of(tmp_path, source)
    nested = page.find("div > div")["data-live-component"]
    for event in ("^secret", "^^inc", "inc", "^toggle", "^"):
        with pytest.raises(UnknownEventError):
            call(page, nested, event)
    assert page.text("button") == "0"


def test_a_parents_coroutine_runs_awaited_or_not(tmp_path: Path) -> None:
    source = """
import asyncio
@live
def kid(on_pick):
    brought = None
    def throw(): on_pick(1)
    async def wait():
        nonlocal brought
        brought = await on_pick(2)
    async def fail():
        nonlocal brought
        try:
            await on_pick(0)
        except ZeroDivisionError:
            brought = "failed"
    t'<i @click="throw">t</i><b @click="wait">w</b><u @click="fail">f</u><q>{brought}</q>'
@live
def page():
    got = []
    async def pick(n):
        await asyncio.sleep(0)
        got.append(10 // n)
        return n
    t'<{kid} on_pick={pick} /><p>{got!r}</p>'
"""
    page = page_of(tmp_path, source)
    page.click("i")
    assert page.text("p") == "[10]"
    page.click("b")
    assert (page.text("p"), page.text("q")) == ("[10, 5]", "2")
    page.click("u")
    assert page.text("q") == "failed"


def test_what_a_parents_function_did_is_taken_back_with_the_handler_that_called_it(tmp_path: Path) -> None:
    source = """
@live
def kid(on_pick):
    def throw():
        on_pick()
        raise ValueError("no")
    t'<i @click="throw">t</i>'
@live
def page():
    n = 0
    got = []
    def pick():
        nonlocal n
        n += 1
        got.append(n)
    t'<{kid} on_pick={pick} /><p>{n} {got!r}</p>'
"""
    page = page_of(tmp_path, source)
    fails(page, "no", "i")
    assert page.text("p") == "0 []"


def test_a_parents_coroutine_that_fails_unheard_is_reported(tmp_path: Path) -> None:
    source = """
@live
def kid(on_pick):
    def throw(): on_pick()
    t'<i @click="throw">t</i>'
@live
def page():
    async def pick(): raise ValueError("unheard")
    t'<{kid} on_pick={pick} />'
"""
    with pytest.raises(ValueError, match="unheard"):
        page_of(tmp_path, source).click("i")


# Rows and other parts


ROW = """
@live
def row(n: int):
    is_on = True
    def toggle():
        nonlocal is_on
        is_on = not is_on
    def hide(): toggle()
    {view}
@live
def page():
    others = 0
    def more():
        nonlocal others
        others += 1
    t'<{around}>{{[t"<{{row}} key={{n}} n={{n}} />" for n in (1, 2)]}}</{around}><button @click="more">{{others}}</button>'
"""


@pytest.mark.parametrize(
    ("around", "part"),
    [("ul", "li"), ("dl", "dt"), ("svg", "circle"), ("select", "option"), ("menu", "li")],
)
def test_parts_stand_right_in_their_parent(tmp_path: Path, around: str, part: str) -> None:
    view = f't\'<{part} class="{{is_on}}" @click="toggle">{{n}}</{part}>\''
    page = page_of(tmp_path, ROW.format(view=view, around=around))
    assert len(page.all(f"{around} > {part}")) == 2
    page.click(f"{part}:nth-child(2)")
    assert page.patches == [{"path": f"{part}/@class", "value": None}]


def test_a_row_that_shows_nothing_keeps_its_place(tmp_path: Path) -> None:
    view = "if is_on:\n        t'<li @click=\"toggle\">{n}</li>'"
    page = page_of(tmp_path, ROW.format(view=view, around="ul"))
    page.click("li:first-child")
    assert page.texts("ul > li:not([hidden])") == ["2"]
    assert page.has("ul > li[hidden]:first-child")
    page.click("button")
    page.click("li:nth-child(2)")
    assert page.texts("ul > li:not([hidden])") == []


def test_a_root_that_becomes_another_is_patched_from_outside(tmp_path: Path) -> None:
    view = "t'<li @click=\"toggle\">{n}</li>' if is_on else t'<h4 @click=\"toggle\">{n} off</h4>'"
    page = page_of(tmp_path, ROW.format(view=view, around="ul"))
    for _ in range(2):
        page.click("li:first-child")
        assert page.text("h4") == "1 off"
        page.click("h4")
        assert page.texts("ul > li") == ["1", "2"]


def test_a_component_may_show_itself(tmp_path: Path) -> None:
    source = """
@live
def node(depth: int = 0):
    is_open = False
    def toggle():
        nonlocal is_open
        is_open = not is_open
    t'<div><b @click="toggle">{depth}</b>{is_open and t"<{node} depth={depth + 1} />"}</div>'
@live
def page():
    t"<{node} />"
"""
    page = page_of(tmp_path, source)
    page.click("b", "0")
    page.click("b", "1")
    assert page.texts("b") == ["0", "1", "2"]


def test_one_that_shows_itself_without_end_is_told_so(tmp_path: Path) -> None:
    source = """
@live
def node():
    t'<div><{node} /></div>'
@live
def page():
    shown = False
    def show():
        nonlocal shown
        shown = True
    t'<div>{shown and t"<{node} />"}</div><button id="break" @click="show">s</button>'
"""
    fails(page_of(tmp_path, source), "node is the 50th live component inside another: .* must stop somewhere")


def test_properties_may_be_given_in_order(tmp_path: Path) -> None:
    source = (
        "@live\ndef kid(a, b=2):\n    t'<p>{a} {b}</p>'\n@live\ndef page():\n    t'<div>{kid(1, b=3)}</div>'"
    )
    assert page_of(tmp_path, source).text("p") == "1 3"
    with pytest.raises(ComponentError, match="kid takes 2 properties, not 3"):
        load_source(tmp_path, source)["kid"](1, 2, 3)


# What breaks


def fails(page: Page, error: str, css: str = "#break") -> None:
    with pytest.raises(Exception, match=error):
        page.click(css)


@pytest.mark.parametrize(
    ("around", "root", "card"),
    [
        ("tbody", "<tr><td>{1 // n}</td></tr>", '<tr {}><td colspan="1000">{}</td></tr>'),
        ("table", "<tbody><tr><td>{1 // n}</td></tr></tbody>", '<tbody {}><tr><td colspan="1000">{}</td></tr></tbody>'),
        ("ul", "<li>{1 // n}</li>", "<li {}>{}</li>"),
        ("select", "<option>{1 // n}</option>", "<option {}>{}</option>"),
        ("svg", "<g>{1 // n}</g>", "<text {}>{}</text>"),
        ("div", "<p>{1 // n}</p>", "<p {}>{}</p>"),
    ],
)  # fmt: skip
def test_a_component_that_cannot_be_shown_leaves_a_card_that_fits(
    tmp_path: Path, around: str, root: str, card: str
) -> None:
    inside = '{[t"<{row} key={n} n={n} />" for n in (1, 0)]}'
    inside = (
        f"<table><tbody>{inside}</tbody></table>" if around == "tbody" else f"<{around}>{inside}</{around}>"
    )
    source = f"@live\ndef row(n: int):\n    t'{root}'\n@live\ndef page():\n    t'{inside}'"
    page = mount(load_source(tmp_path, source)["page"], raises=False)
    mark = f'data-live-component="{page._under_test.mount.id}.2"'
    own = mark if around == "div" else f'{mark} data-live-self=""'
    html = card.format('class="live-error" role="alert"', "row could not be shown.")
    if around == "div":
        assert f"<div {own}>{html}</div>" in page.html
    else:
        assert html.replace(" ", f" {own} ", 1) in page.html
    assert "1" in page.html


def test_a_component_that_could_not_be_shown_is_tried_again_with_other_properties(tmp_path: Path) -> None:
    source = f"""
@live
def kid(n: int):
    half = 10 // n
    t'<p>{{half}}</p>'
@live
def page():
    {COUNT}
    t'<{{kid}} n={{n}} /><button @click="inc">{{n}}</button>'
"""
    page = page_of(tmp_path, source, raises=False)
    assert page.text("[role=alert]") == "kid could not be shown."
    page.click("button")
    assert page.text("p") == "10"


def test_wrong_properties_break_the_nested_component_alone(tmp_path: Path) -> None:
    source = """
@live
def kid(n: int):
    t'<p>{n}</p>'
@live
def page():
    n = "1"
    def spoil():
        nonlocal n
        n = "many"
    t'<{kid} n={n} /><{kid} n="x" /><button id="break" @click="spoil">{n}</button>'
"""
    page = page_of(tmp_path, source, raises=False)
    assert page.texts("p") == ["1", "kid could not be shown."]
    fails(page, "kid cannot be mounted: n: Input should be a valid integer")
    assert page.texts("p, button") == ["1", "kid could not be shown.", "many"]


@pytest.mark.parametrize("hook", ["on_mount", "on_unmount"])
def test_a_hook_that_fails_stops_nothing_around_it(tmp_path: Path, hook: str) -> None:
    source = f"""
@live
def kid():
    def {hook}(): raise ValueError("hook")
    t'<p>kid</p>'
@live
def page():
    is_on = {hook == "on_unmount"}
    def toggle():
        nonlocal is_on
        is_on = not is_on
    t'<div>{{is_on and t"<{{kid}} />"}}</div><button id="break" @click="toggle">{{str(is_on)}}</button>'
"""
    page = page_of(tmp_path, source)
    fails(page, "hook")
    assert (page.has("p"), page.text("button")) == (hook == "on_mount", str(hook == "on_mount"))
    page.click("button")


def test_what_an_on_mount_spawns_keeps_nobody_waiting(tmp_path: Path) -> None:
    source = """
import asyncio
from hyper.components.running import render
from hyper.components.tasks import spawn
@live
def kid():
    seen = 0
    async def _look():
        nonlocal seen
        seen = 1
        await render()
        await asyncio.Event().wait()
    def on_mount():
        spawn(_look())
    t'<p>{seen}</p>'
@live
def page():
    kids = 1
    def more():
        nonlocal kids
        kids += 1
    def on_mount():
        spawn(asyncio.Event().wait())
    t'{[t"<{kid} key={n} />" for n in range(kids)]}<button @click="more">+</button>'
"""
    page = page_of(tmp_path, source)
    assert page.texts("p") == ["1"]
    page.click("button")
    assert page.texts("p") == ["1", "1"]
