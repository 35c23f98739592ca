"""Which elements a user can reach: those that are shown, and those that take the focus."""

from __future__ import annotations

from hyper.dom.controls import is_control, is_disabled, is_hidden_field
from hyper.dom.elements import DomElement

_ALWAYS = frozenset({"summary", "iframe"})


def obstacle(element: DomElement) -> str | None:
    """Why a user cannot see or reach an element: ``<div hidden> is hidden``. ``None`` if they can. Cost: the page."""
    top = element
    for node in element.ancestors():
        top = node
        reason = next((name for name in ("hidden", "inert") if node.has(name)), None)
        if node.tag == "dialog" and not node.has("open"):
            reason = "not open"
        if node.has("popover") and node.tag != "dialog" and not node.opened:
            reason = "not open"
        if reason:
            return f"{node.start_tag()} is {reason}"
    front = front_dialog(top)
    is_behind = front is not None and not front.contains(element)
    return f"it is behind {front.start_tag()}, which is modal" if front and is_behind else None


def front_dialog(top: DomElement) -> DomElement | None:
    """The modal dialog in front of all else on a page; ``None`` if no modal dialog is open."""
    return max((node for node in top.elements() if node.modal), key=lambda node: node.modal, default=None)


def is_focusable(element: DomElement) -> bool:
    """Does the element take the focus when it is clicked?"""
    return (
        is_control(element)
        or element.tag in _ALWAYS
        or element.has("tabindex")
        or element.has("contenteditable")
        or (element.tag == "a" and element.has("href"))
    )


def focus_stop(element: DomElement) -> DomElement | None:
    """The element that gets the focus when this one should: itself, or the first one in it that Tab reaches."""
    if is_focusable(element):
        return element if _takes_focus(element) else None
    stops = (item for item in element.elements() if is_focusable(item) and _takes_focus(item))
    return next((item for item in stops if not (item.get("tabindex") or "0").startswith("-")), None)


def _takes_focus(element: DomElement) -> bool:
    return not is_hidden_field(element) and not is_disabled(element) and obstacle(element) is None
