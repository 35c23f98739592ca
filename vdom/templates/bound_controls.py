"""How a control shows the variable that it is bound to, where printing the value is not enough.

    <select @bind="size"><option>S</option><option>M</option></select>       size = "M"
    <select @bind="size"><option>S</option><option selected>M</option></select>

An option is that of a value if its text is the value's, or is converted to the value: ``<option value="1.0">`` for 1,
``<option value="on">`` for ``True``. The choice is in the tree, as on any page, so it is shown without JavaScript too.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Sequence
from functools import cache
from typing import Any, Final, TypeAlias

from ..browser_rules import CHOICE_WITHOUT_VALUE, option_value
from ..node import Element
from .attribute_values import attribute
from .slots import SlotElement
from .template import Instance, Template, expand_node, flatten_value
from .values import Fragment, Value

SEVERAL: Final = (list, tuple, set, frozenset)
Convert: TypeAlias = Callable[[object], object]
"""The value that a bound variable takes for what a control says: a text, or a list of texts.

Raises ``ValueError`` if it takes no such value.
"""


def text_of(value: object) -> str:
    """The text that a control has for a value: ``"true"``, ``""`` for ``None``, an enum's by its value."""
    if isinstance(value, enum.Enum):
        return text_of(value.value)
    if value is None or type(value) is bool:
        return {None: "", True: "true", False: "false"}[value]
    return str(value)


@cache
def showing(normal: Callable[[object], Value]) -> Callable[[object], Value]:
    """The function that brings the value of a bound text field into normal form, as ``normal`` does with texts."""

    def shown(value: object) -> Value:
        return normal(text_of(value) if isinstance(value, (bool, enum.Enum)) else value)

    return shown


def converted(text: object, convert: Convert) -> object:
    """The value that ``text`` is converted to; a value that equals no other if it cannot be converted."""
    try:
        return convert(text)
    except ValueError:
        return object()


def stands_for(text: str, value: object, convert: Convert) -> bool:
    """Does choosing ``text`` set the variable to ``value``?"""
    return text == text_of(value) or bool(converted(text, convert) == value)


def added_by(text: str, convert: Convert) -> list[object]:
    """What ticking ``text`` adds to the variable, a list."""
    items = converted([text], convert)
    return list(items) if isinstance(items, SEVERAL) else []


def adds_one_of(values: Collection[object], text: str, convert: Convert) -> bool:
    """Does ticking ``text`` add one of ``values`` to the variable, a list?"""
    if text in map(text_of, values):
        return True
    added = added_by(text, convert)
    return any(item in added for item in values)


def choose(value: object, content: Value, convert: Convert) -> Value:
    """The content of a ``<select>`` in which the options of ``value`` are selected. Cost: its options.

    Of several options for one value, those with its own text count.
    """
    nodes = flatten_value(content, "select")
    texts = list(dict.fromkeys(_texts_in(nodes)))
    wanted = (_all if isinstance(value, SEVERAL) else _first)(value, texts, convert)
    return Fragment([_chosen(node, wanted) for node in nodes])


def _all(values: Any, texts: Sequence[str], convert: Convert) -> set[str]:
    """The texts of the options that ``values`` are shown by. Converted only where a value's own text is none."""
    own = set(map(text_of, values))
    return own if own.issubset(texts) else {text for text in texts if adds_one_of(values, text, convert)}


def _first(value: object, texts: Sequence[str], convert: Convert) -> set[str]:
    """The text of the one option that ``value`` is shown by; none if no option stands for it."""
    own = text_of(value)
    if own in texts:
        return {own}
    return set([text for text in texts if stands_for(text, value, convert)][:1])


def ticked(value: object, choice: object, convert: Convert) -> Value:
    """The attribute ``checked`` of a checkbox: ``""`` if ``choice`` is in the list ``value``, or ``value`` is true."""
    if not isinstance(value, SEVERAL):
        return "" if value else None
    return "" if adds_one_of(value, _printed(choice), convert) else None


def picked(value: object, choice: object, convert: Convert) -> Value:
    """The attribute ``checked`` of a radio button: ``""`` if ``value`` is its ``choice``, else ``None``."""
    return "" if stands_for(_printed(choice), value, convert) else None


def _printed(choice: object) -> str:
    """The value of a checkbox or radio button, as its attribute prints it."""
    text = attribute(choice)
    return CHOICE_WITHOUT_VALUE if text is None else str(text)


def _texts_in(nodes: Sequence[Any]) -> list[str]:
    """The values of all options, those in groups too."""
    found: list[str] = []
    for node in nodes:
        element = node[0].element if type(node) is Instance else node
        if isinstance(element, (Element, SlotElement)) and element.tag == "option":
            found.append(_value_of(node))
        elif isinstance(element, (Element, SlotElement)) and element.tag == "optgroup":
            group = expand_node(node)
            assert isinstance(group, Element)
            found += _texts_in(group.children)
    return found


def _chosen(node: Any, wanted: Collection[str]) -> Any:
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
