"""How trees are written without recursion, by the rules of whatever syntax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from .node import Comment, Doctype, Element, NodeLike

Unwritten: TypeAlias = "list[NodeLike | str]"
"""What is still to be written, in reverse order: nodes, and markup."""
WriteElement: TypeAlias = Callable[[Element, list[str], Unwritten], None]
"""Writes a start tag, and puts what follows it among what is still to be written."""


def written(pending: Unwritten, write_element: WriteElement, leaf_markup: Callable[[Any], str]) -> str:
    """The markup of ``pending``. ``leaf_markup`` gives that of texts and instructions, in which syntaxes differ."""
    out: list[str] = []
    while pending:
        node = pending.pop()
        if type(node) is str:
            out.append(node)
        elif type(node) is Element:
            write_element(node, out, pending)
        elif type(node) is Comment:
            out.append(f"<!--{node.data}-->")
        elif type(node) is Doctype:
            out.append(f"<!DOCTYPE {node.data}>")
        else:
            out.append(leaf_markup(node))
    return "".join(out)
