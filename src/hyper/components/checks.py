"""Checks of a rendered page, for development and tests: does a browser build the tree that the server has?

Each template is checked by itself when it is compiled. How templates are put together is not: a ``<div>`` template
in a ``<p>``, a ``<tr>`` template directly in a ``<table>``, ``Markup`` with an unclosed tag. A browser rearranges
such a page, and patches would go to the wrong places. Every page in debug mode, and every page of
``hyper.testing``, is therefore printed, parsed and compared.
"""

from __future__ import annotations

import warnings
from collections import Counter
from typing import Any

from hyper.components.mounted import MountedComponent
from hyper.errors import ComponentError, ComponentWarning
from hyper.vdom import Element, Root, iter_nodes, parse_html


def check_page(root: MountedComponent) -> None:
    """Raises ``ComponentError`` if a browser would build a different tree from this page; warns of shared ids."""
    check_tree(root)
    warn_of_shared_keys(root)
    warn_of_shared_ids(root)


def check_tree(mounted: MountedComponent) -> None:
    """Raises ``ComponentError``, which names the first difference, if a browser would build a different tree."""
    written = mounted.to_root()
    built = parse_html(mounted.html(), context=written.context)
    if built != written:
        compiled = mounted.component.compiled
        place = f"{compiled.file}:{compiled.line}"
        raise ComponentError(f"{place}: {mounted.component.name}: {first_difference(written, built)}")


def warn_of_shared_keys(mounted: MountedComponent) -> None:
    """Warn of siblings that have the same key: the diff cannot tell them apart, and ignores the key."""
    pending: list[Any] = [mounted.to_root()]
    while pending:
        parent = pending.pop()
        elements = [child for child in parent.children if isinstance(child, Element)]
        pending += elements
        counts = Counter((child.kind, child.key) for child in elements if child.key is not None)
        for (kind, key), count in counts.items():
            if count > 1:
                where = f"in <{parent.tag}>" if isinstance(parent, Element) else "at the top"
                compiled = mounted.component.compiled
                message = f'{count} <{kind}> {where} have the key "{key}": keys must be unique there'
                warnings.warn_explicit(message, ComponentWarning, compiled.file, compiled.line)


def warn_of_shared_ids(mounted: MountedComponent) -> None:
    """Warn of elements that have the same id: labels, links and scripts mix them up."""
    for message in shared_ids(mounted.to_root()):
        compiled = mounted.component.compiled
        warnings.warn_explicit(message, ComponentWarning, compiled.file, compiled.line)


def shared_ids(root: Root) -> list[str]:
    """A sentence for each id that more than one element has."""
    elements = [node for node in iter_nodes(root) if isinstance(node, Element)]
    ids = Counter(node.attributes["id"] for node in elements if "id" in node.attributes)
    return [
        f'{count} elements have the id "{id}": ids must be unique on the page'
        for id, count in ids.items()
        if count > 1
    ]


def first_difference(written: Root, built: Root) -> str:
    """A sentence about the first place where two trees differ, and how to fix it."""
    trail: list[str] = []
    ours: Any = written
    theirs: Any = built
    while True:
        pairs = list(zip(ours.children, theirs.children, strict=False))
        inner = next((pair for pair in pairs if pair[0] != pair[1]), None)
        if inner is None or not _same_shell(*inner):
            return _sentence(trail, ours, theirs, len(pairs) if inner is None else pairs.index(inner))
        ours, theirs = inner
        trail.append(ours.tag)


def _same_shell(ours: Any, theirs: Any) -> bool:
    """Are both elements that differ at most in their children?"""
    return (
        isinstance(ours, Element)
        and isinstance(theirs, Element)
        and (ours.tag, ours.namespace, ours.attributes) == (theirs.tag, theirs.namespace, theirs.attributes)
    )


def _sentence(trail: list[str], ours: Any, theirs: Any, index: int) -> str:
    written = _shown(ours.children[index]) if index < len(ours.children) else "nothing more"
    built = _shown(theirs.children[index]) if index < len(theirs.children) else "nothing more"
    where = f"in <{' <'.join(f'{tag}>' for tag in trail)}" if trail else "at the top"
    return (
        f"{where} this view writes {written}, but a browser builds {built} there. Some elements are not "
        "allowed in others (a <div> in a <p>, a <tr> outside <tbody>, a <form> in a <form>): write what the browser "
        "builds, or close every tag of the HTML you pass as Markup"
    )


def _shown(node: Any) -> str:
    return (
        f"<{node.tag}>" if isinstance(node, Element) else f"{type(node).__name__.lower()} {node.data[:40]!r}"
    )
