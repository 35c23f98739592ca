"""What a person does that the pages of ``hyper.testing`` have no verb for, in the simulated browser."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.browser import Browser
from hyper.testing import Page
from hyper.testing.loop import run
from hyper.testing.page_under_test import PageUnderTest
from hyper.testing.user import User


class SimulatedHands:
    """In front of a page in the simulated browser."""

    def __init__(self, page: Page) -> None:
        self.page: PageUnderTest = page._under_test

    def look(self) -> list[Any]:
        return states_of(self.page.browser)

    def paste(self, text: str) -> None:
        user, control = self._enter()
        user.fire("paste", control)
        self._type(user, control, [text])

    def compose(self, texts: tuple[str, ...]) -> None:
        self._type(*self._enter(), texts)

    def _enter(self) -> tuple[User, DomElement]:
        user = self.page.user()
        control = user.browser.one("#c")
        user.focus(control)
        return user, control

    def _type(self, user: User, control: DomElement, texts: Iterable[str]) -> None:
        for text in texts:
            control.typed, user.browser.keyed = text, control
            user.browser.touch()
            user.fire("input", control)
        run(self.page.act(user))

    def autofill(self, value: Any) -> None:
        user = self.page.user()
        control = user.browser.one("#c")
        if control.tag == "select":
            wanted = value if isinstance(value, list) else [value]
            options = controls.options_of(control)
            controls.choose(control, [one for one in options if controls.option_value(one) in wanted])
        else:
            control.typed = value
        user.browser.touch()
        user.fire("input", control)
        user.fire("change", control)
        run(self.page.act(user))


def states_of(browser: Browser) -> list[Any]:
    """What the controls of the table show."""
    return [_state(element) for element in browser.all("#c, .c")]


def _state(element: DomElement) -> Any:
    if element.tag == "select":
        chosen = controls.selected_options(element)
        options = controls.options_of(element)
        return [[controls.option_value(option), option in chosen] for option in options]
    if controls.is_choice(element):
        return [controls.value_of(element), controls.is_checked(element)]
    if element.tag in ("input", "textarea"):
        return controls.value_of(element)
    is_popover = element.has("popover") and bool(element.opened)
    return [element.raw_text(), element.get("value"), element.has("open"), bool(element.modal), is_popover]
