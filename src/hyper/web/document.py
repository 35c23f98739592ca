"""HTML as it is served: whole documents, and the number of elements that a browser makes of a piece of HTML.

    element_count("<p>a<br></p><!--b-->")  ->  2

The client counts the elements that it finds when it starts, but not those inside an element that a script or the
browser fills. If its number differs from the server's, a path could name a different node than the server means: a
browser extension was faster, the page around the component closed an element early, or the browser parses in a way
that is not known here. The client then asks for a new copy before it applies any patch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from markupsafe import escape

from hyper.diff.ids import BROWSER_FILLED, is_closed
from hyper.vdom import Element, Parent, parse_html
from hyper.vdom.node import IGNORE

_HIDING: Final = (
    *[
        f"<{tag}"
        for tag in "! ? template script style noscript iframe xmp noembed noframes plaintext".split()
    ],
    f"<{BROWSER_FILLED}",
    IGNORE,
)
"""Constructs with tags that make no elements, elements that no selector finds, or elements inserted by scripts."""


SECURITY_HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": "base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin-allow-popups",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
"""What guides recommend for every page (OWASP, MDN), as far as no page of ours has to do without something."""


def to_document(body: object, *, title: str, head: str = "", lang: str = "en") -> bytes:
    """A whole document. ``body`` is HTML if it is ``Markup``, else text; ``head`` is HTML for the end of ``<head>``."""
    document = (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n{head}</head>\n<body>\n{escape(body)}\n</body>\n</html>\n"
    )
    # half a surrogate pair, which a file name may hold, must not make the page fail
    return document.encode("utf-8", "replace")


def element_count(html: str) -> int:
    """How many elements a browser makes of ``html``, as ``to_html`` prints it.

    Cost: a few searches; parsing, where a ``<`` may be text.
    """
    if any([start in html for start in _HIDING]):
        return _count(parse_html(html))
    return html.count("<") - html.count("</")


def _count(root: Parent) -> int:
    found = 0
    pending: list[Parent] = [root]
    while pending:
        node = pending.pop()
        if not (isinstance(node, Element) and (node.tag == "template" or is_closed(node))):
            below = [child for child in node.children if isinstance(child, Element)]
            found += len(below)
            pending += below
    return found
