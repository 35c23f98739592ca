"""What a user is told in words: that the connection is lost, and what was not done; in Chromium, small and dark."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from markupsafe import Markup
from playwright.async_api import Browser, Page, expect

import hyper
from hyper.transport.sockets import CloseCode

pytestmark = pytest.mark.asyncio(loop_scope="session")
NOTICE = ".live-notice[role=status]"
CONTRAST = """notice => {
    const { color, backgroundColor } = getComputedStyle(notice);
    const light = (text) => {
        const [r, g, b] = text.match(/[0-9.]+/g).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [more, less] = [light(color), light(backgroundColor)].sort((one, two) => two - one);
    return (more + 0.05) / (less + 0.05);
}"""


@hyper.live
def shop():
    count = 0

    def add():
        nonlocal count
        count += 1

    def fail():
        raise ZeroDivisionError("on purpose")

    def missing():
        raise web.HTTPNotFound(text="There is no such book.")

    return Markup(f"""<p>{count}</p><button id="add" @click="add">+</button><button id="fail" @click="fail">!</button>
        <button id="missing" @click="missing">?</button><dialog id="dialog">modal</dialog>""")


@asynccontextmanager
async def opened(
    chromium: Browser, *, head: str = "", scheme: Any = "light", **options: Any
) -> AsyncIterator[tuple[Page, hyper.web.app.Live]]:
    """A page of the component, 360 pixels wide, and its server."""

    async def show(request: web.Request) -> web.Response:
        body = await hyper.mount(request, shop)
        response = hyper.page(body, title="Shop", head=f'<link rel="icon" href="data:,">{head}')
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; img-src data:; script-src 'self' 'nonce-a'"
        )
        return response

    app = web.Application()
    live = hyper.setup(app, secret="a secret of the tests", **options)
    app.router.add_get("/", show)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    context = await chromium.new_context(viewport={"width": 360, "height": 640}, color_scheme=scheme)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda item: "Refused" in item.text and problems.append(item.text))
    try:
        async with page.expect_response(lambda response: "/_live/notice-" in response.url) as file:
            await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        await (await file.value).finished()
        await expect(page.locator(".live-connected")).to_be_visible()
        yield page, live
    finally:
        live.process.is_draining = False
        await context.close()
        await runner.cleanup()
    assert problems == []


def lose(live: hyper.web.app.Live, *, forget: bool = False) -> None:
    """Lose all connections, and let none come back."""
    live.process.is_draining = True
    for connection in list(live.process.connections):
        connection.close(CloseCode.RESTART, "gone")


async def come_back(page: Page, live: hyper.web.app.Live) -> None:
    live.process.is_draining = False
    await page.evaluate("dispatchEvent(new Event('online'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_lost_connection_is_told_until_it_is_back(chromium: Browser, scheme: str) -> None:
    async with opened(chromium, scheme=scheme) as (page, live):
        await expect(page.locator(NOTICE)).to_have_count(0)
        await page.evaluate("dialog.showModal()")
        lose(live)
        notice = page.locator(NOTICE)
        await expect(notice).to_contain_text("The connection was lost.")
        assert await notice.evaluate(CONTRAST) >= 4.5
        box = await notice.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360
        assert await notice.evaluate("notice => notice.matches(':popover-open')"), "above the dialog"
        await come_back(page, live)
        await expect(notice).to_have_count(0)


async def test_what_failed_is_told_and_can_be_closed(chromium: Browser) -> None:
    async with opened(chromium) as (page, _):
        await page.click("#fail")
        notice = page.locator(NOTICE)
        await expect(notice).to_contain_text("Something went wrong. Your last change was not saved.")
        await page.click("#missing")
        await expect(notice).to_contain_text("There is no such book.")
        await expect(notice).to_have_count(1)
        await notice.get_by_role("button", name="Close").click()
        await expect(notice).to_have_count(0)
        await page.click("#add")
        await expect(page.locator("p")).to_have_text("1")


async def test_what_is_unknown_after_a_lost_state_stays_told(chromium: Browser) -> None:
    """The connection is back, but what waited was not done: that is more than that it was lost."""
    async with opened(chromium) as (page, live):
        await page.click("#add")
        await expect(page.locator("p")).to_have_text("1")
        lose(live)
        await expect(page.locator("[data-live-token]")).to_have_class("live-disconnected")
        for runner in list(live.process.mounts):
            live.process.mounts.remove(runner)
            await runner.close()
        await page.click("#add")
        await come_back(page, live)
        await expect(page.locator(NOTICE)).to_contain_text("Your last change was not saved.")
        await expect(page.locator(".live-connected")).to_be_visible()
        await expect(page.locator(NOTICE)).to_have_count(1)


@pytest.mark.parametrize("place", ["document", "window", "document.querySelector('[data-live-token]')"])
async def test_a_page_tells_it_by_itself_with_one_listener(chromium: Browser, place: str) -> None:
    async with opened(chromium) as (page, live):
        await page.evaluate(
            f"""() => {{
                for (const type of ["live:error", "live:disconnected"]) {{
                    {place}.addEventListener(type, (event) => {{
                        event.preventDefault();
                        document.title += ` ${{event.detail?.code || event.type}}`;
                    }});
                }}
            }}"""
        )
        await page.click("#fail")
        await expect(page).to_have_title(re.compile("handler_failed"))
        lose(live)
        await expect(page).to_have_title(re.compile("(live:disconnected.*){4}"))
        await expect(page.locator(NOTICE)).to_have_count(0)


async def test_texts_are_those_of_the_server(chromium: Browser) -> None:
    def texts(request: web.Request) -> dict[str, str]:
        assert request.path == "/"
        return {"failed": 'Das ging schief & "mehr" <b>', "close": "Schließen", "http_404": "Fehlt"}

    async with opened(chromium, notices=texts) as (page, _):
        await page.click("#fail")
        await expect(page.locator(NOTICE)).to_have_text('Das ging schief & "mehr" <b> Schließen')
        await page.click("#missing")
        await expect(page.locator(NOTICE)).to_have_text("Fehlt Schließen")
