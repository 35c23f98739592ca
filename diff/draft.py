"""A tree while it is being patched: the nodes that a patch touches become drafts, all others stay as they are.

>>> from hyper.diff.paths import parse_path
>>> from hyper.vdom import parse_html, to_html
>>> tree = DraftTree(parse_html("<ul><li>a</li><li>b</li></ul>"))
>>> tree.find(parse_path("ul/li[2]")).set_attribute("class", "on")
>>> to_html(tree.freeze())                # a new root; only <ul> and one <li> were copied
'<ul><li>a</li><li class="on">b</li></ul>'
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import is_
from typing import Any, TypeAlias

from ..vdom.node import Comment, Element, Node, ProcessingInstruction, Root, Text
from ..vdom.syntax import Syntax
from .ids import ids_of, is_closed
from .paths import HasName, NamedChildren, Path, PathStep

_KINDS_WITH_DATA = (Text, Comment, ProcessingInstruction)


Child: TypeAlias = Any
"""A node, or its draft where it was opened; its type at run time says which."""


class Draft:
    """One node that was opened. Its children are nodes, or drafts where they were opened too."""

    __slots__ = (
        "_named", "attributes", "children", "data", "frozen", "has_new_ids", "is_new", "name", "node",
        "parent",
    )  # fmt: skip

    def __init__(self, node: HasName, parent: Draft | None, is_new: bool = False) -> None:
        self.node: Any = node
        """An element, a root or a leaf; its type at run time says which."""
        self.parent = parent
        self.name = node.name
        self.data: str | None = node.data if isinstance(node, _KINDS_WITH_DATA) else None
        self.attributes = node.attributes if type(node) is Element else None
        self.children: list[Child] = list(node.children) if isinstance(node, (Element, Root)) else []
        self.is_new = is_new
        """Was it inserted by a patch? Then nothing in it has a path yet."""
        self.has_new_ids = False
        """May this subtree hold ids that ``node`` did not? Inserted nodes do not count: they have no path yet."""
        self.frozen: Any = node
        """The node that it has become, once the tree is frozen."""
        self._named: NamedChildren | None = None

    @property
    def named(self) -> NamedChildren:
        """The children, by name."""
        if self._named is None:
            self._named = NamedChildren(self.children)
        return self._named

    @property
    def context(self) -> str:
        """The context in which a parser reads the children of this node, an element or the root."""
        context: str = self.node.context
        return context

    @property
    def syntax(self) -> Syntax:
        """By which rules markup is read that is put into the tree of this node."""
        draft = self
        while draft.parent is not None:
            draft = draft.parent
        syntax: Syntax = draft.node.syntax
        return syntax

    def set_attribute(self, name: str, value: str | None) -> None:
        attributes = dict(self.attributes or {})
        if value is None:
            attributes.pop(name, None)
        else:
            attributes[name] = value
        self.attributes = attributes
        if name == "id":
            self._note_ids()

    def set_children(self, children: Sequence[Child]) -> None:
        """Keep these of its own children, in this order; ``insert`` is for new ones."""
        self.children = list(children)
        self._named = None

    def insert(self, index: int, nodes: Sequence[Node]) -> None:
        """Insert new nodes as children."""
        self.children[index:index] = [Draft(node, self, is_new=True) for node in nodes]
        self._named = None

    def _note_ids(self) -> None:
        draft: Draft | None = self
        while draft is not None and not draft.has_new_ids:
            draft.has_new_ids = True
            draft = draft.parent

    def freeze(self) -> None:
        """Set ``frozen`` to the node this has become: the old one if nothing changed. Children are frozen first."""
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
            return node if children is node.children else Root(children, node.context, node.syntax)
        assert type(node) is Element
        if children is node.children and self.attributes is node.attributes:
            return node
        return Element(node.tag, self.attributes or {}, children, node.namespace)


class DraftTree:
    """A whole tree being patched; ``root`` is always open."""

    def __init__(self, root: Root) -> None:
        self.root = Draft(root, None)
        self._opened = [self.root]

    def find(self, path: Path) -> Draft:
        """The node at ``path`` (for an attribute, its element), opened.

        Raises ``LookupError`` if there is none; its message says what was found instead.
        """
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
        """The tree as it is now. It shares with the old one what did not change."""
        for draft in reversed(self._opened):
            draft.freeze()
        frozen: Root = self.root.frozen
        return frozen

    def _find_step(self, draft: Draft, step: PathStep) -> int:
        check_open(draft)
        index = draft.named.find(step)
        child = draft.children[index]
        if type(child) is Draft and child.is_new:
            raise LookupError(f"{str(step)!r} was inserted by the same patches")
        return index

    def _open(self, parent: Draft, index: int) -> Draft:
        child = parent.children[index]
        if type(child) is Draft:
            return child
        draft = parent.children[index] = Draft(child, parent)
        self._opened.append(draft)
        return draft

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


def _may_hold(child: Child, name: str) -> bool:
    """Can the id ``name`` be in this subtree?"""
    if type(child) is Draft:
        return not child.is_new and (child.has_new_ids or _may_hold(child.node, name))
    if type(child) is not Element:
        return False
    ids = ids_of(child)
    return ids is None or name in ids


def check_open(draft: Draft) -> None:
    """Raises ``LookupError`` if a node has no children, or none that patches manage."""
    if type(draft.node) not in (Element, Root):
        raise LookupError(f"a {draft.name} has no children that a patch could address")
    if is_closed(draft.node):
        raise LookupError(f"the children of this <{draft.name}> are not managed by patches")
