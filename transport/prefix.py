"""The prefix that a proxy takes off the path: a browser asks for ``/shop/cart``, and we are asked for ``/cart``.

The addresses that we write into pages and answers begin with it: those of the client's files, of forms, of redirects. It
is what the application was given, or else what a trusted proxy says in ``X-Forwarded-Prefix``. It is written into HTML
and begins an address, so nothing else is taken for one: no ``//host``, no ``..``, no quotes, no escapes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import Final

from ..vdom import AuthorError
from .proxies import Proxies

HEADER: Final = "X-Forwarded-Prefix"
MAX_PREFIX_LENGTH: Final = 128
_PREFIX: Final = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
log = logging.getLogger("hyper")


class Prefix:
    """The prefix of one application."""

    def __init__(self, given: str | None, proxies: Proxies) -> None:
        """Raises ``AuthorError`` if ``given`` is no prefix. ``None``: the proxies say it; ``""``: there is none."""
        self._given = None if given is None else _read(given)
        if given is not None and self._given is None:
            raise AuthorError(
                f"prefix={given!r}, or HYPER_PREFIX: give the path that the proxy takes off, such as '/shop':"
                f" up to {MAX_PREFIX_LENGTH} letters, digits, and . _ ~ - between slashes"
            )
        self._proxies = proxies
        self._was_told = False

    def of(self, address: str, said: Sequence[str]) -> str:
        """The prefix of a request from ``address`` with these headers: ``"/shop"``, or ``""``.

        What a trusted proxy has added comes after what the client made up, so the last one counts.
        """
        if self._given is not None:
            return self._given
        if not said or not self._proxies.trusts(address):
            return ""
        last = ",".join(said).rpartition(",")[2].strip(" \t")
        found = _read(last)
        if found is None and not self._was_told:
            self._was_told = True
            log.warning("a proxy sends %s %s, which is no prefix: it is not used", HEADER, ascii(last[:200]))
        return found or ""


def _read(text: str) -> str | None:
    """The prefix without a slash at its end; ``None`` if it is none."""
    prefix = text.removesuffix("/")
    return prefix if len(prefix) <= MAX_PREFIX_LENGTH and _PREFIX.fullmatch(prefix) else None
