"""Keyed virtual trees: HTML and templates in, immutable nodes out, and back to HTML."""

from __future__ import annotations

from .errors import AuthorError, HtmlError, HyperError, PeerError, TemplateError, XmlError
from .markup import to_html
from .namespaces import Namespace
from .node import (
    Comment,
    Doctype,
    Element,
    Node,
    Parent,
    ProcessingInstruction,
    Root,
    Text,
    iter_nodes,
)
from .parser import parse_document, parse_html
from .xml import parse_xml, to_xml

__all__ = [
    "AuthorError",
    "Comment",
    "Doctype",
    "Element",
    "HtmlError",
    "HyperError",
    "Namespace",
    "Node",
    "Parent",
    "PeerError",
    "ProcessingInstruction",
    "Root",
    "TemplateError",
    "Text",
    "XmlError",
    "iter_nodes",
    "parse_document",
    "parse_html",
    "parse_xml",
    "to_html",
    "to_xml",
]
