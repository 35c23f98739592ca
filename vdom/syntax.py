"""By which rules the markup of a tree is written and read.

    HTML       as browsers read it: <table><tr> gains a <tbody>. The trees of ``parse_html``
    LITERAL    HTML that means what it says: <table><tr> is a row right in a table. The trees of lxml's HTML parser
    XML        names in their own case, every element ended. The trees of ``parse_xml`` and of lxml's XML parser

A tree knows its syntax (``Root.syntax``), and with it what the ``html`` of its patches holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

SyntaxName: TypeAlias = Literal["html", "literal", "xml"]


@dataclass(frozen=True, slots=True)
class Syntax:
    """The rules for the markup of one tree."""

    name: SyntaxName
    keeps_nodes: bool = False
    """Is the tree made of objects that others hold? Then none is replaced to save bytes (law 6)."""
    namespaces: tuple[tuple[str, str], ...] = ()
    """Prefixes that are declared above the tree, with what they stand for; XML only."""


HTML: Final = Syntax("html")
LITERAL: Final = Syntax("literal", keeps_nodes=True)
XML: Final = Syntax("xml")
