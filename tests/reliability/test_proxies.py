"""Two workers behind nginx and HAProxy: each request is answered once, with its own answer.

``HYPER_PROXIED`` is the number of hostile requests through each proxy (300; ``nox -s proof -- proxies``: 50,000).
"""

from __future__ import annotations

import asyncio
import html
import os
import random
import re
import ssl
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from ..hyper.commands.test_deploy import proxied
from ..hyper.running import running
from .hostile_requests import Hostile, Requests, exchange

REQUESTS = int(os.environ.get("HYPER_PROXIED", "300"))
AT_ONCE = 16
"""Connections at the same time; each sends up to four requests without waiting."""
ANSWER_S = 60
APP = """
import os
from aiohttp import web
import hyper
from hyper.transport.limits import Limits

@hyper.live(fallback="htmx")
def counter():
    count = 0
    def add(text: str):
        nonlocal count
        count += 1
    t'<form @submit="add"><input name="text"><button>{count}</button></form>'

async def home(request):
    return hyper.page(await hyper.mount(request, counter))

async def echo(request):
    return web.Response(body=await request.read())

@web.middleware
async def seen(request, handler):
    with open(os.environ["SEEN"], "a") as file:
        file.write(request.headers.get("X-Number", "-") + "\\n")
    return await handler(request)

async def number(request, response):
    response.headers["X-Answer"] = request.headers.get("X-Number", "-")

def make_app():
    app = web.Application(middlewares=[seen])
    names = ("events_per_s", "events_burst", "events_per_s_per_address", "events_burst_per_address",
        "forms_per_s", "forms_burst", "forms_per_address_s", "forms_burst_per_address",
        "work_s_burst", "work_s_burst_per_address")
    limits = Limits(**dict.fromkeys(names, 1e9))
    compressed = bool(os.environ.get("COMPRESSED"))
    hyper.setup(
        app, secret="s" * 32, limits=limits, proxies=["127.0.0.1"], hosts=["example.com"], compressed_bodies=compressed
    )
    app.on_response_prepare.append(number)
    app.router.add_get("/", home)
    app.router.add_route("*", "/echo", echo)
    return app
"""


async def form_of(session: aiohttp.ClientSession, url: str) -> tuple[str, tuple[str, str]]:
    """The worker that made a page, the page's form token, and where its form is posted to."""
    async with session.get(url, headers={"Host": "example.com"}) as response:
        text = await response.text()
    place = re.findall(r'data-live-fallback="(\d)_', text)[0]
    token = re.findall(r'name="_live" value="(.*?)"', text)[0]
    address = re.findall(r'<form[^>]* action="(.*?)"', text)[0]
    return place, (token, html.unescape(address))


async def pages(url: str) -> tuple[str, list[tuple[str, str]]]:
    """A visitor's cookie, and the form tokens and addresses of pages of both workers."""
    forms: dict[str, tuple[str, str]] = {}
    async with aiohttp.ClientSession(
        cookie_jar=aiohttp.CookieJar(unsafe=True), connector=aiohttp.TCPConnector(ssl=False, force_close=True)
    ) as session:
        async with asyncio.timeout(ANSWER_S):
            forms.update([await form_of(session, url)])
            while len(forms) < 2:  # together, so that one worker does not answer them all
                forms.update(await asyncio.gather(*(form_of(session, url) for _ in range(12))))
        (cookie,) = list(session.cookie_jar)
    return f"{cookie.key}={cookie.value}", list(forms.values())


@pytest.mark.parametrize("compressed", ["", "compressed"], ids=["compressed bodies refused", "and read"])
@pytest.mark.parametrize("proxy", ["nginx", "haproxy"])
async def test_answers_are_requests_and_none_is_crossed(
    proxy: str, compressed: str, tmp_path: Path, rng: random.Random
) -> None:
    (tmp_path / "site.py").write_text(APP)
    seen = tmp_path / "seen"
    async with (
        running(tmp_path, "site:make_app", "--workers", "2", SEEN=str(seen), COMPRESSED=compressed) as run,
        proxied(proxy, tmp_path, run.url.removeprefix("http://")) as url,
    ):
        reading = asyncio.create_task(run.read_log())
        requests = Requests(rng, *await pages(url))
        await send_all(requests, url)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    ran = Counter(seen.read_text().split())
    tell(proxy, requests, ran)
    assert ran["inner"] == 0, "a body was read as a request"
    unanswered = [request for request in requests.made.values() if request.answer is None]
    assert unanswered == []
    assert [request for request in requests.made.values() if is_crossed(request)] == []
    assert [request for request in requests.made.values() if is_by_proxy(request)] == []
    twice = [number for number in requests.made if ran[number] > 1]
    assert twice == [], "middlewares ran in two processes"


async def send_all(requests: Requests, url: str) -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    port = int(url.rpartition(":")[2])

    async def some() -> None:
        while requests.count < REQUESTS:
            drawn = [requests.draw() for _ in range(requests.rng.randint(1, 4))]
            async with asyncio.timeout(ANSWER_S):
                await exchange(
                    requests.rng, lambda: asyncio.open_connection("127.0.0.1", port, ssl=context), drawn
                )

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


def is_crossed(request: Hostile) -> bool:
    """Is the answer that of another request?"""
    answered = request.answer and request.answer.headers.get("x-answer")
    return answered not in (request.number, None)


def is_by_proxy(request: Hostile) -> bool:
    """Is the answer the proxy's own, as its connection to a worker was lost?"""
    return request.answer is not None and "x-answer" not in request.answer.headers


def tell(proxy: str, requests: Requests, ran: Counter[str]) -> None:
    answers = [request.answer for request in requests.made.values() if request.answer is not None]
    statuses = sorted(Counter(answer.status for answer in answers).items())
    own = sum(is_by_proxy(request) for request in requests.made.values())
    print(
        f"\n{proxy}: {len(requests.made)} requests, {len(answers)} answers ({own} of the proxy itself),"
        f" {ran['inner']} bodies read as requests, {statuses}"
    )
