"""The files of the client: which pages load which, and what happens while one is on its way, in Chromium."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, Route, expect

import hyper

from .live import Live

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUTTONS = '<p>0</p><button @click="add">+</button><button @click="remove(5)">-</button>'
FORM = """<form @submit="save"><input name="text" @keydown="key(key, value)" @input="typed(value)"><button>go</button>
</form><p>0</p><button id="plus" @click="add(1)">+</button>"""
STRICT = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; img-src data:"
}


def said(live: Live) -> list[tuple[str, object]]:
    return [(event["event"], event.get("args", event.get("params"))) for event in live.events()]


class TestWhichPagesLoadWhich:
    async def test_a_page_with_buttons_loads_one_file(self, live: Live) -> None:
        await live.show(BUTTONS)
        await live.page.get_by_text("+").click()
        await live.page.get_by_text("-").click()
        await live.event(2)
        await live.update({"path": "p/text", "value": "1"})
        await expect(live.page.locator("p")).to_have_text("1")
        assert live.site.asked == []
        assert said(live) == [("add", {}), ("remove", [5])]

    async def test_a_page_that_gets_a_form_loads_the_second_then(self, live: Live) -> None:
        await live.show(BUTTONS)
        await live.update({"path": "", "insert": 3, "html": '<form @submit="save"><input name="a"></form>'})
        await live.page.locator("input").fill("x")
        await live.page.locator("input").press("Enter")
        await live.until(live.events)
        assert live.site.asked[0] == "forms"
        assert said(live) == [("save", {"a": "x"})]

    async def test_under_a_strict_policy(self, live: Live) -> None:
        live.site.headers = STRICT
        await live.show(FORM + '<i tabindex="0" @keydown.enter="enter">i</i>')
        await live.page.locator("input").fill("x")
        await live.page.locator("i").press("Enter")
        await live.event(2)
        assert said(live)[0] == ("typed", ["x"])
        assert sorted({*live.site.asked}) == ["editing", "forms", "modifiers"]


class TestWhileAFileIsOnItsWay:
    async def show(self, live: Live, html: str) -> None:
        """A page whose files do not come yet."""
        live.site.is_open.clear()
        live.site.body = f'<div data-live-component="c1" data-live-token="t1" id="root">{html}</div>'
        await live.page.goto(live.site.address)
        await live.until(lambda: live.site.asked and live.site.received)

    async def test_nothing_is_lost_and_nothing_overtakes(self, live: Live) -> None:
        await self.show(live, FORM)
        field = live.page.locator("input")
        await field.press("a")
        await live.update({"path": "p/text", "value": "1"})
        await live.page.locator("#plus").click()
        await field.press("b")
        await field.press("Enter")
        await field.press("c")
        assert live.events() == []
        assert await live.page.locator("p").text_content() == "0"
        live.site.is_open.set()
        await live.until(lambda: len(live.events()) >= 8)
        expected = [
            ("key", ["a", ""]),
            ("typed", ["a"]),
            ("add", [1]),
            ("key", ["b", "a"]),
            ("typed", ["ba"]),
            ("key", ["Enter", "ba"]),
            ("save", {"text": "ba"}),
            ("key", ["c", "ba"]),
        ]
        assert said(live)[:8] == expected
        await expect(live.page.locator("p")).to_have_text("1")
        assert await field.input_value() == "bca"
        assert live.page.url == live.site.address, "the form was not sent by the browser"

    async def test_keys_wait_for_the_file_that_knows_them(self, live: Live) -> None:
        await self.show(live, '<input @keydown.enter="add(value)" @keydown.esc="close">')
        for key in ("x", "Enter", "y", "Escape"):
            await live.page.locator("input").press(key)
        live.site.is_open.set()
        await live.event(2)
        assert said(live) == [("add", ["x"]), ("close", {"value": "xy", "key": "Escape", "_target": ""})]

    async def test_a_file_that_is_not_there_is_told(self, live: Live) -> None:
        live.site.missing = {"forms"}
        errors: list[str] = []
        live.page.on(
            "console", lambda message: errors.append(message.text) if message.type == "error" else None
        )
        await self.show(live, FORM)
        await live.page.evaluate(
            "window.told = []; addEventListener('live:error', ({ detail }) => told.push(detail.code))"
        )
        await live.page.locator("input").press("Enter")
        live.site.is_open.set()
        await live.until(lambda: live.site.asked.count("forms") == 2)
        await live.page.wait_for_function("told.includes('unsent')")
        assert (await live.page.evaluate("told"))[0] == "unloaded"
        assert any("unloaded" in error for error in errors)
        await live.page.locator("#plus").click()
        live.site.missing = set()
        await live.page.locator("input").press("Enter")
        await live.until(lambda: ("save", {"text": ""}) in said(live)[1:])
        assert said(live)[0] == ("add", [1])
        assert live.page.url == live.site.address


EXAMPLES = Path(__file__).parents[2] / "examples"
COUNTER = hyper.load(EXAMPLES / "counter.py")["counter"]
TODO = hyper.load(EXAMPLES / "todo_list.py")["todo_list"]
ORDER = hyper.load(EXAMPLES / "form_validation.py")["form_validation"]
COMPONENTS = {
    "counter": COUNTER,
    "todo": TODO,
    "fallback": hyper.live(name="fallback", fallback="htmx")(ORDER.function),
}


@dataclass
class Application:
    """A real one, with the scripts that pages have asked for, and those that are not there."""

    address: str = ""
    asked: list[str] = field(default_factory=list)
    missing: str = "nothing"

    @web.middleware
    async def watch(self, request: web.Request, handler: Any) -> web.StreamResponse:
        name = request.path.rpartition("/")[2]
        if name.endswith(".js"):
            self.asked.append(name.partition("-")[0].removesuffix(".js"))
            if name.startswith(self.missing):
                raise web.HTTPNotFound
        return await handler(request)  # type: ignore[no-any-return]


async def show(request: web.Request) -> web.Response:
    body = await hyper.mount(request, COMPONENTS[request.match_info["name"]])
    return hyper.page(body, head='<link rel="icon" href="data:,">', title="Test")


@pytest_asyncio.fixture(loop_scope="session")
async def application() -> AsyncIterator[Application]:
    watched = Application()
    app = web.Application(middlewares=[watched.watch])
    hyper.setup(app, secret="secret")
    app.router.add_get("/{name}", show)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    watched.address = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield watched
    await runner.cleanup()


class TestWhatAnApplicationServes:
    async def test_a_page_with_buttons_is_one_file_and_one_for_notices(
        self, application: Application, page: Page
    ) -> None:
        await page.goto(application.address + "counter")
        await page.get_by_role("button", name="+").click()
        await expect(page.locator("body")).to_contain_text("1")
        assert application.asked == ["runtime", "notice"]

    async def test_a_page_with_a_form_is_fetched_with_its_second_file(
        self, application: Application, page: Page
    ) -> None:
        await page.goto(application.address + "todo")
        await expect(page.locator("[data-live-component]")).to_have_class("live-connected")
        links = await page.locator("link[rel=modulepreload]").evaluate_all(
            "links => links.map(link => link.href)"
        )
        assert [re.sub(r"^.*/|-.*", "", link) for link in links] == ["forms"]
        assert application.asked.count("forms") == 1, "what was preloaded is what the client asks for"

    async def test_without_the_second_file_the_native_form_works(
        self, application: Application, page: Page
    ) -> None:
        application.missing = "forms"
        await page.goto(application.address + "fallback")
        async with page.expect_navigation():
            await page.locator("form button").last.click()
        assert await page.locator("form").count() == 1
        assert "live-connected" not in await page.content()

    async def test_a_page_of_another_version_is_loaded_anew(
        self, application: Application, page: Page
    ) -> None:
        older = "**/_live/runtime-*.js"

        async def send_older(route: Route) -> None:
            answer = await route.fetch()
            text = re.sub(r"forms-[0-9a-f]+", "forms-0123456789abcdef", await answer.text())
            await route.fulfill(
                body=text, content_type="text/javascript", headers={"Cache-Control": "no-store"}
            )

        await page.add_init_script("Math.random = () => 0")
        await page.route(older, send_older, times=1)
        await page.goto(application.address + "todo")
        await expect(page.locator("[data-live-component]")).to_have_class("live-connected")
        await page.locator("input").first.fill("Ann")
        assert application.asked.count("runtime") == 2, "the page, and the page anew"
