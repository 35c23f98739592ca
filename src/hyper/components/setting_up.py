"""Runs the setup of a component, and runs it again where it needs a shared value that only other processes know yet.

    game = shared({}, name=f"game {id}")      not here yet: setup ends here
                                              the value comes from the other processes
    game = shared({}, name=f"game {id}")      setup once more, from its start: now the value is here

A call cannot wait for it, and what setup would decide by the initial value is wrong: "am I in this game?". What setup
had begun is given back before; the variables of the first time are gone with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hyper.components.lifetime import give_back
from hyper.context import StartAgain, running_task

if TYPE_CHECKING:
    from hyper.components.mounted import MountedComponent

MAX_STARTS: Final = 8
"""How often setup is run at most. The last time it has the values that there are: its names may be new each time."""


async def set_up(mounted: MountedComponent) -> Any:
    """What setup returns: the view, and the handlers."""
    compiled = mounted.component.compiled
    for starts_left in reversed(range(MAX_STARTS)):
        mounted.starting = running_task() if starts_left else None
        try:
            result = compiled.setup(**mounted.properties)
            return await result if compiled.is_async else result
        except StartAgain as again:
            await give_back(mounted)
            mounted.timers = ()
            await again.arrived()
        finally:
            mounted.starting = None
    raise AssertionError("the last setup cannot be stopped")
