"""How many elements a browser has where it was sent some HTML, unless somebody else was at the page.

element_count("<p>a<br></p><!--b-->")  ->  2

The client counts what it finds when it starts, without what is inside an element that a script or the browser fills.
Another number means that a path could name another node than the server means: an extension was faster, the page
around the component closed an element early, or the browser parses like none that is known here. Then it asks for a
new copy before it applies any patch.
"""

from __future__ import annotations

from typing import Final

from ..diff.ids import BROWSER_FILLED, is_closed
from ..vdom import Element, Parent, parse_html
from ..vdom.node import IGNORE

_HIDING: Final = (
    *[
        f"<{tag}"
        for tag in "! ? template script style noscript iframe xmp noembed noframes plaintext".split()
    ],
    f"<{BROWSER_FILLED}",
    IGNORE,
)
"""What has tags in it that are none, elements that no selector finds, or such as others put there."""


def element_count(html: str) -> int:
    """The elements of ``html`` as ``to_html`` prints it. Cost: a few searches; parsing, where a `<` may be text."""
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
