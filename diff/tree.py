"""Two trees in, patches out.

    >>> from hyper.vdom import parse_html
    >>> diff_trees(parse_html("<p>Count: 1</p>"), parse_html("<p>Count: 2</p>"))
    [{'path': 'p/text', 'value': 'Count: 2'}]

The diff walks with a list of tasks instead of recursion, so deep trees are safe. There are three kinds of task:

    Pair      two nodes of one kind: patch what is their own, then look at their children
    Children  two lists of children: find out which is which, then look into those that differ
    Finish    all children that are kept are done: remove, move, insert

``Pair`` is the only place of the whole diff that knows what is inside a node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from ..vdom.node import IGNORE, Comment, Element, NodeLike, Root, Text
from ..vdom.rewriting import root_html
from ..vdom.syntax import HTML, Syntax
from .attributes import diff_attributes
from .children import diff_structure
from .codec import json_size, patch_size
from .documents import with_root_key
from .fragments import fragment_html, markup_of, reads_as
from .guard import SMALLEST, WORTH, is_html_longer, may_replace
from .ids import is_closed
from .matching import NOBODY, Matching, edited_in_place, match_children, shared_keys
from .patches import Patch
from .paths import NamedChildren, NodePlace, root_place
from .texts import diff_texts

OnDuplicateKey: TypeAlias = Callable[[str, str], None]
"""Called with the path of a parent and a key that several of its children have."""


def diff_trees(
    old: Root, new: Root, *, keep_state: bool = False, on_duplicate_key: OnDuplicateKey | None = None
) -> list[Patch]:
    """Patches that turn ``old`` into ``new``; none if they are equal.

    ``keep_state``: prefer more bytes to replacing what the user may be using (law 6).
    ``on_duplicate_key``: called for each key that siblings share, and that therefore does not count.
    Raises ``ValueError`` if the two trees have different contexts or rules, or if ``old`` is a tree of XML or of lxml
    and no markup of its syntax gives ``new``. Where HTML as browsers read it cannot express ``new`` (law 1), the
    patches lead to what a browser makes of its HTML. Cost: the nodes that are not the same objects, near-linear
    in the children of one parent.
    """
    if old is new:
        return []
    if old.syntax is not new.syntax:
        check_alike(old.syntax, new.syntax)
    if old.context != new.context:
        raise ValueError(f"a tree in {old.context!r} cannot be patched into one in {new.context!r}")
    if old.syntax.name != "html":
        old, new = with_root_key(old), with_root_key(new)
    run = Run([], on_duplicate_key, syntax=old.syntax)
    try:
        work_off([Pair(old, new, root_place(old, new))], run)
    except UnwritableError:
        if old.syntax.name != "html":
            raise ValueError(inexpressible(old.syntax)) from None
        return [{"path": "", "html": root_html(new)}]
    if old.syntax.keeps_nodes:
        return run.patches
    return _smaller(old, new, run.patches, keep_state)


def check_alike(old: Syntax, new: Syntax) -> None:
    """Raises ``ValueError`` if a tree of XML would be compared with one of HTML, or a prefix means two things."""
    if (old.name == "xml") is not (new.name == "xml"):
        raise ValueError(
            "an XML tree cannot be compared with an HTML tree: parse both by the same rules, "
            'or read that of lxml with syntax="html"'
        )
    known = dict(old.namespaces)
    for prefix, uri in new.namespaces:
        if known.get(prefix, uri) != uri:
            raise ValueError(
                f"the prefix {prefix!r} stands for {known[prefix]!r} in the old tree and for {uri!r} in the new one: "
                "compare the whole documents"
            )


def inexpressible(syntax: Syntax) -> str:
    """What is wrong with a tree that no markup of its own syntax gives."""
    markup = "XML" if syntax.name == "xml" else "HTML"
    return (
        f"the new tree holds what no {markup} says: look for '-->' in a comment, '>' in an instruction, "
        "a name that no parser gives, text beside the root element"
    )


class UnwritableError(Exception):
    """Some children cannot be written as HTML, and nothing above them can be replaced: all has to be sent anew."""


def _smaller(old: Root, new: Root, patches: list[Patch], keep_state: bool) -> list[Patch]:
    """``patches``, or one patch that replaces everything if that is shorter."""
    size = json_size(patches)
    if is_html_longer(new.children, size - len('[{"path":"","html":""}]')):
        return patches
    html = markup_of(new.children, new.context, old.syntax)
    whole: list[Patch] = [{"path": "", "html": html}]
    if json_size(whole) >= size or (keep_state and not may_replace(old.children, new.children, size)):
        return patches
    return whole if reads_as(html, new.children, new.context, old.syntax) else patches


def work_off(tasks: list[Task], run: Run) -> None:
    """Do the tasks, and those that they lead to, in order."""
    while tasks:
        tasks += reversed(tasks.pop().work(run))


LookInside: TypeAlias = "Callable[[NodeLike, NodeLike, NodePlace, Run], Sequence[Task]]"
"""Patches a pair of nodes of which at least one is not from ``vdom.node``; returns what is left to do."""


@dataclass(slots=True)
class Run:
    """What the tasks of one diff share."""

    patches: list[Patch]
    on_duplicate_key: OnDuplicateKey | None = None
    syntax: Syntax = HTML
    look_inside: LookInside | None = None
    """For nodes of other kinds, such as instances of templates; without it they are not looked into."""
    _sizes: list[int] = field(default_factory=list)
    """How long the patches are, as far as they have been measured."""

    def size_from(self, start: int) -> int:
        """How long the patches from ``start`` on are together; each is measured once."""
        self._sizes += map(patch_size, self.patches[len(self._sizes) :])
        return sum(self._sizes[start:])

    def replace_from(self, start: int, patch: Patch) -> None:
        """Put ``patch`` in the place of all patches from ``start`` on."""
        self.patches[start:] = [patch]
        del self._sizes[start:]


class Task(Protocol):
    """Something to do, in its turn."""

    def work(self, run: Run) -> Sequence[Task]:
        """Do it. Returns what has to be done next, in this order."""


class ParentLike(Protocol):
    """An element, or an object in its place, as the parent of the children that are compared."""

    @property
    def context(self) -> str:
        """The context in which a parser reads its children."""


@dataclass(slots=True)
class Pair:
    """Two nodes of the same kind."""

    old: NodeLike
    new: NodeLike
    place: NodePlace

    def work(self, run: Run) -> Sequence[Task]:
        """Patch the nodes themselves. Returns what is left to do: their children."""
        old, new, place = self.old, self.new, self.place
        if old is new:
            return ()
        if type(old) is Element and type(new) is Element:
            return _look_into_elements(old, new, place, run)
        if type(old) is Text and type(new) is Text:
            if old.data != new.data:
                run.patches.append(diff_texts(old.data, new.data, place.path))
        elif type(old) is Comment and type(new) is Comment:
            if old.data != new.data:
                run.patches.append({"path": place.path, "value": new.data})
        elif type(old) is Root and type(new) is Root:
            return Children(old.children, new.children, place, old).work(run)
        elif run.look_inside is not None:
            return run.look_inside(old, new, place, run)
        return ()


def _look_into_elements(old: Element, new: Element, place: NodePlace, run: Run) -> Sequence[Task]:
    name = old.attributes.get("id")
    if name is not None and new.attributes.get("id") == name:
        place.id = name
    if old.attributes is not new.attributes and old.attributes != new.attributes:
        diff_attributes(old.attributes, new.attributes, place.path, run.patches)
    if is_closed(old):
        if run.syntax.keeps_nodes and IGNORE not in old.attributes and old.children != new.children:
            _rewrite_above(place)  # only a browser fills it by itself
        return ()
    return Children(old.children, new.children, place, old).work(run)


def _rewrite_above(place: NodePlace) -> None:
    above = place.nearest_above()
    if above is None:
        raise UnwritableError
    above.must_rewrite = True


@dataclass(slots=True)
class Children:
    """Two lists of children of one parent."""

    old: Sequence[NodeLike]
    new: Sequence[NodeLike]
    place: NodePlace
    parent: ParentLike

    def work(self, run: Run) -> Sequence[Task]:
        """Match the children. Returns what is left to do: look into those that differ, then change the list."""
        old, new, place = self.old, self.new, self.place
        if old is new:
            return ()
        if len(old) == len(new) == 1 and type(old[0]) is Text and type(new[0]) is Text:
            if old[0].data != new[0].data:
                path = place.path
                run.patches.append(diff_texts(old[0].data, new[0].data, f"{path}/text" if path else "text"))
            return ()
        if run.on_duplicate_key is not None:
            for key in shared_keys(old, new):
                run.on_duplicate_key(place.path, key)
        places = edited_in_place(old, new)
        if places is not None:
            return self.tasks(zip(places, places, strict=True), None, run)
        matching = match_children(old, new)
        change = matching if matching.changes_list() else None
        return self.tasks(self.changed(matching), change, run)

    def changed(self, matching: Matching) -> list[tuple[int, int]]:
        """Old and new places of the children that are kept but not equal, in old order."""
        old, new = self.old, self.new
        partners = enumerate(matching.partners, matching.start)
        return sorted([(at, to) for to, at in partners if at != NOBODY and old[at] != new[to]])

    def tasks(self, places: Iterable[tuple[int, int]], change: Matching | None, run: Run) -> list[Task]:
        """A task for each pair of children at these old and new places, and one that changes the list."""
        siblings = NamedChildren(self.old)
        tasks: list[Task] = []
        for at, to in places:
            tasks.append(Pair(self.old[at], self.new[to], NodePlace(self.place, siblings, at)))
        may_rewrite = self.place.parent is None or run.syntax.keeps_nodes
        if len(tasks) > 1 or change is not None or may_rewrite:
            tasks.append(Finish(self, change, run))
        return tasks


class Finish:
    """The last task for the children of one parent, when all that are kept are done."""

    __slots__ = ("change", "children", "start")

    def __init__(self, children: Children, change: Matching | None, run: Run) -> None:
        self.children = children
        self.change = change
        """How the list changes; ``None`` if it stays as it is."""
        self.start = len(run.patches)
        children.place.can_rewrite = True

    def work(self, run: Run) -> Sequence[Task]:
        """Change the list, or replace all children where that is necessary or much shorter."""
        children, place = self.children, self.children.place
        if not place.must_rewrite and self.change is not None:
            context = children.parent.context
            made = diff_structure(children.old, children.new, self.change, place.path, context, run.syntax)
            place.must_rewrite = made is None
            run.patches += made or ()
        if place.must_rewrite:
            self.rewrite(run)
        elif len(run.patches) - self.start > 1 and not run.syntax.keeps_nodes:
            self.shorten(run)
        return ()

    def rewrite(self, run: Run) -> None:
        """Replace all children, here or further up: some of them cannot be inserted on their own."""
        children, place, context = self.children, self.children.place, self.children.parent.context
        html = fragment_html(children.new, context, run.syntax)
        above = place.nearest_above() if html is None else None
        if above is not None:
            above.must_rewrite = True
            return
        if html is None:
            raise UnwritableError
        self.replace(run, html)

    def shorten(self, run: Run) -> None:
        """Replace all children if that is much shorter and loses no state of the user's."""
        children = self.children
        size = run.size_from(self.start)
        most = size // WORTH
        if most < SMALLEST:
            return
        if not children.place.must_stay:
            if is_html_longer(children.new, most):
                return
            children.place.must_stay = not may_replace(children.old, children.new, size)
        context, syntax = children.parent.context, run.syntax
        html = None if children.place.must_stay else fragment_html(children.new, context, syntax)
        if html is None:
            self.keep_above()
        elif patch_size({"path": children.place.path, "html": html}) < most:
            self.replace(run, html)

    def keep_above(self) -> None:
        """Note on the parent above, too, that these children must not be replaced: they are among its content."""
        above = self.children.place.nearest_above()
        if above is not None:
            above.must_stay = True

    def replace(self, run: Run, html: str) -> None:
        run.replace_from(self.start, {"path": self.children.place.path, "html": html})
