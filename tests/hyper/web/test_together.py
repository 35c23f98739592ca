"""Several processes of one application on a real Redis: what setup(redis=…) connects, and what hyper run says."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from hyper.errors import AuthorError
from hyper.state.sharing import hub
from hyper.web.app import setup

from ..running import Tab, Visitor, running, visiting

pytest.importorskip("redis", reason="the redis extra is not installed")

BOARD = """
import os
from aiohttp import web
import hyper

votes = hyper.shared(0)
people = hyper.presence("board")

@hyper.live
def board(name: str = "somebody"):
    here = os.getpid()
    def on_mount():
        people.join(name)
    def increment():
        votes.value += 1
        hyper.broadcast()
    t'<p>{votes.value} in {here}: {" ".join(sorted(people))}</p><button @click="increment">+</button>'

async def home(request):
    return hyper.page(await hyper.mount(request, board, **request.query))

async def log_out(request):
    await hyper.renew_session(request)
    return web.Response(text=f"0 {os.getpid()}")

async def throw_out(request):
    hyper.disconnect(request.query["name"])
    return web.Response()

app = web.Application()
hyper.setup(app, auth=lambda request: request.query.get("name") or request.cookies.get("name"))
app.add_routes([web.get("/", home), web.get("/log_out", log_out), web.get("/throw_out", throw_out)])
"""


def write(folder: Path) -> None:
    (folder / "board.py").write_text(BOARD)


async def opened(visitor: Visitor, name: str, not_in: int = 0) -> Tab:
    """A page that is connected, made by another process than ``not_in``."""
    visitor.session.cookie_jar.update_cookies({"name": name})
    base = visitor.url
    visitor.url = f"{base}/?name={name}"
    try:
        async with asyncio.timeout(60):
            while (tab := await visitor.open()).owner == not_in:
                pass
    finally:
        visitor.url = base
    await tab.join()
    return tab


async def shows(tab: Tab, text: str) -> None:
    """Wait until the page is one with ``text`` in it."""
    async with asyncio.timeout(60):
        while text not in await tab.shown():
            await asyncio.sleep(0.02)


async def test_votes_and_people_of_two_processes(redis_server: Any, tmp_path: Path) -> None:
    write(tmp_path)
    env = {"HYPER_REDIS_URL": redis_server.url}
    async with (
        running(tmp_path, "board:app", "--workers", "2", **env) as run,
        visiting(run.url) as ann,
        visiting(run.url) as bob,
    ):
        first = await opened(ann, "ann")
        second = await opened(bob, "bob", not_in=first.owner)
        await shows(first, "ann bob")
        await first.click()
        await shows(second, "1 in ")
        await second.drop()  # with a good-bye, as a browser that closes a page
        await shows(first, ": ann</p>")
        assert await run.end() == 0
        assert not any("no Redis" in line for line in run.lines)


@pytest.mark.parametrize("has_redis", [True, False])
async def test_who_logs_out_is_out_in_all_processes(
    has_redis: bool, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    write(tmp_path)
    env = {"HYPER_REDIS_URL": request.getfixturevalue("redis_server").url} if has_redis else {}
    async with (
        running(tmp_path, "board:app", "--workers", "2", **env) as run,
        visiting(run.url) as ann,
        visiting(run.url) as bob,
    ):
        tabs = [await opened(ann, "ann")]
        tabs.append(await opened(ann, "ann", not_in=tabs[0].owner))
        other = await opened(bob, "bob")
        async with ann.session.get(f"{run.url}/log_out") as response:
            assert response.status == 200
        assert [await tab.closed() for tab in tabs] == [4403, 4403]
        with pytest.raises(AssertionError, match="expired"):
            await tabs[0].join()
        await other.click()
        async with ann.session.get(f"{run.url}/throw_out?name=bob"):
            assert await other.closed() == 4403
        await other.join()  # the session is as good as it was
        told = any(
            "no Redis: each has its own value of board@_.votes, presence board" in line for line in run.lines
        )
        assert told != has_redis


async def test_a_wrong_url_is_told_at_the_start() -> None:
    app = web.Application()
    setup(app, secret="of a test", redis="http://localhost")
    runner = web.AppRunner(app)
    with pytest.raises(AuthorError, match="not the URL of a Redis"):
        await runner.setup()
    await runner.cleanup()
    assert hub.sync is None
