"""After an event that fails, for whatever reason, two clicks count: Chromium with a real server."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Page, WebSocket, expect

import hyper
from hyper.testing.sources import load_source, one
from hyper.transport.limits import Limits
from hyper.web.app import LIVE

from ..failures import SOURCE, TABLE
from .waiting import WAIT_S

pytestmark = pytest.mark.asyncio(loop_scope="session")

EVENT = """(json) => {
    const row = JSON.parse(json);
    const circle = [];
    circle.push(circle);
    const makers = {
        repeat: (text, times) => text.repeat(times),
        many: (count) => Array.from({ length: count }, (_, at) => at),
        integer: Number,
        nest: (depth) => Array.from({ length: depth }).reduce((value) => [value], []),
        circle: () => circle,
        "no JSON": () => 2n ** 70n,
    };
    const [kind, ...rest] = row.make || [];
    const given = kind ? makers[kind](...rest) : row.given;
    const element = document.querySelector("i");
    element.attributes[0].value = row.call;
    element.dispatchEvent(new CustomEvent("pick", { bubbles: true, detail: "given" in row || kind ? { given } : null }));
}"""
TELLS = """addEventListener("live:error", (event) => {
    event.preventDefault();
    (window.told ||= []).push(event.detail);
})"""
CUT = """() => {
    window.RealSocket = WebSocket;
    window.WebSocket = class extends RealSocket {
        constructor(url) { super(new URL("/nowhere", url)); }
    };
    dispatchEvent(new PageTransitionEvent("pagehide"));
}"""
RESTORE = """() => {
    window.WebSocket = RealSocket;
    const timer = setInterval(() => {
        if (document.querySelector(".live-connected")) clearInterval(timer);
        else if (document.querySelector(".live-disconnected")) dispatchEvent(new Event("online"));
    }, 50);
}"""
FIELDS = """
@live
def form():
    text, saved, count = "", "", 0
    def save(text: str):
        nonlocal saved
        saved = text
    def add():
        nonlocal count
        count += 1
    t'''<form @submit.prevent="save"><textarea name="text" @bind="text"></textarea><button>Save</button></form>
    <p>{len(text)} {text[:20]}</p><s>{saved[:20]}</s><b>{count}</b><button id="add" @click="add">+</button>'''
"""
HAS_EDITING = "performance.getEntriesByType('resource').some(entry => entry.name.includes('editing'))"
BAD_TEXTS = {
    "NUL": "'a\\0b'",
    "half a pair": "'x\\ud83d'",
    "the other half": "'\\ude00x'",
    "too long": "'y'.repeat(70_000)",
}


class Site:
    """A server with one component, and a page that hears what it is told."""

    def __init__(self, page: Page, component: Any, limits: Limits) -> None:
        self.page = page
        self.component = component
        self.sockets: list[WebSocket] = []
        page.on("websocket", lambda socket: self.sockets.append(socket))
        self.app = web.Application()
        hyper.setup(self.app, secret="of this test", limits=limits)
        self.app.router.add_get("/", self._show)
        self._runner = web.AppRunner(self.app, shutdown_timeout=0.1)

    async def _show(self, request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, self.component), head='<link rel="icon" href="data:,">')

    async def open(self) -> Site:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        await self.page.add_init_script(TELLS)
        await self.page.goto(f"http://127.0.0.1:{self._runner.addresses[0][1]}/")
        await expect(self.page.locator(".live-connected")).to_have_count(1)
        return self

    async def close(self) -> None:
        await self._runner.cleanup()

    async def told(self, count: int = 1) -> list[str]:
        """The codes that the page has been told, once there are that many."""
        await self.page.wait_for_function(
            "count => window.told?.length >= count", arg=count, timeout=WAIT_S * 1000
        )
        details = await self.page.evaluate("told.splice(0)")
        assert all(detail["message"] for detail in details)
        return [detail["code"] for detail in details]

    async def both_clicks_count(self) -> None:
        for count in ("1", "2"):
            await self.page.locator("button", has_text="+").click()
            await expect(self.page.locator("b")).to_have_text(count)
        await expect(self.page.locator(".live-loading")).to_have_count(0)
        assert len(self.sockets) == 1

    async def type(self, text: str) -> None:
        """Fill in the field as a script or a paste does; ``text`` is JavaScript."""
        await self.page.evaluate(
            f"""() => {{
                const field = document.querySelector("textarea");
                field.focus();
                field.value = {text};
                field.dispatchEvent(new Event("input", {{ bubbles: true }}));
            }}"""
        )


@pytest_asyncio.fixture(loop_scope="session")
async def site(page: Page, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(page, load_source(tmp_path, SOURCE)["page"], Limits(handler_s=0.5))
    yield await site.open()
    await site.close()


@pytest_asyncio.fixture(loop_scope="session")
async def form(page: Page, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(page, one(tmp_path, FIELDS), Limits())
    yield await site.open()
    await site.close()


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["name"])
async def test_after_it_two_clicks_count(site: Site, row: dict[str, Any]) -> None:
    await site.page.evaluate(EVENT, json.dumps(row))
    assert await site.told() == [row["code"]]
    await expect(site.page.locator(".live-loading")).to_have_count(0)
    await site.both_clicks_count()


@pytest.mark.parametrize("bad", BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_what_is_typed_after_a_refused_text_arrives(form: Site, bad: str) -> None:
    await form.type("'old'")
    await expect(form.page.locator("p")).to_have_text("3 old")
    await form.type(bad)
    assert await form.told() in (["bad_frame"], ["too_large"])
    await form.both_clicks_count()
    await expect(form.page.locator("p")).to_have_text("3 old")
    for good in ("good", "better"):
        await form.type(f"'{good}'")
        await expect(form.page.locator("p")).to_have_text(f"{len(good)} {good}")
    assert len(form.sockets) == 1


@pytest.mark.parametrize("bad", BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_a_form_whose_submit_is_refused_can_be_sent_again(form: Site, bad: str) -> None:
    await form.type(bad)
    await form.told()
    await form.page.get_by_text("Save").click()
    assert await form.told() in (["bad_frame"], ["too_large"])
    for good in ("good", "better"):
        await form.type(f"'{good}'")
        await expect(form.page.get_by_text("Save")).to_be_enabled()
        await form.page.get_by_text("Save").click()
        await expect(form.page.locator("s")).to_have_text(good)


@pytest.mark.parametrize("bad", BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_a_bad_text_that_waited_for_the_connection_is_told_once(form: Site, bad: str) -> None:
    await form.page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide'))")
    await expect(form.page.locator(".live-disconnected")).to_have_count(1)
    await form.page.locator("#add").click()
    await form.type(bad)
    await form.page.locator("#add").click()
    await expect(form.page.locator(".live-connected")).to_have_count(1)
    assert await form.told() in (["bad_frame"], ["too_large"])
    await expect(form.page.locator("b")).to_have_text("2")
    await form.type("'good'")
    await expect(form.page.locator("p")).to_have_text("4 good")
    assert len(form.sockets) == 2
    assert await form.page.evaluate("told") == []


@pytest.mark.parametrize("bad", BAD_TEXTS.values(), ids=BAD_TEXTS)
async def test_a_bad_text_that_a_server_without_its_state_is_told_again(form: Site, bad: str) -> None:
    await form.type("'old'")
    await expect(form.page.locator("p")).to_have_text("3 old")  # later, its answer would put the field right
    await form.type(bad)
    await form.told()
    await form.page.wait_for_function(HAS_EDITING)  # with it, the page remembers what was typed
    await form.page.evaluate(CUT)
    await expect(form.page.locator(".live-disconnected")).to_have_count(1)
    process = form.app[LIVE].process
    (runner,) = process.mounts
    process.mounts.remove(runner)
    await runner.close()
    await form.page.evaluate(RESTORE)
    assert await form.told() in (["bad_frame"], ["too_large"])
    for good in ("good", "better"):
        await form.type(f"'{good}'")
        await expect(form.page.locator("p")).to_have_text(f"{len(good)} {good}")
    assert await form.page.evaluate("told") == []
