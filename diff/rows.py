"""Which row of a list is which in its next render: the rows are instances of templates, with keys.

What comes out are stretches, rows that stand together in both lists:

    old   1 2 3 4 5 6 7 8          new   1 7 3 4' 5 2 8 9

    1. From both ends, rows that are equal or two renders of one row are settled: ``1``. (At the end ``8`` and
       ``9`` are two rows.)
    2. Between, in lists of one length, rows that are equal at the same place are settled: ``3``, ``5``.
    3. All others go by their keys, as columns: 2 4 6 7 8 and 7 4 2 8 9. ``6`` is gone, ``9`` is new.
    4. Old places in new order, as stretches:  0 | 6 | 2 3 4 | 1 | 7

Whatever looks at all rows runs in C, Python looks at what changed. Lists where a key is missing or occurs
twice, or where rows of several templates change places, are left to the diff of any children.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress, count, repeat
from operator import itemgetter, ne, sub
from typing import Any, Final, NamedTuple, TypeAlias

from ..vdom.template import Instance, Template
from .stretches import Stretch

Rows: TypeAlias = Sequence[Any]

NOBODY: Final = -2
"""The partner of a new row. Not -1, which would look like the row before the first."""
_KEY_TYPES: Final = ({int}, {str})
_template_of = itemgetter(0)


class Kept(NamedTuple):
    """What became of the rows that were kept."""

    stretches: list[Stretch]
    """All of them, in new order."""
    changed: list[tuple[int, int]]
    """Old and new place of those that are not equal, in old order."""


def templates_of(values: Rows) -> set[Template] | None:
    """The templates of rows; ``None`` where some value is not exactly one element, an instance."""
    try:
        templates = set(map(_template_of, values))
    except (TypeError, IndexError):  # a number, a node, an empty text: nothing else begins with a template
        return None
    is_one_element = all([type(template) is Template and template.single for template in templates])
    return templates if is_one_element else None


def differing(old: Rows, new: Rows) -> list[int]:
    """The places at which two lists differ, as far as the shorter one goes."""
    return list(compress(count(), map(ne, old, new)))


def match_rows(old: Rows, new: Rows, differ: Sequence[int], templates: set[Template]) -> Kept | None:
    """The rows that were kept; ``None`` where their keys do not tell.

    ``differ``: the places at which the lists differ; ``templates``: those of all rows.
    """
    lone = _lone(old, templates) & _lone(new, templates)
    start = _settled(old, new, differ, lone)
    back_old, back_new = old[start:][::-1], new[start:][::-1]
    differ_back = differing(back_old, back_new)
    end = _settled(back_old, back_new, differ_back, lone)
    old_stop, new_stop = len(old) - end, len(new) - end
    partners = _partners(old, new, differ, (start, old_stop, new_stop), templates)
    if partners is None:
        return None
    found = [Stretch(0, 0, start), *_stretches(partners, start, new_stop), Stretch(old_stop, new_stop, end)]
    changed = [(place, place) for place in differ if place < start]
    changed += sorted([(at, to) for to, at in partners.items() if at != NOBODY and old[at] != new[to]])
    changed += [
        (len(old) - 1 - place, len(new) - 1 - place) for place in reversed(differ_back) if place < end
    ]
    return Kept([stretch for stretch in found if stretch.length], changed)


def _lone(rows: Rows, templates: set[Template]) -> set[Template]:
    """The templates without a key of which there is one row: it is that row in every render."""
    keyless = [template for template in templates if template.key_parts is None]
    all_of_them = list(map(_template_of, rows)) if keyless else []
    return {template for template in keyless if all_of_them.count(template) == 1}


def _settled(old: Rows, new: Rows, differ: Sequence[int], lone: set[Template]) -> int:
    """How many rows at the start are equal or two renders of one row."""
    for place in differ:
        left, right = old[place], new[place]
        if left[0] is not right[0] or (left[0] not in lone and not _have_one_key(left, right)):
            return place
    return min(len(old), len(new))


def _have_one_key(old: Instance, new: Instance) -> bool:
    key = old.key
    return key is not None and key == new.key


def _partners(
    old: Rows, new: Rows, differ: Sequence[int], between: tuple[int, int, int], templates: set[Template]
) -> dict[int, int] | None:
    """For each place between the settled ends that is open: the old place of that row, or ``NOBODY``.

    ``None`` where keys do not tell.
    """
    start, old_stop, new_stop = between
    old_places: Sequence[int] = range(start, old_stop)
    new_places: Sequence[int] = range(start, new_stop)
    if len(old) == len(new):
        old_places = new_places = [place for place in differ if start <= place < old_stop]
    if not old_places or not new_places:
        return dict.fromkeys(new_places, NOBODY)
    old_rows = [old[place] for place in old_places]
    new_rows = [new[place] for place in new_places]
    at = _key_place(templates if len(templates) == 1 else set(map(_template_of, (*old_rows, *new_rows))))
    if at is None:
        return None
    old_keys, new_keys = list(map(itemgetter(at), old_rows)), list(map(itemgetter(at), new_rows))
    place_of: dict[object, int] = dict(zip(old_keys, old_places, strict=True))
    if set(map(type, (*old_keys, *new_keys))) not in _KEY_TYPES:
        return None
    if len(place_of) < len(old_keys) or len(set(new_keys)) < len(new_keys):
        return None
    return dict(zip(new_places, map(place_of.get, new_keys, repeat(NOBODY)), strict=True))


def _key_place(templates: set[Template]) -> int | None:
    """The slot that makes the key of all rows, if it is one."""
    if len(templates) > 1:
        return None
    parts = next(iter(templates)).key_parts
    slots = [parts] if isinstance(parts, int) else [part for part in parts or () if type(part) is int]
    return slots[0] if len(slots) == 1 else None


def _stretches(partners: Mapping[int, int], start: int, stop: int) -> list[Stretch]:
    """The stretches between two places, where all that have no partner named are settled.

    {0: 6, 4: 1} from 0 to 6  ->  (6, 0, 1) (1, 1, 3) (1, 4, 1) (5, 5, 1)
    """
    if start == stop or set(partners.values()) == {NOBODY}:
        return []
    if len(partners) == stop - start:
        shifts = list(map(sub, partners.values(), count()))
        starts = [start, *compress(count(start + 1), map(ne, shifts[1:], shifts))]
    else:
        starts = sorted({start, *partners, *[place + 1 for place in partners]} - {stop})
    stops = [*starts[1:], stop]
    found = [
        (partners.get(place, place), place, end - place) for place, end in zip(starts, stops, strict=True)
    ]
    return [Stretch(*stretch) for stretch in found if stretch[0] != NOBODY]
