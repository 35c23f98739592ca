"""The same forgeries by every way in: the socket, forms with htmx and without.

The development server's own way in is in ``tests/hyper/commands/test_dev_gate.py``. A way that forgets a check turns its line of the table red: the answer would have another code, or the handler
would have run.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import aiohttp
import pytest
import ujson
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from markupsafe import Markup

import hyper
from hyper.transport.gate import STATUSES
from hyper.transport.limits import Limits
from hyper.transport.tokens import Signer
from hyper.web.app import Live, mount, page

from .fakes import COOKIE, SECRET, messages_of
from .test_server import until

ran: list[object] = []


@hyper.live(fallback="htmx")
def vault():
    def deposit(coins: int):
        ran.append(coins)

    def rob():
        ran.append("robbed")

    return Markup('<form @submit="deposit(coins)"><input name="coins"><button>Put in</button></form>')


@dataclass
class Attempt:
    """What somebody sends; as it is, it is accepted."""

    headers: list[tuple[str, str]]
    join_token: str
    form_token: str
    key: str
    event: str = "deposit"
    coins: str = "7"
    cookie: str = ""
    body: bytes = b""
    """Instead of all that."""
    times: int = 1
    more: dict[str, Any] = field(default_factory=dict)

    def without_origin(self) -> list[tuple[str, str]]:
        return [item for item in self.headers if item[0] != "Origin"]


class Site:
    """An application, and a visitor with its page."""

    def __init__(self, limits: Limits, auth: Any = None, **options: Any) -> None:
        self.user: list[Any] = ["ann"]
        self.app = web.Application()
        self.app.router.add_get("/", self._index)
        self.live: Live = hyper.setup(
            self.app, secret=SECRET, limits=limits, auth=auth or (lambda _: self.user[0]), **options
        )
        self.server = TestServer(self.app, host="127.0.0.1")

    async def _index(self, request: web.Request) -> web.Response:
        return page(await mount(request, vault))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    async def visit(self) -> Attempt:
        """What a new visitor would send."""
        async with aiohttp.ClientSession() as session, session.get(f"{self.origin}/") as response:
            text = await response.text()
            cookie = response.cookies[COOKIE].value
        return Attempt(
            [("Origin", self.origin)],
            re.findall(r'data-live-token="(.*?)"', text)[0],
            re.findall(r'name="_live" value="(.*?)"', text)[0],
            re.findall(r'action="/_live/post\?do=(.*?)"', text)[0],
            cookie=cookie,
            more={"id": re.findall(r'data-live-fallback="(.*?)"', text)[0]},
        )


def _sent(attempt: Attempt, *more: tuple[str, str]) -> Any:
    from multidict import CIMultiDict

    cookie = [("Cookie", f"{COOKIE}={attempt.cookie}")] if attempt.cookie else []
    return CIMultiDict([*attempt.headers, *cookie, *more])


async def by_socket(site: Site, attempt: Attempt) -> str:
    """The code of the answer, ``""`` where the handler was called."""
    async with aiohttp.ClientSession() as session:
        try:
            async with session.ws_connect(f"{site.origin}/_live/ws", headers=_sent(attempt)) as ws:
                frames = [attempt.body.decode()] if attempt.body else _frames(attempt)
                for frame in frames:
                    await ws.send_str(frame)
                return await _outcome(ws, 1 if attempt.body else attempt.times)
        except aiohttp.WSServerHandshakeError as error:
            return _refusal(error)


def _refusal(error: aiohttp.WSServerHandshakeError) -> str:
    assert error.headers is not None
    code = error.headers["Live-Error"]
    assert error.status == STATUSES[code]
    return code


def _frames(attempt: Attempt) -> list[str]:
    component = {"component_id": attempt.more["id"]}
    connect = {"type": "connect", **component, "token": attempt.join_token, "version": 0}
    event = {"type": "event", **component, "event": attempt.event, "args": [attempt.coins]}
    if attempt.event != "deposit":
        del event["args"]
    return [ujson.dumps(item) for item in (connect, *({**event, "seq": n + 1} for n in range(attempt.times)))]


async def _outcome(ws: aiohttp.ClientWebSocketResponse, answers: int) -> str:
    codes = []
    while len(codes) < answers:
        message = await ws.receive(timeout=10)
        if message.type is not WSMsgType.TEXT:
            return {4400: "bad_frame", 1009: "too_large"}[ws.close_code or 0]
        for said in messages_of(message.data):
            if said["type"] == "error" and "seq" not in said:
                return str(said["code"])
            if said.get("seq"):
                codes.append(str(said.get("error", said).get("code", "")))
    return codes[-1]


async def by_form(site: Site, attempt: Attempt, *more: tuple[str, str]) -> str:
    """The same for a form."""
    key = attempt.key if attempt.event == "deposit" else attempt.event
    answers = []
    async with aiohttp.ClientSession() as session:
        for number in range(attempt.times):
            form = {"_live": attempt.form_token, "coins": attempt.coins + " " * number}
            async with session.post(
                f"{site.origin}/_live/post",
                params={"do": key},
                data=attempt.body or form,
                headers=_sent(attempt, *more, ("Content-Type", "application/x-www-form-urlencoded")),
                allow_redirects=False,
            ) as response:
                code = response.headers.get("Live-Error", "")
                is_seen_by_component = response.status in (200, 303)
                assert is_seen_by_component or response.status == STATUSES[code]
                if (
                    not is_seen_by_component and "Cache-Control" in response.headers
                ):  # it is not the application's
                    _check_refusal(response, await response.text(), is_whole="HX-Request" not in dict(more))
                answers.append(code)
    return answers[-1]


def _check_refusal(response: aiohttp.ClientResponse, text: str, *, is_whole: bool) -> None:
    """A refused form is answered with HTML that a strict policy lets be: a page, or for htmx a part of one."""
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert text.startswith("<!DOCTYPE html>" if is_whole else '<p class="live-notice" role="alert">')
    assert text.count("<h1>Your form was not submitted</h1>") == is_whole
    assert "Content-Security-Policy" in response.headers or not is_whole
    assert not re.search(r"<script|<style|style=|\son\w+=|None", text)


async def by_htmx(site: Site, attempt: Attempt) -> str:
    """The same for a form that htmx sends."""
    return await by_form(site, attempt, ("HX-Request", "true"))


WAYS: Final[dict[str, Callable[[Site, Attempt], Awaitable[str]]]] = {
    "socket": by_socket,
    "form": by_form,
    "htmx": by_htmx,
}


def _origin(*origins: str, site: str = "") -> Callable[[Attempt], Attempt]:
    def forge(attempt: Attempt) -> Attempt:
        fetch = [("Sec-Fetch-Site", site)] if site else []
        sent = [("Origin", value or attempt.headers[0][1]) for value in origins]
        return replace(attempt, headers=[*sent, *fetch])

    return forge


def _with(**changes: Any) -> Callable[[Attempt], Attempt]:
    return lambda attempt: replace(attempt, **changes)


def _swapped(attempt: Attempt) -> Attempt:
    """The token of the one way for the other."""
    return replace(attempt, join_token=attempt.form_token, form_token=attempt.join_token)


def _changed(attempt: Attempt) -> Attempt:
    def flip(token: str) -> str:
        return token[:10] + ("A" if token[10] != "A" else "B") + token[11:]

    return replace(attempt, join_token=flip(attempt.join_token), form_token=flip(attempt.form_token))


FORGERIES: Final[dict[str, tuple[Callable[[Attempt], Attempt], str]]] = {
    "nothing forged": (lambda attempt: attempt, ""),
    "hidden origin, same site": (_origin("null", site="same-origin"), ""),
    "foreign origin": (_origin("https://evil.test"), "forbidden"),
    "foreign origin, said to be ours": (_origin("https://evil.test", site="same-origin"), "forbidden"),
    "own origin, from another site": (_origin("", site="cross-site"), "forbidden"),
    "null origin": (_origin("null"), "forbidden"),
    "hidden origin, another site": (_origin("null", site="cross-site"), "forbidden"),
    "hidden origin, sibling domain": (_origin("null", site="same-site"), "forbidden"),
    "no origin": (_origin(), "forbidden"),
    "two origins": (_origin("", "https://evil.test"), "forbidden"),
    "no token": (_with(join_token="", form_token=""), "forbidden"),
    "a token of one's own": (_with(join_token="a.b.c", form_token="a.b.c"), "forbidden"),
    "a changed token": (_changed, "forbidden"),
    "a token for something else": (_swapped, "forbidden"),
    "no cookie": (_with(cookie=""), "forbidden"),
    "a handler that is not shown": (_with(event="rob"), "unknown_event"),
    "a dunder": (_with(event="__class__"), "unknown_event"),
    "a handler that is not there": (_with(event="deposit.x"), "unknown_event"),
    "an argument that does not fit": (_with(coins="many"), "bad_argument"),
    "no form, no frame": (_with(body=b"\xff%ff=%ff".replace(b"\xff", b"")), "bad_frame"),
}


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    ran.clear()
    site = Site(Limits())
    async with site.server:
        yield site


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("forgery", FORGERIES)
async def test_every_check_holds_by_every_way(site: Site, way: str, forgery: str) -> None:
    forge, code = FORGERIES[forgery]
    attempt = await site.visit()
    if code == "unknown_event" and way != "socket":
        code = "forbidden"  # a form names a key that its page has signed
    assert await WAYS[way](site, forge(attempt)) == code
    assert ran == ([7] if code == "" else [])


@pytest.mark.parametrize("way", ["form", "htmx"])
@pytest.mark.parametrize(
    "key", ["", "deposit", "deposit.x", "deposit.é", "another mount's", "a changed mark"]
)
async def test_a_key_that_no_page_offered_is_refused_before_the_page_is_rendered(
    site: Site, way: str, key: str
) -> None:
    attempt, other = await site.visit(), await site.visit()
    keys = {
        "another mount's": other.key,
        "a changed mark": attempt.key[:-1] + ("A", "B")[attempt.key[-1] == "A"],
    }
    rendered = site.live.process.renders
    assert await WAYS[way](site, replace(attempt, key=keys.get(key, key))) == "forbidden"
    assert (ran, site.live.process.renders) == ([], rendered)


@pytest.mark.parametrize("way", ["form", "htmx"])
async def test_what_is_no_longer_on_the_page_is_told(site: Site, way: str) -> None:
    attempt = await site.visit()
    key = site.live.server.gate.marked_key(attempt.more["id"], "deposit.gone")
    assert await WAYS[way](site, replace(attempt, key=key)) == "unknown_event"
    assert ran == []


async def test_forms_have_a_rate_of_their_own() -> None:
    site = Site(Limits(forms_per_s=0.001, forms_burst=3))
    async with site.server:
        attempt, other = await site.visit(), await site.visit()
        assert await by_form(site, replace(attempt, times=3)) == ""
        rendered = site.live.process.renders
        assert await by_form(site, replace(attempt, coins="8")) == "throttled"
        assert site.live.process.renders == rendered
        assert await by_form(site, other) == "", "another visitor notices nothing"
        assert await by_socket(site, attempt) == ""


async def test_new_sessions_do_not_make_more_forms() -> None:
    limits = Limits(forms_per_address_s=0.001, forms_burst_per_address=3)
    site = Site(limits, proxies=["127.0.0.1"])
    async with site.server:
        flood = [("X-Forwarded-For", "9.9.9.9")]
        visitors = [await site.visit() for _ in range(5)]
        sent = [
            await by_form(site, replace(attempt, headers=[*attempt.headers, *flood]))
            for attempt in visitors[:4]
        ]
        assert sent == ["", "", "", "throttled"]
        assert await by_form(site, visitors[4]) == ""


@pytest.mark.parametrize("way", WAYS)
async def test_another_visitors_page(site: Site, way: str) -> None:
    victim, thief = await site.visit(), await site.visit()
    assert await WAYS[way](site, replace(victim, cookie=thief.cookie)) == "expired"
    assert ran == []


@pytest.mark.parametrize("way", WAYS)
async def test_somebody_else_now(site: Site, way: str) -> None:
    attempt = await site.visit()
    site.user[0] = "bob"
    assert await WAYS[way](site, attempt) == "expired"
    assert ran == []


@dataclass
class Member:
    """A user who has more than an id."""

    name: str
    role: str


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("then", "now", "code"),
    [
        ("ann", "ann", ""),
        ("ann", "bob", "expired"),
        (None, "bob", "expired"),
        ("ann", None, "expired"),
        (Member("ann", "admin"), Member("ann", "admin"), ""),
        (Member("ann", "admin"), Member("ann", "guest"), "expired"),
    ],
)
async def test_a_page_whose_mount_is_gone_is_mounted_again_for_the_same_user_only(
    site: Site, way: str, then: object, now: object, code: str
) -> None:
    site.user[0] = then
    attempt = await site.visit()
    for runner in site.live.process.mounts:
        site.live.process.mounts.remove(runner)
    site.user[0] = now
    assert await WAYS[way](site, attempt) == code
    assert ran == ([] if code else [7])


@pytest.mark.parametrize("way", WAYS)
async def test_a_page_of_yesterday(site: Site, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attempt = await site.visit()
    for runner in site.live.process.mounts:
        site.live.process.mounts.remove(runner)
    monkeypatch.setattr(Signer, "read_ticket", _aged(Signer.read_ticket))
    assert await WAYS[way](site, attempt) == "expired"
    assert ran == []


def _aged(read: Any) -> Any:
    """Tokens are read as if two days had passed."""

    def read_later(self: Any, token: str, purpose: Any = "join", *, max_age_s: float | None = None) -> Any:
        return read(self, token, purpose, max_age_s=None if max_age_s is None else max_age_s - 2 * 24 * 3600)

    return read_later


@pytest.mark.parametrize("way", WAYS)
async def test_more_events_than_a_visitor_may_send(way: str) -> None:
    ran.clear()
    site = Site(Limits(events_per_s=0.001, events_burst=5))
    async with site.server:
        attempt = await site.visit()
        assert await WAYS[way](site, replace(attempt, times=8)) == "throttled"
        assert len(ran) <= 5


async def test_socket_and_forms_share_their_rate() -> None:
    site = Site(Limits(events_per_s=0.001, events_burst=4))
    async with site.server:
        attempt = await site.visit()
        assert await by_form(site, replace(attempt, times=4)) == ""
        assert await by_socket(site, replace(attempt, times=1)) == "throttled"
        assert await by_form(site, attempt) == "throttled"


@pytest.mark.parametrize("way", WAYS)
async def test_more_bytes_than_it_may_have(way: str) -> None:
    ran.clear()
    site = Site(Limits(message_bytes=2_000, form_bytes=2_000))
    async with site.server:
        attempt = await site.visit()
        assert await WAYS[way](site, replace(attempt, body=b"a=" + b"x" * 2_000)) == "too_large"
        assert ran == []


@pytest.mark.parametrize("way", WAYS)
async def test_more_fields_than_it_may_have(way: str) -> None:
    ran.clear()
    site = Site(Limits(json_nodes=20, form_fields=20))
    async with site.server:
        attempt = await site.visit()
        many = b"&".join(b"a%d=1" % number for number in range(30))
        if way == "socket":
            event = ujson.loads(_frames(attempt)[1])
            many = ujson.dumps({**event, "args": list(range(30))}).encode()
        assert await WAYS[way](site, replace(attempt, body=many)) == "bad_frame"
        assert ran == []


async def send_half_a_form(site: Site, of: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which half a form was sent, and then nothing; ``of`` is what a proxy says of its sender."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port)
    head = (
        f"POST /_live/post?do=x HTTP/1.1\r\nHost: 127.0.0.1:{site.server.port}\r\nOrigin: {site.origin}\r\n"
    )
    head += f"X-Forwarded-For: {of}\r\n" if of else ""
    head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\ncoins="
    writer.write(head.encode())
    return reader, writer


async def test_a_form_that_does_not_end() -> None:
    """Whoever sends the half of a form, and then nothing, holds nothing for long."""
    site = Site(Limits(form_s=0.05))
    async with site.server:
        reader, writer = await send_half_a_form(site)
        async with asyncio.timeout(10):
            answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert answer.startswith("HTTP/1.1 400 ")
        assert "Live-Error: bad_frame" in answer
        writer.close()


async def test_more_forms_at_once_than_an_address_may_send() -> None:
    """Many who send half a form and then nothing hold no more than a few could, and nobody else's place."""
    site = Site(Limits(forms_per_address=2), proxies=["127.0.0.1"])
    async with site.server:
        attempt = await site.visit()
        halves = [await send_half_a_form(site, of="9.9.9.9") for _ in range(2)]
        await until(lambda: site.live.server.gate._forms["9.9.9.9"] == 2)
        reader, writer = await send_half_a_form(site, of="9.9.9.9")
        async with asyncio.timeout(10):
            answer = (await reader.readuntil(b"</main>")).decode()
        assert answer.startswith("HTTP/1.1 503 ")
        assert "Retry-After: " in answer
        assert "Too many forms at once." in answer
        assert "Wait a moment, then reload this page" in answer
        assert await by_form(site, attempt) == ""
        for _, other in [*halves, (reader, writer)]:
            other.close()
        await until(lambda: not site.live.server.gate._forms)


@pytest.mark.parametrize("way", WAYS)
async def test_a_process_that_ends(site: Site, way: str) -> None:
    attempt = await site.visit()
    site.live.process.is_draining = True
    assert await WAYS[way](site, attempt) == "busy"
    assert ran == []


@pytest.mark.parametrize("way", WAYS)
async def test_whom_the_application_refuses(site: Site, way: str) -> None:
    attempt = await site.visit()

    async def refuse(request: web.Request) -> None:
        raise web.HTTPForbidden(headers={"Live-Error": "forbidden"})

    site.live.server._authenticate = refuse
    # a page that is open is loaded anew, so that the application says what is to be seen instead
    assert await WAYS[way](site, attempt) == ("expired" if way == "socket" else "forbidden")
    assert ran == []


@pytest.mark.parametrize("way", ["form", "htmx"])
async def test_a_form_that_is_sent_again_runs_once(site: Site, way: str) -> None:
    attempt = await site.visit()
    assert [await WAYS[way](site, attempt) for _ in range(10)] == ["", *["repeated"] * 9]
    assert ran == [7]


async def test_a_get_changes_nothing(site: Site) -> None:
    attempt = await site.visit()
    async with aiohttp.ClientSession() as session:
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            query = {"do": attempt.key, "_live": attempt.form_token, "coins": "7"}
            url = f"{site.origin}/_live/post"
            async with session.request(method, url, params=query, headers=_sent(attempt)) as response:
                assert response.status == 405
    assert ran == []


async def test_a_file_is_no_form(site: Site) -> None:
    attempt = await site.visit()
    form = aiohttp.FormData({"_live": attempt.form_token, "coins": "7"}, default_to_multipart=True)
    url = f"{site.origin}/_live/post?do={attempt.key}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=form, headers=_sent(attempt)) as answer,
    ):
        assert (answer.status, answer.headers["Live-Error"]) == (400, "bad_frame")
    assert ran == []


async def test_an_application_has_none_of_its_routes(site: Site) -> None:
    paths = {resource.canonical for resource in site.app.router.resources()}
    assert not [path for path in paths if "dev" in path or "source" in path]
    async with aiohttp.ClientSession() as session:
        for path in ("/_dev/ws", "/_dev/dev.js", "/source/vault", "/live/vault"):
            async with session.get(site.origin + path) as answer:
                assert answer.status == 404
