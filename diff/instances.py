"""Two renders of one template: only the slots that differ are looked at.

    <tr class=⟦1⟧><td>⟦2⟧</td><td><a>⟦3⟧</a></td></tr>

    old  (template, "",       7, "pretty table")
    new  (template, "danger", 7, "plain table")

    slot 1 differs → its site is the attribute "class" of the root    → {"path": ".../tr[5]/@class", ...}
    slot 3 differs → its site is the content of "td[2]/a"             → {"path": ".../tr[5]/td[2]/a/text", ...}

Where the slots of a template lead is worked out once and kept on the template (its *plan*): for every slot the
*site* it belongs to, an element's attribute or an element's content, in the order in which patches have to be
emitted (what is inside an element before its own children change). The path from the root to a site is text
wherever the template fixes it; where a slot stands beside an element on the way, the siblings are counted when
a patch needs the path.

Lists of instances with the same keys in the same order are compared pair by pair at the speed of comparing
tuples; every other difference in content is left to ``diff_children``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..vdom.escaping import escape_text
from ..vdom.node import IGNORE, Element, Root, Text
from ..vdom.printing import value_to_html
from ..vdom.template import (
    Instance,
    OwnElement,
    Slot,
    SlotAttribute,
    SlotElement,
    Template,
    clean,
    element_attributes,
    expand,
    expand_node,
    flatten,
    flatten_value,
)
from ..vdom.values import Fragment, Value
from .attributes import diff_attributes
from .guard import is_html_longer, json_size, shares_state
from .patches import Patch
from .paths import Place, Siblings, parse_path, root_place
from .texts import diff_texts
from .tree import Children, Pair, Run, diff_trees, look_inside, work_off

SCALARS: Final = (str, int, type(None))


def diff_values(old: Value, new: Value) -> list[Patch]:
    """Patches that turn what a component showed into what it shows now; both in normal form."""
    if old is new:
        return []
    if type(old) is Root and type(new) is Root:
        return diff_trees(old, new)
    patches: list[Patch] = []
    place = root_place()
    if _is_pair(old, new):
        diff_instance(old, new, FixedPlace(place, _only(old)), patches)
    else:
        diff_content(old, new, "body", place, patches)
    return _smaller(old, new, patches) if patches else patches


def _smaller(old: Value, new: Value, patches: list[Patch]) -> list[Patch]:
    """``patches``, or one patch for everything if that is shorter and takes nothing from the user."""
    size = json_size(patches)
    new_nodes = flatten_value(new)
    if is_html_longer(new_nodes, size) or shares_state(flatten_value(old), new_nodes):
        return patches
    whole: list[Patch] = [{"path": "", "html": value_to_html(new)}]
    return whole if json_size(whole) < size else patches


def diff_instance(old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
    """Append the patches between two renders of one template with one root.

    Cost: a comparison for each slot, then only the sites of those that differ.
    """
    plan = plan_of(old[0])
    touched = {plan.site_of[at] for at in range(1, len(old)) if old[at] is not new[at] and old[at] != new[at]}
    for number in sorted(touched):
        if number >= 0:
            plan.sites[number].diff(old, new, place, patches)


def _look_into(old: Any, new: Any, place: Place, run: Run) -> Sequence[Any]:
    """What ``diff_trees`` does with a pair of nodes of which one at least is an instance."""
    if type(old) is Instance and type(new) is Instance and old[0] is new[0]:
        diff_instance(old, new, place, run.patches)
        return ()
    return (Pair(expand_node(old), expand_node(new), place),)


look_inside(Instance, _look_into)


def diff_content(old: Value, new: Value, context: str, place: Place, patches: list[Patch]) -> None:
    """Append the patches between what two values make as all children of one element."""
    if type(old) is Fragment and type(new) is Fragment and _diff_lists(old, new, place, patches):
        return
    diff_children(flatten_value(old, context), flatten_value(new, context), context, place, patches)


def diff_children(old: list[Any], new: list[Any], context: str, place: Place, patches: list[Patch]) -> None:
    """Append the patches between all children of one element."""
    work_off([Children(old, new, place, context)], Run(patches))


def _diff_lists(old: Fragment, new: Fragment, place: Place, patches: list[Patch]) -> bool:
    """Compare two lists pair by pair, if they hold the same keys in the same order; else change nothing."""
    if len(old) != len(new):
        return False
    changed = [index for index, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    if not all([_is_pair(old[index], new[index]) for index in changed]):
        return False
    if not changed:
        return True
    siblings = _siblings(old)
    if siblings is None:
        return False
    for index in changed:
        diff_instance(old[index], new[index], place.child(siblings, index), patches)
    return True


def _is_pair(old: Value, new: Value) -> bool:
    """Are these two renders of one element?"""
    return (
        type(old) is Instance
        and type(new) is Instance
        and old[0] is new[0]
        and old[0].single
        and (old[0].key_parts is None or old.key == new.key)
    )


class _Rows(Siblings):
    """Siblings that all have one name: counting is not needed."""

    __slots__ = ("row_name",)

    def __init__(self, nodes: Sequence[Any], name: str) -> None:
        super().__init__(nodes)
        self.row_name = name

    def step(self, index: int) -> str:
        return self.row_name if len(self.nodes) == 1 else f"{self.row_name}[{index + 1}]"


def _siblings(nodes: Fragment) -> Siblings | None:
    """The steps to the items of a list; ``None`` where an item is not exactly one element."""
    if {type(node) for node in nodes} != {Instance}:
        return None
    templates = {node[0] for node in nodes}
    if not all([template.single for template in templates]):
        return None
    names = {template.name for template in templates}
    return _Rows(nodes, names.pop()) if len(names) == 1 and "*" not in names else Siblings(nodes)


def _only(node: Any) -> str:
    return "*[1]" if node.name == "*" else str(node.name)


# Plans --------------------------------------------------------------------------------------------------------


class FixedPlace(Place):
    """A place reached from another by steps that the template fixes."""

    __slots__ = ("steps",)

    def __init__(self, parent: Place, steps: str) -> None:
        super().__init__(parent, _NO_SIBLINGS, 0)
        self.steps = steps

    def _find(self) -> str:
        above = self.parent.path  # type: ignore[union-attr]
        return f"{above}/{self.steps}" if above else self.steps


_NO_SIBLINGS: Final = Siblings(())


@dataclass(frozen=True, slots=True)
class CountedStep:
    """From an element to a child of it beside which slots stand: its number depends on their values."""

    parent: SlotElement
    child: SlotElement

    def place(self, above: Place, old: Instance) -> Place:
        nodes = flatten(self.parent.content, old, self.parent.tag, own=True)
        return above.child(Siblings(nodes), _index_of(self.child, nodes))


def _index_of(element: SlotElement, nodes: Sequence[Any]) -> int:
    return next(
        index for index, node in enumerate(nodes) if type(node) is OwnElement and node.element is element
    )


Route: TypeAlias = "tuple[str | CountedStep, ...]"
"""From the root of an instance to an element in it."""


def _follow(route: Route, place: Place, old: Instance) -> Place:
    for step in route:
        place = FixedPlace(place, step) if type(step) is str else step.place(place, old)  # type: ignore[union-attr]
    return place


@dataclass(frozen=True, slots=True)
class AttributeSite:
    """An attribute with slots in its value."""

    route: Route
    attribute: SlotAttribute

    def diff(self, old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
        old_text, new_text = self.attribute.text(old), self.attribute.text(new)
        if old_text != new_text:
            path = _follow(self.route, place, old).path
            patches.append({"path": f"{path}/@{self.attribute.name}", "value": new_text})


@dataclass(frozen=True, slots=True)
class SpreadSite:
    """All attributes of an element that takes some from a dict."""

    route: Route
    element: SlotElement

    def diff(self, old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
        old_attributes = element_attributes(self.element, old)
        new_attributes = element_attributes(self.element, new)
        if old_attributes != new_attributes:
            diff_attributes(old_attributes, new_attributes, _follow(self.route, place, old).path, patches)


@dataclass(frozen=True, slots=True)
class ContentSite:
    """The content of an element, with slots among it."""

    route: Route
    element: SlotElement
    is_text: bool
    """Is there nothing but text and slots?"""

    def diff(self, old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
        parts = self.element.content
        if self.is_text:
            old_text, new_text = self.text(old), self.text(new)
            if old_text and new_text:
                if old_text != new_text:
                    path = _follow(self.route, place, old).path
                    patches.append(diff_texts(old_text, new_text, f"{path}/text"))
                return
        inner = _follow(self.route, place, old)
        if len(parts) == 1:
            self.diff_only(old[parts[0].at], new[parts[0].at], inner, patches)  # type: ignore[union-attr]
            return
        old_nodes = flatten(parts, old, self.element.tag, own=True)
        new_nodes = flatten(parts, new, self.element.tag, own=True)
        diff_children(old_nodes, new_nodes, self.element.tag, inner, patches)

    def diff_only(self, old: Value, new: Value, place: Place, patches: list[Patch]) -> None:
        """The content is one slot."""
        if _is_pair(old, new):
            diff_instance(old, new, FixedPlace(place, _only(old)), patches)
        else:
            diff_content(old, new, self.element.tag, place, patches)

    def text(self, values: Instance) -> str | None:
        """The text that the content makes; ``None`` where a slot holds more than text."""
        pieces: list[str] = []
        for part in self.element.content:
            value = part if type(part) is str else values[part.at]  # type: ignore[union-attr]
            if type(value) not in SCALARS:
                return None
            if value is not None:
                pieces.append(str(value))
        return clean("".join(pieces))


Site: TypeAlias = AttributeSite | SpreadSite | ContentSite


@dataclass(slots=True)
class Plan:
    """Where the slots of a template lead."""

    sites: list[Site]
    """In the order in which their patches are emitted."""
    site_of: list[int]
    """For each place of an instance's tuple the site it belongs to; -1 where nothing is ever patched."""


def plan_of(template: Template) -> Plan:
    """The plan of a template with one root: made once, then kept on it."""
    if template.plan is None:
        planner = _Planner(len(template.sources) + 1)
        if isinstance(template.element, SlotElement):
            planner.visit(template.element, ())
        template.plan = Plan(planner.sites, planner.site_of)
    return template.plan  # type: ignore[no-any-return]


class _Planner:
    def __init__(self, size: int) -> None:
        self.sites: list[Site] = []
        self.site_of = [-1] * size

    def add(self, site: Site, slots: Sequence[int]) -> None:
        for at in slots:
            self.site_of[at] = len(self.sites)
        self.sites.append(site)

    def visit(self, element: SlotElement, route: Route) -> None:
        self.visit_attributes(element, route)
        if _is_ignored(element):
            return
        slots = [part.at for part in element.content if type(part) is Slot]
        for child in element.content:
            if type(child) is SlotElement:
                self.visit(child, self.route_to(child, element, route, bool(slots)))
        if slots:
            is_text = all([type(part) is str or type(part) is Slot for part in element.content])
            self.add(ContentSite(route, element, is_text), slots)

    def visit_attributes(self, element: SlotElement, route: Route) -> None:
        items = [item for item in element.attributes if isinstance(item, SlotAttribute)]
        if any([not item.name for item in items]):
            self.add(
                SpreadSite(route, element),
                [part for item in items for part in item.parts if type(part) is int],
            )
            return
        for item in items:
            self.add(AttributeSite(route, item), [part for part in item.parts if type(part) is int])

    @staticmethod
    def route_to(child: SlotElement, parent: SlotElement, route: Route, is_counted: bool) -> Route:
        if is_counted:
            return (*route, CountedStep(parent, child))
        nodes = flatten(parent.content, (), own=True)
        step = Siblings(nodes).step(_index_of(child, nodes))
        if route and type(route[-1]) is str:
            return (*route[:-1], f"{route[-1]}/{step}")
        return (*route, step)


def _is_ignored(element: SlotElement) -> bool:
    return any([(item[0] if type(item) is tuple else item.name) == IGNORE for item in element.attributes])  # type: ignore[union-attr]


# Form states --------------------------------------------------------------------------------------------------


def with_reported_fields(
    old: Value, patches: list[Patch], reported: Sequence[tuple[str, str | None]]
) -> list[Patch]:
    """``patches``, and before them one for each form control whose state would stay other than the page's.

    ``reported`` are attributes as the browser's controls hold them, by their paths in ``old``. Where the page
    has an attribute and the control holds something else, and no patch sets it anyway, the page's value is sent:
    so "clear the input" reaches an input that was empty for the server all along.
    """
    root = old if type(old) is Root else Root(expand(old))
    set_anyway = {patch["path"] for patch in patches if "value" in patch}
    first: list[Patch] = []
    for path, value in reported:
        known, shown = _attribute_at(root, path)
        if known and shown != value and path not in set_anyway:
            first.append(_setting(path, shown))
    return first + patches


def _setting(path: str, shown: str | None) -> Patch:
    """The patch that sets a control; the value of a ``<textarea>`` is its content."""
    control = path.removesuffix("/@value")
    if control != path and control.rpartition("/")[2].partition("[")[0] == "textarea":
        return {"path": control, "html": escape_text(shown or "")}
    return {"path": path, "value": shown}


def _attribute_at(root: Root, path: str) -> tuple[bool, str | None]:
    """Does the page say anything about this attribute of a control, and what? A path that leads nowhere: no."""
    try:
        parsed = parse_path(path)
        nodes: Sequence[Any] = root.children
        node: Any = None
        for step in parsed.steps:
            node = nodes[Siblings(nodes).find(step)]
            nodes = node.children if isinstance(node, Element) else ()
    except (ValueError, LookupError):
        return False, None
    if parsed.anchor is not None or not isinstance(node, Element):
        return False, None
    if parsed.attribute == "value":
        return ("value" in node.attributes or node.tag == "textarea"), _value_of(node)
    return parsed.attribute in {"checked", "selected"}, node.attributes.get(str(parsed.attribute))


def _value_of(node: Element) -> str | None:
    if node.tag == "textarea":
        return "".join([child.data for child in node.children if isinstance(child, Text)])
    return node.attributes.get("value")
