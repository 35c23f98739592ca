"""All shared values of one process, and the broadcast that re-renders the components that read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from secrets import token_hex
from typing import Any, Final
from weakref import WeakSet, WeakValueDictionary, finalize

from hyper.context import shared_work
from hyper.state.backplane import Backplane, BackplaneError
from hyper.state.cells import Cell, write_lock
from hyper.state.journal import JournaledCell
from hyper.state.observed import MISSING, Observed, plain
from hyper.state.observed_dict import ObservedDict
from hyper.state.observed_object import Shared
from hyper.state.observing import StateError, cell_of, is_same_kind, observe, observed_copy
from hyper.state.presence import Presence, no_unit
from hyper.state.rooms import Rooms
from hyper.state.sealing import Seal
from hyper.state.sync import Sync

ARRIVE_S: Final = 3.0
"""How long a page that is set up waits for values of other processes, in seconds."""


class Hub:
    """One process's shared values. The program has one; tests make more and connect them."""

    def __init__(self) -> None:
        self.id = token_hex(6)
        """Identifies this hub among those of all processes."""
        self.changed: WeakSet[Cell] = WeakSet()
        """Values changed since the last broadcast."""
        self.named: dict[str, JournaledCell] = {}
        self.rooms = Rooms(self)
        """Who holds the values of which names."""
        self.presences: WeakValueDictionary[str, Presence] = WeakValueDictionary()
        """By topic."""
        self.sync: Sync | None = None
        """The connection to other processes, if there is one."""

    def share(self, initial: object, name: str | None, of: tuple[type, ...] = ()) -> Observed:
        """The observed value of that name: the existing one if it is of the same kind, else a new one."""
        known = self.known(name) if name is not None else None
        if known is not None:
            assert isinstance(known.value, Observed)
            if is_same_kind(known.value, initial):
                return known.value
        return self._new(initial, name, of)

    def known(self, name: str) -> JournaledCell | None:
        """The value of that name, also if it was let go and some code still has it."""
        found = self.named.get(name)
        if found is None and (found := self.rooms.resting.get(name)) is not None:
            self._name(name, found)
        return found

    def _name(self, name: str, cell: JournaledCell) -> None:
        self.named[name] = cell
        if self.sync is not None:
            self.sync.attach(cell)

    def refuse_other_kind(self, initial: object, name: str) -> None:
        """Raises ``StateError`` if the value of that name is of another kind than ``initial``."""
        known = self.known(name)
        if known is not None and not fits(known, initial):
            raise StateError(
                f"shared({type(initial).__name__}, name={name!r}): a {type(known.initial).__name__} is shared under "
                "this name: give each value a name of its own"
            )

    def _new(self, initial: object, name: str | None, of: tuple[type, ...]) -> Observed:
        cell = self.new_cell(name, of)
        cell.value = value = observe(initial, cell)
        if name is not None:
            cell.initial = plain(value)
            self._name(name, cell)
        return value

    def new_cell(self, name: str | None, of: tuple[type, ...] = ()) -> JournaledCell:
        """A cell without a value, whose changes this hub broadcasts."""
        return JournaledCell(name, self.changed, observed_copy, of)

    def forget(self, name: str) -> None:
        """Stop sharing a named value; code that still holds it then has a value of its own."""
        self.named.pop(name, None)
        if self.sync is not None:
            self.sync.detach(name)

    def broadcast(self, values: tuple[object, ...]) -> None:
        """Invalidate the readers of ``values``, or if there are none, of all values changed since the last call.

        In an open unit of work: once that has ended well.
        """
        work = shared_work.get()
        with write_lock:
            cells = list(map(cell_of, values)) or list(self.changed)
            if work is not None and work.is_open:
                work.broadcasts.update(dict.fromkeys([*cells, *(() if values else work.changes)]))
                return
            for cell in cells:
                cell.note_broadcast()
        for cell in cells:
            cell.invalidate()

    def presence(self, topic: str) -> Presence:
        """The presence of a topic; it is forgotten when no module and no component holds it any longer."""
        found = self.presences.get(topic)
        if found is None:
            name = f"presence {topic}"
            found = Presence(topic, self.id, cell_of(self.share({}, name)))
            self.presences[topic] = found
            finalize(found, self.forget, name)
        return found

    async def connect(self, backplane: Backplane, secrets: Sequence[str], **options: float) -> Sync:
        """Share all named values, present and future, with the other processes on this backplane.

        Returns at once, even if the backplane cannot be reached: until it can, values work in this process.
        Messages are signed with the first of ``secrets``, which all processes need; the older ones still verify.
        """
        if self.sync is not None:
            raise StateError("this process is connected to a backplane already")
        self.sync = Sync(self.id, backplane, Seal(secrets), self.settle_presences, **options)
        for cell in list(self.named.values()):
            self.sync.attach(cell)
        self.sync.start()
        return self.sync

    async def arrive(self, limit_s: float = ARRIVE_S) -> bool:
        """Wait until the values of this process are those of all processes. Returns whether that was to be waited for.

        After ``limit_s`` seconds they are taken as they are here, and the log says so.
        """
        sync = self.sync
        return sync is not None and sync.is_here() and await sync.arrivals.wait_for_all(limit_s)

    async def claim(self, value: ObservedDict[Any, Any], key: object, claim: object, limit_s: float) -> Any:
        """Put ``claim`` at ``key`` if nothing is there in any process. Returns what is there.

        What jobs have changed that may yet be undone does not count.

        Raises ``BackplaneError`` if that cannot be known within ``limit_s`` seconds; it may have been put.
        """
        cell = cell_of(value)
        with no_unit():
            found = value._claimed(key, claim)
        cell.broadcast()
        sync = self.sync
        replica = sync.replicas.get(cell.name or "") if sync is not None else None
        if sync is None or replica is None:
            return found
        if not await sync.arrivals.wait_for_change(replica, limit_s):
            raise BackplaneError(
                f"claim(…, {key!r}): the other processes have not answered for {limit_s:g} s"
            )
        found = value._final(key)
        return await self.claim(value, key, claim, limit_s) if found is MISSING else found

    async def disconnect(self) -> None:
        """Send pending changes if that is quick, and stop sharing values with other processes."""
        if self.sync is not None:
            await self.sync.stop()
            self.sync = None

    def settle_presences(self, alive: set[str]) -> None:
        """List the people of this process, and remove the people of hubs that are not in ``alive``."""
        for presence in list(self.presences.values()):
            presence.settle(alive)

    def watch(self, value: object, callback: Callable[[], None]) -> Callable[[], None]:
        """Call ``callback`` at every broadcast of ``value``; returns a function that ends it."""
        cell = cell_of(value)
        cell.watchers.append(callback)
        return lambda: cell.watchers.remove(callback) if callback in cell.watchers else None


def fits(known: JournaledCell, initial: object) -> bool:
    """May a value be shared as ``initial``? Single values have a kind, too, if they are no ``None``."""
    assert isinstance(known.value, Observed)
    if not is_same_kind(known.value, initial):
        return False
    if not isinstance(known.value, Shared):
        return True
    before = plain(known.initial.value) if isinstance(known.initial, Shared) else None
    numbers = isinstance(before, (int, float)) and isinstance(initial, (int, float))
    return before is None or initial is None or numbers or type(before) is type(initial)
