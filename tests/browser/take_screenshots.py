"""Takes the pictures in docs/screenshots: ``python -m tests.browser.take_screenshots [NAME …]`` in the repository.

Each example is brought into a state worth showing. With Pillow installed the files get small palettes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web
from playwright.async_api import Browser, Page, async_playwright

from hyper.commands.dev import make_app
from hyper.commands.gallery import Gallery
from tests.browser.chromium import ARGUMENTS, CHROMIUM

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "screenshots"
COLOURS = 200
GALLERY = Gallery(ROOT / "examples")
Open = Callable[[str], Awaitable[Page]]


async def index(open_page: Open) -> Page:
    return await open_page("/")


async def counter(open_page: Open) -> Page:
    page = await open_page("/live/counter")
    for _ in range(5):
        await page.click("main button")
    return page


async def todo_list(open_page: Open) -> Page:
    page = await open_page("/live/todo_list")
    await page.fill("[name=text]", "Buy oat milk")
    await page.keyboard.press("Enter")
    await page.check("li:nth-child(2) input")
    await page.hover("li:nth-child(3)")
    return page


async def search(open_page: Open) -> Page:
    page = await open_page("/live/search")
    await page.locator("input").press_sequentially("file", delay=30)
    await page.wait_for_selector("mark")
    return page


async def chat(open_page: Open) -> Page:
    page, other = await open_page("/live/chat?name=Ada"), await open_page("/live/chat?name=Grace")
    for who, text in (
        (other, "Is this thing on?"),
        (page, "It is. And it is a hundred lines of Python."),
        (other, "Where is the JavaScript?"),
        (other, "I only see a form and a list."),
        (page, "There is none to write. Open another window and try."),
    ):
        await who.fill("[name=text]", text)
        await who.keyboard.press("Enter")
        await page.wait_for_selector(f'[role=log] p:has-text("{text}")')
    await other.locator("[name=text]").press_sequentially("Wow")
    await page.wait_for_selector(".writing:not(:empty)")
    return page


async def form_validation(open_page: Open) -> Page:
    page = await open_page("/live/form_validation")
    for name, text in (("name", "Ada Lovelace"), ("age", "17"), ("email", "ada@")):
        await page.fill(f"#{name}", text)
    await page.locator("#password").press_sequentially("Analytical", delay=30)
    await page.check("[value=team]")
    await page.wait_for_selector("#email-problem:not(:empty)")
    await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    return page


async def dashboard(open_page: Open) -> Page:
    return await open_page("/live/dashboard?seed=4")


async def game(open_page: Open) -> Page:
    page, other = await open_page("/live/game"), await open_page("/live/game")
    names = GALLERY.components["game"].function.__globals__
    near = names["near"]
    names["lay_mines"]([34, 172, *near(34), *near(172)], seed=0)
    await page.click('[aria-label="row 3, column 3"]')
    await other.click('[aria-label="row 11, column 13"]')
    for mine in sorted(names["board"].mines)[:3]:
        place = f"row {mine // names['COLUMNS'] + 1}, column {mine % names['COLUMNS'] + 1}"
        await other.click(f'[aria-label="{place}"]', button="right")
    await page.mouse.move(0, 0)
    return page


async def table(open_page: Open) -> Page:
    page = await open_page("/live/table")
    await page.fill("input", "ada")
    await page.click("text=Amount")
    return page


async def kanban(open_page: Open) -> Page:
    page = await open_page("/live/kanban")
    card, target = page.locator("#card-4"), page.locator(".column:nth-child(2)")
    await card.hover()
    await page.mouse.down()
    await target.hover()
    await target.hover()
    await page.wait_for_selector(".over .lifted, .lifted")
    return page


async def without_javascript(open_page: Open) -> Page:
    page = await open_page("/live/form_validation")
    for name, text in (
        ("name", "Ada Lovelace"),
        ("age", "17"),
        ("email", "ada@"),
        ("password", "Analytical"),
    ):
        await page.fill(f"#{name}", text)
    await page.check("[value=team]")
    await page.click("form.card button:visible")
    await page.wait_for_selector("#email-problem:not(:empty)")
    return page


SCENES = (
    *(index, counter, todo_list, search, chat, form_validation, without_javascript),
    *(dashboard, game, table, kanban),
)


async def take(scene: Callable[[Open], Awaitable[Page]], browser: Browser, address: str) -> None:
    has_scripts = scene is not without_javascript
    context = await browser.new_context(
        viewport={"width": 1000, "height": 700}, java_script_enabled=has_scripts
    )

    async def open_page(path: str) -> Page:
        page = await context.new_page()
        await page.goto(address + path)
        if path != "/" and has_scripts:
            await page.wait_for_selector(".live-connected")
        return page

    page = await scene(open_page)
    await page.bring_to_front()
    await page.wait_for_timeout(700)
    file = FOLDER / f"{scene.__name__}.png"
    await page.screenshot(path=file)
    await context.close()
    make_small(file)


def make_small(file: Path) -> None:
    """Give a picture a palette, if Pillow is installed."""
    try:
        from PIL import Image
    except ImportError:
        return
    picture = Image.open(file).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    picture.save(file, optimize=True)


async def main(names: list[str]) -> None:
    FOLDER.mkdir(exist_ok=True)
    runner = web.AppRunner(make_app(GALLERY), shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for scene in SCENES:
            if not names or scene.__name__ in names:
                await take(scene, browser, address)
        await browser.close()
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
