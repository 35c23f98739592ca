"""What is refused before the application sees it."""

from __future__ import annotations

import zlib
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.errors import AuthorError
from hyper.transport.limits import Limits

BOMB = zlib.compress(bytes(8_000_000), 9)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def application(**options: Any) -> web.Application:
    async def echo(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await request.read())))

    app = web.Application(client_max_size=10_000_000)
    app.router.add_post("/echo", echo)
    hyper.setup(app, secret="s" * 32, **options)
    return app


async def post(server: TestServer, path: str, body: bytes, **headers: str) -> tuple[int, str]:
    url = f"http://127.0.0.1:{server.port}{path}"
    sent = {**FORM, **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=sent) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("encoding", ["deflate", "gzip", "br", "zstd", "GZIP", "identity, gzip"])
@pytest.mark.parametrize("path", ["/_live/post?do=x", "/echo", "/nowhere"])
async def test_a_body_that_inflates_is_refused_and_never_read(
    path: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    readany = aiohttp.StreamReader.readany

    async def counted(self: Any) -> bytes:
        data = await readany(self)
        read.append(len(data))
        return data

    server = TestServer(application(), host="127.0.0.1")
    async with server:
        monkeypatch.setattr(aiohttp.StreamReader, "readany", counted)
        status, text = await post(server, path, BOMB, Content_Encoding=encoding)
    assert status in (400, 415), "400 where aiohttp itself does not know the encoding"
    assert status == 400 or "compressed_bodies" in text
    assert sum(read) < 1_000_000


@pytest.mark.parametrize("encoding", ["", "identity"])
async def test_a_plain_body_is_accepted(encoding: str) -> None:
    headers = {"Content_Encoding": encoding} if encoding else {}
    async with TestServer(application(), host="127.0.0.1") as server:
        assert await post(server, "/echo", b"12345", **headers) == (200, "5")


async def test_who_asks_for_compressed_bodies_gets_them_but_not_in_forms() -> None:
    async with TestServer(application(compressed_bodies=True), host="127.0.0.1") as server:
        assert await post(server, "/echo", BOMB, Content_Encoding="deflate") == (200, "8000000")
        status, text = await post(server, "/_live/post?do=x", BOMB, Content_Encoding="deflate")
    assert (status, "Your form was not submitted" in text) == (403, True)


@hyper.live(fallback="htmx")
def with_forms(text: str = ""):
    def go(): ...

    return Markup('<button @click="go">go</button>')


@hyper.live
def without_forms(text: str = ""):
    def go(): ...

    return Markup('<button @click="go">go</button>')


@pytest.mark.parametrize("component", [with_forms, without_forms])
@pytest.mark.parametrize("address", ["/a{}", "/a%01{}", "/a?q={}"])
async def test_an_address_that_does_not_fit_is_the_visitors_fault(component: Any, address: str) -> None:
    errors: list[object] = []
    app = web.Application()
    live = hyper.setup(app, secret="s" * 32, on_error=lambda error, context: errors.append(error))

    async def index(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, component, text="x" * 1500))

    app.router.add_get("/{rest:.*}", index)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        statuses = []
        for length in (10, 1000, 3000):
            path = address.format("%22" * (length // 3))
            async with session.get(f"http://127.0.0.1:{server.port}{path}") as answer:
                statuses.append(answer.status)
        rendered = live.process.renders
    is_query_without_forms = component is without_forms and "?" in address
    assert statuses == ([200, 200, 200] if is_query_without_forms else [200, 200, 414])
    assert not errors
    assert rendered <= 3


@pytest.mark.parametrize("component", [with_forms, without_forms])
async def test_an_address_that_is_longer_than_a_page_may_have(component: Any) -> None:
    app = web.Application()
    hyper.setup(app, secret="s" * 32, limits=Limits(address_bytes=50))

    async def index(request: web.Request) -> web.Response:
        return hyper.page(await hyper.mount(request, component))

    app.router.add_get("/{rest:.*}", index)
    async with TestServer(app, host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        for length, status in ((49, 200), (50, 414)):
            async with session.get(f"http://127.0.0.1:{server.port}/{'a' * length}") as answer:
                assert answer.status == status


# Hosts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "host", "is_answered"),
    [
        ({}, "127.0.0.1:8000", True),
        ({}, "LOCALHOST", True),
        ({}, "shop.localhost:80", True),
        ({}, "[::1]:8000", True),
        ({}, "evil.example", False),
        ({}, "127.0.0.1.evil.example", False),
        ({}, "localhost.evil.example", False),
        ({}, "192.168.1.5", False),
        ({}, "", False),
        ({}, "localhost:x", False),
        ({"origins": ["https://shop.example", "http://other.example:8080"]}, "shop.example", True),
        ({"origins": ["https://shop.example", "http://other.example:8080"]}, "other.example:8080", True),
        ({"origins": ["https://shop.example"]}, "evil.example", False),
        ({"hosts": ["shop.example"]}, "Shop.Example.:443", True),
        ({"hosts": ["shop.example"]}, "a.shop.example", False),
        ({"hosts": ["shop.example"], "origins": ["https://other.example"]}, "other.example", False),
        ({"hosts": ["*.shop.example"]}, "a.b.shop.example", True),
        ({"hosts": ["*.shop.example"]}, "shop.example", False),
        ({"hosts": ["*.shop.example"]}, "evilshop.example", False),
        ({"hosts": ["*"]}, "evil.example", True),
    ],
)
@pytest.mark.parametrize("path", ["/", "/_live/ws", "/nowhere"])
async def test_the_names_a_server_answers_to(
    options: Any, host: str, is_answered: bool, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with (
        TestServer(application(**options), host="127.0.0.1") as server,
        aiohttp.ClientSession() as session,
    ):
        for _ in range(2):
            async with session.get(f"http://127.0.0.1:{server.port}{path}", headers={"Host": host}) as answer:
                assert (answer.status != 421) == is_answered
                text = await answer.text()
        for name in ("health", "ready"):
            url = f"http://127.0.0.1:{server.port}/_live/{name}"
            async with session.get(url, headers={"Host": host}) as answer:
                assert answer.status == 200
    assert ("setup(app, hosts=[" in text and "HYPER_HOSTS" in text) != is_answered
    assert caplog.text.count("does not answer to the host") == (0 if is_answered else 1), "a line a minute"


async def test_names_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HYPER_HOSTS", "shop.example *.shop.example")
    async with TestServer(application(), host="127.0.0.1") as server, aiohttp.ClientSession() as session:
        for host, status in {"shop.example": 404, "a.shop.example": 404, "evil.example": 421}.items():
            async with session.get(f"http://127.0.0.1:{server.port}/", headers={"Host": host}) as answer:
                assert answer.status == status


@pytest.mark.parametrize(
    "hosts", ["shop.example", ["https://shop.example"], ["shop.example:80"], ["a*.example"], [""]]
)
def test_hosts_that_are_none(hosts: Any) -> None:
    with pytest.raises(AuthorError, match="host"):
        application(hosts=hosts)


async def test_a_page_is_sent_with_the_headers_that_guides_recommend() -> None:
    response = hyper.page("text")
    assert (
        dict(response.headers).items()
        >= {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "SAMEORIGIN",
            "Referrer-Policy": "strict-origin-when-cross-origin",
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
            "Content-Security-Policy": "base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
        }.items()
    )
    response.headers["Content-Security-Policy"] = "default-src 'self'"
    assert "Content-Security-Policy" in hyper.page("text").headers != response.headers
