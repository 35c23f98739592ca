"""Applies patches to trees, which defines what a patch means.

    >>> from hyper.vdom import parse_html, to_html
    >>> tree = parse_html("<ul><li>a</li><li>b</li></ul>")
    >>> to_html(apply_patches(tree, [{"path": "ul", "move": 1, "to": 0}]))
    '<ul><li>b</li><li>a</li></ul>'

This is the reference implementation: the browser client and the lxml adapter are tested against it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypeVar

from ..vdom.errors import HtmlError
from ..vdom.node import Comment, Element, Root, Text
from .codec import read_patch, to_json
from .draft import Draft, DraftTree, check_open
from .fragments import parse_children
from .patches import Patch, PatchError
from .paths import Path, parse_path
from .sequences import spread
from .texts import from_utf16

T = TypeVar("T")
Members: TypeAlias = Mapping[str, Any]
"""A patch of a known shape; its members say which one."""


def apply_patches(tree: Root, patches: Sequence[Patch]) -> Root:
    """``tree`` with ``patches`` applied in order; what they do not touch is shared with it.

    Raises ``PatchError`` if one of them does not match the tree. Cost: the patches, and the children of the
    parents they touch.
    """
    return draft_patches(tree, patches).freeze()


def draft_patches(tree: Root, patches: Sequence[Patch]) -> DraftTree:
    """``tree`` with ``patches`` applied, but not frozen: it shows which nodes are new and which were kept."""
    draft = DraftTree(tree)
    for index, item in enumerate(patches):
        patch: Members = read_patch(item, index)
        try:
            change_tree(draft, patch)
        except (LookupError, ValueError, HtmlError) as error:
            raise PatchError(f"patch {index}, {_shorten(to_json(patch))}: {error.args[0]}") from None
    return draft


def _shorten(text: str) -> str:
    return text if len(text) <= 200 else text[:200] + "…"


def change_tree(tree: DraftTree, patch: Members) -> None:
    """Apply one patch of a known shape. Raises ``LookupError`` or ``ValueError`` if it does not match the tree."""
    path = parse_path(patch["path"])
    change = next(change for member, change in CHANGES.items() if member in patch)
    if path.attribute is not None and change is not _set_value:
        raise ValueError("an attribute can only be given a value")
    change(tree.find(path), patch, path)


def _set_value(draft: Draft, patch: Members, path: Path) -> None:
    value = patch["value"]
    if path.attribute is not None:
        if type(draft.node) is not Element:
            raise LookupError(f"a {draft.name} has no attributes")
        draft.set_attribute(path.attribute, value)
    elif draft.data is None:
        raise LookupError(f"a {draft.name or 'root'} has no text of its own")
    elif value is None:
        raise ValueError("only an attribute can be removed by null")
    else:
        draft.data = value


def _splice(draft: Draft, patch: Members, path: Path) -> None:
    if type(draft.node) not in (Text, Comment):
        raise LookupError(f"a {draft.name or 'root'} is not a text")
    text = draft.data or ""
    start = from_utf16(text, patch["at"])
    stop = from_utf16(text, patch["at"] + patch.get("delete", 0))
    draft.data = text[:start] + patch["insert"] + text[stop:]


def _insert(draft: Draft, patch: Members, path: Path) -> None:
    check_open(draft)
    index = patch["insert"]
    if index > len(draft.children):
        raise LookupError(f"no place {index} among {draft.named.describe()}")
    draft.insert(index, parse_children(patch["html"], draft.context, draft.syntax))


def _replace(draft: Draft, patch: Members, path: Path) -> None:
    check_open(draft)
    draft.set_children(())
    draft.insert(0, parse_children(patch["html"], draft.context, draft.syntax))


def _rearrange(draft: Draft, patch: Members, path: Path) -> None:
    check_open(draft)
    try:
        draft.set_children(rearranged(draft.children, patch))
    except LookupError as error:
        raise LookupError(f"{error.args[0]} among {draft.named.describe()}") from None


def rearranged(children: Sequence[T], patch: Members) -> list[T]:
    """``children`` after a removal, a move or a new order, whatever they are.

    >>> rearranged("abcd", {"path": "ul", "move": 3, "to": 0})
    ['d', 'a', 'b', 'c']

    Raises ``LookupError`` if there is no such child, ``ValueError`` if the order does not name each child once.
    """
    if "remove" in patch:
        start, stop = patch["remove"], patch["remove"] + patch.get("count", 1)
        _check_index(children, stop - 1)
        return [*children[:start], *children[stop:]]
    if "move" in patch:
        _check_index(children, patch["move"])
        _check_index(children, patch["to"])
        moved = list(children)
        moved.insert(patch["to"], moved.pop(patch["move"]))
        return moved
    return _in_order(children, patch["order"])


def _in_order(children: Sequence[T], order: list[int | list[int]]) -> list[T]:
    count = len(children)
    total = sum(item[1] - item[0] + 1 if isinstance(item, list) else 1 for item in order)
    indexes = spread(order) if total == count else []
    if sorted(indexes) != list(range(count)):
        raise ValueError(f"the order must name each of {count} children once")
    return [children[index] for index in indexes]


def _check_index(children: Sequence[object], index: int) -> None:
    if index >= len(children):
        raise LookupError(f"no child {index}")


ChangeDraft: TypeAlias = Callable[[Draft, Members, Path], None]

CHANGES: Final[Mapping[str, ChangeDraft]] = {
    "value": _set_value,
    "at": _splice,
    "insert": _insert,
    "remove": _rearrange,
    "move": _rearrange,
    "order": _rearrange,
    "html": _replace,
}
"""The function that applies each patch: that of the first of its members that is a key here."""
