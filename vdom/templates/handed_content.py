"""Content that one component writes and another one shows: its events still belong to the writer.

    t'<{panel}><button @click="save">Save</button></{panel}>'

``panel`` shows the button, ``save`` belongs to the component whose template this is. In the content that ``panel``
is given, the button is therefore ``<button @click="^save">``: a handler of the component one level further out.
Content that is handed on once more gets one more ``^``.
"""

from __future__ import annotations

from ..node import Element, Node
from .expressions import OUTER, outer_parts
from .slots import Part, SlotAttribute, SlotElement
from .template import Template
from .values import Fragment, HandlerName, Instance, Value


def as_outer(value: Value) -> Value:
    """``value``, in normal form, as a component nested in the one that wrote it shows it. Cost: its size."""
    kind = type(value)
    if kind is Instance:
        return Instance((_template(value[0]), *[as_outer(item) for item in value[1:]]))
    if kind is Fragment:
        return Fragment([as_outer(item) for item in value])
    if kind is Element:
        return _element(value)
    return HandlerName(OUTER + value) if kind is HandlerName else value


def _template(template: Template) -> Template:
    """The template as a nested component shows it: the same one for all instances, so that renders can be compared."""
    if not template.bindings:
        return template
    if template.outer is None:
        content = tuple([_part(part) for part in template.content])
        template.outer = Template(content, template.sources, template.file, template.line)
    return template.outer


def _part(part: Part) -> Part:
    if isinstance(part, SlotElement):
        attributes = tuple([_attribute(item) for item in part.attributes])
        content = tuple([_part(inner) for inner in part.content])
        return SlotElement(part.tag, part.namespace, attributes, content, part.key)
    return _element(part) if isinstance(part, Element) else part


def _attribute(item: tuple[str, str] | SlotAttribute) -> tuple[str, str] | SlotAttribute:
    if isinstance(item, SlotAttribute):
        return SlotAttribute(item.name, outer_parts(item.parts)) if item.name.startswith("@") else item
    name, text = item
    return (name, _expression(text)) if name.startswith("@") else item


def _expression(text: str) -> str:
    return str(outer_parts([text])[0])


def _element(element: Element) -> Element:
    children: tuple[Node, ...] = tuple(
        [_element(child) if isinstance(child, Element) else child for child in element.children]
    )
    attributes = {
        name: _expression(text) if name.startswith("@") else text for name, text in element.attributes.items()
    }
    return Element(element.tag, attributes, children, element.namespace)
