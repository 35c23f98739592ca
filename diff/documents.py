"""Documents: what is known of them before their children are compared."""

from __future__ import annotations

from ..vdom.node import DOCUMENT, Element, ElementDraft, Root


def with_root_key(root: Root) -> Root:
    """A document whose root element has the same key as that of all others: whatever changes, it is the same one.

    Else its ``id`` would be its key, and a comment that moved from before it to behind would stay in its place. Other
    trees are returned as they are.
    """
    place = next((at for at, child in enumerate(root.children) if isinstance(child, Element)), None)
    if root.context != DOCUMENT or place is None:
        return root
    element = root.children[place]
    assert isinstance(element, Element)
    draft = ElementDraft(element.tag, element.attributes, element.children, element.namespace, DOCUMENT)
    draft.__class__ = Element
    children = (*root.children[:place], draft, *root.children[place + 1 :])
    return Root(children, DOCUMENT, root.syntax)  # type: ignore[arg-type]
