"""The nodes of a page: elements whose attributes, children and state can change.

    <input name="q" value="a">    ``attributes`` has "a"; after the user typed "b", ``typed`` is "b"

Attributes come from the server, state comes from the user. ``to_node()`` copies the attributes alone, so what a
user did never looks like a difference from the server's HTML.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import Any, Final

from hyper.vdom import Comment, Doctype, Element, Node, ProcessingInstruction, Text, parse_html
from hyper.vdom.node import IGNORE, path_name

COMPONENT: Final = "data-live-component"
"""The attribute with a component's id, on the element that holds what the component shows."""
SELF: Final = "data-live-self"
"""The attribute on an element that is a component's own root, without a wrapper around it."""

_INLINE: Final = frozenset(
    "a abbr b bdi bdo cite code data del dfn em font i ins kbd mark q s samp small span strong sub sup time u"
    " var wbr text tspan".split()
)
_UNSEEN: Final = frozenset({"script", "style", "template"})


class DomLeaf:
    """A text, comment, processing instruction or doctype."""

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


class Told(Enum):
    """Why the server knows no state of a control."""

    NOTHING = "nothing was sent yet"
    LOST = "what was sent did not arrive"
    TOO_LONG = "it does not fit into a message"


class DomElement:
    """One element: its attributes, its children, and the state that is not in its attributes."""

    __slots__ = (
        "attributes", "busy", "checked", "children", "held", "kept", "modal", "namespace", "opened", "parent",
        "reported", "selected", "spent", "tag", "typed",
    )  # fmt: skip

    def __init__(self, tag: str, attributes: dict[str, str] | None = None, namespace: Any = "html") -> None:
        self.tag = tag
        self.namespace = namespace
        self.attributes = attributes or {}
        self.children: list[DomNode] = []
        self.parent: DomElement | None = None
        self.typed: str | None = None
        """The text that a control shows; ``None`` while it shows the one in its attributes."""
        self.checked: bool | None = None
        """Whether a checkbox or radio button is ticked; ``None`` while its attributes decide."""
        self.selected: bool | None = None
        """Whether an option is selected; ``None`` while its attributes decide.

        Of a ``<select>`` ``False`` says that it shows none of its options.
        """
        self.reported: str | Told = Told.NOTHING
        """The state of a control that the server knows: the last one that it was sent, or that it sent itself."""
        self.kept: dict[str, str | None] = {}
        """Attributes that actions have set, which override the server's. ``.name`` is a class; ``None`` removes."""
        self.opened: bool | None = None
        """Whether a dialog or popover was opened or closed by its user; ``None`` while its attributes decide."""
        self.modal = 0
        """Of a modal dialog that is open, its place among those: the highest is in front. 0 of all else."""
        self.busy = 0
        """How many unacknowledged events are bound to it."""
        self.held = ""
        """The attribute that disables a submit button until its event is acknowledged; empty if there is none."""
        self.spent: set[str] = set()
        """Its ``@event.once`` attributes that have fired."""

    @property
    def name(self) -> str:
        return path_name(self.tag)

    def shown(self) -> dict[str, str]:
        """The attributes as the page has them: the server's, then those of actions and of the loading state."""
        is_turned = self.opened is not None and self.tag == "dialog"
        if not (self.kept or self.busy or self.held or is_turned):
            return self.attributes
        shown = dict(self.attributes)
        if is_turned:
            shown.pop("open", None)
            shown.update({"open": ""} if self.opened else {})
        if self.busy:
            _set_class(shown, "live-loading", True)
            shown["aria-busy"] = "true"
        if self.held:
            shown[self.held] = "" if self.held == "disabled" else "true"
        for name, value in self.kept.items():
            if name.startswith("."):
                _set_class(shown, name[1:], value is not None)
            elif value is None:
                shown.pop(name, None)
            else:
                shown[name] = value
        return shown

    def keep(self, name: str, value: str | None) -> None:
        """Set an attribute, or a class as ``.name``, for as long as the element lives; ``None`` removes it."""
        self.kept[name] = value

    def get(self, name: str) -> str | None:
        return self.shown().get(name)

    def has(self, name: str) -> bool:
        return name in self.shown()

    def set_children(self, children: Iterable[DomNode], parent: DomElement | None = None) -> None:
        """Replace the children. ``parent`` is the element that holds them on the page, where that is another one."""
        for child in self.children:
            child.parent = None
        self.children = list(children)
        for child in self.children:
            child.parent = parent or self

    def elements(self) -> Iterator[DomElement]:
        """Every element inside this one, in document order."""
        stack: list[DomNode] = self.children[::-1]
        while stack:
            node = stack.pop()
            if isinstance(node, DomElement):
                yield node
                stack += node.children[::-1]

    def ancestors(self) -> Iterator[DomElement]:
        """This element and the elements around it, innermost first."""
        node: DomElement | None = self
        while node is not None:
            yield node
            node = node.parent

    def closest(self, *tags: str) -> DomElement | None:
        """The nearest element with one of these tags, starting at this one; ``None`` if there is none."""
        return next((node for node in self.ancestors() if node.tag in tags), None)

    def contains(self, other: DomElement) -> bool:
        return any(node is self for node in other.ancestors())

    @property
    def is_closed(self) -> bool:
        """Does the content belong to a script or to the browser, so that it is never patched?"""
        return IGNORE in self.attributes or self.tag == "selectedcontent"

    def to_node(self, *, is_shown: bool = False) -> Element:
        """An immutable copy: as the server has it, or with ``is_shown`` as the page shows it."""
        children = []
        for child in self.children:  # no comprehension: it would double the depth of the stack
            children.append(child.to_node(is_shown=is_shown))
        attributes = self.shown() if is_shown else self.attributes
        return Element(self.tag, dict(attributes), tuple(children), self.namespace)

    def raw_text(self) -> str:
        """The text inside, unchanged."""
        pieces: list[str] = []
        _collect(self, pieces, is_raw=True)
        return "".join(pieces)

    def text(self) -> str:
        """The text inside as a reader sees it: white space collapsed, a space between blocks."""
        pieces: list[str] = []
        _collect(self, pieces, is_raw=False)
        return " ".join("".join(pieces).split())

    def start_tag(self) -> str:
        """``<input name="q">``, for error messages."""
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
    """A changeable copy of an immutable node and everything inside it."""
    if not isinstance(node, Element):
        return DomLeaf(node)
    element = DomElement(node.tag, dict(node.attributes), node.namespace)
    children = []
    for child in node.children:
        children.append(to_dom(child))  # no comprehension: it would double the depth of the stack
    element.set_children(children)
    return element


def component_root(component_id: str, html: str) -> DomElement:
    """The element that holds a page-level component with this HTML. Cost: parsing it."""
    root = DomElement("div", {COMPONENT: component_id})
    root.set_children([to_dom(node) for node in parse_html(html).children])
    return root


def component_of(element: DomElement) -> DomElement:
    """The root element of the component that an element belongs to."""
    return next(node for node in element.ancestors() if COMPONENT in node.attributes)
