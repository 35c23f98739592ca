"""The data: immutable nodes of a tree as the browser builds it.

``Element``, ``Text``, ``Comment``, ``ProcessingInstruction`` and ``Doctype`` are what a DOM holds; ``Root``
is the place they hang in: a component's root, a parsed fragment or a whole document. Every node the browser
has is here, whitespace and comments included.

All nodes answer the same four questions, and the diff asks no others:

* ``name``: its step in a path (``"p"``, ``"text"``, ``"comment"``);
* ``kind``: two nodes of one kind may be patched into each other (``"p"``, ``"svg:a"``, ``"input:radio"``);
* ``key``: what the author calls it among its siblings, or ``None``;
* ``==`` and ``hash()``: is the whole subtree the same (neither recurses, so depth is no danger).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, ClassVar, Final, Literal, TypeAlias

from .htmlspec import PLAIN_NAME

Namespace: TypeAlias = Literal["html", "svg", "math"]

NO_ATTRIBUTES: Final[Mapping[str, str]] = {}
KEY_ATTRIBUTES: Final = ("key", "data-key", "id")
"""Where a key is looked for, the most explicit first."""

IGNORE: Final = "data-live-ignore"
"""An element with this attribute is managed itself, its children are not."""

_set = object.__setattr__


class _Frozen:
    """Refuses assignment, so that trees can share subtrees and cache what they know about them."""

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
    name: ClassVar[str]
    kind: ClassVar[str]
    key: ClassVar[None] = None
    data: str

    def __init__(self, data: str) -> None:
        _set(self, "data", data)

    def __reduce__(self) -> tuple[Any, ...]:
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
    """An element that a parser still fills: assigning ``Element`` to its ``__class__`` freezes it.

    Three times as fast as calling ``Element``, which has to get round its own refusal to be changed.
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
    """What the diff remembers: ids in this subtree. Not set until it asks."""

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

    def __reduce__(self) -> tuple[Any, ...]:
        return Element, (self.tag, self.attributes, self.children, self.namespace)

    @property
    def name(self) -> str:
        """The tag, or ``"*"`` where a tag would be ambiguous in a path (SVG's ``<text>``, ``<a"b>``)."""
        return path_name(self.tag)

    @property
    def kind(self) -> str:
        """Tag and namespace, and for ``<input>`` its type: a checkbox never turns into a text field.

        An element whose children belong to somebody else (``data-live-ignore``) is of another kind than one
        whose children are managed.
        """
        if IGNORE in self.attributes:
            return f"{self.namespace}:{self.tag}:ignore"
        if self.namespace != "html":
            return f"{self.namespace}:{self.tag}"
        if self.tag == "input":
            return "input:" + self.attributes.get("type", "text")
        return self.tag

    def __eq__(self, other: object) -> bool:
        # By hash first: different ones are told apart at once, however often a diff asks on its way down.
        return self is other or (
            type(other) is Element and hash(self) == hash(other) and _same_trees(self, other)
        )

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
    """Where a tree hangs: the children are the tree.

    ``context`` is the element the children were parsed in (``"body"``, ``"tbody"``, ``"svg"``), or
    ``"#document"`` for a whole document.
    """

    __slots__ = ("_hash", "_source", "children", "context")
    __match_args__ = ("children",)
    name: ClassVar[str] = ""
    kind: ClassVar[str] = "#root"
    key: ClassVar[None] = None
    children: tuple[Node, ...]
    context: str
    _hash: int | None
    _source: Any
    """What the parser remembers of the HTML it read; ``None`` for a root made by hand."""

    def __init__(self, children: tuple[Node, ...] = (), context: str = "body") -> None:
        _set(self, "children", children)
        _set(self, "context", context)
        _set(self, "_hash", None)
        _set(self, "_source", None)

    def __reduce__(self) -> tuple[Any, ...]:
        return Root, (self.children, self.context)

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
    stack: list[tuple[Any, Any]] = [(old, new)]
    while stack:
        left, right = stack.pop()
        if left is right:
            continue
        if not isinstance(left, (Element, Root)):
            if left != right:
                return False
        elif not _same_shell(left, right):
            return False
        else:
            stack.extend(zip(left.children, right.children, strict=True))
    return True


def _same_shell(left: Any, right: Any) -> bool:
    """Are two nodes equal but for what their children are?"""
    if type(left) is not type(right) or len(left.children) != len(right.children):
        return False
    if type(left) is Root:
        return bool(left.context == right.context)
    if left._hash is not None and right._hash is not None and left._hash != right._hash:
        return False
    return bool(
        left.tag == right.tag and left.namespace == right.namespace and left.attributes == right.attributes
    )


def _hash_bottom_up(root: Parent) -> None:
    """Fill in ``_hash`` of every element below ``root``, children before parents."""
    pending: list[Any] = [root]
    ordered: list[Any] = []
    while pending:
        node = pending.pop()
        ordered.append(node)
        pending.extend(child for child in node.children if isinstance(child, Element) and child._hash is None)
    for node in reversed(ordered):
        shell = (
            node.context
            if type(node) is Root
            else (node.tag, node.namespace, frozenset(node.attributes.items()))
        )
        _set(node, "_hash", hash((shell, node.children)))
