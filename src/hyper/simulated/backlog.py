"""Edits that come faster than they are answered: the rules of ``runtime_js/backlog.js``.

Of a control, a slider or a field on a line that is down, the last state counts: while several of its events are on their
way, the next ones are left, and only the last of these is sent.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.vdom.browser_rules import EDITING

MAX_ON_THEIR_WAY: Final = 8


@dataclass(slots=True)
class LeftEvent:
    """An event that is left for later."""

    element: DomElement
    attribute: str
    target: DomElement
    send: Callable[[], None]

    def is_like(self, other: LeftEvent) -> bool:
        """Is it of the same attribute, and of the same control?"""
        is_same = self.element is other.element and self.target is other.target
        return is_same and self.attribute == other.attribute


class Backlog:
    """The events that are left, in the order of their first ones. ``count_of`` says how many edits are on their way."""

    def __init__(self, count_of: Callable[[DomElement], int]) -> None:
        self._count_of = count_of
        self._left: list[LeftEvent] = []
        self._is_sending = False

    def defer(self, event: DomEvent, element: DomElement, attribute: str, send: Callable[[], None]) -> bool:
        """Is an event left for later? Any other that is not sends before it what was left until then."""
        if self._is_sending:
            return False
        target = event.target
        is_left = event.type in EDITING and self._count_of(target) >= MAX_ON_THEIR_WAY
        if not is_left or any(one.target is not target for one in self._left):
            self._send_where(lambda one: not is_left or one.target is not target)
        new = LeftEvent(element, attribute, target, send)
        if is_left and not any(one.is_like(new) for one in self._left):
            self._left.append(new)
        return is_left

    def send_left(self, control: DomElement) -> None:
        """One of a control's events has arrived: there is room for what was left."""
        if self._count_of(control) < MAX_ON_THEIR_WAY:
            self._send_where(lambda one: one.target is control)

    def send_all(self) -> None:
        """Send all that is left: nobody will be there later."""
        self._send_where(lambda one: True)

    def _send_where(self, is_meant: Callable[[LeftEvent], bool]) -> None:
        """The state that is sent is that of this moment."""
        sent = [one for one in self._left if is_meant(one)]
        self._left = [one for one in self._left if not is_meant(one)]
        self._is_sending = True
        try:
            for one in sent:
                one.send()
        finally:
            self._is_sending = False
