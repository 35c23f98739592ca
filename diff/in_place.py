"""Children that were edited where they stand, found by identity alone.

A tree that was made from another shares with it what did not change, and mostly that is nearly everything:

    old   A B C D E          new   A B C' D E          places [2]

Nothing of ``A``, ``B``, ``D`` and ``E`` is looked at, not even a key. Of ``C`` and ``C'`` it is not asked whether
they are equal: whoever goes into them finds out. Where this tells nothing, ``matching`` looks at everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import compress, count
from operator import is_not
from typing import Any

from ..vdom.node import Element
from .matching import LEAVES, is_alike


def edited_in_place(old: Sequence[Any], new: Sequence[Any]) -> list[int] | None:
    """The places of the children that are not the same, where each is the old one with other content.

    ``None`` where the lists are not as like as that: children came or went, or most are not the same, or one
    without a key of its own stands elsewhere now. So equal trees give equal patches, whatever objects they
    share (law 11).
    """
    if len(old) != len(new):
        return None
    places = list(compress(count(), map(is_not, old, new)))
    if len(places) == 1:
        return places if _is_alike(old[places[0]], new[places[0]]) else None
    if 2 * len(places) > len(old) or not all([_is_alike(old[at], new[at]) for at in places]):
        return None
    loose = _without_own_key(old, [at for at in places if type(old[at]) not in LEAVES])
    if len(loose) > 1 and not {old[at] for at in loose}.isdisjoint([new[at] for at in loose]):
        return None
    leaves = [at for at in places if type(old[at]) in LEAVES]
    return None if leaves and _stands_elsewhere(old, new, leaves) else places


def _without_own_key(nodes: Sequence[Any], places: list[int]) -> list[int]:
    """Those of ``places`` where an element has no key, or one that another of them has too."""
    keys = [nodes[at].key for at in places]
    times = Counter(keys)
    return [at for at, key in zip(places, keys, strict=True) if key is None or times[key] > 1]


def _stands_elsewhere(old: Sequence[Any], new: Sequence[Any], leaves: list[int]) -> bool:
    """Is what one of these texts and the like was, or is now, found among the siblings of the other list?"""
    return not (
        _leaves(old).isdisjoint([new[at] for at in leaves])
        and _leaves(new).isdisjoint([old[at] for at in leaves])
    )


def _leaves(nodes: Sequence[Any]) -> set[Any]:
    return {node for node in nodes if type(node) in LEAVES}


def _is_alike(old: Any, new: Any) -> bool:
    """May ``old`` be patched into ``new``? Most often it is the same tag with the same attributes."""
    if type(old) is type(new) is Element and old.attributes is new.attributes:
        return bool(old.tag == new.tag and old.namespace == new.namespace)
    return is_alike(old, new)
