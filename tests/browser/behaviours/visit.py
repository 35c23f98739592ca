"""What is done to a control of the table, step by step, in the simulated browser and in real ones alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any, Protocol

from hyper.simulated.query import QueryError
from hyper.testing import Page
from hyper.transport.component import CallError

from .table_of_controls import Kind

Seen = tuple[str, Any, str]
"""After which steps and failure, what controls showed, and what the server was told."""
COMPOSED = ("日", "日本")
"""What an input method shows, one after the other. In capitals they are the same."""


class Hands(Protocol):
    """What a page of ``hyper.testing`` has no verb for."""

    def paste(self, text: str) -> None:
        """Replace the text of the control by what is in the clipboard."""

    def compose(self, texts: tuple[str, ...]) -> None:
        """Replace the text of the control by what an input method makes of some keys."""

    def autofill(self, value: Any) -> None:
        """Fill the control in without coming near it, as password managers do."""

    def look(self) -> list[Any]:
        """What controls show."""


class Visit:
    """A page on which the steps of a sequence are done."""

    def __init__(self, page: Page, kind: Kind, hands: Hands) -> None:
        self.page = page
        self.kind = kind
        self.hands = hands
        self.edits = 0
        self.line = ExitStack()

    def next_value(self) -> Any:
        value = self.kind.edits[self.edits % len(self.kind.edits)]
        self.edits += 1
        return value

    def edit(self) -> None:
        if self.kind.edits:
            getattr(self, f"_{self.kind.verb}")(self.next_value())

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

    def _press(self, value: str) -> None:
        self.page.click(value)

    def key(self) -> None:
        """Type a character where that can be done."""
        if self.kind.name in ("text", "search", "tel", "password", "textarea"):
            self.page.keydown("#c", "1")
        else:
            self.edit()

    def paste(self) -> None:
        self.hands.paste(str(self.kind.edits[-1]))

    def compose(self) -> None:
        self.hands.compose(COMPOSED)

    def autofill(self) -> None:
        self.hands.autofill(self.next_value())

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

    def do(self, steps: list[str]) -> Iterator[Seen]:
        yield "", self.hands.look(), self._told()
        for at, step in enumerate(steps):
            failure = self._failure_of(getattr(self, step))
            yield " ".join(steps[: at + 1]) + failure, self.hands.look(), self._told()

    def _failure_of(self, step: Callable[[], None]) -> str:
        try:
            step()
        except (CallError, QueryError) as error:
            return f": {type(error).__name__}"
        return ""

    def _told(self) -> str:
        """What the server was told, from its own HTML."""
        return self.page.html.partition('<output id="told">')[2].partition("<")[0]
