"""A second parser behind the same adapter: turbohtml, which has to be installed separately.

    parse_html("<p>x", adapter=TurboHtml())

It is not the parser in use: it is younger than lexbor, and its trees are flattened below 511 elements where ours are
refused. The same test suite runs on both, which keeps a change of parser possible. Where it differs from Chromium is
listed in ``tests/vdom/differences.py``: forms in a fragment of a form and in tables of a
template, ``<select>`` in parts of a table, fragments of a ``select``, formatting elements opened again by NUL or
``<param>``; and where Chromium departs from the standard, as lexbor does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, Final, TypeAlias

from .depth import MAX_TREE_DEPTH, too_deep
from .namespaces import Namespace, split_context
from .node import Comment, Doctype, Element, Node, ProcessingInstruction, Text

_turbohtml: Final[Any] = import_module("turbohtml")
TurboNode: TypeAlias = Any
"""A node of turbohtml, which may not be installed when types are checked."""

_NAMESPACES: Final[Mapping[object, Namespace]] = {
    _turbohtml.Namespace.HTML: "html",
    _turbohtml.Namespace.SVG: "svg",
    _turbohtml.Namespace.MATHML: "math",
}


class TurboHtml:
    """Builds nodes from HTML. Has no state."""

    def fragment(self, html: str, context: str) -> tuple[Node, ...]:
        """The children that ``html`` gives an element ``context``."""
        name = _known_context(*split_context(context))
        return _build(
            _turbohtml.parse_fragment(_scalar(html), name, positions=False, scripting=True).children
        )

    def document(self, html: str) -> tuple[Node, ...]:
        """The children of a whole document."""
        return _build(_turbohtml.parse(_scalar(html), positions=False, scripting=True).children)


def _scalar(html: str) -> str:
    """``html`` with lone surrogates replaced by U+FFFD."""
    return html.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=256)
def _known_context(tag: str, namespace: Namespace) -> str:
    """A context turbohtml has a name for; custom elements parse like ``<div>``."""
    name = tag if namespace == "html" else f"{namespace} {tag}"
    try:
        _turbohtml.parse_fragment("", name)
    except ValueError:
        return "div" if namespace == "html" else f"{namespace} {namespace}"
    return name


def _build(nodes: Iterable[TurboNode]) -> tuple[Node, ...]:
    """Our nodes for these, with all below them."""
    built: list[Node] = []
    around: list[tuple[TurboNode, Iterator[TurboNode], list[Node]]] = []
    rest = iter(nodes)
    while True:
        node = next(rest, None)
        if node is None and not around:
            return tuple(built)
        if node is None:
            node, rest, outer = around.pop()
            outer.append(_element(node, tuple(built)))
            built = outer
        elif isinstance(node, _turbohtml.Element):
            if len(around) >= MAX_TREE_DEPTH:
                raise too_deep(f"<{node.tag}>")
            around.append((node, rest, built))
            rest, built = iter(_children(node)), []
        else:
            built.append(_leaf(node))


def _children(node: TurboNode) -> Iterable[TurboNode]:
    """The children of an element; those of its content for a ``<template>``."""
    children: Sequence[TurboNode] = node.children
    if len(children) == 1 and isinstance(children[0], _turbohtml.DocumentFragment):
        content: Sequence[TurboNode] = children[0].children
        return content
    return children


def _element(node: TurboNode, children: tuple[Node, ...]) -> Element:
    attributes = {name: node.attr(name) or "" for name in node.attrs}  # ``attrs`` itself splits some values
    return Element(node.tag, attributes, children, _NAMESPACES[node.namespace])


def _leaf(node: TurboNode) -> Node:
    if isinstance(node, _turbohtml.Text):
        return Text(node.data)
    if isinstance(node, _turbohtml.Comment):
        return Comment(node.data)
    if isinstance(node, _turbohtml.ProcessingInstruction):
        return ProcessingInstruction(f"{node.target} {node.data}?".replace("\0", "\ufffd"))
    return Doctype(_doctype(node.name, node.public_id, node.system_id))


def _doctype(name: str, public: str | None, system: str | None) -> str:
    ids = [f"'{value}'" if '"' in value else f'"{value}"' for value in (public, system) if value]
    keyword = ["PUBLIC"] if public else ["SYSTEM"] if system else []
    return " ".join([name, *keyword, *ids])
