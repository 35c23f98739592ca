"""The checks that a request has to pass before anything of the application runs: its host, and its body's encoding.

**Host.** Whoever owns a domain may point its name at this machine (DNS rebinding). Their page then has the same origin
as this server's own. So a server answers to the names that it is known by only: ``setup(hosts=["shop.example"])``.

**Encoding.** A compressed body of some kilobytes inflates to gigabytes, and aiohttp inflates it for whoever reads it. No
browser compresses what it sends, so such a body is refused, unless the application asks for them:
``setup(compressed_bodies=True)``.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from hyper.errors import AuthorError
from hyper.transport.each_minute import EachMinute
from hyper.transport.server import PREFIX

HOSTS_VARIABLE: Final = "HYPER_HOSTS"
_PLAIN: Final = ("", "identity")
_HOST: Final = re.compile(r"\*|(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]")
_LOOPBACK: Final = re.compile(r"(.+\.)?localhost|127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}|\[::1\]")
_WITH_PORT: Final = re.compile(r"(\[[^\]]*\]|[^:]*)(:[0-9]{1,5})?")
_OPEN: Final = (f"{PREFIX}/health", f"{PREFIX}/ready")
"""A load balancer asks for these by an address, and they say nothing of the application."""
log = logging.getLogger("hyper")


class RequestGuard:
    """The checks of one application's requests."""

    def __init__(self, hosts: Iterable[str], origins: Iterable[str], *, compressed_bodies: bool) -> None:
        self.takes_compressed = compressed_bodies
        self._hosts = _checked(hosts) or frozenset(_name_of(urlsplit(origin).netloc) for origin in origins)
        self._minute = EachMinute()

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Middleware that refuses what the application's code should not see."""
        hosts = request.headers.getall("Host", ())
        if not (len(hosts) == 1 and self.answers_to(hosts[0])) and not request.path.endswith(_OPEN):
            return self._refuse_host(hosts)
        encodings = request.headers.getall("Content-Encoding", ())
        if not self.takes_compressed and any(item.strip().lower() not in _PLAIN for item in encodings):
            return _refuse_body(request)
        return await handler(request)

    def answers_to(self, host: str) -> bool:
        """Is this ``Host`` header one of the server's names? Its port does not matter."""
        name = _name_of(host)
        return bool(name) and (
            "*" in self._hosts
            or name in self._hosts
            or _LOOPBACK.fullmatch(name) is not None
            or any(f"*.{end}" in self._hosts for end in _ends_of(name))
        )

    def _refuse_host(self, hosts: tuple[str, ...] | list[str]) -> web.Response:
        text = (
            f"This server does not answer to the host {', '.join(hosts)[:200]!a}. If it is yours, name it in"
            f" setup(app, hosts=[…]) or {HOSTS_VARIABLE}."
        )
        if self._minute.allows("host"):
            log.warning("%s", text)
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return web.Response(status=421, text=f"{text}\n", headers=headers)


def _checked(hosts: Iterable[str]) -> frozenset[str]:
    """The names in lower case. Raises ``AuthorError`` if one of them is no name."""
    if isinstance(hosts, str):
        raise AuthorError(f"hosts={hosts!r}: give a list of names, such as [{hosts!r}]")
    names = frozenset(host.lower() for host in hosts)
    for name in names:
        if _HOST.fullmatch(name) is None:
            raise AuthorError(
                f"{name!r} in hosts is not a host: write the name alone, without scheme and port, such as"
                " 'shop.example'; '*.shop.example' is every name below it, and '*' any host at all"
            )
    return names


def _name_of(host: str) -> str:
    """The name in a ``Host`` header, in lower case and without its port; ``""`` if it is malformed."""
    match = _WITH_PORT.fullmatch(host.lower())
    return match[1].removesuffix(".") if match else ""


def _ends_of(name: str) -> Iterable[str]:
    """``b.c`` and ``c`` of ``a.b.c``."""
    while "." in name:
        name = name.partition(".")[2]
        yield name


def _refuse_body(request: web.Request) -> web.Response:
    """The answer to a compressed body. aiohttp reads none of it either: that would inflate it."""
    request.content.set_exception(TimeoutError())
    response = web.Response(
        status=415,
        text="Compressed bodies are not accepted here: setup(app, compressed_bodies=True) would accept them.\n",
        headers={"Accept-Encoding": "identity", "Cache-Control": "no-store"},
    )
    response.force_close()
    return response
