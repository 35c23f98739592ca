"""The same patches applied to lxml trees, in place. Only this file and the two beside it need lxml.

    old = tree_from_lxml(page)
    patches = diff_trees(old, tree_from_lxml(next_page))
    apply_to_lxml(page, patches)                 # page equals next_page now; elements that stay are the same objects

lxml has no text nodes: a text is the ``text`` of its parent or the ``tail`` of the sibling before it. So two
texts can never be adjacent, and this file translates between that and lists of children, the *items*.

A tree has the syntax of the parser that made it. From lxml's HTML parser it is ``"literal"`` HTML, which means what it
says: no ``<tbody>`` is added, ``<o:p>`` is a name like any other, and the children of a ``<template>`` are ordinary
ones. From its XML parser it is ``"xml"``. With ``syntax="html"`` a tree is taken for that of a browser: patches are
then read as browsers do, and elements of XHTML have the namespaces that a browser gives them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lxml import etree as untyped_etree

from ..vdom.node import DOCUMENT, Comment, Doctype, Element, Node, ProcessingInstruction, Root, Text
from ..vdom.syntax import SyntaxName
from .apply import draft_patches
from .draft import Child, Draft
from .lxml_documents import change_document, document_items
from .lxml_names import LxmlChange, LxmlItem, Names, checked, names_of
from .patches import Patch, PatchError

etree: Any = untyped_etree


# From lxml ------------------------------------------------------------------------------------------------


def tree_from_lxml(source: LxmlItem, syntax: SyntaxName | None = None) -> Root:
    """The tree below an lxml element, or that of a whole document (an ``ElementTree``).

    Paths start below the element, so its own attributes are not in the tree. ``syntax``: other rules than those of
    the parser that made it. Raises ``ValueError`` if it holds an entity that was not resolved.
    """
    return _read(source, names_of(source, syntax))


def _read(source: LxmlItem, names: Names) -> Root:
    if isinstance(source, etree._ElementTree):
        around = names.around_root()
        nodes = tuple([_node(item, names, around) for item in document_items(source)])
        return Root(nodes, DOCUMENT, replace(names.syntax, keeps_nodes=names.syntax.name != "html"))
    shell, around = names.shell(source, names.outside(source))
    nodes = tuple([_node(item, names, around) for item in _items(source)])
    syntax = names.syntax
    if syntax.name == "xml":
        known = tuple(sorted((prefix or "", uri) for prefix, uri in around.items()))
        syntax = replace(syntax, keeps_nodes=True, namespaces=known)
    return Root(nodes, shell.context, syntax)


def _items(element: LxmlItem) -> list[LxmlItem]:
    """The children of an lxml element: a ``str`` for a text, else what lxml has."""
    items: list[LxmlItem] = [element.text] if element.text else []
    for child in element:
        items.append(child)
        if child.tail:
            items.append(child.tail)
    return items


def _node(item: LxmlItem, names: Names, around: Any) -> Node:
    """The node of one item with all below it."""
    top: list[Node] = []
    pending: list[tuple[LxmlItem, Any, list[Node]]] = [(item, around, top)]
    opened: list[tuple[Element, list[Node], list[Node], int]] = []
    while pending:
        item, around, siblings = pending.pop()
        leaf = _leaf(item)
        if leaf is not None:
            siblings.append(leaf)
            continue
        shell, below = names.shell(item, around)
        children: list[Node] = []
        opened.append((shell, children, siblings, len(siblings)))
        siblings.append(shell)
        pending += [(child, below, children) for child in reversed(_items(item))]
    for shell, children, siblings, index in reversed(opened):
        siblings[index] = Element(shell.tag, shell.attributes, tuple(children), shell.namespace)
    return top[0]


def _leaf(item: LxmlItem) -> Node | None:
    if isinstance(item, str):
        return Text(str(item))
    if isinstance(item, Doctype):
        return item
    if isinstance(item, etree._ProcessingInstruction):
        return ProcessingInstruction(f"{item.target} {item.text}" if item.text else item.target)
    if isinstance(item, etree._Comment):
        return Comment(item.text or "")
    if isinstance(item, etree._Entity):
        raise ValueError(f"the tree holds the entity {item.text}: parse with resolve_entities=True")
    return None


# To lxml --------------------------------------------------------------------------------------------------


def apply_to_lxml(element: LxmlItem, patches: Sequence[Patch], syntax: SyntaxName | None = None) -> None:
    """Apply ``patches`` to the tree below ``element`` (or in an ``ElementTree``).

    Elements that stay are the same objects afterwards. ``syntax``: as for ``tree_from_lxml``. Raises ``PatchError``,
    before anything has changed, if a patch does not match or makes something that lxml cannot hold: two texts side
    by side, control characters, names that XML does not know, another root element. Cost: the tree, for reading it.
    """
    names = names_of(element, syntax)
    root = draft_patches(_read(element, names), patches).root
    plan = _Plan(names)
    try:
        if isinstance(element, etree._ElementTree):
            plan.document(root, element)
        else:
            plan.open(root, element)
        plan.complete()
    except ValueError as error:
        raise PatchError(f"lxml cannot hold what the patches make: {error}") from None
    for change in plan.changes:
        change()


class _Plan:
    """All changes of an lxml tree, prepared before the first one is made."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.changes: list[LxmlChange] = []
        self._pending: list[tuple[Draft, LxmlItem]] = []

    def open(self, draft: Draft, element: LxmlItem) -> None:
        """Compare the children of ``draft`` with those of ``element``, when its turn comes."""
        self._pending.append((draft, element))

    def complete(self) -> None:
        while self._pending:
            self._children(*self._pending.pop())

    def document(self, root: Draft, document: LxmlItem) -> None:
        items = document_items(document)
        wanted = self._wanted(root, items, document.getroot())
        if wanted != items:
            self.changes.append(change_document(document, wanted))

    def _children(self, draft: Draft, element: LxmlItem) -> None:
        items = _items(element)
        wanted = self._wanted(draft, items, element)
        if any(isinstance(left, str) and isinstance(right, str) for left, right in pairwise(wanted)):
            raise ValueError("two texts side by side")
        if wanted == items:  # elements are equal only if they are the same objects
            return
        order = {id(item): place for place, item in enumerate(items)}
        kept = [item for item in wanted if id(item) in order and not isinstance(item, str)]
        if any(order[id(left)] > order[id(right)] for left, right in pairwise(kept)):
            for item in kept:
                self.names.check_move(item)
        now = _texts(items)
        for owner, text in _texts(wanted).items():
            if now.get(owner) != text:  # what an HTML parser made and what stays in its place is not asked
                checked(text)
        self.changes.append(lambda: _set_items(element, wanted))

    def _wanted(self, draft: Draft, items: list[LxmlItem], element: LxmlItem) -> list[LxmlItem]:
        """The items that the children of ``draft`` are after the patches; new ones are made for ``element``."""
        known = {id(node): item for node, item in zip(draft.node.children, items, strict=True)}
        wanted = []
        for child in draft.children:
            origin = _origin(child)
            if origin is None:
                wanted.append(_make(child.node, element, self.names))
            else:
                wanted.append(self._kept(child, known[id(origin)]))
        return wanted

    def _kept(self, child: Child, item: LxmlItem) -> LxmlItem:
        """The lxml item that a kept child is after the patches."""
        if type(child) is not Draft:
            return item
        if isinstance(item, str):
            return child.data or ""
        if type(child.node) is Element:
            old, new = child.node.attributes, child.attributes
            if new is not None and new is not old:
                self.changes.append(self.names.change_attributes(item, old, new))
            self.open(child, item)
        elif child.data is not None and child.data != child.node.data:
            self.changes.append(_data_change(item, checked(child.data)))
        return item


def _origin(child: Child) -> LxmlItem:
    """The node that was there before the patches; ``None`` for a new one."""
    if type(child) is not Draft:
        return child
    return None if child.is_new else child.node


def _data_change(item: LxmlItem, data: str) -> LxmlChange:
    if isinstance(item, etree._ProcessingInstruction):
        target, _, data = data.partition(" ")
        if target != item.target:
            raise ValueError(f"another target of the instruction {item.target!r}")
    return lambda: setattr(item, "text", data)


def _set_items(element: LxmlItem, items: list[LxmlItem]) -> None:
    """Make ``items`` the children of ``element``. Elements and texts that are already in place are not touched."""
    children = [item for item in items if not isinstance(item, str)]
    wanted = set(map(id, children))
    for child in list(element):
        if id(child) not in wanted:
            element.remove(child)
    for index, child in enumerate(children):
        if index >= len(element) or element[index] is not child:
            element.insert(index, child)
    texts = _texts(items)
    if (element.text or "") != texts.get(None, ""):
        element.text = texts.get(None)
    for child in children:
        if (child.tail or "") != texts.get(id(child), ""):
            child.tail = texts.get(id(child))


def _texts(items: list[LxmlItem]) -> dict[int | None, str]:
    """The texts by what they belong to in lxml: ``None`` for that of the parent, else the item before it."""
    texts: dict[int | None, str] = {}
    last = None
    for item in items:
        if isinstance(item, str):
            texts[last] = item
        else:
            last = id(item)
    return texts


# New ones -------------------------------------------------------------------------------------------------


def _make(node: Node, parent: LxmlItem, names: Names) -> LxmlItem:
    """A new item of lxml for ``node``, of the classes that the tree of ``parent`` is made of."""
    if not isinstance(node, Element):
        return _make_leaf(node)
    nest = names.nest(parent)
    made: list[tuple[Element, LxmlItem]] = []
    pending: list[tuple[Node, LxmlItem]] = [(node, nest)]
    while pending:
        node, above = pending.pop()
        if isinstance(node, Text):
            _append_text(above, checked(node.data))
            continue
        item = names.make(node, above) if isinstance(node, Element) else _make_leaf(node)
        above.append(item)
        if isinstance(node, Element):
            made.append((node, item))
            pending += [(child, item) for child in reversed(node.children)]
    for element, item in made:
        names.check(element, item)
    return nest[0]


def _append_text(element: LxmlItem, text: str) -> None:
    last = element[-1] if len(element) else None
    if element.text if last is None else last.tail:
        raise ValueError("two texts side by side")
    if last is None:
        element.text = text
    else:
        last.tail = text


def _make_leaf(node: Node) -> LxmlItem:
    assert not isinstance(node, Element)
    data = checked(node.data)
    if isinstance(node, (Text, Doctype)):
        return Doctype(data) if isinstance(node, Doctype) else data
    if isinstance(node, Comment):
        comment = etree.Comment("")
        comment.text = data
        return comment
    target, _, text = data.partition(" ")
    return etree.ProcessingInstruction(target, text)
