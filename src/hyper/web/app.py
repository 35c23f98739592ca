"""Live components in an aiohttp application.

    app = web.Application()
    hyper.setup(app, secret=os.environ["HYPER_SECRET"])

    async def index(request):
        return hyper.page(await hyper.mount(request, counter, start=5), title="Counter")

``setup`` adds routes under ``/_live``, a session cookie and a clock; ``mount`` returns HTML for any place in a
page, a Jinja2 template included. The rest of the application stays as it is.
"""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from aiohttp import web
from markupsafe import Markup
from pydantic_core import PydanticSerializationError, to_jsonable_python

from hyper.components.checks import check_page
from hyper.components.component import component_named
from hyper.components.given_texts import checked_texts
from hyper.components.page import PageMount
from hyper.errors import AuthorError
from hyper.state.sharing import connected, hub
from hyper.transport.component import ErrorTexts, Mount, RequestContext, UnknownComponentError
from hyper.transport.limits import Limits
from hyper.transport.process import Process
from hyper.transport.runner import Runner
from hyper.transport.server import PREFIX, LiveServer, address_too_long
from hyper.transport.services import ErrorHook
from hyper.transport.tokens import AddressTooLongError, Signer
from hyper.transport.watchdog import Watchdog
from hyper.transport.workers import current_workers
from hyper.vdom import Element
from hyper.vdom.markup import start_tag
from hyper.web.client_files import CLIENT_PARTS, client_file, client_tags, fallback_tag
from hyper.web.document import SECURITY_HEADERS, element_count, to_document
from hyper.web.ended import EndedFile, EndedInRedis, EndedStore, state_file
from hyper.web.failure_page import FAILURE, show_failure
from hyper.web.fallback import Fallback
from hyper.web.guard import HOSTS_VARIABLE, RequestGuard
from hyper.web.logout import Endings, end, lasting_user_key, session_key
from hyper.web.notices import Notices, NoticeTexts
from hyper.web.settings import Auth, Settings, cookie_of, interval_of, prefix_of, secrets_of

REDIS_VARIABLE: Final = "HYPER_REDIS_URL"
PROXIES_VARIABLE: Final = "HYPER_PROXIES"


class Mountable(Protocol):
    """A live component."""

    @property
    def name(self) -> str:
        """Its name in tokens: unique in an application."""
        ...

    async def mount_for(self, mount_id: str, properties: Mapping[str, Any], request: RequestContext) -> Mount:
        """A new mount, rendered for the first time."""
        ...


class Live:
    """The live components of one application."""

    def __init__(self, **settings: Any) -> None:
        """``settings`` are the arguments of ``setup``."""
        given = Settings(**settings)
        limits = given.limits or Limits()
        self.components: dict[str, Mountable] = {}
        """The components that may be mounted again from a token, by name."""
        self._redis = given.redis or os.environ.get(REDIS_VARIABLE)
        self._secrets, self.has_lasting_secret = secrets_of(given.secret)
        signer = Signer(self._secrets, limits)
        self.process = Process(
            signer,
            self._mount_again,
            limits,
            debug=given.debug,
            on_error=given.on_error,
            workers=current_workers.get(),  # those of ``hyper run``, if it loads this application
            user_key=lasting_user_key,
            auth_every_s=interval_of(given.auth_every_s) if given.auth is not None else None,
        )
        self.server = LiveServer(
            self.process,
            signer,
            self._authenticate,
            client_file("hyper-live.js"),
            given.origins,
            {part: client_file(f"hyper-live-{part}.js") for part in CLIENT_PARTS},
            given.proxies or os.environ.get(PROXIES_VARIABLE, "").split(),
            cookie=cookie_of(given.cookie, self._secrets),
            prefix=prefix_of(given.prefix),
        )
        self.fallback = Fallback(self.server, self._open_for_forms)
        self.state_file = state_file(
            given.state, self._secrets, self.process.workers, is_lasting=self.has_lasting_secret
        )
        """The file that log-outs are kept in."""
        self.endings = Endings(self.process, self._ended_stores(signer, limits))
        self.watchdog = Watchdog(limits.loop_lag_s)
        self.server.conditions = self.conditions
        self.server.error_texts = checked_texts(given.error_texts)
        hosts = given.hosts or os.environ.get(HOSTS_VARIABLE, "").split()
        self.guard = RequestGuard(hosts, given.origins, compressed_bodies=given.compressed_bodies)
        self._auth = given.auth
        self._notices = Notices(given.notices)
        self._debug = given.debug

    def install(self, app: web.Application) -> Live:
        """Add the routes and the clock to an application that has not started."""
        if LIVE in app:
            raise AuthorError("setup(app) was called twice for one application")
        app[LIVE] = self
        self.server.install(app)
        app.router.add_post(f"{PREFIX}/post", self.fallback.answer)
        app.cleanup_ctx.append(self._connected)
        if self.process.workers is not None:
            self.process.workers.finders.append(self.fallback.find_mount)
        if self._debug:
            app.middlewares.insert(0, show_failure)
        app.middlewares.insert(0, self.guard.check)
        return self

    async def _connected(self, app: web.Application) -> AsyncIterator[None]:
        """Share values with other processes, and end the sessions that they end, while the application runs."""
        async with connected(self._redis, self._secrets):
            await self.endings.load()
            self.endings.start()
            watching = asyncio.create_task(self.endings.watch())
            self.watchdog.start()
            yield
            watching.cancel()
            self.watchdog.stop()
            self.endings.stop()
            await self.endings.close()

    def _ended_stores(self, signer: Signer, limits: Limits) -> Iterator[EndedStore]:
        if self.state_file is not None:
            yield EndedFile(self.state_file, limits.ended_s, room=limits.ended)
        if self._redis is not None:
            yield EndedInRedis(self._redis, limits.ended_s, signer.mark, signer.is_mark, room=limits.ended)

    def conditions(self) -> dict[str, str]:
        """The state of the services that this process depends on: ``{"redis": "lost"}``."""
        return {} if hub.sync is None else {"redis": "connected" if hub.sync.is_connected else "lost"}

    def stats(self) -> dict[str, float]:
        """Counts of this process, for a metrics system to read from time to time.

        ``connections`` and ``mounts`` are those of now; ``events``, ``renders``, ``errors`` and ``blocks`` (of the
        event loop) those since the start, ``longest_block_s`` in seconds.
        """
        process = self.process
        return {
            "connections": len(process.connections),
            "mounts": len(process.mounts),
            "events": process.events,
            "renders": process.renders,
            "errors": process.errors,
            "blocks": self.watchdog.blocks,
            "longest_block_s": self.watchdog.longest_s,
        }

    def register(self, component: Mountable) -> None:
        """Make a component known before its first page. ``mount`` does so, too.

        Only needed if two components have the same name: a page from another process gives only the name of its
        component.
        """
        known = self.components.get(component.name)
        if known is not None and _where(known) != _where(component):
            raise AuthorError(
                f"two components are called {component.name!r}: {_where(known)} and {_where(component)}."
                ' Give one of them another name: @live(name="…")'
            )
        self.components[component.name] = component

    async def mount(self, request: web.Request, component: Mountable, props: Mapping[str, Any]) -> Markup:
        """The component's HTML for this page, with the script tag if it is the page's first component."""
        context = await self.server.page_context(request)
        return await self.process.metered(context, self._mount(request, component, props, context))

    async def _mount(
        self, request: web.Request, component: Mountable, props: Mapping[str, Any], context: RequestContext
    ) -> Markup:
        try:
            if getattr(component, "fallback", None):
                plain = _plain(component, dict(props))
                html = await self.fallback.mount(request, component, dict(props), plain)
                return Markup(
                    html
                    + fallback_tag(request, self.server)
                    + client_tags(request, self.server, html, self._notices)
                )
            html, mount_id, token = await self._open(component, dict(props), context)
        except web.HTTPException:
            raise
        except AddressTooLongError as error:
            raise address_too_long() from error
        except Exception as error:
            request[FAILURE] = error
            self.process.report(error, context, f"mounting {component.name}")
            raise
        marks = {
            "data-live-component": mount_id,
            "data-live-token": token,
            "data-live-elements": str(element_count(html)),
        }
        wrapper = f"{start_tag(Element('div', marks))}{html}</div>"
        return Markup(wrapper + client_tags(request, self.server, html, self._notices))

    async def _open_for_forms(
        self, component: Mountable, props: dict[str, Any], context: RequestContext, mount_id: str
    ) -> Runner:
        self.register(component)
        shows = component.name, _plain(component, props)
        with self.process.joining.reserve(mount_id):
            mount = await self._start(component, mount_id, props, context)
            return self.process.joining.admit(mount, shows, context)

    async def _open(
        self, component: Mountable, props: dict[str, Any], context: RequestContext
    ) -> tuple[str, str, str]:
        self.register(component)
        mount_id = self.process.joining.new_id()
        mount = await self._start(component, mount_id, props, context)
        try:
            html, token = self.process.joining.open(mount, component.name, _plain(component, props), context)
        except BaseException:
            await mount.close()
            raise
        return html, mount_id, token

    async def _mount_again(
        self, name: str, props: dict[str, Any], mount_id: str, context: RequestContext
    ) -> Mount:
        component = self.components.get(name) or component_named(name)
        if component is None:
            raise UnknownComponentError("This page has a component that is not known here: load it again.")
        return await self._start(component, mount_id, props, context)

    async def _start(
        self, component: Mountable, mount_id: str, props: dict[str, Any], context: RequestContext
    ) -> Mount:
        await hub.arrive()
        mount = await component.mount_for(mount_id, props, context)
        try:
            if await hub.arrive():  # setup has named values of other processes
                await mount.changes()
        except BaseException:
            await mount.close()
            raise
        if self._debug and isinstance(mount, PageMount):
            mount.is_checked = True
            check_page(mount.root)
        return mount

    async def _authenticate(self, request: web.Request) -> Any:
        user = self._auth(request) if self._auth is not None else None
        return await user if inspect.isawaitable(user) else user


LIVE: Final = web.AppKey("hyper_live", Live)
"""Where an application keeps its ``Live``."""


def setup(
    app: web.Application,
    *,
    secret: str | Sequence[str] | None = None,
    limits: Limits | None = None,
    origins: Iterable[str] = (),
    debug: bool = False,
    on_error: ErrorHook | None = None,
    auth: Auth | None = None,
    auth_every_s: float | None = 60,
    redis: str | None = None,
    proxies: Iterable[str] = (),
    compressed_bodies: bool = False,
    state: str | os.PathLike[str] | None = None,
    hosts: Iterable[str] = (),
    cookie: str | None = None,
    error_texts: ErrorTexts | None = None,
    prefix: str | None = None,
    notices: NoticeTexts | None = None,
) -> Live:
    """Let ``app`` serve live components. Call it once, before the application starts.

    ``secret`` signs the tokens in pages: one long random string for all processes of an application, or several, the
    newest first, to change it; the default is the environment's ``HYPER_SECRET``. ``origins`` are the origins of other
    pages that may connect, and your own if a proxy hides it. ``on_error(error, context)`` is called with every
    exception in a component. ``debug`` shows tracebacks in the browser.

    ``auth(request)``, sync or async, returns the ``user`` of the component's context, or raises an ``HTTPException`` to
    refuse the request. When a socket connects, users are compared with ``==``. It is called again for each open socket
    every ``auth_every_s`` seconds (``None``: never), and who is then refused, or is another user, is disconnected.

    ``redis`` is the URL of a Redis through which all processes share what ``shared`` makes; the default is
    ``HYPER_REDIS_URL``. ``proxies`` are the addresses or networks of the proxies in front of this process, which
    are trusted for ``X-Forwarded-For`` and ``X-Forwarded-Proto``; the default is ``HYPER_PROXIES``, space-separated.
    Requests with a ``Content-Encoding`` are refused unless ``compressed_bodies``. ``hosts`` are the names that the
    server answers to besides localhost: ``*`` for any, ``*.shop.example``; by default ``HYPER_HOSTS``, or ``origins``.
    ``state`` is the file that keeps log-outs until tokens expire; the default is ``HYPER_STATE``. ``cookie="shop"``
    names the session cookie ``hyper-shop``, on https ``__Host-hyper-shop``; else a secret does. ``error_texts`` replaces
    what visitors are told of fields: texts by pydantic's types, or a function.
    ``prefix="/shop"`` is what a proxy takes off the path, by default what it says in ``X-Forwarded-Prefix``.
    ``notices`` are what users are told of lost connections and errors, or a function that returns that for a request.
    """
    settings = dict(locals())
    app = settings.pop("app")
    return Live(**settings).install(app)


async def mount(request: web.Request, component: Mountable, **props: Any) -> Markup:
    """HTML of a component for this page: ``await mount(request, counter, start=5)``.

    It is rendered now, and the page's socket takes over this instance. Props travel in the page, signed but
    readable, so that another process can mount the component again: pass JSON values, and annotate them.
    """
    if not hasattr(component, "mount_for"):
        raise AuthorError(
            f"mount() was given {component!r}: give the live component itself, and its properties after it:"
            " await mount(request, counter, start=5)"
        )
    return await _live_of(request.config_dict).mount(request, component, props)


async def renew_session(request: web.Request) -> None:
    """Give the visitor a new session. Call it when a user has logged in or out.

    The visitor's open pages are disconnected at once, in all processes, and reloaded; earlier tokens are no longer
    accepted. If the application uses aiohttp-session, let it begin a new session (``new_session``) afterwards.
    Call it before anything else is changed: it raises 429 if too many sessions of the visitor's address have ended.
    """
    live = _live_of(request.config_dict)
    old = await live.server.visitors.renew(request)
    if old is not None:
        end(session_key(old.session_hash, old.share))
        await live.endings.kept()


def page(body: object, *, title: str = "", head: str = "", lang: str = "en") -> web.Response:
    """A response with a whole document around ``body``: what ``mount`` returned, or any other ``Markup``.

    Text that is not ``Markup`` is escaped. ``head`` is HTML for the end of ``<head>``. The response has
    ``SECURITY_HEADERS``, which the caller may change.
    """
    if inspect.iscoroutine(body):
        body.close()
        raise AuthorError(f"page() was given a coroutine: write page(await {body.__name__}(…))")
    document = to_document(body, title=title, head=head, lang=lang)
    return web.Response(body=document, content_type="text/html", charset="utf-8", headers=SECURITY_HEADERS)


def takes_compressed_bodies(app: web.Application) -> bool:
    """May the server of this application inflate the bodies of requests? Where it serves no live components, it may."""
    return LIVE not in app or app[LIVE].guard.takes_compressed


def runtime_url(app: web.Application | web.Request) -> str:
    """The address of the client's script, for pages that load it themselves.

    Give it the request if a proxy says in a header which prefix it takes off the path.
    """
    request = app if isinstance(app, web.Request) else None
    server = _live_of(app if isinstance(app, web.Application) else app.config_dict).server
    return server.prefix_of(request) + server.path_of(server.script_name)


def _live_of(app: Mapping[Any, Any]) -> Live:
    if LIVE not in app:
        raise AuthorError(
            "this application serves no live components: call hyper.setup(app) before it starts"
        )
    return app[LIVE]  # type: ignore[no-any-return]


def _where(component: Mountable) -> str:
    return f"{getattr(component, '__module__', '?')}.{getattr(component, '__qualname__', component.name)}"


def _plain(component: Mountable, props: dict[str, Any]) -> dict[str, Any]:
    """``props`` as JSON values. Raises ``AuthorError`` if JSON cannot express them."""
    try:
        return to_jsonable_python(props)  # type: ignore[no-any-return]
    except PydanticSerializationError as error:
        raise AuthorError(
            f"the props of {component.name} cannot be kept in the page: {error}. Pass JSON values"
            " (an id, not a record), and let the component load the rest"
        ) from error
