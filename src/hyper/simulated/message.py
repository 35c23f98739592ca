"""What the simulated browser sends: one event for the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hyper.dom.elements import DomElement


@dataclass(slots=True)
class Message:
    """An event for the server."""

    component_id: str
    event: str
    args: list[Any] | None
    params: dict[str, Any] = field(default_factory=dict)
    fields: list[tuple[str, str | None]] = field(default_factory=list)
    element: DomElement | None = None
    """Whose event it is: it shows that it is loading. ``None`` for what comes from no page."""
    target: DomElement | None = None
    """Where it happened."""
    held: list[DomElement] = field(default_factory=list)
    """Submit buttons that are disabled until it is acknowledged."""
