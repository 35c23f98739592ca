"""Every example in Chromium: clicked, typed into, in two windows.

After each step the page has to be what a browser makes of the server's HTML.
"""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from hyper.commands.gallery import Gallery

from .conftest import ROOT
from .window import Open, Site

NAMES = sorted(Gallery(ROOT / "examples").components)

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_gallery_leads_to_every_example(chromium: Browser, site: Site) -> None:
    page = await chromium.new_page()
    try:
        await page.goto(site.address)
        links = await page.locator(".dev-card-title a").evaluate_all(
            "links => links.map(link => link.pathname)"
        )
        assert links == [f"/live/{name}" for name in NAMES]
    finally:
        await page.close()


@pytest.mark.parametrize("name", NAMES)
async def test_every_example_connects_and_fits_a_phone(open_window: Open, name: str) -> None:
    window = await open_window(name)
    await window.page.set_viewport_size({"width": 360, "height": 640})
    assert await window.page.evaluate("document.documentElement.scrollWidth") <= 360


async def test_counter(open_window: Open) -> None:
    window = await open_window("counter")
    for number in (1, 2, 3):
        await window.click("main button")
        await window.has("main p", f"Count: {number}")


async def test_todo_list(open_window: Open) -> None:
    window = await open_window("todo_list")
    field = window.page.locator("[name=text]")
    await window.fill("[name=text]", "Buy milk")
    await window.press("[name=text]", "Enter")
    await expect(field).to_have_value("")
    await expect(field).to_be_focused()
    await window.has("li:nth-child(4) span", "Buy milk")
    await window.fill("[name=text]", "x" * 81)
    await window.press("[name=text]", "Enter")
    await window.has("[role=alert]", "Say it in 80 characters: these are 81")
    await expect(field).to_have_value("x" * 81)
    await window.click("li:nth-child(4) input")
    await window.click("text=Done >> nth=0")
    await expect(window.page.locator("li")).to_have_count(2)
    await expect(window.page.locator("li input")).to_have_count(2)
    await window.click("text=Clear done")
    await window.has(".empty", "Nothing here.")


async def test_typing_goes_on_while_hits_arrive(open_window: Open) -> None:
    window = await open_window("search")
    field = window.page.locator("input")
    await field.press_sequentially("date", delay=60)
    await window.page.wait_for_timeout(300)
    await field.press_sequentially("time", delay=150)
    await expect(window.page.locator("li a")).to_have_text(["datetime"])
    await expect(field).to_have_value("datetime")
    await window.is_right()
    await window.press("input", "Escape")
    await expect(field).to_have_value("")


async def test_two_windows_chat(open_window: Open) -> None:
    ada, grace = await open_window("chat?name=Ada"), await open_window("chat?name=Grace")
    await expect(ada.page.locator("aside li", has_text="Grace")).to_have_count(1)
    await ada.fill("[name=text]", "Hello Grace")
    await grace.has(".writing", "Ada is writing …")
    await ada.press("[name=text]", "Enter")
    await expect(grace.page.locator("li.theirs p").last).to_contain_text("Hello Grace")
    await grace.fill("[name=text]", "<b>Hello</b> Ada")
    await grace.press("[name=text]", "Enter")
    await expect(ada.page.locator("li.theirs p").last).to_contain_text("<b>Hello</b> Ada")
    for window in (ada, grace):
        await window.is_right()
        await window.has(".writing", "")


async def test_the_caret_stays_while_messages_arrive(open_window: Open) -> None:
    ada, grace = await open_window("chat?name=Ada"), await open_window("chat?name=Grace")
    field = ada.page.locator("[name=text]")
    await ada.fill("[name=text]", "to be continued")
    await field.evaluate("field => field.setSelectionRange(3, 5)")
    for number in range(5):
        await grace.fill("[name=text]", f"Message {number}")
        await grace.press("[name=text]", "Enter")
    await expect(ada.page.locator("li.theirs p").last).to_contain_text("Message 4")
    await ada.is_right()
    assert await field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [3, 5]
    await expect(field).to_have_value("to be continued")
    await expect(field).to_be_focused()
    await ada.page.keyboard.type("go on")
    await expect(field).to_have_value("to go on continued")


async def test_form_validation(open_window: Open) -> None:
    window = await open_window("form_validation")
    await window.page.locator("#email").fill("grace@")  # no time for the first field's debounce
    await window.page.locator("#age").fill("17")
    await window.has("#email-problem", "An address looks like name@example.com")
    await window.has("#age-problem", "Please enter 18 or more.")
    await window.has("#name-problem", "")
    await window.click("text=Company")
    await window.click("text=Create account")
    await window.has("#name-problem", "Please enter at least 2 characters.")
    await expect(window.page.locator("[value=company]")).to_be_checked()
    await window.fill("#name", "Grace Hopper")
    await window.fill("#email", "grace@example.com")
    await window.fill("#age", "36")
    await window.fill("#password", "Correct-Horse-9")
    await expect(window.page.locator("meter")).to_have_attribute("value", "4")
    await window.fill("#repeated", "Correct-Horse-9")
    await window.click("text=I accept the terms")
    await expect(window.page.locator(".problem:not(:empty)")).to_have_count(0)
    await window.click("text=Create account")
    await window.has("h1", "Welcome, Grace Hopper")
    await expect(window.page.locator("main p")).to_have_text("Your Company account is ready.")


async def test_dashboard(open_window: Open) -> None:
    window = await open_window("dashboard?seed=1")
    chart = window.page.locator("figure path").first
    before = await chart.get_attribute("d")
    await expect(chart).not_to_have_attribute("d", before or "")
    await window.click("main button")
    await window.has("main button", "Go on")
    paused = await chart.get_attribute("d")
    await window.page.wait_for_timeout(1200)
    assert await chart.get_attribute("d") == paused


async def test_two_windows_play(open_window: Open) -> None:
    mine, yours = await open_window("game"), await open_window("game")
    colour = await mine.page.locator("li", has_text="you").get_attribute("class")
    await mine.click("[aria-label='row 6, column 8']")
    await expect(yours.page.locator(f"td.open.{colour}").first).to_be_visible()
    shut = await yours.page.locator("td.shut").first.get_attribute("aria-label")
    await yours.click(f"[aria-label='{shut}']", button="right")
    await mine.has(f"[aria-label='{shut}, flag']", "⚑")
    await yours.click(f"[aria-label='{shut}, flag']", button="right")
    await mine.has(f"[aria-label='{shut}']", "")
    await mine.is_right()
    await mine.click("text=New game")
    await yours.has("[role=status]", "26 mines left")
    await yours.is_right()


async def test_table(open_window: Open) -> None:
    window = await open_window("table")
    await window.click("text=Amount")
    await expect(window.page.locator("th.amount")).to_have_attribute("aria-sort", "ascending")
    await window.fill("input", "ada kyoto")
    await expect(window.page.locator("td.city").first).to_have_text("Kyoto")
    await window.click("text=Next →")
    await expect(window.page.locator("footer p")).to_contain_text("11–")
    await window.fill("input", "nobody at all")
    await window.has("footer p", "Nothing found")


async def test_cards_are_dragged(open_window: Open) -> None:
    mine, yours = await open_window("kanban"), await open_window("kanban")
    await mine.page.drag_and_drop("#card-4", "#card-3")
    doing = ".column:nth-child(2) li p"
    await expect(yours.page.locator(doing)).to_have_text(["Write down how it works", "Build the thing"])
    await mine.page.drag_and_drop("#card-5", ".column:nth-child(3)")
    await expect(yours.page.locator(".column:nth-child(3) li p")).to_have_count(3)
    for window in (mine, yours):
        await expect(window.page.locator(".lifted, .over")).to_have_count(0)
        await window.is_right()
    await mine.click("[aria-label='Move “Build the thing” right']")
    await expect(yours.page.locator(doing)).to_have_text(["Write down how it works"])
