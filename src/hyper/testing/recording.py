"""A user whose actions are recorded, to be repeated in a real browser.

Each action is tried on a copy of the page first. That refuses what a user could not do, with the same messages as in
the simulated browser. Its effects on the copy are discarded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from hyper.dom.elements import DomElement
from hyper.dom.events import DomEvent
from hyper.simulated.browser import Browser
from hyper.testing.user import User


@dataclass(frozen=True, slots=True)
class UserAction:
    """One action of a user: ``UserAction("fill", (17,), "milk")``."""

    verb: str
    elements: tuple[int | None, ...]
    """The elements by their numbers in document order; the root is 0."""
    value: Any = None


class RecordingUser(User):
    """Records the actions that a test calls, not the steps that they consist of."""

    def __init__(self, browser: Browser) -> None:
        super().__init__(browser)
        self.actions: list[UserAction] = []
        self._depth = 0
        self._numbers = {
            id(element): number for number, element in enumerate([browser.top, *browser.top.elements()])
        }

    def _do(
        self, verb: str, elements: Iterable[DomElement | None], value: Any, doing: Callable[[], Any]
    ) -> Any:
        if self._depth == 0:
            numbers = tuple([None if item is None else self._numbers[id(item)] for item in elements])
            self.actions.append(UserAction(verb, numbers, value))
        self._depth += 1
        try:
            return doing()
        finally:
            self._depth -= 1

    def fire(self, kind: str, target: DomElement, **details: object) -> DomEvent:
        event = self._do(
            "fire",
            [target],
            [kind, details.get("members", {})],
            lambda: super(RecordingUser, self).fire(kind, target, **details),
        )
        assert isinstance(event, DomEvent)
        return event

    def click(self, element: DomElement) -> None:
        self._do("click", [element], None, lambda: super(RecordingUser, self).click(element))

    def drag(self, element: DomElement, target: DomElement) -> None:
        self._do("drag", [element, target], None, lambda: super(RecordingUser, self).drag(element, target))

    def focus(self, element: DomElement | None) -> None:
        self._do("focus", [element], None, lambda: super(RecordingUser, self).focus(element))

    def fill(self, control: DomElement, value: str) -> None:
        self._do("fill", [control], value, lambda: super(RecordingUser, self).fill(control, value))

    def keydown(self, element: DomElement, keys: str) -> None:
        self._do("keydown", [element], keys, lambda: super(RecordingUser, self).keydown(element, keys))

    def check(self, control: DomElement, is_on: bool) -> None:
        self._do("check", [control], is_on, lambda: super(RecordingUser, self).check(control, is_on))

    def select(self, select: DomElement, wanted: Iterable[str]) -> None:
        wanted = list(wanted)
        self._do("select", [select], wanted, lambda: super(RecordingUser, self).select(select, wanted))

    def submit(self, element: DomElement) -> None:
        self._do("submit", [element], None, lambda: super(RecordingUser, self).submit(element))
