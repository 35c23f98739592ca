"""The mounted component whose code is running, with all that this room knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hyper.context import current
from hyper.errors import ComponentError

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent


def running_component() -> MountedComponent | None:
    """The component whose setup, view, handler, hook or task is running, or ``None``."""
    return cast("MountedComponent | None", current.get())  # nothing else is ever put there


def running_component_for(what: str) -> MountedComponent:
    """The same. Raises ``ComponentError``, which names the function ``what``, where no component is running."""
    mounted = running_component()
    if mounted is None:
        raise ComponentError(f"{what}() works inside a live component: in its setup, a handler or a hook")
    return mounted
