"""Paths: how a patch names a place.

    div/p[2]/text      a text in the second <p> of the only <div> below the root
    #log/p[9]/@class   an attribute of the ninth <p> of the one element with the id "log"
    ""                 the root itself

A step is ``name`` where a node is the only one of that name among its siblings, else ``name[n]``, counted
from 1. ``text``, ``comment`` and ``pi`` are names of node kinds; ``*[n]`` is the n-th child of any kind, for
names that cannot be written (``<a"b>``) or would be taken for such a kind (SVG's ``<text>``). The name is an
assertion: where a node of another name is found, the path is refused.

    >>> parse_path("#log/p[9]/@class")
    Path(anchor='log', steps=(PathStep(name='p', number=9),), attribute='class')
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from ..vdom.node import Element, Root, path_name
from .ids import unique_ids

_NAME_PATTERN: Final = r"[A-Za-z][\w.:-]*"
_STEP_PATTERN: Final = re.compile(rf"({_NAME_PATTERN}|\*)(?:\[([1-9]\d{{0,8}})\])?", re.ASCII)
_ATTRIBUTE_NAME: Final = re.compile(r"[^\t\n\f\r />]+")
"""What both an HTML parser and a DOM accept as the name of an attribute."""
_ANCHOR: Final = re.compile(rf"#({_NAME_PATTERN})", re.ASCII)


class PathStep(NamedTuple):
    """From a node to one of its children."""

    name: str
    number: int | None
    """Which one of that name, counted from 1; ``None`` where it must be the only one."""

    def __str__(self) -> str:
        return self.name if self.number is None else f"{self.name}[{self.number}]"


class Path(NamedTuple):
    """A parsed path."""

    anchor: str | None
    """The id at which it starts instead of at the root."""
    steps: tuple[PathStep, ...]
    attribute: str | None

    def __str__(self) -> str:
        start = [] if self.anchor is None else [f"#{self.anchor}"]
        end = [] if self.attribute is None else [f"@{self.attribute}"]
        return "/".join([*start, *map(str, self.steps), *end])


def parse_path(path: str) -> Path:
    """The parsed ``path``. Raises ``ValueError`` if a step or the attribute is malformed."""
    place, slash, attribute = path.partition("/@")
    if slash and not _ATTRIBUTE_NAME.fullmatch(attribute):
        raise ValueError(f"{attribute!r} is not an attribute name")
    steps = place.split("/") if place else []
    anchor = _ANCHOR.fullmatch(steps[0]) if steps else None
    return Path(
        anchor[1] if anchor else None,
        tuple(map(_parse_step, steps[1:] if anchor else steps)),
        attribute if slash else None,
    )


def _parse_step(step: str) -> PathStep:
    match = _STEP_PATTERN.fullmatch(step)
    if not match or step == "*":
        raise ValueError(f"{step!r} is not a step")
    return PathStep(match[1], int(match[2]) if match[2] else None)


class HasName(Protocol):
    """A node that can be named in a path."""

    @property
    def name(self) -> str:
        """Its name there: ``"p"``, ``"text"``, ``"*"``."""


class NamedChildren:
    """The steps to the children of one parent. The places of a name are looked up once, when they are first needed.

    >>> from hyper.vdom import parse_html
    >>> children = NamedChildren(parse_html("<p></p><p></p>text").children)
    >>> [children.step(index) for index in range(3)]
    ['p[1]', 'p[2]', 'text']
    """

    __slots__ = ("_by_name", "nodes")

    def __init__(self, nodes: Sequence[HasName]) -> None:
        self.nodes = nodes
        self._by_name: dict[str, list[int]] = {}

    def named(self, name: str) -> list[int]:
        """Indexes of the children of one name, ascending."""
        indexes = self._by_name.get(name)
        if indexes is None:
            tag = name if path_name(name) == name else None  # no element is called "text", whatever its tag
            indexes = self._by_name[name] = [
                index
                for index, node in enumerate(self.nodes)
                if (node.tag == tag if type(node) is Element else node.name == name)
            ]
        return indexes

    def step(self, index: int) -> str:
        """The step to the child at ``index``."""
        node = self.nodes[index]
        name = path_name(node.tag) if type(node) is Element else node.name
        if name == "*":
            return f"*[{index + 1}]"
        if len(self.nodes) == 1:
            return name
        same = self.named(name)
        return name if len(same) == 1 else f"{name}[{bisect_left(same, index) + 1}]"

    def find(self, step: PathStep) -> int:
        """The index of the child that ``step`` names. Raises ``LookupError`` if there is no such child."""
        if step.name == "*" and step.number is not None:
            indexes: Sequence[int] = range(len(self.nodes))
        else:
            indexes = self.named(step.name)
        if step.number is None and len(indexes) == 1:
            return indexes[0]
        if step.number is not None and step.number <= len(indexes):
            return indexes[step.number - 1]
        raise LookupError(f"no single {str(step)!r} among {self.describe()}")

    def describe(self) -> str:
        """The names of the children, for an error message."""
        if not self.nodes:
            return "no children"
        more = f" and {len(self.nodes) - 8} more" if len(self.nodes) > 8 else ""
        return "the children " + ", ".join([node.name for node in self.nodes[:8]]) + more


class Anchors:
    """The ids at which a path may start in one run of the diff.

    Those are unique in the old tree and in the new one, so they are unique in every tree between the two.
    """

    def __init__(self, old: Root, new: Root) -> None:
        self._trees = (old, new)
        self._ids: frozenset[str] | None = None

    def __contains__(self, name: str) -> bool:
        if self._ids is None:
            old, new = self._trees
            self._ids = unique_ids(old) & unique_ids(new)
        return name in self._ids


NO_SIBLINGS: Final = NamedChildren(())


class NodePlace:
    """Where a kept node is in the old tree; its path is found when a patch first needs it."""

    __slots__ = (
        "_path", "anchors", "can_rewrite", "id", "index", "must_rewrite", "must_stay", "parent", "siblings",
    )  # fmt: skip

    def __init__(
        self, parent: NodePlace | None, siblings: NamedChildren, index: int, path: str | None = None
    ) -> None:
        self.parent = parent
        self.siblings = siblings
        """All children of the parent; not needed if the path is known."""
        self.index = index
        self.anchors: Anchors | None = parent.anchors if parent is not None else None
        self.id: str | None = None
        """The id that the node has and keeps, so that a path may start at it."""
        self.can_rewrite = False
        """Will there be a chance to replace all its children, should that be necessary?"""
        self.must_rewrite = False
        """Is it necessary?"""
        self.must_stay = False
        """Is there something below that must not be replaced to save bytes?"""
        self._path: str | None = path if parent is not None else ""

    @property
    def path(self) -> str:
        """The shortest path to it. Cost: the places above whose paths are unknown, and their siblings."""
        if self._path is not None:
            return self._path
        unknown: list[NodePlace] = []
        place: NodePlace | None = self
        while place is not None and place._path is None:
            unknown.append(place)
            place = place.parent
        path = place.path if place is not None else ""
        for below in reversed(unknown):
            path = below._path = below._path_below(path)
        return path

    def _path_below(self, above: str) -> str:
        """Its path, where ``above`` is that of the parent."""
        path = path_below(above, self.siblings.step(self.index))
        if self.id is not None and self.anchors is not None and len(self.id) + 1 < len(path):
            return f"#{self.id}" if self.id in self.anchors else path
        return path

    def nearest_above(self) -> NodePlace | None:
        """The nearest parent whose children can all be replaced."""
        place = self.parent
        while place is not None and not place.can_rewrite:
            place = place.parent
        return place


def path_below(above: str, steps: str) -> str:
    """The path that ``steps`` lead to from the one ``above``.

    >>> path_below("div/ul", "li[2]"), path_below("", "div")
    ('div/ul/li[2]', 'div')
    """
    return f"{above}/{steps}" if above else steps


def root_place(old: Root | None = None, new: Root | None = None) -> NodePlace:
    """The place at which paths start. If both trees are given, paths may start at ids too."""
    place = NodePlace(None, NO_SIBLINGS, 0)
    if old is not None and new is not None:
        place.anchors = Anchors(old, new)
    return place
