"""The message that the simulated browser sends to the server for an event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hyper.dom.elements import DomElement
from hyper.simulated.typing import EventEnd


@dataclass(slots=True)
class Message:
    """An event, with the elements that wait until the server acknowledges it."""

    component_id: str
    event: str
    args: list[Any] | None
    params: dict[str, Any] = field(default_factory=dict)
    fields: list[tuple[str, str | None]] = field(default_factory=list)
    element: DomElement | None = None
    """The element with the binding, which shows that it is loading. ``None`` for an event from outside the page."""
    target: DomElement | None = None
    """The element at which the event happened."""
    over: Callable[[EventEnd], None] | None = None
    """Called when an edit of the target is over."""
    held: list[DomElement] = field(default_factory=list)
    """Submit buttons that are disabled until then."""
