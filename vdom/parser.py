"""HTML strings in, trees out: the trees that a browser builds.

    parse_html('<p class="on">Count: 5</p>')      →  Root of one <p>
    parse_html("<td>1", context="tr")             →  Root of one <td>; in "body" it would be the text 1
    parse_document("<title>Hi</title><p>Text")    →  Root of <html>, with <head> and <body> in it

``previous`` is the result of the same call for an earlier state of the same page. Where possible, what did not change
between the two strings is neither parsed nor built again: it is the same object in both trees, and a diff skips it
without looking. The result is the same with and without ``previous`` (see ``reparsing.reparse``).

Only strings are parsed: callers that read bytes decode them and drop a byte order mark. A lone surrogate, which no
HTML can hold, becomes U+FFFD.
"""

from __future__ import annotations

from typing import Final

from .lexbor import Lexbor
from .node import Root
from .reparsing.pages import Adapter, DocumentPage, FragmentPage
from .reparsing.reparse import parse

LEXBOR: Final = Lexbor()


def parse_html(
    html: str, previous: Root | None = None, *, context: str = "body", adapter: Adapter = LEXBOR
) -> Root:
    """The tree of a fragment, as ``innerHTML`` of a ``context`` element would build it.

    ``previous``: an earlier state of the same page, to share unchanged nodes with.
    ``context`` is a tag: ``"tbody"``, ``"svg"``; inside SVG and MathML ``"svg:g"``, ``"math:mi"``.
    Raises ``HtmlError`` if the tree is deeper than 500 elements.
    """
    return parse(_plain(html), previous, FragmentPage(context, adapter))


def parse_document(html: str, previous: Root | None = None, *, adapter: Adapter = LEXBOR) -> Root:
    """The tree of a whole document, as navigating to it would build it.

    Its children are the doctype, comments and the ``<html>`` element, with ``<head>`` and ``<body>`` added if they are
    not written. Raises ``HtmlError`` if the tree is deeper than 500 elements.
    """
    return parse(_plain(html), previous, DocumentPage(adapter))


def _plain(html: str) -> str:
    """``html`` as an exact ``str``: slices of a ``Markup`` would escape what is joined to them."""
    if not isinstance(html, str):
        raise TypeError(f"HTML to parse must be str, not {type(html).__name__}: decode bytes first")
    return html if type(html) is str else str.__str__(html)
