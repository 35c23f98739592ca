"""The namespace of an element, derived from its parent: the parser in use does not report it.

It is the rule by which tree construction chose it (HTML Standard, 13.2.6: the adjusted current node decides
whether a tag is HTML or foreign content), read backwards: HTML continues inside integration points, and ``<svg>``
and ``<math>`` start foreign content. What the children of an element are is one word, its ``Content``:

    <div>                    html       <svg> <math> start foreign content, anything else is HTML
    <svg>, <g>               svg        all is SVG
    <foreignObject>          html
    <math>, <mrow>           math       all is MathML
    <mi>                     mathtext   as html, but <mglyph> and <malignmark> are MathML
    <annotation-xml>         annotation as math, but <svg> is SVG; html with encoding="text/html"
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

from .htmlspec import (
    HTML_ENCODINGS,
    HTML_INTEGRATION_POINTS,
    MATHML_IN_TEXT,
    MATHML_TEXT_INTEGRATION_POINTS,
)

Namespace: TypeAlias = Literal["html", "svg", "math", "xml"]
"""``"xml"``: any element of an XML tree, where prefixes and declarations say what a name belongs to."""
Content: TypeAlias = Literal["html", "svg", "math", "mathtext", "annotation", "xml"]

NO_ATTRIBUTES: Final[Mapping[str, str]] = {}


def content_of(tag: str, namespace: Namespace, attributes: Mapping[str, str] = NO_ATTRIBUTES) -> Content:
    """What the children of this element are."""
    if namespace == "math" and tag in MATHML_TEXT_INTEGRATION_POINTS:
        return "mathtext"
    if namespace == "math" and tag == "annotation-xml":
        return "html" if attributes.get("encoding", "").lower() in HTML_ENCODINGS else "annotation"
    return "html" if tag in HTML_INTEGRATION_POINTS.get(namespace, ()) else namespace


def namespace_of(tag: str, content: Content) -> Namespace:
    """The namespace of an element among such children."""
    if content == "svg" or content == "math" or content == "xml":
        return content
    if content == "annotation":
        return "svg" if tag == "svg" else "math"
    if content == "mathtext" and tag in MATHML_IN_TEXT:
        return "math"
    if tag == "svg":
        return "svg"
    return "math" if tag == "math" else "html"


def split_context(context: str) -> tuple[str, Namespace]:
    """Tag and namespace of a context: ``"tbody"``, ``"svg"``, or with its namespace ``"svg:a"``."""
    namespace, colon, tag = context.partition(":")
    if colon and namespace == "svg":
        return tag, "svg"
    if colon and namespace == "math":
        return tag, "math"
    return context, namespace_of(context, "html")


def join_context(tag: str, namespace: Namespace) -> str:
    """The context in which the children of such an element are parsed."""
    return tag if namespace in ("html", tag) else f"{namespace}:{tag}"
