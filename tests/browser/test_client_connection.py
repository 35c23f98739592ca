"""Components and their connection: nesting, snapshots, reconnects, content security policies."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Route, expect

from .live import Live

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_nested_components(live: Live) -> None:
    await live.show(
        '<p>a</p><div data-live-component="c1.1"><p>b</p><button @click="inner">x</button></div>'
        '<button @click="outer">y</button>'
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
    row = (
        '<tr data-live-component="c1.{0}" data-live-self="">'
        '<td>{0}</td><td><button @click="f">x</button></td></tr>'
    )
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
        """window.heard = []; for (const name of ["error", "missed", "saved", "update"])
        addEventListener(`live:${name}`, event => {
            event.preventDefault();
            heard.push([name, event.target.id, event.detail]);
        })"""
    )
    await live.send(type="push", component_id="c1.1", event="saved", detail={"n": 1})
    await live.send(type="push", component_id="c1.1", event="saved", detail={"n": 9}, missed=7)
    await live.send(type="error", code="handler_failed", message="no", fields={"a": "b"})
    await live.update()
    await live.until(lambda: live.version)
    await live.page.wait_for_function("heard.length === 5")
    assert await live.page.evaluate("heard") == [
        ["saved", "inner", {"n": 1}],
        ["missed", "root", {"count": 7}],
        ["saved", "inner", {"n": 9}],
        ["error", "root", {"code": "handler_failed", "message": "no", "fields": {"a": "b"}}],
        ["update", "root", {"version": 1}],
    ]


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


BAR = "<script>document.getElementById('root').prepend(document.createElement('p'))</script>"


@pytest.mark.parametrize(
    ("html", "added"),
    [
        ("<p>a</p>", BAR),
        ('<div><template shadowrootmode="open"><b>b</b></template></div><p>a</p>', ""),
        ("<p>x<div>y</div></p>", ""),
    ],
    ids=["an extension was faster", "a shadow root", "HTML that nobody printed"],
)
async def test_a_page_that_is_not_what_the_server_wrote_is_sent_again(
    live: Live, html: str, added: str
) -> None:
    await live.show(html, added=added)
    await live.until(lambda: live.site.received[-1]["type"] == "resync")
    await live.send(type="resync", version=0, html="<p>b</p>")
    await live.update({"path": "p/text", "value": "c"})
    await expect(live.page.locator("#root")).to_have_text("c")
    assert await live.page.locator("#root").inner_html() == "<p>c</p>"
    assert [message["type"] for message in live.site.received] == ["connect", "resync"]


async def test_a_page_that_others_fill_where_they_may_is_not_sent_again(live: Live) -> None:
    chosen = "<select><button><selectedcontent></selectedcontent></button><option><b>a</b></option></select>"
    chart = "<script>document.getElementById('chart').append(document.createElement('canvas'))</script>"
    await live.show(f'<div id="chart" data-live-ignore></div>{chosen}<p>a</p>', added=chart)
    await live.update({"path": "p/text", "value": "b"})
    await expect(live.page.locator("p")).to_have_text("b")
    assert await live.page.locator("#chart canvas, selectedcontent b").count() == 2
    assert [message["type"] for message in live.site.received] == ["connect"]


async def test_a_text_of_many_packets_is_one_text(live: Live) -> None:
    await live.show(f"<p>{'x' * 200_000}</p>")
    await live.update({"path": "p/text", "at": 200_000, "insert": "y"})
    await expect(live.page.locator("p")).to_have_text(re.compile("y$"))
    assert await live.page.locator("p").evaluate("p => [p.childNodes.length, p.textContent.length]") == [
        1,
        200_001,
    ]
    assert [message["type"] for message in live.site.received] == ["connect"]


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
    connect = {"type": "connect", "component_id": "c1", "token": "t1", "version": 1}
    assert live.site.received[0].items() > connect.items()
    assert [event["seq"] for event in live.events()] == [1, 2]
    await expect(live.page.locator("#root")).to_have_class("live-connected")


async def test_an_answer_that_got_lost_is_asked_for_again(live: Live) -> None:
    await live.show('<button @click="add">+</button>')
    live.acknowledges = False
    await live.page.locator("button").click()
    await live.until(live.events)
    live.site.received.clear()
    live.done = 1
    await live.site.sockets[-1].close()
    await live.until(live.events)
    assert [event["seq"] for event in live.events()] == [1]
    await live.acknowledge()
    await expect(live.page.locator("button")).to_have_class("")
    live.site.received.clear()
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
    live.site.answer = None
    await live.site.sockets[-1].close()
    await expect(live.page.locator("#root")).to_have_class("live-connecting")
    await live.page.locator("button").click()
    live.site.answer = live.answer
    await live.acknowledge(again=True)
    await live.page.wait_for_function("errors.length === 2")
    assert await live.page.evaluate("errors") == ["lost", "unsent"]
    assert live.events() == []
    await live.page.locator("button").click()
    await live.until(live.events)
    assert [event["seq"] for event in live.events()] == [1]


async def test_a_field_that_is_gone_before_the_extras_came_is_not_filled_in_again(live: Live) -> None:
    came = asyncio.Event()

    async def wait_for_it(route: Route) -> None:
        await came.wait()
        await route.continue_()

    await live.page.route("**/extras*", wait_for_it)
    await live.show('<p><input id="name" value="" @input="name"></p>')
    await live.page.fill("input", "Ada")
    await live.event(1)
    await live.update({"path": "p", "remove": 0})
    await expect(live.page.locator("input")).to_have_count(0)
    live.site.answer = None
    await live.site.sockets[-1].close()
    await expect(live.page.locator("#root")).to_have_class("live-connecting")
    came.set()
    await live.page.evaluate("import('/_live/extras.js').then(() => null)")
    live.done = 0
    live.site.answer = live.answer
    await live.update({"path": "p", "insert": 0, "html": '<input id="name" value="" @input="name">'})
    await live.acknowledge(again=True)
    await live.acknowledge()
    await expect(live.page.locator("input")).to_have_value("")
    assert len(live.events()) == 1


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
    await live.page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
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


async def test_components_that_come_later_are_started(live: Live) -> None:
    await live.show("")
    await live.page.evaluate(
        """async () => { document.body.insertAdjacentHTML("beforeend",
        '<div data-live-component="c2" data-live-token="t2"><p>x</p></div>');
        (await import("/_live/client.js")).start() }"""
    )
    await live.until(lambda: len(live.site.received) == 2)
    connect = {"type": "connect", "component_id": "c2", "token": "t2", "version": 0}
    assert live.site.received[1].items() > connect.items()


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
