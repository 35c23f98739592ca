"""What is shown in place of a nested component that failed to start: an element that is allowed where it stands.

in a <tbody>   ->  <tr class="live-error" role="alert"><td colspan="1000">row could not be shown.</td></tr>
in a <select>  ->  <option class="live-error" role="alert">choice could not be shown.</option>
anywhere else  ->  <p class="live-error" role="alert">panel could not be shown.</p>

A browser drops a ``<p>`` in a ``<select>``, and moves one in a ``<table>`` before it: then no patch would fit any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hyper.components.nested import CHILDLESS, NestedNode, self_root, usual_root
from hyper.vdom import Element, Text
from hyper.vdom.namespaces import content_of, split_context
from hyper.vdom.templates.slots import Slot, SlotElement
from hyper.vdom.templates.template import Instance
from hyper.vdom.templates.values import Fragment, Value

if TYPE_CHECKING:
    from hyper.components.component import LiveComponent

_MARK: Final = {"class": "live-error", "role": "alert"}
_ROW_GROUPS: Final = ("thead", "tbody", "tfoot")
_ALLOWED: Final = {
    "table": ("tbody", "thead", "tfoot", "caption", "colgroup"), "colgroup": ("col",),
    "thead": ("tr",), "tbody": ("tr",), "tfoot": ("tr",), "tr": ("td", "th"),
    "select": ("option", "optgroup"), "optgroup": ("option",), "datalist": ("option",),
    "ul": ("li",), "ol": ("li",), "menu": ("li",), "dl": ("dd", "dt"),
    "picture": ("source",), "audio": ("source", "track"), "video": ("source", "track"),
    "details": ("p", "summary"), "fieldset": ("p", "legend"), "figure": ("p", "figcaption"),
}  # fmt: skip
"""What may stand in an element; in all others, a ``<p>``."""
_WRAPPED: Final = "div"
"""What is around the content of a component that has a wrapper."""


def error_card(component: LiveComponent, context: str | None) -> Element:
    """The card for a component whose place is in an element ``context``; ``None`` where that is not known."""
    message = Text(f"{component.name} could not be shown.")
    tag, namespace = _tag_in(component, context)
    if namespace != "html":
        return Element("text" if namespace == "svg" else "mtext", _MARK, (message,), namespace)  # type: ignore[arg-type]
    if tag in CHILDLESS:
        return Element(tag, _MARK)
    if tag in ("optgroup", "colgroup"):
        return Element(tag, {**_MARK, "label": message.data})
    cell = Element("td", {"colspan": "1000"}, (message,))
    if tag in _ROW_GROUPS:
        return Element(tag, _MARK, (Element("tr", {}, (cell,)),))
    return Element(tag, _MARK, (cell if tag == "tr" else message,))


def _tag_in(component: LiveComponent, context: str | None) -> tuple[str, str]:
    """The tag of the card, and its namespace: that of the component's usual root if it is allowed there."""
    root = usual_root(component)
    if context is None:
        return (root.tag, root.namespace) if root else ("p", "html")
    content = content_of(*split_context(context))
    if content in ("svg", "math"):
        return "", content
    allowed = _ALLOWED.get(context, ("p",))
    return root.tag if root is not None and root.tag in allowed else allowed[0], "html"


def context_of(node: NestedNode, tree: Value) -> str | None:
    """The context of a nested component in the tree of the one around it; ``None`` if it is not there.

    Content that was given to another component stands in that one's tree, if it has one already.
    """
    pending: list[tuple[Any, str]] = [(tree, _WRAPPED)]
    while pending:
        value, context = pending.pop()
        if value is node:
            return context
        if type(value) is Instance:
            pending += _slots(value[0].content, value, context)
        elif type(value) is Fragment:
            pending += [(item, context) for item in value]
        elif type(value) is NestedNode and value.mounted.properties:
            inner = context if self_root(value.mounted) is not None else _WRAPPED
            pending.append((value.mounted.tree, inner))
    return None


def _slots(content: tuple[Any, ...], values: tuple[Any, ...], context: str) -> list[tuple[Any, str]]:
    """What is in the slots of a template, each with its context."""
    found: list[tuple[Any, str]] = []
    for part in content:
        if type(part) is Slot:
            found.append((values[part.at], context))
        elif type(part) is SlotElement:
            found += _slots(part.content, values, part.context)
    return found
