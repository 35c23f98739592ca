"""The checks that a request has to pass before anything of the application runs: its body's encoding.

A compressed body of some kilobytes inflates to gigabytes, and aiohttp inflates it for whoever reads it. No browser
compresses what it sends, so such a body is refused, unless the application asks for them:
``setup(compressed_bodies=True)``.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.typedefs import Handler

_PLAIN = ("", "identity")


class Guard:
    """The checks of one application's requests."""

    def __init__(self, *, compressed_bodies: bool) -> None:
        self.takes_compressed = compressed_bodies

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Middleware that refuses what the application's code should not see."""
        encodings = request.headers.getall("Content-Encoding", ())
        if not self.takes_compressed and any(item.strip().lower() not in _PLAIN for item in encodings):
            return _refuse_body(request)
        return await handler(request)


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
