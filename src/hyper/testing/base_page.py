"""What a test can read from a page: its HTML, its elements, what the server sent."""

from __future__ import annotations

import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from hyper.components.component import LiveComponent
from hyper.diff import Patch
from hyper.simulated.query import excerpt
from hyper.testing.page_class import new_page
from hyper.testing.results import Found, Pushed, Update
from hyper.transport.component import RequestContext
from hyper.vdom.markup import to_html


class BasePage:
    """What both kinds of pages have in common."""

    def __init__(
        self,
        component: LiveComponent,
        properties: dict[str, Any],
        check: bool = True,
        request: RequestContext | None = None,
        raises: bool = True,
    ) -> None:
        if not isinstance(component, LiveComponent):
            raise TypeError(f"mount() takes a live component, not {component!r}: put @live above it")
        self._under_test = new_page(component, properties, check, request, raises)

    @property
    def html(self) -> str:
        """The HTML of the component, as the server has it."""
        return self._under_test.mount.html()

    @property
    def updates(self) -> list[Update]:
        """What the server has sent since the last step of the test, on any page: an update for each
        ``await render()`` and one for what had changed at the end, for each component."""
        return list(self._under_test.updates)

    @property
    def patches(self) -> list[Patch]:
        """The patches of all ``updates``, in the order in which they were sent."""
        return [patch for update in self._under_test.updates for patch in update.patches]

    @property
    def bytes(self) -> int:
        """Size of all ``updates`` as frames."""
        return sum(update.size_bytes for update in self._under_test.updates)

    @property
    def pushed(self) -> list[Pushed]:
        """Events for the page's scripts since the last step. Those pushed while disconnected arrive on connecting."""
        return list(self._under_test.pushed)

    @property
    def agrees(self) -> bool:
        """The user's answer to ``$confirm``; ``True`` until it is set."""
        return self._under_test.browser.agrees

    @agrees.setter
    def agrees(self, agrees: bool) -> None:
        self._under_test.browser.agrees = agrees

    @property
    def asked(self) -> list[str]:
        """The questions that ``$confirm`` has asked so far."""
        return list(self._under_test.browser.asked)

    @property
    def copied(self) -> str | None:
        """The text that ``$copy`` last put into the clipboard."""
        return self._under_test.browser.copied

    def find(self, css: str, text: str | None = None) -> Found:
        """The one element that matches. Raises ``QueryError`` if there is none, or more than one.

        ``text`` narrows the matches to those whose text is exactly this or, if there are none, contains it.
        ``:checked``, ``:disabled``, ``:enabled`` and ``:focus`` mean what they do in a browser.
        """
        return Found(self._under_test.browser.one(css, text))

    def all(self, css: str, text: str | None = None) -> list[Found]:
        """The elements that match, in document order."""
        return [Found(element) for element in self._under_test.browser.all(css, text)]

    def has(self, css: str, text: str | None = None) -> bool:
        """Does any element match?"""
        return bool(self._under_test.browser.all(css, text))

    def text(self, css: str | None = None) -> str:
        """The text of the one element that matches, or of the whole page, with white space collapsed."""
        return (self._under_test.browser.top if css is None else self._under_test.browser.one(css)).text()

    def texts(self, css: str) -> list[str]:
        """The text of each element that matches."""
        return [element.text() for element in self._under_test.browser.all(css)]

    def value(self, css: str) -> str | None:
        """The value of the one form control that matches."""
        return self.find(css).value

    @contextmanager
    def latency(self) -> Iterator[None]:
        """A context manager for a slow connection: what the server sends arrives at the end, in order.

        Events reach the server at once, so the user continues with an older page: until the end, elements show that
        they are loading (``live-loading``, ``aria-busy``), and submit buttons are disabled, or only say so if
        they have the focus.
        """
        self._under_test.slow_down()
        try:
            yield
        finally:
            self._under_test.catch_up()

    def open_browser(self) -> Path:
        """Write what the page shows to a temporary file and open it in the system's browser. Returns the path."""
        shown = to_html(self._under_test.browser.top.to_node(is_shown=True))
        name = self._under_test.mount.root.component.name
        with NamedTemporaryFile(
            "w", encoding="utf-8", prefix=f"{name}-", suffix=".html", delete=False
        ) as file:
            file.write(f"<!doctype html>\n<meta charset='utf-8'>\n<title>{name}</title>\n{shown}\n")
        path = Path(file.name)
        webbrowser.open(path.as_uri())
        return path

    def __repr__(self) -> str:
        return (
            f"<page of {self._under_test.mount.root.component.name}>\n{excerpt(self._under_test.browser.top)}"
        )
