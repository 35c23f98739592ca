"""The visitor whom a request comes from, by their session; tokens are bound to it.

If the application uses aiohttp-session, a random id in its session identifies the visitor: a new session there makes
them a new visitor here. Otherwise a signed id in a cookie of our own does. Neither says who has logged in; the
application's ``auth`` does.

Browsers send a cookie to all ports of a host, and to all applications below its address. So each application has a
cookie with a name of its own, ``hyper-NAME``. On https it is ``__Host-hyper-NAME``: no other host, and no page of http,
can set a cookie with that prefix (RFC 6265bis, 4.1.3.2), so only this one is read there.
"""

from __future__ import annotations

import re
import secrets
import sys
import time
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias, cast

from aiohttp import web

from .gate import Gate
from .limits import Limits
from .proxies import FORWARDING, Proxies
from .refusals import raised_as_answer
from .tokens import Signer, TokenError, hash_session

COOKIE_PREFIX: Final = "hyper-"
SECURE_PREFIX: Final = "__Host-hyper-"
COOKIE_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What may follow the prefix."""
MAX_COOKIES: Final = 20
"""How many of our cookies a browser keeps for a host: 2 KB of the 8 KB that a head may have. An application without a
secret has a new name each time it starts, and browsers keep the old ones."""
SESSION_FIELD: Final = "hyper"
"""The field of an aiohttp-session that holds the id."""
_NEW_SESSION_ID: Final = web.RequestKey("hyper_new_session_id", str)
_Read: TypeAlias = "tuple[str, float, Visit | None]"
"""What a session's cookie says: its id, its age in seconds, and whose it is."""
_READ: Final = web.RequestKey("hyper_read_session", tuple)
"""It is read once for a request, which asks for its visitor several times."""
_NETWORK: Final = web.RequestKey("hyper_network", str)
"""What ``network_of`` returned, which is asked for several times."""


class Visit(NamedTuple):
    """The visitor of a request."""

    session_hash: str
    """A hash of the session's id. It matches no session if the cookie was not signed here; empty without a cookie."""
    lasts_s: float | None = None
    """Seconds until the session ends; ``None`` if it does not."""
    share: str = ""
    """That of the network in which the session began: see ``Gate.share_of``."""
    began_at: float = 0
    """When, in seconds since 1970; 0 if the session does not say."""


class Visitors:
    """The sessions of one application."""

    def __init__(self, signer: Signer, limits: Limits, gate: Gate, proxies: Proxies, cookie: str) -> None:
        """``cookie`` is what follows the prefix in the cookie's name."""
        self._signer = signer
        self._limits = limits
        self._gate = gate
        self._proxies = proxies
        self._cookie = cookie

    async def of_page(self, request: web.Request) -> Visit:
        """The visitor who requests a page; a visitor without a session gets one."""
        known = await self.known(request)
        return _visit(await self._begin(request)) if known is None else known

    async def of_socket(self, request: web.Request) -> Visit:
        """The visitor who opens a socket or posts a form."""
        known = await self.known(request)
        if known is not None:
            return known
        cookie = request.cookies.get(self._name_for(request))
        return Visit(hash_session(cookie) if cookie else "")

    async def known(self, request: web.Request) -> Visit | None:
        """The visitor, if the request has a session that has not ended."""
        session = await _aiohttp_session(request)
        visit = self._of_cookie(request) if session is None else _of_session(session)
        return None if visit is None or self._is_over(visit) else visit

    def _is_over(self, visit: Visit) -> bool:
        return self._gate.is_over(visit.session_hash, visit.share, visit.began_at)

    async def renew(self, request: web.Request) -> Visit | None:
        """Give the visitor a new session with the response to ``request``. Returns the old one.

        Raises an ``HTTPException`` if too many sessions of the address have ended; then the old one goes on.
        """
        known = await self.known(request)
        if known is not None:
            with raised_as_answer():
                self._gate.take_log_out(network_of(request, self._proxies))
        await self._begin(request)
        return known

    def _of_cookie(self, request: web.Request) -> Visit | None:
        if _NEW_SESSION_ID in request:
            return _visit(request[_NEW_SESSION_ID])
        if _READ not in request:
            request[_READ] = self._read_cookie(request)
        session_id, age_s, visit = cast("_Read", request[_READ])
        if visit is not None and age_s > self._limits.session_age_s / 2 and not self._is_over(visit):
            request[_NEW_SESSION_ID] = session_id  # the same again, with a new date
        return visit

    def _read_cookie(self, request: web.Request) -> _Read:
        """The id in the session's cookie, its age in seconds, and whose it is; ``None`` without one that is valid."""
        cookie = request.cookies.get(self._name_for(request), "")
        longest_s = self._limits.session_age_s
        try:
            session_id, age_s = self._signer.read_aged("session", cookie, max_age_s=longest_s)
        except TokenError:
            return "", 0, None
        return session_id, age_s, _visit(session_id, longest_s - age_s)

    async def _begin(self, request: web.Request) -> str:
        share = self._gate.share_of(network_of(request, self._proxies))
        session_id = f"{secrets.token_urlsafe(16)}.{share}.{int(self._signer.clock())}"
        session = await _aiohttp_session(request)
        if session is None:
            request[_NEW_SESSION_ID] = session_id
        else:
            session[SESSION_FIELD] = session_id
        return session_id

    def write(self, request: web.Request, response: web.StreamResponse) -> None:
        """Put the cookie of a new session into the response whose headers are about to be sent."""
        session_id = request.get(_NEW_SESSION_ID)
        if session_id is None:
            return
        name = self._name_for(request)
        # aiohttp has already written its cookies into the headers
        response.headers.add("Set-Cookie", _to_header(name, self._signer.sign("session", session_id)))
        for other in _oldest_of_too_many(name, request.cookies):
            response.headers.add("Set-Cookie", f"{_to_header(other, '')}; Max-Age=0")

    def _name_for(self, request: web.Request) -> str:
        """The name of the cookie for the scheme that the browser uses."""
        is_secure = scheme_of(request, self._proxies) == "https" or self._gate.allows(
            f"https://{request.host}"
        )
        return (SECURE_PREFIX if is_secure else COOKIE_PREFIX) + self._cookie


def _to_header(name: str, value: str) -> str:
    """A ``Set-Cookie`` header."""
    secure = "; Secure" if name.startswith(SECURE_PREFIX) else ""
    return f"{name}={value}; HttpOnly; Path=/; SameSite=Lax{secure}"


def _oldest_of_too_many(name: str, cookies: Mapping[str, str]) -> list[str]:
    """The names of our cookies that are too many beside a new one; browsers send the oldest first (RFC 6265, 5.4)."""
    prefix = SECURE_PREFIX if name.startswith(SECURE_PREFIX) else COOKIE_PREFIX
    others = [
        other
        for other in cookies
        if other != name and other.startswith(prefix) and COOKIE_NAME.fullmatch(other.removeprefix(prefix))
    ]
    return others[: max(0, len(others) + 1 - MAX_COOKIES)]


def scheme_of(request: web.Request, proxies: Proxies) -> str:
    """``"http"`` or ``"https"``: what the browser used, to reach us or a proxy in front of us."""
    said = request.headers.getall("X-Forwarded-Proto", ())
    return proxies.scheme(request.remote or "", said, request.scheme)


def network_of(request: web.Request, proxies: Proxies) -> str:
    """Whose share a request takes of what is limited by address: see ``Proxies.network``."""
    if _NETWORK not in request:
        request[_NETWORK] = proxies.network(
            request.remote or "",
            request.headers.getall("X-Forwarded-For", ()),
            is_forwarded=any(name in request.headers for name in FORWARDING),
        )
    return request[_NETWORK]


def without_session(request: web.Request) -> web.Request:
    """A copy of ``request`` whose session is read again: it may have changed since the socket was opened."""
    again = request.clone()
    if (module := sys.modules.get("aiohttp_session")) is not None:
        again.pop(module.SESSION_KEY, None)
    return again


async def _aiohttp_session(request: web.Request) -> Any:
    """The application's session; ``None`` if it does not use aiohttp-session."""
    module = sys.modules.get("aiohttp_session")
    if module is None or module.STORAGE_KEY not in request:
        return None
    return await module.get_session(request)


def _of_session(session: Any) -> Visit | None:
    session_id = session.get(SESSION_FIELD)
    if not isinstance(session_id, str):
        return None
    lasts_s = None if session.max_age is None else session.created + session.max_age - time.time()
    return _visit(session_id, lasts_s)


def _visit(session_id: str, lasts_s: float | None = None) -> Visit:
    """The visitor whose session has this id: ``RANDOM.SHARE.TIME``."""
    _, share, began = (*session_id.split("."), "", "")[:3]
    return Visit(hash_session(session_id), lasts_s, share, float(began) if began.isdecimal() else 0)
