"""Hands a request over to the worker that has its page, before anything of the application sees it.

Routes, middlewares and handlers run in one process only: in the worker that answers. A request is handed over whole,
with its body in one piece, and only if nothing else is under way on its connection. Bytes that follow on the
connection are never read as another request: whoever takes a connection over answers once, and closes it.

    POST /_live/post        →   POST /_live/post
    Transfer-Encoding: …        Content-Length: 57
                                Connection: close

A request that cannot be handed over so is served where it was accepted: its page is mounted again there.
"""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web

from hyper.transport.gate import Refused
from hyper.transport.refusals import refusal
from hyper.transport.workers import WorkerBusyError, Workers

_REPLACED: Final = {
    *(b"transfer-encoding", b"content-length", b"content-encoding", b"trailer", b"expect"),
    *(b"connection", b"keep-alive", b"proxy-connection"),
}
"""Headers of the body as it came, which is sent decoded and in one piece, and of the connection, which is closed."""


def serve_whole_requests(server: web.Server, workers: Workers) -> None:
    """Make ``server`` hand over the requests for other workers' pages before its application sees them.

    A connection on which a body was cut off or damaged is not used again, and its answer says so: a proxy would send
    the next visitor's request on it.
    """
    serve = server.request_handler

    async def handle(request: Any) -> web.StreamResponse:
        try:
            if await is_handed_over(request, workers):
                return web.Response()  # goes nowhere: the connection is another worker's
            response = await serve(request)
        except WorkerBusyError:
            response = refusal(Refused("busy", "The process of this page is too busy: send it again."))
        except web.HTTPException as raised:
            _close_after(raised, request)
            raise
        _close_after(response, request)
        return response

    server.request_handler = handle


def _close_after(response: web.StreamResponse, request: web.Request) -> None:
    if request.content.exception() is not None or not request.content.is_eof():
        response.force_close()


async def is_handed_over(request: web.Request, workers: Workers) -> bool:
    """Hand ``request`` over if it is for a mount of another worker. Returns whether that worker will answer it.

    Raises ``WorkerBusyError`` if that worker does not take it in time.
    """
    for find in workers.finders:
        found = await find(request)
        if found is not None and (owner := workers.owner_of(found[0])) is not None:
            return await _hand_over(request, found[1], owner, workers)
    return False


async def _hand_over(request: web.Request, body: bytes, owner: int, workers: Workers) -> bool:
    transport, data = request.transport, as_received(request, body)
    if transport is None or data is None or not _is_alone(request, transport):
        return False
    connection = transport.get_extra_info("socket").fileno()
    is_taken = await workers.pass_on(owner, connection, data)
    if is_taken:
        transport.abort()  # closes this process's copy only
    return is_taken


def _is_alone(request: web.Request, transport: Any) -> bool:
    """Is everything answered that came before this request, and has nothing come after it?"""
    return not request.protocol._messages and transport.get_write_buffer_size() == 0


def as_received(request: web.Request, body: bytes) -> bytes | None:
    """The bytes of a request as its client sent it, with its whole ``body``, and the last one of its connection.

    ``None`` if its head has a header that is not one line.
    """
    headers = [(name, value) for name, value in request.raw_headers if name.lower() not in _REPLACED]
    if any(mark in part for header in headers for part in header for mark in (b"\r", b"\n")):
        return None
    is_upgrade = "upgrade" in request.headers.get("Connection", "").lower()
    headers.append((b"Connection", b"Upgrade, close" if is_upgrade else b"close"))
    if body:
        headers.append((b"Content-Length", b"%d" % len(body)))
    version = request.version
    start = f"{request.method} {request.raw_path} HTTP/{version.major}.{version.minor}"
    first_line = start.encode("utf-8", "surrogateescape")
    return b"\r\n".join([first_line, *(b"%b: %b" % header for header in headers), b"", body])
