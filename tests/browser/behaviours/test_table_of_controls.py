"""The simulated browser against Chromium: every kind of control, and what happens while somebody edits it.

After each step, both have to show the same, and to have told the server the same. Some rows of the table are tried each
time, so that each kind, way and sequence is among them; ``HYPER_CONTROLS=all`` tries all of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.testing import Page, QueryError, mount
from hyper.testing.chromium import ChromiumPage
from hyper.testing.page_class import open_pages_as
from hyper.testing.page_under_test import PageUnderTest
from hyper.testing.sources import one
from hyper.testing.studio import close_studio, open_studio, studio
from hyper.transport.component import CallError

from ..chromium import CHROMIUM
from .table_of_controls import FOUND, KINDS, SEQUENCES, Kind, source

LOOK = """() => [...document.querySelectorAll("#c, .c")].map((node) =>
    node.options ? [...node.options].map(({ value, selected }) => [value, selected])
    : /^(checkbox|radio)$/.test(node.type) ? [node.value, node.checked]
    : node.matches("input, textarea") ? node.value
    : [node.textContent, node.hasAttribute("open")])"""
"""What controls show."""
ROWS = [(kind, way, sequence) for kind in KINDS for way in kind.ways for sequence in SEQUENCES]
EVERY = 1 if os.environ.get("HYPER_CONTROLS") == "all" else 43
"""Of so many rows one is tried. It has no divisor in common with the sequences, so each of them is met by several kinds."""
TRIED = [row for at, row in enumerate(ROWS) if at % EVERY == 0 or (row[0].name, row[1], row[2]) in FOUND]

Seen = tuple[str, Any, str]
"""After which steps and failure, what controls showed, and what the server was told."""


class Visit:
    """A page on which the steps of a sequence are done."""

    def __init__(self, page: Page, kind: Kind) -> None:
        self.page = page
        self.kind = kind
        self.edits = 0
        self.line = ExitStack()

    def edit(self) -> None:
        if not self.kind.edits:
            return
        value = self.kind.edits[self.edits % len(self.kind.edits)]
        self.edits += 1
        getattr(self, f"_{self.kind.verb}")(value)

    def _fill(self, value: object) -> None:
        self.page.fill("#c", value)

    def _text(self, value: object) -> None:
        self.page.trigger("#c", "input", detail={"text": value})

    def _select(self, value: object) -> None:
        self.page.select("#c", *(value if isinstance(value, list) else [str(value)]))

    def _check(self, value: object) -> None:
        self.page.click(f".c[value={value}]")

    def _click(self, value: object) -> None:
        self.page.click("#c")

    def _trigger(self, value: object) -> None:
        self.page.trigger("#toggle", "click")

    def key(self) -> None:
        """Type a character where that can be done."""
        if self.kind.name in ("text", "search", "tel", "password", "textarea"):
            self.page.keydown("#c", "1")
        else:
            self.edit()

    def many(self) -> None:
        for _ in range(12):
            self.edit()

    def set(self) -> None:
        self.page.trigger("#set", "click")

    def turn(self) -> None:
        self.page.trigger("#turn", "click")

    def grow(self) -> None:
        self.page.trigger("#grow", "click")

    def shrink(self) -> None:
        self.page.trigger("#shrink", "click")

    def leave(self) -> None:
        self.page.blur()

    def hold(self) -> None:
        self.line.enter_context(self.page.latency())

    def release(self) -> None:
        self.line.close()

    def cut(self) -> None:
        self.page.disconnect()

    def join(self) -> None:
        self.page.connect()

    def restart(self) -> None:
        self.page.restart()

    def do(self, steps: list[str], look: Callable[[Page], Any]) -> Iterator[Seen]:
        yield "", look(self.page), _told(self.page)
        for at, step in enumerate(steps):
            failure = ""
            try:
                getattr(self, step)()
            except (CallError, QueryError) as error:
                failure = f": {type(error).__name__}"
            yield " ".join(steps[: at + 1]) + failure, look(self.page), _told(self.page)


def _told(page: Page) -> str:
    """What the server was told, from its own HTML."""
    return page.html.partition('<output id="told">')[2].partition("<")[0]


def _shown(page: Page) -> list[Any]:
    return [_state(element) for element in page._under_test.browser.all("#c, .c")]


def _state(element: DomElement) -> Any:
    if element.tag == "select":
        chosen = controls.selected_options(element)
        options = controls.options_of(element)
        return [[controls.option_value(option), option in chosen] for option in options]
    if controls.is_choice(element):
        return [controls.value_of(element), controls.is_checked(element)]
    if element.tag in ("input", "textarea"):
        return controls.value_of(element)
    return [element.raw_text(), element.has("open")]


def _really_shown(page: Page) -> list[Any]:
    under_test = page._under_test
    assert isinstance(under_test, ChromiumPage)
    shown: list[Any] = studio().wait(under_test.tab.evaluate(LOOK))
    return shown


@pytest.fixture(scope="module")
def chromium_studio() -> Iterator[None]:
    if not os.access(CHROMIUM, os.X_OK):
        pytest.skip(f"no Chromium at {CHROMIUM}: install it, or name it in CHROMIUM")
    open_studio()
    yield
    open_pages_as(PageUnderTest)
    close_studio()


@pytest.mark.parametrize(
    ("kind", "way", "sequence"),
    TRIED,
    ids=lambda value: value.name if isinstance(value, Kind) else value,
)
@pytest.mark.usefixtures("chromium_studio")
def test_the_simulated_browser_is_like_chromium(tmp_path: Path, kind: Kind, way: str, sequence: str) -> None:
    component = one(tmp_path, source(kind, way))
    open_pages_as(PageUnderTest)
    with mount(component) as page:
        simulated = list(Visit(page, kind).do(sequence.split(), _shown))
    open_pages_as(ChromiumPage)
    with mount(component) as page:
        real = list(Visit(page, kind).do(sequence.split(), _really_shown))
    assert simulated == real
