"""What one function does within a job, so that it can be undone alone: its caller goes on.

Variables and containers that it can reach, and its pushes. Between the steps of a coroutine function other code runs;
what that changes is not its own:

    callee      n = 1 ── waits ──────────────── n = 3, raises: n is 2
    caller                        n = 2
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hyper.components.outcomes import is_kept
from hyper.components.rollback import Look, SavedState

if TYPE_CHECKING:
    from hyper.components.unit import Unit

Pushes = tuple[tuple[str, str, str], ...]


class Alone:
    """The part of a job that one function does. A coroutine function begins later, with ``enter``."""

    __slots__ = ("_before", "_look", "_pushed", "_saved", "_unit", "function")

    def __init__(self, function: Callable[..., Any], unit: Unit | None) -> None:
        self.function = function
        self._unit = unit
        self._saved = SavedState(function)
        self._look: Look | None = None
        """What its state held after its last step, or when it was called; ``None`` if it runs at once."""
        self._before: Pushes = unit.pushes if unit is not None else ()
        """The pushes of the job before the step that is running."""
        self._pushed: Pushes = ()
        """Its own, of the steps before."""

    def postpone(self) -> Alone:
        """Itself: it is called now, but begins with ``enter``, and what others change until then is not its own."""
        self._look = self._saved.look()
        return self

    def enter(self) -> None:
        """Accept what others have changed since the last step."""
        if self._look is not None:
            self._saved.accept(self._look)
        if self._unit is not None:
            self._before = self._unit.pushes

    def leave(self) -> None:
        """Note the state at the end of a step."""
        self._look = self._saved.look()
        self._pushed += self._new_pushes()

    def end_with(self, error: BaseException) -> None:
        """Undo what it has done, unless that is kept with ``error``. Called right after it was raised."""
        if is_kept(error):
            return
        self._saved.restore()
        if self._unit is not None:
            own = {id(push) for push in (*self._pushed, *self._new_pushes())}
            self._unit.pushes = tuple([push for push in self._unit.pushes if id(push) not in own])

    def _new_pushes(self) -> Pushes:
        return self._unit.pushes[len(self._before) :] if self._unit is not None else ()
