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

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from .errors import TemplateError
from .escaping import escape_attribute, escape_text
from .events import handler_name
from .node import KEY_ATTRIBUTES, Comment, Element, Namespace, Node, Root, Text, path_name
from .values import Fragment, Opaque, RawHtml, Value, clean, register_normal, url

Part: TypeAlias = "str | Slot | SlotElement | Node"


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in content."""

    at: int
    """Where its value stands in the instance's tuple (0 is the template)."""


@dataclass(frozen=True, slots=True)
class SlotAttribute:
    """An attribute with slots in its value; ``name`` is empty for a dict of attributes."""

    name: str
    parts: tuple[str | int, ...]
    """Text, and places in the instance's tuple."""
    is_url: bool = False

    def pairs(self, values: tuple[Any, ...]) -> Sequence[tuple[str, str]]:
        """The attributes this gives: one, none, or those of the dict."""
        if not self.name:
            return values[self.parts[0]] if isinstance(self.parts[0], int) else ()
        text = self.text(values)
        return () if text is None else ((self.name, text),)

    def text(self, values: tuple[Any, ...]) -> str | None:
        """The attribute's value; ``None`` where it is absent."""
        if len(self.parts) == 1:
            value = values[self.parts[0]]  # type: ignore[index]
            return None if value is None else clean(str(value))
        joined = "".join([part if type(part) is str else _piece(values[part]) for part in self.parts])  # type: ignore[index]
        return clean(str(url(joined))) if self.is_url else clean(joined)


@dataclass(frozen=True, slots=True, eq=False)
class SlotElement:
    """An element of a template with slots in its attributes or somewhere below."""

    tag: str
    namespace: Namespace
    attributes: tuple[tuple[str, str] | SlotAttribute, ...]
    content: tuple[Part, ...]
    key: str | None = None

    @property
    def name(self) -> str:
        return path_name(self.tag)

    @property
    def kind(self) -> str:
        if self.namespace != "html":
            return f"{self.namespace}:{self.tag}"
        return f"input:{self.static('type') or 'text'}" if self.tag == "input" else self.tag

    def static(self, name: str) -> str | None:
        """The value of an attribute without slots."""
        for item in self.attributes:
            if type(item) is tuple and item[0] == name:
                return item[1]
        return None


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
        self.key_parts = _key_parts(self.element) if self.element else None
        self.pieces = _pieces(content)
        self.static_size = sum(len(piece) for piece in self.pieces if type(piece) is str)
        """Characters of HTML that every instance prints."""
        self.bindings = _bindings(content)
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
        return "".join([part if type(part) is str else _piece(self[part]) for part in parts])

    def to_html(self) -> str:
        """The HTML of this render, from statics and values."""
        from .printing import value_to_html

        return value_to_html(self)

    def __repr__(self) -> str:
        return f"<Instance of {self[0].file}:{self[0].line} {tuple(self[1:])!r}>"


register_normal(Instance)


# Where the values of slots come from --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValueSource:
    """The value of an interpolation, brought into normal form."""

    index: int
    normal: Callable[[object], Value]
    plain: frozenset[type]
    """Types that are in normal form as they are: compiled views pass those without a call."""

    def value(self, given: Sequence[object]) -> Value:
        return self.normal(given[self.index])


@dataclass(frozen=True, slots=True)
class StateSource:
    """A variable of the component around the template, shown by the control that is bound to it."""

    name: str
    """The variable, or a path that starts at one: ``user.name``."""
    normal: Callable[..., Value]
    plain: frozenset[type]
    beside: PropertyValue | Template | None = None
    """What ``normal`` gets besides: the value of the control, or the content of a ``<select>``."""

    def value(self, given: Sequence[object]) -> Value:
        raise TemplateError(
            f'@bind="{self.name}" works in the templates of a live component itself, where "{self.name}" is a '
            "variable: outside, give a value and a handler"
        )


PropertyValue: TypeAlias = "str | bool | int | tuple[str | int, ...]"
"""Text, ``True`` for a bare name, the index of an interpolation (any object), or text mixed with those."""


@dataclass(frozen=True, slots=True)
class ComponentSource:
    """A component standing in content: called with its properties at every render of the template around it."""

    function: int
    properties: tuple[tuple[str, PropertyValue], ...]
    spread: int | None
    """Index of an interpolation that holds a dict of further properties."""
    templates: tuple[tuple[str, Template], ...]
    """``children`` and named slots."""
    site: str
    """Where the tag stands, ``file:line#n``: what a nested live component is recognised by at the next render."""
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
        if type(value) is tuple:
            return "".join([part if type(part) is str else str(given[part]) for part in value])  # type: ignore[index]
        return value


Source: TypeAlias = ValueSource | StateSource | ComponentSource


# Looking inside -----------------------------------------------------------------------------------------------


def _piece(value: Value) -> str:
    return "" if value is None else str(value)


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
    nodes = flatten(element.content, values, element.tag, own=True)
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


# Printing -----------------------------------------------------------------------------------------------------

Piece: TypeAlias = "str | Slot | SlotAttribute"


def _to_html(node: Node | Root) -> str:
    from .markup import to_html

    return to_html(node)


def _pieces(content: tuple[Part, ...]) -> tuple[Piece, ...]:
    """Content as a flat list of static HTML and slots."""
    out: list[Piece] = []
    _collect_pieces(content, out)
    merged: list[Piece] = []
    for piece in out:
        if type(piece) is str and merged and type(merged[-1]) is str:
            merged[-1] += piece
        else:
            merged.append(piece)
    return tuple(merged)


_NEWLINE_EATERS: Final = frozenset({"textarea", "pre", "listing"})
"""Elements whose first line break the parser drops (HTML Standard, 13.2.6.4.7): one is printed for it to drop."""


def _collect_pieces(content: tuple[Part, ...], out: list[Piece]) -> None:
    for part in content:
        if type(part) is SlotElement:
            out.append(f"<{part.tag}")
            for item in part.attributes:
                out.append(f' {item[0]}="{escape_attribute(item[1])}"' if type(item) is tuple else item)  # type: ignore[arg-type]
            out.append(">\n" if part.tag in _NEWLINE_EATERS else ">")
            _collect_pieces(part.content, out)
            if part.content or part.tag not in _VOID:
                out.append(f"</{part.tag}>")
        elif type(part) is str:
            out.append(escape_text(part))
        elif type(part) is Slot:
            out.append(part)
        else:
            out.append(_to_html(part))  # type: ignore[arg-type]


_VOID: Final = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)


# What a template knows about itself ---------------------------------------------------------------------------


def _key_parts(element: SlotElement | Element) -> int | tuple[str | int, ...] | None:
    """The place of the key's value, or the pieces it is made of."""
    if type(element) is Element:
        return None if element.key is None else (element.key,)
    assert type(element) is SlotElement
    named = {item[0] if type(item) is tuple else item.name: item for item in element.attributes}  # type: ignore[union-attr]
    for name in KEY_ATTRIBUTES:
        if name in named:
            item = named[name]
            if type(item) is tuple:
                return (item[1],)
            parts: tuple[str | int, ...] = item.parts  # type: ignore[union-attr]
            return parts[0] if len(parts) == 1 and isinstance(parts[0], int) else parts
    return None


def _bindings(content: tuple[Part, ...]) -> frozenset[str]:
    found: set[str] = set()
    stack: list[Any] = list(content)
    while stack:
        part = stack.pop()
        if isinstance(part, SlotElement):
            for item in part.attributes:
                name, text = item if isinstance(item, tuple) else (item.name, _source_of(item))
                if name.startswith("@"):
                    found.add(handler_name(name, text))
            stack.extend(part.content)
        elif isinstance(part, Element):
            found |= {
                handler_name(name, text) for name, text in part.attributes.items() if name.startswith("@")
            }
            stack.extend(part.children)
    return frozenset(found - {""})


def _source_of(attribute: SlotAttribute) -> str:
    """The value of an event attribute, with a number in each slot."""
    return "".join([part if isinstance(part, str) else "0" for part in attribute.parts])


__all__ = ["Comment", "Instance", "Slot", "SlotAttribute", "SlotElement", "Template", "expand", "flatten"]
