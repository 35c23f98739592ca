"""The results that a test reads from a page: elements that it shows, and what the server sent."""

from __future__ import annotations

from dataclasses import dataclass

from hyper.diff import Patch, patches_to_json
from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.query import excerpt
from hyper.transport.wire import update_frame
from hyper.vdom.markup import to_html


class Found:
    """An element of a test page, as it was when it was found."""

    def __init__(self, element: DomElement) -> None:
        self._element = element
        self.tag: str = element.tag
        self.attributes: dict[str, str] = dict(element.shown())
        self.text: str = element.text()
        """The text as a reader sees it, with white space collapsed."""
        self.html: str = to_html(element.to_node(is_shown=True))
        is_control = controls.is_control(element)
        self.value: str | None = controls.value_of(element) if is_control else None
        """The value of a form control; ``None`` for other elements."""
        self.checked: bool = controls.is_choice(element) and controls.is_checked(element)
        self.disabled: bool = controls.is_disabled(element)

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.attributes

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def __repr__(self) -> str:
        return excerpt(self._element, 300)


@dataclass(frozen=True, slots=True)
class Update:
    """What the server sent for one component at one moment."""

    component_id: str
    patches: list[Patch]
    html: str
    """The page's HTML at that moment; empty with ``check=False``."""

    @property
    def size_bytes(self) -> int:
        """The size of its frame, with a version of one digit."""
        return len(update_frame(self.component_id, 1, patches_to_json(self.patches)))


@dataclass(frozen=True, slots=True)
class Pushed:
    """An event for the page's scripts."""

    component_id: str
    event: str
    detail: object
    """The detail as the scripts get it, after JSON."""
