"""Which piece of work has changed which record of a page: so each commits its own changes, and undoes no other's.

All code of a page uses the same objects. Only one piece of work runs at a time: a job, or a step of a task beside it.
Whenever another one goes on, ``switch`` compares all objects with what they held before; what differs was changed by
the one that was running, and goes into its ledger:

    job     a.balance -= 5 ── waits ─────────────────────────────── b.balance += 5 ── commits a and b
    task                       c.name = "x" ── waits                                                   commits c

A record belongs to the first that changes it, until that has committed or undone it. If another one changes it
meanwhile, that change is undone at once, and its own commit raises ``ConflictError``: a commit never writes what
belongs to unfinished work. Once a record is being written, others may change it further: if the write fails, so does
what was made on it.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from weakref import ref

from hyper.context import Ledger, RunningPage
from hyper.records.kinds import Dump, StoredRecord
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
        self.bases: dict[Record, asyncio.Task[None]] = {}
        """The write of a record that was running when this changed it: if that fails, so does this."""
        self.begun: list[asyncio.Task[None]] = []
        """Writes that it has begun and that it may not have waited for."""
        self.error: SaveError | None = None
        """Why it cannot be committed: a record that it has changed belongs to other work, or cannot be saved."""
        self._page = page

    def has_changes(self) -> bool:
        """Is there anything to commit, or a save that is still running?"""
        self._page.look()
        return bool(self.contents or self.marked or self.begun or self.error is not None)

    async def commit(self) -> None:
        """Write them in one transaction, and wait for all saves that were begun.

        Raises ``SaveError`` or ``ConflictError`` of this or of a save that nobody awaited; then they are undone.
        """
        self._page.look()
        try:
            self.check()
            await self._finish()
            changes = self._take_changes()
            if changes:
                await self.begin(changes)
        except SaveError:
            self.revert()
            raise

    def revert(self) -> None:
        """Undo what is not committed."""
        self._page.look()
        self.error = None
        self.marked.clear()
        for record in self._let_go():
            record.revert()

    def check(self) -> None:
        """Raises ``SaveError`` if it cannot be committed."""
        for record, base in self.bases.items():
            if record not in self.sent and base.done() and error_of(base) is not None:
                self.error = _made_on_what_failed(record)
        if self.error is not None:
            raise self.error

    def _take_changes(self) -> list[RecordChange]:
        """The changes to write."""
        new = [record for record in self.marked if record.row is None and record not in self.contents]
        self.marked.clear()
        for record in new:
            self._page.refuse_others(record, self)
        changes = [
            RecordChange(record, dump) for record, dump in self.contents.items() if record not in self.sent
        ]
        return changes + [
            RecordChange(record, record.content(None)) for record in new if record.pending() is None
        ]

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

    def __init__(self, page: RunningPage) -> None:
        self.known: dict[tuple[type[Any], object], Record] = {}
        """By model and id."""
        self._owners: dict[Record, RecordLedger] = {}
        """The work that each record belongs to: it has changed it and not committed it yet."""
        self._running: RecordLedger | None = None
        """The ledger of the work that is running."""
        self._page = ref(page)
        self._news: dict[Record, StoredRecord | None] = {}
        """What others have saved, and these objects do not hold yet."""
        self._refresher: asyncio.Task[None] | None = None

    def hear(self, record: Record, row: StoredRecord | None) -> None:
        """Give the object what others have saved, and render the page: at once, or when the running job has ended."""
        if row == record.row or (row and record.row and row.version < record.row.version):
            return
        self._news[record] = row
        page = self._page()
        if page is not None and page.is_free:
            self.refresh()
        elif self._refresher is None or self._refresher.done():
            self._refresher = asyncio.get_running_loop().create_task(self._refresh_later())

    async def _refresh_later(self) -> None:
        page = self._page()
        if page is not None:
            await page.idle()
            self.refresh()

    def refresh(self) -> None:
        """Give the objects what others have saved. Those with changes of their own keep them, and conflict."""
        page, taken = self._page(), [record for record, row in self._news.items() if record.take(row)]
        for record in taken:
            del self._news[record]
        for mounted in page.mounted.values() if page is not None and taken else ():
            mounted.invalidate()

    def open(self) -> RecordLedger:
        """A new ledger, for work that begins."""
        if self._news and (page := self._page()) is not None and page.is_free:
            self.refresh()
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
        owner, settled = self._owner(record, running), record.settled
        before = settled if owner is None else owner.contents[record]
        try:
            dump = record.content(before)
        except SaveError as error:
            record.kind.restore(record.target, before)
            running.error = error
            return
        if dump == before:
            return
        if owner is not None and owner is not running and record not in owner.sent:
            record.kind.restore(record.target, before)
            running.error = _belongs_to_other(record)
            return
        self.release(record)
        if dump != settled or record.pending() is not None:
            self._give(record, running, dump)

    def _give(self, record: Record, owner: RecordLedger, dump: Dump) -> None:
        """Note that a record belongs to ``owner``, which has given it the content ``dump``."""
        self._owners[record] = owner
        owner.contents[record] = dump
        write = record.pending()
        if write is not None:
            owner.bases[record] = write

    def _owner(self, record: Record, running: RecordLedger) -> RecordLedger | None:
        """The work that a record belongs to. It is nobody's any more once its content was written, or was not."""
        owner = self._owners.get(record)
        if owner is None:
            return None
        write, base = owner.sent.get(record), owner.bases.get(record)
        if write is None and base is not None and base.done() and error_of(base) is not None:
            self._withdraw(record, owner, running)
        elif write.done() if write is not None else owner.contents[record] == record.settled:
            self.release(record)
        return self._owners.get(record)

    def _withdraw(self, record: Record, owner: RecordLedger, running: RecordLedger) -> None:
        """Undo what ``owner`` has changed, as what it was made on could not be saved."""
        content = owner.contents[record]
        self.release(record)
        owner.error = _made_on_what_failed(record)
        if not record.holds(content) and not record.holds(record.settled):  # it was changed in this step, too
            running.error = owner.error
        record.kind.restore(record.target, record.settled)

    def release(self, record: Record) -> None:
        """Note that a record belongs to nobody."""
        owner = self._owners.pop(record, None)
        if owner is not None:
            del owner.contents[record]
            owner.sent.pop(record, None)
            owner.bases.pop(record, None)

    def refuse_others(self, record: Record, ledger: RecordLedger) -> None:
        """Raises ``ConflictError`` if a record belongs to other work than ``ledger``, and is not being written."""
        owner = self._owner(record, ledger)
        if owner is not None and owner is not ledger and record not in owner.sent:
            ledger.error = _belongs_to_other(record)
            raise ledger.error

    def begin_write(self, record: Record) -> asyncio.Task[None] | None:
        """Begin to save one record for a task. Returns the running write, if there is one.

        Raises ``ConflictError`` if the record belongs to other work.
        """
        ledger = self.adopt()
        self.look()
        ledger.check()
        self.refuse_others(record, ledger)
        change = record.needed_change() if record.dump() != record.settled or record.row is None else None
        if change is not None:
            ledger.begun.append(ledger.begin([change]))
        return record.pending()


def _belongs_to_other(record: Record) -> ConflictError:
    return ConflictError(
        f"{record.name} is being changed by other work of this page: nothing was overwritten."
    )


def _made_on_what_failed(record: Record) -> ConflictError:
    return ConflictError(f"What {record.name} held could not be saved: nothing was overwritten.")
