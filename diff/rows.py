"""Which row of a list is which in its next render: the rows are instances of templates, with keys.

The result is stretches, rows that are adjacent in both lists:

    old   1 2 3 4 5 6 7 8          new   1 7 3 4' 5 2 8 9

    1. From both ends, rows that are equal or two renders of one row are settled: ``1``. (At the end ``8`` and
       ``9`` are two rows.)
    2. Between, in lists of the same length, rows that are equal at the same place are settled: ``3``, ``5``.
    3. All others are found by their keys, as columns: 2 4 6 7 8 and 7 4 2 8 9. ``6`` is gone, ``9`` is new.
    4. Old places in new order, as stretches:  0 | 6 | 2 3 4 | 1 | 7

Steps that look at all rows run in C, Python looks at what changed. Lists in which a key is missing or occurs
twice, or in which rows of several templates change places, are left to the general diff of children.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, count, repeat
from operator import itemgetter, ne
from typing import Final, NamedTuple, TypeAlias

from ..vdom.templates.template import Instance, Template
from ..vdom.templates.values import Value
from .children import Stretch, stretches_of
from .matching import NOBODY

Rows: TypeAlias = Sequence[Value]

_KEY_TYPES: Final = ({int}, {str})
_template_of = itemgetter(0)


class KeptRows(NamedTuple):
    """What became of the rows that were kept."""

    stretches: list[Stretch]
    """All of them, in new order."""
    changed: list[tuple[int, int]]
    """Old and new places of those that are not equal, in old order."""
    templates: set[Template]
    """Those of all old rows."""


def match_rows(old: Rows, new: Rows) -> KeptRows | None:
    """The rows that were kept; ``None`` if the values are not rows, or their keys do not distinguish them."""
    templates = templates_of(old)
    if templates is None:
        return None
    if len(old) == len(new):
        settled, places = _settled(old, new, templates)
        if settled == len(old):
            return KeptRows([Stretch(0, 0, settled)], [(at, at) for at in places], templates)
    start, front, end, back = _settled_ends(old, new, templates)
    between = _match_between(old[start : len(old) - end], new[start : len(new) - end], start, templates)
    if between is None:
        return None
    stretches = [Stretch(0, 0, start), *between[0], Stretch(len(old) - end, len(new) - end, end)]
    changed = [(at, at) for at in front] + between[1]
    changed += [(len(old) - 1 - at, len(new) - 1 - at) for at in reversed(back)]
    return KeptRows([stretch for stretch in stretches if stretch.length], changed, templates)


def templates_of(values: Rows) -> set[Template] | None:
    """The templates of rows; ``None`` where some value is not exactly one element, an instance."""
    try:
        templates = set(map(_template_of, values))
    except (TypeError, IndexError):  # a number, a node, an empty text: only instances begin with a template
        return None
    is_one_element = all([type(template) is Template and template.single for template in templates])
    return templates if is_one_element else None


def is_pair(old: Value, new: Value) -> bool:
    """Are these two renders of one element, as far as keys tell?"""
    if type(old) is not Instance or type(new) is not Instance or old[0] is not new[0]:
        return False
    key = old[0].key_parts
    is_same = key is None or (old[key] == new[key] if type(key) is int else old.key == new.key)
    return is_same and old[0].single


def _differing(old: Rows, new: Rows) -> Iterator[int]:
    """The places at which two lists differ, as far as the shorter one goes."""
    return compress(count(), map(ne, old, new))


# From the ends ---------------------------------------------------------------------------------------------


def _settled(old: Rows, new: Rows, templates: set[Template]) -> tuple[int, list[int]]:
    """How many rows at the start are equal or two renders of one row, and the places of the latter.

    ``templates``: those of which two rows may be two renders of one row.
    """
    changed: list[int] = []
    for place in _differing(old, new):
        if not is_pair(old[place], new[place]) or old[place][0] not in templates:
            return place, changed
        changed.append(place)
    return min(len(old), len(new)), changed


def _settled_ends(old: Rows, new: Rows, templates: set[Template]) -> tuple[int, list[int], int, list[int]]:
    """What ``_settled`` finds at the start, and then at the end, counted from there."""
    if old[: len(new)] == new[: len(old)]:  # rows came or went at the end, as they mostly do
        return min(len(old), len(new)), [], 0, []
    lone = {template for template in templates if template.key_parts or _is_lone(template, old, new)}
    start, front = _settled(old, new, lone)
    return start, front, *_settled(old[start:][::-1], new[start:][::-1], lone)


def _is_lone(template: Template, old: Rows, new: Rows) -> bool:
    """Does each list have one row of this template? Then it is the same row, with or without a key."""
    return all(
        [type(row) is Instance and row[0] is template for row in rows].count(True) == 1 for rows in (old, new)
    )


# Between ---------------------------------------------------------------------------------------------------


def _match_between(
    old: Rows, new: Rows, start: int, templates: set[Template]
) -> tuple[list[Stretch], list[tuple[int, int]]] | None:
    """Stretches and changed rows among those from ``start`` on; the first two there are different rows."""
    if not old or not new:
        return None if templates_of(new) is None else ([], [])
    partners = _partners(old, new, templates)
    if partners is None:
        return None
    stretches = [Stretch(start + at, start + to, length) for at, to, length in _stretches(partners, len(new))]
    changed = [(start + at, start + to) for to, at in partners.items() if at != NOBODY and old[at] != new[to]]
    return stretches, sorted(changed)


def _partners(old: Rows, new: Rows, templates: set[Template]) -> dict[int, int] | None:
    """For each new row that is not settled: the place of the old row it is, or ``NOBODY``.

    Empty if all are new, ``None`` if keys cannot tell. ``templates``: at least those of all old rows.
    """
    old_places: Sequence[int] = range(len(old))
    new_places: Sequence[int] = range(len(new))
    if len(old) == len(new):
        open_places = list(_differing(old, new))
        if len(open_places) < len(old):
            old_places = new_places = open_places
            old, new = [old[place] for place in open_places], [new[place] for place in open_places]
    new_templates = templates_of(new)
    if new_templates is None:
        return None
    if len(templates) > 1:
        templates = {row[0] for row in old}
    at = _key_place(*templates) if templates == new_templates and len(templates) == 1 else None
    if at is None:
        return None
    old_keys, new_keys = list(map(itemgetter(at), old)), list(map(itemgetter(at), new))
    place_of: dict[object, int] = dict(zip(old_keys, old_places, strict=True))
    if place_of.keys().isdisjoint(new_keys):
        return dict.fromkeys(new_places, NOBODY) if old_places is new_places else {}
    if len(place_of) < len(old) or len(set(new_keys)) < len(new):
        return None
    if set(map(type, (*old_keys, *new_keys))) not in _KEY_TYPES:
        return None
    return dict(zip(new_places, map(place_of.get, new_keys, repeat(NOBODY)), strict=True))


def _key_place(template: Template) -> int | None:
    """The slot that makes the key of a row, if it is a single one."""
    parts = template.key_parts
    slots = [parts] if isinstance(parts, int) else [part for part in parts or () if type(part) is int]
    return slots[0] if len(slots) == 1 else None


def _stretches(partners: Mapping[int, int], stop: int) -> list[Stretch]:
    """The stretches of all rows up to ``stop``. If there are partners, rows without one are settled.

    {0: 6, 4: 1} up to 6  ->  (6, 0, 1) (1, 1, 3) (1, 4, 1) (5, 5, 1)
    """
    if not partners or len(partners) == stop:
        return stretches_of(list(partners.values()))
    starts = sorted({*partners, *[place + 1 for place in partners]} - {stop})
    stops = [*starts[1:], stop]
    found = [
        (partners.get(place, place), place, end - place) for place, end in zip(starts, stops, strict=True)
    ]
    return [Stretch(*stretch) for stretch in found if stretch[0] != NOBODY]
