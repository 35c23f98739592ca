"""Requests that one worker hands over to another: one request, one answer."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from hyper.commands.handing_over import as_received

from ...reliability.hostile_requests import Answer, read_answer
from ...reliability.test_proxies import APP, pages
from ..running import Run, running

pytestmark = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="hyper run needs Unix sockets")

INNER = b"GET /inner HTTP/1.1\r\nHost: example.com\r\nX-Number: inner\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(INNER)
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest_asyncio.fixture
async def site(tmp_path: Path) -> AsyncIterator[Run]:
    (tmp_path / "site.py").write_text(APP)
    variables = {"SEEN": str(tmp_path / "seen"), "COMPRESSED": "compressed"}
    async with running(tmp_path, "site:make_app", "--workers", "2", **variables) as run:
        yield run


async def answers_of(run: Run, pieces: list[bytes], method: str = "GET") -> list[Answer]:
    """All answers on one connection, on which these bytes are sent one after another."""
    address = urlsplit(run.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    answers = []
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.05)  # so that they are read one by one
        with suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            async with asyncio.timeout(1):
                while True:
                    answers.append(await read_answer(reader, method))
    finally:
        writer.transport.abort()
    return answers


@pytest.mark.parametrize("place", [b"0_x", b"1_x"])
@pytest.mark.parametrize(
    "pieces",
    [
        [b"GET /?_live=%b HTTP/1.1\r\n" + LENGTH, INNER],
        [b"GET /_live/ws?%b HTTP/1.1\r\n" + LENGTH, INNER],
        [b"GET /echo?_live=%b HTTP/1.1\r\n" + CHUNKED, b"%x\r\n" % len(INNER), INNER + b"\r\n0\r\n\r\n"],
        [b"HEAD /?_live=%b HTTP/1.1\r\n" + LENGTH, INNER],
        [b"PUT /echo?_live=%b HTTP/1.1\r\n" + LENGTH, INNER],
    ],
    ids=["page", "socket", "chunked", "head", "put"],
)
async def test_a_body_is_never_read_as_a_request(
    site: Run, place: bytes, pieces: list[bytes], tmp_path: Path
) -> None:
    head = pieces[0] % place + b"Host: example.com\r\nX-Number: outer\r\n\r\n"
    method = head.split()[0].decode()
    for _ in range(4):  # whichever worker accepts it
        answers = await answers_of(site, [head, *pieces[1:]], method)
        assert [answer.headers["x-answer"] for answer in answers] == ["outer"]
    assert Counter((tmp_path / "seen").read_text().split()) == {"outer": 4}


async def test_a_form_in_any_form_is_run_once_with_its_page(site: Run, tmp_path: Path) -> None:
    cookie, forms = await pages(site.url)
    for number, (token, address) in enumerate(forms * 4):
        head = (
            f"POST {address} HTTP/1.1\r\nHost: example.com\r\nOrigin: http://example.com\r\n"
            f"Cookie: {cookie}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        ).encode()
        body = f"_live={token}&n={number}".encode()
        chunks = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:9], body[9:])]
        slow = [head + CHUNKED + b"X-Number: %d\r\n\r\n" % number, *chunks, b"0\r\n\r\n"]
        (answer,) = await answers_of(site, slow, "POST")
        assert answer.status == 303
        assert answer.headers["x-answer"] == str(number)
    ran = Counter((tmp_path / "seen").read_text().split())
    assert [ran[str(number)] for number in range(8)] == [1] * 8, "middlewares run in one process"


async def test_requests_that_come_together_are_all_answered(site: Run) -> None:
    first = b"GET /?_live=%b HTTP/1.1\r\nHost: example.com\r\nX-Number: 1\r\n\r\n"
    second = b"GET /echo HTTP/1.1\r\nHost: example.com\r\nX-Number: 2\r\n\r\n"
    for place in [b"0_x", b"1_x"] * 3:
        answers = await answers_of(site, [first % place + second])
        assert [answer.headers["x-answer"] for answer in answers] == ["1", "2"]


async def test_a_connection_with_a_damaged_body_is_not_used_again(site: Run) -> None:
    head = b"POST /_live/post HTTP/1.1\r\nHost: example.com\r\nOrigin: http://example.com\r\nContent-Encoding: gzip\r\n"
    form = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
    (answer,) = await answers_of(site, [head + form + b"not gzip!"])
    assert (answer.status, answer.headers["connection"]) == (400, "close")


@pytest.mark.parametrize(
    ("headers", "body", "sent"),
    [
        ({"Host": "a"}, b"", b"Host: a\r\nConnection: close\r\n\r\n"),
        ({"Connection": "keep-alive", "Keep-Alive": "9"}, b"", b"Connection: close\r\n\r\n"),
        ({"Connection": "Upgrade"}, b"", b"Connection: Upgrade, close\r\n\r\n"),
        ({"Content-Length": "9"}, b"ab", b"Connection: close\r\nContent-Length: 2\r\n\r\nab"),
        ({"Transfer-Encoding": "chunked", "Trailer": "X"}, b"", b"Connection: close\r\n\r\n"),
        (
            {"Content-Encoding": "gzip", "Expect": "100-continue"},
            b"a",
            b"Connection: close\r\nContent-Length: 1\r\n\r\na",
        ),
    ],
)
def test_a_request_is_written_with_its_body_in_one_piece(
    headers: dict[str, str], body: bytes, sent: bytes
) -> None:
    request: web.Request = make_mocked_request("GET", "/x?y", headers=headers)
    assert as_received(request, body) == b"GET /x?y HTTP/1.1\r\n" + sent


@pytest.mark.parametrize("value", ["a\r\nX-More: b", "a\nb", "a\rb"])
def test_a_header_of_two_lines_is_not_handed_over(value: str) -> None:
    assert as_received(make_mocked_request("GET", "/", headers={"X": value}), b"") is None
