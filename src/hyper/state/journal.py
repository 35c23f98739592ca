"""The cells of shared values: each keeps what open units of work have changed, above what is final.

At every moment a shared value is *the final changes in the order in which they became final, then the steps of open
units in the order in which they were made*. A write outside of units is final at once, so it goes below the open steps:

    final               open steps                  each letter is a change; A1 and A2 belong to one unit, B to another
    1                   A1  B  A2                   somebody writes 2, outside of units:
                                                    undo A2, B, A1; do 2; do A1, B, A2 again
    1  2                A1  B  A2                   unit A ends well: undo A2, B, A1; do A1, A2; do B again
    1  2  A1  A2        B                           unit B fails: undo B
    1  2  A1  A2

So undoing a unit takes away exactly its own changes, and other processes are sent final changes alone, in the order in
which they became final here. A unit that has the value to itself costs nothing of that: its steps are undone, the last
one first.

What depends on open work shares its fate: whoever removes or changes what only an open unit has put there adds a step
to that unit. So what somebody took out of a list stays out, however the unit ends that had put it in.

The idea is rebasing, as in ``replica.py``: there others' confirmed batches go below our pending ones.
"""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from hyper.context import SharedWork, shared_work
from hyper.state.cells import (
    Cell,
    Container,
    CopyIn,
    Notation,
    Operation,
    Undo,
    local_ids,
    no_undo,
    write_lock,
)
from hyper.state.observed import identity
from hyper.state.operations import REMOVALS, apply


class LocalNotation:
    """Operations that do not leave the process name containers and values by themselves."""

    def new_ids(self, count: int) -> list[Any]:
        """Ids for elements of a list: numbers, as they take little memory."""
        return list(itertools.islice(local_ids, count))

    def name(self, container: Container) -> object:
        """The container."""
        return container

    def encode(self, value: object) -> object:
        """The value."""
        return value

    def is_attached(self, operation: Operation) -> bool:
        """Is the container that the operation changes still part of its shared value?"""
        container: Container = operation[1]
        return container._is_attached()

    def do(self, operation: Operation) -> Undo:
        """Do an operation again."""
        return apply(operation[1], operation, identity)


LOCAL = LocalNotation()


@dataclass(slots=True, eq=False)
class Step:
    """One change of an open unit."""

    owner: OpenChanges | None
    """The unit's changes of the value; None for a write outside of units, until it is put below the others."""
    operation: Operation
    undo: Undo
    notation: Notation

    def redo(self) -> None:
        """Do it again, on what is now below it."""
        self.undo = self.notation.do(self.operation)


class OpenChanges:
    """What one open unit has changed in one shared value."""

    def __init__(self, cell: JournaledCell, work: SharedWork) -> None:
        self.is_disturbed = False
        """Have others written or rendered the value since?"""
        self._cell = cell
        self._work = work
        self._was_changed = cell.is_changed

    def keep(self) -> None:
        """Make the changes final; what others have written since may come to lie above them."""
        cell = self._cell
        with write_lock:
            is_moved = cell.keep(self)
        if is_moved:
            cell.invalidate()

    def undo(self) -> None:
        """Undo exactly these changes. Others may have rendered them: then the value's readers are invalidated."""
        with write_lock:
            self._cell.withdraw(self)
            if not self._was_changed and not self.is_disturbed:
                self._cell.unmark_changed()
            self._cell.end(self)
        if self.is_disturbed or self._work.has_waited:
            self._cell.invalidate()


class JournaledCell(Cell):
    """The cell of a shared value."""

    local = LOCAL

    def __init__(
        self, name: str | None, changed: Any, copy_in: CopyIn, classes: tuple[type, ...] = ()
    ) -> None:
        super().__init__(name, changed, copy_in, classes)
        self.steps: list[Step] = []
        self.units: list[OpenChanges] = []
        self._afterwards: list[Callable[[], None]] = []
        self._is_together = False

    def write_down(self, operation: Operation, undo: Undo) -> None:
        """Make a change part of the open unit that the running code belongs to, or final if there is none."""
        owner = self._running_unit()
        for unit in self.units:
            unit.is_disturbed = unit.is_disturbed or unit is not owner
        if owner is None and not self.steps:
            if self.recorder is not None:
                self.recorder.record(operation, undo)
            return
        self.steps.append(Step(owner, operation, undo, self.recorder or LOCAL))
        if owner is None and not self._is_together:
            self.settle(None)

    def _running_unit(self) -> OpenChanges | None:
        work = shared_work.get()
        if work is None or not work.is_open:
            return None
        known = work.changes.get(self)
        if isinstance(known, OpenChanges) and known in self.units:
            return known
        work.changes[self] = new = OpenChanges(self, work)
        if (
            not work.is_open
        ):  # it was ended from another thread meanwhile, which may not have seen the new entry
            del work.changes[self]
            return None
        self.units.append(new)
        return new

    @contextmanager
    def together(self) -> Iterator[None]:
        """Several changes that name elements by their place: nobody else's are put between; used under the lock."""
        self._is_together = True
        try:
            yield
        finally:
            self._is_together = False
            self.settle(None)

    def settle(self, owner: OpenChanges | None) -> bool:
        """Make the steps of a unit final. Returns whether the value may have changed by that. Called under the lock."""
        at = next((at for at, step in enumerate(self.steps) if step.owner is not owner), len(self.steps))
        for step in self.steps[:at]:
            self._record(step)
        del self.steps[:at]
        if all(step.owner is not owner for step in self.steps):
            return False
        self.lift()
        steps, self.steps = self.steps, []
        late = deque(step for step in steps if step.owner is owner and not self._is_final(step))
        self._lay_again(steps, owner, late)
        return True

    def _lay_again(self, steps: list[Step], owner: OpenChanges | None, late: deque[Step]) -> None:
        """Do the steps of the other units again; ``late`` are those of ``owner`` that may depend on them."""
        givers: dict[Step, OpenChanges | None] = {}
        aside: list[Step] = []
        for step in steps:
            if late and step is late[0]:
                late.popleft()
                if step not in givers:
                    aside.append(step)
                    continue
                step.owner = givers[step]
            elif step.owner is owner:
                continue
            step.redo()
            self.steps.append(step)
            self._share_fate(step.owner, late, givers)
        self._do_aside([step for step in aside if not step.notation.is_attached(step.operation)])

    def _is_final(self, step: Step) -> bool:
        """Do a step for good, and return True; False if something of it depends on steps that are still open."""
        if not step.notation.is_attached(step.operation):
            return False
        step.redo()
        self._record(step)
        return step.undo is not no_undo and step.operation[0] not in REMOVALS

    def _record(self, step: Step) -> None:
        if self.recorder is not None and step.undo is not no_undo:
            self.recorder.record(step.operation, step.undo)

    def _share_fate(
        self, owner: OpenChanges | None, late: Iterable[Step], givers: dict[Step, OpenChanges | None]
    ) -> None:
        """Give ``owner``, whose step was done last, those of ``late`` that depend on it.

        Removals are done at once, once for each unit that has put something there; other steps when it is their turn.
        """
        for step in late:
            if step in givers or not step.notation.is_attached(step.operation):
                continue
            undo = step.notation.do(step.operation)
            if undo is no_undo:
                continue
            if step.operation[0] in REMOVALS:
                self.steps.append(Step(owner, step.operation, undo, step.notation))
            else:
                undo()
                givers[step] = owner

    def _do_aside(self, steps: list[Step]) -> None:
        """Do for good steps whose container is removed: whoever holds that finds what was written to it."""
        if steps:
            self.lift()
            for step in steps:
                step.redo()
                self._record(step)
            self.lay()

    def withdraw(self, owner: OpenChanges) -> None:
        """Undo the steps of a unit, whatever has been put above them. Called under the lock."""
        at = next((at for at, step in enumerate(self.steps) if step.owner is owner), len(self.steps))
        above = self.steps[at:]
        for step in reversed(above):
            step.undo()
        self.steps[at:] = [step for step in above if step.owner is not owner]
        for step in self.steps[at:]:
            step.redo()

    def keep(self, owner: OpenChanges) -> bool:
        """Make the changes of a unit final, and forget it. Returns whether the value may have changed by that."""
        if len(self.units) > 1:
            is_moved = self.settle(owner)
        else:  # all steps are its own
            is_moved = False
            for step in self.steps if self.recorder is not None else ():
                self._record(step)
            self.steps.clear()
        self.is_changed = True
        self._changed.add(self)
        if owner in self.units:
            self.units.remove(owner)
        if self._afterwards:
            self._start_waiting()
        return is_moved

    def end(self, owner: OpenChanges) -> None:
        """Forget a unit that was settled or withdrawn."""
        if owner in self.units:
            self.units.remove(owner)
        self._start_waiting()

    def _start_waiting(self) -> None:
        if not self.steps:
            waiting, self._afterwards = self._afterwards, []
            for start in waiting:
                start()

    def when_settled(self, start: Callable[[], None]) -> None:
        """Call ``start`` at once, or if there are open steps, as soon as there are none. Called under the lock."""
        if self.steps:
            self._afterwards.append(start)
        else:
            start()

    def lift(self) -> None:
        """Undo all open steps, to reach the final value; ``lay`` does them again. Called under the lock."""
        for step in reversed(self.steps):
            step.undo()

    def lay(self) -> None:
        """Do all open steps again."""
        for step in self.steps:
            step.redo()

    @contextmanager
    def without_open_steps(self) -> Iterator[None]:
        """The final value: what is written meanwhile, outside of units, is final at once. Used under the lock."""
        self.lift()
        steps, self.steps = self.steps, []
        try:
            yield
        finally:
            self.steps = steps
            self.lay()

    def drop_open(self) -> None:
        """Undo all open steps for good, also those of units that have not ended. Called under the lock."""
        self.lift()
        self.steps = []

    def unmark_changed(self) -> None:
        """Take back the mark for the next broadcast, as the value is what it was."""
        self.is_changed = False
        self._changed.discard(self)
