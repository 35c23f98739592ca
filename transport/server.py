"""The transport on aiohttp: routes, cookies, and aiohttp's WebSocket as a ``Socket``.

The only file of this folder that knows a web framework. What it decides itself is who gets in: the origin of
a page, the visitor's cookie, and how many sockets there may be; all else is the switchboard's.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeAlias

from aiohttp import WSMsgType, web

from . import wire
from .component import KNOWN_HEADERS, RequestContext
from .connection import CloseCode, Signal
from .gate import Knock, Refused
from .proxies import Proxies
from .switchboard import Switchboard
from .tokens import Signer
from .visitors import Visit, Visitors, anew, scheme_of

PREFIX: Final = "/_live"
FOREVER: Final = "public, max-age=31536000, immutable"
Authenticate: TypeAlias = Callable[[web.Request], Awaitable[Any]]
"""What the application knows the visitor as; raises an ``HTTPException`` to refuse them."""

_CONTEXT: Final = web.RequestKey("hyper_context", RequestContext)
NO_PROXIES: Final = Proxies()
_LET_IN_NO_MORE: Final = "You are not let in any more: load the page again."
_LEAVES: Final = (0, 1000, 1001)
"""How a browser closes a socket: our client without a code, or the browser itself when it closes the page."""
log = logging.getLogger("hyper")


class AiohttpSocket:
    """An aiohttp WebSocket as the transport wants one: plain text in, bytes out."""

    __slots__ = ("_transport", "_ws")

    def __init__(self, ws: web.WebSocketResponse, transport: Any) -> None:
        self._ws = ws
        self._transport = transport

    async def receive(self) -> str | Signal:
        """The next text; pings are answered here."""
        message = await self._ws.receive()
        kind = message.type
        if kind is WSMsgType.TEXT:
            return str(message.data)
        if kind is WSMsgType.PONG:
            return Signal.CONTROL
        if kind is WSMsgType.PING:
            return await self._answer_ping(message.data)
        if kind is WSMsgType.CLOSE and message.data in _LEAVES:
            return Signal.LEFT
        return Signal.BINARY if kind is WSMsgType.BINARY else Signal.CLOSED

    async def _answer_ping(self, data: bytes) -> Signal:
        try:
            await self._ws.pong(data)
        except ConnectionError:
            return Signal.CLOSED
        return Signal.CONTROL

    def send_now(self, frames: list[bytes]) -> None:
        """Write some small messages as one text frame, with one system call."""
        if not self._ws.closed and not self._transport.is_closing():
            frame = wire.in_one_frame(frames)
            self._transport.write(_head(frame) + frame)

    async def send(self, frame: bytes) -> None:
        """Write a text frame."""
        await self._ws.send_frame(frame, WSMsgType.TEXT)

    async def ping(self) -> None:
        """Ask for a pong."""
        await self._ws.ping()

    def unsent_bytes(self) -> int:
        """What the operating system has not taken."""
        return int(self._transport.get_write_buffer_size())

    async def close(self, code: int, reason: str) -> None:
        """The closing handshake."""
        await self._ws.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()


class Script:
    """One file of the client, ready to be sent."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._zipped = gzip.compress(body, mtime=0)
        self.digest = hashlib.sha256(body).hexdigest()[:16]
        """Changes with the content."""

    def newest(self, request: web.Request) -> web.Response:
        """Asked for again each time, sent only when it is new."""
        headers = {"ETag": f'"{self.digest}"', "Cache-Control": "no-cache"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return self.response(request, headers)

    def response(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        """The file, compressed where the browser takes that."""
        headers |= {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        body = self._body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = self._zipped
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)


class LiveServer:
    """The routes of one application."""

    def __init__(
        self,
        switchboard: Switchboard,
        signer: Signer,
        authenticate: Authenticate,
        script: bytes,
        origins: Iterable[str] = (),
        parts: Mapping[str, bytes] | None = None,
        proxies: Iterable[str] = (),
    ) -> None:
        self.switchboard = switchboard
        self._authenticate = authenticate
        self.gate = switchboard.gate
        self.conditions: Callable[[], dict[str, str]] = dict
        """What ``/_live/ready`` tells besides."""
        self.proxies = Proxies(proxies)
        self.visitors = Visitors(signer, switchboard.limits, self.gate, self.proxies)
        self.gate.allow(origins)
        self._script = Script(script)
        self._parts = {name: Script(body) for name, body in (parts or {}).items()}
        self._script_resource: web.AbstractResource | None = None
        self._ws_resource: web.AbstractResource | None = None

    @property
    def script_url(self) -> str:
        """Of the client, below the prefix of a sub-application; it changes with its content."""
        assert self._script_resource is not None
        return str(self._script_resource.url_for(digest=self._script.digest))

    def part_url(self, part: str) -> str:
        """Of a file that goes with the client, ``forms`` or ``modifiers``."""
        return self.url_of(f"{part}-{self._parts[part].digest}.js")

    def url_of(self, name: str) -> str:
        """Of one of our routes, such as ``post``, below the prefix of a sub-application."""
        assert self._ws_resource is not None
        return str(self._ws_resource.url_for()).removesuffix("ws") + name

    def install(self, app: web.Application) -> None:
        """Add routes, cookie and clock to an application that has not started."""
        app.add_routes(
            [
                web.get(
                    f"{PREFIX}/{{part:forms|modifiers}}-{{digest:[0-9a-f]+}}.js", self.send_part_of_version
                ),
                web.get(f"{PREFIX}/runtime.js", self.send_newest_script),
                web.get(f"{PREFIX}/{{part:extras|fallback}}.js", self.send_part),
                web.get(f"{PREFIX}/health", self.send_health),
                web.get(f"{PREFIX}/ready", self.send_ready),
            ]
        )
        self._ws_resource = app.router.add_get(f"{PREFIX}/ws", self.connect).resource
        script = app.router.add_get(f"{PREFIX}/runtime-{{digest:[0-9a-f]+}}.js", self.send_script)
        self._script_resource = script.resource
        app.on_response_prepare.append(self._before_headers)
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._stop)

    async def _start(self, app: web.Application) -> None:
        self.switchboard.spawn(self.switchboard.run())

    async def _stop(self, app: web.Application) -> None:
        await self.switchboard.close()

    # --- the visitor ----------------------------------------------------------------------------------------

    async def page_context(self, request: web.Request) -> RequestContext:
        """Who asks for a page; a visitor without a session gets one. Raises what ``authenticate`` raises."""
        context = request.get(_CONTEXT)
        if context is None:
            user = await self._authenticate(request)
            visit = await self.visitors.of_page(request)
            context = request[_CONTEXT] = _context(request, visit.session_hash, user)
        return context

    async def visitor(self, request: web.Request) -> RequestContext:
        """Who sends a form, as far as the session tells; the application has not been asked."""
        visit = await self.visitors.of_socket(request)
        return _context(request, visit.session_hash, None)

    def address(self, request: web.Request) -> str:
        """Where a request comes from, as far as our proxies can be believed."""
        return self.proxies.client(request.remote or "", request.headers.getall("X-Forwarded-For", ()))

    async def authenticated(self, request: web.Request, visitor: RequestContext) -> RequestContext:
        """The visitor with what the application says of them; raises what ``authenticate`` raises."""
        return replace(visitor, user=await self._authenticate(request))

    async def _before_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """A page with a component is the visitor's own: no cache may share it, or its cookie."""
        if _CONTEXT in request:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        self.visitors.write(request, response)

    # --- routes ---------------------------------------------------------------------------------------------

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """The socket of a page; the sibling that has the page gets it."""
        if await self.pass_on(request, request.query_string):
            return web.Response()
        visit = await self.visitors.of_socket(request)
        try:
            self.check_origin(request)
            with self.switchboard.seat(visit.session_hash, self.address(request)):
                return await self._serve(request, visit)
        except Refused as refused:
            return refusal(refused)
        except ConnectionError:  # the page was left before its socket was open
            return web.Response()

    async def _serve(self, request: web.Request, visit: Visit) -> web.WebSocketResponse:
        limits = self.switchboard.limits
        ws = web.WebSocketResponse(
            compress=False,
            autoping=False,
            timeout=limits.close_s,
            max_msg_size=limits.message_bytes + 1,  # aiohttp refuses what reaches it
        )
        await ws.prepare(request)
        context = await self._socket_context(request, ws, visit.session_hash)
        if context is not None and request.transport is not None:
            ends_s = None if visit.lasts_s is None else self.switchboard.now_s() + visit.lasts_s
            socket = AiohttpSocket(ws, request.transport)
            may_stay = partial(self._may_stay, request, context.user)
            await self.switchboard.serve(socket, context, ends_s, may_stay)
        return ws

    async def _socket_context(
        self, request: web.Request, ws: web.WebSocketResponse, visitor: str
    ) -> RequestContext | None:
        """Who opens a socket; closes it when the application refuses them.

        The page was made for somebody who was let in. What they see instead, the application says when the page
        is loaded anew.
        """
        try:
            return _context(request, visitor, await self._user_of_socket(request))
        except web.HTTPException:
            await ws.send_str(wire.error_frame("expired", _LET_IN_NO_MORE).decode())
            await ws.close(code=CloseCode.FORBIDDEN, message=_LET_IN_NO_MORE.encode())
        except Exception as error:
            self.switchboard.report(error, _context(request, visitor, None), "authenticating a socket")
            await ws.close(code=CloseCode.INTERNAL, message=b"internal error")
        return None

    async def _user_of_socket(self, request: web.Request) -> Any:
        async with asyncio.timeout(self.switchboard.limits.auth_s):
            return await self._authenticate(request)

    async def _may_stay(self, request: web.Request, user: object) -> bool:
        """Is the visitor who opened a socket with ``request`` let in still, and as the same user?"""
        try:
            return bool(await self._user_of_socket(anew(request)) == user)
        except web.HTTPException:
            return False

    def check_origin(self, request: web.Request) -> None:
        """Nothing, or ``Refused``; in the log stands what to do if it was one's own page."""
        try:
            self.gate.check_origin(knock(request, self.proxies))
        except Refused:
            log.warning(
                "refused %s from origin %a for host %a: if that is your own page behind a proxy,"
                " have the proxy keep the host, and name it in setup(app, proxies=[…]), or the origin in origins=[…]",
                request.path,
                request.headers.getall("Origin", []),
                request.host,
            )
            raise

    async def pass_on(self, request: web.Request, mount_id: str, body: bytes = b"") -> bool:
        """Let the sibling answer ``request`` that has this mount. True: nothing can be sent from here any more."""
        siblings, transport = self.switchboard.siblings, request.transport
        owner = siblings.owner_of(mount_id) if siblings is not None else None
        if siblings is None or owner is None or transport is None:
            return False
        connection = transport.get_extra_info("socket").fileno()
        is_passed = await siblings.pass_on(owner, connection, _as_received(request, body))
        if is_passed:
            transport.abort()  # closes this process's copy only
        return is_passed

    async def send_newest_script(self, request: web.Request) -> web.Response:
        """The client under a lasting name."""
        return self._script.newest(request)

    async def send_part(self, request: web.Request) -> web.Response:
        """What only some pages load: those with actions or hooks, those that work without the client."""
        return self._parts[request.match_info["part"]].newest(request)

    async def send_part_of_version(self, request: web.Request) -> web.Response:
        """A file that goes with one version of the client.

        The client of another version is told so by a script that loads its page anew: the present file would not
        understand it.
        """
        part = self._parts[request.match_info["part"]]
        if request.match_info["digest"] == part.digest:
            return part.response(request, {"Cache-Control": FOREVER})
        return self._parts["outdated"].response(request, {"Cache-Control": "no-store"})

    async def send_script(self, request: web.Request) -> web.Response:
        """The client as it is now, for good; another version's name is sent the present one, uncached."""
        is_current = request.match_info["digest"] == self._script.digest
        return self._script.response(request, {"Cache-Control": FOREVER if is_current else "no-store"})

    async def send_health(self, request: web.Request) -> web.Response:
        """200 for as long as the event loop turns."""
        return web.json_response({"status": "ok"})

    async def send_ready(self, request: web.Request) -> web.Response:
        """For load balancers: 200, or 503 once the process is ending.

        What all processes depend on is told, but is no reason to take them out: none would be left.
        """
        is_ready = not self.switchboard.is_draining
        status = "ready" if is_ready else "draining"
        return web.json_response({"status": status, **self.conditions()}, status=200 if is_ready else 503)


def knock(request: web.Request, proxies: Proxies = NO_PROXIES) -> Knock:
    """What the gate asks about a request."""
    headers = request.headers
    return Knock(
        scheme_of(request, proxies),
        request.host,
        tuple(headers.getall("Origin", ())),
        headers.get("Sec-Fetch-Site", ""),
        headers.get("Sec-Fetch-Mode", ""),
    )


def refusal(refused: Refused) -> web.Response:
    """The answer to a request that does not pass the gate; its code stands in ``Live-Error``."""
    headers = {"Live-Error": refused.code, "Cache-Control": "no-store"}
    if refused.code in ("busy", "throttled"):
        headers["Retry-After"] = "5"
    return web.Response(text=f"{refused}\n", status=refused.status, headers=headers)


def _as_received(request: web.Request, body: bytes) -> bytes:
    """The request as its client sent it, the body in one piece."""
    changed = (b"transfer-encoding", b"content-length", b"expect")
    headers = [(name, value) for name, value in request.raw_headers if name.lower() not in changed]
    if body:
        headers.append((b"Content-Length", b"%d" % len(body)))
    version = request.version
    start = f"{request.method} {request.raw_path} HTTP/{version.major}.{version.minor}"
    first_line = start.encode("utf-8", "surrogateescape")
    return b"\r\n".join([first_line, *(b"%b: %b" % header for header in headers), b"", body])


def _head(frame: bytes) -> bytes:
    """The head of a whole, unmasked text frame of less than 64 KiB (RFC 6455, 5.2)."""
    length = len(frame)
    return bytes((0x81, length)) if length < 126 else bytes((0x81, 126, length >> 8, length & 255))


def _context(request: web.Request, session_hash: str, user: Any) -> RequestContext:
    headers = {name: request.headers[name] for name in KNOWN_HEADERS if name in request.headers}
    return RequestContext(session_hash, user, request.path, headers)
