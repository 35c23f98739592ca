"""Which piece of work has changed which record of a page: so each commits its own changes, and undoes no other's.

All code of a page uses the same objects. Only one piece of work runs at a time: a job, or a step of a task beside it.
Whenever another one goes on, ``switch`` compares all objects with what they held before; what differs was changed by
the one that was running, and goes into its ledger:

    job     a.balance -= 5 ── waits ─────────────────────────────── b.balance += 5 ── commits a and b
    task                       c.name = "x" ── waits                                                   commits c

A record belongs to the first that changes it, until that has committed or undone it. If another one changes it
meanwhile, that change is undone at once, and its own commit raises ``ConflictError``: a commit never writes what
belongs to unfinished work.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hyper.context import Ledger
from hyper.records.kinds import Dump
from hyper.records.writing import ConflictError, RecordChange, SaveError, error_of, seen, start_write

if TYPE_CHECKING:
    from hyper.records.record import Record


class RecordLedger:
    """The records that one piece of work has changed."""

    def __init__(self, page: PageRecords) -> None:
        self.contents: dict[Record, Dump] = {}
        """The content that it has given to each."""
        self.marked: dict[Record, None] = {}
        """Those to save even if they are new and unchanged."""
        self.sent: dict[Record, asyncio.Task[None]] = {}
        """The write of the content that it has given to a record, if one has begun."""
        self.built_on: list[asyncio.Task[None]] = []
        """Writes of others, of what it has changed further before they had ended: if one fails, this fails."""
        self.begun: list[asyncio.Task[None]] = []
        """Writes that it has begun and that it may not have waited for."""
        self.error: SaveError | None = None
        """Why it cannot be committed: a record that it has changed belongs to other work, or cannot be saved."""
        self._page = page

    def has_changes(self) -> bool:
        """Is there anything to commit, or a save that is still running?"""
        self._page.look()
        return bool(self.contents or self.marked or self.begun or self.built_on or self.error is not None)

    async def commit(self) -> None:
        """Write them in one transaction, and wait for all saves that were begun.

        Raises ``SaveError`` or ``ConflictError`` of this or of a save that nobody awaited; then they are undone.
        """
        self._page.look()
        try:
            self._check()
            await self._finish()
            changes = self._take_changes()
            if changes:
                await self.begin(changes)
            self._check()
            self.built_on.clear()
        except SaveError:
            self.revert()
            raise

    def revert(self) -> None:
        """Undo what is not committed."""
        self._page.look()
        self.error = None
        self.built_on.clear()
        self.marked.clear()
        for record in self._let_go():
            record.revert()

    def _check(self) -> None:
        if self.error is not None:
            raise self.error
        for task in self.built_on:
            if task.done() and error_of(task) is not None:
                raise ConflictError("What this change was made on could not be saved: nothing was overwritten.")

    def _take_changes(self) -> list[RecordChange]:
        """The changes to write."""
        new = [record for record in self.marked if record.row is None and record not in self.contents]
        self.marked.clear()
        changes = [
            RecordChange(record, dump) for record, dump in self.contents.items() if record not in self.sent
        ]
        return changes + [RecordChange(record, record.saved) for record in new if record.pending() is None]

    def begin(self, changes: list[RecordChange]) -> asyncio.Task[None]:
        """A task that writes them. Until it has ended, the records are this ledger's."""
        task = start_write(changes)
        self.sent.update((change.record, task) for change in changes if change.record in self.contents)
        return task

    def _let_go(self) -> list[Record]:
        records = list(self.contents)
        for record in records:
            self._page.release(record)
        return records

    async def _finish(self) -> None:
        """Wait for all saves that were begun. Raises the error of one that no code awaited."""
        begun, self.begun = self.begun, []
        await asyncio.gather(*begun, return_exceptions=True)
        for task in begun:
            error = None if task in seen else error_of(task)
            if error is not None:
                raise error


class PageRecords:
    """The records of one mounted page."""

    def __init__(self) -> None:
        self.known: dict[tuple[type[Any], object], Record] = {}
        """By model and id."""
        self._owners: dict[Record, RecordLedger] = {}
        """The work that each record belongs to: it has changed it and not committed it yet."""
        self._running: RecordLedger | None = None
        """The ledger of the work that is running."""

    def open(self) -> RecordLedger:
        """A new ledger, for work that begins."""
        return RecordLedger(self)

    def adopt(self) -> RecordLedger:
        """The ledger of the work that is running; a new one, for what it has changed so far, if there is none."""
        if self._running is None:
            self._running = RecordLedger(self)
        return self._running

    def switch(self, ledger: Ledger | None) -> RecordLedger | None:
        """Note what the work that was running has changed; returns its ledger. ``ledger`` is that of what runs now."""
        self.look()
        before, self._running = self._running, ledger  # type: ignore[assignment]
        return before

    def look(self) -> None:
        """Note what the running work has changed since it went on. Cost: a dump of each record."""
        running = self._running
        if running is None:  # setup: its changes are the next one's
            return
        for record in self.known.values():
            self._compare(record, running)

    def _compare(self, record: Record, running: RecordLedger) -> None:
        owner, settled = self._owner(record), record.settled
        before = settled if owner is None else owner.contents[record]
        try:
            dump = record.dump()
        except Exception as error:  # the author has given it a value that is none of its type
            record.kind.restore(record.target, before)
            running.error = SaveError(f"{record.name} holds what cannot be saved.")
            running.error.__cause__ = error
            return
        if dump == before:
            return
        if owner is not None and record in owner.sent and owner is not running:
            running.built_on.append(owner.sent[record])
            self.release(record)
        elif owner is not None and owner is not running:
            record.kind.restore(record.target, before)
            running.error = _belongs_to_other(record)
            return
        if dump == settled and record.pending() is None:
            self.release(record)
        else:
            self._owners[record] = running
            running.contents[record] = dump
            running.sent.pop(record, None)

    def _owner(self, record: Record) -> RecordLedger | None:
        """The work that a record belongs to. It is nobody's any more once its content was written, or was not."""
        owner = self._owners.get(record)
        if owner is None:
            return None
        write = owner.sent.get(record)
        if write.done() if write is not None else owner.contents[record] == record.saved:
            self.release(record)
            return None
        return owner

    def release(self, record: Record) -> None:
        """Note that a record belongs to nobody."""
        owner = self._owners.pop(record, None)
        if owner is not None:
            del owner.contents[record]
            owner.sent.pop(record, None)

    def begin_write(self, record: Record) -> asyncio.Task[None] | None:
        """Begin to save one record for a task. Returns the running write, if there is one.

        Raises ``ConflictError`` if the record belongs to other work.
        """
        ledger = self.adopt()
        self.look()
        ledger._check()
        owner = self._owner(record)
        if owner is not None and owner is not ledger:
            ledger.error = _belongs_to_other(record)
            raise ledger.error
        change = record.needed_change() if record.dump() != record.settled or record.row is None else None
        if change is not None:
            ledger.begun.append(ledger.begin([change]))
        return record.pending()


def _belongs_to_other(record: Record) -> ConflictError:
    return ConflictError(
        f"{record.name} is being changed by other work of this page: nothing was overwritten."
    )
