"""The corpus of payloads in Chromium: in pages as they are sent, and in pages that are patched.

No element, attribute, comment, dialog, request or navigation may come of one. ``HYPER_XSS`` is the number of
payloads (default 80; ``nox -s proof -- xss_browser``: the whole corpus).
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from aiohttp import web
from playwright.async_api import Browser, Page, Route, expect

import hyper

from ..reliability.payloads import CLASSES, PAYLOADS
from ..reliability.xss import HANDLERS, HARMLESS, components, mounted, way

pytestmark = pytest.mark.asyncio(loop_scope="session")
COUNT = min(len(PAYLOADS), int(os.environ.get("HYPER_XSS", "80")))
BATCH = 50
ASK = (Path(__file__).parent / "xss.js").read_text()
EXTRAS = (Path(__file__).parents[2] / "runtime_js" / "hyper-live-extras.js").read_bytes()
"""The pages have an element with ``live-hook``."""
ADDRESS = "http://payloads.test/"


@pytest.fixture
def payloads(rng: random.Random) -> list[str]:
    """Some of every class."""
    return [
        payload
        for make in CLASSES
        for payload in rng.sample(make(), max(1, len(make()) * COUNT // len(PAYLOADS)))
    ]


def batches(payloads: list[str]) -> list[list[str]]:
    return [payloads[start : start + BATCH] for start in range(0, len(payloads), BATCH)]


def sent(text: str) -> str:
    """What UTF-8 carries of a text."""
    return text.encode("utf-8", "replace").decode()


class Witness:
    """Sees everything that a page does besides standing there."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.seen: list[str] = []
        self.html = ""

    async def watch(self) -> Witness:
        self.page.on("dialog", self._dismiss)
        await self.page.context.route("**/*", self._answer)
        await self.page.add_init_script(ASK)
        return self

    async def _dismiss(self, dialog: Any) -> None:
        self.seen.append(f"dialog {dialog.message}")
        await dialog.dismiss()

    async def _answer(self, route: Route) -> None:
        if route.request.url == ADDRESS:
            body = f'<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">{self.html}'
            await route.fulfill(body=body.encode(), content_type="text/html; charset=utf-8")
        else:
            self.seen.append(f"{route.request.method} {route.request.url[:200]}")
            await route.abort()

    async def show(self, html: str) -> None:
        """A page of this HTML, whose every element was focused, pointed at and clicked, without going anywhere."""
        self.html = html
        await self.page.goto(ADDRESS)


@pytest_asyncio.fixture(loop_scope="session")
async def witness(chromium: Browser) -> AsyncIterator[Witness]:
    context = await chromium.new_context()
    yield await Witness(await context.new_page()).watch()
    await context.close()


async def test_pages_as_they_are_sent(witness: Witness, payloads: list[str]) -> None:
    harmless = (await mounted(HARMLESS)).html()
    for batch in batches(payloads):
        pages = [(await mounted(payload)).html() for payload in batch]
        await witness.show("".join(f"<section>{sent(html)}</section>" for html in [harmless, *pages]))
        found = await witness.page.evaluate(
            """() => {
                const [harmless, ...sections] = document.querySelectorAll("body > section");
                const wanted = skeleton(harmless).join();
                return sections.map((section) => ({
                    isSame: skeleton(section).join() === wanted,
                    dangers: dangers(section),
                    text: section.querySelector("[title=text]").textContent,
                }));
            }"""
        )
        assert len(found) == len(batch), "a payload added or swallowed a section"
        for payload, page in zip(batch, found, strict=True):
            assert page["isSame"], repr(payload)
            assert page["dangers"] == [], repr(payload)
            assert page["text"] == sent(payload).replace("\0", "\ufffd"), repr(payload)
        assert witness.seen == []
    print(f"\n{len(payloads)} payloads in pages: nothing but text")


PATCH = """async ([before, cases]) => {
    const client = (window.client ??= await import("/_live/patcher.js"));
    return cases.map(({ changes, html }) => {
        document.body.innerHTML = `<div id="root">${before}</div>`;
        client.createMirror(root);
        for (const [id, patches] of changes) {
            const nested = id === "m" ? root : document.querySelector(`[data-live-component="${id}"]`);
            client.applyPatches(nested, patches);
        }
        return { skeleton: skeleton(root).join(), wanted: skeleton(built(html)).join(), dangers: dangers(root) };
    });
}"""


@pytest.mark.parametrize("kind", HANDLERS)
async def test_pages_that_are_patched(site: Any, page: Page, kind: str, payloads: list[str]) -> None:
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(dialog.message) or asyncio.ensure_future(dialog.dismiss()))
    await page.add_init_script(ASK)
    await page.route("**/extras.js", lambda route: route.fulfill(body=EXTRAS, content_type="text/javascript"))
    await page.goto(site.address)
    page.on("request", lambda request: seen.append(request.url) if "/_live/" not in request.url else None)
    page.on("framenavigated", lambda frame: seen.append(frame.url))
    before = (await mounted(HARMLESS)).html()
    harmless = None
    for batch in batches([HARMLESS + "y", *[payload for payload in payloads if sent(payload) == payload]]):
        ways = [await way(kind, payload) for payload in batch]
        found = await page.evaluate(
            PATCH, [before, [{"changes": item.changes, "html": item.html} for item in ways]]
        )
        harmless = harmless or found[0]["skeleton"]
        for payload, after in zip(batch, found, strict=True):
            assert after["skeleton"] == after["wanted"] == harmless, repr(payload)
            assert after["dangers"] == [], repr(payload)
    assert seen == []
    print(f"\n{len(payloads)} payloads as {kind}: nothing but text")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address() -> AsyncIterator[str]:
    async def show(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, components()["page"], x=request.query["x"]))

    app = web.Application()
    hyper.setup(app, secret="of this test")
    app.router.add_get("/", show)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


TELL = """value => new Promise((resolve) => {
    document.querySelector("[data-live-token]").addEventListener("live:note", ({ detail }) => resolve(JSON.stringify(detail)), { once: true });
    document.querySelector("main").dispatchEvent(new CustomEvent("v", { detail: { value } }));
})"""


async def test_arguments_and_pushes_arrive_as_they_were(page: Page, address: str, rng: random.Random) -> None:
    """From the page into the attribute, out of it into the handler, and back into the page, by a push as well."""
    names = {"our_own", "scripts", "characters", "event_attributes", "references", "templates"}
    texts = [payload for make in CLASSES if make.__name__ in names for payload in make()]
    seen: list[str] = []
    page.on("dialog", lambda dialog: seen.append(dialog.message) or asyncio.ensure_future(dialog.dismiss()))
    for payload in rng.sample(texts, max(6, COUNT // 25)):
        if sent(payload) != payload or "\0" in payload or re.search("[\ufffe\uffff]", payload):
            continue
        await page.goto(f"{address}?{urlencode({'x': payload})}")
        await expect(page.locator(".live-connected")).to_have_count(1)
        await page.locator("[title=event]").click()
        await page.wait_for_function("document.querySelector('[title=picked]').textContent")
        assert await page.locator("[title=picked]").evaluate("p => p.textContent") == payload
        assert json.loads(await page.evaluate(TELL, payload)) == {
            "value": payload,
            payload or "empty": [payload],
        }
    assert seen == []
