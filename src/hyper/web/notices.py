"""The texts of the notices by which the client tells a user that the connection is lost, or that something was not done.

    Notices({"offline": "Verbindung verloren"}).query(request)  ->  "?offline=Verbindung+verloren"

They are in the address of the client's file for notices, which has English ones for what they do not say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlencode

from hyper.errors import AuthorError

if TYPE_CHECKING:
    from aiohttp import web

NoticeTexts: TypeAlias = "Mapping[str, str] | Callable[[web.Request], Mapping[str, str]]"
MAX_NOTICES_LENGTH: Final = 4000
"""Of all texts together, as they are written into an address: servers and proxies take 8,000 bytes of one."""
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{0,40}")


class Notices:
    """The texts of one application."""

    def __init__(self, texts: NoticeTexts | None) -> None:
        """Raises ``AuthorError`` if they are none."""
        self._choose = texts if callable(texts) else None
        self._query = "" if callable(texts) else _to_query(texts or {})

    def query(self, request: web.Request) -> str:
        """The query of the file's address for the page of ``request``; ``""`` for the English texts."""
        return self._query if self._choose is None else _to_query(self._choose(request))


def _to_query(texts: Any) -> str:
    is_fit = isinstance(texts, Mapping) and all(
        isinstance(code, str) and _CODE.fullmatch(code) and isinstance(text, str)
        for code, text in texts.items()
    )
    query = urlencode(texts, errors="replace") if is_fit else ""
    if not is_fit or len(query) > MAX_NOTICES_LENGTH:
        raise AuthorError(
            f"notices={str(texts)[:200]!r}: give texts by their codes, {MAX_NOTICES_LENGTH} bytes in an address at most,"
            " such as {'offline': 'Verbindung verloren'}, or a function that returns them for a request"
        )
    return f"?{query}" if query else ""
