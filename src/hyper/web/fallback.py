"""``@live(fallback="htmx")``: components that work with forms until the client has loaded, or if it never does.

    GET /               →  the page, with forms added to it (form_markup.py)
    POST /_live/post    →  checked by the gate, then run by the mount (form_posts.py), then answered with
                           303 to the page, which shows the same mount: /?_live=PAGE
                           or the component alone, if htmx asks

Forms and sockets use the same mount of a page: it is kept between posts, and the client takes it over when it has
loaded. A mount that is gone is mounted again from the form's token. Then the form runs only if the page was still
in its first state, and is not from before this process began, which does not know whether the form was run; otherwise
its user is asked to check the page.
"""

from __future__ import annotations

import asyncio
import logging
import re
import weakref
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from aiohttp import web
from aiohttp.http_exceptions import PayloadEncodingError
from yarl import URL

from hyper.components.page import PageMount
from hyper.dom.elements import component_root
from hyper.transport.answers import Answered
from hyper.transport.component import CallError, Mount, RequestContext
from hyper.transport.form import Fields, check_head, decode_form
from hyper.transport.gate import Refused
from hyper.transport.inbox import CallFailure
from hyper.transport.runner import Runner
from hyper.transport.server import address_too_long, check_address
from hyper.transport.tokens import AddressTooLongError, Ticket, digest
from hyper.vdom import Element
from hyper.vdom.markup import start_tag
from hyper.web.form_layouts import FormLayouts
from hyper.web.form_markup import TOKEN_FIELD, FormPage
from hyper.web.form_posts import events_of_post
from hyper.web.refused_form import answered_form, refused_form

log = logging.getLogger("hyper")

if TYPE_CHECKING:
    from hyper.transport.server import LiveServer

PAGE_PARAMETER: Final = "_live"
"""The parameter of an address that names the page, and with it the mounts that it shows."""
LOST: Final = (
    "This page was left open for so long that it had to be started again."
    " Check what it shows, and send the form again."
)
REPEATED: Final = "You had already sent this form. It was run once."
_PAGE_ID: Final = re.compile(r"[\w-]{9,64}", re.ASCII)
"""A random id, and the mark of the visitor. All of it is written into the page, so nothing else is taken for one."""
_LEADING: Final = re.compile(r"^[/\\]*")


class OpenMount(Protocol):
    """Mounts a component for a page and keeps it for a socket."""

    def __call__(
        self, component: Any, props: dict[str, Any], context: RequestContext, mount_id: str
    ) -> Awaitable[Runner]: ...


@dataclass(slots=True)
class RequestedPage:
    """The page that a request asks for, and how many of its components have been mounted so far."""

    page_id: str
    is_known: bool
    """Did the address name the page, and is the page this visitor's?"""
    count: int = 0

    @property
    def mount_id(self) -> str:
        """The id of the component that was counted last."""
        return f"{self.page_id}-{self.count}"


_BODY: Final = web.RequestKey[bytes | Refused]("hyper_body")
"""The body of a form that was read, or why it was not."""
_REQUESTED_PAGE: Final = web.RequestKey("hyper_requested_page", RequestedPage)


@dataclass(slots=True)
class PostHistory:
    """The forms that were posted for a mount without the client."""

    component: str
    props: dict[str, Any]
    posts: int = 0
    """How many forms have been run for it."""
    notice: str = ""
    """A message to the user about the last one."""
    corrected_key: str = ""
    """The key of the last form, if the user has to correct it."""
    fields: Fields = field(default_factory=dict)
    """The fields of that form."""


class Fallback:
    """The forms of one application."""

    def __init__(self, server: LiveServer, open_mount: OpenMount) -> None:
        self._server = server
        self._process = server.process
        self._gate = server.gate
        self._open = open_mount
        self._layouts = FormLayouts()
        self._histories: weakref.WeakKeyDictionary[object, PostHistory] = weakref.WeakKeyDictionary()
        """By mounts."""

    # --- pages ----------------------------------------------------------------------------------------------

    async def mount(
        self, request: web.Request, component: Any, props: dict[str, Any], plain: dict[str, Any]
    ) -> str:
        """The component's HTML for this page, from the mount that the address names or from a new one."""
        address = _own_address(request, self._server.prefix_of(request))
        check_address(address, self._process.limits)
        context = await self._server.page_context(request)
        page = self._requested_page(request, context)
        page.count += 1
        runner = self._known(page, component.name, plain, context)
        if runner is None:
            is_free = self._process.joining.is_free(page.mount_id)
            page_id = page.page_id if is_free else self._new_page_id(context)
            runner = await self._open(component, props, context, f"{page_id}-{page.count}")
            self._histories[runner.mount] = PostHistory(component.name, plain)
        return await self._html_with_forms(request, runner, address)

    def _requested_page(self, request: web.Request, context: RequestContext) -> RequestedPage:
        page = request.get(_REQUESTED_PAGE)
        if page is None:
            page_id = request.query.get(PAGE_PARAMETER, "")
            is_known = _is_page_of(page_id, context)
            page = RequestedPage(page_id if is_known else self._new_page_id(context), is_known)
            request[_REQUESTED_PAGE] = page
        return page

    def _new_page_id(self, context: RequestContext) -> str:
        random = self._process.joining.new_id()
        return random + _mark(random, context)

    def _known(
        self, page: RequestedPage, name: str, plain: Mapping[str, Any], context: RequestContext
    ) -> Runner | None:
        """The mount that the page already shows; ``None`` if there is none for this visitor and these properties."""
        runner = self._process.mounts.get(page.mount_id) if page.is_known else None
        history = self._histories.get(runner.mount) if runner is not None else None
        if runner is None or history is None or (history.component, history.props) != (name, plain):
            return None
        return runner if runner.context.is_by_same_visitor(context) else None

    async def _html_with_forms(self, request: web.Request, runner: Runner, address: str) -> str:
        history = self._histories[runner.mount]
        html, version, failure = await runner.show()
        if isinstance(failure, Answered):
            if runner.client is None:  # the next request mounts it again
                self._process.mounts.remove(runner)
                self._process.joining.discard([runner])
            raise failure.answer
        if history.posts:
            self._process.joining.keep(runner)
        context = runner.context
        join = self._ticket(runner, history, context.path, digest(html))
        form_digest = digest(html) if history.posts else ""
        form = self._ticket(runner, history, address, form_digest, self._gate.new_nonce())
        notice = str(failure["message"]) if failure else history.notice
        token = self._process.joining.sign(form, context, "form")
        url = self._server.url_of(request, "post")
        marks = {
            "data-live-token": self._process.joining.sign(join, context),
            "data-live-version": str(version),
        }
        marked_key = partial(self._gate.marked_key, runner.mount.id)
        page = FormPage(url, token, notice, history.corrected_key, history.fields, marked_key)
        return self._layouts.with_forms(runner.mount.id, html, marks, page) or _without_forms(
            runner.mount, html, marks
        )

    @staticmethod
    def _ticket(runner: Runner, history: PostHistory, path: str, html_digest: str, nonce: str = "") -> Ticket:
        session_hash = runner.context.session_hash
        return Ticket(
            runner.mount.id, history.component, history.props, session_hash, path, html_digest, nonce
        )

    # --- posts ----------------------------------------------------------------------------------------------

    async def find_mount(self, request: web.Request) -> tuple[str, bytes] | None:
        """The id of the mount that a request is for, and its whole body, for the worker that has the mount.

        The address of a page and of a socket has the id, a form has it in its token.
        """
        if request.method == "GET" and request.content.at_eof():
            is_socket = request.path == self._server.path_of("ws")
            return request.query_string if is_socket else request.query.get(PAGE_PARAMETER, ""), b""
        if request.method != "POST" or request.path != self._server.path_of("post"):
            return None
        try:
            if "Expect" in request.headers:  # a client that waits with its body until it is told to send it
                await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            body = await self._body(request)
            token = "".join(decode_form(body, self._process.limits).get(TOKEN_FIELD, []))
        except Refused:
            return None  # it is told in ``answer``
        return self._gate.mount_in("form", token), body

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The response to a posted form: its result, or why it was refused."""
        try:
            return await self._answer(request, await self._body(request))
        except Refused as refused:
            return refused_form(request, refused)
        except AddressTooLongError as error:
            raise address_too_long() from error

    async def _body(self, request: web.Request) -> bytes:
        """The whole body of a form, which is read once. Raises ``Refused`` if the form may not be sent."""
        if _BODY not in request:
            try:
                request[_BODY] = await self._read(request)
            except Refused as refused:
                request[_BODY] = refused
        body = request[_BODY]
        if isinstance(body, Refused):
            raise body
        return body

    async def _read(self, request: web.Request) -> bytes:
        self._process.check_running()
        self._server.check_origin(request)
        limits = self._process.limits
        check_head(request.content_type, request.content_length, limits)
        body = bytearray()
        try:
            with self._gate.reserve_form(self._server.address(request)):
                async with asyncio.timeout(limits.form_s):
                    while len(body) <= limits.form_bytes and (more := await request.content.readany()):
                        body += more
        except TimeoutError as error:
            raise Refused("bad_frame", "This form took too long to arrive.") from error
        except (web.RequestPayloadError, PayloadEncodingError) as error:
            raise Refused("bad_frame", "This form arrived damaged.") from error
        return bytes(body)

    async def _answer(self, request: web.Request, body: bytes) -> web.StreamResponse:
        fields = decode_form(body, self._process.limits)
        token = "".join(fields.pop(TOKEN_FIELD, []))
        visitor = await self._server.visitor(request)
        ticket = self._gate.read_ticket("form", token, visitor)
        key = self._gate.check_key(ticket.mount_id, request.query.get("do", ""))
        self._gate.check_age("form", token)
        self._gate.check_work(visitor.session_hash, visitor.network)
        self._gate.take_form(visitor)
        self._gate.take(visitor)
        with self._process.admitting() as admission:
            context = await self._server.authenticated(request, visitor)
            if admission.was_disconnected(context):
                raise Refused("expired", "You were logged out: load the page again.")
        work = self._answer_known(request, ticket, context, key, fields)
        return await self._process.metered(context, work)

    async def _answer_known(
        self, request: web.Request, ticket: Ticket, context: RequestContext, key: str, fields: Fields
    ) -> web.StreamResponse:
        """The response to a form that has passed all checks."""
        is_gone = self._process.mounts.get(ticket.mount_id) is None
        runner = await self._process.joining.find(ticket, context)
        history = self._histories.setdefault(runner.mount, PostHistory(ticket.component, ticket.props))
        is_lost = is_gone and ticket.html_digest not in ("", digest(runner.mount.html()))
        is_lost = is_lost or not self._gate.would_know(ticket.nonce)
        failure = await self._run(runner, history, ticket, key, fields, is_lost=is_lost)
        page = self._server.prefix_of(request) + ticket.path
        if isinstance(failure, Answered):
            return answered_form(request, failure.answer, page)
        history.notice = str(failure["message"]) if failure else ""
        try:
            return await self._shown(request, runner, ticket.path, str(failure["code"]) if failure else "")
        except web.HTTPException as answer:
            return answered_form(request, answer, page)

    async def _run(
        self, runner: Runner, history: PostHistory, ticket: Ticket, key: str, fields: Fields, *, is_lost: bool
    ) -> CallFailure | None:
        """Run a posted form, once. Returns the failure to show to the user, or ``None``."""
        self._process.joining.keep(runner)
        if is_lost:
            self._keep_typed(history, key, fields)
            return {"code": "expired", "message": LOST}
        name = digest(repr((ticket.nonce, key, sorted(fields.items()))))
        if not self._gate.spend(name, runner.context):
            return {"code": "repeated", "message": REPEATED}
        history.posts += 1
        failure = await self._call_all(runner, key, fields)
        if failure is not None and failure["code"] == "throttled":
            self._gate.give_back(name)
        has_failed = failure is not None and not (isinstance(failure, Answered) and failure.told is None)
        is_wrong = has_failed or _has_field_errors(runner.mount)
        self._keep_typed(history, *((key, fields) if is_wrong else ("", {})))
        return failure

    def _keep_typed(self, history: PostHistory, key: str, fields: Fields) -> None:
        """Keep the fields, which the next page has to show in the form again, unless they are too long."""
        size = sum(len(text) for name, values in fields.items() for text in (name, *values))
        is_kept = size <= self._process.limits.mended_bytes
        history.corrected_key, history.fields = (key, fields) if is_kept else ("", {})

    async def _call_all(self, runner: Runner, key: str, fields: Fields) -> CallFailure | None:
        try:
            *_, shown = await runner.show()
            if isinstance(shown, Answered):
                return shown
            events = events_of_post(component_root(runner.mount.id, runner.mount.html()), key, fields)
        except CallError as error:
            return self._process.describe(error, runner.context, f"a form of {runner.mount.id}")
        try:  # one was taken before the page was rendered
            self._gate.take(runner.context, max(0, len(events) - 1))
        except Refused as refused:
            return {"code": refused.code, "message": str(refused)}
        for event in events:
            if failure := await runner.post(event):
                return failure
        return None

    async def _shown(
        self, request: web.Request, runner: Runner, address: str, code: str
    ) -> web.StreamResponse:
        """The response: the component for htmx, a redirect to the page for a browser without scripts."""
        page_id = runner.mount.id.rpartition("-")[0]
        separator = "&" if "?" in address else "?"
        location = f"{self._server.prefix_of(request)}{address}{separator}{PAGE_PARAMETER}={page_id}"
        headers = {"Cache-Control": "no-store", **({"Live-Error": code} if code else {})}
        if "HX-Request" not in request.headers:
            return web.Response(status=303, headers={"Location": location, **headers})
        html = await self._html_with_forms(request, runner, address)
        return web.Response(
            text=html, content_type="text/html", headers={"HX-Replace-Url": location, **headers}
        )


def _without_forms(mount: Mount, html: str, marks: dict[str, str]) -> str:
    """The component for the client only, with its HTML as it is written."""
    log.warning(
        "%s has no forms for browsers without scripts: HTML that it shows as Markup would change its meaning if it were "
        "parsed and printed again. Close all tags of it, and leave out <math> and <svg>",
        mount.id,
    )
    wrapper = Element("div", {"data-live-component": mount.id, **marks})
    return f"{start_tag(wrapper)}{html}</div>"


def _mark(random: str, context: RequestContext) -> str:
    """The end of a page's id, which binds it to the visitor, so that nobody can forge one for another visitor."""
    return digest(f"{context.session_hash} {random}")[:8]


def _is_page_of(page_id: str, context: RequestContext) -> bool:
    return bool(_PAGE_ID.fullmatch(page_id)) and page_id[-8:] == _mark(page_id[:-8], context)


def _own_address(request: web.Request, prefix: str) -> str:
    """The path and query that a form leads back to, on this host whatever the request looks like, without ``prefix``."""
    url, before = _page_around(request, prefix)
    query = [(name, value) for name, value in url.query.items() if name != PAGE_PARAMETER]
    address = str(url.with_query(query or None).with_fragment(None))
    rest = address.removeprefix(before)
    return _LEADING.sub("/", rest if rest[:1] in ("", "/", "?") else address)


def _page_around(request: web.Request, prefix: str) -> tuple[URL, str]:
    """The requested address, and what comes before it; if htmx fetches a part of a page, the address of that page."""
    try:
        return URL(request.headers["HX-Current-URL"]).relative(), prefix
    except (KeyError, ValueError):
        return request.rel_url, ""


def _has_field_errors(mount: object) -> bool:
    return isinstance(mount, PageMount) and any(item.fields for item in mount.mounted.values())
