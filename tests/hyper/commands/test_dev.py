"""The development server: its pages, what it refuses, and what its windows are told when files change."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient
from pytest_aiohttp.plugin import AiohttpClient

from hyper.commands.dev import TerminalHandler, make_app, reload, watch
from hyper.commands.gallery import Gallery

COUNTER = '''
"""Numbers that go up."""

from hyper import live

style = ".number{color:red}"


@live
def counter(start: int = 0):
    count = start

    def increment():
        nonlocal count
        count += 1

    t'<p>Count: {count}</p><button @click="increment">+</button>'
'''
Client = TestClient[web.Request, web.Application]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one component."""
    (tmp_path / "counter.py").write_text(COUNTER)
    return tmp_path


@pytest.fixture
def gallery(folder: Path) -> Gallery:
    return Gallery(folder)


@pytest.fixture
async def client(aiohttp_client: AiohttpClient, gallery: Gallery) -> Client:
    return await aiohttp_client(make_app(gallery))


def own(client: Client) -> dict[str, str]:
    """What browsers say of a page of this server."""
    return {"Origin": str(client.make_url("/").origin())}


async def text(client: Client, path: str, status: int = 200, **headers: str) -> str:
    response = await client.get(path, headers=headers)
    assert response.status == status
    return await response.text()


# Pages


async def test_the_gallery_shows_every_component(client: Client) -> None:
    page = await text(client, "/")
    assert "Numbers that go up." in page
    assert 'href="/live/counter"' in page


async def test_a_component_is_shown_on_a_page_of_its_own(client: Client) -> None:
    page = await text(client, "/live/counter")
    assert "data-live-component=" in page
    assert "<p>Count: 0</p>" in page


async def test_query_parameters_are_properties(client: Client) -> None:
    assert "<p>Count: 5</p>" in await text(client, "/live/counter?start=5")


@pytest.mark.parametrize("query", ["start=five", "start=1&start=2", "nothing=1"])
async def test_properties_that_do_not_fit_are_a_readable_page(client: Client, query: str) -> None:
    page = await text(client, f"/live/counter?{query}", 400)
    assert "counter cannot be shown" in page
    assert query.partition("=")[0] in page


async def test_an_unknown_component_is_answered_with_the_nearest(client: Client) -> None:
    assert "Did you mean /live/counter?" in await text(client, "/live/conter", 404)
    assert "Available: counter." in await text(client, "/live/zzz", 404)


async def test_source_is_shown(client: Client) -> None:
    page = await text(client, "/source/counter")
    assert "increment" in page
    assert "counter.py, line 9" in page


async def test_the_style_of_a_file_comes_with_its_component(client: Client) -> None:
    assert 'href="/_dev/style/counter.css"' in await text(client, "/live/counter")
    assert await text(client, "/_dev/style/counter.css") == ".number{color:red}"


async def test_everything_a_page_links_is_there(client: Client) -> None:
    for path in ("/", "/live/counter", "/source/counter"):
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', await text(client, path)):
            assert (await client.get(link)).status == 200, link


@pytest.mark.parametrize("path", ["/", "/live/counter", "/live/nothing", "/_dev/dev.js", "/_live/runtime.js"])
async def test_every_answer_is_under_a_strict_policy(client: Client, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_a_component_that_raises_is_a_page_with_the_line(
    client: Client, folder: Path, gallery: Gallery
) -> None:
    (folder / "counter.py").write_text(COUNTER.replace("count = start", "count = 1 // start"))
    gallery.reload()
    page = await text(client, "/live/counter", 500)
    assert "ZeroDivisionError" in page
    assert "<mark>  11      count = 1 // start</mark>" in page


def test_a_failure_is_told_once_in_the_terminal(gallery: Gallery, capsys: pytest.CaptureFixture[str]) -> None:
    handler = TerminalHandler(gallery)
    counter = gallery.components["counter"].function.__globals__
    try:
        exec(compile("\n" * 10 + "1 // 0", str(gallery.folder / "counter.py"), "exec"), counter)
    except ZeroDivisionError as error:
        record = logging.LogRecord("hyper", logging.ERROR, "", 0, "rendering", (), (type(error), error, None))
        handler.emit(record)
        handler.emit(record)
    shown = capsys.readouterr().err
    assert shown.count("counter.py:11") == 1
    assert ">   11      count = start" in shown


def test_what_is_no_failure_is_one_line_in_the_terminal(
    gallery: Gallery, capsys: pytest.CaptureFixture[str]
) -> None:
    record = logging.LogRecord("hyper", logging.WARNING, "", 0, "%s components", (3,), None)
    TerminalHandler(gallery).emit(record)
    assert capsys.readouterr().err == "3 components\n"


# Refusals


@pytest.mark.parametrize("path", ["/", "/live/counter", "/_dev/ws", "/_live/ws", "/_live/runtime.js"])
async def test_a_rebound_host_is_refused(client: Client, path: str) -> None:
    assert "not to 'evil.example'" in await text(client, path, 403, Host="evil.example")


async def test_a_page_elsewhere_cannot_read_what_is_served(client: Client) -> None:
    foreign = {"Sec-Fetch-Site": "cross-site"}
    await text(client, "/source/counter", 403, **foreign, **{"Sec-Fetch-Mode": "no-cors"})
    await text(client, "/source/counter", 200, **foreign, **{"Sec-Fetch-Mode": "navigate"})


async def test_a_socket_without_an_origin_is_refused(client: Client) -> None:
    for path in ("/_dev/ws", "/_live/ws"):
        await text(client, path, 403)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:1"])
async def test_another_sites_socket_is_refused(client: Client, origin: str) -> None:
    for path in ("/_dev/ws", "/_live/ws"):
        await text(client, path, 403, Origin=origin)


# Changes


Window = Callable[[], Awaitable[Any]]


@pytest.fixture
async def window(client: Client) -> AsyncIterator[Window]:
    """Reads what an open page is told next."""
    async with client.ws_connect("/_dev/ws", headers=own(client)) as socket:
        yield socket.receive_json


async def test_a_page_learns_which_run_of_the_server_it_talks_to(window: Window, client: Client) -> None:
    hello = await window()
    async with client.ws_connect("/_dev/ws", headers=own(client)) as second:
        assert await second.receive_json() == hello
    assert (hello["files"], hello["html"]) == ([], "")


async def test_a_change_reloads_pages_into_the_new_code(window: Window, client: Client, folder: Path) -> None:
    await window()
    (folder / "counter.py").write_text(COUNTER.replace("Count:", "Sum:"))
    await reload(client.app, {folder / "counter.py"})
    assert await window() == {"type": "reload"}
    assert "<p>Sum: 0</p>" in await text(client, "/live/counter")


async def test_a_broken_file_leaves_pages_and_old_code_and_says_so(
    window: Window, client: Client, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await window()
    (folder / "counter.py").write_text(COUNTER + "1 +\n")
    await reload(client.app, {folder / "counter.py"})
    message = await window()
    assert (message["type"], message["files"]) == ("problems", ["counter.py"])
    assert "counter.py could not be loaded" in message["html"]
    assert "counter.py:18" in capsys.readouterr().err
    assert "<p>Count: 0</p>" in await text(client, "/live/counter")
    async with client.ws_connect("/_dev/ws", headers=own(client)) as later:
        assert (await later.receive_json())["html"] == message["html"]


async def test_a_sound_change_beside_a_broken_file_reloads(
    window: Window, client: Client, folder: Path
) -> None:
    await window()
    (folder / "broken.py").write_text("from hyper import live\n1 / 0\n@live\ndef page(): ...")
    await reload(client.app, {folder / "counter.py"})
    assert await window() == {"type": "reload"}


async def test_saving_a_file_is_noticed(window: Window, client: Client, folder: Path) -> None:
    await window()
    stop = asyncio.Event()
    watching = asyncio.create_task(watch(client.app, stop))
    async with asyncio.timeout(20):
        while watching.done() is False:  # until the watcher is up, a change may go unseen
            (folder / "counter.py").write_text(COUNTER.replace("Count:", "Total:"))
            try:
                assert await asyncio.wait_for(window(), 1) == {"type": "reload"}
                break
            except TimeoutError:
                continue
        stop.set()
        await watching
    assert "<p>Total: 0</p>" in await text(client, "/live/counter")


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_the_command_serves_and_stops_when_asked(folder: Path, stop: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "hyper", "dev", str(folder), "--port", "0", stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(30):
            while not (found := re.search(rb"http://[^/\s]+", await process.stdout.readline())):
                pass
            async with (
                ClientSession() as session,
                session.get(f"{found[0].decode()}/live/counter") as response,
            ):
                assert "<p>Count: 0</p>" in await response.text()
            process.send_signal(stop)
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
