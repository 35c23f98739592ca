"""Templates: the static part once, the slot values per render.

A template is compiled once from its strings and shared by every render, instance and connection. Rendering one
gives an ``Instance``: the tuple ``(template, *values)``, its values in normal form (see ``values.py``).

    t'<li key="{item.id}">{item.text}</li>'
        Template   <li key=⟦1⟧>⟦2⟧</li>
        Instance   (template, 7, "milk")          # what one render keeps, all of it

Two instances are equal exactly when they print the same, and comparing them is comparing tuples. HTML is
printed straight from statics and values; nodes are only built (``expand``) where something has to look inside.

An instance of a template with one root element is a node like any other: it answers ``name``, ``kind`` and
``key``. One with several roots stands for several nodes; ``flatten`` takes it apart.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NoReturn

from ..errors import TemplateError
from ..node import Element, Node, Root, Text
from .facts import bindings_of, key_parts_of, pieces_of
from .slots import Part, Slot, SlotElement, printed
from .sources import Source
from .values import Fragment, Opaque, RawHtml, Value, clean, register_normal


class OwnElement:
    """An element of a template among the children of its parent, while two renders are compared.

    Equal to itself with whatever values, because what is in its slots is compared on its own.
    """

    __slots__ = ("element", "values")

    def __init__(self, element: SlotElement, values: tuple[Any, ...]) -> None:
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


class Template:
    """One template, compiled: shared by everything made from it."""

    __slots__ = (
        "bindings", "content", "element", "file", "key_parts", "kind", "line", "marked", "name", "outer",
        "pieces", "plan", "printer", "roots", "single", "sources", "static_size",
    )  # fmt: skip

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
        """Names of the handlers that the template binds to events."""
        self.outer: Template | None = None
        """This template as a component inside its own shows it: made when it is needed (``outer.py``)."""
        self.marked: Template | None = None
        """This template of an ``<option>`` as the chosen one: made when it is needed (``choices.py``)."""
        self.roots: dict[int, Template] = {}
        self.plan: Any = None
        """How to compare two instances: made and kept by the diff."""
        self.printer: Any = None
        """How to print instances: made and kept by the printing."""

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

    def constant(self) -> Value:
        """What a template without slots makes."""
        nodes = flatten(self.content, (self,))
        return nodes[0] if len(nodes) == 1 else Fragment(nodes)


_NOT_JOINED: Final = (
    "templates and text are not joined with +, nor repeated with *: put them into one template,"
    ' t"{one}{other}", or into a list, which is shown item by item'
)


class Instance(tuple[Any, ...]):
    """One render of a template: ``(template, *values)``."""

    __slots__ = ()

    @property
    def template(self) -> Template:
        return self[0]  # type: ignore[no-any-return]

    @property
    def name(self) -> str:
        return self[0].name  # type: ignore[no-any-return]

    @property
    def kind(self) -> str:
        return self[0].kind  # type: ignore[no-any-return]

    @property
    def key(self) -> str | None:
        parts = self[0].key_parts
        if parts is None:
            return None
        if type(parts) is int:
            value = self[parts]
            return None if value is None else str(value)
        return "".join([part if type(part) is str else printed(self[part]) for part in parts])

    def __add__(self, other: object) -> NoReturn:
        """Nothing: the tuples would be joined, and their insides shown as text."""
        raise TemplateError(_NOT_JOINED)

    __radd__ = __mul__ = __rmul__ = __add__

    def __format__(self, spec: str) -> NoReturn:
        """Nothing: an f-string would show what is for debuggers."""
        raise TemplateError('a template in an f-string is no HTML: write t"…" for f"…" around it')

    def to_html(self) -> str:
        """The HTML of this render, from statics and values."""
        from .printing import value_to_html

        return value_to_html(self)

    def __repr__(self) -> str:
        return f"<Instance of {self[0].file}:{self[0].line} {tuple(self[1:])!r}>"


register_normal(Instance)


# Looking inside -----------------------------------------------------------------------------------------------


class _Flattener:
    """Collects nodes and lets adjacent text run together, as a browser does."""

    def __init__(self, values: tuple[Any, ...], context: str, own: bool) -> None:
        self.values = values
        self.context = context
        self.own = own
        self.nodes: list[Any] = []
        self.texts: list[str] = []

    def parts(self, content: tuple[Part, ...]) -> list[Any]:
        for part in content:
            if type(part) is Slot:
                self.add(self.values[part.at])
            elif type(part) is SlotElement:
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
            if type(part) is Slot:
                self.add(instance[part.at])
            elif type(part) is SlotElement:
                self.node(self.root(part, instance))
            else:
                self.add(part)

    @staticmethod
    def root(element: SlotElement, values: tuple[Any, ...]) -> Instance:
        return Instance((values[0].root(element), *values[1:]))

    def node(self, node: Any) -> None:
        self.end_text()
        self.nodes.append(node)

    def end_text(self) -> None:
        if self.texts:
            text = "".join(self.texts)
            self.texts.clear()
            if text:
                self.nodes.append(Text(clean(text)))


def flatten(
    content: tuple[Part, ...], values: tuple[Any, ...], context: str = "body", *, own: bool = False
) -> list[Any]:
    """The nodes that content makes with these values, adjacent text run together.

    Instances of one root stay whole. ``own`` gives the elements of the template itself as ``OwnElement``, for
    comparing two renders of it.
    """
    return _Flattener(values, context, own).parts(content)


def flatten_value(value: Value, context: str = "body") -> list[Any]:
    """The nodes that one value in normal form makes."""
    if type(value) is Root:
        return list(value.children)
    flattener = _Flattener((), context, own=False)
    flattener.add(value)
    flattener.end_text()
    return flattener.nodes


def expand(value: Value, context: str = "body") -> tuple[Node, ...]:
    """Plain nodes for a value in normal form: what a browser holds after printing and parsing it."""
    return tuple([expand_node(node) for node in flatten_value(value, context)])


def expand_node(node: Any) -> Node:
    """A plain node for one that may be an instance or opaque."""
    if type(node) is Instance:
        return _expand_element(node[0].element, node)
    if isinstance(node, Opaque):
        return node.to_node()
    return node  # type: ignore[no-any-return]


def _expand_element(element: SlotElement | Element, values: tuple[Any, ...]) -> Element:
    if type(element) is Element:
        return element
    assert type(element) is SlotElement
    nodes = flatten(element.content, values, element.context, own=True)
    children: list[Node] = [
        _expand_element(node.element, values) if type(node) is OwnElement else expand_node(node)
        for node in nodes
    ]
    return Element(element.tag, element_attributes(element, values), tuple(children), element.namespace)


def element_attributes(element: SlotElement, values: tuple[Any, ...]) -> Mapping[str, str]:
    """The attributes of a template's element with these values; the first of a name wins."""
    found: dict[str, str] = {}
    for item in element.attributes:
        for name, text in (item,) if type(item) is tuple else item.pairs(values):  # type: ignore[union-attr]
            found.setdefault(name, text)
    return found
