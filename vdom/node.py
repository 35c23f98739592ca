"""The data: immutable nodes of a tree as the browser builds it.

``Element``, ``Text``, ``Comment``, ``ProcessingInstruction`` and ``Doctype`` are what a DOM holds. ``Root`` holds
them: it is a component's root, a parsed fragment or a whole document. Every node that the browser has is here,
whitespace and comments included.

    >>> item = Element("li", {"key": "7"}, (Text("milk"),))
    >>> item.name, item.kind, item.key, item.context
    ('li', 'li', '7', 'li')
    >>> item == Element("li", {"key": "7"}, (Text("milk"),))
    True

``NodeLike`` says what the diff asks of a node. Neither ``==`` nor ``hash()`` recurses, so deep trees are safe.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final, Protocol, TypeAlias

from .htmlspec import PLAIN_NAME
from .namespaces import NO_ATTRIBUTES, Namespace, join_context
from .syntax import HTML, Syntax

DOCUMENT: Final = "#document"
"""The context of a whole document, which no fragment can be put into."""
KEY_ATTRIBUTES: Final = ("key", "data-key", "id")
"""Where a key is looked for, the most explicit first."""

IGNORE: Final = "data-live-ignore"
"""An element with this attribute is managed itself, its children are not."""

_set = object.__setattr__


class NodeLike(Protocol):
    """What the diff asks of any node: one of those below, an instance of a template, a nested component.

    Besides this, ``==`` and ``hash()`` tell whether two whole subtrees are the same.
    """

    @property
    def name(self) -> str:
        """Its name in a path: ``"p"``, ``"text"``, ``"comment"``; ``"*"`` where the name would be ambiguous there."""

    @property
    def kind(self) -> str:
        """Two nodes of one kind may be patched into each other: ``"p"``, ``"svg:a"``, ``"input:radio"``."""

    @property
    def key(self) -> str | None:
        """The author's name for it among its siblings; ``None`` if it has none."""

    def __hash__(self) -> int:
        """Equal for equal trees."""


class _Frozen:
    """Refuses assignment, so that trees can share subtrees and cache what is known about them."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(
            f"{type(self).__name__} is immutable: build a new node instead of setting {name!r}"
        )

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable: {name!r} cannot be deleted")


class _Leaf(_Frozen):
    """A node of character data."""

    __slots__ = ("data",)
    __match_args__ = ("data",)
    name: str
    kind: str
    key: None = None
    data: str

    def __init__(self, data: str) -> None:
        _set(self, "data", data)

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.data,)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.data == self.data

    def __hash__(self) -> int:
        return hash((self.kind, self.data))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.data!r})"


class Text(_Leaf):
    """Characters, entities decoded. In a parsed tree never empty and never beside another text."""

    __slots__ = ()
    name = "text"
    kind = "#text"


class Comment(_Leaf):
    """``<!--data-->``."""

    __slots__ = ()
    name = "comment"
    kind = "#comment"


class ProcessingInstruction(_Leaf):
    """``<?data>``, which HTML parsers keep since 2025; ``data`` is all between ``<?`` and ``>``."""

    __slots__ = ()
    name = "pi"
    kind = "#pi"


class Doctype(_Leaf):
    """``<!DOCTYPE data>``; ``data`` is all between the keyword and ``>``, mostly ``"html"``."""

    __slots__ = ()
    name = "doctype"
    kind = "#doctype"


class ElementDraft:
    """An element that a parser is still filling: assigning ``Element`` to its ``__class__`` freezes it.

    Three times as fast as calling ``Element``, which has to get around its own refusal of assignment.
    """

    __slots__ = ("_hash", "_ids", "attributes", "children", "key", "namespace", "tag")
    tag: str
    """As the DOM has it: lower case in HTML, adjusted in SVG (``foreignObject``)."""
    attributes: Mapping[str, str]
    """In source order; ``""`` for one without a value. Never changed after the node is made."""
    children: tuple[Node, ...]
    """For ``<template>``: those of its content."""
    namespace: Namespace
    key: str | None
    """The value of ``key``, else ``data-key``, else ``id``."""
    _hash: int | None
    _ids: tuple[str, ...] | None
    """The ids in this subtree, cached by the diff. Not set until it asks."""

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        children: tuple[Node, ...],
        namespace: Namespace,
        key: str | None,
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children = children
        self.namespace = namespace
        self.key = key
        self._hash = None


class Element(_Frozen, ElementDraft):
    """One element with everything below it."""

    __slots__ = ()
    __match_args__ = ("tag", "attributes", "children")

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str] = NO_ATTRIBUTES,
        children: tuple[Node, ...] = (),
        namespace: Namespace = "html",
    ) -> None:
        _set(self, "tag", tag)
        _set(self, "attributes", attributes)
        _set(self, "children", children)
        _set(self, "namespace", namespace)
        _set(self, "key", key_of(attributes) if attributes else None)
        _set(self, "_hash", None)

    def __reduce__(self) -> tuple[object, ...]:
        return Element, (self.tag, self.attributes, self.children, self.namespace)

    @property
    def name(self) -> str:
        """The tag, or ``"*"`` where a tag would be ambiguous in a path (SVG's ``<text>``, ``<a"b>``)."""
        return path_name(self.tag)

    @property
    def context(self) -> str:
        """The context in which a parser reads its children: ``"tbody"``, ``"svg:g"``."""
        return join_context(self.tag, self.namespace)

    @property
    def kind(self) -> str:
        """Tag and namespace, and for ``<input>`` its type: a checkbox never turns into a text field.

        An element with ``data-live-ignore`` is of a different kind than one whose children are managed.
        """
        if IGNORE in self.attributes and self.namespace != "xml":
            return f"{self.namespace}:{self.tag}:ignore"
        if self.namespace != "html":
            return f"{self.namespace}:{self.tag}"
        if self.tag == "input":
            return "input:" + self.attributes.get("type", "text")
        return self.tag

    def __eq__(self, other: object) -> bool:
        # By hash first: this tells different ones apart at once, however often a diff asks on its way down.
        if self is other or type(other) is not Element:
            return self is other
        return (self._hash or hash(self)) == (other._hash or hash(other)) and _same_trees(self, other)

    def __hash__(self) -> int:
        if self._hash is None:
            _hash_bottom_up(self)
        return self._hash  # type: ignore[return-value]

    def __repr__(self) -> str:
        attributes = "".join(f" {name}={value!r}" for name, value in self.attributes.items())
        return f"<Element {self.tag}{attributes}, {len(self.children)} children>"


def with_children(element: Element, children: tuple[Node, ...]) -> Element:
    """The same element with other children."""
    draft = ElementDraft(element.tag, element.attributes, children, element.namespace, element.key)
    draft.__class__ = Element
    return draft  # type: ignore[return-value]


class Root(_Frozen):
    """A whole tree: its children.

    ``context`` is the tag of the element that the children were parsed in (``"body"``, ``"tbody"``, ``"svg"``),
    or ``"#document"`` for a whole document. Two roots are equal if their nodes and contexts are.
    """

    __slots__ = ("_hash", "_source", "children", "context", "syntax")
    __match_args__ = ("children",)
    name: str = ""
    kind: str = "#root"
    key: None = None
    children: tuple[Node, ...]
    context: str
    syntax: Syntax
    """By which rules markup is read that is put into this tree."""
    _hash: int | None
    _source: object
    """What the parser remembers of the HTML it read; ``None`` for a root made by hand."""

    def __init__(self, children: tuple[Node, ...] = (), context: str = "body", syntax: Syntax = HTML) -> None:
        _set(self, "children", children)
        _set(self, "context", context)
        _set(self, "syntax", syntax)
        _set(self, "_hash", None)
        _set(self, "_source", None)

    def __reduce__(self) -> tuple[object, ...]:
        return Root, (self.children, self.context, self.syntax)

    def __eq__(self, other: object) -> bool:
        return self is other or (type(other) is Root and _same_trees(self, other))

    def __hash__(self) -> int:
        if self._hash is None:
            _hash_bottom_up(self)
        return self._hash  # type: ignore[return-value]

    def __repr__(self) -> str:
        return f"<Root in {self.context}, {len(self.children)} children>"


Node: TypeAlias = Element | Text | Comment | ProcessingInstruction | Doctype
Parent: TypeAlias = Element | Root


def key_of(attributes: Mapping[str, str]) -> str | None:
    """The key that attributes give their element, or ``None``."""
    for name in KEY_ATTRIBUTES:
        if name in attributes:
            return attributes[name]
    return None


@lru_cache(maxsize=512)
def path_name(tag: str) -> str:
    """The name of a tag in a path; ``"*"`` if it would be read as something else there."""
    return tag if PLAIN_NAME.fullmatch(tag) and tag not in {"text", "comment", "pi", "doctype"} else "*"


def iter_nodes(root: Parent) -> Iterator[Node]:
    """Every node below ``root``, parents before children, in document order."""
    stack: list[Node] = list(reversed(root.children))
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, Element):
            stack.extend(reversed(node.children))


def _same_trees(old: Parent, new: Parent) -> bool:
    stack: list[tuple[Node | Root, Node | Root]] = [(old, new)]
    while stack:
        left, right = stack.pop()
        if left is right:
            continue
        if type(left) is Element and type(right) is Element:
            if not _same_shell(left, right):
                return False
            stack.extend(zip(left.children, right.children, strict=True))
        elif type(left) is Root and type(right) is Root:
            if left.context != right.context or len(left.children) != len(right.children):
                return False
            stack.extend(zip(left.children, right.children, strict=True))
        elif left != right:
            return False
    return True


def _same_shell(left: Element, right: Element) -> bool:
    """Are two elements equal except for what their children are?"""
    if len(left.children) != len(right.children):
        return False
    if left._hash is not None and right._hash is not None and left._hash != right._hash:
        return False
    return left.tag == right.tag and left.namespace == right.namespace and left.attributes == right.attributes


def _hash_bottom_up(root: Parent) -> None:
    """Fill in ``_hash`` of every element below ``root``, children before parents."""
    pending: list[Parent] = [root]
    ordered: list[Parent] = []
    while pending:
        node = pending.pop()
        ordered.append(node)
        pending.extend(child for child in node.children if isinstance(child, Element) and child._hash is None)
    for node in reversed(ordered):
        shell = (
            node.context
            if type(node) is Root
            else (node.tag, node.namespace, frozenset(node.attributes.items()))  # type: ignore[union-attr]
        )
        _set(node, "_hash", hash((shell, node.children)))
