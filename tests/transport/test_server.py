"""The transport over real sockets on the loopback, with a fake clock where time matters."""

from __future__ import annotations

import asyncio
import re
import socket as sockets
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import ujson
from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer
from yarl import URL

from hyper import AuthorError
from hyper.transport.component import RequestContext
from hyper.transport.limits import Limits
from hyper.transport.server import AiohttpSocket
from hyper.web.app import LIVE, Live, mount, page, setup

from .fakes import COOKIE, SECRET, SECURE_COOKIE, FakeClock, FakeMount, Page, Reader, connect, event
from .test_origin import FORBIDDEN

Message = dict[str, Any]
CLOSE_SOON = aiohttp.ClientWSTimeout(ws_close=0.1)


class FakeComponent:
    """A component that keeps its mounts."""

    name = "fake"

    def __init__(self) -> None:
        self.mounts: list[FakeMount] = []
        self.contexts: list[RequestContext] = []

    async def mount_for(self, mount_id: str, properties: Any, request: RequestContext) -> FakeMount:
        self.contexts.append(request)
        self.mounts.append(FakeMount(mount_id, properties.get("text", "")))
        return self.mounts[-1]


class Site:
    """A running application with one page, and what a browser does with it."""

    def __init__(self, *, middlewares: tuple[Any, ...] = (), **options: Any) -> None:
        self.component = FakeComponent()
        self.clock = FakeClock()
        self.errors: list[BaseException] = []
        self.app = web.Application(middlewares=middlewares)
        self.app.router.add_get("/", self._index)
        self.app.router.add_get("/twice", self._twice)
        options = {"secret": SECRET, "on_error": lambda error, context: self.errors.append(error), **options}
        self.live: Live = setup(self.app, **options)
        self.live.process.now_s = self.clock
        self.server = TestServer(self.app, host="127.0.0.1")
        self.sockets: list[aiohttp.ClientWebSocketResponse] = []
        """Kept, as one that nobody holds is closed."""
        self._sessions: list[aiohttp.ClientSession] = []

    async def _index(self, request: web.Request) -> web.Response:
        return page(await mount(request, self.component))

    async def _twice(self, request: web.Request) -> web.Response:
        return page(await mount(request, self.component) + await mount(request, self.component))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def browser(self) -> Browser:
        session = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._sessions.append(session)
        return Browser(self, session)

    def pass_time(self, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.clock.now_s += 1
            self.live.process.tick()

    async def close(self) -> None:
        for ws in self.sockets:
            await ws.close()
        for session in self._sessions:
            await session.close()
        await self.server.close()


class Browser:
    """A visitor: keeps cookies, opens pages and sockets."""

    def __init__(self, site: Site, session: aiohttp.ClientSession) -> None:
        self.site = site
        self.session = session

    async def open(self) -> tuple[str, str]:
        """The id and token of a page's component."""
        async with self.session.get(self.site.origin) as response:
            found = re.search(r'data-live-component="(.*?)" data-live-token="(.*?)"', await response.text())
        assert found is not None
        return found[1], found[2]

    async def plug(self, **options: Any) -> aiohttp.ClientWebSocketResponse:
        options = {"headers": {"Origin": self.site.origin}, "compress": 0, "timeout": CLOSE_SOON, **options}
        ws = await self.session.ws_connect(self.site.origin + "/_live/ws", **options)
        self.site.sockets.append(ws)
        return ws

    async def join(self, version: int = 0, ids: tuple[str, str] | None = None, **options: Any) -> Tab:
        """A page with its socket."""
        mount_id, token = ids or await self.open()
        tab = Tab(mount_id, token, await self.plug(**options))
        tab.page.version = version
        await tab.say(connect(token, mount_id, version))
        await tab.until("ack")
        return tab


class Tab:
    """One page and its socket."""

    def __init__(self, mount_id: str, token: str, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ids = mount_id, token
        self.ws = ws
        self.page = Page(mount_id)
        self.seq = 0
        self._reader = Reader(timeout_s=10)

    async def say(self, message: Message | str) -> None:
        await self.ws.send_str(message if isinstance(message, str) else ujson.dumps(message))

    async def hear(self) -> Message:
        message = await self._reader.next(self.ws)
        self.page.hear(message)
        return message

    async def until(self, kind: str) -> list[Message]:
        messages = [await self.hear()]
        while messages[-1]["type"] != kind:
            messages.append(await self.hear())
        return messages

    async def act(self, name: str = "add", **members: Any) -> list[Message]:
        """What an event brings, its ack last."""
        self.seq += 1
        await self.say(event(self.seq, name, self.ids[0], **members))
        return await self.until("ack")

    async def close_code(self) -> int | None:
        """With what the server closes the socket, whatever else it sends before."""
        await self.close_reason()
        return self.ws.close_code

    async def close_reason(self) -> str | None:
        """What the server says about why it closes the socket, whatever else it sends before."""
        while True:
            message = await self.ws.receive(timeout=10)
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return message.extra


@pytest.fixture
async def make_site() -> AsyncIterator[Callable[..., Any]]:
    sites = []

    async def make(**options: Any) -> Site:
        site = Site(**options)
        sites.append(site)
        await site.server.start_server()
        return site

    yield make
    for site in reversed(sites):  # a later one may have sockets of an earlier one's browser
        await site.close()


@pytest.fixture
async def site(make_site: Callable[..., Any]) -> Site:
    return await make_site()  # type: ignore[no-any-return]


async def until(condition: Callable[[], object]) -> None:
    """Wait for what another task does; every wait has an end."""
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.001)


class TestConversation:
    async def test_the_socket_takes_over_the_mount_of_the_page(self, site: Site) -> None:
        tab = await site.browser().join()
        assert (await tab.act("add", args=["milk é\U0001f600"]))[0]["version"] == 1
        assert tab.page.text == "milk é\U0001f600"
        assert len(site.component.mounts) == 1
        assert site.component.mounts[0].connects == 1

    async def test_a_render_in_between(self, site: Site) -> None:
        tab = await site.browser().join()
        assert [message["type"] for message in await tab.act("show")] == ["update", "update", "ack"]

    async def test_many_events_at_once(self, site: Site) -> None:
        tab = await site.browser().join()
        for seq in range(1, 51):
            await tab.say(event(seq, "add", tab.ids[0], args=[str(seq % 10)]))
        while 50 not in tab.page.acks:
            await tab.hear()
        assert tab.page.text == "".join(str(seq % 10) for seq in range(1, 51))
        assert tab.page.gaps == 0

    async def test_errors_leave_everything_alive(self, site: Site) -> None:
        tab = await site.browser().join()
        assert (await tab.act("nothing"))[-1]["error"]["code"] == "unknown_event"
        assert (await tab.act("fail"))[-1]["error"]["code"] == "handler_failed"
        assert "error" not in (await tab.act("add"))[-1]
        assert [str(error) for error in site.errors] == ["on purpose"]

    async def test_large_frames_in_both_directions(self, site: Site) -> None:
        tab = await site.browser().join(max_msg_size=0)
        for _ in range(5):
            await tab.act("add", args=["x" * 60_000])
        await tab.say({"type": "resync", "component_id": tab.ids[0]})
        await tab.until("resync")
        assert tab.page.text == "x" * 300_000

    async def test_no_compression(self, site: Site) -> None:
        ws = await site.browser().plug(compress=15)
        assert ws.compress == 0

    async def test_pings_are_answered(self, site: Site) -> None:
        ws = await site.browser().plug(autoping=False)
        await ws.ping(b"are you there")
        message = await ws.receive(timeout=10)
        assert (message.type, message.data) == (WSMsgType.PONG, b"are you there")


class TestSocket:
    """``AiohttpSocket`` on a transport that remembers."""

    class Transport:
        def __init__(self) -> None:
            self.written = b""
            self.closing = False

        def write(self, data: bytes) -> None:
            self.written += data

        def is_closing(self) -> bool:
            return self.closing

    class Ws:
        closed = False

    @pytest.mark.parametrize("length", [0, 1, 125, 126, 127, 255, 256, 32_000, 65_535])
    def test_small_frames_are_framed_as_the_standard_says(self, length: int) -> None:
        transport = self.Transport()
        socket = AiohttpSocket(self.Ws(), transport)  # type: ignore[arg-type]
        socket.send_now([b"x" * length])
        head = b"\x81" + (bytes([length]) if length < 126 else b"\x7e" + length.to_bytes(2, "big"))
        assert transport.written == head + b"x" * length

    def test_messages_that_go_together_are_one_frame(self) -> None:
        transport = self.Transport()
        AiohttpSocket(self.Ws(), transport).send_now([b'{"a":1}', b'{"b":2}'])  # type: ignore[arg-type]
        assert transport.written == b'\x81\x11[{"a":1},{"b":2}]'

    @pytest.mark.parametrize("what", ["ws", "transport"])
    def test_nothing_is_written_to_what_is_closed(self, what: str) -> None:
        ws, transport = self.Ws(), self.Transport()
        ws.closed = what == "ws"
        transport.closing = what == "transport"
        AiohttpSocket(ws, transport).send_now([b"x"])  # type: ignore[arg-type]
        assert transport.written == b""


class TestComingBack:
    async def test_to_the_same_state(self, site: Site) -> None:
        browser = site.browser()
        tab = await browser.join()
        await tab.act("add", args=["abc"])
        await tab.ws.close()
        site.pass_time(119)
        again = await browser.join(1, tab.ids)
        again.page.text = "abc"
        again.seq = 1
        await again.act("add", args=["def"])
        assert again.page.text == "abcdef"
        assert len(site.component.mounts) == 1

    async def test_with_what_was_missed(self, site: Site) -> None:
        browser = site.browser()
        tab = await browser.join()
        await tab.act("add", args=["abc"])
        await tab.ws.close()
        again = await browser.join(0, tab.ids)
        assert again.page.text == "abc"
        assert again.page.joined_seq == 1

    async def test_after_a_connection_that_broke(self, site: Site) -> None:
        browser = site.browser()
        tab = await browser.join()
        transport = tab.ws.get_extra_info("socket")
        assert transport is not None
        tab.ws._response.connection.transport.abort()  # type: ignore[union-attr]
        await until(lambda: len(site.live.process.connections) == 0)
        again = await browser.join(0, tab.ids)
        assert again.page.joined_seq == 0

    async def test_a_pending_mount_that_was_given_up(self, site: Site) -> None:
        browser = site.browser()
        ids = await browser.open()
        site.pass_time(10)
        tab = await browser.join(0, ids)
        assert tab.page.is_lost_state
        await tab.act("add")
        assert tab.page.text == "x"
        assert len(site.component.mounts) == 2
        assert site.component.contexts[1].path == "/"

    async def test_a_page_of_another_process(self, make_site: Callable[..., Any], site: Site) -> None:
        other = await make_site()
        other.live.register(other.component)
        browser = site.browser()
        mount_id, token = await browser.open()
        moved = Browser(other, browser.session)
        tab = Tab(mount_id, token, await moved.plug())
        await tab.say(connect(token, mount_id))
        await tab.until("ack")
        await tab.act("add")
        assert tab.page.text == "x"
        assert len(other.component.mounts) == 1

    async def test_a_duplicated_tab_wins_and_the_older_is_told(self, site: Site) -> None:
        browser = site.browser()
        older = await browser.join()
        newer = await browser.join(0, older.ids)
        assert await older.close_code() == 4409
        await newer.act("add")
        assert newer.page.text == "x"


class TestWhoMayConnect:
    @pytest.mark.parametrize(
        "origin", [o for o in FORBIDDEN if o.isprintable() and o.isascii() and o.strip() == o]
    )
    async def test_forbidden_origins(self, site: Site, origin: str) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await site.browser().plug(headers={"Origin": origin})
        assert caught.value.status == 403

    async def test_no_origin_and_two(self, site: Site) -> None:
        for headers in (
            [],
            [("Origin", site.origin)] * 2,
            [("Origin", site.origin), ("Origin", "http://evil.test")],
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await site.browser().plug(headers=headers)
            assert caught.value.status == 403

    async def test_the_host_header_decides_what_our_own_origin_is(self, site: Site) -> None:
        headers = {"Origin": site.origin, "Host": "other.test"}
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.browser().plug(headers=headers)

    async def test_origins_that_are_allowed(self, make_site: Callable[..., Any]) -> None:
        site = await make_site(origins=["https://example.com"])
        assert await site.browser().plug(headers={"Origin": "https://example.com"})

    async def test_the_origin_that_a_known_proxy_hides(self, make_site: Callable[..., Any]) -> None:
        headers = {"Host": "shop.test", "Origin": "https://shop.test", "X-Forwarded-Proto": "https"}
        site = await make_site(proxies=["127.0.0.1"], hosts=["shop.test"])
        assert await site.browser().plug(headers=headers)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.browser().plug(headers={**headers, "Origin": "http://shop.test"})
        site = await make_site()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.browser().plug(headers=headers)

    async def test_visitors_behind_a_known_proxy_are_counted_one_by_one(
        self, make_site: Callable[..., Any]
    ) -> None:
        site = await make_site(proxies=["127.0.0.1"], limits=Limits(connections_per_address=1))
        for address in ("1.1.1.1", "2.2.2.2"):
            headers = {"Origin": site.origin, "X-Forwarded-For": address}
            assert await site.browser().plug(headers=headers)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await site.browser().plug(headers=headers)

    async def test_the_refusal_tells_the_operator_the_cure(
        self, site: Site, caplog: pytest.LogCaptureFixture
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await site.browser().plug(headers={"Origin": "https://example.com"})
        assert "origins=" in caplog.text
        assert "https://example.com" in caplog.text

    async def test_a_page_of_another_visitor(self, site: Site) -> None:
        ids = await site.browser().open()
        other = site.browser()
        await other.open()
        tab = Tab(*ids, await other.plug())
        await tab.say(connect(ids[1], ids[0]))
        assert (await tab.hear())["code"] == "expired"

    async def test_a_visitor_without_cookies(self, site: Site) -> None:
        ids = await site.browser().open()
        tab = Tab(*ids, await site.browser().plug())
        await tab.say(connect(ids[1], ids[0]))
        assert (await tab.hear())["code"] == "forbidden"

    async def test_a_cookie_that_was_made_up(self, site: Site) -> None:
        ids = await site.browser().open()
        headers = {"Origin": site.origin, "Cookie": f"{COOKIE}=chosen-by-somebody"}
        tab = Tab(*ids, await site.browser().plug(headers=headers))
        await tab.say(connect(ids[1], ids[0]))
        assert (await tab.hear())["code"] == "expired"

    @pytest.mark.parametrize(
        ("code", "comings"), [(1000, ["left"]), (1001, ["left"]), (0, ["left"]), (4000, ["lost"])]
    )
    async def test_a_page_that_says_good_bye(self, site: Site, code: int, comings: list[str]) -> None:
        tab = await site.browser().join()
        if code:
            await tab.ws.close(code=code)
        else:
            await tab.ws._writer.send_frame(b"", WSMsgType.CLOSE)  # type: ignore[union-attr]
        await until(lambda: not site.live.process.connections)
        assert site.component.mounts[-1].comings == comings

    async def test_a_page_never_adopts_a_cookie_that_was_made_up(self, site: Site) -> None:
        session = site.browser().session
        async with session.get(site.origin, cookies={COOKIE: "chosen-by-somebody"}) as response:
            assert response.cookies[COOKIE].value != "chosen-by-somebody"

    async def test_flipped_bits_of_a_token(self, site: Site) -> None:
        browser = site.browser()
        mount_id, token = await browser.open()
        ws = await browser.plug()
        for position in range(0, len(token), 17):
            changed = token[:position] + chr(ord(token[position]) ^ 1) + token[position + 1 :]
            await ws.send_str(ujson.dumps(connect(changed, mount_id)))
            answer = ujson.loads((await ws.receive(timeout=10)).data)
            assert answer["code"] == "forbidden"

    async def test_room_for_sockets(self, make_site: Callable[..., Any]) -> None:
        site = await make_site(limits=Limits(connections_per_address=2))
        browser = site.browser()
        first, second = await browser.plug(), await browser.plug()
        with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
            await browser.plug()
        assert caught.value.status == 503
        assert caught.value.headers is not None
        assert caught.value.headers["Retry-After"]
        await first.close()
        await until(lambda: len(site.live.process.connections) == 1)
        assert not (await browser.plug()).closed
        assert not second.closed

    async def test_a_page_that_is_left_before_its_socket_is_open(
        self, make_site: Callable[..., Any], caplog: pytest.LogCaptureFixture
    ) -> None:
        @web.middleware
        async def hang_up(request: web.Request, handler: Any) -> Any:
            if request.path == "/_live/ws" and request.transport is not None:
                request.transport.abort()
            return await handler(request)

        site = await make_site(middlewares=(hang_up,))
        with pytest.raises(aiohttp.ClientError):
            await site.browser().plug()
        assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
        assert site.errors == []
        assert not site.live.process.connections

    async def test_who_the_application_refuses(self, make_site: Callable[..., Any]) -> None:
        user: list[Any] = ["ann"]

        def auth(request: web.Request) -> Any:
            if user[0] is None:
                raise web.HTTPUnauthorized
            return user[0]

        site = await make_site(auth=auth)
        browser = site.browser()
        tab = await browser.join()
        assert site.component.contexts[0].user == "ann"
        await tab.ws.close()
        user[0] = "bob"
        other = Tab(*tab.ids, await browser.plug())
        await other.say(connect(tab.ids[1], tab.ids[0]))
        assert (await other.hear())["code"] == "expired"
        user[0] = None
        refused = Tab(*tab.ids, await browser.plug())
        assert (await refused.hear())[
            "code"
        ] == "expired"  # so the page is loaded anew, and the application asked
        assert await refused.close_reason() == "You may no longer see this page: load it again."
        assert refused.ws.close_code == 4501
        async with browser.session.get(site.origin) as response:
            assert response.status == 401

    async def test_auth_that_fails_itself(self, make_site: Callable[..., Any]) -> None:
        is_broken = [False]

        def auth(request: web.Request) -> str:
            if is_broken[0]:
                raise ZeroDivisionError("in auth")
            return "ann"

        site = await make_site(auth=auth)
        browser = site.browser()
        ids = await browser.open()
        is_broken[0] = True
        assert await Tab(*ids, await browser.plug()).close_code() == 1011
        assert [str(error) for error in site.errors] == ["in auth"]

    @pytest.mark.parametrize("who", ["ann", "bob"])
    async def test_who_is_disconnected_before_auth_has_answered_is_refused(
        self, who: str, make_site: Callable[..., Any]
    ) -> None:
        asked: list[str] = []
        is_asked, may_answer = asyncio.Event(), asyncio.Event()

        async def auth(request: web.Request) -> str:
            asked.append(request.path)
            if request.path == "/_live/ws":
                is_asked.set()
                await may_answer.wait()
            return "ann"

        site = await make_site(auth=auth)
        browser = site.browser()
        ids = await browser.open()
        tab = Tab(*ids, await browser.plug())
        await tab.say(connect(ids[1], ids[0]))
        await is_asked.wait()
        site.live.process.disconnect(lambda context: context.user == who)
        may_answer.set()
        answer = await tab.hear()
        assert answer["type"] == ("error" if who == "ann" else "ack")
        assert asked.count("/_live/ws") == 1

    async def test_auth_that_takes_too_long(self, make_site: Callable[..., Any]) -> None:
        async def auth(request: web.Request) -> str:
            if request.path == "/_live/ws":
                await asyncio.sleep(60)
            return "ann"

        site = await make_site(auth=auth, limits=Limits(auth_s=0.01))
        assert await Tab(*await site.browser().open(), await site.browser().plug()).close_code() == 1011
        assert [type(error) for error in site.errors] == [TimeoutError]

    async def test_auth_is_asked_again_while_a_socket_is_open(self, make_site: Callable[..., Any]) -> None:
        users: dict[str, Any] = {"a": "ann", "b": "bob", "c": "carol"}

        def auth(request: web.Request) -> Any:
            user = users[request.cookies["who"]]
            if user is None:
                raise web.HTTPForbidden
            return user

        site = await make_site(auth=auth, auth_every_s=10)
        tabs = {}
        for name in users:
            browser = site.browser()
            browser.session.cookie_jar.update_cookies({"who": name}, URL(site.origin))
            tabs[name] = await browser.join()
        users |= {"a": None, "b": "somebody else"}
        site.pass_time(10)
        assert await tabs["a"].close_code() == await tabs["b"].close_code() == 4403
        assert [mount.closes for mount in site.component.mounts] == [1, 1, 0]
        await tabs["c"].act("add")

    async def test_auth_is_asked_again_with_what_middlewares_noted_down(
        self, make_site: Callable[..., Any]
    ) -> None:
        """Middlewares do not run again, but what they noted down is there."""
        word = web.RequestKey("word", str)
        asked: list[str] = []

        @web.middleware
        async def note_down(request: web.Request, handler: Any) -> Any:
            request[word] = request.path
            return await handler(request)

        def auth(request: web.Request) -> str:
            asked.append(request[word])
            request[word] += "!"
            return "ann"

        site = await make_site(auth=auth, middlewares=(note_down,), limits=Limits(silence_s=1e6))
        tab = await site.browser().join()
        site.pass_time(60)
        await tab.act("add")
        assert asked == ["/", "/_live/ws", "/_live/ws!"]

    async def test_auth_every_none(self, make_site: Callable[..., Any]) -> None:
        asked = []
        site = await make_site(
            auth=lambda request: asked.append(request.path), auth_every_s=None, limits=Limits(silence_s=1e6)
        )
        tab = await site.browser().join()
        site.pass_time(100)
        await tab.act("add")
        assert asked == ["/", "/_live/ws"]

    @pytest.mark.parametrize("seconds", [0, -1])
    def test_auth_every_nothing(self, seconds: float) -> None:
        with pytest.raises(AuthorError, match="give seconds above 0, or None"):
            setup(web.Application(), secret=SECRET, auth=lambda request: "ann", auth_every_s=seconds)

    async def test_auth_is_asked_once_for_a_page(self, make_site: Callable[..., Any]) -> None:
        asked = []
        site = await make_site(auth=lambda request: asked.append(request.path))
        async with site.browser().session.get(site.origin + "/twice") as response:
            assert response.status == 200
        assert asked == ["/twice"]

    async def test_auth_may_be_async(self, make_site: Callable[..., Any]) -> None:
        async def auth(request: web.Request) -> str:
            await asyncio.sleep(0)
            return "ann"

        site = await make_site(auth=auth)
        await site.browser().join()
        assert site.component.contexts[0].user == "ann"


class TestBadPeers:
    async def test_frames_of_the_largest_size_and_one_byte_more(self, site: Site) -> None:
        tab = await site.browser().join()
        length = len(ujson.dumps(event(1, "set", tab.ids[0], args=[""])))
        await tab.act("set", args=["x" * (65536 - length)])
        assert len(tab.page.text) == 65536 - length
        await tab.say(event(2, "set", tab.ids[0], args=["x" * (65537 - length)]))
        assert await tab.close_code() == 1009
        assert len(site.component.mounts[0].ran) == 1

    async def test_bytes_are_counted(self, site: Site) -> None:
        tab = await site.browser().join()
        await tab.say('{"type":"ping","x":"' + "é" * 32768 + '"}')
        assert await tab.close_code() == 1009

    async def test_malformed_frames(self, site: Site) -> None:
        tab = await site.browser().join()
        for _ in range(2):
            await tab.say("nonsense")
            assert (await tab.hear())["code"] == "bad_frame"
        await tab.act("add")
        await tab.ws.send_bytes(b"binary")
        assert await tab.close_code() == 4400

    async def test_text_that_is_no_utf8(self, site: Site) -> None:
        tab = await site.browser().join()
        await tab.ws.send_frame(b"\xff\xfe", WSMsgType.TEXT)
        assert await tab.close_code() == 1007

    async def test_a_flood(self, site: Site) -> None:
        tab = await site.browser().join()
        for seq in range(1, 200):
            await tab.say(event(seq, "add", tab.ids[0]))
        assert await tab.close_code() == 4408
        assert len(site.component.mounts[0].ran) == 100

    async def test_who_never_connects(self, site: Site) -> None:
        ws = await site.browser().plug()
        await until(lambda: site.live.process.connections)
        site.pass_time(10)
        message = await ws.receive(timeout=10)
        assert message.type is WSMsgType.CLOSE
        assert ws.close_code == 4408

    async def test_a_silent_peer(self, site: Site) -> None:
        tab = await site.browser().join(autoping=False)
        site.pass_time(20)
        assert (await tab.ws.receive(timeout=10)).type is WSMsgType.PING
        site.pass_time(10)
        assert await tab.close_code() == 1006
        await until(lambda: not site.live.process.connections)

    async def test_a_peer_that_answers_pings(self, site: Site) -> None:
        tab = await site.browser().join()
        reading = asyncio.ensure_future(tab.hear())
        for _ in range(10):
            heard = next(iter(site.live.process.connections))._heard_s
            site.pass_time(20)
            await until(lambda before=heard: next(iter(site.live.process.connections))._heard_s > before)  # type: ignore[misc]
        assert not reading.done()
        reading.cancel()

    @pytest.mark.parametrize("chatters", [False, True])
    async def test_a_peer_that_does_not_read(self, site: Site, chatters: bool) -> None:
        tab = await site.browser().join(max_msg_size=0)
        tab.ws._response.connection.transport.pause_reading()  # type: ignore[union-attr]
        fake = site.component.mounts[0]
        assert fake.host is not None
        connection = next(iter(site.live.process.connections))
        while connection.outbox.free:
            fake.text += "x" * 500_000
            await fake.host.flush()
            await asyncio.sleep(0)
        renders = fake.renders
        for _ in range(100):
            fake.text += "x"
            await fake.host.flush()
        assert fake.renders == renders, "nothing is rendered for it"
        for _ in range(12):
            site.pass_time(1)
            if chatters and connection in site.live.process.connections:
                await tab.say({"type": "ping"})
                await asyncio.sleep(0.01)
        await until(lambda: not site.live.process.connections)
        assert fake.closes == 0, "it may come back"

    async def test_one_that_reads_late_gets_its_newest_state(self, site: Site) -> None:
        tab = await site.browser().join(max_msg_size=0)
        transport = tab.ws._response.connection.transport  # type: ignore[union-attr]
        assert transport is not None
        transport.pause_reading()  # type: ignore[attr-defined]
        fake = site.component.mounts[0]
        assert fake.host is not None
        connection = next(iter(site.live.process.connections))
        while connection.outbox.free:
            fake.text += "x" * 500_000
            await fake.host.flush()
            await asyncio.sleep(0)
        for _ in range(100):
            fake.text += "y"
            await fake.host.flush()
        transport.resume_reading()  # type: ignore[attr-defined]
        while tab.page.text != fake.text:
            await tab.hear()
        assert tab.page.gaps == 0


class TestScript:
    async def get(self, site: Site, path: str, **headers: str) -> aiohttp.ClientResponse:
        session = site.browser().session
        response = await session.get(site.origin + path, headers={"Accept-Encoding": "identity", **headers})
        await response.read()
        return response

    async def test_under_the_name_of_its_content_it_is_kept_for_ever(self, site: Site) -> None:
        response = await self.get(site, site.live.server.path_of(site.live.server.script_name))
        assert response.content_type == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]
        built = Path(__file__).parents[2] / "runtime_js" / "hyper-live.js"
        assert await response.read() == built.read_bytes()

    async def test_under_a_lasting_name_it_is_asked_for_again(self, site: Site) -> None:
        response = await self.get(site, "/_live/runtime.js")
        assert response.headers["Cache-Control"] == "no-cache"
        etag = response.headers["ETag"]
        again = await self.get(site, "/_live/runtime.js", **{"If-None-Match": etag})
        assert again.status == 304
        assert again.headers["ETag"] == etag

    async def test_an_older_name_gets_the_present_one_and_no_promise(self, site: Site) -> None:
        response = await self.get(site, "/_live/runtime-0123456789abcdef.js")
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"

    @pytest.mark.parametrize("part", ["editing", "forms", "modifiers"])
    async def test_a_file_that_goes_with_it_is_kept_for_ever_too(self, site: Site, part: str) -> None:
        response = await self.get(site, site.live.server.path_of(site.live.server.part_name(part)))
        assert response.content_type == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]
        built = Path(__file__).parents[2] / "runtime_js" / f"hyper-live-{part}.js"
        assert await response.read() == built.read_bytes()

    @pytest.mark.parametrize("part", ["editing", "forms", "modifiers"])
    async def test_an_older_client_is_never_given_the_present_file(self, site: Site, part: str) -> None:
        """What it is given instead loads the page anew."""
        response = await self.get(site, f"/_live/{part}-0123456789abcdef.js")
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        built = Path(__file__).parents[2] / "runtime_js" / "hyper-live-outdated.js"
        assert await response.read() == built.read_bytes()

    async def test_the_client_asks_for_the_files_that_are_served(self, site: Site) -> None:
        client = await (await self.get(site, "/_live/runtime.js")).text()
        for part in ("forms", "modifiers"):
            assert f"./{site.live.server.part_name(part)}" in client

    async def test_it_travels_compressed(self, site: Site) -> None:
        response = await self.get(site, "/_live/runtime.js", **{"Accept-Encoding": "gzip, br"})
        assert response.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["Vary"]
        plain = await self.get(site, "/_live/runtime.js")
        assert await response.read() == await plain.read()

    @pytest.mark.parametrize(
        "path",
        [
            "/_live/",
            "/_live/../app.py",
            "/_live/%2e%2e/app.py",
            "/_live/..%2f..%2fetc%2fpasswd",
            "/_live/runtime-../../x.js",
            "/_live/runtime-%00.js",
            "/_live/hyper-live.js",
            "/_live/runtime-xyz.js",
            "/_live/forms.js",
            "/_live/forms-xyz.js",
            "/_live/outdated.js",
            "/_live/outdated-0123456789abcdef.js",
        ],
    )
    async def test_there_is_nothing_else(self, site: Site, path: str) -> None:
        session = site.browser().session
        async with session.get(URL(site.origin + path, encoded=True)) as response:
            assert response.status == 404

    async def test_health(self, site: Site) -> None:
        for is_draining in (False, True):
            site.live.process.is_draining = is_draining
            response = await self.get(site, "/_live/health")
            assert (response.status, await response.json()) == (200, {"status": "ok"})

    async def test_a_process_that_is_ending_is_not_ready(self, site: Site) -> None:
        response = await self.get(site, "/_live/ready")
        assert (response.status, await response.json()) == (200, {"status": "ready"})
        site.live.process.is_draining = True
        response = await self.get(site, "/_live/ready")
        assert (response.status, await response.json()) == (503, {"status": "draining"})

    async def test_a_lost_redis_is_told_and_takes_nobody_out(self, site: Site) -> None:
        site.live.server.conditions = lambda: {"redis": "lost"}
        response = await self.get(site, "/_live/ready")
        assert (response.status, await response.json()) == (200, {"status": "ready", "redis": "lost"})


class TestCookie:
    async def test_a_page_with_a_component_sets_it_once(self, site: Site) -> None:
        session = site.browser().session
        async with session.get(site.origin) as response:
            cookie = response.cookies[COOKIE]
            assert response.headers["Cache-Control"] == "private, no-cache"
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert not cookie["secure"]
        async with session.get(site.origin) as response:
            assert COOKIE not in response.cookies

    async def test_it_is_secure_where_the_page_is(self, make_site: Callable[..., Any]) -> None:
        site = await make_site(origins=["https://shop.test"])
        session = site.browser().session
        async with session.get(site.origin, headers={"Host": "shop.test"}) as response:
            assert response.cookies[SECURE_COOKIE]["secure"]

    async def test_it_is_secure_where_a_known_proxy_says_so(self, make_site: Callable[..., Any]) -> None:
        headers = {"X-Forwarded-Proto": "https"}
        for proxies, is_secure in ((["127.0.0.1"], True), (["10.0.0.1"], False)):
            site = await make_site(proxies=proxies)
            async with site.browser().session.get(site.origin, headers=headers) as response:
                (cookie,) = response.cookies.values()
                assert (cookie.key, bool(cookie["secure"])) == (
                    SECURE_COOKIE if is_secure else COOKIE,
                    is_secure,
                )

    async def test_other_pages_do_not(self, site: Site) -> None:
        async with site.browser().session.get(site.origin + "/_live/health") as response:
            assert COOKIE not in response.cookies

    async def test_two_visitors_have_two(self, site: Site) -> None:
        await site.browser().open()
        await site.browser().open()
        hashes = {context.session_hash for context in site.component.contexts}
        assert len(hashes) == 2


class TestTheEnd:
    async def test_pages_are_told_and_no_task_is_left(self) -> None:
        before = asyncio.all_tasks()
        site = Site()
        await site.server.start_server()
        browser = site.browser()
        tabs = [await browser.join() for _ in range(3)]
        await browser.open()
        ending = asyncio.ensure_future(site.server.close())
        for tab in tabs:
            assert (await tab.hear()) == {"type": "drain", "retry_ms": 2000}
            assert await tab.close_code() == 1012
        await ending
        await site.close()
        assert [fake.closes for fake in site.component.mounts] == [1] * 4
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before

    async def test_peers_that_do_not_answer_are_not_waited_for_long(self) -> None:
        site = Site(limits=Limits(close_s=0.05))
        await site.server.start_server()
        browser = site.browser()
        tabs = [await browser.join(autoclose=False, autoping=False) for _ in range(3)]
        async with asyncio.timeout(5):
            await site.live.process.close()
        assert len(tabs) == 3
        await site.close()

    async def test_a_raw_socket_that_says_nothing(self, site: Site) -> None:
        with sockets.create_connection(("127.0.0.1", site.server.port or 0)) as raw:
            raw.sendall(b"GET /_live/ws HTTP/1.1\r\nHost: x\r\n")
            assert not site.live.process.connections

    @pytest.mark.parametrize(
        "body", ["Content-Length: 50\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nabc"]
    )
    async def test_a_request_for_a_socket_has_no_body(self, site: Site, body: str) -> None:
        """What is left of it would be taken for frames, or for the next request."""
        reader, writer = await asyncio.open_connection("127.0.0.1", site.server.port or 0)
        own = f"127.0.0.1:{site.server.port}"
        head = (
            f"GET /_live/ws HTTP/1.1\r\nHost: {own}\r\nOrigin: http://{own}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        )
        writer.write((head + body).encode())
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"Connection: close" in answer
        assert answer.count(b"HTTP/1.1") == 1
        writer.close()
        assert not site.live.process.connections

    async def test_the_live_object_is_where_it_says(self, site: Site) -> None:
        assert site.app[LIVE] is site.live
