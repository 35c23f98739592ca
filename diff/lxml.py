"""The same patches applied to lxml trees. The only file that needs lxml.

    old = tree_from_lxml(page)
    patches = diff_trees(old, tree_from_lxml(next_page))
    apply_to_lxml(page, patches)                 # page equals next_page now; elements that stay are the same objects

lxml has no text nodes: a text is the ``text`` of its parent or the ``tail`` of the sibling before it. So two
texts can never be adjacent, and this file translates between that and lists of children, the *items*.

It knows less than a browser: the children of a ``<template>`` are ordinary children, and trees from lxml's own HTML
parser have no namespaces (``<svg>`` and everything below it is taken for SVG).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

from lxml import etree as untyped_etree

from ..vdom.htmlspec import NAMESPACE_URIS
from ..vdom.namespaces import Content, Namespace, content_of, namespace_of
from ..vdom.node import DOCUMENT, Comment, Doctype, Element, Node, ProcessingInstruction, Root, Text
from .apply import draft_patches
from .draft import Child, Draft
from .patches import Patch, PatchError

etree: Any = untyped_etree

LxmlItem: TypeAlias = Any
"""A child in lxml: an element, a comment or the like, or a ``str`` for a text. Nothing of lxml has types."""

_NAMESPACE_OF_URI: Final[Mapping[str | None, Namespace]] = {
    NAMESPACE_URIS["html"]: "html",
    NAMESPACE_URIS["svg"]: "svg",
    NAMESPACE_URIS["math"]: "math",
}
_PREFIX_OF_URI: Final[Mapping[str | None, str]] = {
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/XML/1998/namespace": "xml",
}
_URI_OF_PREFIX: Final = {prefix: uri for uri, prefix in _PREFIX_OF_URI.items()}
_REFUSED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that lxml does not accept in a text."""


# From lxml ------------------------------------------------------------------------------------------------


def tree_from_lxml(source: LxmlItem) -> Root:
    """The tree below an lxml element, or that of a whole document (an ``ElementTree``).

    Paths start below the element, so its own attributes are not in the tree.
    """
    if isinstance(source, etree._ElementTree):
        return Root(tuple([_node(item, "html") for item in _document_items(source)]), DOCUMENT)
    shell = _shell(source, "html")
    content = content_of(shell.tag, shell.namespace, shell.attributes)
    return Root(tuple([_node(item, content) for item in _items(source)]), shell.context)


def _items(element: LxmlItem) -> list[LxmlItem]:
    """The children of an lxml element: a ``str`` for a text, else what lxml has."""
    items: list[LxmlItem] = [element.text] if element.text else []
    for child in element:
        items.append(child)
        if child.tail:
            items.append(child.tail)
    return items


def _document_items(document: LxmlItem) -> list[LxmlItem]:
    root = document.getroot()
    before = list(root.itersiblings(preceding=True))[::-1]
    doctype = document.docinfo.doctype
    first = [Doctype(doctype[len("<!DOCTYPE ") : -1])] if doctype else []
    return [*first, *before, root, *root.itersiblings()]


def _node(item: LxmlItem, content: Content) -> Node:
    """The node of one item with all below it."""
    top: list[Node] = []
    pending: list[tuple[LxmlItem, Content, list[Node]]] = [(item, content, top)]
    opened: list[tuple[Element, list[Node], list[Node], int]] = []
    while pending:
        item, content, siblings = pending.pop()
        leaf = _leaf(item)
        if leaf is not None:
            siblings.append(leaf)
            continue
        shell = _shell(item, content)
        children: list[Node] = []
        opened.append((shell, children, siblings, len(siblings)))
        siblings.append(shell)
        below = content_of(shell.tag, shell.namespace, shell.attributes)
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


def _shell(element: LxmlItem, content: Content) -> Element:
    """The node of an lxml element without its children."""
    name = etree.QName(element.tag)
    namespace = _NAMESPACE_OF_URI.get(name.namespace)
    tag = element.tag if name.namespace and namespace is None else name.localname
    attributes = {_attribute_name(key): value for key, value in element.attrib.items()}
    return Element(tag, attributes, (), namespace or namespace_of(tag, content))


def _attribute_name(name: str) -> str:
    if name[0] != "{":
        return name
    qualified = etree.QName(name)
    prefix = _PREFIX_OF_URI.get(qualified.namespace)
    return f"{prefix}:{qualified.localname}" if prefix else name


# To lxml --------------------------------------------------------------------------------------------------

_LxmlChange: TypeAlias = Callable[[], object]
"""One change of an lxml tree, prepared and certain to work."""


def apply_to_lxml(element: LxmlItem, patches: Sequence[Patch]) -> None:
    """Apply ``patches`` to the tree below ``element`` (or in an ``ElementTree``).

    Elements that stay are the same objects afterwards. Raises ``PatchError``, before anything has changed, if
    a patch does not match or makes something that lxml cannot hold: two texts side by side, control characters,
    names that XML does not know. Cost: the tree, for reading it.
    """
    root = draft_patches(tree_from_lxml(element), patches).root
    plan = _Plan()
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

    def __init__(self) -> None:
        self.changes: list[_LxmlChange] = []
        self._pending: list[tuple[Draft, LxmlItem]] = []

    def open(self, draft: Draft, element: LxmlItem) -> None:
        """Compare the children of ``draft`` with those of ``element``, when its turn comes."""
        self._pending.append((draft, element))

    def complete(self) -> None:
        while self._pending:
            self._children(*self._pending.pop())

    def document(self, root: Draft, document: LxmlItem) -> None:
        items = _document_items(document)
        if list(map(_origin, root.children)) != list(root.node.children):
            raise ValueError("what is beside the root element of a document cannot be changed in place")
        for child, item in zip(root.children, items, strict=True):
            self._kept(child, item)

    def _children(self, draft: Draft, element: LxmlItem) -> None:
        items = _items(element)
        known = {id(node): item for node, item in zip(draft.node.children, items, strict=True)}
        wanted = []
        for child in draft.children:
            origin = _origin(child)
            is_new = origin is None
            wanted.append(_make(child.node, element) if is_new else self._kept(child, known[id(origin)]))
        if any(isinstance(left, str) and isinstance(right, str) for left, right in pairwise(wanted)):
            raise ValueError("two texts side by side")
        if wanted != items:  # elements are equal only if they are the same objects
            self.changes.append(lambda: _set_items(element, wanted))

    def _kept(self, child: Child, item: LxmlItem) -> LxmlItem:
        """The lxml item that a kept child is after the patches."""
        if type(child) is not Draft:
            return item
        if isinstance(item, str):
            return _checked(child.data or "")
        if type(child.node) is Element:
            if child.attributes is not child.node.attributes:
                self._attributes(item, child.node.attributes, child.attributes or {})
            self.open(child, item)
        elif child.data is not None and child.data != child.node.data:
            data = _checked(child.data)
            self.changes.append(lambda: _set_data(item, data))
        return item

    def _attributes(self, item: LxmlItem, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        gone = [_lxml_attribute(name, item) for name in old if name not in new]
        set_to = [
            (_lxml_attribute(name, item), value) for name, value in new.items() if old.get(name) != value
        ]
        trial = item.makeelement(item.tag)
        for name, value in set_to:
            trial.set(name, _checked(value))
        self.changes.append(lambda: [item.attrib.pop(name) for name in gone])
        self.changes.append(lambda: [item.set(name, value) for name, value in set_to])


def _origin(child: Child) -> LxmlItem:
    """The node that was there before the patches; ``None`` for a new one."""
    if type(child) is not Draft:
        return child
    return None if child.is_new else child.node


def _set_data(item: LxmlItem, data: str) -> None:
    if isinstance(item, etree._ProcessingInstruction):
        data = data.removeprefix(item.target).removeprefix(" ")
    item.text = data


def _lxml_attribute(name: str, element: LxmlItem) -> str:
    """Names with a prefix have a namespace where elements have one; lxml's HTML trees have none."""
    prefix, colon, local = name.partition(":")
    in_namespace = colon and prefix in _URI_OF_PREFIX and element.tag[0] == "{"
    return f"{{{_URI_OF_PREFIX[prefix]}}}{local}" if in_namespace else name


def _checked(text: str) -> str:
    bad = _REFUSED.search(text)
    if bad:
        raise ValueError(f"the character {bad[0]!r}")
    return text


def _set_items(element: LxmlItem, items: list[LxmlItem]) -> None:
    """Make ``items`` the children of ``element``. Elements that are already in place are not touched."""
    children = [item for item in items if not isinstance(item, str)]
    wanted = set(map(id, children))
    for child in list(element):
        if id(child) not in wanted:
            element.remove(child)
    for index, child in enumerate(children):
        if index >= len(element) or element[index] is not child:
            element.insert(index, child)
        child.tail = None
    element.text = None
    last = None
    for item in items:
        if not isinstance(item, str):
            last = item
        elif last is None:
            element.text = item
        else:
            last.tail = item


# New ones -------------------------------------------------------------------------------------------------


def _make(node: Node, parent: LxmlItem) -> LxmlItem:
    """A new item of lxml for ``node``, of the classes that the tree of ``parent`` is made of."""
    top: list[LxmlItem] = []
    pending: list[tuple[Node, LxmlItem, list[LxmlItem]]] = [(node, parent, top)]
    opened: list[tuple[LxmlItem, list[LxmlItem]]] = []
    while pending:
        node, above, siblings = pending.pop()
        if not isinstance(node, Element):
            siblings.append(_make_leaf(node))
            continue
        element = _make_shell(node, above)
        items: list[LxmlItem] = []
        opened.append((element, items))
        siblings.append(element)
        pending += [(child, element, items) for child in reversed(node.children)]
    for element, items in opened:
        _set_items(element, items)
    return top[0]


def _make_leaf(node: Node) -> LxmlItem:
    assert not isinstance(node, Element)
    data = _checked(node.data)
    if isinstance(node, Text):
        return data
    if isinstance(node, Comment):
        comment = etree.Comment("")
        comment.text = data
        return comment
    assert isinstance(node, ProcessingInstruction), "HTML has no doctype below an element"
    target, _, text = data.partition(" ")
    return etree.ProcessingInstruction(target, text)


def _make_shell(node: Element, parent: LxmlItem) -> LxmlItem:
    tag = f"{{{NAMESPACE_URIS[node.namespace]}}}{node.tag}" if parent.tag[0] == "{" else node.tag
    element = parent.makeelement(tag)
    for name, value in node.attributes.items():
        element.set(_lxml_attribute(name, element), _checked(value))
    return element
