"""The development server: a gallery of a folder's live components, reloaded in process when a file changes.

A thin layer on ``hyper.web.app``, which serves components, and ``hyper.commands.gallery``, which loads the files.
It is for the author's own machine: it listens on 127.0.0.1, answers only requests to this machine's names (so that no
web page elsewhere can reach it by DNS rebinding), and shows source and tracebacks.
"""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import logging
import secrets
import signal
import sys
import time
import webbrowser
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from aiohttp import WSCloseCode, WSMsgType, web
from aiohttp.typedefs import Handler
from watchfiles import Change, awatch

from hyper.commands.dev_pages import (
    Problem,
    component_page,
    error_page,
    index_page,
    problems_html,
    source_page,
)
from hyper.commands.gallery import WATCHED, Gallery, failure_problem
from hyper.commands.supervisor import url_of, why_not
from hyper.transport.gate import Refused, check_local
from hyper.transport.refusals import refusal
from hyper.transport.server import request_head
from hyper.vdom import AuthorError
from hyper.web import app as live_app
from hyper.web.fallback import PAGE_PARAMETER

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        "style-src 'self'",
        "style-src-attr 'unsafe-inline'",
        "img-src 'self' data:",
        "media-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Strict, so that a component which works here works under an application's strict policy too."""

PAGE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}

RELOADS = "/_dev/ws"
"""The path of the WebSocket that notifies pages of changes."""
ASSET_TYPES = {"dev.css": "text/css", "dev.js": "text/javascript", "icon.svg": "image/svg+xml"}

log = logging.getLogger("hyper")

GALLERY = web.AppKey("gallery", Gallery)
HOST = web.AppKey("host", str)
WINDOWS = web.AppKey("windows", set[web.WebSocketResponse])
"""The sockets of the open pages, to notify them of changes."""
RUN_ID = web.AppKey("run_id", str)
"""Identifies this run of the server, so that pages of an earlier run reload."""


def serve(path: Path, host: str, port: int, *, open_browser: bool = False) -> None:
    """Serve until interrupted. Raises ``UsageError`` if there is nothing to serve or the port is taken."""
    sys.path.insert(0, str(Path.cwd()))
    gallery = Gallery(path.resolve())
    if not gallery.components and not gallery.problems:
        raise click.UsageError(
            f"no live component in {path}: put @live (from hyper import live) above a function in one of its"
            " .py files; files whose names start with _ are not served"
        )
    try:
        asyncio.run(_run(gallery, host, port, open_browser))
    except OSError as error:
        raise click.UsageError(why_not(error, host, port)) from error


async def _run(gallery: Gallery, host: str, port: int, open_browser: bool) -> None:
    app = make_app(gallery, host)
    log.addHandler(TerminalHandler(gallery))
    log.propagate = False
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        url = url_of(runner.addresses[0])
        _greet(gallery, url)
        if open_browser:
            webbrowser.open(url)
        await watch(app, _stop_event())
    finally:
        await runner.cleanup()


def _stop_event() -> asyncio.Event:
    """An event that is set when the process is asked to stop."""
    stop = asyncio.Event()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: KeyboardInterrupt ends asyncio.run
            asyncio.get_running_loop().add_signal_handler(signal_number, stop.set)
    return stop


def make_app(gallery: Gallery, host: str = "127.0.0.1") -> web.Application:
    """An aiohttp application with the gallery at ``/`` and its components at ``/live/NAME``."""
    app = web.Application(middlewares=[_only_this_machine, _with_error_pages])
    app[GALLERY] = gallery
    app[HOST] = host
    app[WINDOWS] = set()
    app[RUN_ID] = secrets.token_hex(4)
    app.add_routes(
        [
            web.get("/", show_index),
            web.get("/live/{name}", show_component),
            web.get("/source/{name}", show_source),
            web.get(RELOADS, listen),
            web.get("/_dev/style/{name}.css", send_style),
            web.get("/_dev/{asset}", send_asset),
        ]
    )
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(_close_windows)
    live_app.setup(app, secret=secrets.token_urlsafe(), debug=True, hosts=["*"])  # check_local is stricter
    _register(app)
    return app


def _register(app: web.Application) -> None:
    """Replace the registered components by the current ones."""
    live = app[live_app.LIVE]
    live.components.clear()
    for component in app[GALLERY].components.values():
        live.register(component)


async def show_index(request: web.Request) -> web.Response:
    gallery = request.app[GALLERY]
    cards = [card for card in gallery.cards.values() if not card.name.startswith("_")]
    return _html(index_page(gallery.folder.name, cards, gallery.problems, prefix=_prefix(request)))


async def show_component(request: web.Request) -> web.Response:
    gallery = request.app[GALLERY]
    name = _known_name(request)
    component, properties = gallery.components[name], _properties(request)
    try:
        component.checked(properties)
    except AuthorError as error:
        return _html(
            error_page(Problem(f"{name} cannot be shown", str(error)), prefix=_prefix(request)), status=400
        )
    html = await live_app.mount(request, component, **properties)
    styles = [f"{_prefix(request)}/_dev/style/{name}.css"] if gallery.style(name) else []
    return _html(component_page(gallery.cards[name], html, styles=styles, prefix=_prefix(request)))


def _properties(request: web.Request) -> dict[str, Any]:
    """``?start=5&tag=a&tag=b`` as properties: a text, or a list of texts for a name that occurs repeatedly."""
    query = request.query
    return {
        name: query[name] if len(query.getall(name)) == 1 else query.getall(name)
        for name in query
        if name != PAGE_PARAMETER
    }


async def show_source(request: web.Request) -> web.Response:
    return _html(source_page(request.app[GALLERY].cards[_known_name(request)], prefix=_prefix(request)))


def _known_name(request: web.Request) -> str:
    """The component's name in the URL. Raises ``HTTPNotFound``, with the existing names, if it does not exist."""
    name, known = request.match_info["name"], request.app[GALLERY].components
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean /live/{near[0]}?" if near else f"Available: {', '.join(known)}."
    problem = Problem(f"There is no component {name!r}", hint)
    raise web.HTTPNotFound(text=error_page(problem, prefix=_prefix(request)), content_type="text/html")


async def send_style(request: web.Request) -> web.Response:
    return web.Response(text=request.app[GALLERY].style(_known_name(request)), content_type="text/css")


async def send_asset(request: web.Request) -> web.Response:
    name = request.match_info["asset"]
    if name not in ASSET_TYPES:
        raise web.HTTPNotFound
    content = (files("hyper.commands") / "assets" / name).read_text("utf-8")
    return web.Response(text=content, content_type=ASSET_TYPES[name])


def _prefix(request: web.Request) -> str:
    """What a proxy takes off the path, such as that of an editor in a browser."""
    return request.app[live_app.LIVE].server.prefix_of(request)


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html")


# For every request


@web.middleware
async def _only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Middleware that refuses requests from other sites, and to names that another site could point at this machine."""
    try:
        check_local(request_head(request), request.app[HOST])
        if request.path == RELOADS:
            request.app[live_app.LIVE].server.gate.check_origin(request_head(request))
    except Refused as refused:
        return refusal(refused)
    return await handler(request)


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)


@web.middleware
async def _with_error_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Middleware that answers with a page about the place in the author's file if a handler raises."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except ConnectionError:  # the browser has disconnected: no one will read the response
        return web.Response(status=400)
    except Exception as error:
        log.error("%s failed", request.path, exc_info=error)
        problem = _failure(request.app[GALLERY], f"{request.path} failed", error)
        return _html(error_page(problem, prefix=_prefix(request)), status=500)


def _failure(gallery: Gallery, title: str, error: BaseException) -> Problem:
    return failure_problem(title, error, gallery.folder.glob("*.py"))


# Changes


async def watch(app: web.Application, stop: asyncio.Event) -> None:
    """Reload the gallery and its open pages whenever a file of the folder changes, until ``stop`` is set."""
    gallery = app[GALLERY]
    async for _ in awatch(gallery.folder, watch_filter=_matters, recursive=False, step=50, stop_event=stop):
        if changed := gallery.changed():
            await reload(app, changed)


def _matters(change: Change, file: str) -> bool:
    return file.endswith(WATCHED)


async def reload(app: web.Application, changed: set[Path]) -> None:
    """Load the files again and reload the pages. If all changed files are broken, show the problems on the pages."""
    gallery = app[GALLERY]
    started = time.perf_counter()
    loaded = gallery.reload()
    _register(app)
    names = ", ".join(sorted(file.name for file in changed))
    click.secho(f"Reloaded after {names} changed, {1000 * (time.perf_counter() - started):.0f} ms", dim=True)
    for problem in gallery.problems:
        _report(problem)
    all_broken = changed <= {error.file for error in loaded.errors}
    await _tell(app, {"type": "problems", **_problems(app)} if all_broken else {"type": "reload"})


async def listen(request: web.Request) -> web.WebSocketResponse:
    """The WebSocket of an open page, to notify it of changes."""
    window = web.WebSocketResponse(heartbeat=30)
    await window.prepare(request)
    request.app[WINDOWS].add(window)
    try:
        await window.send_json({"type": "hello", "start": request.app[RUN_ID], **_problems(request.app)})
        async for message in window:
            if message.type == WSMsgType.ERROR:
                break
    finally:
        request.app[WINDOWS].discard(window)
    return window


def _problems(app: web.Application) -> dict[str, object]:
    problems = app[GALLERY].problems
    return {"files": [problem.file for problem in problems], "html": problems_html(problems)}


async def _tell(app: web.Application, message: dict[str, object]) -> None:
    for window in app[WINDOWS].copy():
        with contextlib.suppress(ConnectionError):
            await window.send_json(message)


async def _close_windows(app: web.Application) -> None:
    for window in app[WINDOWS].copy():
        await window.close(code=WSCloseCode.GOING_AWAY)


# The terminal


def _greet(gallery: Gallery, url: str) -> None:
    click.secho(f"\n  {gallery.folder.name}", bold=True, nl=False)
    click.secho(f"  {url}\n", fg="cyan")
    for name, card in gallery.cards.items():
        click.echo(f"  {url}/live/{name}".ljust(len(url) + 30) + click.style(card.summary, dim=True))
    click.secho("\n  Reloads on change. Ctrl+C stops.\n", dim=True)
    for problem in gallery.problems:
        _report(problem)


def _report(problem: Problem) -> None:
    click.secho(f"\n{problem.place}" if problem.place else "", bold=True, err=True)
    click.secho(problem.message, fg="red", err=True)
    for number, text in problem.excerpt:
        marker = ">" if number == problem.line else " "
        click.secho(f"{marker} {number:>4}  {text}", err=True, dim=number != problem.line)
    if problem.details and not problem.place:
        click.secho(problem.details, err=True, dim=True)
    click.echo("", err=True)


class TerminalHandler(logging.Handler):
    """Prints errors of running components in the same form as those of loading: place, message, source."""

    def __init__(self, gallery: Gallery) -> None:
        super().__init__(logging.INFO)
        self.gallery = gallery
        self.last: BaseException | None = None
        """The last error that was printed: one that two layers log is printed once."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        if error is None:
            click.secho(record.getMessage(), err=True, dim=record.levelno < logging.WARNING)
        elif error is not self.last:
            self.last = error
            _report(_failure(self.gallery, record.getMessage(), error))
