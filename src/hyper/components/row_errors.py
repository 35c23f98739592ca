"""Errors of a list's rows stay with their rows: a form names a row by its index, which changes when others come or go.

    before   <p key="1"><input name="lines[0].serial">   <p key="2"><input name="lines[1].serial">
    after                                                <p key="2"><input name="lines[0].serial">

    moves(before, after)  ->  {"lines[0]": None, "lines[1]": "lines[0]", …}

A control is the same before and after if it has the same keys around it, and the same name but for the indexes. Where
that leaves a choice, as between rows without keys when one of them goes, nobody knows whose an error is: it is removed,
and the next validation finds it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from hyper.diff import Patch
from hyper.transport.component import ComponentPatches
from hyper.vdom import Element, Root
from hyper.vdom.node import KEY_ATTRIBUTES
from hyper.vdom.templates.values import Value

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

INDEX: Final = re.compile(r"\[\d+\]|\.\d+(?![^.\[])")
"""What finds a row in the name of a field: ``lines[0].text``, or ``lines.0.text`` of a dict."""

Identity: TypeAlias = "tuple[tuple[str, ...], str]"
"""The keys of the elements around a control, and its name without indexes."""
RowNames: TypeAlias = "Mapping[Identity, tuple[str, ...]]"
"""The names of the controls whose names have an index; several where keys do not tell them apart."""


def rows_in(tree: Root) -> RowNames:
    """The controls of a tree that are in rows. Cost: the elements."""
    found: dict[Identity, dict[str, None]] = {}
    stack: list[tuple[Element, tuple[str, ...]]] = [(node, ()) for node in _elements(tree)]
    while stack:
        element, keys = stack.pop()
        key = element.attributes.get("data-live-component") or element.key
        keys = keys if key is None else (*keys, key)
        name = element.attributes.get("name")
        if name and INDEX.search(name):
            found.setdefault((keys, INDEX.sub("[]", name)), {})[name] = None
        stack.extend((child, keys) for child in _elements(element))
    return {identity: tuple(names) for identity, names in found.items()}


def _elements(parent: Element | Root) -> Iterator[Element]:
    """The children that are elements, the last one first."""
    return (node for node in reversed(parent.children) if type(node) is Element)


def moves(before: RowNames, after: RowNames) -> dict[str, str | None]:
    """The new name of each control and row of ``before``; ``None`` if it is gone, or may be any of several."""
    found: dict[str, set[str]] = {}
    for identity, names in before.items():
        now = after.get(identity, ())
        is_known = now == names or len(now) == len(names) == 1
        for at, name in enumerate(names):
            places = [name, *rows_of(name)]
            news = [now[at], *rows_of(now[at])] if is_known else []
            for place in places:
                found.setdefault(place, set())
            for place, new in zip(places, news, strict=is_known):
                found[place].add(new)
    return {place: news.pop() if len(news) == 1 else None for place, news in found.items()}


def rows_of(name: str) -> list[str]:
    """The rows that a field is in, or is itself, the innermost first: ``a[0].b[1].c`` → ``a[0].b[1]``, ``a[0]``."""
    return [name[: match.end()] for match in INDEX.finditer(name)][::-1]


def renamed(name: str, moved: Mapping[str, str | None]) -> str | None:
    """The new name of a field; ``None`` if its row is gone. Names of no row on the page stay."""
    if new := moved.get(name):
        return new
    for row in rows_of(name):  # of a row that is still there, its control may be gone
        if row in moved:
            new = moved[row]
            return None if new is None else new + name[len(row) :]
    return None if name in moved else name


class LastRender(NamedTuple):
    """What a component showed before its last render, and what the browser had said of its controls."""

    tree: Value
    reported: tuple[tuple[str, str | None], ...]


class FollowedRows:
    """The components of a page that have errors of rows, and what has been rendered since they were last followed."""

    __slots__ = ("components", "is_again", "renders")

    def __init__(self) -> None:
        self.components: dict[MountedComponent, None] = {}
        self.renders: dict[MountedComponent, LastRender] = {}
        self.is_again = False
        """Is what errors have followed being rendered again? They follow once: a view may turn its rows by them."""

    def follow(self, changes: list[ComponentPatches]) -> bool:
        """Let errors follow the rows that a render has moved. Returns whether anything is to be rendered again.

        What is rendered again starts from what the browser shows, and its patches are no longer among ``changes``.
        """
        renders, self.renders = self.renders, {}
        if self.is_again or not any(_may_move(patch) for change in changes for patch in change.patches):
            self.is_again = False
            return False
        moved = [mounted for mounted in list(self.components) if self._have_moved(mounted)]
        self.is_again = bool(moved)
        if moved:
            _undo(renders, changes)
            for mounted in moved:
                mounted.invalidate()
        return self.is_again

    def _have_moved(self, mounted: MountedComponent) -> bool:
        """Have errors of a component moved with its rows? A component without any is no longer followed."""
        fields = mounted.fields
        if mounted.is_closed or fields is None or not fields.has_rows:
            del self.components[mounted]
            if fields is not None:
                fields.rows = None
            return False
        before, fields.rows = fields.rows or {}, rows_in(mounted.to_root())
        return before != fields.rows and fields.follow(moves(before, fields.rows))


def _undo(renders: Mapping[MountedComponent, LastRender], changes: list[ComponentPatches]) -> None:
    """Have what changed rendered again, from what it was: nobody has seen the patches yet."""
    changed = {change.component_id for change in changes}
    for mounted, last in renders.items():
        if mounted.id in changed and not mounted.is_closed:
            mounted.kept_tree, mounted.reported = last
            mounted.invalidate()
    changes.clear()


def note_rows(mounted: MountedComponent) -> None:
    """Have the errors of a component follow its rows from now on, if any of them is of a row."""
    fields = mounted.fields
    if fields is not None and fields.rows is None and fields.has_rows:
        fields.rows = rows_in(mounted.to_root())
        mounted.page.followed = mounted.page.followed or FollowedRows()
        mounted.page.followed.components[mounted] = None


def _may_move(patch: Patch) -> bool:
    """May the name or the place of a control be another one after this patch?"""
    if "at" in patch:
        return False
    _, _, attribute = patch["path"].rpartition("/@")
    return "value" not in patch or attribute == "name" or attribute in KEY_ATTRIBUTES
