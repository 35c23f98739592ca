"""Whether HTML may be printed again from its tree.

A sanitiser, or an author's ``Markup``, vouches for HTML as it is written. Its tree, printed, can mean something else to
a browser: inside ``<math>`` and ``<svg>`` a ``<style>`` holds elements, outside it holds text, and the parser leaves
them at other places the second time ("mutation XSS"). So such HTML is sent as it is written, or not at all.

    >>> source = "<form><math><mtext></form><form><mglyph><style></math><img></style></mglyph></form></mtext></math>"
    >>> root_html(parse_html(source)) == source, root_html(parse_html("<p>a<p>b"))
    (True, '<p>a</p><p>b</p>')
"""

from __future__ import annotations

import re
from typing import Final

from .errors import HtmlError
from .markup import to_html
from .node import DOCUMENT, Root
from .parser import parse_document, parse_html
from .reparsing.reparse import source_html

_FOREIGN: Final = re.compile(r"<(?:math|svg)", re.IGNORECASE)
"""Without these, what is an element and what is text does not depend on where the parser puts it."""


def reads_as_tree(html: str, root: Root) -> bool:
    """Is ``html``, which was printed from ``root``, safe to send in the place of what ``root`` was parsed from?

    Cost: a search; parsing, where there is foreign content.
    """
    if not _FOREIGN.search(html):
        return True
    try:
        parsed = parse_document(html) if root.context == DOCUMENT else parse_html(html, context=root.context)
    except HtmlError:
        return False
    return parsed == root


def vouched_source(root: Root) -> str | None:
    """The HTML that ``root`` was parsed from, if the tree must not be printed in its place; else ``None``."""
    source = source_html(root)
    return None if source is None or reads_as_tree(to_html(root), root) else source


def root_html(root: Root) -> str:
    """The HTML of a whole tree: printed, or as it was written where printing could change its meaning."""
    html = to_html(root)
    source = source_html(root)
    return html if source is None or reads_as_tree(html, root) else source
