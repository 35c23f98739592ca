"""The mounted component whose code is running: what ``hyper.context`` keeps, as the class that it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hyper.context import current
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


def running_component() -> MountedComponent | None:
    """The component whose setup, view, handler, hook or task is running; ``None`` if there is none."""
    return cast("MountedComponent | None", current.get())  # nothing else is ever stored there


def running_component_for(what: str) -> MountedComponent:
    """The running component. Raises ``ComponentError``, which names the function ``what``, if there is none."""
    mounted = running_component()
    if mounted is None:
        raise ComponentError(f"{what}() works inside a live component: in its setup, a handler or a hook")
    return mounted
