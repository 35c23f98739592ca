"""``@bind`` in a real browser: groups, choices from lists, paths; what the tree says is what is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from .test_features import shown

pytestmark = pytest.mark.asyncio(loop_scope="session")

ORDER = '''
from dataclasses import dataclass, field
from datetime import date
@dataclass
class Order:
    size: str = "m"
    extras: list[str] = field(default_factory=lambda: ["milk"])
    cups: int = 1
    day: date = date(2026, 1, 2)
    hue: str = "#ff0000"
@live
def page():
    order = Order()
    sizes = ["s", "m", "l"]
    def more():
        sizes.append("xl")
        order.size = "xl"
        order.extras = []
    def stay():
        order.size = "m"
    t"""
    <select id="one" @bind="order.size">{[t"<option>{size}</option>" for size in sizes]}</select>
    <form>{[t'<input type="radio" name="size" value="{size}" @bind="order.size">' for size in sizes]}</form>
    {[t'<input type="checkbox" value={each} @bind="order.extras">' for each in ("milk", "sugar")]}
    <input id="cups" type="number" @bind="order.cups"><i>{error("order.cups")}</i>
    <input type="date" @bind="order.day"><input type="range" min="0" max="9" @bind="order.cups">
    <input type="color" @bind="order.hue"><button id="more" @click="more">more</button>
    <button id="stay" @click="stay">stay</button>
    <output>{order.size} {order.extras!r} {order.cups} {order.day} {order.hue}</output>"""
'''


async def test_an_order_follows_its_controls_and_back(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, ORDER, may_complain=True) as page:
        output, one = page.locator("output"), page.locator("#one")
        await expect(one).to_have_value("m")
        await expect(page.locator("[type=radio]").nth(1)).to_be_checked()
        await page.check("[type=radio][value=l]")
        await expect(one).to_have_value("l")
        await one.select_option("s")
        await expect(page.locator("[type=radio][value=s]")).to_be_checked()
        await page.check("[value=sugar]")
        await page.uncheck("[value=milk]")
        await page.fill("[type=date]", "2026-05-06")
        await page.fill("[type=range]", "7")
        await page.fill("[type=color]", "#00ff00")
        await expect(output).to_have_text("s ['sugar'] 7 2026-05-06 #00ff00")
        await expect(page.locator("#cups")).to_have_value("7")
        await page.fill("#cups", "")
        await expect(page.locator("i")).to_contain_text("whole number")
        await page.fill("#cups", "3")
        await expect(page.locator("i")).to_have_text("")
        await page.click("#more")
        await expect(one).to_have_value("xl")
        await expect(page.locator("[value=sugar]")).not_to_be_checked()
        await one.select_option("l")
        await page.click("#stay")
        await expect(one).to_have_value("m")
        await expect(output).to_have_text("m [] 3 2026-05-06 #00ff00")


PAGES = '''
@live
def page():
    size = "m"
    t"""<select @bind="size">{[t"<option>{size}</option>" for size in "sml"]}</select>"""
'''


async def test_the_chosen_option_is_in_the_page_before_any_script(chromium: Browser, tmp_path: Path) -> None:
    async with shown(chromium, tmp_path, PAGES) as page:
        context = await chromium.new_context(java_script_enabled=False)
        still = await context.new_page()
        await still.goto(page.url)
        await expect(still.locator("select")).to_have_value("m")
        await context.close()
