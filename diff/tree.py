"""Two trees in, patches out.

The diff walks with a list of tasks instead of recursion, so depth is no danger. Three kinds of task:

    Pair      two nodes of one kind: patch what is their own, then look at their children
    Children  two lists of children: find out which is which, then look into those that differ
    Finish    all children that are kept are done: remove, move, insert

``_look_into`` is the only function of the whole diff that knows what is inside a node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ..vdom.markup import to_html
from ..vdom.node import Comment, Element, Root, Text
from .attributes import diff_attributes
from .children import structure_patches
from .fragments import context_of, fragment_html, reads_as
from .guard import SMALLEST, WORTH, is_html_longer, json_size, may_replace, patch_size
from .ids import is_closed
from .in_place import edited_in_place
from .matching import NOBODY, Matching, match_children, shared_keys
from .patches import Patch
from .paths import Place, Siblings, root_place
from .texts import diff_texts

OnDuplicateKey: TypeAlias = Callable[[str, str], None]
"""Told the path of a parent and a key that several of its children have."""


def diff_trees(
    old: Root, new: Root, *, keep_state: bool = False, on_duplicate_key: OnDuplicateKey | None = None
) -> list[Patch]:
    """Patches that turn ``old`` into ``new``; none if they are equal.

    ``keep_state``: rather send more bytes than replace what the user may be using (law 6).
    ``on_duplicate_key``: a key that siblings share is no key; this is told, for a warning to the author.
    Raises ``ValueError`` if the trees do not hang in the same kind of place. Where HTML cannot express
    ``new`` (law 1), the patches give what a browser makes of its HTML. Cost: the nodes that are not the same
    objects, near-linear in the children of one parent.
    """
    if old.context != new.context:
        raise ValueError(f"a tree in {old.context!r} cannot be patched into one in {new.context!r}")
    patches: list[Patch] = []
    diff_nodes(old, new, root_place(old, new), patches, on_duplicate_key)
    return _smaller(old, new, patches, keep_state)


def _smaller(old: Root, new: Root, patches: list[Patch], keep_state: bool) -> list[Patch]:
    """``patches``, or one patch for everything if that is shorter."""
    size = json_size(patches)
    if is_html_longer(new.children, size - len('[{"path":"","html":""}]')):
        return patches
    html = to_html(new)
    whole: list[Patch] = [{"path": "", "html": html}]
    if json_size(whole) >= size or (keep_state and not may_replace(old.children, new.children, size)):
        return patches
    return whole if reads_as(html, new.children, new.context) else patches


def diff_nodes(
    old: Any, new: Any, place: Place, patches: list[Patch], on_duplicate_key: OnDuplicateKey | None = None
) -> None:
    """Append patches that turn ``old`` at ``place`` into ``new``, which is of the same kind."""
    work_off([Pair(old, new, place)], Run(patches, on_duplicate_key))


def work_off(tasks: list[Task], run: Run) -> None:
    """Do the tasks, and those that come of them, in order."""
    while tasks:
        tasks += reversed(tasks.pop().work(run))


LookInside: TypeAlias = "Callable[[Any, Any, Place, Run], Sequence[Task]]"
_elsewhere: dict[type, LookInside] = {}


def look_inside(kind: type, look: LookInside) -> None:
    """Have ``look`` patch pairs of nodes of which one is a ``kind``, a kind of node from elsewhere."""
    _elsewhere[kind] = look


@dataclass(slots=True)
class Run:
    """What the tasks of one diff share."""

    patches: list[Patch]
    on_duplicate_key: OnDuplicateKey | None = None
    _size: int = 0
    _measured: int = 0

    def size(self) -> int:
        """How long the patches are by now; each is measured once."""
        self._size += sum(map(patch_size, self.patches[self._measured :]))
        self._measured = len(self.patches)
        return self._size

    def replace_from(self, start: int, size: int, patch: Patch) -> None:
        """``patch`` instead of all patches from ``start`` on, when they were ``size`` bytes."""
        self.patches[start:] = [patch]
        self._size = size
        self._measured = start


class Task:
    """Something to do, in its turn."""

    __slots__ = ()

    def work(self, run: Run) -> Sequence[Task]:
        """Do it; what comes back has to be done next, in this order."""
        raise NotImplementedError


@dataclass(slots=True)
class Pair(Task):
    """Two nodes of the same kind."""

    old: Any
    new: Any
    place: Place

    def work(self, run: Run) -> Sequence[Task]:
        if self.old is self.new:
            return ()
        return _look_into(self.old, self.new, self.place, run)


def _look_into(old: Any, new: Any, place: Place, run: Run) -> Sequence[Task]:
    """Patch what is the nodes' own. Comes back with what is left to do, which is about their children."""
    kind = type(old)
    if kind is Element and type(new) is Element:
        return _look_into_elements(old, new, place, run)
    look = _elsewhere.get(kind) or _elsewhere.get(type(new))
    if look is not None:
        return look(old, new, place, run)
    if kind is Text:
        if old.data != new.data:
            run.patches.append(diff_texts(old.data, new.data, place.path))
    elif kind is Comment:
        if old.data != new.data:
            run.patches.append({"path": place.path, "value": new.data})
    elif kind is Root:
        return Children(old.children, new.children, place, old.context).work(run)
    return ()


def _look_into_elements(old: Element, new: Element, place: Place, run: Run) -> Sequence[Task]:
    name = old.attributes.get("id")
    if name is not None and new.attributes.get("id") == name:
        place.id = name
    if old.attributes is not new.attributes and old.attributes != new.attributes:
        diff_attributes(old.attributes, new.attributes, place.path, run.patches)
    if is_closed(old):
        return ()
    return Children(old.children, new.children, place, context_of(old)).work(run)


SAME_LIST: Final = Matching(0, 0, 0)
"""Of children that all stay where they are."""


@dataclass(slots=True)
class Children(Task):
    """Two lists of children of one parent."""

    old: Sequence[Any]
    new: Sequence[Any]
    place: Place
    context: str
    """What the parent is for a parser of HTML."""

    def work(self, run: Run) -> Sequence[Task]:
        old, new, place = self.old, self.new, self.place
        if old is new:
            return ()
        if len(old) == len(new) == 1 and type(old[0]) is type(new[0]) is Text:
            if old[0].data != new[0].data:
                path = f"{place.path}/text" if place.path else "text"
                run.patches.append(diff_texts(old[0].data, new[0].data, path))
            return ()
        if run.on_duplicate_key:
            for key in shared_keys(old, new):
                run.on_duplicate_key(place.path, key)
        edited = edited_in_place(old, new)
        matching = match_children(old, new) if edited is None else SAME_LIST
        pairs = self.pairs(matching) if edited is None else self.pairs_at(edited)
        if len(pairs) > 1 or matching.changes_list() or place.parent is None:
            pairs.append(Finish(self, matching, run))
        return pairs

    def pairs(self, matching: Matching) -> list[Task]:
        """The children that are kept but not equal, in old order."""
        siblings = Siblings(self.old)
        partners = enumerate(matching.partners, matching.start)
        return [
            Pair(self.old[old], self.new[new], self.place.child(siblings, old))
            for old, new in sorted((old, new) for new, old in partners if old != NOBODY)
            if self.old[old] != self.new[new]
        ]

    def pairs_at(self, places: Sequence[int]) -> list[Task]:
        """The children at these places, which stay there."""
        old, new, place, siblings = self.old, self.new, self.place, Siblings(self.old)
        return [Pair(old[at], new[at], place.child(siblings, at)) for at in places]


class Finish(Task):
    """The last word on the children of one parent, when all that are kept are done."""

    __slots__ = ("children", "matching", "size", "start")

    def __init__(self, children: Children, matching: Matching, run: Run) -> None:
        self.children = children
        self.matching = matching
        self.start = len(run.patches)
        self.size = run.size()
        children.place.can_rewrite = True

    def work(self, run: Run) -> Sequence[Task]:
        children, place = self.children, self.children.place
        if not place.must_rewrite and self.matching.changes_list():
            made = structure_patches(children.old, children.new, self.matching, place.path, children.context)
            place.must_rewrite = made is None
            run.patches += made or ()
        if place.must_rewrite:
            self.rewrite(run)
        else:
            self.shorten(run)
        return ()

    def rewrite(self, run: Run) -> None:
        """All children anew, here or further up: something of them cannot be inserted by itself."""
        children, place = self.children, self.children.place
        html = fragment_html(children.new, children.context)
        above = place.nearest_above() if html is None else None
        if above is not None:
            above.must_rewrite = True
            return
        if html is None:
            html = to_html(Root(tuple(children.new), children.context))
        self.replace(run, html)

    def shorten(self, run: Run) -> None:
        """All children anew, if that is much shorter and takes nothing from the user."""
        children = self.children
        size = run.size() - self.size
        most = size // WORTH
        if most < SMALLEST or len(run.patches) - self.start < 2:
            return
        if not children.place.must_stay:
            if is_html_longer(children.new, most):
                return
            children.place.must_stay = not may_replace(children.old, children.new, size)
        html = None if children.place.must_stay else fragment_html(children.new, children.context)
        if html is None:
            self.keep_above()
        elif patch_size({"path": children.place.path, "html": html}) < most:
            self.replace(run, html)

    def keep_above(self) -> None:
        """What keeps these from being replaced is part of those above too: nobody has to look again."""
        above = self.children.place.nearest_above()
        if above is not None:
            above.must_stay = True

    def replace(self, run: Run, html: str) -> None:
        run.replace_from(self.start, self.size, {"path": self.children.place.path, "html": html})
