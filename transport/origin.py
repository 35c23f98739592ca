"""The pages that may open a socket: those of our own origin, and those of the origins in ``setup(origins=…)``.

Browsers send cookies with a WebSocket from any page, so the ``Origin`` header is the first of two locks (the
second is the join token, which a foreign page cannot read). It is compared whole: no pattern, no case
folding, no default port added, because browsers write an origin in one way only.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from ..vdom import AuthorError

DEFAULT_PORTS: Final = {"http": ":80", "https": ":443"}
_ORIGIN: Final = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:[0-9]{1,5})?")


def own_origin(scheme: str, host: str) -> str:
    """The origin of a request as its browser writes it: ``("http", "Me.test:80")`` -> ``http://me.test``."""
    return f"{scheme}://{host.lower().removesuffix(DEFAULT_PORTS.get(scheme, ' '))}"


def is_allowed(sent: Sequence[str], scheme: str, host: str, allowed: frozenset[str] = frozenset()) -> bool:
    """May a page connect if its request had the ``Origin`` headers ``sent``? There has to be exactly one."""
    if len(sent) != 1 or not host:
        return False
    return sent[0] == own_origin(scheme, host) or sent[0] in allowed


def is_local_name(host: str, listening_on: str) -> bool:
    """Is the name in a ``Host`` header certain to be this machine's, as no DNS server can answer for it?"""
    try:
        name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return False
    if name == "localhost" or name.endswith(".localhost") or name == listening_on.lower():
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def check_origins(origins: Iterable[str]) -> frozenset[str]:
    """``origins`` as a set. Raises ``AuthorError`` if no browser would send one of them."""
    if isinstance(origins, str):
        raise AuthorError(f"origins={origins!r}: give a list of origins, such as [{origins!r}]")
    return frozenset(_check_origin(origin) for origin in origins)


def _check_origin(origin: str) -> str:
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        raise AuthorError(
            f"{origin!r} in origins is not an origin: write scheme, host and port only, in lower case,"
            " such as 'https://example.com' or 'http://localhost:8080'; patterns are not supported"
        )
    if match[3] == DEFAULT_PORTS[match[1]]:
        raise AuthorError(f"{origin!r} in origins: leave the default port out, as browsers do")
    return origin
