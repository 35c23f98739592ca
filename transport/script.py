"""The files of the client, as they are sent."""

from __future__ import annotations

import gzip
import hashlib

from aiohttp import web


class Script:
    """One file of the client, ready to be sent."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._zipped = gzip.compress(body, mtime=0)
        self.digest = hashlib.sha256(body).hexdigest()[:12]
        """Changes with the content."""

    def newest(self, request: web.Request) -> web.Response:
        """The response under a fixed name: the browser asks each time, and is sent the file only if it has changed."""
        headers = {"ETag": f'"{self.digest}"', "Cache-Control": "no-cache"}
        if headers["ETag"] in request.headers.get("If-None-Match", ""):
            return web.Response(status=304, headers=headers)
        return self.response(request, headers)

    def response(self, request: web.Request, headers: dict[str, str]) -> web.Response:
        """The file, compressed if the browser accepts that."""
        headers |= {"Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        body = self._body
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = self._zipped
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=body, content_type="text/javascript", charset="utf-8", headers=headers)
