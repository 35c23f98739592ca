"""The places that the slots of a template fill: found once for each template, and kept on it.

    <tr class=⟦1⟧><td>⟦2⟧</td><td><a>⟦3⟧</a></td></tr>

    slot 1  the attribute "class" of the root     tr/@class
    slot 2  the content of                        tr/td[1]
    slot 3  the content of                        tr/td[2]/a

Each such place is a *site*. The route from the root to a site is text wherever the template fixes it; where a
slot is beside an element on the route, the siblings are counted when a patch needs the path.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..vdom.node import IGNORE, NodeLike
from ..vdom.templates.facts import key_parts_of
from ..vdom.templates.slots import Part, Slot, SlotAttribute, SlotElement
from ..vdom.templates.template import Instance, OwnElement, Template, element_attributes, flatten
from ..vdom.templates.values import clean
from .attributes import diff_attributes
from .patches import Patch
from .paths import NO_SIBLINGS, NamedChildren, NodePlace, path_below


def fixed_place(above: NodePlace, steps: str) -> NodePlace:
    """The place reached from another one by steps that the template fixes."""
    return NodePlace(above, NO_SIBLINGS, 0, path_below(above.path, steps))


@dataclass(frozen=True, slots=True)
class CountedStep:
    """From an element to a child with slots beside it: its number depends on their values."""

    parent: SlotElement
    child: SlotElement

    def place(self, above: NodePlace, old: Instance) -> NodePlace:
        nodes = flatten(self.parent.content, old, self.parent.context, own=True)
        return NodePlace(above, NamedChildren(nodes), _index_of(self.child, nodes))


def _index_of(element: SlotElement, nodes: Sequence[NodeLike]) -> int:
    return next(
        index for index, node in enumerate(nodes) if type(node) is OwnElement and node.element is element
    )


Route: TypeAlias = "tuple[str | CountedStep, ...]"
"""From the root of an instance to an element in it."""


def path_of(route: Route, place: NodePlace, old: Instance) -> str:
    """The path of the element that the route leads to from ``place``."""
    above = place.path
    if not route:
        return above
    if len(route) == 1 and isinstance(route[0], str):  # the usual case, and cheaper than a place of its own
        return f"{above}/{route[0]}" if above else route[0]
    return follow(route, place, old).path


def follow(route: Route, place: NodePlace, old: Instance) -> NodePlace:
    for step in route:
        place = fixed_place(place, step) if isinstance(step, str) else step.place(place, old)
    return place


@dataclass(frozen=True, slots=True)
class AttributeSite:
    """An attribute with slots in its value."""

    route: Route
    attribute: SlotAttribute

    def diff(self, old: Instance, new: Instance, place: NodePlace, patches: list[Patch]) -> None:
        old_text, new_text = self.attribute.text(old), self.attribute.text(new)
        if old_text != new_text:
            path = path_of(self.route, place, old)
            patches.append({"path": f"{path}/@{self.attribute.name}", "value": new_text})


@dataclass(frozen=True, slots=True)
class SpreadSite:
    """All attributes of an element that takes some from a dict."""

    route: Route
    element: SlotElement

    def diff(self, old: Instance, new: Instance, place: NodePlace, patches: list[Patch]) -> None:
        old_attributes = element_attributes(self.element, old)
        new_attributes = element_attributes(self.element, new)
        if old_attributes != new_attributes:
            diff_attributes(old_attributes, new_attributes, path_of(self.route, place, old), patches)


@dataclass(frozen=True, slots=True)
class ContentSite:
    """The content of an element, with slots among it."""

    route: Route
    element: SlotElement
    is_text: bool
    """Is there nothing but text and slots?"""

    def text(self, values: Instance) -> str | None:
        """The text that the content makes; ``None`` where a slot holds more than text."""
        text = ""
        for part in self.element.content:
            value = values[part.at] if type(part) is Slot else part
            if type(value) is str:
                text += value
            elif type(value) is int:
                text += str(value)
            elif value is not None:
                return None
        return clean(text) if "\0" in text else text


Site: TypeAlias = AttributeSite | SpreadSite | ContentSite


@dataclass(slots=True)
class Plan:
    """The sites of a template."""

    sites: list[Site]
    """In the order in which their patches are emitted."""
    site_of: list[int]
    """For each place of an instance's tuple the site it belongs to; -1 if it belongs to none."""
    root_step: str
    """The step to the only root, if it stands alone below its parent."""
    has_fixed_roots: bool
    """Are there several roots, the same ones in every render? Then routes start at their parent."""


def plan_of(template: Template) -> Plan:
    """The plan of a template, made once and kept on it. It has no sites if the roots depend on values."""
    if template.plan is None:
        planner = _Planner(len(template.sources) + 1)
        has_fixed_roots = not template.single and _are_fixed(template.content)
        if isinstance(template.element, SlotElement):
            planner.visit(template.element, ())
        elif has_fixed_roots:
            planner.visit_roots(template.content)
        root_step = "*[1]" if template.name == "*" else template.name
        template.plan = Plan(planner.sites, planner.site_of, root_step, has_fixed_roots)
    assert isinstance(template.plan, Plan)
    return template.plan


def _are_fixed(roots: Sequence[Part]) -> bool:
    """Do no slots stand among the roots, nor make the key of one?"""
    return not any([isinstance(root, Slot) or _has_slot_as_key(root) for root in roots])


def _has_slot_as_key(root: Part) -> bool:
    key = key_parts_of(root) if isinstance(root, SlotElement) else None
    return isinstance(key, int) or any([isinstance(part, int) for part in key or ()])


class _Planner:
    def __init__(self, size: int) -> None:
        self.sites: list[Site] = []
        self.site_of = [-1] * size

    def visit_roots(self, roots: tuple[Part, ...]) -> None:
        for root in roots:
            if isinstance(root, SlotElement):
                self.visit(root, (_step_to(root, roots),))

    def add(self, site: Site, slots: Sequence[int]) -> None:
        for at in slots:
            self.site_of[at] = len(self.sites)
        self.sites.append(site)

    def visit(self, element: SlotElement, route: Route) -> None:
        self.visit_attributes(element, route)
        if _is_ignored(element):
            return
        slots = [part.at for part in element.content if isinstance(part, Slot)]
        for child in element.content:
            if isinstance(child, SlotElement):
                self.visit(child, self.route_to(child, element, route, bool(slots)))
        if slots:
            is_text = all([isinstance(part, (str, Slot)) for part in element.content])
            self.add(ContentSite(route, element, is_text), slots)

    def visit_attributes(self, element: SlotElement, route: Route) -> None:
        items = [item for item in element.attributes if isinstance(item, SlotAttribute)]
        if any([not item.name for item in items]):
            self.add(
                SpreadSite(route, element),
                [part for item in items for part in item.parts if isinstance(part, int)],
            )
            return
        for item in items:
            self.add(AttributeSite(route, item), [part for part in item.parts if isinstance(part, int)])

    @staticmethod
    def route_to(child: SlotElement, parent: SlotElement, route: Route, is_counted: bool) -> Route:
        if is_counted:
            return (*route, CountedStep(parent, child))
        step = _step_to(child, parent.content)
        if route and isinstance(route[-1], str):
            return (*route[:-1], f"{route[-1]}/{step}")
        return (*route, step)


def _step_to(child: SlotElement, content: tuple[Part, ...]) -> str:
    """The step to an element beside which no slots stand."""
    nodes = flatten(content, (), own=True)
    return NamedChildren(nodes).step(_index_of(child, nodes))


def _is_ignored(element: SlotElement) -> bool:
    return any([(item[0] if isinstance(item, tuple) else item.name) == IGNORE for item in element.attributes])
