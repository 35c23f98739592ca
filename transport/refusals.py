"""What a request is answered with that the gate has refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web

from .gate import Refused


def refusal(refused: Refused) -> web.Response:
    """The answer to a refused request; the header ``Live-Error`` has its code."""
    return web.Response(text=f"{refused}\n", status=refused.status, headers=_headers(refused))


@contextmanager
def raised_as_answer() -> Iterator[None]:
    """Raise the answer instead of ``Refused`` for a rate: whoever made the page has asked us, not the browser."""
    try:
        yield
    except Refused as refused:
        raise web.HTTPTooManyRequests(text=f"{refused}\n", headers=_headers(refused)) from refused


def _headers(refused: Refused) -> dict[str, str]:
    headers = {"Live-Error": refused.code, "Cache-Control": "no-store"}
    if refused.code in ("busy", "throttled"):
        headers["Retry-After"] = str(refused.retry_s)
    return headers
