"""Components in components, in a real browser: whose events are whose, rows that come and go, what breaks."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from .test_features import shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

CONTENT = '''
@live
def panel(children=None, footer=None):
    is_open = True
    def toggle():
        nonlocal is_open
        is_open = not is_open
    t"""<section><h2 @click="toggle">panel</h2>{is_open and children}<footer>{footer}</footer></section>"""

@live
def kid(on_pick=None):
    n = 0
    def inc():
        nonlocal n
        n += 1
    t"""<p><i @click="inc">{n}</i><u @click={on_pick}>pick</u></p>"""

@live
def page():
    n = 0
    name = ""
    picked = 0
    def toggle(by: int = 1):
        nonlocal n
        n += by
    def pick():
        nonlocal picked
        picked += 1
    t"""<{panel}><button @click="toggle">{n}</button><input @bind="name"><{kid} on_pick={pick} />
        <:footer><b @click="$add_class(this, 'on'); toggle(10)">ten</b></:footer></{panel}>
    <output>{name} {picked}</output>"""
'''


async def test_content_speaks_to_the_component_that_wrote_it(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, CONTENT) as page:
        await page.click("button")
        await expect(page.locator("button")).to_have_text("1")
        await page.click("b")
        await expect(page.locator("button")).to_have_text("11")
        await expect(page.locator("b")).to_have_class("on")
        await page.fill("input", "ann")
        await page.click("u")
        await expect(page.locator("output")).to_have_text("ann 1")
        await page.click("i")
        await page.click("h2")
        await expect(page.locator("button")).to_have_count(0)
        await page.click("h2")
        await page.click("i")
        await expect(page.locator("i")).to_have_text("2")
        await page.click("button")
        await expect(page.locator("button")).to_have_text("12")


PARTS = '''
@live
def part(n: int, tag: str):
    k = 0
    def inc():
        nonlocal k
        k += 1
    if tag == "li" and k == 1:
        t"<h4 @click='inc'>{n}</h4>"
    elif tag == "li" and k != 2:
        t"<li @click='inc'>{n} {k}</li>"
    elif tag == "circle":
        t"<circle r='9' cx='{10 + 30 * n}' cy='{10 + k}' @click='inc' class='k{k}'></circle>"
    elif tag == "option":
        t"<option value='{n}' @pick='inc'>{n}</option>"

@live
def page():
    order = [0, 1]
    def turn():
        order.reverse()
    def parts(tag):
        return [t'<{part} key="{tag}{n}" n={n} tag={tag} />' for n in order]
    t"""<ul>{parts("li")}</ul><svg width="100" height="40"><g>{parts("circle")}</g></svg>
    <select>{parts("option")}</select><button @click="turn">turn</button>"""
'''


async def test_parts_of_lists_drawings_and_selects(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, PARTS) as page:
        await expect(page.locator("ul > li")).to_have_text(["0 0", "1 0"])
        await page.locator("circle").nth(1).click()
        await expect(page.locator("svg > g > circle").nth(1)).to_have_class("k1")
        await page.click("button")
        await expect(page.locator("circle").nth(0)).to_have_class("k1")
        await expect(page.locator("ul > li")).to_have_text(["1 0", "0 0"])
        await page.locator("li").first.click()
        await expect(page.locator("ul > div > h4")).to_have_text("1")
        await page.click("h4")
        await expect(page.locator("ul > li")).to_have_count(2)
        await expect(page.locator("ul > li").first).to_be_hidden()
        await page.click("button")
        await expect(page.locator("ul > li").first).to_have_text("0 0")
        await expect(page.locator("select > option")).to_have_text(["0", "1"])


BROKEN = '''
@live
def row(n: int):
    k = 0
    def inc():
        nonlocal k
        k += 1
    t"<tr><td @click='inc'>{10 // (n - k)}</td></tr>"

@live
def page():
    n = 0
    items = []
    def inc():
        nonlocal n
        n += 1
    def fail():
        items.append("lost")
        raise ValueError("no")
    t"""<table><tbody><{row} key="a" n={n} /><{row} key="b" n="2" /></tbody></table>
    <button id="inc" @click="inc">{n}</button><button id="fail" @click="fail">{len(items)}</button>"""
'''


async def test_what_breaks_breaks_alone(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, BROKEN, may_complain=True) as page:
        cells = page.locator("td")
        await expect(cells).to_have_text(["row could not be shown.", "5"])
        await cells.nth(1).click()
        await expect(cells.nth(1)).to_have_text("10")
        await page.click("#fail")
        await page.click("#inc")
        await expect(page.locator("#inc")).to_have_text("1")
        await expect(page.locator("#fail")).to_have_text("0")
        await expect(cells).to_have_text(["10", "10"])
        await cells.nth(1).click()  # now it divides by zero, and keeps what it showed
        await page.click("#inc")
        await expect(page.locator("#inc")).to_have_text("2")
        await expect(cells).to_have_text(["5", "10"])
