"""A page as the simulated browser holds it: nodes that can change, and what the user did to its controls.

    <input name="q" value="a">    the attribute says "a"; after typing, ``typed`` says what is shown

Attributes are the server's, state is the user's: the tree that is compared with the server's HTML has none of
the state in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from hyper.diff.paths import NamedChildren
from hyper.vdom import Comment, Doctype, Element, Node, ProcessingInstruction, Text
from hyper.vdom.node import IGNORE, path_name

COMPONENT: Final = "data-live-component"
SELF: Final = "data-live-self"

_INLINE: Final = frozenset(
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strong sub sup time u"
    " var wbr text tspan".split()
)
_UNSEEN: Final = frozenset({"script", "style", "template"})


class DomLeaf:
    """A text, comment or the like."""

    __slots__ = ("data", "kind", "parent")

    def __init__(self, node: Text | Comment | ProcessingInstruction | Doctype) -> None:
        self.kind: Any = type(node)
        self.data = node.data
        self.parent: DomElement | None = None

    @property
    def name(self) -> str:
        return str(self.kind.name)

    def to_node(self, *, is_shown: bool = False) -> Node:
        return self.kind(self.data)  # type: ignore[no-any-return]


class DomElement:
    """One element, with the state that attributes do not tell."""

    __slots__ = (
        "attributes", "busy", "checked", "children", "held", "is_late", "kept", "namespace", "parent", "reported",
        "selected", "spent", "tag", "typed", "waiting",
    )  # fmt: skip

    def __init__(self, tag: str, attributes: dict[str, str] | None = None, namespace: Any = "html") -> None:
        self.tag = tag
        self.namespace = namespace
        self.attributes = attributes or {}
        self.children: list[DomNode] = []
        self.parent: DomElement | None = None
        self.typed: str | None = None
        """What a text field shows; ``None``: what its attributes say."""
        self.reported: str | None = None
        """What it showed when the server was last told or told it."""
        self.checked: bool | None = None
        self.selected: bool | None = None
        self.kept: dict[str, str | None] = {}
        """What actions have set, over the server's ``attributes``; a class is ``.name``, ``None`` takes away."""
        self.busy = self.held = self.waiting = 0
        """How many events that are not acknowledged are its own, disable it, or happened at it."""
        self.is_late = False
        """Has it not been given yet what the server wants it to show?"""
        self.spent: set[str] = set()
        """Its ``@event.once`` attributes that have fired."""

    @property
    def name(self) -> str:
        return path_name(self.tag)

    def shown(self) -> dict[str, str]:
        """The attributes as the page has them: the server's, over them what actions have set and what is loading."""
        if not (self.kept or self.busy or self.held):
            return self.attributes
        shown = dict(self.attributes)
        if self.busy:
            _set_class(shown, "live-loading", True)
            shown["aria-busy"] = "true"
        if self.held:
            shown["disabled"] = ""
        for name, value in self.kept.items():
            if name.startswith("."):
                _set_class(shown, name[1:], value is not None)
            elif value is None:
                shown.pop(name, None)
            else:
                shown[name] = value
        return shown

    def keep(self, name: str, value: str | None) -> None:
        """Set an attribute, or a class as ``.name``, for as long as the element lives; ``None`` takes it away."""
        self.kept[name] = value

    def get(self, name: str) -> str | None:
        return self.shown().get(name)

    def has(self, name: str) -> bool:
        return name in self.shown()

    def set_children(self, children: Iterable[DomNode], parent: DomElement | None = None) -> None:
        """Hang other nodes in this one; ``parent`` is what the page has them in, if that is another element."""
        for child in self.children:
            child.parent = None
        self.children = list(children)
        for child in self.children:
            child.parent = parent or self

    def elements(self) -> Iterator[DomElement]:
        """Every element below, parents before children, in document order."""
        stack: list[DomNode] = self.children[::-1]
        while stack:
            node = stack.pop()
            if isinstance(node, DomElement):
                yield node
                stack += node.children[::-1]

    def ancestors(self) -> Iterator[DomElement]:
        """This element and those around it, the nearest first."""
        node: DomElement | None = self
        while node is not None:
            yield node
            node = node.parent

    def closest(self, *tags: str) -> DomElement | None:
        """The nearest of these, from this element up."""
        return next((node for node in self.ancestors() if node.tag in tags), None)

    def contains(self, other: DomElement) -> bool:
        return any(node is self for node in other.ancestors())

    @property
    def is_closed(self) -> bool:
        """Is what is below somebody else's, never to be patched?"""
        return IGNORE in self.attributes or self.tag == "selectedcontent"

    def to_node(self, *, is_shown: bool = False) -> Element:
        """An immutable copy: as the server has it, or as it is shown, with what actions have set."""
        children = []
        for child in self.children:  # no comprehension: it would double the depth of the stack
            children.append(child.to_node(is_shown=is_shown))
        attributes = self.shown() if is_shown else self.attributes
        return Element(self.tag, dict(attributes), tuple(children), self.namespace)

    def raw_text(self) -> str:
        """The text in it, as it is."""
        pieces: list[str] = []
        _collect(self, pieces, is_raw=True)
        return "".join(pieces)

    def text(self) -> str:
        """The text in it as a reader sees it: white space collapsed, blocks set apart."""
        pieces: list[str] = []
        _collect(self, pieces, is_raw=False)
        return " ".join("".join(pieces).split())

    def start_tag(self) -> str:
        """``<input name="q">``, for messages."""
        shown = [f'{name}="{value}"' if value else name for name, value in self.shown().items()]
        return f"<{' '.join([self.tag, *shown])}>"

    def __repr__(self) -> str:
        return self.start_tag()


DomNode = DomElement | DomLeaf


def _set_class(attributes: dict[str, str], name: str, is_on: bool) -> None:
    classes = [other for other in attributes.get("class", "").split() if other != name]
    attributes["class"] = " ".join([*classes, name] if is_on else classes)


def _collect(element: DomElement, pieces: list[str], is_raw: bool) -> None:
    for child in element.children:
        if isinstance(child, DomElement):
            if is_raw or child.tag not in _UNSEEN:
                edge = "" if is_raw or child.tag in _INLINE else " "
                pieces.append(edge)
                _collect(child, pieces, is_raw)
                pieces.append(edge)
        elif child.kind is Text:
            pieces.append(child.data)


def to_dom(node: Node) -> DomNode:
    """A changeable copy of an immutable node and all that is below it."""
    if not isinstance(node, Element):
        return DomLeaf(node)
    element = DomElement(node.tag, dict(node.attributes), node.namespace)
    children = []
    for child in node.children:
        children.append(to_dom(child))  # no comprehension: it would double the depth of the stack
    element.set_children(children)
    return element


def component_of(element: DomElement) -> DomElement:
    """The root of the component that an element belongs to."""
    return next(node for node in element.ancestors() if COMPONENT in node.attributes)


def find_component(top: DomElement, component_id: str) -> DomElement | None:
    """The root of a component of the page."""
    if top.get(COMPONENT) == component_id:
        return top
    return next((element for element in top.elements() if element.get(COMPONENT) == component_id), None)


def path_of(element: DomElement) -> str:
    """The path from the root of its component: ``form/input[2]``."""
    root = component_of(element)
    steps: list[str] = []
    node = element
    while node is not root:
        assert node.parent is not None
        siblings = node.parent.children
        steps.insert(0, NamedChildren(siblings).step(next(i for i, other in enumerate(siblings) if other is node)))
        node = node.parent
    if SELF in root.attributes:
        steps.insert(0, "*[1]" if root.name == "*" else root.name)
    return "/".join(steps)
