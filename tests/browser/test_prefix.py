"""Behind nginx, which takes ``/shop`` off the path: in Chromium, by scripts and by forms alone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, expect

import hyper
from hyper.commands.dev import make_app
from hyper.commands.gallery import Gallery
from hyper.commands.targets import folder_app

from ..hyper.commands.test_deploy import NGINX, answers
from ..hyper.conftest import free_port
from .waiting import WAIT_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

SHOP = """
    map $http_upgrade $connection_upgrade {{ default upgrade; '' ''; }}
    server {{
        listen 127.0.0.1:{port};
        location /shop/ {{
            proxy_pass http://127.0.0.1:{inner}/;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_set_header X-Forwarded-Prefix /shop;
        }}
    }}
"""
"""What nginx is given beside its own files."""
COMPONENTS = '''
from hyper import live

style = "p { color: rgb(1, 2, 3) }"


@live(fallback="htmx")
def basket():
    count = 0
    text = ""

    def add():
        nonlocal count
        count += 1

    def write(words: str):
        nonlocal text
        text = words

    t"""<p>{count} {text}</p><button id="add" @click="add">+</button>
    <form @submit="write(words)"><input name="words"><button id="write">Write</button></form>"""


@live
def menu():
    state = "open"

    def close():
        nonlocal state
        state = "closed"

    t"""<p>{state}</p><button id="show" @click="$toggle('#list')">Menu</button>
    <div id="list" hidden @keydown.escape.window="close">list</div>"""
'''


@asynccontextmanager
async def proxied(app: web.Application, folder: Path) -> AsyncIterator[str]:
    """The address of ``app`` as it is behind nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if program is None:
        pytest.skip("nginx is not installed")
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = free_port()
    conf = folder / "nginx.conf"
    conf.write_text(NGINX.format(folder=folder))
    (folder / "shop.conf").write_text(SHOP.format(port=port, inner=runner.addresses[0][1]))
    process = await asyncio.create_subprocess_exec(
        program, "-p", str(folder), "-e", "stderr", "-c", str(conf)
    )
    try:
        async with asyncio.timeout(WAIT_S):
            while not answers(port):
                assert process.returncode is None, "nginx does not start"
                await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}/shop"
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        await runner.cleanup()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of components."""
    inner = tmp_path / "components"
    inner.mkdir()
    (inner / "shop.py").write_text(COMPONENTS)
    return inner


def shop(folder: Path, **options: Any) -> web.Application:
    components = hyper.load(folder / "shop.py")

    async def show(request: web.Request) -> web.Response:
        body = await hyper.mount(request, components[request.match_info["name"]])
        return hyper.page(body, title="Shop", head='<link rel="icon" href="data:,">')

    async def log_out(request: web.Request) -> web.Response:
        await hyper.renew_session(request)
        raise web.HTTPSeeOther("basket")

    app = web.Application()
    hyper.setup(app, secret="a secret of the tests", **options)
    app.add_routes([web.post("/log-out", log_out), web.get("/{name}", show)])
    return app


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A page; what asks for an address outside of the prefix fails the test."""
    context = await chromium.new_context()
    page = await context.new_page()
    outside: list[str] = []

    def note(request: Any) -> None:
        if "127.0.0.1" in request.url and "/shop/" not in request.url:
            outside.append(request.url)

    page.on("request", note)
    page.on("websocket", note)
    yield page
    await context.close()
    assert outside == []


@pytest.mark.parametrize("options", [{"proxies": ["127.0.0.1"]}, {"prefix": "/shop"}], ids=["said", "given"])
async def test_a_page_comes_to_life_and_outlives_a_log_out(
    page: Page, folder: Path, tmp_path: Path, options: dict[str, Any]
) -> None:
    async with proxied(shop(folder, **options), tmp_path) as address:
        await page.goto(f"{address}/basket")
        await expect(page.locator(".live-connected")).to_be_visible()
        await page.click("#add")
        await page.fill("[name=words]", "tea")
        await page.click("#write")
        await expect(page.locator("p")).to_have_text("1 tea")
        assert page.url == f"{address}/basket"

        other = await page.context.new_page()
        await other.goto(f"{address}/menu")
        await expect(other.locator(".live-connected")).to_be_visible()
        await other.click("#show")
        await expect(other.locator("#list")).to_be_visible()
        await other.keyboard.press("Escape")
        await expect(other.locator("p")).to_have_text("closed")

        async with page.expect_navigation():
            await other.evaluate("address => fetch(`${address}/log-out`, {method: 'POST'})", address)
        await expect(page.locator("p")).to_have_text("0")
        assert page.url == f"{address}/basket"


async def test_forms_work_without_scripts(chromium: Browser, folder: Path, tmp_path: Path) -> None:
    async with proxied(shop(folder, proxies=["127.0.0.1"]), tmp_path) as address:
        context = await chromium.new_context(java_script_enabled=False)
        page = await context.new_page()
        await page.goto(f"{address}/basket?size=2")
        for count in (1, 2):
            await page.click("#add")
            await expect(page.locator("p")).to_have_text(str(count))
        await page.fill("[name=words]", "tea")
        await page.click("#write")
        await expect(page.locator("p")).to_have_text("2 tea")
        assert page.url.startswith(f"{address}/basket?size=2&_live=")
        [cookie] = await context.cookies(page.url)
        assert cookie["path"] == "/"
        await context.close()


async def test_a_folder_of_components_works_there(
    page: Page, folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("HYPER_PROXIES", "127.0.0.1")
    async with proxied(folder_app(folder), tmp_path) as address:
        await page.goto(f"{address}/")
        await page.click("text=basket")
        await expect(page.locator(".live-connected")).to_be_visible()
        await page.click("#add")
        await expect(page.locator("p")).to_have_text("1")
        await expect(page.locator("p")).to_have_css("color", "rgb(1, 2, 3)")


async def test_the_development_server_works_there(
    page: Page, folder: Path, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setenv("HYPER_PROXIES", "127.0.0.1")
    async with proxied(make_app(Gallery(folder)), tmp_path) as address:
        async with page.expect_websocket(lambda socket: socket.url.endswith("/shop/_dev/ws")):
            await page.goto(f"{address}/")
        await page.click("text=Basket")
        await expect(page.locator(".live-connected")).to_be_visible()
        await page.click("#add")
        await expect(page.locator("p")).to_have_text("1")
        await expect(page.locator("p")).to_have_css("color", "rgb(1, 2, 3)")
        await page.click("text=shop.py")
        await expect(page.locator("h1")).to_have_text("Basket")
        await page.click("text=All components")
        await expect(page.locator("h1")).to_have_text("components")
        await page.goto(f"{address}/live/nothing")
        await page.click("text=All components")
        await expect(page.locator("h1")).to_have_text("components")
