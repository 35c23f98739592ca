"""What the development server's pages and sockets refuse: it is for its own machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from hyper.commands.dev import make_app
from hyper.commands.gallery import Gallery
from hyper.transport.gate import Refused, RequestHead, check_local

DEV_PATHS: Final = (
    "/",
    "/live/counter",
    "/source/counter",
    "/_dev/ws",
    "/_dev/dev.js",
    "/_live/ws",
    "/_live/post",
)


@pytest.fixture
async def dev(tmp_path: Path) -> AsyncIterator[TestServer]:
    (tmp_path / "counter.py").write_text("from hyper import live\n@live\ndef counter():\n    t'<p>1</p>'\n")
    async with TestServer(make_app(Gallery(tmp_path)), host="127.0.0.1") as server:
        yield server


@pytest.mark.parametrize("path", DEV_PATHS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.test"},
        {"Origin": "http://evil.test"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "websocket"},
    ],
)
async def test_the_development_server_is_for_its_own_machine(
    dev: TestServer, path: str, headers: dict[str, str]
) -> None:
    async with aiohttp.ClientSession() as session, session.get(dev.make_url(path), headers=headers) as answer:
        assert (answer.status, answer.headers["Live-Error"]) == (403, "forbidden")


@pytest.mark.parametrize("path", ["/_dev/ws", "/_live/ws"])
async def test_its_sockets_need_an_origin(dev: TestServer, path: str) -> None:
    async with aiohttp.ClientSession() as session, session.get(dev.make_url(path)) as answer:
        assert (answer.status, answer.headers["Live-Error"]) == (403, "forbidden")


def test_a_link_from_elsewhere_may_lead_to_the_development_server() -> None:
    check_local(RequestHead("http", "localhost:8000", (), "cross-site", "navigate"), "127.0.0.1")
    with pytest.raises(Refused):
        check_local(RequestHead("http", "localhost:8000", (), "cross-site", "no-cors"), "127.0.0.1")
