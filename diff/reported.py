"""The state of form controls in the browser, corrected where it differs from the page.

A browser reports controls whose state differs from their attributes. Where the page keeps the attribute it always
had, the diff makes no patch, so one is put before the others.

    page  <input value="">   reported  ("input/@value", "milk")   ->  {"path": "input/@value", "value": ""}
"""

from __future__ import annotations

from collections.abc import Sequence

from ..vdom.escaping import escape_text
from ..vdom.node import Element, NodeLike, Root, Text
from ..vdom.templates.template import expand
from ..vdom.templates.values import Value
from .patches import Patch
from .paths import NamedChildren, parse_path


def with_reported_fields(
    old: Value, patches: list[Patch], reported: Sequence[tuple[str, str | None]]
) -> list[Patch]:
    """``patches``, and before them one for each form control whose state would keep differing from the page.

    ``reported`` are attributes as the browser's controls hold them, by their paths in ``old``. Where the page
    has an attribute, the control holds something else and no patch sets it anyway, the page's value is sent: so
    "clear the input" works on an input that was empty on the server all the time.
    """
    root = Root(expand(old))
    set_anyway = {patch["path"] for patch in patches if "value" in patch}
    first: list[Patch] = []
    for path, value in reported:
        known, shown = _attribute_at(root, path)
        if known and shown != value and path not in set_anyway:
            first.append(_setting(path, shown))
    return first + patches


def _setting(path: str, shown: str | None) -> Patch:
    """The patch that sets a control; the value of a ``<textarea>`` is its content."""
    control = path.removesuffix("/@value")
    if control != path and control.rpartition("/")[2].partition("[")[0] == "textarea":
        return {"path": control, "html": escape_text(shown or "")}
    return {"path": path, "value": shown}


def _attribute_at(root: Root, path: str) -> tuple[bool, str | None]:
    """Does the page determine this attribute of a control, and what is its value?"""
    try:
        parsed = parse_path(path)
        nodes: Sequence[NodeLike] = root.children
        node: NodeLike | None = None
        for step in parsed.steps:
            node = nodes[NamedChildren(nodes).find(step)]
            nodes = node.children if isinstance(node, Element) else ()
    except (ValueError, LookupError):
        return False, None
    if parsed.anchor is not None or not isinstance(node, Element):
        return False, None
    if parsed.attribute == "value":
        return ("value" in node.attributes or node.tag == "textarea"), _value_of(node)
    return parsed.attribute in {"checked", "selected"}, node.attributes.get(str(parsed.attribute))


def _value_of(node: Element) -> str | None:
    if node.tag == "textarea":
        return "".join([child.data for child in node.children if isinstance(child, Text)])
    return node.attributes.get("value")
