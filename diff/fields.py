"""The form fields that a browser reports, merged into the tree that was sent to it.

Typing changes a property of the field, not an attribute: the tree still has ``value=""``. If the next tree has
``value=""`` too, nothing differs and the field keeps what was typed. So what is reported is merged into the old
tree first, and the diff then finds what has to be cleared.

    <input name="q" value="">  +  ("input/@value", "milk")  ->  <input name="q" value="milk">
"""

from __future__ import annotations

from collections.abc import Sequence

from ..vdom.browser_rules import option_value
from ..vdom.node import Element, Root, Text
from .draft import Draft, DraftTree
from .patches import PatchError
from .paths import parse_path


def merge_fields(old_root: Root, fields: Sequence[tuple[str, str | None]]) -> Root:
    """``old_root`` with the fields that the browser reports: paths of attributes, and values or ``None``.

    The ``value`` of a ``<textarea>`` is its text; that of a ``<select>`` decides which options are ``selected``.
    Raises ``PatchError`` if a path does not lead to an attribute of an element in the tree.
    """
    tree = DraftTree(old_root)
    for path, value in fields:
        try:
            _merge(tree, path, value)
        except (LookupError, ValueError) as error:
            raise PatchError(f"field {path!r}: {error.args[0]}") from None
    return tree.freeze()


def _merge(tree: DraftTree, path: str, value: str | None) -> None:
    parsed = parse_path(path)
    if parsed.attribute is None:
        raise ValueError("the path must end in an attribute")
    draft = tree.find(parsed)
    element = draft.node
    if type(element) is not Element:
        raise LookupError(f"a {draft.name} has no attributes")
    if parsed.attribute == "value" and element.tag == "textarea":
        draft.set_children(())
        draft.insert(0, (Text(value),) if value else ())
    elif parsed.attribute == "value" and element.tag == "select":
        _select(tree, draft, value)
    elif draft.attributes is None or draft.attributes.get(parsed.attribute) != value:
        draft.set_attribute(parsed.attribute, value)


def _select(tree: DraftTree, draft: Draft, value: str | None) -> None:
    """Mark the first option with this value, and no other."""
    chosen = False
    for option in tree.below(draft, "option"):
        is_chosen = not chosen and _option_value(option.node) == value
        chosen = chosen or is_chosen
        if is_chosen != ("selected" in (option.attributes or {})):
            option.set_attribute("selected", "" if is_chosen else None)


def _option_value(option: Element) -> str:
    """The value of an option. Cost: its attribute, else all below it."""
    if "value" in option.attributes:
        return option.attributes["value"]
    pending: list[object] = [option]
    texts: list[str] = []
    while pending:
        node = pending.pop()
        if isinstance(node, Text):
            texts.append(node.data)
        elif isinstance(node, Element):
            pending += reversed(node.children)
    return option_value(None, "".join(texts))
