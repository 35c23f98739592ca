"""What a test asks a page for: the elements it shows, and what the server sent."""

from __future__ import annotations

from dataclasses import dataclass

from hyper.diff import Patch, patches_to_json
from hyper.dom import controls
from hyper.dom.elements import DomElement
from hyper.simulated.query import excerpt
from hyper.transport.wire import update_frame
from hyper.vdom.markup import to_html


class Found:
    """An element of a test page, as it is at this moment."""

    def __init__(self, element: DomElement) -> None:
        self._element = element
        self.tag: str = element.tag
        self.attributes: dict[str, str] = dict(element.shown())
        self.text: str = element.text()
        """As a reader sees it: white space collapsed."""
        self.html: str = to_html(element.to_node(is_shown=True))
        is_control = controls.is_control(element)
        self.value: str | None = controls.value_of(element) if is_control else None
        """What a form control shows."""
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
    """What the server sent at one moment for one component."""

    component_id: str
    patches: list[Patch]
    html: str
    """The page's HTML then; empty with ``check=False``."""

    @property
    def size_bytes(self) -> int:
        """Of its frame, with a version of one digit."""
        return len(update_frame(self.component_id, 1, patches_to_json(self.patches)))


@dataclass(frozen=True, slots=True)
class Pushed:
    """An event for the page's scripts."""

    component_id: str
    event: str
    detail: object
    """As the scripts have it, after JSON."""
