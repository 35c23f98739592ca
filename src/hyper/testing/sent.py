"""What a test page was sent."""

from __future__ import annotations

from dataclasses import dataclass

from hyper.diff import Patch, patches_to_json
from hyper.transport.wire import update_frame


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
