"""Two renders of one template: only the slots that differ are looked at.

    <tr class=⟦1⟧><td>⟦2⟧</td><td><a>⟦3⟧</a></td></tr>

    old  (template, "",       7, "pretty table")
    new  (template, "danger", 7, "plain table")

    slot 1 differs → its site is the attribute "class" of the root  → {"path": ".../tr[5]/@class", ...}
    slot 3 differs → its site is the content of "td[2]/a"           → {"path": ".../tr[5]/td[2]/a/text", ...}

The sites of a template are its *plan* (``plans.py``), in the order in which patches have to be emitted: what
is inside an element before its own children change. Lists of rows are compared in columns (``rows.py``);
every other difference in content is left to the diff of any children (``tree.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from operator import ne
from typing import Any, Final, NamedTuple

from ..vdom.node import Root
from ..vdom.templates.printing import value_to_html
from ..vdom.templates.slots import Slot
from ..vdom.templates.template import Instance, Template, expand_node, flatten, flatten_value
from ..vdom.templates.values import Fragment, Value
from .guard import is_html_longer, json_size, may_replace
from .patches import Patch
from .paths import Place, Siblings, root_place
from .plans import ContentSite, FixedPlace, follow, path_of, plan_of
from .rows import is_pair, match_rows
from .stretches import Stretch, stretch_patches
from .texts import diff_texts
from .tree import Children, Pair, Run, diff_trees, look_inside, work_off


def diff_values(old: Value, new: Value) -> list[Patch]:
    """Patches that turn what a component showed into what it shows now; both in normal form."""
    if old is new:
        return []
    if type(old) is type(new) is Root:
        return diff_trees(old, new)
    patches: list[Patch] = []
    if is_pair(old, new):  # an element that stays, and may hold something of the user's: it is not replaced
        diff_instance(old, new, FixedPlace(_ROOT, _only(old)), patches)
        return patches
    diff_content(old, new, "body", root_place(), patches)
    return _smaller(old, new, patches)


_ROOT: Final = root_place()


def _smaller(old: Value, new: Value, patches: list[Patch]) -> list[Patch]:
    """``patches``, or one patch for everything if that is shorter and takes nothing from the user."""
    if len(patches) < 2:  # what one says is in the page as well
        return patches
    size = json_size(patches)
    new_nodes = flatten_value(new)
    if is_html_longer(new_nodes, size) or not may_replace(flatten_value(old), new_nodes, size):
        return patches
    whole: list[Patch] = [{"path": "", "html": value_to_html(new)}]
    return whole if json_size(whole) < size else patches


def diff_instance(old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
    """Append the patches between two renders of one template with one root.

    Cost: a comparison for each slot, then only the sites of those that differ.
    """
    plan = old[0].plan or plan_of(old[0])
    for number in sorted(set(compress(plan.site_of, map(ne, old, new)))):
        if number >= 0:
            site = plan.sites[number]
            if isinstance(site, ContentSite):
                _diff_site(site, old, new, place, patches)
            else:
                site.diff(old, new, place, patches)


def _diff_site(site: ContentSite, old: Instance, new: Instance, place: Place, patches: list[Patch]) -> None:
    """Append the patches for the content of an element."""
    if site.is_text:
        old_text, new_text = site.text(old), site.text(new)
        if old_text and new_text:
            if old_text != new_text:
                patches.append(diff_texts(old_text, new_text, f"{path_of(site.route, place, old)}/text"))
            return
    inner, context, parts = follow(site.route, place, old), site.element.context, site.element.content
    if len(parts) == 1:
        _diff_only(old[parts[0].at], new[parts[0].at], context, inner, patches)  # type: ignore[union-attr]
    elif not _diff_list_among(site, old, new, inner, patches):
        old_nodes = flatten(parts, old, context, own=True)
        new_nodes = flatten(parts, new, context, own=True)
        diff_children(old_nodes, new_nodes, context, inner, patches)


def _diff_only(old: Value, new: Value, context: str, place: Place, patches: list[Patch]) -> None:
    """Append the patches for content that is one slot."""
    if is_pair(old, new):
        diff_instance(old, new, FixedPlace(place, _only(old)), patches)
    else:
        diff_content(old, new, context, place, patches)


def _diff_list_among(
    site: ContentSite, old: Instance, new: Instance, place: Place, patches: list[Patch]
) -> bool:
    """Append the patches if all that differs is one list, which has rows before and now."""
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


def _look_into(old: Any, new: Any, place: Place, run: Run) -> Sequence[Any]:
    """What ``diff_trees`` does with a pair of nodes of which one at least is an instance."""
    if type(old) is Instance and type(new) is Instance and old[0] is new[0]:
        diff_instance(old, new, place, run.patches)
        return ()
    return (Pair(expand_node(old), expand_node(new), place),)


look_inside(Instance, _look_into)


def diff_content(old: Value, new: Value, context: str, place: Place, patches: list[Patch]) -> None:
    """Append the patches between what two values make as all children of one element."""
    if type(old) is Fragment and type(new) is Fragment and diff_lists(old, new, NOTHING, place, patches):
        return
    diff_children(flatten_value(old, context), flatten_value(new, context), context, place, patches)


def diff_children(old: list[Any], new: list[Any], context: str, place: Place, patches: list[Patch]) -> None:
    """Append the patches between all children of one element."""
    work_off([Children(old, new, place, context)], Run(patches))


class Around(NamedTuple):
    """What stands before and after a list below the same parent."""

    before: Sequence[Any]
    after: Sequence[Any]


NOTHING: Final = Around((), ())


def diff_lists(old: Fragment, new: Fragment, around: Around, place: Place, patches: list[Patch]) -> bool:
    """Append the patches between two lists of rows; ``False``, and nothing, where they are no such lists."""
    kept = match_rows(old, new)
    if kept is None:
        return False
    first = len(around.before)
    siblings = RowSiblings(old, kept.templates, around)
    for at, to in kept.changed:
        diff_instance(old[at], new[to], FixedPlace(place, siblings.step(first + at)), patches)
    patches += _structure(old, new, kept.stretches, around, place)
    return True


def _structure(
    old: Fragment, new: Fragment, stretches: list[Stretch], around: Around, place: Place
) -> list[Patch]:
    """The patches for the rows that were removed, moved and inserted."""
    first, rest = len(around.before), len(around.after)
    all_of_them = [
        Stretch(0, 0, first),
        *[Stretch(first + at, first + to, count) for at, to, count in stretches],
        Stretch(first + len(old), first + len(new), rest),
    ]

    def html(start: int, stop: int) -> str:
        return value_to_html(Fragment(new[start - first : stop - first]))

    kept = [stretch for stretch in all_of_them if stretch.length]
    return stretch_patches(kept, first + len(old) + rest, first + len(new) + rest, place.path, html)


class RowSiblings(Siblings):
    """The steps to rows; where all have one name, nothing has to be counted."""

    __slots__ = ("first", "row_name", "total")

    def __init__(self, rows: Fragment, templates: set[Template], around: Around) -> None:
        super().__init__((*around.before, *rows, *around.after))
        names = {template.name for template in templates}
        self.row_name = names.pop() if len(names) == 1 else "*"
        """Of all rows; ``"*"`` where each has to be looked at."""
        before = [node.name for node in around.before].count(self.row_name)
        self.first = before - len(around.before) + 1
        self.total = before + len(rows) + [node.name for node in around.after].count(self.row_name)

    def step(self, index: int) -> str:
        if self.row_name == "*":
            return super().step(index)
        return f"{self.row_name}[{self.first + index}]" if self.total > 1 else self.row_name


def _only(node: Any) -> str:
    name = node.name
    return "*[1]" if name == "*" else str(name)
