"""The checks of a test page at every step: on both sides of the wire, the patched tree equals the rendered one."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any, Final

from hyper.diff import Patch, PatchError, apply_patches, patches_to_json
from hyper.dom.elements import COMPONENT, SELF
from hyper.vdom import Element, Node, Root, Text
from hyper.vdom.node import IGNORE

MAX_LINES: Final = 60
"""How many lines of difference a message shows."""


def check_patches(old: Root, patches: Sequence[Patch], new: Root, name: str) -> None:
    """Raises ``AssertionError``, with the difference, if ``apply_patches(old, patches)`` is not ``new``."""
    try:
        patched = apply_patches(old, patches)
    except PatchError as error:
        raise AssertionError(
            f"{name}: a patch does not match the tree before it: {error}\n{_patches_note(patches)}"
        ) from error
    check_same(patched, new, f"{name}: the patched tree is not the rendered one", patches)


def check_same(
    found: Root, wanted: Root, message: str, patches: Sequence[Patch] = (), *, with_nested: bool = False
) -> None:
    """Compare two trees, without content that belongs to others.

    Raises ``AssertionError``, with the difference, if they are not equal.
    """
    found, wanted = outer(found, with_nested=with_nested), outer(wanted, with_nested=with_nested)
    if found != wanted:
        lines = difflib.unified_diff(
            list(outline(found)), list(outline(wanted)), "patched", "rendered", lineterm="", n=2
        )
        shown = list(lines)
        more = f"\n… {len(shown) - MAX_LINES} lines more" if len(shown) > MAX_LINES else ""
        raise AssertionError("\n".join([message, *shown[:MAX_LINES]]) + more + _patches_note(patches))


def _patches_note(patches: Sequence[Patch]) -> str:
    return f"\nThe patches: {patches_to_json(patches)}" if patches else ""


def outer(root: Root, *, with_nested: bool = False) -> Root:
    """A tree without the content of ignored elements and of nested components."""
    return Root(tuple([_outer(child, with_nested) for child in root.children]), root.context)


def _outer(node: Node, with_nested: bool) -> Node:
    if not isinstance(node, Element):
        return node
    if COMPONENT in node.attributes and not with_nested:
        marks = {name: node.attributes[name] for name in (COMPONENT, SELF) if name in node.attributes}
        return Element(node.tag, marks, (), node.namespace)
    if IGNORE in node.attributes:
        return Element(node.tag, node.attributes, (), node.namespace)
    children = []
    for child in node.children:
        children.append(
            _outer(child, with_nested)
        )  # no comprehension: it would double the depth of the stack
    return Element(node.tag, node.attributes, tuple(children), node.namespace)


def outline(root: Any, depth: int = 0) -> Iterator[str]:
    """The lines of a tree: one node each, indented, white space of texts shown."""
    for node in root.children:
        if isinstance(node, Element):
            attributes = "".join(f' {name}="{value}"' for name, value in sorted(node.attributes.items()))
            yield f"{'  ' * depth}<{node.tag}{attributes}>"
            yield from outline(node, depth + 1)
        else:
            text = repr(node.data) if isinstance(node, Text) else repr(node)
            yield f"{'  ' * depth}{text}"
