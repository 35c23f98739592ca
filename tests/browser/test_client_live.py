"""Events, acknowledgements, updates and reconnects: the client against a server that the tests play."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

from .conftest import Site

pytestmark = pytest.mark.asyncio(loop_scope="session")

WAIT_S = 5
ROOT = '<div data-live-component="c1" data-live-token="t1" id="root">{}</div>'


class Live:
    """A page with one live component, and the server's side of it."""

    def __init__(self, site: Site, page: Page) -> None:
        self.site = site
        self.page = page
        self.version = 0
        self.done = 0
        self.acknowledges = True
        site.answer = self.answer

    async def answer(self, socket: web.WebSocketResponse, message: Any) -> None:
        if message["type"] == "connect":
            await self.acknowledge()
        elif message["type"] == "event" and self.acknowledges:
            self.done = message["seq"]
            await self.acknowledge()
        elif message["type"] == "ping":
            await socket.send_json({"type": "pong"})

    async def acknowledge(self, **more: Any) -> None:
        await self.send(type="ack", seq=self.done, version=self.version, **more)

    async def send(self, **message: Any) -> None:
        await self.site.sockets[-1].send_json({"component_id": "c1", **message})

    async def update(self, *patches: dict[str, Any], component_id: str = "c1") -> None:
        self.version += 1
        await self.send(type="update", component_id=component_id, version=self.version, patches=list(patches))

    async def show(self, html: str, head: str = "") -> None:
        self.site.body = ROOT.format(html)
        self.site.head = head
        await self.page.goto(self.site.address)
        await expect(self.page.locator("#root")).to_have_class("live-connected")

    def events(self) -> list[Any]:
        return [message for message in self.site.received if message["type"] == "event"]

    async def until(self, holds: Callable[[], Any]) -> Any:
        async with asyncio.timeout(WAIT_S):
            while not (found := holds()):
                await asyncio.sleep(0.01)
        return found

    async def event(self, number: int = 1) -> Any:
        """The n-th event that the page sent, without what all have."""
        await self.until(lambda: len(self.events()) >= number)
        message = dict(self.events()[number - 1])
        assert message.pop("seq") == number
        assert (message.pop("type"), message.pop("component_id")) == ("event", "c1")
        assert message.pop("fields", None) in ([], None)
        return message


@pytest_asyncio.fixture(loop_scope="session")
async def live(site: Site, page: Page) -> AsyncIterator[Live]:
    yield Live(site, page)


# Events -----------------------------------------------------------------------------------------------------


async def test_a_click_and_its_update(live: Live) -> None:
    await live.show('<p>0</p><button @click="add"><b>+</b></button>')
    assert live.site.received[0] == {"type": "connect", "component_id": "c1", "token": "t1", "version": 0}
    await live.page.locator("b").click()
    assert await live.event() == {"event": "add", "params": {}}
    await live.update({"path": "p/text", "value": "1"})
    await expect(live.page.locator("p")).to_have_text("1")


FORM = """<form @submit="save"><input name="text" value="milk"><input type="number" name="n" value="2">
<input type="checkbox" name="done" checked><input type="checkbox" name="no">
<input type="checkbox" name="tag" value="a" checked><input type="checkbox" name="tag" value="b">
<input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
<select name="one"><option>x</option><option selected>y</option></select>
<select name="many" multiple><option selected>p</option><option>q</option></select>
<textarea name="note">n</textarea><input name="off" value="1" disabled><input type="password" name="none">
<input type="file" name="file"><input type="hidden" name="h" value="5"><input type="radio" name="free" value="1">
<button name="how" value="fast">go</button><button type="button" id="call" @click="{}">call</button></form>"""


async def test_a_form_sends_its_fields(live: Live) -> None:
    await live.show(FORM.format("x"))
    await live.page.get_by_text("go").click()
    assert await live.event() == {
        "event": "save",
        "params": {
            "text": "milk", "n": "2", "done": True, "no": False, "tag": ["a"], "size": "m", "one": "y", "many": ["p"],
            "note": "n", "none": "", "h": "5", "free": None, "how": "fast",
        },
    }  # fmt: skip
    assert live.page.url == live.site.address


@pytest.mark.parametrize(
    ("expression", "args"),
    [
        ("f()", []),
        ("f(1, -2.5, 1e3)", [1, -2.5, 1000]),
        ("f(true, false, null)", [True, False, None]),
        ("f('it\\'s', 'a &quot;b&quot;', &quot;c, d)&quot;)", ["it's", 'a "b"', "c, d)"]),
        ("f(&quot;\\u00e9\\n&quot;)", ["é\n"]),
        ("f([1, 2])", [[1, 2]]),
        ("f(text, n, done, no, tag)", ["milk", "2", True, False, ["a"]]),
        ("f(size, one, many, note, free)", ["m", "y", ["p"], "n", None]),
    ],
)
async def test_arguments(live: Live, expression: str, args: list[Any]) -> None:
    await live.show(FORM.format(expression))
    await live.page.locator("#call").click()
    assert await live.event() == {"event": "f", "args": args}


async def test_arguments_from_the_element(live: Live) -> None:
    await live.show(
        '<button data-id="a1" data-item-id="7" value="v" @click="f(dataset.id, item_id, dataset.itemId, value)">x'
        '</button><input @keydown="g(key, value)" value="t"><input type="checkbox" value="c" @change="h(value, checked)">'
        '<p data-some-thing="1" @click="bare">p</p><div @input="inner(value)"><input id="inner"></div>'
    )
    await live.page.locator("button").click()
    assert (await live.event(1))["args"] == ["a1", "7", "7", "v"]
    await live.page.locator("input").first.press("q")
    assert (await live.event(2))["args"] == ["q", "t"]
    await live.page.locator("[type=checkbox]").evaluate("box => { box.defaultChecked = true; box.click() }")
    await live.until(lambda: len(live.events()) == 3)
    assert live.events()[2]["args"] == ["c", False]
    await live.page.locator("p").click()
    assert (await live.event(4))["params"] == {"some_thing": "1"}
    await live.page.locator("#inner").fill("z")
    await live.until(lambda: len(live.events()) == 5)
    assert live.events()[4]["args"] == ["z"]


async def test_the_edited_field_is_named(live: Live) -> None:
    await live.show('<form @input="check" @submit="save"><input name="a"><input name="b"></form>')
    await live.page.locator("[name=b]").fill("x")
    assert (await live.event(1))["params"] == {"a": "", "b": "x", "value": "x", "_target": "b"}


async def test_bound_controls_set_variables(live: Live) -> None:
    await live.show(
        '<input id="a" @bind="name"><input id="b" @bind.lazy="late"><input type="checkbox" @bind="done">'
        '<input type="radio" name="r" value="m" @bind="size">'
        '<select multiple @bind="picks"><option>1</option><option>2</option></select>'
    )
    await live.page.locator("#a").fill("x")
    await live.page.locator("#b").fill("y")
    await live.page.locator("[type=checkbox]").check()
    await live.page.locator("[type=radio]").check()
    await live.page.locator("select").select_option(["1", "2"])
    await live.until(lambda: len(live.events()) == 5)
    assert [(event["event"], event["args"]) for event in live.events()] == [
        ("=name", ["x"]),
        ("=late", ["y"]),
        ("=done", [True]),
        ("=size", ["m"]),
        ("=picks", [["1", "2"]]),
    ]


async def test_an_expression_that_means_nothing_is_an_error(live: Live) -> None:
    await live.show(
        '<button @click="f(nothing)">a</button><button @click="f(">b</button><button @click="1+">c</button>'
    )
    await live.page.evaluate(
        "window.errors = []; root.addEventListener('live:error', e => errors.push(e.detail.code))"
    )
    for text in "ab":
        await live.page.get_by_text(text, exact=True).click()
    assert await live.page.evaluate("errors") == ["expression", "expression"]
    assert live.events() == []


async def test_modifiers(live: Live) -> None:
    await live.show(
        """<div @click="outer" id="outer"><button @click.stop="stopped">stop</button>
        <a href="#gone" @click.prevent.stop="prevented">link</a></div>
        <div @click.self="self" id="self" style="padding:20px"><b>inside</b></div>
        <button @click.once="once">once</button>
        <div @click.capture="first"><button @click="second">order</button></div>
        <div @click.outside="away" id="panel">panel</div>"""
    )

    async def clicks(selector: str, **options: Any) -> list[str]:
        live.site.received.clear()
        await live.page.locator(selector).click(**options)
        await live.page.evaluate("new Promise(done => setTimeout(done, 50))")
        return [event["event"] for event in live.events()]

    assert await clicks("#outer > button") == ["stopped"]
    assert await clicks("a") == ["prevented"]
    assert "#gone" not in live.page.url
    assert await clicks("#self b") == ["away"]
    assert await clicks("#self", position={"x": 5, "y": 5}) == ["self", "away"]
    assert await clicks("text=once") == ["once", "away"]
    assert await clicks("text=once") == ["away"]
    assert await clicks("text=order") == ["first", "second", "away"]
    assert await clicks("#panel") == []


async def test_keys(live: Live) -> None:
    await live.show(
        """<input @keydown.enter="enter" @keydown.esc="escape" @keydown.ctrl.k="chord" @keydown.up.down="arrow"
        @keydown.a="letter" @keydown.space="space" @keyup.shift.tab="back"><p @keydown.window.f2="help"></p>"""
    )
    await live.page.locator("input").focus()
    for key in ["Enter", "Escape", "k", "Control+k", "ArrowUp", "ArrowDown", "a", "b", "Space", "F2"]:
        await live.page.keyboard.press(key)
    await live.until(lambda: len(live.events()) == 8)
    assert [event["event"] for event in live.events()] == [
        "enter", "escape", "chord", "arrow", "arrow", "letter", "space", "help",
    ]  # fmt: skip


async def test_events_that_do_not_bubble(live: Live) -> None:
    await live.show(
        '<div @focus="never" @mouseenter="entered"><input @focus="focused" @blur="left"></div>'
        '<div @focus.capture="caught"><input id="other"></div>'
        '<details @toggle="toggled"><summary>s</summary></details>'
    )
    await live.update({"path": "", "insert": 0, "html": '<img src="data:,x" @error="broken">'})
    await live.until(live.events)
    await live.page.locator("input").first.focus()
    await live.page.locator("#other").focus()
    await live.page.locator("summary").evaluate("summary => summary.click()")
    await live.until(lambda: len(live.events()) == 5)
    assert [event["event"] for event in live.events()] == ["broken", "focused", "left", "caught", "toggled"]


async def test_elements_that_came_later_are_heard(live: Live) -> None:
    await live.show("<p>a</p>")
    await live.update(
        {"path": "p/@@dblclick", "value": "twice"},
        {"path": "", "insert": 1, "html": '<i @contextmenu.prevent="menu">i</i>'},
    )
    await live.page.locator("i").click(button="right")
    await live.page.locator("p").dblclick()
    await live.until(lambda: len(live.events()) == 2)
    assert [event["event"] for event in live.events()] == ["menu", "twice"]


async def test_what_others_put_into_the_page_calls_nothing(live: Live) -> None:
    await live.show('<div data-live-ignore id="pad"></div><p @click="mine">p</p>')
    await live.page.evaluate("pad.innerHTML = '<b @click=\"theirs\">b</b>'")
    await live.page.locator("b").click()
    await live.page.locator("p").click()
    assert (await live.event())["event"] == "mine"


async def test_debounce_throttle_and_flush(live: Live) -> None:
    await live.show(
        '<form @submit="save(q)"><input name="q" @input.debounce.60s="search(value)"></form>'
        '<button @click.throttle.60s="hit">x</button>'
    )
    await live.page.locator("input").press_sequentially("abc")
    assert live.events() == []
    await live.page.locator("input").press("Enter")
    await live.until(lambda: len(live.events()) == 2)
    assert [(event["event"], event["args"]) for event in live.events()] == [
        ("search", ["abc"]),
        ("save", ["abc"]),
    ]
    for _ in range(3):
        await live.page.locator("button").click()
    await live.page.evaluate("new Promise(done => setTimeout(done, 50))")
    assert [event["event"] for event in live.events()[2:]] == ["hit"]


async def test_a_debounced_event_goes_with_its_element(live: Live) -> None:
    await live.show('<input @input.debounce.50ms="search(value)">')
    await live.page.locator("input").press_sequentially("abc")
    await live.update({"path": "", "remove": 0})
    await expect(live.page.locator("input")).to_have_count(0)
    await live.page.evaluate("new Promise(done => setTimeout(done, 100))")
    assert live.events() == []


# Forms ------------------------------------------------------------------------------------------------------


async def test_a_submit_reports_what_the_attributes_do_not_say(live: Live) -> None:
    await live.show(
        '<form @submit="save(text)"><input name="text"><input type="checkbox" checked><select><option>a</option>'
        "<option>b</option></select><input value='same'><textarea>t</textarea><button>go</button></form>"
    )
    await live.page.locator("[name=text]").fill("milk")
    await live.page.locator("[type=checkbox]").uncheck()
    await live.page.locator("select").select_option("b")
    await live.page.locator("textarea").fill("T")
    await live.page.get_by_text("go").click()
    await live.until(live.events)
    assert live.events()[0]["fields"] == [
        {"path": "form/input[1]/@value", "value": "milk"},
        {"path": "form/input[2]/@checked", "value": None},
        {"path": "form/select/option[2]/@selected", "value": ""},
        {"path": "form/textarea/@value", "value": "T"},
    ]
    await live.update({"path": "form/input[1]/@value", "value": None})
    await expect(live.page.locator("[name=text]")).to_have_value("")


async def test_a_submitted_value_is_cleared_while_its_field_has_the_focus(live: Live) -> None:
    await live.show('<form @submit="add(text)"><input name="text"></form>')
    await live.page.locator("input").fill("milk")
    await live.page.locator("input").press("Enter")
    await live.until(live.events)
    await live.update({"path": "form/input/@value", "value": None})
    await expect(live.page.locator("input")).to_have_value("")
    await expect(live.page.locator("input")).to_be_focused()


async def test_typing_goes_on_while_an_older_value_comes_back(live: Live) -> None:
    await live.show('<input @input="search(value)">')
    await live.page.locator("input").press_sequentially("ab")
    await live.until(lambda: len(live.events()) == 2)
    await live.page.evaluate("document.activeElement.value += 'c'")  # not yet told: no input event
    await live.update({"path": "input/@value", "value": "AB"})
    await live.until(lambda: live.version == 1)
    assert await live.page.evaluate("document.activeElement.value") == "abc"


async def test_a_choice_is_reported(live: Live) -> None:
    await live.show(
        '<input type="checkbox" @change="toggle"><form><input type="radio" name="r" checked>'
        '<input type="radio" name="r" @change="pick"></form>'
    )
    await live.page.locator("[type=checkbox]").check()
    await live.page.locator("[type=radio]").last.check()
    await live.until(lambda: len(live.events()) == 2)
    assert [event["fields"] for event in live.events()] == [
        [{"path": "input/@checked", "value": ""}],
        [{"path": "form/input[1]/@checked", "value": None}, {"path": "form/input[2]/@checked", "value": ""}],
    ]


async def test_a_trigger_is_busy_until_its_event_has_run(live: Live) -> None:
    await live.show(
        '<form @submit="save"><input><button id="go">go</button></form><button @click="other">x</button>'
    )
    live.acknowledges = False
    await live.page.locator("#go").click()
    form = live.page.locator("form")
    await expect(form).to_have_class("live-loading")
    await expect(form).to_have_attribute("aria-busy", "true")
    await expect(live.page.locator("#go")).to_be_disabled()
    live.done = 1
    await live.acknowledge()
    await expect(form).to_have_class("")
    await expect(live.page.locator("#go")).to_be_enabled()
    assert await form.get_attribute("aria-busy") is None


async def test_a_button_that_the_server_disables_stays_disabled(live: Live) -> None:
    await live.show('<form @submit="save"><button>go</button></form>')
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(live.events)
    await live.update({"path": "form/button/@disabled", "value": ""})
    live.done = 1
    await live.acknowledge()
    await expect(live.page.locator("form")).to_have_class("")
    await expect(live.page.locator("button")).to_be_disabled()


# Components -------------------------------------------------------------------------------------------------


async def test_nested_components(live: Live) -> None:
    await live.show(
        '<p>a</p><div data-live-component="c1.1"><p>b</p><button @click="inner">x</button></div><button @click="outer">y'
        "</button>"
    )
    await live.page.get_by_text("x").click()
    await live.page.get_by_text("y").click()
    await live.until(lambda: len(live.events()) == 2)
    assert [(event["component_id"], event["seq"], event["event"]) for event in live.events()] == [
        ("c1.1", 1, "inner"),
        ("c1", 2, "outer"),
    ]
    await live.update({"path": "p/text", "value": "B"}, component_id="c1.1")
    await live.update(
        {"path": "", "move": 1, "to": 0},
        {"path": "", "insert": 1, "html": '<div data-live-component="c1.2"><i @click="new">z</i></div>'},
    )
    await live.update({"path": "i/text", "value": "Z"}, component_id="c1.2")
    await live.page.get_by_text("Z").click()
    await live.until(lambda: len(live.events()) == 3)
    assert live.events()[2]["component_id"] == "c1.2"
    assert await live.page.locator("#root").text_content() == "BxZay"


async def test_a_component_that_is_a_table_row(live: Live) -> None:
    row = '<tr data-live-component="c1.{0}" data-live-self=""><td>{0}</td><td><button @click="f">x</button></td></tr>'
    await live.show(f"<table><tbody>{row.format(1)}{row.format(2)}</tbody></table>")
    await live.update(
        {"path": "tr/td[1]/text", "value": "one"}, {"path": "tr/@class", "value": "x"}, component_id="c1.1"
    )
    await live.update({"path": "", "html": row.format("2") + ""}, component_id="c1.2")
    await live.update(
        {"path": "", "remove": 0},
        {"path": "", "insert": 0, "html": '<tr id="new"><td>2!</td></tr>'},
        component_id="c1.2",
    )
    await live.update(
        {"path": "table/tbody", "move": 1, "to": 0},
        {"path": "table/tbody", "insert": 2, "html": row.format(3)},
    )
    await live.update({"path": "tr/td[1]/text", "value": "three"}, component_id="c1.3")
    await expect(live.page.locator("tr").last).to_have_text("threex")
    assert await live.page.locator("tr").all_inner_texts() == ["2!", "one\tx", "three\tx"]
    await live.page.locator("tr").nth(1).locator("button").click()
    await live.until(live.events)
    assert live.events()[0]["component_id"] == "c1.1"
    assert live.site.received[-1]["type"] == "event"


async def test_server_events_are_dispatched(live: Live) -> None:
    await live.show('<div data-live-component="c1.1" id="inner"></div>')
    await live.page.evaluate(
        """window.heard = []; for (const name of ["error", "saved", "update"])
        addEventListener(`live:${name}`, event => { event.preventDefault(); heard.push([name, event.target.id, event.detail]) })"""
    )
    await live.send(type="push", component_id="c1.1", event="saved", detail={"n": 1})
    await live.send(type="error", code="handler_failed", message="no", fields={"a": "b"})
    await live.update()
    await live.until(lambda: live.version)
    await live.page.wait_for_function("heard.length === 3")
    assert await live.page.evaluate("heard") == [
        ["saved", "inner", {"n": 1}],
        ["error", "root", {"code": "handler_failed", "message": "no", "fields": {"a": "b"}}],
        ["update", "root", {"version": 1}],
    ]


# Connection -------------------------------------------------------------------------------------------------


async def test_a_gap_a_misfit_and_their_snapshot(live: Live) -> None:
    await live.show('<p>a</p><input id="field">')
    await live.page.locator("#field").fill("typed")
    await live.send(type="update", version=3, patches=[])
    await live.until(lambda: live.site.received[-1]["type"] == "resync")
    await live.send(type="resync", version=3, html='<p class="x">b</p><input id="field"><i>i</i>')
    await expect(live.page.locator("p")).to_have_text("b")
    assert await live.page.locator("#root").inner_html() == '<p class="x">b</p><input id="field"><i>i</i>'
    await expect(live.page.locator("#field")).to_have_value("typed")
    await expect(live.page.locator("#field")).to_be_focused()
    live.site.received.clear()
    await live.send(type="update", version=4, patches=[{"path": "q/text", "value": "?"}])
    await live.until(lambda: live.site.received)
    assert live.site.received[0]["type"] == "resync"
    await live.send(type="update", version=2, patches=[{"path": "p/text", "value": "old"}])
    await live.send(type="resync", version=5, html="<p>c</p>")
    await expect(live.page.locator("#root")).to_have_text("c")


async def test_a_lost_connection_comes_back_with_everything(live: Live) -> None:
    await live.show('<p>0</p><button @click="add">+</button>')
    await live.update({"path": "p/text", "value": "1"})
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(live.events)
    live.site.received.clear()
    await live.site.sockets[-1].close()
    await live.page.locator("button").click()
    await live.until(lambda: len(live.events()) == 2)
    assert live.site.received[0] == {"type": "connect", "component_id": "c1", "token": "t1", "version": 1}
    assert [event["seq"] for event in live.events()] == [1, 2]
    await expect(live.page.locator("#root")).to_have_class("live-connected")


async def test_what_has_run_is_not_sent_again(live: Live) -> None:
    await live.show('<button @click="add">+</button>')
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(live.events)
    live.site.received.clear()
    live.done = 1
    await live.site.sockets[-1].close()
    await expect(live.page.locator("button")).to_have_class("")
    await live.page.locator("button").click()
    await live.until(live.events)
    assert [event["seq"] for event in live.events()] == [2]


async def test_a_server_that_lost_its_state(live: Live) -> None:
    await live.show('<button @click="add">+</button>')
    await live.page.evaluate(
        "window.errors = []; addEventListener('live:error', event => errors.push(event.detail.code))"
    )
    await live.page.locator("button").click()
    await live.until(live.events)
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(lambda: len(live.events()) == 2)
    live.site.received.clear()
    live.done, live.acknowledges = 0, True
    await live.site.sockets[-1].close()
    await live.page.wait_for_function("errors.length")
    assert await live.page.evaluate("errors") == ["lost"]
    await live.page.locator("button").click()
    await live.until(live.events)
    assert [event["seq"] for event in live.events()] == [1]


async def test_codes_that_forbid_to_come_back(live: Live) -> None:
    await live.show("")
    await live.page.evaluate(
        "window.errors = []; addEventListener('live:error', event => errors.push(event.detail.code))"
    )
    await live.site.sockets[-1].close(code=4501)
    await expect(live.page.locator("#root")).to_have_class("live-disconnected")
    await live.page.evaluate("new Promise(done => setTimeout(done, 400))")
    assert await live.page.evaluate("errors") == ["refused"]
    assert len(live.site.sockets) == 1


async def test_a_page_that_was_taken_over_comes_back_when_it_is_looked_at(live: Live) -> None:
    await live.show("")
    await live.site.sockets[-1].close(code=4409)
    await expect(live.page.locator("#root")).to_have_class("live-disconnected")
    await live.page.evaluate("new Promise(done => setTimeout(done, 400))")
    assert len(live.site.sockets) == 1
    await live.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(live.page.locator("#root")).to_have_class("live-connected")


async def test_the_way_back_to_a_page(live: Live) -> None:
    await live.show('<p>0</p><button @click="add">+</button>')
    await live.update({"path": "p/text", "value": "1"})
    await live.page.goto("data:text/html,away")
    live.site.received.clear()
    live.version = 0
    await live.page.go_back()
    await expect(live.page.locator("#root")).to_have_class("live-connected")
    await live.page.locator("button").click()
    await live.until(live.events)
    assert len(live.events()) == 1


async def test_reload(live: Live) -> None:
    await live.show("")
    await live.page.evaluate("window.old = true")
    await live.send(type="reload")
    await live.page.wait_for_function("!window.old")


async def test_components_that_come_later_are_started(live: Live) -> None:
    await live.show("")
    await live.page.evaluate(
        """async () => { document.body.insertAdjacentHTML("beforeend",
        '<div data-live-component="c2" data-live-token="t2"><p>x</p></div>');
        (await import("/_live/client.js")).start() }"""
    )
    await live.until(lambda: len(live.site.received) == 2)
    assert live.site.received[1] == {"type": "connect", "component_id": "c2", "token": "t2", "version": 0}


POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src data:; "
    "require-trusted-types-for 'script'; trusted-types hyper"
)


async def test_a_strict_content_security_policy(live: Live) -> None:
    live.site.headers["Content-Security-Policy"] = POLICY
    problems: list[str] = []
    live.page.on("console", lambda message: problems.append(message.text))
    await live.show('<p>a</p><button @click="f">x</button><iframe></iframe>')
    await live.update(
        {"path": "p/@style", "value": "color: rgb(1, 2, 3)"},
        {"path": "p/@@click", "value": "g"},
        {"path": "p/@[x]", "value": "1"},
        {"path": "", "insert": 1, "html": "<table><tbody><tr><td>b</td></tr></tbody></table>"},
    )
    await live.page.locator("button").click()
    await live.until(live.events)
    await live.send(type="resync", version=2, html='<p>c</p><button @click="f">x</button>')
    await expect(live.page.locator("p")).to_have_text("c")
    assert problems == []


async def test_styles_under_a_strict_policy(live: Live) -> None:
    live.site.headers["Content-Security-Policy"] = POLICY
    await live.show("<p>a</p>")
    await live.update({"path": "p/@style", "value": "color: rgb(1, 2, 3)"})
    await expect(live.page.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
