"""A tree while it is patched: what a patch touches is opened, all else stays the node it is.

tree = DraftTree(root)
tree.find("ul/li[2]").set_attribute("class", "on")
tree.freeze()                                         # a new root; only <ul> and one <li> were copied
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any

from ..vdom.node import Comment, Element, Node, ProcessingInstruction, Root, Text
from .fragments import context_of
from .ids import ids_of, is_closed
from .paths import Path, Siblings, Step

_DATA = (Text, Comment, ProcessingInstruction)


class Draft:
    """One node that was opened. Its children are nodes, or drafts where they were opened too."""

    __slots__ = (
        "_siblings", "attributes", "children", "data", "frozen", "has_new_ids", "is_new", "name", "node",
        "parent",
    )  # fmt: skip

    def __init__(self, node: Any, parent: Draft | None, is_new: bool = False) -> None:
        self.node = node
        self.parent = parent
        self.name: str = node.name
        self.data: str | None = node.data if isinstance(node, _DATA) else None
        self.attributes = node.attributes if type(node) is Element else None
        self.children: list[Any] = list(node.children) if isinstance(node, (Element, Root)) else []
        self.is_new = is_new
        """Did a patch put it in? Then nothing in it has a path yet."""
        self.has_new_ids = False
        """May this subtree hold ids that ``node`` did not? What was put in does not count: it has no path yet."""
        self.frozen: Any = node
        """What it has become, once the tree is frozen."""
        self._siblings: Siblings | None = None

    @property
    def siblings(self) -> Siblings:
        """The children, by name."""
        if self._siblings is None:
            self._siblings = Siblings(self.children)
        return self._siblings

    @property
    def context(self) -> str:
        """What the parser has to know to read children of this node."""
        return self.node.context if type(self.node) is Root else context_of(self.node)

    def set_attribute(self, name: str, value: str | None) -> None:
        attributes = dict(self.attributes or {})
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value
        self.attributes = attributes
        if name == "id":
            self._note_ids()

    def set_children(self, children: Sequence[Any]) -> None:
        """Give it some of its own children, in any order; ``insert`` is for new ones."""
        self.children = list(children)
        self._siblings = None

    def insert(self, index: int, nodes: Sequence[Any]) -> None:
        """Put new nodes in."""
        self.children[index:index] = [Draft(node, self, is_new=True) for node in nodes]
        self._siblings = None

    def _note_ids(self) -> None:
        draft: Draft | None = self
        while draft is not None and not draft.has_new_ids:
            draft.has_new_ids = True
            draft = draft.parent

    def freeze(self) -> None:
        """Make ``frozen`` the node this has become: the old one if nothing changed. Children come first."""
        node = self.node
        if type(node) is Element or type(node) is Root:
            children = tuple([child.frozen if type(child) is Draft else child for child in self.children])
            if len(children) == len(node.children) and all(map(is_, children, node.children)):
                children = node.children
            self.frozen = self._with_children(node, children)
        elif self.data is not None and self.data != node.data:
            self.frozen = type(node)(self.data)

    def _with_children(self, node: Element | Root, children: tuple[Node, ...]) -> Element | Root:
        if type(node) is Root:
            return node if children is node.children else Root(children, node.context)
        assert type(node) is Element
        if children is node.children and self.attributes is node.attributes:
            return node
        return Element(node.tag, self.attributes or {}, children, node.namespace)


class DraftTree:
    """A whole tree being patched; ``root`` is always open.

    What is looked for and not there is a ``LookupError`` that says what was found instead.
    """

    def __init__(self, root: Root) -> None:
        self.root = Draft(root, None)
        self._opened = [self.root]

    def find(self, path: Path) -> Draft:
        """The node at ``path`` (of the attribute: its element), opened."""
        draft = self.root if path.anchor is None else self._find_id(path.anchor)
        for step in path.steps:
            draft = self._open(draft, self._find_step(draft, step))
        return draft

    def below(self, draft: Draft, name: str) -> list[Draft]:
        """All nodes of one name below a node, opened, in document order."""
        found = []
        pending = [draft]
        while pending:
            parent = pending.pop()
            if parent.name == name and parent is not draft:
                found.append(parent)
            pending += [self._open(parent, index) for index in reversed(range(len(parent.children)))]
        return found

    def freeze(self) -> Root:
        """The tree as it is now. Shares with the old one all that was not changed."""
        for draft in reversed(self._opened):
            draft.freeze()
        return self.root.frozen  # type: ignore[no-any-return]

    def _find_step(self, draft: Draft, step: Step) -> int:
        check_open(draft)
        index = draft.siblings.find(step)
        child = draft.children[index]
        if type(child) is Draft and child.is_new:
            raise LookupError(f"{str(step)!r} was put in by the same patches")
        return index

    def _open(self, parent: Draft, index: int) -> Draft:
        child = parent.children[index]
        if type(child) is not Draft:
            child = parent.children[index] = Draft(child, parent)
            self._opened.append(child)
        return child

    def _find_id(self, name: str) -> Draft:
        found = []
        pending = [self.root]
        while pending:
            draft = pending.pop()
            if draft.attributes and draft.attributes.get("id") == name:
                found.append(draft)
            if not is_closed(draft.node):
                children = enumerate(draft.children)
                pending += [self._open(draft, index) for index, child in children if _may_hold(child, name)]
        if len(found) != 1:
            raise LookupError(f"{len(found) or 'no'} elements have the id {name!r}")
        return found[0]


def _may_hold(child: Any, name: str) -> bool:
    """Can the id ``name`` be in this subtree?"""
    if type(child) is Draft:
        return not child.is_new and (child.has_new_ids or _may_hold(child.node, name))
    if type(child) is not Element:
        return False
    ids = ids_of(child)
    return ids is None or name in ids


def check_open(draft: Draft) -> None:
    """Raise ``LookupError`` unless this has children that may be addressed."""
    if type(draft.node) not in (Element, Root):
        raise LookupError(f"a {draft.name} has no children that a patch could address")
    if is_closed(draft.node):
        raise LookupError(f"what is below this <{draft.name}> is managed by somebody else")
