"""Dialogs and popovers that a user opens and closes, as browsers do it: what is behind a modal one cannot be reached.

A dialog that its user has opened has ``open`` on the page, and not in its attributes, which are the server's.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.simulated.reach import focus_stop, front_dialog, is_focusable

if TYPE_CHECKING:
    from hyper.simulated.browser import Browser


class Dialogs:
    """The dialogs of one browser."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.openers: dict[DomElement, DomElement | None] = {}
        """The element that had the focus when a modal dialog was opened, and gets it back."""
        self.depth = 0
        """How many pieces of work the events ``close`` wait for."""
        self.closed: list[DomElement] = []
        """Dialogs whose event ``close`` is due: browsers fire it when what has closed them is over."""

    def show_modal(self, dialog: DomElement) -> None:
        """Open a dialog in front of the page. Raises ``ValueError`` if it is none, or is open in another way."""
        if dialog.tag != "dialog":
            raise ValueError(f"{dialog.start_tag()} is not a <dialog>")
        if dialog.modal:
            return
        if dialog.has("open"):
            raise ValueError(f"{dialog.start_tag()} is open already, and not as a modal dialog")
        front = front_dialog(self.browser.top)
        dialog.opened, dialog.modal = True, front.modal + 1 if front else 1
        self.openers[dialog] = self.browser.focused
        self.browser.touch()
        self.browser.focus(_first_focus(dialog))

    def close(self, dialog: DomElement) -> None:
        """Close a dialog, if it is open, and give the focus back. Raises ``ValueError`` if it is none."""
        if dialog.tag != "dialog":
            raise ValueError(f"{dialog.start_tag()} is not a <dialog>")
        if not dialog.has("open"):
            return
        dialog.opened, dialog.modal = False, 0
        self.browser.touch()
        with self.later():
            self.closed.append(dialog)
            self._give_back(self.openers.pop(dialog, None), dialog)

    def _give_back(self, opener: DomElement | None, dialog: DomElement) -> None:
        """Move the focus to what had it before a dialog was opened, or at least out of it."""
        if opener is not None and self.browser.top.contains(opener) and focus_stop(opener) is opener:
            self.browser.focus(opener)
        elif self.browser.focused is not None and dialog.contains(self.browser.focused):
            self.browser.focus(None)

    def leave(self, dialog: DomElement) -> None:
        """Close a dialog from which the server takes its ``open``."""
        if dialog.tag == "dialog":
            self.close(dialog)
            dialog.opened = None

    @contextmanager
    def later(self) -> Iterator[None]:
        """Let the events ``close`` wait for what is done in this context."""
        self.depth += 1
        try:
            yield
        finally:
            self.depth -= 1
        while self.closed and not self.depth:
            dialog = self.closed.pop(0)
            if self.browser.top.contains(dialog):
                self.browser.fire(DomEvent("close", dialog))

    def escape(self) -> bool:
        """Press Escape, which closes the popover or modal dialog in front. Returns whether there was one."""
        popovers = [item for item in self.browser.top.elements() if item.has("popover") and item.opened]
        dialog = front_dialog(self.browser.top)
        if popovers and (dialog is None or dialog.contains(popovers[-1])):
            self.turn(popovers[-1], "hide")
        elif dialog is not None:
            event = DomEvent("cancel", dialog)
            self.browser.fire(event)
            if not event.is_prevented:
                self.close(dialog)
        return bool(popovers) or dialog is not None

    def press(self, button: DomElement) -> bool:
        """Click a button: one with ``popovertarget`` opens or closes that popover. Returns whether it is one."""
        name = button.get("popovertarget")
        named = (item for item in self.browser.top.elements() if name and item.get("id") == name)
        popover = next((item for item in named if item.has("popover")), None)
        if popover is not None:
            self.turn(popover, (button.get("popovertargetaction") or "toggle").lower())
        return popover is not None

    def turn(self, popover: DomElement, action: str) -> None:
        """Open or close a popover, with the event that this causes: ``show``, ``hide``, or the other of the two."""
        is_shown = action == "show" or (action != "hide" and not popover.opened)
        if is_shown == bool(popover.opened):
            return
        popover.opened = is_shown
        self.browser.touch()
        states = ("closed", "open") if is_shown else ("open", "closed")
        self.browser.fire(
            DomEvent("toggle", popover, members=dict(zip(("oldState", "newState"), states, strict=True)))
        )


def _first_focus(dialog: DomElement) -> DomElement:
    """What gets the focus when a dialog opens: what says ``autofocus``, the first that can have it, or the dialog."""
    wanted = (item for item in dialog.elements() if item.has("autofocus") and is_focusable(item))
    first = next((item for item in wanted if focus_stop(item) is item), None)
    return first or next((item for item in dialog.elements() if focus_stop(item) is item), dialog)
