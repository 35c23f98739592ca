"""Tables of the HTML standard that more than one file needs, each with the clause it is from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PLAIN_NAME: Final = re.compile(r"[A-Za-z][\w.:-]*", re.ASCII)
"""Names and ids that can be written in a path."""

VOID_ELEMENTS: Final = _words(
    "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr"
)
"""No end tag and no children. 13.1.2 Elements, and the older ones in 13.3 Serializing HTML fragments."""

RAW_TEXT_ELEMENTS: Final = _words("iframe noembed noframes noscript plaintext script style xmp")
"""Their text is neither escaped nor decoded; ``noscript`` because scripting is on. 13.3 Serializing."""

ESCAPABLE_RAW_TEXT_ELEMENTS: Final = frozenset({"textarea", "title"})
"""They hold text only, with character references. 13.1.2 Elements."""

LEADING_NEWLINE_ELEMENTS: Final = frozenset({"listing", "pre", "textarea"})
"""A newline right after their start tag is dropped. 13.2.6.4.7 The "in body" insertion mode."""

FORMATTING_ELEMENTS: Final = _words("a b big code em font i nobr s small strike strong tt u")
"""Left open, they reach into what follows. 13.2.4.3 The list of active formatting elements."""

OMITTED_END_TAGS: Final = _words(
    "caption colgroup dd dt li optgroup option p rb rp rt rtc tbody td tfoot th thead tr"
)
"""What follows may close them. 13.1.2.4 Optional tags."""

NAMESPACE_URIS: Final[Mapping[str, str]] = {
    "html": "http://www.w3.org/1999/xhtml",
    "svg": "http://www.w3.org/2000/svg",
    "math": "http://www.w3.org/1998/Math/MathML",
}
"""What a DOM calls the namespaces. Infra Standard, 8 Namespaces."""

HTML_INTEGRATION_POINTS: Final[Mapping[str, frozenset[str]]] = {
    "svg": frozenset({"desc", "foreignObject", "title"}),
    "math": frozenset({"annotation-xml"}),
}
"""HTML continues inside these; ``annotation-xml`` by its ``encoding`` only. 13.2.6 Tree construction."""

HTML_ENCODINGS: Final = frozenset({"application/xhtml+xml", "text/html"})
"""Values of ``encoding``, in any case, with which ``annotation-xml`` holds HTML. 13.2.6 Tree construction."""

MATHML_TEXT_INTEGRATION_POINTS: Final = frozenset({"mi", "mn", "mo", "ms", "mtext"})
"""HTML continues inside these, except for two MathML elements. 13.2.6 Tree construction."""

MATHML_IN_TEXT: Final = frozenset({"malignmark", "mglyph"})
"""Those two."""
