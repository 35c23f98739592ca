"""Events: what they mean, what they send along, and what stands in their way."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from .live import Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_click_and_its_update(live: Live) -> None:
    await live.show('<p>0</p><button @click="add"><b>+</b></button>')
    connect = {"type": "connect", "component_id": "c1", "token": "t1", "version": 0}
    assert live.site.received[0].items() > connect.items()
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
<input type="file" name="file"><input type="hidden" name="h" value="5">
<input type="radio" name="free" value="1">
<button name="how" value="fast">go</button><button type="button" id="call" @click="{}">call</button></form>"""


async def test_a_form_sends_its_fields(live: Live) -> None:
    await live.show(FORM.format("x"))
    await live.page.get_by_text("go").click()
    assert await live.event() == {
        "event": "save",
        "params": {
            "text": "milk", "n": "2", "done": True, "no": False, "tag": ["a"], "size": "m", "one": "y",
            "many": ["p"], "note": "n", "none": "", "h": "5", "free": None, "how": "fast",
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
        '<button data-id="a1" data-item-id="7" value="v" '
        '@click="f(dataset.id, item_id, dataset.itemId, value)">x</button>'
        '<input @keydown="g(key, value)" value="t">'
        '<input type="checkbox" value="c" @change="h(value, checked)">'
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


async def test_members_of_the_event(live: Live) -> None:
    await live.show(
        '<button @click="f(event.shiftKey, event.button, event.type)" @pick="g(event.detail, id)">x</button>'
    )
    button = live.page.locator("button")
    await button.click(modifiers=["Shift"])
    assert (await live.event(1))["args"] == [True, 0, "click"]
    await button.evaluate(
        "x => x.dispatchEvent(new CustomEvent('pick', { bubbles: true, detail: { id: 7 } }))"
    )
    await live.until(lambda: len(live.events()) == 2)
    assert live.events()[1]["args"] == [{"id": 7}, 7]


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
        ("=done", [True, "on"]),
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
        """<input @keydown.enter="enter" @keydown.esc="escape" @keydown.ctrl.k="chord"
        @keydown.up.down="arrow" @keydown.a="letter" @keydown.space="space" @keyup.shift.tab="back">
        <p @keydown.window.f2="help"></p>"""
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
    await live.show('<input @input.debounce.1s="search(value)">')
    await live.page.locator("input").press_sequentially("abc")
    await live.update({"path": "", "remove": 0})
    await expect(live.page.locator("input")).to_have_count(0)
    await live.page.evaluate("new Promise(done => setTimeout(done, 1200))")
    assert live.events() == []
