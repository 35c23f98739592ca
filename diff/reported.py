"""What form controls hold in the browser, set right where the page says otherwise.

A browser reports controls whose state differs from their attributes; a page that goes on showing the
attribute it always had makes no patch of its own, so one is put before the others.

    page  <input value="">   reported  ("input/@value", "milk")   ->  {"path": "input/@value", "value": ""}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..vdom.escaping import escape_text
from ..vdom.node import Element, Root, Text
from ..vdom.templates.template import expand
from ..vdom.templates.values import Value
from .patches import Patch
from .paths import Siblings, parse_path


def with_reported_fields(
    old: Value, patches: list[Patch], reported: Sequence[tuple[str, str | None]]
) -> list[Patch]:
    """``patches``, and before them one for each form control whose state would stay other than the page's.

    ``reported`` are attributes as the browser's controls hold them, by their paths in ``old``. Where the page
    has an attribute and the control holds something else, and no patch sets it anyway, the page's value is
    sent: so "clear the input" reaches an input that was empty for the server all along.
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
    """Does the page say anything about this attribute of a control, and what?"""
    try:
        parsed = parse_path(path)
        nodes: Sequence[Any] = root.children
        node: Any = None
        for step in parsed.steps:
            node = nodes[Siblings(nodes).find(step)]
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
