"""All shared values of one process, and the broadcast that renders again whoever reads them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from secrets import token_hex
from typing import TYPE_CHECKING
from weakref import WeakSet, WeakValueDictionary

from hyper.state.backplane import Backplane
from hyper.state.cells import Cell, write_lock
from hyper.state.observed import Observed, adopt, adopter_finders, adopters, find_adopter
from hyper.state.observed_dict import ObservedDict, ObservedSet
from hyper.state.observed_list import ObservedList
from hyper.state.observed_object import Shared, find_object_adopter, is_object
from hyper.state.sealing import Seal
from hyper.state.sync import Sync
from hyper.vdom import AuthorError

if TYPE_CHECKING:
    from hyper.state.presence import Presence

adopters.update({list: ObservedList, dict: ObservedDict, set: ObservedSet})
adopter_finders.append(find_object_adopter)


class StateError(AuthorError):
    """A shared value is declared or used in a way that cannot work."""


class Hub:
    """One process's shared values. The program has one; tests make more and connect them."""

    def __init__(self) -> None:
        self.origin = token_hex(6)
        """Names this process among all."""
        self.unsaid: WeakSet[Cell] = WeakSet()
        """Values changed since the last broadcast."""
        self.named: dict[str, Cell] = {}
        self.presences: WeakValueDictionary[str, Presence] = WeakValueDictionary()
        """By topic; see ``presence.py``."""
        self.sync: Sync | None = None
        """The connection to other processes, where there is one."""

    def share(self, initial: object, name: str | None, of: tuple[type, ...] = ()) -> Observed:
        """The observed value of that name: the one there already if its kind is the same, or a new one."""
        known = self.named.get(name) if name is not None else None
        if known is not None and same_kind(known.value, initial):
            assert isinstance(known.value, Observed)
            return known.value
        return self._new(initial, name, of)

    def _new(self, initial: object, name: str | None, of: tuple[type, ...]) -> Observed:
        cell = Cell(name, self.unsaid, of)
        cell.value = value = observe(initial, cell)
        if name is not None:
            self.named[name] = cell
            if self.sync is not None:
                self.sync.attach(cell)
        return value

    def forget(self, name: str) -> None:
        """Let a named value go; who still holds it has it to himself."""
        self.named.pop(name, None)
        if self.sync is not None:
            self.sync.detach(name)

    def broadcast(self, values: tuple[object, ...]) -> None:
        """Invalidate the readers of ``values``; without any, of all that changed since the last time."""
        with write_lock:
            cells = [cell_of(value) for value in values] or list(self.unsaid)
            for cell in cells:
                cell.said()
        for cell in cells:
            cell.invalidate()

    async def connect(self, backplane: Backplane, secrets: Sequence[str], **options: float) -> Sync:
        """Share all named values, present and future, with the other processes on this backplane.

        Returns at once, also while the backplane cannot be reached: values work in this process until it can.
        ``secrets`` sign what is sent; all processes need the first of them, older ones are still understood.
        """
        if self.sync is not None:
            raise StateError("this process is connected to a backplane already")
        self.sync = Sync(self, backplane, Seal(secrets), **options)
        self.sync.start()
        return self.sync

    async def disconnect(self) -> None:
        """Send what is pending, if that goes quickly, and be a process of its own again."""
        if self.sync is not None:
            await self.sync.stop()
            self.sync = None

    def settle_presences(self, alive: set[str]) -> None:
        """Let the people of this process be listed, and those of processes not ``alive`` no more."""
        for presence in list(self.presences.values()):
            presence.settle(alive)

    def watch(self, value: object, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back at every broadcast of ``value``; what comes back ends it."""
        cell = cell_of(value)
        cell.watchers.append(callback)
        return lambda: cell.watchers.remove(callback) if callback in cell.watchers else None


def observe(initial: object, cell: Cell) -> Observed:
    """The observed container of a value: itself noticing, or in a box when it is a single value."""
    if find_adopter(type(initial)) is not None:
        found = adopt(initial, cell, None)
        assert isinstance(found, Observed)
        return found
    refuse_unobservable(initial)
    return Shared(initial, cell)


def refuse_unobservable(initial: object) -> None:
    """StateError for an instance of a class that can change without anybody noticing."""
    kind = type(initial)
    if kind.__module__ == "builtins" or kind.__hash__ is not object.__hash__ or is_object(kind):
        return
    raise StateError(
        f"shared({kind.__name__}(…)): changes inside a {kind.__name__} cannot be noticed; "
        "make it a dataclass or a pydantic model, or share a list or dict"
    )


def same_kind(value: object, initial: object) -> bool:
    """True when a reloaded module declares the value as it was, so that what it holds can stay."""
    if isinstance(value, Shared):
        return find_adopter(type(initial)) is None and not isinstance(initial, Observed)
    base = getattr(type(value), "_base", None)
    return type(initial) is base if base is not None else isinstance(value, type(initial))


def cell_of(value: object) -> Cell:
    """The bookkeeping of a shared value or of a container in one."""
    cell = value._cell if isinstance(value, Observed) else None
    if cell is not None:
        return cell
    raise StateError(
        f"broadcast({type(value).__name__}): not a shared value; pass what shared() returned, or nothing"
    )
