"""Patches applied to the simulated page, as the browser client applies them to the DOM.

Elements that a patch keeps stay the same objects, with everything the user did to them. This is written
independently of ``apply_patches``, the reference for trees, so that test pages can check one against the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from hyper.diff import PatchError
from hyper.diff.apply import rearranged
from hyper.diff.fragments import parse_children
from hyper.diff.paths import NamedChildren, Path, parse_path
from hyper.diff.texts import from_utf16
from hyper.dom.controls import check, is_choice, is_file
from hyper.dom.elements import COMPONENT, SELF, DomElement, DomLeaf, DomNode, to_dom
from hyper.simulated.choices import Choice, mark
from hyper.simulated.dialogs import Dialogs
from hyper.simulated.typing import Typing, show_text

_IDENTITY: Final = (COMPONENT, "key", "data-key", "id", "type", "name")
"""Attributes that distinguish elements of the same tag: elements in which one differs are not alike."""

Later = Callable[[], None]


class Patcher:
    """Applies one batch of patches to one component."""

    def __init__(self, root: DomElement, typing: Typing, dialogs: Dialogs) -> None:
        self.dialogs = dialogs
        self.component = root
        self.typing = typing
        self.holder = root.parent if SELF in root.attributes else None
        self.root = DomElement("div") if self.holder else root
        self.later: list[Later] = []
        """Functions to call once the whole batch is in place: a radio button is checked when its group is complete."""
        self.choices: dict[DomElement, Choice] = {}
        """What was chosen in each select before the batch, if the batch changes its options."""
        self.changed: list[DomElement] = []
        """Selects whose options come, go or move."""

    def apply(self, patches: Sequence[Mapping[str, Any]]) -> None:
        """Apply the patches in order. Raises ``PatchError`` if one does not match the page."""
        if self.holder:
            self.root.children = [
                self.component
            ]  # its parent is not changed, so that its ancestors stay reachable
        for patch in patches:
            try:
                self.apply_one(patch)
            except (LookupError, ValueError, AttributeError, IndexError) as error:
                raise PatchError(f"{error}: {patch}") from error
        if self.holder:
            at = _index_of(self.holder.children, self.component)
            self.holder.set_children(
                [*self.holder.children[:at], *self.marked(), *self.holder.children[at + 1 :]]
            )
        for select in self.changed:
            self.choices[select].keep()
        for later in self.later:
            later()

    def marked(self) -> list[DomNode]:
        """The new content of a component that is one element, marked as that component."""
        for node in self.root.children:
            if isinstance(node, DomElement) and node is not self.component:
                node.attributes = {
                    COMPONENT: self.component.attributes[COMPONENT],
                    SELF: "",
                    **node.attributes,
                }
        return self.root.children

    def apply_one(self, patch: Mapping[str, Any]) -> None:
        path = parse_path(patch["path"])
        node = self.find(path)
        if "value" in patch:
            self.set_value(node, path.attribute, patch["value"])
        elif "at" in patch:
            self.splice(node, patch)
        elif isinstance(node, DomElement) and self.is_open(node):
            self.rewrite(node, patch)
        else:
            raise LookupError("no children to patch")

    # Finding

    def is_open(self, node: DomNode) -> bool:
        """Do its children belong to this component?"""
        if not isinstance(node, DomElement) or node.is_closed:
            return False
        return node is self.root or node is self.component or COMPONENT not in node.attributes

    def find(self, path: Path) -> DomNode:
        node: DomNode = self.root if path.anchor is None else self.by_id(path.anchor)
        for step in path.steps:
            if not isinstance(node, DomElement) or not self.is_open(node):
                raise LookupError(f"no patch may address anything inside {node}")
            node = node.children[NamedChildren(node.children).find(step)]
        return node

    def by_id(self, name: str) -> DomElement:
        stack: list[DomNode] = self.root.children[::-1]
        while stack:
            node = stack.pop()
            if isinstance(node, DomElement):
                if node.attributes.get("id") == name:
                    return node
                if self.is_open(node):
                    stack += node.children[::-1]
        raise LookupError(f"no element has the id {name!r}")

    # Texts and attributes

    def set_value(self, node: DomNode, attribute: str | None, value: str | None) -> None:
        if attribute is not None and isinstance(node, DomElement):
            self.set_attribute(node, attribute, value)
        elif attribute is None and isinstance(node, DomLeaf) and value is not None:
            self.set_data(node, value)
        else:
            raise LookupError("no such text or attribute")

    def set_data(self, node: DomLeaf, data: str) -> None:
        self.follow(node.parent)
        node.data = data

    def splice(self, node: DomNode, patch: Mapping[str, Any]) -> None:
        if not isinstance(node, DomLeaf):
            raise LookupError("no such text")
        start = from_utf16(node.data, patch["at"])
        stop = from_utf16(node.data, patch["at"] + patch.get("delete", 0))
        self.set_data(node, node.data[:start] + patch["insert"] + node.data[stop:])

    def set_attribute(self, element: DomElement, name: str, value: str | None) -> None:
        control, write = self.writing(element, name, value)
        show = None if control is None else self.typing.hold(control)
        if name == "open":
            self.open(element, value is not None)
        if value is None:
            element.attributes.pop(name, None)
        else:
            element.attributes[name] = value
        if show is not None:
            self.later.append(lambda: show(write))

    def open(self, element: DomElement, is_open: bool) -> None:
        """Open or close a dialog: what the server changes wins over what its user did."""
        if not is_open:
            self.dialogs.leave(element)
        elif not element.modal:
            element.opened = None

    def writing(self, element: DomElement, name: str, value: str | None) -> tuple[DomElement | None, Later]:
        """The control whose state an attribute is, and a function that sets this state; ``None`` if it is of none."""
        is_on = value is not None
        if name == "value" and element.tag == "input" and not is_file(element):
            return element, lambda: show_text(element)
        if name == "checked" and is_choice(element):
            return element, lambda: check(element, is_on)
        if name == "selected" and element.tag == "option":
            select = element.closest("select")
            if select is not None:
                self.note_choice(select)
            return select, lambda: mark(element, is_on)
        return None, lambda: None

    def note_choice(self, select: DomElement) -> None:
        """Remember what was chosen before the batch."""
        if select not in self.choices:
            self.choices[select] = Choice(select)

    def follow(self, parent: DomElement | None) -> None:
        """Note that what is in ``parent`` is going to change: of a textarea it is the value, of a select the choice."""
        if parent is None:
            return
        if parent.tag == "textarea":
            show = self.typing.hold(parent)
            self.later.append(lambda: show(lambda: show_text(parent)))
        select = parent.closest("select") if parent.tag in ("select", "optgroup", "option") else None
        if select is not None:
            self.note_choice(select)
            if select not in self.changed:
                self.changed.append(select)

    # Children

    def rewrite(self, parent: DomElement, patch: Mapping[str, Any]) -> None:
        self.follow(parent)
        if "insert" in patch:
            at = _within(patch["insert"], len(parent.children))
            fresh = self.parse(parent, patch["html"])
            self.set_children(parent, [*parent.children[:at], *fresh, *parent.children[at:]])
        elif "html" in patch:
            self.reconcile(parent, self.parse(parent, patch["html"]))
        else:
            self.set_children(parent, rearranged(parent.children, patch))

    def set_children(self, parent: DomElement, children: Iterable[DomNode]) -> None:
        parent.set_children(children, self.holder if parent is self.root else None)

    def parse(self, parent: DomElement, html: str) -> list[DomNode]:
        element = self.holder if parent is self.root and self.holder else parent
        context = element.tag if element.namespace == "html" else f"{element.namespace}:{element.tag}"
        return [to_dom(node) for node in parse_children(html, context)]

    def reconcile(self, parent: DomElement, fresh: list[DomNode]) -> None:
        """Make ``fresh`` the children. An old node that is like a fresh one stays, with the content of the fresh one."""
        self.follow(parent)
        old = parent.children
        start, end = _common_ends(old, fresh)
        middle = fresh[start : len(fresh) - end]
        self.set_children(parent, [*old[:start], *middle, *old[len(old) - end :]])
        for kept, new in chain(
            zip(old, fresh[:start], strict=False), zip(old[::-1], fresh[::-1][:end], strict=False)
        ):
            self.become(kept, new)

    def become(self, kept: DomNode, new: DomNode) -> None:
        if isinstance(kept, DomLeaf) and isinstance(new, DomLeaf):
            if kept.data != new.data:
                self.set_data(kept, new.data)
        elif isinstance(kept, DomElement) and isinstance(new, DomElement):
            names = [name for name in kept.attributes if not name.startswith("data-live-") and name != "open"]
            for name in dict.fromkeys([*names, *new.attributes]):
                if kept.attributes.get(name) != new.get(name):
                    self.set_attribute(kept, name, new.get(name))
            if "open" in kept.kept and not new.has("open"):  # an action says whether it is shown
                kept.attributes.pop("open", None)
            if not kept.is_closed:
                self.reconcile(kept, new.children)


def _within(index: int, high: int) -> int:
    if not 0 <= index <= high:
        raise LookupError(f"{index} is not between 0 and {high}")
    return index


def _index_of(nodes: Sequence[DomNode], node: DomNode) -> int:
    return next(index for index, other in enumerate(nodes) if other is node)


def _common_ends(old: Sequence[DomNode], fresh: Sequence[DomNode]) -> tuple[int, int]:
    """How many nodes are alike at the start, and after those at the end."""
    start = end = 0
    shorter = min(len(old), len(fresh))
    while start < shorter and _is_alike(old[start], fresh[start]):
        start += 1
    while end < shorter - start and _is_alike(old[-1 - end], fresh[-1 - end]):
        end += 1
    return start, end


def _is_alike(old: DomNode, new: DomNode) -> bool:
    if isinstance(old, DomLeaf) or isinstance(new, DomLeaf):
        return isinstance(old, DomLeaf) and isinstance(new, DomLeaf) and old.kind is new.kind
    same_tag = old.tag == new.tag and old.namespace == new.namespace
    return same_tag and all(old.attributes.get(name) == new.get(name) for name in _IDENTITY)
