"""The transport on aiohttp: routes, cookies, and aiohttp's WebSocket as a ``Socket``.

Besides ``visitors.py`` and ``script.py`` it is the only file of this folder that knows a web framework. It checks
where a request comes from (the origin of the page, the visitor's cookie, how many sockets there are); the process
does the rest.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, Final, TypeAlias

from aiohttp import WSMsgType, web

from . import wire
from .component import KNOWN_HEADERS, ErrorTexts, RequestContext, is_same_user
from .gate import Refused, RequestHead
from .limits import Limits
from .prefix import HEADER, Prefix
from .process import Process
from .proxies import Proxies
from .refusals import raised_as_answer, refusal
from .script import Script
from .sockets import CloseCode, Signal
from .tokens import Signer
from .visitors import Visit, Visitors, network_of, scheme_of, without_session

PREFIX: Final = "/_live"
FOREVER: Final = "public, max-age=31536000, immutable"
Authenticate: TypeAlias = Callable[[web.Request], Awaitable[Any]]
"""Returns the user who sends a request, as the application knows them; raises an ``HTTPException`` to refuse them."""

_CONTEXT: Final = web.RequestKey("hyper_context", RequestContext)
NO_PROXIES: Final = Proxies()
_NO_LONGER_ALLOWED: Final = "You may no longer see this page: load it again."
_LEAVES: Final = (0, 1000, 1001)
"""Codes with which a browser closes a socket when its page is closed. Our client itself sends no code."""
log = logging.getLogger("hyper")


class AiohttpSocket:
    """An aiohttp WebSocket as a ``Socket``: text in, bytes out."""

    __slots__ = ("_transport", "_ws")

    def __init__(self, ws: web.WebSocketResponse, transport: Any) -> None:
        self._ws = ws
        self._transport = transport

    async def receive(self) -> str | Signal:
        """The next message; pings are answered here."""
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
        """How much was written and not yet taken by the operating system."""
        return int(self._transport.get_write_buffer_size())

    async def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake and wait for the peer's half."""
        await self._ws.close(code=code, message=reason.encode())

    def abort(self) -> None:
        """Drop the connection."""
        self._transport.abort()


class LiveServer:
    """The routes of one application."""

    def __init__(
        self,
        process: Process,
        signer: Signer,
        authenticate: Authenticate,
        script: bytes,
        origins: Iterable[str] = (),
        parts: Mapping[str, bytes] | None = None,
        proxies: Iterable[str] = (),
        *,
        cookie: str,
        prefix: str | None = None,
    ) -> None:
        self.process = process
        self._authenticate = authenticate
        self.gate = process.gate
        self.error_texts: ErrorTexts | None = None
        """For the contexts of requests."""
        self.conditions: Callable[[], dict[str, str]] = dict
        """Returns what ``/_live/ready`` reports about the services that the process depends on."""
        self.proxies = Proxies(proxies)
        self._prefix = Prefix(prefix, self.proxies)
        self.visitors = Visitors(signer, process.limits, self.gate, self.proxies, cookie)
        self.gate.allow(origins)
        self._script = Script(script)
        self._parts = {name: Script(body) for name, body in (parts or {}).items()}
        self._ws_resource: web.AbstractResource | None = None

    @property
    def script_name(self) -> str:
        """The name of the client's file, which changes with its content."""
        return f"runtime-{self._script.digest}.js"

    def part_name(self, part: str) -> str:
        """The name of another file of the client: ``editing``, ``forms``, ``modifiers``, ``notice``."""
        return f"{part}-{self._parts[part].digest}.js"

    def url_of(self, request: web.Request, name: str) -> str:
        """The URL by which the browser that sent ``request`` reaches one of our routes, such as ``post``."""
        return self.prefix_of(request) + self.path_of(name)

    def path_of(self, name: str) -> str:
        """The path by which requests for one of our routes arrive here, with that of a sub-application."""
        assert self._ws_resource is not None
        return self._ws_resource.canonical.removesuffix("ws") + name

    def prefix_of(self, request: web.Request | None) -> str:
        """What a proxy has taken off the path of a request, such as ``/shop``; without one, what is known of all."""
        if request is None:
            return self._prefix.of("", ())
        return self._prefix.of(request.remote or "", request.headers.getall(HEADER, ()))

    def install(self, app: web.Application) -> None:
        """Add routes, cookie and clock to an application that has not started."""
        app.add_routes(
            [
                web.get(
                    f"{PREFIX}/{{part:editing|forms|modifiers|notice}}-{{digest:[0-9a-f]+}}.js",
                    self.send_part_of_version,
                ),
                web.get(f"{PREFIX}/runtime.js", self.send_newest_script),
                web.get(f"{PREFIX}/{{part:extras|fallback}}.js", self.send_part),
                web.get(f"{PREFIX}/health", self.send_health),
                web.get(f"{PREFIX}/ready", self.send_ready),
            ]
        )
        self._ws_resource = app.router.add_get(f"{PREFIX}/ws", self.connect).resource
        app.router.add_get(f"{PREFIX}/runtime-{{digest:[0-9a-f]+}}.js", self.send_script)
        app.on_response_prepare.append(self._before_headers)
        app.on_startup.append(self._start)
        app.on_shutdown.append(self._stop)

    async def _start(self, app: web.Application) -> None:
        self.process.spawn(self.process.run())

    async def _stop(self, app: web.Application) -> None:
        await self.process.close()

    # --- the visitor ----------------------------------------------------------------------------------------

    async def page_context(self, request: web.Request) -> RequestContext:
        """The context of a request for a page; a visitor without a session gets one.

        Raises any exception that ``authenticate`` raises, and one if the address is too long for the page's tokens.
        """
        context = request.get(_CONTEXT)
        if context is None:
            check_address(request.rel_url.raw_path, self.process.limits)
            await self._check_work(request)
            user = await self._authenticate(request)
            visit = await self.visitors.of_page(request)
            context = request[_CONTEXT] = self._context(request, visit.session_hash, user)
        return context

    async def _check_work(self, request: web.Request) -> None:
        """Raises an ``HTTPException`` if too much was done for the visitor or their address already."""
        known = await self.visitors.known(request)
        with raised_as_answer():
            self.gate.check_work(known.session_hash if known else "", self.address(request))

    async def visitor(self, request: web.Request) -> RequestContext:
        """The context of a form that is sent, from the session alone: ``authenticate`` is not called."""
        visit = await self.visitors.of_socket(request)
        return self._context(request, visit.session_hash, None)

    def address(self, request: web.Request) -> str:
        """Whose share a request takes of what is limited by address: see ``Proxies.network``."""
        return network_of(request, self.proxies)

    async def authenticated(self, request: web.Request, visitor: RequestContext) -> RequestContext:
        """``visitor`` with the application's user. Raises any exception that ``authenticate`` raises."""
        return replace(visitor, user=await self._authenticate(request))

    def _context(self, request: web.Request, session_hash: str, user: Any) -> RequestContext:
        headers = {name: request.headers[name] for name in KNOWN_HEADERS if name in request.headers}
        return RequestContext(
            session_hash, user, request.path, headers, self.address(request), self.error_texts
        )

    async def _before_headers(self, request: web.Request, response: web.StreamResponse) -> None:
        """Forbid caches to share a page with a component, or its cookie: it is for one visitor."""
        if _CONTEXT in request:
            response.headers.setdefault("Cache-Control", "private, no-cache")
        self.visitors.write(request, response)

    # --- routes ---------------------------------------------------------------------------------------------

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """Serve the socket of a page."""
        if request.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in request.headers:
            answer = refusal(Refused("bad_frame", "A request for a socket has no body."))
            answer.force_close()  # what is left of it would be taken for frames, or for the next request
            return answer
        try:
            visit = await self.visitors.of_socket(request)
            self.check_origin(request)
            with self.process.reserve_socket(visit.session_hash, self.address(request)):
                return await self._serve(request, visit)
        except Refused as refused:
            return refusal(refused)
        except ConnectionError:  # the page was left before its socket was open
            return web.Response()

    async def _serve(self, request: web.Request, visit: Visit) -> web.WebSocketResponse:
        limits = self.process.limits
        ws = web.WebSocketResponse(
            compress=False,
            autoping=False,
            timeout=limits.close_s,
            max_msg_size=limits.message_bytes + 1,  # aiohttp refuses messages of this size
        )
        await ws.prepare(request)
        context = await self._socket_context(request, ws, visit.session_hash)
        if context is not None and request.transport is not None:
            ends_s = None if visit.lasts_s is None else self.process.now_s() + visit.lasts_s
            socket = AiohttpSocket(ws, request.transport)
            may_stay = partial(self._may_stay, request, context.user)
            await self.process.serve(socket, context, ends_s, may_stay)
        return ws

    async def _socket_context(
        self, request: web.Request, ws: web.WebSocketResponse, visitor: str
    ) -> RequestContext | None:
        """The context of a socket that was opened; closes it and returns ``None`` if the application refuses it.

        The application accepted the visitor when the page was made. When the page is loaded again, the application
        decides what to show instead.
        """
        try:
            with self.process.admitting() as admission:
                context = self._context(request, visitor, await self._user_of_socket(request))
                if not admission.was_disconnected(context):
                    return context
                raise web.HTTPForbidden
        except web.HTTPException:
            await ws.send_str(wire.error_frame("expired", _NO_LONGER_ALLOWED).decode())
            await ws.close(code=CloseCode.FORBIDDEN, message=_NO_LONGER_ALLOWED.encode())
        except Exception as error:
            self.process.report(error, self._context(request, visitor, None), "authenticating a socket")
            await ws.close(code=CloseCode.INTERNAL, message=b"internal error")
        return None

    async def _user_of_socket(self, request: web.Request) -> Any:
        async with asyncio.timeout(self.process.limits.auth_s):
            return await self._authenticate(request)

    async def _may_stay(self, request: web.Request, user: object) -> bool:
        """Does the application still accept the visitor who opened a socket with ``request``, as the same user?"""
        try:
            return is_same_user(await self._user_of_socket(without_session(request)), user)
        except web.HTTPException:
            return False

    def check_origin(self, request: web.Request) -> None:
        """Raises ``Refused`` if the request is from a foreign page; the log says what to do if it was not foreign."""
        try:
            self.gate.check_origin(request_head(request, self.proxies))
        except Refused:
            log.warning(
                "refused %s from origin %a for host %a: if that is your own page behind a proxy,"
                " have the proxy keep the host, and name it in setup(app, proxies=[…]), or the origin in origins=[…]",
                request.path,
                request.headers.getall("Origin", []),
                request.host,
            )
            raise

    async def send_newest_script(self, request: web.Request) -> web.Response:
        """Send the client, under a fixed name."""
        return self._script.newest(request)

    async def send_part(self, request: web.Request) -> web.Response:
        """Send a file that only some pages load: for actions and hooks, or for pages that work without the client."""
        return self._parts[request.match_info["part"]].newest(request)

    async def send_part_of_version(self, request: web.Request) -> web.Response:
        """Send a file that belongs to one version of the client.

        A client of another version is sent a script that reloads its page: the present file does not match that
        client.
        """
        part = self._parts[request.match_info["part"]]
        if request.match_info["digest"] == part.digest:
            return part.response(request, {"Cache-Control": FOREVER})
        return self._parts["outdated"].response(request, {"Cache-Control": "no-store"})

    async def send_script(self, request: web.Request) -> web.Response:
        """Send the client, to be cached for ever; a request for another version gets the present one, uncached."""
        is_current = request.match_info["digest"] == self._script.digest
        return self._script.response(request, {"Cache-Control": FOREVER if is_current else "no-store"})

    async def send_health(self, request: web.Request) -> web.Response:
        """Answer 200 for as long as the event loop runs."""
        return web.json_response({"status": "ok"})

    async def send_ready(self, request: web.Request) -> web.Response:
        """Answer load balancers: 200, or 503 when the process is ending.

        The state of shared services is in the answer, but does not make it 503: otherwise no process would be left.
        """
        is_ready = not self.process.is_draining
        status = "ready" if is_ready else "draining"
        return web.json_response({"status": status, **self.conditions()}, status=200 if is_ready else 503)


def request_head(request: web.Request, proxies: Proxies = NO_PROXIES) -> RequestHead:
    """The part of a request's head that the gate checks."""
    headers = request.headers
    return RequestHead(
        scheme_of(request, proxies),
        request.host,
        tuple(headers.getall("Origin", ())),
        headers.get("Sec-Fetch-Site", ""),
        headers.get("Sec-Fetch-Mode", ""),
    )


def check_address(address: str, limits: Limits) -> None:
    """Raises an ``HTTPException`` if an address is too long for the tokens of its page."""
    if len(address) > limits.address_bytes:
        raise address_too_long()


def address_too_long() -> web.HTTPException:
    """The answer to a request for a page whose address does not fit into its tokens."""
    return web.HTTPRequestURITooLong(text="The address of this page is too long.\n")


def _head(frame: bytes) -> bytes:
    """The head of a whole, unmasked text frame of less than 64 KiB (RFC 6455, 5.2)."""
    length = len(frame)
    return bytes((0x81, length)) if length < 126 else bytes((0x81, 126, length >> 8, length & 255))
