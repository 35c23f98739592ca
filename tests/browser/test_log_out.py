"""What a page does whose visitor logs out elsewhere: it shows nothing of theirs any more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, expect

import hyper
from hyper.testing.sources import one

pytestmark = pytest.mark.asyncio(loop_scope="session")
SECRETS = "@live\ndef secrets():\n    t'<p>Secrets</p>'\n"
SOON = "Math.random = () => 0.1"
"""Pauses are short, by which a crowd does not come at once; the answer to the log-out comes first all the same."""


def who(request: web.Request) -> str:
    """As most applications write it: whoever is not logged in has to."""
    if "who" not in request.cookies:
        raise web.HTTPSeeOther("/log_in")
    return request.cookies["who"]


@pytest_asyncio.fixture(loop_scope="session")
async def address(tmp_path: Path) -> AsyncIterator[str]:
    secrets = one(tmp_path, SECRETS)

    async def home(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, secrets))

    async def log_in(request: web.Request) -> web.Response:
        return web.Response(text="<h1>Log in</h1>", content_type="text/html")

    async def log_out(request: web.Request) -> web.Response:
        await hyper.renew_session(request)
        response = web.Response()
        response.del_cookie("who")
        return response

    app = web.Application()
    hyper.setup(app, secret="of this test", auth=who)
    app.add_routes(
        [web.get("/", home), web.get("/home", home), web.get("/log_in", log_in), web.get("/log_out", log_out)]
    )
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize("is_loaded_again", [False, True])
async def test_who_logs_out_in_one_tab_is_out_in_the_other(
    address: str, page: Page, is_loaded_again: bool
) -> None:
    """However soon: also of a page that has just come."""
    await page.context.add_cookies([{"name": "who", "value": "ada", "url": address}])
    await page.add_init_script(SOON)
    await page.goto(address)
    if is_loaded_again:
        await page.reload()
    await expect(page.locator(".live-connected")).to_have_text("Secrets")
    await page.context.request.get(f"{address}/log_out")
    await expect(page.locator("h1")).to_have_text("Log in")
    assert page.url == f"{address}/log_in"


async def test_a_page_whose_socket_is_always_refused_is_loaded_anew_once(address: str, page: Page) -> None:
    """As where the cookie of the log-in is for the page's path alone."""
    host = address.removeprefix("http://").partition(":")[0]
    await page.context.add_cookies([{"name": "who", "value": "ada", "domain": host, "path": "/home"}])
    await page.add_init_script(SOON)
    loaded: list[Page] = []
    page.on("domcontentloaded", lambda page: loaded.append(page))
    async with page.expect_console_message(
        lambda message: "live:" in message.text and len(loaded) == 2
    ) as said:
        await page.goto(f"{address}/home")
    assert (await said.value).text == "live: refused You may no longer see this page: load it again."
    await page.evaluate("new Promise(done => setTimeout(done, 1000))")
    assert len(loaded) == 2
