"""In debug mode: the traceback of a component that could not be mounted, as a page."""

from __future__ import annotations

import traceback
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler
from markupsafe import Markup

from hyper.transport.log_lines import text_of
from hyper.web.document import SECURITY_HEADERS, to_document

FAILURE: Final = web.RequestKey("hyper_failure", BaseException)
"""Why a component of the page could not be mounted."""


@web.middleware
async def show_failure(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Middleware that answers with the traceback if mounting a component was what failed."""
    try:
        return await handler(request)
    except Exception as error:
        if request.get(FAILURE) is not error:
            raise
        title = f"{type(error).__name__}: {text_of(error)}"
        text = "".join(traceback.format_exception(error))
        document = to_document(Markup("<h1>{}</h1>\n<pre>{}</pre>").format(title, text), title=title)
        return web.Response(
            status=500, body=document, content_type="text/html", charset="utf-8", headers=SECURITY_HEADERS
        )
