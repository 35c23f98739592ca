"""The test page: finding, the verbs, what was sent, and what a user cannot do."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

import pytest

from hyper import ComponentError, LiveComponent
from hyper.testing import Page, QueryError, mount, mount_async
from hyper.testing.sources import load_source, one
from hyper.transport.component import BadArgumentError, RequestContext, UnknownEventError

Load = Callable[[str], LiveComponent]

COUNTER = '''
@live
def counter(start: int = 0):
    count = start
    def add(number: int = 1):
        nonlocal count
        count += number
    def fail():
        nonlocal count
        count = 1000
        raise ZeroDivisionError("on purpose")
    t"""<p>Count: {count}</p>
    <button @click="add">+</button> <button @click="add(10)">+10</button>
    <button @click="add({count})" disabled="{count > 20}">double</button>
    <button @click="fail">fail</button>"""
'''

FORM = '''
from typing import Annotated, Any
@live
def form():
    log: list[Any] = []
    def note(**fields):
        log.append(fields)
    def said(value):
        log.append(value)
    t"""<form @submit="note">
        <label>Name <input name="name" value="" required maxlength="9"></label>
        <input name="age" type="number" min="1"> <input name="old" readonly> <input name="off" disabled>
        <textarea name="text">a</textarea>
        <label><input type="checkbox" name="news"> News</label>
        <label><input type="checkbox" name="day" value="mo"> Monday</label>
        <label><input type="checkbox" name="day" value="tu" checked> Tuesday</label>
        <label><input type="radio" name="size" value="s" checked> Small</label>
        <label><input type="radio" name="size" value="m"> Medium</label>
        <select name="fruit"><option>apple</option><option value="p">pear</option>
            <option disabled>kiwi</option></select>
        <select name="many" multiple><option>1</option><option>2</option></select>
        <input type="hidden" name="token" value="t">
        <button name="by" value="save">Save</button> <button name="by" value="draft">Draft</button>
    </form>
    <input id="search" type="search" @input.debounce="said(value)" @keydown.ctrl.enter="said('sent')">
    <pre>{log!r}</pre>"""
'''


@pytest.fixture
def load(tmp_path: Path) -> Load:
    return lambda source: one(tmp_path, source)


@pytest.fixture
def form(load: Load) -> Page:
    return mount(load(FORM))


def fields_of(page: Page) -> dict[str, object]:
    """What the last submit sent."""
    log = eval(page.text("pre"))
    return log[-1]  # type: ignore[no-any-return]


# Asking


def test_what_a_page_says(load: Load) -> None:
    page = mount(load(COUNTER), start=4)
    assert page.text("p") == "Count: 4"
    assert page.texts("button") == ["+", "+10", "double", "fail"]
    assert page.has("button", "double")
    assert not page.has("button:disabled")
    assert page.find("button", "+10")["@click"] == "add(10)"
    assert "<p>Count: 4</p>" in page.html
    assert "Count: 4" in repr(page)


def test_a_text_that_is_said_exactly_wins_over_one_that_contains_it(load: Load) -> None:
    page = mount(load(COUNTER))
    page.click("button", "+")
    assert page.text("p") == "Count: 1"


def test_what_is_not_there_is_told_with_what_is(load: Load) -> None:
    page = mount(load(COUNTER))
    with pytest.raises(QueryError, match=r"nothing matches 'button\.big'") as error:
        page.click("button.big")
    assert '<button @click="add">+</button>' in str(error.value)
    assert "<p>Count: 0</p>" in str(error.value)
    with pytest.raises(QueryError, match="4 elements match 'button': narrow"):
        page.click("button")
    with pytest.raises(QueryError, match=r"(?s)with the text 'minus'. Without the text there are:.*double"):
        page.find("button", "minus")
    with pytest.raises(ValueError, match="not a CSS selector"):
        page.has("p >> p")


# Clicking and calling


def test_clicking_sends_patches(load: Load) -> None:
    page = mount(load(COUNTER))
    page.click("button", "+10")
    assert page.patches == [
        {"path": "p/text", "value": "Count: 10"},
        {"path": "button[3]/@@click", "value": "add(10)"},
    ]
    assert page.bytes == len(
        '{"type":"update","component_id":"' + page.updates[0].component_id + '","version":1,"patches":'
        '[{"path":"p/text","value":"Count: 10"},{"path":"button[3]/@@click","value":"add(10)"}]}'
    )
    page.click("button", "double")
    assert page.text("p") == "Count: 20"


def test_nobody_clicks_what_is_disabled_or_deaf(load: Load) -> None:
    page = mount(load(COUNTER), start=21)
    with pytest.raises(QueryError, match="is disabled"):
        page.click("button", "double")
    with pytest.raises(QueryError, match=r"(?s)<p>Count: 21</p> listens to click.*What does:.*double"):
        page.click("p")


def test_a_forged_event_is_checked(load: Load) -> None:
    page = mount(load(COUNTER))
    page.event("add", 5)
    page.event("add", number="6")
    assert page.text("p") == "Count: 11"
    with pytest.raises(BadArgumentError):
        page.event("add", "many")
    with pytest.raises(UnknownEventError):
        page.event("delete")


def test_what_a_handler_raises_is_raised_and_the_page_lives(load: Load) -> None:
    page = mount(load(COUNTER))
    with pytest.raises(ZeroDivisionError, match="on purpose"):
        page.click("button", "fail")
    page.click("button", "+")
    assert page.text("p") == "Count: 1"


# Forms


def test_a_submit_sends_the_fields_and_the_button(form: Page) -> None:
    form.submit(
        name="Ada", age=36, news=True, day=["mo", "tu"], size="m", fruit="pear", many=[1, 2], text="x\ny"
    )
    assert fields_of(form) == {
        "name": "Ada", "age": "36", "old": "", "text": "x\ny", "news": True, "day": ["mo", "tu"], "size": "m",
        "fruit": "p", "many": ["1", "2"], "token": "t", "by": "save",
    }  # fmt: skip


def test_untouched_fields_send_what_they_show(form: Page) -> None:
    form.fill("[name=name]", "Ada")
    form.click("button", "Draft")
    sent = fields_of(form)
    assert sent["news"] is False
    assert sent["day"] == ["tu"]
    assert (sent["size"], sent["fruit"], sent["many"], sent["by"]) == ("s", "apple", [], "draft")


def test_a_field_the_server_renders_empty_is_cleared_by_the_submit(form: Page) -> None:
    form.submit(name="Ada")
    assert {"path": "form/label[1]/input/@value", "value": ""} in form.patches
    assert form.value("[name=name]") == ""


def test_controls_by_their_labels(form: Page) -> None:
    form.click("label", "News")
    assert form.find("[name=news]").checked
    form.click("label", "Medium")
    assert [radio.checked for radio in form.all("[type=radio]")] == [False, True]
    form.check("[value=mo]")
    form.uncheck("[value=tu]")
    assert [box["value"] for box in form.all("[name=day]:checked")] == ["mo"]


def test_enter_in_a_field_submits_by_the_first_button(form: Page) -> None:
    form.fill("[name=name]", "Ada")
    form.keydown("[name=name]", "Enter")
    assert fields_of(form)["by"] == "save"


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda page: page.submit(), "is required and empty"),
        (lambda page: page.submit(name="Ada", age=0), "is below its min"),
        (lambda page: page.submit(nme="Ada"), "no field 'nme'. Available: name, age"),
        (lambda page: page.submit(token="x"), "a user cannot type into a hidden field"),
        (lambda page: page.submit(size="l"), "'size' can be 's', 'm', not 'l'"),
        (lambda page: page.submit("pre"), "is not in a form|is not a form"),
        (lambda page: page.fill("[name=off]", "x"), "is disabled"),
        (lambda page: page.fill("[name=old]", "x"), "is read-only"),
        (lambda page: page.fill("[name=name]", "x" * 10), "takes 9 characters"),
        (lambda page: page.fill("[name=name]", "x\ny"), "takes one line"),
        (lambda page: page.fill("[name=age]", "old"), "takes a number"),
        (lambda page: page.fill("[name=news]", "x"), r"is not a text field: use check\(\)"),
        (lambda page: page.select("[name=fruit]", "fig"), "no option 'fig'. Available: 'apple', 'p', 'kiwi'"),
        (lambda page: page.select("[name=fruit]", "kiwi"), "is disabled"),
        (lambda page: page.select("[name=fruit]", "apple", "pear"), "takes one option, not 2"),
        (lambda page: page.uncheck("[value=m]"), "unchecked by checking another"),
        (lambda page: page.check("[name=name]"), "not a checkbox"),
        (lambda page: page.keydown("pre", "a"), "listens to keydown"),
        (lambda page: page.drag("pre", "form"), "cannot be dragged"),
    ],
)
def test_what_a_user_cannot_do(form: Page, action: Callable[[Page], None], message: str) -> None:
    with pytest.raises(QueryError, match=message):
        action(form)


def test_typing_waits_for_no_debounce(form: Page) -> None:
    form.fill("#search", "milk")
    assert form.text("pre") == "['milk']"
    form.keydown("#search", "ctrl+Enter")
    assert form.text("pre") == "['milk', 'sent']"


def test_hidden_things_cannot_be_reached(load: Load) -> None:
    page = mount(
        load("@live\ndef p():\n    def f(): pass\n    t'<div hidden><button @click=\"f\">x</button></div>'")
    )
    with pytest.raises(QueryError, match="<div hidden> is hidden"):
        page.click("button")


EVENTS = '''
@live
def events():
    log = []
    def say(what): log.append(what)
    t"""<div @click="say('outer')"><button @click="say('a')">a</button>
    <button @click.stop="say('b')">b</button><button @click.once="say('c')">c</button></div>
    <div @click.self="say('self')"><i>inside</i></div>
    <section @click.outside="say('outside')" @keydown.window.escape="say('escape')">
    <input @focus="say('in')" @blur="say('out')" data-item-id="7" @change="say(item_id)">
    <b @click="say(dataset.item_id)" data-item-id="x">data</b></section>
    <p>{' '.join(log)}</p>"""
'''


def test_events_bubble_and_modifiers_hold(load: Load) -> None:
    page = mount(load(EVENTS))
    page.click("button", "a")
    assert page.text("p") == "a outer outside"
    page.click("button", "b")
    page.click("button", "c")
    page.click("button", "c")
    assert page.text("p") == "a outer outside b c outer outside outer outside"
    page.click("b")
    page.keydown("input", "Escape")
    page.fill("input", "x")
    page.blur()
    assert page.text("p").endswith("outer outside x in escape 7 out")
    page.click("i")
    assert "self" not in page.text("p")


# State of controls


KEPT = '''
@live
def kept():
    rows = ["a", "b", "c"]
    title = "t"
    def turn(): rows.reverse()
    def drop(row: str): rows.remove(row)
    def rename():
        nonlocal title
        title += "!"
    t"""<h1>{title}</h1><button @click="turn">turn</button><button @click="rename">rename</button>
    <ul>{[
        t'<li key="{row}"><input name="{row}"><input type="checkbox"> <a @click="drop({row})">x</a></li>'
        for row in rows
    ]}</ul>
    <textarea>{title}</textarea>"""
'''


def test_what_was_typed_moves_with_its_row(load: Load) -> None:
    page = mount(load(KEPT))
    page.fill("[name=a]", "typed")
    page.check("li:first-child [type=checkbox]")
    page.click("button", "turn")
    assert [row.attributes["key"] for row in page.all("li")] == ["c", "b", "a"]
    assert page.value("[name=a]") == "typed"
    assert [box.checked for box in page.all("[type=checkbox]")] == [False, False, True]
    page.click("li:last-child a")
    assert page.texts("li") == ["x", "x"]
    assert not page.has(":checked")


def test_a_text_area_shows_new_text_unless_somebody_types_there(load: Load) -> None:
    page = mount(load(KEPT))
    page.click("button", "rename")
    assert page.value("textarea") == "t!"
    page.fill("textarea", "mine")
    page.event("rename")
    assert page.value("textarea") == "mine"


# Work in between


ASYNC = '''
import asyncio
from hyper import every, render, spawn
@live
async def search():
    found, state = [], ""
    async def find(text: str):
        nonlocal found, state
        state = "loading"
        await render()
        found, state = [text, text.upper()], "done"
    ticks = 0
    @every(2)
    def tick():
        nonlocal ticks
        ticks += 1
    async def later():
        nonlocal state
        await asyncio.sleep(0.01)
        state = "later"
    def start():
        spawn(later())
    t"""<input @input="find(value)"><button @click="start">start</button>
    <p>{state}</p><i>{ticks}</i><ul>{[t'<li>{x}</li>' for x in found]}</ul>"""
'''


def test_states_in_between_are_updates(load: Load) -> None:
    page = mount(load(ASYNC))
    page.fill("input", "a")
    assert [update.patches[0] for update in page.updates] == [
        {"path": "p", "insert": 0, "html": "loading"},
        {"path": "p/text", "value": "done"},
    ]
    assert "<p>loading</p>" in page.updates[0].html
    assert page.texts("li") == ["a", "A"]


def test_time_stands_still_until_it_is_let_go(load: Load) -> None:
    page, other = mount(load(ASYNC)), mount(load(ASYNC))
    assert page.text("i") == "0"
    page.advance(5)
    assert (page.text("i"), other.text("i")) == ("2", "2")
    page.advance(1)
    assert page.text("i") == "3"


def test_what_a_task_brings_is_waited_for(load: Load) -> None:
    page = mount(load(ASYNC))
    page.click("button")
    assert page.wait_for("p", "later").text == "later"
    with pytest.raises(QueryError, match="did not appear"):
        page.wait_for("p", "never", timeout_s=0.01)


BROKEN = '''
from hyper import spawn
@live
def broken(how: str = ""):
    state = ""
    def on_mount():
        if how == "mount": raise KeyError("mount")
    async def work():
        raise KeyError("task")
    def start(): spawn(work())
    t"""<button @click="start">start</button>"""
'''


def test_what_hooks_and_tasks_raise_is_raised_in_the_test(load: Load) -> None:
    with pytest.raises(KeyError, match="mount"):
        mount(load(BROKEN), how="mount")
    page = mount(load(BROKEN))
    with pytest.raises(KeyError, match="task"):
        page.click("button")


# Nested and shared


NESTED = '''
from hyper import broadcast, shared
votes = shared([])
@live
def row(name: str):
    count = 0
    def add():
        nonlocal count
        count += 1
        votes.append(name)
        broadcast()
    t"<tr><td>{name}</td><td>{count}</td><td><button @click='add'>{name}+</button></td></tr>"
@live
def table():
    names = ["a", "b"]
    def turn(): names.reverse()
    def more(): names.append("c")
    t"""<table><tbody>{[t'<{row} key="{name}" name="{name}" />' for name in names]}</tbody></table>
    <button @click="turn">turn</button><button @click="more">more</button><p>{len(votes)} votes</p>"""
'''


@pytest.fixture
def table(tmp_path: Path) -> LiveComponent:
    import hyper

    (tmp_path / "page.py").write_text("from hyper import live\n" + NESTED, "utf-8")
    return hyper.load(tmp_path)["table"]


def test_a_nested_component_is_patched_alone(table: LiveComponent) -> None:
    page = mount(table)
    page.click("button", "b+")
    nested = [update for update in page.updates if "." in update.component_id]
    assert [update.patches for update in nested] == [[{"path": "tr/td[2]/text", "value": "1"}]]
    page.click("button", "turn")
    assert page.texts("td:nth-child(-n+2)") == ["b", "1", "a", "0"]
    page.click("button", "more")
    page.click("button", "c+")
    assert page.texts("td:nth-child(2)") == ["1", "0", "1"]


def test_two_pages_share_what_is_shared(table: LiveComponent) -> None:
    with mount(table) as mine, mount(table) as yours:
        before = int(mine.text("p").split()[0])
        mine.click("button", "a+")
        assert yours.text("p") == f"{before + 1} votes"
        assert yours.patches == [{"path": "p/text", "value": f"{before + 1} votes"}]
        assert yours.texts("td:nth-child(2)") == ["0", "0"]


# Life

LEAVING = """
@live
def p(log):
    def on_unmount(): log.append('gone')
    def f(): pass
    t'<p @click="f">x</p>'
"""


def test_a_closed_page_is_unmounted(load: Load) -> None:
    log: list[str] = []
    with mount(load(LEAVING), log=log) as page:
        assert log == []
    assert log == ["gone"]
    with pytest.raises(QueryError, match="closed"):
        page.click("p")


async def test_async_tests_have_the_same_verbs(load: Load) -> None:
    async with await mount_async(load(COUNTER), start=2) as page:
        await page.click("button", "+")
        assert page.text("p") == "Count: 3"
        with pytest.raises(RuntimeError, match=r"await mount_async\(component\)"):
            mount(load(COUNTER))


async def test_async_pages_share_the_loop_of_their_test(load: Load) -> None:
    page = await mount_async(load(ASYNC))
    await page.click("button")
    assert (await page.wait_for("p", "later")).text == "later"
    assert page._under_test.loop is asyncio.get_running_loop()


def test_only_live_components_are_mounted() -> None:
    with pytest.raises(TypeError, match="put @live above it"):
        mount(len)  # type: ignore[arg-type]


def test_wrong_properties_are_refused(load: Load) -> None:
    with pytest.raises(ComponentError, match="start: Input should be a valid integer"):
        mount(load(COUNTER), start="many")


def test_nothing_is_left_open_after_the_last_page(load: Load) -> None:
    from hyper.testing import loop
    from hyper.testing.closing import close_all

    mount(load(COUNTER))
    close_all()
    assert loop._runner is None
    gc.collect()


@pytest.fixture(autouse=True)
def _no_pages_of_earlier_tests() -> None:
    from hyper.testing.open_pages import open_pages

    assert open_pages() == []


# Checks


@pytest.fixture
def simulated(request: pytest.FixtureRequest) -> None:
    """For what only a page without a browser looks at."""
    if request.config.getoption("--live-browser"):
        pytest.skip("a browser asks for the whole page instead")


@pytest.mark.usefixtures("simulated")
def test_patches_that_do_not_give_the_rendered_tree_fail_the_test(
    load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = mount(load(COUNTER))
    monkeypatch.setattr(
        "hyper.components.page.diff_values", lambda old, new: [{"path": "p/text", "value": "Count: 2"}]
    )
    with pytest.raises(
        AssertionError, match=r"(?s)not the rendered one.*-  'Count: 2'.*\+  'Count: 1'.*The patches"
    ):
        page.click("button", "+")


@pytest.mark.usefixtures("simulated")
def test_patches_that_fit_nowhere_fail_the_test(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    page = mount(load(COUNTER))
    monkeypatch.setattr("hyper.components.page.diff_values", lambda old, new: [{"path": "ul", "remove": 1}])
    with pytest.raises(AssertionError, match=r"a patch does not match the tree before it: .*no single 'ul'"):
        page.click("button", "+")


@pytest.mark.usefixtures("simulated")
def test_without_checks_nothing_is_compared(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    page = mount(load(COUNTER), check=False)
    monkeypatch.setattr(
        "hyper.components.page.diff_values", lambda old, new: [{"path": "p/text", "value": "Count: 2"}]
    )
    page.click("button", "+")
    assert page.text("p") == "Count: 2"


REFUSED = '''
from typing import Annotated
from pydantic import Field
from hyper import Invalid, error
@live
def page():
    def add(text: Annotated[str, Field(max_length=3)]):
        if text == "bad": raise Invalid(text="is bad")
    t"""<form @submit="add"><input name="text" value=""><p>{error("text")}</p></form>"""
'''


@pytest.mark.parametrize(
    ("text", "problem"), [("long", "Please enter at most 3 characters."), ("bad", "is bad")]
)
def test_what_is_refused_stays_in_its_field(load: Load, text: str, problem: str) -> None:
    page = mount(load(REFUSED))
    page.submit(text=text)
    assert (page.text("p"), page.value("input")) == (problem, text)
    page.submit(text="ok")
    assert (page.text("p"), page.value("input")) == ("", "")


# The request


REQUEST = """
from hyper import request
@live
def page():
    t"<p>{request().user}</p>"
"""


def test_the_request_of_a_page(load: Load) -> None:
    page = mount(load(REQUEST), request=RequestContext("session", user="Ada"))
    assert page.text("p") == "Ada"


BOUND = '''
@live
def page():
    name, count, done, size, late, one, picks = "a", 0, False, "s", "", "y", ["2"]
    def clear():
        nonlocal name, one, picks, size
        name, one, picks, size = "", "x", [], "m"
    t"""<input id="name" @bind="name"><input id="late" @bind.lazy="late"><input type="checkbox" @bind="done">
    <input type="radio" name="size" value="s" @bind="size"><input type="radio" name="size" value="m" @bind="size">
    <select id="one" @bind="one"><option>x</option><option>y</option></select>
    <select id="picks" multiple @bind="picks"><option>1</option><option>2</option></select>
    <p>{(name, late, done, size, one, picks)!r}</p><button @click="clear">clear</button>"""
'''


def test_bound_controls(load: Load) -> None:
    page = mount(load(BOUND))
    assert [page.value("#name"), page.value("#one"), page.value("#picks")] == ["a", "y", "2"]
    page.fill("#name", "b")
    page.fill("#late", "c")
    page.check("[type=checkbox]")
    page.check("[value=m]")
    page.select("#one", "x")
    page.select("#picks", "1", "2")
    assert page.text("p") == "('b', 'c', True, 'm', 'x', ['1', '2'])"
    page.select("#one", "y")
    page.click("button")
    assert page.text("p") == "('', 'c', True, 'm', 'x', [])"
    assert [page.value("#name"), page.value("#one"), page.value("#picks")] == ["", "x", ""]
    assert page.find("[type=checkbox]").checked


def test_members_of_events_are_sent_by_name(tmp_path: Path) -> None:
    source = """
    @live
    def page():
        got = None
        def take(*args):
            nonlocal got
            got = args
        def pick(id: int, detail=None): take(id, detail)
        t'''<b @click="take(event.client_x, event.shiftKey, True, 'True', None)" @keydown.shift="take(event.key, event.shiftKey)"
            tabindex="0" @pick="pick" @choose="take(event.detail)">b</b><p>{got!r}</p>'''
    """
    page = mount(one(tmp_path, source))
    page.trigger("b", "click", clientX=5, shiftKey=False)
    assert page.text("p") == "(5, False, True, 'True', None)"
    page.keydown("b", "shift+a")
    assert page.text("p") == "('a', True)"
    page.trigger("b", "pick", detail={"id": 7})
    assert page.text("p") == "(7, None)"
    page.trigger("b", "choose", detail="x")
    assert page.text("p") == "('x',)"
    with pytest.raises(QueryError, match=r"clientX=…"):
        page.click("b")


BREAKING = """
@live
def kid(n: int):
    t'<p>{10 // n}</p>'
@live
def page(n: int = 0):
    def more():
        nonlocal n
        n += 1
    t'<{kid} n={n} /><button @click="more">{n}</button>'
"""


def test_what_a_nested_component_raises_at_first_fails_the_test(tmp_path: Path) -> None:
    component = load_source(tmp_path, BREAKING)["page"]
    with pytest.raises(ZeroDivisionError):
        mount(component)
    page = mount(component, n=1)
    assert page.text("p") == "10"


def test_a_test_may_look_at_the_card_of_a_component_that_broke(tmp_path: Path) -> None:
    page = mount(load_source(tmp_path, BREAKING)["page"], raises=False)
    assert page.text("[role=alert]") == "kid could not be shown."
    page.click("button")
    assert page.text("p") == "10"


LITERALS = """
from decimal import Decimal
VALUES = [2**60 + 1, 1.0, -0.0, 1e300, Decimal("0.30"), None, "it's \\\\ \\"so\\" &quot;\\n", 0.1]

@live
def page():
    seen = []
    def take(value, name=None): seen.append(value)
    def pick(n, old=1): seen.append((n, old))
    t'''{[t"<b key={at} @click='take({value})'>x</b>" for at, value in enumerate(VALUES)]}
    <form>{[t"<button type=button key={at} @click='take({value}, name)'>x</button>" for at, value in enumerate(VALUES)]}
        <input name="name"></form><i @pick="pick" @take="take(event.detail)">x</i><p>{seen!r}</p>'''
"""


def test_literals_arrive_as_they_were_rendered(tmp_path: Path) -> None:
    component = one(tmp_path, LITERALS)
    values = component.compiled.setup.__globals__["VALUES"]
    for selector in ("b", "button"):
        page = mount(component)
        for at in range(len(values)):
            page.click(f"{selector}:nth-of-type({at + 1})")
        assert page.text("p") == repr(values)


def test_details_arrive_as_a_script_sends_them(tmp_path: Path) -> None:
    page = mount(one(tmp_path, LITERALS))
    page.trigger("i", "pick", detail={"n": 2.0, "old": None})
    page.trigger("i", "take", detail=None)
    page.trigger("i", "take", detail=[float("nan"), 2**60 + 1])
    assert page.text("p") == "[(2, None), None, [None, 1152921504606847000]]"


def test_a_page_that_is_closed_is_gone_for_other_pages_at_once(load: Load) -> None:
    source = """
    from hyper import presence
    @live
    def page(name: str):
        people = presence("lobby")
        def on_mount():
            people.join(name)
        t"<ul>{[t'<li>{person}</li>' for person in people]}</ul>"
    """
    lobby = load(source)
    with mount(lobby, name="Ann") as ann:
        with mount(lobby, name="Bob"):
            assert ann.texts("li") == ["Ann", "Bob"]
        assert ann.texts("li") == ["Ann"]


def test_each_tick_that_saves_a_record_is_made(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HYPER_DATABASE_URL", f"sqlite:///{tmp_path}/t.db")
    source = """
    from dataclasses import dataclass
    from hyper import every, persistent
    @dataclass
    class Record:
        n: int = 0
    @live
    def page():
        record = persistent(Record, id="x")
        @every(1)
        def tick():
            record.n += 1
        t"<p>{record.n}</p>"
    """
    page = mount(load(source))
    page.advance(20)
    assert page.text("p") == "20"


def test_deadlines_of_asyncio_are_over_when_the_time_is(load: Load) -> None:
    source = """
    import asyncio
    from hyper import every, spawn
    @live
    def page():
        ends_s = asyncio.get_running_loop().time() + 3600
        is_over, is_late = False, False
        async def wait():
            nonlocal is_late
            await asyncio.sleep(3600)
            is_late = True
        def on_mount():
            spawn(wait())
        @every(600)
        def look():
            nonlocal is_over
            is_over = asyncio.get_running_loop().time() >= ends_s
        t"<p>{is_over!r} {is_late!r}</p>"
    """
    page = mount(load(source))
    page.advance(3000)
    assert page.text("p") == "False False"
    page.advance(1200)
    assert page.text("p") == "True True"
