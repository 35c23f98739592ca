"""Who holds named shared values: those that a function names, a chat's room for instance, are let go with their readers.

    shared([], name=f"room {id}")    in a component: held until that is unmounted, and all others that share it

A value that is as it was at first is let go at once, as the next one would be the same. Others are kept until
``MAX_LEFT`` more were left: who comes back a little later finds what was there. Code that still has a value that was let
go shares it again with whoever asks for its name next.
"""

from __future__ import annotations

from types import CodeType
from typing import TYPE_CHECKING, Final
from weakref import WeakValueDictionary

from hyper.context import RunningComponent
from hyper.state.observed import plain

if TYPE_CHECKING:
    from hyper.state.hub import Hub
    from hyper.state.journal import JournaledCell

MAX_LEFT: Final = 1_000
"""How many values that nobody holds are kept, with what is in them."""


class Rooms:
    """The names of one hub that were given in functions."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._kept: dict[str, tuple[str, CodeType]] = {}
        """Those of modules, with the module and its code when it ran."""
        self._holders: dict[str, set[int]] = {}
        """The components that hold each, by their ``id()``."""
        self._left: dict[str, None] = {}
        """Those that nobody holds, the one that was left first is first."""
        self.resting: WeakValueDictionary[str, JournaledCell] = WeakValueDictionary()
        """Those that were let go, while some code still has them."""

    def keep(self, name: str, module: str, run: CodeType) -> None:
        """Never let it go: a module has it."""
        self._kept[name] = module, run
        self._left.pop(name, None)

    def is_reloaded(self, name: str, module: str, run: CodeType) -> bool:
        """Is it a value of that module, which runs again? Then it may be of another kind than before."""
        before = self._kept.get(name)
        return before is not None and before[0] == module and before[1] is not run

    def hold(self, name: str, component: RunningComponent | None) -> None:
        """Hold it until the component is unmounted; without one, until others are left."""
        if component is None:
            if name not in self._holders:
                self._leave(name)
            return
        holders = self._holders.setdefault(name, set())
        if id(component) not in holders:
            holders.add(id(component))
            self._left.pop(name, None)
            key = id(component)
            component.cleanups += (lambda: self._release(name, key),)

    def _release(self, name: str, key: int) -> None:
        holders = self._holders.get(name, set())
        holders.discard(key)
        if not holders:
            self._holders.pop(name, None)
            self._leave(name)

    def _leave(self, name: str) -> None:
        """Nobody holds it: let it go, or later."""
        cell = self._hub.named.get(name)
        if cell is None or name in self._kept:
            return
        if not cell.steps and plain(cell.value) == cell.initial:
            self._let_go(name)
            return
        self._left.pop(name, None)
        self._left[name] = None
        while len(self._left) > MAX_LEFT:
            self._let_go(next(iter(self._left)))

    def _let_go(self, name: str) -> None:
        self._left.pop(name, None)
        cell = self._hub.named.get(name)
        if cell is not None:
            self.resting[name] = cell
            self._hub.forget(name)
