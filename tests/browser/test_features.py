"""What a component's author uses, in a real browser: actions, hooks, bindings, forms, nesting, work."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Dialog, Page, expect

from hyper.commands.dev import make_app
from hyper.commands.gallery import Gallery

pytestmark = pytest.mark.asyncio(loop_scope="session")


@asynccontextmanager
async def shown(
    chromium: Browser, folder: Path, source: str, *, may_complain: bool = False
) -> AsyncIterator[Page]:
    """A browser page with the component ``page`` of a file with this source, connected; no error may occur."""
    (folder / "app.py").write_text("from hyper import *\n" + source, encoding="utf-8")
    runner = web.AppRunner(make_app(Gallery(folder)), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page = await chromium.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    try:
        await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/live/page")
        await expect(page.locator("[data-live-token]")).to_have_class("live-connected")
        yield page
        assert errors == [] or may_complain
    finally:
        await page.close()
        await runner.cleanup()


ACTIONS = '''
@live
def page():
    n = 0
    def more():
        nonlocal n
        n += 1
    t"""<div>
    <button id="menu" @click="$toggle('#list'); more">menu</button><ul id="list" hidden><li>{n}</li></ul>
    <button id="ask" @click="$confirm('Sure?'); more">ask</button>
    <button id="mark" class="n{n}" @click="$toggle_class(this, 'open'); more">mark</button>
    <button id="set" @click="$set_attribute('#list', 'data-n', 5); $add_class('#list', 'wide'); $focus('#field')">set</button>
    <button id="blink" @click="$transition('#list', 'blink', 50)">blink</button><input id="field" value="x">
    </div>"""
'''


async def test_actions_work_at_once_and_outlive_patches(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, ACTIONS) as page:
        await page.click("#menu")
        await expect(page.locator("#list")).to_be_visible()
        await expect(page.locator("#list")).to_have_text("1")
        await page.click("#mark")
        await expect(page.locator("#mark")).to_have_class("n2 open")
        await expect(page.locator("#list")).to_be_visible()
        await page.click("#set")
        await expect(page.locator("#list")).to_have_attribute("data-n", "5")
        await expect(page.locator("#field")).to_be_focused()
        await page.click("#menu")
        await expect(page.locator("li")).to_have_text("3")
        await expect(page.locator("#list")).to_be_hidden()
        await expect(page.locator("#list")).to_have_class("wide")
        await page.click("#blink")
        await expect(page.locator("#list")).to_have_class("wide")


async def test_confirm_holds_the_handler_back(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, ACTIONS) as page:
        answers = [False, True]
        asked: list[str] = []

        async def answer(dialog: Dialog) -> None:
            asked.append(dialog.message)
            await (dialog.accept() if answers.pop(0) else dialog.dismiss())

        page.on("dialog", answer)
        await page.click("#ask")
        await page.click("#ask")
        await expect(page.locator("li")).to_have_text("1")
        assert asked == ["Sure?", "Sure?"]


HOOKS = '''
@live
def page():
    items = [1]
    picked = None
    def add(): items.append(len(items) + 1)
    def drop(): items.pop()
    def pick(id: int):
        nonlocal picked
        picked = id
        push("picked", {"id": id})
    t"""<div><button id="add" @click="add">a</button><button id="drop" @click="drop">d</button><p>{picked}</p>
    {[t'<b live-hook="Item" key="{n}" @pick="pick(id)">{n}</b>' for n in items]}</div>"""
'''
SCRIPT = """
window.log = [];
const { hook } = await import("/_live/extras.js");
hook("Item", {
  mounted: (element) => log.push("mounted " + element.textContent),
  updated: (element) => log.push("updated " + element.textContent),
  removed: (element) => log.push("removed " + element.textContent),
});
document.addEventListener("live:picked", ({ detail }) => log.push("picked " + detail.id));
"""


async def test_hooks_follow_their_elements_and_talk_both_ways(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, HOOKS) as page:
        await page.evaluate(f"(async () => {{{SCRIPT}}})()")
        await page.click("#add")
        await expect(page.locator("b")).to_have_count(2)
        assert await page.evaluate("log") == ["mounted 1", "updated 1", "mounted 2"]
        await page.click("#drop")
        await expect(page.locator("b")).to_have_count(1)
        assert (await page.evaluate("log"))[3:] == ["removed 2", "updated 1"]
        await page.evaluate(
            "document.querySelector('b').dispatchEvent(new CustomEvent('pick', { bubbles: true, detail: { id: 7 } }))"
        )
        await expect(page.locator("p")).to_have_text("7")
        assert (await page.evaluate("log"))[-1] == "picked 7"


BOUND = '''
@live
def page():
    name = "a"
    count: int = 1
    done = False
    size = "s"
    note = ""
    picks = ["2"]
    def reset():
        nonlocal name, count, done, size, note, picks
        name, count, done, size, note, picks = "z", 9, True, "m", "n", ["1", "3"]
    t"""<form><input id="name" @bind="name"><input id="count" type="number" @bind="count">
    <input id="done" type="checkbox" @bind="done"><input name="r" type="radio" value="s" @bind="size">
    <input name="r" type="radio" value="m" @bind="size"><textarea @bind.lazy="note"></textarea>
    <select multiple @bind="picks"><option>1</option><option>2</option><option>3</option></select>
    <output>{name} {count + 1} {"on" if done else "off"} {size} {note!r} {picks!r}</output>
    <button type="button" @click="reset">r</button></form>"""
'''


async def test_bound_variables_follow_their_controls_and_back(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, BOUND) as page:
        output = page.locator("output")
        assert await page.evaluate(
            "Array.from(document.querySelector('select').selectedOptions, (o) => o.value)"
        ) == ["2"]
        await page.fill("#name", "bob")
        await page.fill("#count", "41")
        await page.check("#done")
        await page.check("[value=m]")
        await page.fill("textarea", "hi")
        await page.locator("textarea").blur()
        await page.select_option("select", ["1", "2"])
        await expect(output).to_have_text("bob 42 on m 'hi' ['1', '2']")
        await page.click("button")
        await expect(output).to_have_text("z 10 on m 'n' ['1', '3']")
        assert await page.input_value("#name") == "z"
        assert await page.input_value("#count") == "9"
        assert await page.input_value("textarea") == "n"
        assert await page.evaluate(
            "Array.from(document.querySelector('select').selectedOptions, (o) => o.value)"
        ) == ["1", "3"]


FORM = '''
from typing import Annotated
from pydantic import Field
@live
def page():
    saved = ""
    Name = Annotated[str, Field(min_length=2)]
    def check(name: Name, age: int): pass
    def save(name: Name, age: int):
        nonlocal saved
        if name == "taken":
            raise Invalid(name="is taken")
        saved = f"{name} {age}"
    t"""<form @input="check" @submit.prevent="save"><input name="name"><i id="e1">{error("name")}</i>
    <input name="age"><i id="e2">{error("age")}</i><button>save</button></form><p>{saved}</p>"""
'''


async def test_fields_complain_when_touched_and_all_at_the_submit(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, FORM, may_complain=True) as page:
        await page.type("[name=name]", "x")
        await expect(page.locator("#e1")).to_have_text("Please enter at least 2 characters.")
        await expect(page.locator("#e2")).to_have_text("")
        await page.type("[name=name]", "y")
        await expect(page.locator("#e1")).to_have_text("")
        await page.click("button")
        await expect(page.locator("#e2")).to_contain_text("whole number")
        await page.fill("[name=age]", "5")
        await page.fill("[name=name]", "taken")
        await page.click("button")
        await expect(page.locator("#e1")).to_have_text("is taken")
        assert await page.input_value("[name=name]") == "taken"
        await page.fill("[name=name]", "ann")
        await page.click("button")
        await expect(page.locator("p")).to_have_text("ann 5")


NESTED = '''
@live
def row(n: int, on_drop=None):
    clicks = 0
    def click():
        nonlocal clicks
        clicks += 1
    def drop(): on_drop(n)
    t'<tr><td @click="click">{n}: {clicks}</td><td><button @click="drop">x</button></td></tr>'

@live
def page():
    rows = [1, 2, 3]
    def drop(n): rows.remove(n)
    def turn(): rows.reverse()
    t"""<table><tbody>{[t"<{row} key={n} n={n} on_drop={drop} />" for n in rows]}</tbody></table>
    <button id="turn" @click="turn">turn</button>"""
'''


async def test_nested_rows_move_with_their_state(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, NESTED) as page:
        await page.locator("td").first.click()
        await expect(page.locator("td").first).to_have_text("1: 1")
        await page.click("#turn")
        await expect(page.locator("td:first-child")).to_have_text(["3: 0", "2: 0", "1: 1"])
        await page.locator("td").nth(4).click()
        await expect(page.locator("td:first-child")).to_have_text(["3: 0", "2: 0", "1: 2"])
        await page.locator("button").nth(1).click()
        await expect(page.locator("td:first-child")).to_have_text(["3: 0", "1: 2"])


WORK = """
import asyncio
@live
def page():
    ticks = 0
    text = ""
    @every(0.05)
    def tick():
        nonlocal ticks
        ticks += 1
    def write():
        spawn(stream())
    async def stream():
        nonlocal text
        for word in ("one ", "two ", "three"):
            text += word
            await render()
            await asyncio.sleep(0.01)
    t'<p>{ticks}</p><pre>{text}</pre><button @click="write">w</button>'
"""


async def test_timers_and_streams_show_what_they_do(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, WORK) as page:
        await expect(page.locator("p")).not_to_have_text("0")
        await page.click("button")
        await expect(page.locator("pre")).to_have_text("one two three")
