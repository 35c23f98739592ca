"""Two renders of one template: only the slots that differ are looked at.

    <tr class=⟦1⟧><td>⟦2⟧</td><td><a>⟦3⟧</a></td></tr>

    old  (template, "",       7, "pretty table")
    new  (template, "danger", 7, "plain table")

    slot 1 differs → its site is the attribute "class" of the root  → {"path": ".../tr[5]/@class", ...}
    slot 3 differs → its site is the content of "td[2]/a"           → {"path": ".../tr[5]/td[2]/a/text", ...}

The sites of a template are its *plan* (``plans.py``), in the order in which patches have to be emitted: what is
inside an element before its own children change. Lists of rows are compared in columns (``rows.py``); every other
difference in content is left to the general diff of children (``tree.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import ne
from typing import Any, Final, NamedTuple

from ..vdom.node import Element, NodeLike, Root
from ..vdom.templates.printing import value_to_html
from ..vdom.templates.slots import Slot, SlotElement
from ..vdom.templates.template import Instance, Template, element_attributes, flatten, flatten_value
from ..vdom.templates.values import Fragment, Value
from .children import Stretch, list_patches
from .codec import json_size
from .guard import is_html_longer, may_replace
from .patches import Patch
from .paths import NO_SIBLINGS, NamedChildren, NodePlace, root_place
from .plans import ContentSite, fixed_place, follow, path_of, plan_of
from .rows import is_pair, match_rows
from .texts import diff_texts
from .tree import Children, Pair, ParentLike, Run, Task, UnwritableError, diff_trees, work_off


def diff_values(old: Value, new: Value) -> list[Patch]:
    """Patches that turn a component's last render into the present one; both are in normal form."""
    if old is new:
        return []
    if type(old) is type(new) is Root:
        return diff_trees(old, new)
    patches: list[Patch] = []
    try:
        if is_pair(old, new):  # a kept element, which may hold the user's state: it is not replaced
            plan = old[0].plan or plan_of(old[0])
            diff_instance(old, new, NodePlace(_ROOT, NO_SIBLINGS, 0, plan.root_step), patches)
            return patches
        if not _diff_roots(old, new, patches):
            diff_content(old, new, _BODY, root_place(), patches)
    except UnwritableError:
        return [{"path": "", "html": value_to_html(new)}]
    return _smaller(old, new, patches)


def _diff_roots(old: Value, new: Value, patches: list[Patch]) -> bool:
    """Append the patches between two renders of a template that always has the same roots; tell whether it has."""
    if type(old) is not Instance or type(new) is not Instance or old[0] is not new[0]:
        return False
    if not plan_of(old[0]).has_fixed_roots:
        return False
    parent = root_place()
    parent.can_rewrite = True
    diff_instance(old, new, parent, patches)
    if parent.must_rewrite:  # something in a root cannot be written as HTML there
        patches.clear()
    return not parent.must_rewrite


_ROOT: Final = root_place()
_BODY: Final = Root()


def _smaller(old: Value, new: Value, patches: list[Patch]) -> list[Patch]:
    """``patches``, or one patch for everything if that is shorter and loses no state of the user's."""
    if len(patches) < 2:  # a single one is never longer than the page
        return patches
    size = json_size(patches)
    new_nodes = flatten_value(new)
    if is_html_longer(new_nodes, size) or not may_replace(flatten_value(old), new_nodes, size):
        return patches
    whole: list[Patch] = [{"path": "", "html": value_to_html(new)}]
    return whole if json_size(whole) < size else patches


def diff_instance(old: Instance, new: Instance, place: NodePlace, patches: list[Patch]) -> None:
    """Append the patches between two renders of one template, whose root is at ``place``, or whose roots are below it.

    Cost: a comparison for each slot, then the sites of those that differ.
    """
    plan = old[0].plan or plan_of(old[0])
    for number in sorted(set(compress(plan.site_of, map(ne, old, new)))):
        if number >= 0:
            site = plan.sites[number]
            if isinstance(site, ContentSite):
                _diff_site(site, old, new, place, patches)
            else:
                site.diff(old, new, place, patches)


def _diff_site(
    site: ContentSite, old: Instance, new: Instance, place: NodePlace, patches: list[Patch]
) -> None:
    """Append the patches for the content of an element."""
    if site.is_text:
        old_text, new_text = site.text(old), site.text(new)
        if old_text and new_text:
            if old_text != new_text:
                patches.append(diff_texts(old_text, new_text, f"{path_of(site.route, place, old)}/text"))
            return
    inner, element, parts = follow(site.route, place, old), site.element, site.element.content
    only = parts[0] if len(parts) == 1 else None
    if isinstance(only, Slot):
        _diff_only(old[only.at], new[only.at], element, inner, patches)
    elif not _diff_list_among(site, old, new, inner, patches):
        old_nodes = flatten(parts, old, element.context, own=True)
        new_nodes = flatten(parts, new, element.context, own=True)
        diff_children(old_nodes, new_nodes, element, inner, patches)


def _diff_only(old: Value, new: Value, parent: ParentLike, place: NodePlace, patches: list[Patch]) -> None:
    """Append the patches for content that is one slot."""
    if is_pair(old, new):
        diff_instance(old, new, fixed_place(place, plan_of(old[0]).root_step), patches)
    else:
        diff_content(old, new, parent, place, patches)


def _diff_list_among(
    site: ContentSite, old: Instance, new: Instance, place: NodePlace, patches: list[Patch]
) -> bool:
    """Append the patches if all that differs is one list that has rows in both renders. Returns whether it is."""
    parts, context = site.element.content, site.element.context
    slots = [(number, part.at) for number, part in enumerate(parts) if type(part) is Slot]
    differ = [(number, at) for number, at in slots if len(slots) == 1 or old[at] != new[at]]
    if len(differ) != 1:
        return False
    number, at = differ[0]
    if not type(old[at]) is type(new[at]) is Fragment or not (old[at] and new[at]):
        return False
    before = flatten(parts[:number], old, context, own=True)
    after = flatten(parts[number + 1 :], old, context, own=True)
    return diff_lists(old[at], new[at], Around(before, after), place, patches)


def _look_inside(old: NodeLike, new: NodeLike, place: NodePlace, run: Run) -> Sequence[Task]:
    """Patch a pair of nodes of which at least one is an instance."""
    if type(old) is Instance and type(new) is Instance and old[0] is new[0]:
        diff_instance(old, new, place, run.patches)
    elif type(old) is Instance or type(new) is Instance:
        return (Pair(_opened(old), _opened(new), place),)
    return ()


def _opened(node: NodeLike) -> NodeLike:
    """The element that an instance makes, with its children as they are: a nested component among them stays opaque.

    Only for looking inside: such an element is neither compared nor printed.
    """
    if type(node) is not Instance:
        return node
    element = node[0].element
    assert type(element) is SlotElement
    children: tuple[Any, ...] = tuple(flatten(element.content, node, element.context))
    return Element(element.tag, element_attributes(element, node), children, element.namespace)


def diff_content(old: Value, new: Value, parent: ParentLike, place: NodePlace, patches: list[Patch]) -> None:
    """Append the patches between what two values make as all children of one element."""
    if (
        type(old) is Fragment
        and type(new) is Fragment
        and diff_lists(old, new, NOTHING_AROUND, place, patches)
    ):
        return
    context = parent.context
    diff_children(flatten_value(old, context), flatten_value(new, context), parent, place, patches)


def diff_children(
    old: Sequence[NodeLike],
    new: Sequence[NodeLike],
    parent: ParentLike,
    place: NodePlace,
    patches: list[Patch],
) -> None:
    """Append the patches between all children of one element."""
    work_off([Children(old, new, place, parent)], Run(patches, look_inside=_look_inside))


class Around(NamedTuple):
    """The nodes before and after a list below the same parent."""

    before: Sequence[NodeLike]
    after: Sequence[NodeLike]


NOTHING_AROUND: Final = Around((), ())


def diff_lists(old: Fragment, new: Fragment, around: Around, place: NodePlace, patches: list[Patch]) -> bool:
    """Append the patches between two lists of rows; ``False`` if the values are not such lists."""
    kept = match_rows(old, new)
    if kept is None:
        return False
    if kept.changed:
        first = len(around.before)
        named = NamedRows(old, kept.templates, around)
        for at, to in kept.changed:
            diff_instance(old[at], new[to], fixed_place(place, named.step(first + at)), patches)
    patches += _row_patches(old, new, kept.stretches, around, place)
    return True


def _row_patches(
    old: Fragment, new: Fragment, stretches: list[Stretch], around: Around, place: NodePlace
) -> Sequence[Patch]:
    """The patches for the rows that were removed, moved and inserted."""
    first, rest = len(around.before), len(around.after)
    if first or rest:
        stretches = [
            Stretch(0, 0, first),
            *[Stretch(first + at, first + to, count) for at, to, count in stretches],
            Stretch(first + len(old), first + len(new), rest),
        ]
        stretches = [stretch for stretch in stretches if stretch.length]

    def html(start: int, stop: int) -> list[tuple[int, str]]:
        return [(start, value_to_html(Fragment(new[start - first : stop - first])))]

    return list_patches(stretches, first + len(old) + rest, first + len(new) + rest, place.path, html) or ()


class NamedRows(NamedChildren):
    """The steps to rows; if all have the same name, nothing has to be counted."""

    __slots__ = ("first", "row_name", "total")

    def __init__(self, rows: Fragment, templates: set[Template], around: Around) -> None:
        super().__init__((*around.before, *rows, *around.after))
        names = {template.name for template in templates}
        self.row_name = names.pop() if len(names) == 1 else "*"
        """The name of all rows; ``"*"`` if each has to be looked at."""
        before = [node.name for node in around.before].count(self.row_name)
        self.first = before - len(around.before) + 1
        self.total = before + len(rows) + [node.name for node in around.after].count(self.row_name)

    def step(self, index: int) -> str:
        if self.row_name == "*":
            return super().step(index)
        return f"{self.row_name}[{self.first + index}]" if self.total > 1 else self.row_name
