"""The nodes of a parsed template become its parts, and the markers in them slots with their sources.

    <li key="⟦0⟧"><!--⟦1⟧--></li>   →   SlotElement("li", …, (SlotAttribute("key", (1,)),), (Slot(2),))
                                        sources of the slots 1 and 2: the interpolations 0 and 1

Mistakes in attributes are found here: a slot where a value would be code, an unknown modifier, a control that
cannot be bound. The functions that bring values into normal form are passed in as a ``Runtime``, because content may
hold t-strings, which are compiled when they are first met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple, TypeAlias

from ..browser_rules import CHOICE_TYPES, CHOICE_WITHOUT_VALUE, CONTROL_TAGS, FILE_TYPES, control_type
from ..errors import TemplateError
from ..node import Comment, Element, Node, Text
from .attribute_values import attribute, attribute_part, attributes_for, normal_for, style
from .bound_controls import choose, picked, showing, ticked
from .event_attributes import (
    called_slot,
    problem_of_bind,
    problem_of_binding,
    problem_of_inline,
    problem_of_ours,
)
from .expressions import handler_start
from .handlers import QUOTED_ARGUMENT, action_argument, argument, called_handler, handler
from .scanner import CLOSE_MARK, MARKER, OPEN_MARK, ComponentTag, Location, trim_edges
from .slots import Part, Slot, SlotAttribute, SlotElement
from .template import ComponentSource, PropertyValue, Source, StateSource, Template, ValueSource
from .urls import guard_of
from .values import Value

SCALARS: Final[frozenset[type]] = frozenset({str, int, type(None)})
NUMBERS: Final[frozenset[type]] = frozenset({int})
_MOST_PLAIN: Final = 2**30 - 1
"""Arguments up to here are printed as they are. Python compares numbers faster that have 30 bits at most."""
ALWAYS_CONVERT: Final[frozenset[type]] = frozenset()


_Attributes: TypeAlias = tuple[tuple[str, str] | SlotAttribute, ...]


class Runtime(NamedTuple):
    """What templates call when they are rendered, and what compiles the templates inside them."""

    content: Callable[[object], Value]
    """Brings a value in content into normal form."""
    text: Callable[[object], Value]
    """The same where only text is allowed. Raises ``TemplateError`` if the value is something else."""
    component: Callable[..., Value]
    """Calls a component with its properties, at a place in the source, ``file:line#n``."""
    compile: Callable[[str, Location], Template]
    """Compiles the source of a template that is the content of a component's tag."""


class Builder:
    """Turns parsed nodes into parts, giving each slot its place in the values."""

    def __init__(
        self, components: dict[int, ComponentTag], location: Location, source: str, runtime: Runtime
    ) -> None:
        self.components = components
        self.location = location
        self.source = source
        self.runtime = runtime
        self.sources: list[Source] = []

    def error(self, name: str, value: str, message: str) -> TemplateError:
        """An error about an attribute, which names the attribute's line."""
        found = re.search(rf"{re.escape(name)}(?:\s*=\s*[\"']?{re.escape(value)})?", self.source)
        lines = self.source.count("\n", 0, found.start()) if found else 0
        return self.location.below(lines).error(message)

    def template(self, nodes: Iterable[Node]) -> Template:
        """The template that these nodes make."""
        parts = self.parts(nodes)
        return Template(parts, tuple(self.sources), self.location.file, self.location.line)

    def place(self, source: Source) -> int:
        """The place of the value of ``source`` in an instance."""
        self.sources.append(source)
        return len(self.sources)

    def parts(self, nodes: Iterable[Node]) -> tuple[Part, ...]:
        return tuple([part for node in nodes for part in self.part(node)])

    def part(self, node: Node) -> list[Part]:
        if isinstance(node, Text):
            return self.text(node.data)
        if isinstance(node, Comment) and (match := MARKER.fullmatch(node.data)):
            return [Slot(self.place(self.content_source(int(match[1]))))]
        return [self.element(node) if isinstance(node, Element) else node]

    def text(self, data: str) -> list[Part]:
        pieces = MARKER.split(data)
        parts: list[Part] = [pieces[0]] if pieces[0] else []
        for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
            parts.append(Slot(self.place(ValueSource(int(number), self.runtime.text, SCALARS))))
            parts += [text] if text else []
        return parts

    def content_source(self, number: int) -> Source:
        if number in self.components:
            return self.component(self.components[number])
        return ValueSource(number, self.runtime.content, SCALARS)

    def element(self, node: Element) -> Element | SlotElement:
        before = len(self.sources)
        items = tuple([self.attribute(name, value, node) for name, value in node.attributes.items()])
        bound = next((value for name, value in node.attributes.items() if _is_bind(name)), None)
        if node.tag == "select" and "value" in node.attributes:
            raise self.error(
                "<select",
                "",
                'browsers ignore <select value="…">: remove it, and write @bind="variable", or '
                'selected="{…}" on its options',
            )
        parts = self.parts(node.children) if bound is None or node.tag != "select" else ()
        if bound is not None:
            items, parts = self.bind(bound.strip(), node, items, parts)
        if len(self.sources) == before:
            return node
        return SlotElement(
            node.tag, node.namespace, items, parts, node.key if _is_static_key(items) else None
        )

    def attribute(self, name: str, value: str, node: Element) -> tuple[str, str] | SlotAttribute:
        if match := MARKER.fullmatch(name):
            normal = attributes_for(node.tag, node.attributes)
            return SlotAttribute("", (self.place(ValueSource(int(match[1]), normal, ALWAYS_CONVERT)),))
        problem = self.problem(name, value)
        if problem:
            raise self.error(name, value, problem)
        if OPEN_MARK not in value:
            return (name, value)
        self.check_name(name, value, node.tag)
        pieces = MARKER.split(value)
        whole = pieces[0] == "" and len(pieces) == 3 and pieces[2] == ""
        parts: list[str | int] = [pieces[0]] if pieces[0] else []
        events = event_sources(value, whole) if name.startswith("@") else {}
        for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
            source = events.get(int(number)) or attribute_source(name, int(number), node if whole else None)
            parts.append(self.place(source))
            parts += [text] if text else []
        return SlotAttribute(name, tuple(parts), guard_of(name, node.tag, node.attributes))

    @staticmethod
    def problem(name: str, value: str) -> str | None:
        if _is_bind(name):
            return problem_of_bind(name)
        if name.startswith("live-"):
            return problem_of_ours(name, value)
        if name.startswith("@"):
            return problem_of_binding(name, value)
        return problem_of_inline(name, value) if name[:2].lower() == "on" else None

    def bind(
        self, name: str, node: Element, items: _Attributes, parts: tuple[Part, ...]
    ) -> tuple[_Attributes, tuple[Part, ...]]:
        """The attributes and content of a control, and those that show the variable it is bound to."""
        if not _VARIABLE.fullmatch(name):
            raise self.error(
                "@bind",
                name,
                f'@bind="{name}" names no variable: write one, or a path from one, such as user.name',
            )
        if node.tag not in CONTROL_TAGS - {"button"}:
            raise self.error(
                "@bind", name, f'@bind="{name}" on <{node.tag}>: bind an <input>, <select> or <textarea>'
            )
        if node.tag == "textarea":
            return items, (Slot(self.place(StateSource(name, showing(self.runtime.text), SCALARS))),)
        if node.tag == "select":
            inner = Builder(self.components, self.location, self.source, self.runtime)
            options = inner.template(node.children)
            return items, (Slot(self.place(StateSource(name, choose, ALWAYS_CONVERT, options))),)
        return (*items, self.bound_attribute(name, node)), parts

    def bound_attribute(self, name: str, node: Element) -> SlotAttribute:
        """The attribute of an ``<input>`` that shows the variable it is bound to."""
        kind = control_type(node.tag, node.attributes.get("type"), is_multiple=False)
        if kind in FILE_TYPES:
            raise self.error(
                "@bind",
                name,
                f'@bind="{name}" on a file: files are not sent, see "Files" in the guide to forms',
            )
        shown = "checked" if kind in CHOICE_TYPES else "value"
        if shown in node.attributes:
            raise self.error("@bind", name, f'@bind="{name}" sets {shown}: remove {shown}="…"')
        source = StateSource(name, showing(attribute), SCALARS)
        if shown == "checked":
            choice = _property_value(node.attributes.get("value", CHOICE_WITHOUT_VALUE))
            source = StateSource(name, picked if kind == "radio" else ticked, ALWAYS_CONVERT, choice)
        return SlotAttribute(shown, (self.place(source),))

    def check_name(self, name: str, value: str, tag: str) -> None:
        lower = name.lower()
        if lower.startswith("on"):
            raise self.error(
                name,
                value,
                f'a slot in {name}="…" would be code: bind a handler with @{lower[2:]}="…" instead',
            )
        if lower == "srcdoc":
            raise self.error(name, value, 'a slot in srcdoc="…" would be a page of its own: use src="…"')
        if lower == "type" and tag == "script":
            raise self.error(name, value, "the type of a script cannot be a slot")

    def component(self, tag: ComponentTag) -> ComponentSource:
        properties: list[tuple[str, PropertyValue]] = []
        spread: int | None = None
        for name, text in tag.properties:
            if match := MARKER.fullmatch(name):
                spread = int(match[1])
            elif name.startswith("@"):
                raise tag.location.error(
                    f"{name} is on a component, but events are bound to elements: give the handler as a "
                    f"property, on_{name[1:].partition('.')[0]}={{handler}}, and bind it in the component"
                )
            elif not _PROPERTY.fullmatch(name):
                raise tag.location.error(f'"{name}" is not a property name: it has to be a Python identifier')
            else:
                properties.append((name.replace("-", "_"), _property_value(text)))
        templates = [(name, self.runtime.compile(*trim_edges(text, at))) for name, text, at in tag.named]
        if tag.children:
            templates.insert(0, ("children", self.runtime.compile(*trim_edges(*tag.children))))
        site = f"{tag.location.file}:{tag.location.line}#{tag.function}"
        return ComponentSource(
            tag.function, tuple(properties), spread, tuple(templates), site, self.runtime.component
        )


_VARIABLE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z]\w*)*")
_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)


def open_quote(text: str) -> str:
    """The quote that is open at the end of a binding's ``text``, if any: ``"f('a', '#"`` → ``"'"``."""
    found = re.search("['\"]", _QUOTED.sub("", text))
    return found[0] if found else ""


def event_sources(value: str, whole: bool) -> dict[int, ValueSource]:
    """The sources of the slots in an event attribute: handlers, arguments of these and of actions, pieces of texts."""
    sources: dict[int, ValueSource] = {}
    called, start = called_slot(value), handler_start(value)
    pieces = MARKER.split(value)
    before = pieces[0]
    for slot, text in zip(map(int, pieces[1::2]), pieces[2::2], strict=True):
        normal = argument if value.index(f"{OPEN_MARK}{slot}{CLOSE_MARK}") >= start else action_argument
        sources[slot] = ValueSource(slot, normal, NUMBERS, _MOST_PLAIN)
        if quote := open_quote(before):
            sources[slot] = ValueSource(slot, QUOTED_ARGUMENT[quote], NUMBERS)
        if slot == called:
            sources[slot] = ValueSource(slot, handler if whole else called_handler, ALWAYS_CONVERT)
        before += text
    return sources


_PROPERTY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


def _property_value(text: str | None) -> PropertyValue:
    if text is None:
        return True
    if match := MARKER.fullmatch(text):
        return int(match[1])
    if OPEN_MARK not in text:
        return text
    pieces = MARKER.split(text)
    return tuple([int(piece) if number % 2 else piece for number, piece in enumerate(pieces)])


def _is_bind(name: str) -> bool:
    return name.partition(".")[0] == "@bind"


def _is_static_key(items: Iterable[tuple[str, str] | SlotAttribute]) -> bool:
    return not any(
        isinstance(item, SlotAttribute) and item.name in {"", "key", "data-key", "id"} for item in items
    )


def attribute_source(name: str, number: int, node: Element | None) -> ValueSource:
    """The source of the value of a slot in the attribute ``name``; ``node`` has it if the slot is all of the value."""
    if name.lower() == "style":
        return ValueSource(number, style, NUMBERS)
    if node is None:
        return ValueSource(number, attribute_part, SCALARS)
    is_guarded = guard_of(name, node.tag, node.attributes) is not None
    normal = normal_for(name, node.tag, node.attributes)
    return ValueSource(number, normal, NUMBERS if is_guarded else SCALARS)
