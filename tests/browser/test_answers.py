"""Where a browser is after a component has raised one of aiohttp's answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

import hyper
from hyper.components.loader import load_module

pytestmark = pytest.mark.asyncio(loop_scope="session")
SHOP = """
from aiohttp import web
from hyper import live

bought = []

@live
def article(name: str):
    if name == "gone":
        raise web.HTTPNotFound(text=f"There is no article called {name}.")
    t"<b>{name}</b>"

@live
def shop(name: str):
    shown = name
    def buy():
        bought.append(name)
        raise web.HTTPSeeOther("thanks?for=cup")
    def refuse():
        raise web.HTTPForbidden(text="Not for you.")
    def leave():
        nonlocal shown
        shown = "gone"
    t'''<main>{article(name=shown)}</main><button @click="buy">Buy</button>
    <button @click="refuse">Steal</button><button @click="leave">Lose</button>'''
"""


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    (tmp_path / "shop_of_answers.py").write_text(SHOP)
    shop = load_module(tmp_path / "shop_of_answers.py").shop

    async def show(request: web.Request) -> web.Response:
        name = "gone" if request.cookies.get("is_gone") else request.match_info["name"]
        return hyper.page(await hyper.mount(request, shop, name=name))

    async def thanks(request: web.Request) -> web.Response:
        return web.Response(text=f"<h1>Thanks for {request.query['for']}</h1>", content_type="text/html")

    app = web.Application()
    hyper.setup(app, secret="of this test")
    app.add_routes([web.get("/articles/thanks", thanks), web.get("/articles/{name}", show)])
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_nested_404_is_the_answer_to_the_page(address: str, page: Page) -> None:
    response = await page.goto(f"{address}/articles/gone")
    assert response is not None
    assert (response.status, await response.text()) == (404, "There is no article called gone.")


async def test_a_redirect_of_a_handler_leads_on(address: str, page: Page) -> None:
    """Relative to the page, as a link would."""
    await page.goto(f"{address}/articles/cup")
    await page.get_by_text("Buy").click()
    await expect(page.locator("h1")).to_have_text("Thanks for cup")
    assert page.url == f"{address}/articles/thanks?for=cup"
    await page.go_back()
    await expect(page.locator(".live-connected b")).to_have_text("cup")


async def test_another_answer_is_told_in_the_page(address: str, page: Page) -> None:
    await page.goto(f"{address}/articles/cup")
    await page.evaluate(
        "window.told = []; document.addEventListener('live:error', ({ detail }) => told.push(detail))"
    )
    await page.get_by_text("Steal").click()
    await page.wait_for_function("told.length")
    assert await page.evaluate("told.map(({ code, message }) => [code, message])") == [
        ["http_403", "Not for you."]
    ]
    assert page.url == f"{address}/articles/cup"


async def test_a_404_of_a_later_render_has_the_page_loaded_again(address: str, page: Page) -> None:
    await page.add_init_script("Math.random = () => 0.05")
    await page.goto(f"{address}/articles/cup")
    await expect(page.locator(".live-connected b")).to_have_text("cup")
    await page.context.add_cookies([{"name": "is_gone", "value": "1", "url": address}])
    await page.get_by_text("Lose").click()
    await expect(page.locator("body")).to_have_text("There is no article called gone.")
