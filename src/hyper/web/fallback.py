"""``@live(fallback="htmx")``: components that work by forms until the client comes, or where it never does.

    GET /               →  the page, dressed with forms (dressing.py)
    POST /_live/post    →  through the gate, to the mount (posting.py), then
                           303 to the page, which shows the same mount: /?_live=PAGE
                           or the component alone, where htmx asks

The mount of a page is the same for forms and for a socket: it stays in the mounts between posts, and the client
takes it over when it comes. One that is gone is mounted again from the form's token. Then only what cannot mean
anything else is run: if the page had come further than its first state, its user is told instead.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from aiohttp import web
from yarl import URL

from hyper.components.page import PageMount
from hyper.simulated.browser import Browser
from hyper.transport import wire
from hyper.transport.component import CallError, RequestContext
from hyper.transport.form import Fields, check_head, decode_form
from hyper.transport.gate import Refused
from hyper.transport.inbox import CallFailure
from hyper.transport.runner import Runner
from hyper.transport.tokens import Ticket, digest
from hyper.vdom.markup import to_html
from hyper.web.form_markup import TOKEN_FIELD, Dress, dress
from hyper.web.form_posts import messages_for
from hyper.web.refused_form import refused_form

if TYPE_CHECKING:
    from hyper.transport.server import LiveServer

PAGE: Final = "_live"
"""The parameter of an address that says which mounts the page shows."""
LOST: Final = (
    "This page was left alone for so long that it had to start anew. Please look, and send it again."
)
REPEATED: Final = "This was sent before. It was done once."
Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LEADING: Final = re.compile(r"^[/\\]+")


class Mounter(Protocol):
    """Mounts a component for a page and keeps it for a socket."""

    def __call__(
        self, component: Any, props: dict[str, Any], context: RequestContext, mount_id: str
    ) -> Awaitable[Runner]: ...


@dataclass(slots=True)
class Place:
    """Where on its page the next component stands."""

    page_id: str
    is_known: bool
    """Did the address name the page, and is it this visitor's?"""
    count: int = 0


_PLACE: Final = web.RequestKey("hyper_place", Place)


@dataclass(slots=True)
class Kept:
    """What is known of a mount besides its state."""

    component: str
    props: dict[str, Any]
    posts: int = 0
    """How many forms were posted to it."""
    notice: str = ""
    """What came of the last one, where it has to be told."""
    posted: str = ""
    fields: Fields = field(default_factory=dict)
    """What was posted last, if it has to be mended."""


class Fallback:
    """The forms of one application."""

    def __init__(self, server: LiveServer, open_mount: Mounter) -> None:
        self._server = server
        self._process = server.process
        self._gate = server.gate
        self._open = open_mount
        self._kept: weakref.WeakKeyDictionary[object, Kept] = weakref.WeakKeyDictionary()

    # --- pages ----------------------------------------------------------------------------------------------

    async def mount(
        self, request: web.Request, component: Any, props: dict[str, Any], plain: dict[str, Any]
    ) -> str:
        """The component's HTML for this page: the mount that its address names, or a new one."""
        context = await self._server.page_context(request)
        place = self._place(request, context)
        place.count += 1
        runner = self._known(place, component.name, plain, context)
        if runner is None:
            is_free = place.is_known and self._process.mounts.get(_mount_id(place)) is None
            page_id = place.page_id if is_free or not place.is_known else self._new_page_id(context)
            runner = await self._open(component, props, context, f"{page_id}-{place.count}")
            self._kept[runner.mount] = Kept(component.name, plain)
        return await self._dressed(runner, _own_address(request))

    def _place(self, request: web.Request, context: RequestContext) -> Place:
        place = request.get(_PLACE)
        if place is None:
            asked = request.query.get(PAGE, "")
            is_known = _is_page_of(asked, context)
            place = Place(asked if is_known else self._new_page_id(context), is_known)
            request[_PLACE] = place
        return place

    def _new_page_id(self, context: RequestContext) -> str:
        random = self._process.joining.new_id()
        return random + _mark(random, context)

    def _known(
        self, place: Place, name: str, plain: Mapping[str, Any], context: RequestContext
    ) -> Runner | None:
        runner = self._process.mounts.get(_mount_id(place)) if place.is_known else None
        kept = self._kept.get(runner.mount) if runner is not None else None
        if runner is None or kept is None or (kept.component, kept.props) != (name, plain):
            return None
        return runner if runner.context.is_by_same_visitor(context) else None

    async def _dressed(self, runner: Runner, address: str) -> str:
        kept = self._kept[runner.mount]
        html, version, failure = await runner.show()
        if kept.posts:
            self._process.joining.keep(runner)
        context = runner.context
        join = self._ticket(runner, kept, context.path, digest(html))
        form = self._ticket(
            runner, kept, address, digest(html) if kept.posts else "", secrets.token_urlsafe(9)
        )
        browser = Browser(runner.mount.id, html)
        notice = str(failure["message"]) if failure else kept.notice
        token = self._process.joining.sign(form, context, "form")
        dress(browser.top, Dress(self._server.url_of("post"), token, notice, kept.posted, kept.fields))
        marks = {
            "data-live-token": self._process.joining.sign(join, context),
            "data-live-version": str(version),
        }
        browser.top.attributes.update(marks)
        return to_html(browser.top.to_node())

    @staticmethod
    def _ticket(runner: Runner, kept: Kept, path: str, html_digest: str, nonce: str = "") -> Ticket:
        session_hash = runner.context.session_hash
        return Ticket(runner.mount.id, kept.component, kept.props, session_hash, path, html_digest, nonce)

    @web.middleware
    async def to_owner(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """A page that was posted is shown by the process that has its mounts."""
        is_posted = f"{PAGE}=" in request.query_string and request.method == "GET"
        if is_posted and await self._server.pass_on(request, request.query.get(PAGE, "")):
            return web.Response()
        return await handler(request)

    # --- posts ----------------------------------------------------------------------------------------------

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A form was posted: run what it means, and show what came of it, or why it was refused."""
        try:
            self._process.check_running()
            self._server.check_origin(request)
            return await self._answer(request, await self._body(request))
        except Refused as refused:
            return refused_form(request, refused)

    async def _body(self, request: web.Request) -> bytes:
        limits = self._process.limits
        check_head(request.content_type, request.content_length, limits)
        body = bytearray()
        try:
            with self._gate.reserve_form(self._server.address(request)):
                async with asyncio.timeout(limits.form_s):
                    while len(body) <= limits.form_bytes and (more := await request.content.readany()):
                        body += more
        except TimeoutError as error:
            raise Refused("bad_frame", "This form took too long to come.") from error
        return bytes(body)

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        fields = decode_form(body, self._process.limits)
        token = "".join(fields.pop(TOKEN_FIELD, []))
        visitor = await self._server.visitor(request)
        ticket = self._gate.read_ticket("form", token, visitor)
        if await self._server.pass_on(request, ticket.mount_id, body):
            return web.Response()
        self._gate.check_age("form", token)
        self._gate.take(visitor)
        context = await self._server.authenticated(request, visitor)
        is_gone = self._process.mounts.get(ticket.mount_id) is None
        runner = await self._process.joining.find(ticket, context)
        kept = self._kept.setdefault(runner.mount, Kept(ticket.component, ticket.props))
        is_lost = is_gone and ticket.html_digest not in ("", digest(runner.mount.html()))
        failure = await self._run(runner, kept, ticket, request.query.get("do", ""), fields, is_lost=is_lost)
        kept.notice = str(failure["message"]) if failure else ""
        return await self._shown(request, runner, ticket.path, str(failure["code"]) if failure else "")

    async def _run(
        self, runner: Runner, kept: Kept, ticket: Ticket, key: str, fields: Fields, *, is_lost: bool
    ) -> CallFailure | None:
        """Run what was posted, once; what to tell about it."""
        self._process.joining.keep(runner)
        if is_lost:
            self._keep_typed(kept, key, fields)
            return {"code": "expired", "message": LOST}
        if not self._gate.spend(digest(repr((ticket.nonce, key, sorted(fields.items()))))):
            return {"code": "repeated", "message": REPEATED}
        kept.posts += 1
        failure = await self._call_all(runner, key, fields)
        is_wrong = failure is not None or _has_field_errors(runner.mount)
        self._keep_typed(kept, *((key, fields) if is_wrong else ("", {})))
        return failure

    def _keep_typed(self, kept: Kept, key: str, fields: Fields) -> None:
        """Remember what the next page has to show in the form again, if it is not too much."""
        size = sum(len(text) for name, values in fields.items() for text in (name, *values))
        is_kept = size <= self._process.limits.mended_bytes
        kept.posted, kept.fields = (key, fields) if is_kept else ("", {})

    async def _call_all(self, runner: Runner, key: str, fields: Fields) -> CallFailure | None:
        try:
            await runner.show()
            messages = messages_for(Browser(runner.mount.id, runner.mount.html()), key, fields)
        except CallError as error:
            return self._process.describe(error, runner.context, f"a form of {runner.mount.id}")
        for message in messages:
            event = wire.Event(message.component_id, 0, message.event, message.args, message.params, [])
            if failure := await runner.post(event):
                return failure
        return None

    async def _shown(
        self, request: web.Request, runner: Runner, address: str, code: str
    ) -> web.StreamResponse:
        """The component for htmx, the way back to the page for a browser without scripts."""
        page_id = runner.mount.id.rpartition("-")[0]
        separator = "&" if "?" in address else "?"
        location = f"{address}{separator}{PAGE}={page_id}"
        headers = {"Cache-Control": "no-store", **({"Live-Error": code} if code else {})}
        if "HX-Request" not in request.headers:
            return web.Response(status=303, headers={"Location": location, **headers})
        html = await self._dressed(runner, address)
        return web.Response(
            text=html, content_type="text/html", headers={"HX-Replace-Url": location, **headers}
        )


def _mount_id(place: Place) -> str:
    return f"{place.page_id}-{place.count}"


def _mark(random: str, context: RequestContext) -> str:
    """What makes a page's id the visitor's: nobody else can make one up for them."""
    return digest(f"{context.session_hash} {random}")[:8]


def _is_page_of(page_id: str, context: RequestContext) -> bool:
    return len(page_id) > 8 and page_id[-8:] == _mark(page_id[:-8], context)


def _own_address(request: web.Request) -> str:
    """The page's path and query, as a form leads back to it: on this host whatever it looks like."""
    url = _page_around(request)
    query = [(name, value) for name, value in url.query.items() if name != PAGE]
    return _LEADING.sub("/", str(url.with_query(query or None).with_fragment(None)))


def _page_around(request: web.Request) -> URL:
    """What was asked for; where htmx fetches a part of a page, that page."""
    try:
        return URL(request.headers["HX-Current-URL"]).relative()
    except (KeyError, ValueError):
        return request.rel_url


def _has_field_errors(mount: object) -> bool:
    return isinstance(mount, PageMount) and any(item.fields for item in mount.mounted.values())
