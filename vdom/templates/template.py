"""Templates: the static part once, the slot values per render.

A template is compiled once from its strings and shared by every render, instance and connection. Rendering one
gives an ``Instance``: the tuple ``(template, *values)``, its values in normal form (see ``values.py``).

    t'<li key="{item.id}">{item.text}</li>'
        Template   <li key=⟦1⟧>⟦2⟧</li>
        Instance   (template, 7, "milk")          # all that one render keeps

Two instances are equal exactly when they print the same, and comparing them is comparing tuples. HTML is
printed directly from static parts and values; nodes are only built (``expand``) where something has to look inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from ..errors import TemplateError
from ..node import Element, Node, NodeLike, Root, Text
from .facts import bindings_of, called_slots, can_be_off, can_hold_off, key_parts_of, pieces_of, submits_of
from .printing import Printer, value_to_html
from .slots import Part, Slot, SlotElement
from .values import NODES, Fragment, Opaque, RawHtml, Value, clean
from .values import Instance as Instance


class Template:
    """One compiled template, shared by everything made from it."""

    __slots__ = (
        "bindings", "called", "can_be_off", "content", "element", "file", "key_parts", "kind", "line", "marked", "name",
        "outer", "pieces", "plan", "printer", "roots", "single", "sources", "static_size", "submits",
    )  # fmt: skip

    some_hold: ClassVar[bool] = False
    """Has any template an element that can disable what other templates put into it? Most programs have none."""

    def __init__(self, content: tuple[Part, ...], sources: tuple[Source, ...], file: str, line: int) -> None:
        self.content = content
        self.sources = sources
        """Where each slot's value comes from."""
        self.file = file
        self.line = line
        root = content[0] if len(content) == 1 else None
        self.element: SlotElement | Element | None = (
            root if isinstance(root, (SlotElement, Element)) else None
        )
        self.single = self.element is not None
        """Is there one root, and is it an element?"""
        self.name = self.element.name if self.element else ""
        self.kind = self.element.kind if self.element else ""
        self.key_parts = key_parts_of(self.element) if self.element else None
        self.pieces = pieces_of(content)
        self.static_size = sum(len(piece) for piece in self.pieces if type(piece) is str)
        """Characters of HTML that every instance prints."""
        self.bindings = bindings_of(content)
        """Names of the handlers that the template binds to events, and how it calls them."""
        self.called = called_slots(content)
        """Places of handlers that it binds, and how it calls them."""
        self.submits = submits_of(content)
        """Names of handlers that it binds to ``submit``: their form is out of use with its buttons."""
        self.can_be_off = can_be_off(content) or "" in self.submits
        """Has it an element that can be disabled or inert, or a form that submits to a handler in a slot?"""
        if self.can_be_off and can_hold_off(content):
            Template.some_hold = True
        self.outer: Template | None = None
        """This template as a nested component shows it, made when it is needed (``handed_content.py``)."""
        self.marked: Template | None = None
        """This template of an ``<option>`` as the chosen one, made when it is needed (``bound_controls.py``)."""
        self.roots: dict[int, Template] = {}
        self.plan: object = None
        """The diff's plan for comparing two instances, which it makes and keeps here."""
        self.printer: Printer | None = None
        """The printer of instances, which ``printing.py`` makes and keeps here."""

    def __repr__(self) -> str:
        return f"<Template {self.file}:{self.line}>"

    def root(self, element: SlotElement) -> Template:
        """The template of one of several roots; it takes the same values."""
        if id(element) not in self.roots:
            self.roots[id(element)] = Template((element,), self.sources, self.file, self.line)
        return self.roots[id(element)]

    def instance(self, given: Sequence[object]) -> Value:
        """The normal form of a render: an ``Instance``, or plain nodes where there are no slots.

        ``given``: the raw value of each interpolation, in the order of the source.
        """
        if not self.sources:
            return self.constant()
        return Instance((self, *[source.value(given) for source in self.sources]))

    @staticmethod
    def html_of(instance: Instance) -> str:
        """The HTML of an instance."""
        return value_to_html(instance)

    def constant(self) -> Value:
        """The nodes of a template without slots."""
        nodes = flatten(self.content, (self,))
        return nodes[0] if len(nodes) == 1 else Fragment(nodes)


# Where the values of its slots come from ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValueSource:
    """The value of an interpolation, brought into normal form."""

    index: int
    normal: Callable[[object], Value]
    plain: frozenset[type]
    """Types whose values are in normal form already: compiled views pass them without a call."""
    most: int | None = None
    """If only whole numbers are plain: those beyond it, either way, are not."""

    def value(self, given: Sequence[object]) -> Value:
        return self.normal(given[self.index])


@dataclass(frozen=True, slots=True)
class StateSource:
    """A variable of the component whose template this is, which the control bound to it shows."""

    name: str
    """The variable, or a path that starts at one: ``user.name``."""
    normal: Callable[..., Value]
    plain: frozenset[type]
    beside: PropertyValue | Template | None = None
    """The second argument of ``normal``, if any: the value of the control, or the content of a ``<select>``.

    Then its third one is a function that converts texts to the variable's type (``bound_controls.Convert``).
    """

    def value(self, given: Sequence[object]) -> Value:
        raise TemplateError(
            f'@bind="{self.name}" works in the templates of a live component itself, where "{self.name}" is a '
            "variable: outside, give a value and a handler"
        )


PropertyValue: TypeAlias = "str | bool | int | tuple[str | int, ...]"
"""Text, ``True`` for a bare name, the index of an interpolation (any object), or text mixed with those."""


@dataclass(frozen=True, slots=True)
class ComponentSource:
    """A component in content: called with its properties at every render of the template around it."""

    function: int
    properties: tuple[tuple[str, PropertyValue], ...]
    spread: int | None
    """Index of an interpolation that holds a dict of further properties."""
    templates: tuple[tuple[str, Template], ...]
    """``children`` and named slots."""
    site: str
    """Where the tag is, ``file:line#n``: it identifies a nested live component across renders."""
    call: Callable[..., Value]

    def value(self, given: Sequence[object]) -> Value:
        properties = {name: self.property(value, given) for name, value in self.properties}
        if self.spread is not None:
            properties.update(given[self.spread])  # type: ignore[call-overload]
        properties.update({name: template.instance(given) for name, template in self.templates})
        return self.call(given[self.function], properties, self.site)

    @staticmethod
    def property(value: PropertyValue, given: Sequence[object]) -> object:
        if type(value) is int:
            return given[value]
        if isinstance(value, tuple):
            return "".join([part if isinstance(part, str) else str(given[part]) for part in value])
        return value


Source: TypeAlias = ValueSource | StateSource | ComponentSource


# Looking inside -----------------------------------------------------------------------------------------------


class OwnElement:
    """An element of a template among the children of its parent, while two renders are compared.

    Equal to itself with whatever values, because what is in its slots is compared on its own.
    """

    __slots__ = ("element", "values")

    def __init__(self, element: SlotElement, values: tuple[Value, ...]) -> None:
        self.element = element
        self.values = values

    @property
    def name(self) -> str:
        return self.element.name

    @property
    def kind(self) -> str:
        return self.element.kind

    @property
    def key(self) -> str | None:
        return self.element.key

    def __eq__(self, other: object) -> bool:
        return type(other) is OwnElement and other.element is self.element

    def __hash__(self) -> int:
        return id(self.element)

    def to_html(self) -> str:
        """The HTML of this element with its values."""
        return Instance((self.values[0].root(self.element), *self.values[1:])).to_html()


class _Flattener:
    """Collects nodes and joins adjacent texts, as a browser does."""

    def __init__(self, values: tuple[Value, ...], context: str, own: bool) -> None:
        self.values = values
        self.context = context
        self.own = own
        self.nodes: list[NodeLike] = []
        self.texts: list[str] = []

    def parts(self, content: tuple[Part, ...]) -> list[NodeLike]:
        for part in content:
            if isinstance(part, Slot):
                self.add(self.values[part.at])
            elif isinstance(part, SlotElement):
                self.node(OwnElement(part, self.values) if self.own else self.root(part, self.values))
            else:
                self.add(part)
        self.end_text()
        return self.nodes

    def add(self, value: Value) -> None:
        kind = type(value)
        if kind is str:
            self.texts.append(value)
        elif kind is Instance:
            if value[0].single:
                self.node(value)
            else:
                self.inside(value)
        elif kind is int:
            self.texts.append(str(value))
        elif kind is Fragment:
            for item in value:
                self.add(item)
        elif kind is RawHtml:
            for node in value.nodes(self.context):
                self.add(node)
        elif kind is Text:
            self.texts.append(value.data)
        elif value is not None:
            self.node(value)

    def inside(self, instance: Instance) -> None:
        """Add the roots of an instance that has several."""
        for part in instance[0].content:
            if isinstance(part, Slot):
                self.add(instance[part.at])
            elif isinstance(part, SlotElement):
                self.node(self.root(part, instance))
            else:
                self.add(part)

    @staticmethod
    def root(element: SlotElement, values: tuple[Value, ...]) -> Instance:
        return Instance((values[0].root(element), *values[1:]))

    def node(self, node: NodeLike) -> None:
        self.end_text()
        self.nodes.append(node)

    def end_text(self) -> None:
        if self.texts:
            text = "".join(self.texts)
            self.texts.clear()
            if text:
                self.nodes.append(Text(clean(text)))


def flatten(
    content: tuple[Part, ...], values: tuple[Value, ...], context: str = "body", *, own: bool = False
) -> list[NodeLike]:
    """The nodes that content makes with these values, adjacent texts joined.

    Instances with one root stay whole. With ``own``, the elements of the template itself become ``OwnElement``,
    for comparing two renders of it.
    """
    return _Flattener(values, context, own).parts(content)


def flatten_value(value: Value, context: str = "body") -> list[NodeLike]:
    """The nodes that one value in normal form makes."""
    if type(value) is Root:
        return list(value.children)
    flattener = _Flattener((), context, own=False)
    flattener.add(value)
    flattener.end_text()
    return flattener.nodes


def expand(value: Value, context: str = "body") -> tuple[Node, ...]:
    """Plain nodes for a value in normal form: what a browser has after parsing its HTML."""
    return tuple([expand_node(node) for node in flatten_value(value, context)])


def expand_node(node: NodeLike) -> Node:
    """A plain node for one that may be an instance or opaque."""
    if type(node) is Instance:
        return _expand_element(node[0].element, node)
    if isinstance(node, Opaque):
        return node.to_node()
    assert isinstance(node, NODES)
    return node


def _expand_element(element: SlotElement | Element, values: tuple[Value, ...]) -> Element:
    if isinstance(element, Element):
        return element
    nodes = flatten(element.content, values, element.context, own=True)
    children: list[Node] = [
        _expand_element(node.element, values) if isinstance(node, OwnElement) else expand_node(node)
        for node in nodes
    ]
    return Element(element.tag, element_attributes(element, values), tuple(children), element.namespace)


def element_attributes(element: SlotElement, values: tuple[Value, ...]) -> Mapping[str, str]:
    """The attributes of a template's element with these values; of two with the same name, the first counts."""
    found: dict[str, str] = {}
    for item in element.attributes:
        for name, text in (item,) if isinstance(item, tuple) else item.pairs(values):
            found.setdefault(name, text)
    return found
