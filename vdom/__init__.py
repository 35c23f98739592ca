"""Keyed virtual trees: HTML and templates in, immutable nodes out, and back to HTML."""

from __future__ import annotations

from .errors import AuthorError, HtmlError, HyperError, PeerError, TemplateError
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
    "iter_nodes",
    "parse_document",
    "parse_html",
    "to_html",
]
