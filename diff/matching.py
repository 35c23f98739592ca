"""Which child of the old list is which child of the new one.

Only the ``kind``, ``key``, ``==`` and ``hash()`` of a node are used. ``edited_in_place`` comes first: a tree that was
made from another one shares with it what did not change, which is nearly everything in most cases.

    old   A B C D E          new   A B C' D E          places [2]

Nothing of ``A``, ``B``, ``D`` and ``E`` is looked at, not even a key. ``C`` and ``C'`` are not compared either: the
diff finds out whether they are equal when it looks inside them. Where this is not enough, ``match_children`` looks at
everything. In its worked example, capitals are elements without keys, two equal ones are equal trees, ``A'`` is
``A`` changed inside, and ``-`` is white space:

    old   A - B - C - D - E          new   A - D - B - C' - F - E
          0 1 2 3 4 5 6 7 8                0 1 2 3 4 5 6  7 8 9 10

    1. Equal ends are kept as they are: ``A -`` and ``- E``. What is left starts at 2. The text at which the
       equal end begins is given back, because it belongs to the element before it:
                B - C - D -                    D - B - C' - F -
    2. Explicit keys: none here. (A key that occurs twice on one side is no key on either.)
    3. Implicit keys: elements whose whole tree occurs once on both sides.     B-B  D-D
    4. The text after an element goes with it.                                 B-  D-
    5. In new order these have the old places  6 7 2 3 .  A longest increasing run of them is  2 3 :
       ``B -`` stays and holds the list together, ``D -`` moves.
    6. In each gap between those that stay, what has no partner is paired in order: equal ones first, then
       the same kind. The gap after ``B -`` holds  C -  and  C' - F - :       C-C'  and a white space;
       what is left, ``- F``, is inserted.

Texts, comments and the like get partners in steps 4 and 6 only: too many of them are equal to be worth moving.

Cost: n log n for n children that are left after step 1, and the hashing of those elements that were never hashed.
Sources: Heckel, "A technique for isolating differences between files" (1978) for 3, as in patience diff; ivi and
Inferno for 1 and 5; Hunt and Szymanski (1977) for 6.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from operator import eq, is_not, ne
from typing import Final, TypeAlias

from ..vdom.node import Comment, Doctype, Element, NodeLike, ProcessingInstruction, Text
from .sequences import longest_increasing

Nodes: TypeAlias = Sequence[NodeLike]

NOBODY: Final = -2
"""The partner of a new child. Not -1, which would look like the place before the first."""
LEAVES: Final = frozenset({Text, Comment, ProcessingInstruction, Doctype})
WINDOW: Final = 16
"""Among equals, partners are sought this many places around the same ordinal: this keeps step 6 near-linear."""


@dataclass(slots=True)
class Matching:
    """Which child of one parent's old list is which child of the new list."""

    start: int
    """Children before it are equal in both lists."""
    old_stop: int
    new_stop: int
    """Children from there on are equal in both lists."""
    partners: list[int] = field(default_factory=list)
    """For each new child from ``start`` to ``new_stop``: the index of the old one it is, or ``NOBODY``."""

    def changes_list(self) -> bool:
        """Is anything removed, moved or inserted?"""
        return self.partners != list(range(self.start, self.old_stop))


def edited_in_place(old: Nodes, new: Nodes) -> list[int] | None:
    """The places of the children that are not the same, where each is the old one with different content.

    ``None`` where the lists differ by more than that: children were added or removed, most are not the same, or
    one without a key of its own is elsewhere now. So equal trees give equal patches, whatever objects they
    share (law 11).
    """
    if len(old) != len(new):
        return None
    places = list(compress(count(), map(is_not, old, new)))
    if len(places) == 1:
        return places if is_alike(old[places[0]], new[places[0]]) else None
    if 2 * len(places) > len(old) or not all([is_alike(old[at], new[at]) for at in places]):
        return None
    loose = _without_own_key(old, [at for at in places if type(old[at]) not in LEAVES])
    if len(loose) > 1 and not {old[at] for at in loose}.isdisjoint([new[at] for at in loose]):
        return None
    leaves = [at for at in places if type(old[at]) in LEAVES]
    return None if leaves and _stands_elsewhere(old, new, leaves) else places


def _without_own_key(nodes: Nodes, places: list[int]) -> list[int]:
    """Those of ``places`` where an element has no key, or one that another of them has too."""
    keys = [nodes[at].key for at in places]
    times = Counter(keys)
    return [at for at, key in zip(places, keys, strict=True) if key is None or times[key] > 1]


def _stands_elsewhere(old: Nodes, new: Nodes, leaves: list[int]) -> bool:
    """Is one of these leaves, as it was or as it is, also among the siblings in the other list?"""
    return not (
        _leaves(old).isdisjoint([new[at] for at in leaves])
        and _leaves(new).isdisjoint([old[at] for at in leaves])
    )


def _leaves(nodes: Nodes) -> set[NodeLike]:
    return {node for node in nodes if type(node) in LEAVES}


def match_children(old: Nodes, new: Nodes) -> Matching:
    """Partners for the children of ``new`` among those of ``old``."""
    start = equal_start(old, new)
    end = equal_end(old, new, min(len(old), len(new)) - start)
    old_stop, new_stop = len(old) - end, len(new) - end
    if start in (old_stop, new_stop):
        return Matching(start, old_stop, new_stop, [NOBODY] * (new_stop - start))
    if start + 1 == old_stop == new_stop:
        return Matching(start, old_stop, new_stop, [start if is_alike(old[start], new[start]) else NOBODY])
    if end and type(old[old_stop]) is Text:
        old_stop, new_stop = old_stop + 1, new_stop + 1
    matcher = _Matcher(old[start:old_stop], new[start:new_stop])
    matcher.match()
    partners = [partner if partner < 0 else partner + start for partner in matcher.partners]
    return Matching(start, old_stop, new_stop, partners)


def equal_start(old: Sequence[object], new: Sequence[object]) -> int:
    """How many children at the start are equal. Cost: those; identical ones cost no Python call.

    ``zip`` makes tuples of one: comparing tuples tries identity first, and does so in C.
    """
    return next(compress(count(), map(ne, zip(old), zip(new))), min(len(old), len(new)))


def equal_end(old: Sequence[object], new: Sequence[object], most: int) -> int:
    """How many children at the end are equal, at most ``most``."""
    differ = map(ne, zip(reversed(old)), zip(reversed(new)))
    return min(next(compress(count(), differ), most), most) if most else 0


def is_alike(old: NodeLike, new: NodeLike) -> bool:
    """May ``old`` be patched into ``new``?"""
    if type(old) is Element and type(new) is Element and old.attributes is new.attributes:
        return (
            old.tag == new.tag and old.namespace == new.namespace
        )  # the usual case, and cheaper than comparing their kinds
    kind = old.kind
    return kind == new.kind and old.key == new.key and not is_opaque(old)


def is_opaque(node: NodeLike) -> bool:
    """Can a node of this kind only be equal to another, never be patched into it?

    Nested live components patch themselves. A DOM cannot change the name of a processing instruction, nor
    anything of a doctype.
    """
    return type(node) is not Element and node.kind.startswith(("live:", "#pi", "#doctype"))


class _Matcher:
    """Steps 2 to 6 on the lists that are left after step 1."""

    def __init__(self, old: Nodes, new: Nodes) -> None:
        self.old = old
        self.new = new
        self.partners = [NOBODY] * len(new)
        self.taken = [False] * len(old)
        self.in_place: list[int] = []

    def match(self) -> None:
        self.read_keys()
        self.match_keys()
        self.match_in_place()
        self.match_equals()
        self.match_following_texts()
        self.match_gaps()

    def pair(self, old: int, new: int) -> None:
        self.partners[new] = old
        self.taken[old] = True

    # 2. explicit keys

    def read_keys(self) -> None:
        """Find each node's key: with its kind, and ``None`` where it has none or shares it."""
        self.old_keys = _keys(self.old)
        self.new_keys = _keys(self.new)
        shared = _repeated(self.old_keys) | _repeated(self.new_keys)
        if shared:
            self.old_keys = [None if key in shared else key for key in self.old_keys]
            self.new_keys = [None if key in shared else key for key in self.new_keys]

    def match_keys(self) -> None:
        places = {key: index for index, key in enumerate(self.old_keys) if key}
        for index, key in enumerate(self.new_keys):
            if key is not None and key in places:
                old = places[key]
                if not is_opaque(self.old[old]) or self.old[old] == self.new[index]:
                    self.pair(old, index)

    # 3. implicit keys

    def match_in_place(self) -> None:
        """Pair equal elements at the same index, if the list was mostly edited in place.

        This is the most common change, and it is found without hashing a single subtree.
        """
        old, new = self.loose_elements()
        if not old or not new or len(self.old) != len(self.new):
            return
        same = list(map(eq, zip(self.old), zip(self.new)))
        in_place = [index for index in sorted(set(old) & set(new)) if same[index]]
        if len(in_place) * 2 >= len(new):
            self.in_place = in_place
            for index in in_place:
                self.pair(index, index)

    def match_equals(self) -> None:
        """Pair elements that occur once in each list."""
        old, new = self.loose_elements()
        if not old or not new:
            return
        places = _once(self.old, old)
        found = [(places[node], index) for node, index in _once(self.new, new).items() if node in places]
        if (
            found and self.in_place
        ):  # their hashes are only needed now: an element that equals one of them is not unique
            others = {self.new[index] for index in self.in_place}
            found = [pair for pair in found if self.new[pair[1]] not in others]
        for pair in found:
            self.pair(*pair)

    def loose_elements(self) -> tuple[list[int], list[int]]:
        """Indexes of old and of new elements that have neither a key nor a partner."""
        old, new = self.loose(0, len(self.old), 0, len(self.new))
        return [i for i in old if is_element(self.old[i])], [i for i in new if is_element(self.new[i])]

    def loose(self, old: int, old_stop: int, new: int, new_stop: int) -> tuple[list[int], list[int]]:
        """Indexes in two ranges of nodes that have neither a key nor a partner."""
        taken, old_keys, partners, new_keys = self.taken, self.old_keys, self.partners, self.new_keys
        return (
            [i for i in range(old, old_stop) if not taken[i] and old_keys[i] is None],
            [i for i in range(new, new_stop) if partners[i] < 0 and new_keys[i] is None],
        )

    # 4. the text after

    def match_following_texts(self) -> None:
        last_old, last_new = len(self.old) - 1, len(self.new) - 1
        for new, old in enumerate(self.partners):
            if old < 0 or old == last_old or new == last_new or self.taken[old + 1]:
                continue
            if type(self.old[old + 1]) is type(self.new[new + 1]) is Text:
                self.pair(old + 1, new + 1)

    # 5. and 6. what stays, and the gaps between

    def match_gaps(self) -> None:
        matched = [(old, new) for new, old in enumerate(self.partners) if old >= 0]
        anchors = [matched[at] for at in longest_increasing([old for old, _ in matched])]
        before = [(-1, -1), *anchors]
        after = [*anchors, (len(self.old), len(self.new))]
        for (old, new), (old_stop, new_stop) in zip(before, after, strict=True):
            if old + 1 < old_stop and new + 1 < new_stop:
                self.match_gap(*self.loose(old + 1, old_stop, new + 1, new_stop))

    def match_gap(self, old: list[int], new: list[int]) -> None:
        """Pair what is left between two that stay, in order."""
        if not old or not new:
            return
        equals = align(old, new, _nodes_at(self.old, old), _nodes_at(self.new, new))
        found = list(equals)
        before = [(-1, -1), *equals]
        after = [*equals, (len(self.old), len(self.new))]
        for (first_old, first_new), (stop_old, stop_new) in zip(before, after, strict=True):
            olds = _between(old, first_old, stop_old)
            news = _between(new, first_new, stop_new)
            if olds and news:
                found += align(olds, news, _kinds(self.old, olds), _kinds(self.new, news))
        for pair in found:
            self.pair(*pair)


def _between(indexes: list[int], first: int, stop: int) -> list[int]:
    """Those of the ascending ``indexes`` that lie between two others."""
    return indexes[bisect_right(indexes, first) : bisect_left(indexes, stop)]


def is_element(node: NodeLike) -> bool:
    """Is it an element, however it is represented?"""
    return type(node) not in LEAVES


def shared_keys(old: Nodes, new: Nodes) -> list[str]:
    """Keys that do not count because siblings share them."""
    return sorted({key for _, key in _repeated(_keys(old)) | _repeated(_keys(new))})


def _keys(nodes: Nodes) -> list[tuple[str, str] | None]:
    keys = [node.key for node in nodes]
    if keys.count(None) == len(keys):
        return [None] * len(keys)
    return [None if key is None else (node.kind, key) for node, key in zip(nodes, keys, strict=True)]


def _repeated(keys: list[tuple[str, str] | None]) -> set[tuple[str, str]]:
    seen: set[tuple[str, str]] = set()
    again: set[tuple[str, str]] = set()
    for key in keys:
        if key is not None:
            (again if key in seen else seen).add(key)
    return again


def _once(nodes: Nodes, indexes: list[int]) -> dict[NodeLike, int]:
    """The nodes at ``indexes`` that occur there once, with their index."""
    places: dict[NodeLike, int] = {}
    again: set[NodeLike] = set()
    for index in indexes:
        if places.setdefault(nodes[index], index) != index:
            again.add(nodes[index])
    for node in again:
        del places[node]
    return places


def _nodes_at(nodes: Nodes, indexes: list[int]) -> list[Hashable]:
    return [nodes[index] for index in indexes]


def _kinds(nodes: Nodes, indexes: list[int]) -> list[Hashable]:
    """What the nodes at ``indexes`` have to share to be patched into each other."""
    return [object() if is_opaque(nodes[index]) else nodes[index].kind for index in indexes]


def align(
    old: list[int], new: list[int], old_classes: Sequence[Hashable], new_classes: Sequence[Hashable]
) -> list[tuple[int, int]]:
    """Pairs ``(old, new)`` of one class, in order on both sides, as many as there can be.

    [1, 4, 7] of x y x,  [2, 3] of y x  ->  [(4, 2), (7, 3)]
    """
    start = equal_start(old_classes, new_classes)
    most = min(len(old), len(new)) - start
    end = equal_end(old_classes, new_classes, most)
    pairs = list(zip(old[:start], new[:start], strict=True))
    if most > end:
        old_stop, new_stop = len(old) - end, len(new) - end
        pairs += [
            (old[start + left], new[start + right])
            for left, right in _longest_common(old_classes[start:old_stop], new_classes[start:new_stop])
        ]
    if end:
        pairs += zip(old[-end:], new[-end:], strict=True)
    return pairs


def _longest_common(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Positions of a longest common subsequence: exact while no class occurs more than ``WINDOW`` times."""
    places: dict[Hashable, list[int]] = {}
    for index, item in enumerate(old):
        places.setdefault(item, []).append(index)
    seen: dict[Hashable, int] = dict.fromkeys(places, 0)
    candidates: list[int] = []
    owners: list[int] = []
    for index, item in enumerate(new):
        if item not in places:
            continue
        ordinal = seen[item]
        seen[item] = ordinal + 1
        near = places[item][max(0, ordinal - WINDOW) : ordinal + WINDOW]
        candidates += reversed(near)
        owners += [index] * len(near)
    return [(candidates[at], owners[at]) for at in longest_increasing(candidates)]
