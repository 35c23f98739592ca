"""How a control shows the variable that it is bound to, where printing the value is not enough.

    <select @bind="size"><option>S</option><option>M</option></select>       size = "M"
    <select @bind="size"><option>S</option><option selected>M</option></select>

The choice is in the tree, as on any page, so it is shown without JavaScript too.
"""

from __future__ import annotations

from typing import Any

from ..browser_rules import option_value
from ..node import Element
from .slots import SlotElement
from .template import Instance, Template, expand_node, flatten_value
from .values import Fragment, Value

SEVERAL = (list, tuple, set, frozenset)


def choose(value: object, content: Value) -> Value:
    """The content of a ``<select>`` in which the options that ``value`` names are selected. Cost: its options."""
    wanted = frozenset(map(str, value)) if isinstance(value, SEVERAL) else {str(value)}
    return Fragment([_chosen(node, wanted) for node in flatten_value(content, "select")])


def ticked(value: object, choice: object) -> Value:
    """The attribute ``checked`` of a checkbox: ``""`` if ``choice`` is in the list ``value``, or ``value`` is true."""
    is_on = str(choice) in map(str, value) if isinstance(value, SEVERAL) else bool(value)
    return "" if is_on else None


def picked(value: object, choice: object) -> Value:
    """The attribute ``checked`` of a radio button: ``""`` if ``value`` is its ``choice``, else ``None``."""
    return "" if str(value) == str(choice) else None


def _chosen(node: Any, wanted: frozenset[str] | set[str]) -> Any:
    element = node[0].element if type(node) is Instance else node
    if not isinstance(element, (Element, SlotElement)):
        return node
    if element.tag == "option":
        return _marked(node) if _value_of(node) in wanted else node
    if element.tag == "optgroup":
        group = expand_node(node)
        assert isinstance(group, Element)
        options = tuple([_chosen(option, wanted) for option in group.children])
        return Element(group.tag, group.attributes, options, group.namespace)
    return node


def _value_of(node: Any) -> str:
    """The value of an option. Cost: an attribute, where it has ``value``; else its text."""
    if type(node) is Instance and isinstance(node[0].element, SlotElement):
        for item in node[0].element.attributes:
            name, text = item if isinstance(item, tuple) else (item.name, None)
            if name == "value":
                return str(item.text(node) if text is None else text)  # type: ignore[union-attr]
    option = expand_node(node)
    assert isinstance(option, Element)
    return option_value(option.attributes.get("value"), _text_of(option))


def _text_of(node: Any) -> str:
    return "".join([_text_of(child) for child in node.children]) if isinstance(node, Element) else node.data


def _marked(node: Any) -> Any:
    if type(node) is not Instance:
        return Element(node.tag, {**node.attributes, "selected": ""}, node.children, node.namespace)
    template: Template = node[0]
    if template.marked is None:
        template.marked = _with_mark(template)
    return Instance((template.marked, *node[1:]))


def _with_mark(template: Template) -> Template:
    element: Any = template.element
    attributes = (*element.attributes, ("selected", ""))
    marked = SlotElement(element.tag, element.namespace, attributes, element.content, element.key)
    return Template((marked,), template.sources, template.file, template.line)
