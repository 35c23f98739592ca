"""The response to a form that was refused: what happened, and what the user can do now.

A browser without scripts gets a page, with a link to the page that the form was on. htmx gets a paragraph and treats it
as an error: it fires ``htmx:responseError``, and swaps nothing unless it is configured to. Neither contains a script or
a style, which a strict content security policy would forbid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import urljoin, urlsplit

from aiohttp import web
from markupsafe import Markup

from hyper.transport.answers import location_of
from hyper.transport.gate import Refused
from hyper.transport.refusals import refusal
from hyper.web.document import to_document

TITLE: Final = "Your form was not submitted"
POLICY: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_WAIT: Final = "Wait a moment, then reload this page: that sends the form again."
_LATER: Final[Mapping[str, str]] = {
    "busy": _WAIT,
    "throttled": _WAIT,
    "too_large": "Go back, shorten it, and send it again.",
}
"""What to do for codes with which the form itself is still valid. For all others its page has to be reloaded."""
_LEADING: Final = re.compile(r"^[/\\]*")


def refused_form(request: web.Request, refused: Refused) -> web.Response:
    """The response to a form that the gate refused, with the status and headers of all such responses."""
    response = refusal(refused)
    response.content_type, response.charset = "text/html", "utf-8"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if refused.code == "expired":
        response.headers["HX-Refresh"] = "true"
    if "HX-Request" in request.headers:
        response.text = Markup('<p class="live-notice" role="alert">{}</p>').format(_sentence(refused))
        if "HX-Source" in request.headers:  # htmx 4, which would swap it over the component
            response.headers["HX-Reswap"] = "none"
    else:
        response.headers["Content-Security-Policy"] = POLICY
        response.body = _page(refused, _page_of_form(request))
    return response


def answered_form(request: web.Request, answer: web.HTTPException, page: str) -> web.Response:
    """The response to a form whose handler, or whose view then, raised ``answer``; raises it if it is no redirect.

    A location is resolved against the ``page`` of the form, whatever address the form was sent to.
    """
    location = location_of(answer)
    if not location:
        raise answer
    location = urljoin(page, location)
    if "HX-Request" in request.headers:  # a request of a script would follow a redirect itself
        return web.Response(headers={"HX-Redirect": location, "Cache-Control": "no-store"})
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})


def _page(refused: Refused, address: str) -> bytes:
    again = Markup('<a href="{}">Load the page again</a>').format(address) if address else _WITHOUT_ADDRESS
    what_to_do = _LATER.get(refused.code, again)
    body = Markup("<main>\n<h1>{}</h1>\n<p>{}</p>\n<p>{}</p>\n</main>").format(
        TITLE, _sentence(refused), what_to_do
    )
    return to_document(body, title=TITLE)


_WITHOUT_ADDRESS: Final = "Go back, and load the page again."


def _sentence(refused: Refused) -> str:
    text = str(refused)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _page_of_form(request: web.Request) -> str:
    """The address of the page with the form, always on this host; ``""`` if the request does not say."""
    try:
        page = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    if page.netloc != request.host:
        return ""
    return _LEADING.sub("/", page.path) + (f"?{page.query}" if page.query else "")
