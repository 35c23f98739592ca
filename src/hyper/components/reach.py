"""Whether a user can reach what binds a handler: a disabled control, or one in something inert, calls nothing.

    <button disabled @click="buy(1)">   <button @click="buy(2)">   →   buy(2) may be called, buy(1) may not

An event names a handler, not an element. It is refused if all elements that call the handler so are disabled. Where
some are and some are not, their literal arguments and ``data-`` attributes tell which of them is meant. Posted forms
name an element, see ``web.form_posts``; the rules are the same (HTML Standard, 4.10.18.5 and 6.3). A form with buttons
that submit it is out of use when all of them are: Enter in a field clicks the first one (4.10.22.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from hyper.components.bound_values import is_said
from hyper.components.nested import NestedNode
from hyper.dom.bindings import parse_binding
from hyper.dom.calls import data_attribute
from hyper.dom.expressions import Named, parse_expression
from hyper.vdom import Element, Root, iter_nodes
from hyper.vdom.browser_rules import (
    CHOICE_WITHOUT_VALUE,
    CONTROL_TAGS,
    DISABLED_TAGS,
    SUBMIT_TYPES,
    control_type,
    option_value,
)
from hyper.vdom.node import Text
from hyper.vdom.templates.exact_numbers import exact_number
from hyper.vdom.templates.expressions import CallForms, forms_of, handler_start
from hyper.vdom.templates.slots import Slot, SlotElement
from hyper.vdom.templates.template import (
    Instance,
    OwnElement,
    Template,
    element_attributes,
    expand_node,
    flatten,
)
from hyper.vdom.templates.values import Fragment, RawHtml, Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

_OFF_TAGS: Final = DISABLED_TAGS - {"fieldset"}


class Barrier(IntEnum):
    """What is around a node: it decides whether its controls work."""

    NOTHING = 0
    FIELDSET = 1
    """A disabled ``<fieldset>``: controls in it are disabled."""
    INERT = 2
    """An element with ``inert``: nothing in it can be used."""


class Place(NamedTuple):
    """A node of a tree of values, while it is searched."""

    node: Any
    """A value, or a part of a template."""
    values: tuple[Value, ...]
    """Those of the template that the part is of."""
    around: Barrier


class BoundElement(NamedTuple):
    """An element that binds the handler that is looked for."""

    element: SlotElement | Element
    values: tuple[Value, ...]
    attributes: Mapping[str, str]
    attribute: str
    """The name of the attribute that binds it."""
    is_off: bool


Call: TypeAlias = tuple[str, "list[object] | None", Mapping[str, object]]
"""The name of a handler, its arguments, and named data if it has no arguments."""


def can_be_used(mounted: MountedComponent, call: Call) -> bool:
    """Does ``mounted`` show an element that a user can use, and that makes this call?

    Cost: the values of the page up to the first such element.
    """
    around = _around(mounted)
    if around is Barrier.INERT:
        return False
    name, args, _ = call
    count = None if args is None else len(args)
    working, off = [], []
    for bound, forms in _bound_elements(mounted, around, name):
        if count not in forms:
            continue
        if bound.is_off:
            off.append(bound)
        elif name.startswith("="):
            if _offers(bound, args or []):
                return True
        elif _has_parameters(bound, args):
            working.append(bound)
        else:
            return True
    if not working or not off:
        return bool(working)
    return any(_is_by(bound, call) for bound in working) or not any(_is_by(bound, call) for bound in off)


def shows_usable(mounted: MountedComponent, name: str) -> bool:
    """Does ``mounted`` show an element that a user can use, and that calls this handler in whatever way?"""
    around = _around(mounted)
    found = _bound_elements(mounted, around, name)
    return around is not Barrier.INERT and not all(bound.is_off for bound, _ in found)


def _around(mounted: MountedComponent) -> Barrier:
    """What is around a component on its page."""
    if mounted.parent is None or mounted.node is None or not Template.some_hold:
        return Barrier.NOTHING
    for place in _places(Place(mounted.page.root.tree, (), Barrier.NOTHING), is_whole_page=True):
        if place.node is mounted.node:
            return place.around
    return Barrier.NOTHING


# Searching ----------------------------------------------------------------------------------------------------


def _places(top: Place, name: str | None = "", *, is_whole_page: bool = False) -> Iterator[Place]:
    """The elements and nested components from ``top`` down, as far as they matter for the handler ``name``.

    ``None``: all of them.
    """
    stack = [top]
    while stack:
        place = stack.pop()
        node, values, around = place
        kind = type(node)
        if kind is Slot:
            stack.append(Place(values[node.at], (), around))
        elif kind is SlotElement or kind is Element:
            yield place
            stack += _below(place)
        elif kind is OwnElement:
            stack.append(Place(node.element, node.values, around))
        elif kind is NestedNode:
            yield place
            if is_whole_page:
                stack.append(Place(node.mounted.tree, (), around))
        else:
            stack += [Place(item, own, around) for item, own in _items(node, name)]


def _items(node: Any, name: str | None) -> list[tuple[Any, tuple[Value, ...]]]:
    """What a value consists of; of templates without anything of interest only their values."""
    if type(node) is Instance:
        template = node[0]
        if name is None or template.can_be_off or name in template.bindings or template.called:
            return [(part, node) for part in template.content]
        return [(value, ()) for value in node[1:]]
    inner = node if type(node) is Fragment else node.children if type(node) is Root else ()
    return [(item, ()) for item in (node.nodes("body") if type(node) is RawHtml else inner)]


def _below(place: Place) -> list[Place]:
    """The children of an element."""
    element, values, around = place
    children: Sequence[Any] = element.children if type(element) is Element else element.content
    attributes = _attributes(element, values)
    if "inert" in attributes:
        around = Barrier.INERT
    elif element.tag == "fieldset" and "disabled" in attributes and not around:
        return _in_fieldset(place)
    return [Place(child, values, around) for child in children]


def _in_fieldset(place: Place) -> list[Place]:
    """The children of a disabled ``<fieldset>``: its first ``<legend>`` is not disabled."""
    element, values, _ = place
    nodes = (
        element.children
        if type(element) is Element
        else flatten(element.content, values, element.context, own=True)
    )
    legend = next((node for node in nodes if node.name == "legend"), None)
    return [Place(node, (), Barrier.NOTHING if node is legend else Barrier.FIELDSET) for node in nodes]


def _attributes(element: SlotElement | Element, values: tuple[Value, ...]) -> Mapping[str, str]:
    return element.attributes if isinstance(element, Element) else element_attributes(element, values)


def _bound_elements(
    mounted: MountedComponent, outer: Barrier, name: str
) -> Iterator[tuple[BoundElement, CallForms]]:
    """The elements of a component that call this handler, and how they do; ``outer`` is what is around it."""
    for place in _places(Place(mounted.tree, (), outer), name):
        element, values, around = place
        if type(element) is NestedNode:
            continue
        attributes = _attributes(element, values)
        for attribute, text in attributes.items():
            if attribute.startswith("@") and name.lstrip("=") in text:
                kind = control_type(element.tag, attributes.get("type"), is_multiple=False)
                handler, forms = forms_of(attribute, text, kind)
                if handler == name:
                    binding = parse_binding(attribute)
                    is_off = not binding.is_global and (
                        _is_off(element, attributes, around)
                        or (binding.type == "submit" and _is_shut(mounted, place, attributes))
                    )
                    yield BoundElement(element, values, attributes, attribute, is_off), forms


def _is_off(element: SlotElement | Element, attributes: Mapping[str, str], around: Barrier) -> bool:
    if "inert" in attributes or around is Barrier.INERT:
        return True
    if "disabled" in attributes and element.tag in _OFF_TAGS:
        return True
    return around is Barrier.FIELDSET and element.tag in CONTROL_TAGS


def _is_shut(mounted: MountedComponent, place: Place, attributes: Mapping[str, str]) -> bool:
    """Has a form, or what is around forms, buttons that submit it, all of them out of use?"""
    is_form, own_id = place.node.tag == "form", attributes.get("id")
    inside = _submit_buttons(place)
    found = [is_off for form_id, is_off in inside if not is_form or form_id in (None, own_id)]
    if is_form and own_id:
        whole_page = _submit_buttons(Place(mounted.page.root.tree, (), Barrier.NOTHING))
        found += [is_off for form_id, is_off in whole_page if form_id == own_id]
    return bool(found) and all(found)


def _submit_buttons(top: Place) -> Iterator[tuple[str | None, bool]]:
    """The id that each button names its form by, and whether the button is out of use."""
    for element, values, around in _places(top, None, is_whole_page=True):
        if type(element) is not NestedNode and element.tag in ("button", "input"):
            attributes = _attributes(element, values)
            if control_type(element.tag, attributes.get("type"), is_multiple=False) in SUBMIT_TYPES:
                yield attributes.get("form"), _is_off(element, attributes, around)


# Comparing ----------------------------------------------------------------------------------------------------


def _has_parameters(bound: BoundElement, args: list[object] | None) -> bool:
    """Does the element say more about the call than the handler's name?"""
    return bool(args) or (args is None and any(name.startswith("data-") for name in bound.attributes))


def _is_by(bound: BoundElement, call: Call) -> bool:
    """May the call come from this element, judged by its literals and its ``data-`` attributes?"""
    _, args, params = call
    if args is None:
        named = [(data_attribute(name), value) for name, value in params.items()]
        return all(bound.attributes.get(name, value) == value for name, value in named)
    text = bound.attributes[bound.attribute]
    try:
        written = parse_expression(text[handler_start(text) :]).args or []
    except ValueError:
        return True
    return all(isinstance(own, Named) or own == _plain(arg) for own, arg in zip(written, args, strict=True))


def _plain(arg: object) -> object:
    number = exact_number(arg)
    return arg if number is None else number


def _offers(bound: BoundElement, args: list[object]) -> bool:
    """Can a user choose this with a bound control, or type it?"""
    if not is_said(args):
        return True  # it is refused for what it is
    said, *choice = args
    element, attributes = bound.element, bound.attributes
    kind = control_type(element.tag, attributes.get("type"), is_multiple="multiple" in attributes)
    if kind == "checkbox":
        return type(said) is bool and (not choice or choice == [_choice_of(attributes)])
    if element.tag == "select" and "multiple" in attributes:
        return type(said) is list and _are_among(said, _options_of(bound))
    if element.tag == "select":
        return _are_among([said], _options_of(bound))
    return said == _choice_of(attributes) if kind == "radio" else type(said) is str


def _choice_of(attributes: Mapping[str, str]) -> str:
    """The value of a checkbox or radio button."""
    return attributes.get("value", CHOICE_WITHOUT_VALUE)


def _are_among(chosen: list[object], options: set[str]) -> bool:
    """Are these different options?"""
    texts = [text for text in chosen if type(text) is str]
    return len(texts) == len(chosen) == len(set(texts)) and options.issuperset(texts)


def _options_of(bound: BoundElement) -> set[str]:
    """The values of the options of a ``<select>`` that can be chosen."""
    element: Any = bound.element
    if isinstance(element, SlotElement):
        element = expand_node(Instance((bound.values[0].root(element), *bound.values[1:])))
    assert isinstance(element, Element)
    return _option_values(element)


def _option_values(select: Element) -> set[str]:
    """The values of the options that are not disabled."""
    working: set[str] = set()
    groups = [node for node in iter_nodes(select) if isinstance(node, Element) and node.tag == "optgroup"]
    closed = {id(node) for group in groups if "disabled" in group.attributes for node in group.children}
    for node in iter_nodes(select):
        if isinstance(node, Element) and node.tag == "option":
            text = "".join([leaf.data for leaf in iter_nodes(node) if isinstance(leaf, Text)])
            if "disabled" not in node.attributes and id(node) not in closed:
                working.add(option_value(node.attributes.get("value"), text))
    return working
