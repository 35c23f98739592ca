"""Nested components in their parent's tree: each is one node, which prints itself with or without a wrapper.

a counter      ->  <div data-live-component="m.1"><button>0</button></div>
a table row    ->  <tr data-live-component="m.2" data-live-self=""><td>Ada</td></tr>
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeGuard

from hyper.vdom import Element, to_html
from hyper.vdom.escaping import escape_attribute
from hyper.vdom.templates.slots import SlotElement
from hyper.vdom.templates.template import Instance, flatten_value
from hyper.vdom.templates.values import Opaque

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent
    from hyper.components.mounted import MountedComponent

SELF_ROOTED: Final = frozenset(
    "tr td th tbody thead tfoot caption colgroup col option optgroup li dt dd summary legend figcaption "
    "source track area".split()
)
"""Elements that are only allowed directly in their parent, so they get no ``<div>`` around; nor do SVG and MathML."""
CHILDLESS: Final = frozenset(["col", "source", "track", "area"])
"""Those that hold no content."""
_WRAPPER: Final = Element("div")
_HIDDEN: Final = {"hidden": ""}


class NestedNode(Opaque):
    """A nested component as a node of its parent's tree: opaque to the diff, moved and removed as a whole.

    A component whose root becomes another element gets a new node, so that its parent's tree is patched.
    """

    __slots__ = ("is_shown", "key", "kind", "mounted", "name")

    def __init__(self, mounted: MountedComponent) -> None:
        self.mounted = mounted
        self.key = None
        self.is_shown = True
        """``False`` while it is in content that is given to a component which does not show it."""
        self.update_name()

    def update_name(self) -> None:
        """Take the name of the element that is there now: the only root, or the wrapper."""
        self.name, self.kind = self._names()

    @property
    def is_current(self) -> bool:
        """Is the element that it is named after still there?"""
        return self.kind == self._names()[1]

    def _names(self) -> tuple[str, str]:
        root = self_root(self.mounted)
        name = root.name if root else wrapper_of(self.mounted).name
        return name, f"live:{self.mounted.id}:{name}:{root is not None}"

    def to_html(self) -> str:
        html = self.mounted.html()
        root = self_root(self.mounted)
        mark = f' data-live-component="{escape_attribute(self.mounted.id)}"'
        if root is None:
            wrapper = wrapper_of(self.mounted)
            hidden = ' hidden=""' if wrapper.attributes else ""
            return f"<{wrapper.tag}{mark}{hidden}>{html}</{wrapper.tag}>"
        start = f"<{root.tag}"
        if not html.startswith(start):  # HTML that somebody else wrote, with something before the tag
            return to_html(self.to_node())
        return f'{start}{mark} data-live-self=""{html[len(start) :]}'

    def to_node(self) -> Element:
        mark = {"data-live-component": self.mounted.id}
        children = self.mounted.to_root().children
        if self_root(self.mounted) is None:
            wrapper = wrapper_of(self.mounted)
            return Element(wrapper.tag, {**mark, **wrapper.attributes}, children, wrapper.namespace)
        root: Any = children[0]
        attributes = {**mark, "data-live-self": "", **root.attributes}
        return Element(root.tag, attributes, root.children, root.namespace)


def self_root(mounted: MountedComponent) -> Element | SlotElement | None:
    """The only root of a component without a wrapper, such as a ``<tr>``; ``None`` for one that has a wrapper."""
    tree = mounted.tree
    nodes = [tree] if type(tree) is Instance and tree[0].single else flatten_value(tree)
    if len(nodes) != 1:
        return None
    root = nodes[0][0].element if isinstance(nodes[0], Instance) else nodes[0]
    return root if _is_self_rooted(root) else None


def wrapper_of(mounted: MountedComponent) -> Element:
    """The empty element that wraps a component without such a root.

    A component that usually shows a table row, but nothing now, is a hidden row: a ``<div>`` is not allowed there.
    """
    root = usual_root(mounted.component)
    if root is None or root.tag in CHILDLESS or flatten_value(mounted.tree):
        return _WRAPPER
    tag = root.tag if root.namespace == "html" else "g" if root.namespace == "svg" else "mrow"
    return Element(tag, _HIDDEN, (), root.namespace)


def usual_root(component: LiveComponent) -> Element | SlotElement | None:
    """The first root that the component's view shows without a wrapper; ``None`` if there is none."""
    roots = [template.element for template in component.compiled.roots]
    return next((root for root in roots if root is not None and _is_self_rooted(root)), None)


def _is_self_rooted(root: object) -> TypeGuard[Element | SlotElement]:
    if not isinstance(root, (Element, SlotElement)):
        return False
    return root.tag in SELF_ROOTED or (root.namespace != "html" and root.tag not in ("svg", "math"))
