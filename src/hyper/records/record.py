"""One persistent object with its record, and saving it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Generator
from typing import Any

from hyper.context import SharedWork, current, open_work
from hyper.records.database import Database
from hyper.records.kinds import Dump, Kind, RecordError, StoredRecord
from hyper.records.ledgers import PageRecords
from hyper.records.open_records import Holders
from hyper.records.writing import RecordChange, SaveError, seen, settle, start_write, write
from hyper.state.cells import running_loop

log = logging.getLogger("hyper")


class Record:
    """One persistent object, its record as it was last in the database, and the write that is running."""

    def __init__(
        self, kind: Kind, key: object, row: StoredRecord | None, target: Any, store: Database
    ) -> None:
        self.kind = kind
        self.key = key
        self.row = row
        """The record as it was last read or written; None if it is not in the database."""
        self.saved = kind.dump(target)
        """The content of the object at that time."""
        self.target = target
        self.store = store
        self.page: PageRecords | None = None
        """The records of its page; ``None`` outside of components."""
        self.last: asyncio.Task[None] | None = None
        """The latest write, for which the next one waits."""
        self.writing: Dump = None
        """The content that it writes."""
        self.holders: Holders | None = None
        """The other objects that hold the same record, if it is of a page."""
        self._loop = running_loop()
        self.checked: Dump = None if row is None else self.saved
        """The last content that is known to come back from the database as it is."""
        kind.attach(target, self)

    @property
    def name(self) -> str:
        """``User 7``."""
        return f"{self.kind.model.__name__} {self.key}"

    @property
    def address(self) -> str:
        """``shop.User 7``: the same for all objects of this record, in all processes."""
        return f"{self.kind.name} {self.key}"

    def hear(self, row: StoredRecord | None) -> None:
        """Take note of the record as others have saved it; from any thread."""
        if self.page is None or self._loop is None or self._loop.is_closed():
            return
        with contextlib.suppress(RuntimeError):  # the loop has been closed: its pages are gone
            self._loop.call_soon_threadsafe(self.page.hear, self, row)

    def take(self, row: StoredRecord | None) -> bool:
        """Give the object what others have saved. Returns False if it has changes of its own, which conflict with it."""
        if self.pending() is not None or not self.holds(self.saved):
            return False
        self.replace_content(row)
        return True

    def save(self) -> Saving:
        """Save the object, even if it is new and unchanged; see ``save``."""
        records, work = current_page_records(), open_work()
        if records is not None and work is not None:
            records.adopt().marked[self] = None
            return Saving(work=work)
        if running_loop() is None:
            if (change := self.needed_change()) is not None:
                settle([change], write(self.store, [change]))
            return Saving()
        if records is not None:
            return Saving(records.begin_write(self))
        change = self.needed_change()
        return Saving(self.pending() if change is None else start_write([change]))

    def needed_change(self) -> RecordChange | None:
        """The change to write; None if the object is in the database as it is now."""
        dump = self.content(None if self.row is None else self.saved)
        return RecordChange(self, dump) if dump != self.saved or self.row is None else None

    @property
    def settled(self) -> Dump:
        """The content that is in the database, or will be once a running write has ended."""
        return self.saved if self.pending() is None else self.writing

    def pending(self) -> asyncio.Task[None] | None:
        """The write that is running, if there is one."""
        return None if self.last is None or self.last.done() else self.last

    def note_written(self, row: StoredRecord, dump: Dump) -> None:
        """Note that ``dump`` was written, and stored as ``row``."""
        self.row, self.saved = row, row.dump
        self.kind.refresh(self.target, dump, row.dump)

    def replace_content(self, row: StoredRecord | None) -> None:
        """Give the object the content of ``row``, which is in the database; that of before if no record is (None)."""
        self.row = row
        self.kind.restore(self.target, self.saved if row is None else row.dump)
        self.saved = self.kind.dump(self.target)

    def revert(self) -> None:
        """Undo the changes since it was last read or written."""
        if self.dump() != self.settled:
            self.kind.restore(self.target, self.settled)

    def give_up(self, dump: Dump) -> None:
        """Undo a change that could not be written, unless the object has been changed again since."""
        self.writing = self.saved
        if self.holds(dump):
            self.kind.restore(self.target, self.saved)

    def holds(self, dump: Dump) -> bool:
        """Is that the content of the object? ``False`` also if it has no content that could be saved."""
        try:
            return bool(self.dump() == dump)
        except Exception:  # of the author's class, or of the library that looks at it
            return False

    def content(self, known: Dump) -> Dump:
        """The content of the object now, which is ``known`` or may be written.

        Raises ``SaveError`` if it cannot be written, or would not come back from the database as it is.
        """
        try:
            dump = self.dump()
            if self.kind.hides or dump not in (known, self.checked):
                self.kind.check(self.target, dump)
                self.checked = dump
        except Exception as error:  # also of the author's class
            log.warning("%s was not saved: %s", self.name, error)
            field = f": {error.field}" if isinstance(error, RecordError) and error.field else ""
            raise SaveError(f"{self.name} holds what cannot be saved{field}.") from error
        return dump

    def dump(self) -> Dump:
        """The content of the object now."""
        return self.kind.dump(self.target)


class Saving:
    """A save. Awaiting it waits until it is done; in a job, that commits everything the job has done so far.

    Awaiting raises ``SaveError`` if the record could not be saved, ``ConflictError`` if someone else had saved it.
    """

    def __init__(self, task: asyncio.Task[None] | None = None, work: SharedWork | None = None) -> None:
        self._task = task
        self._work = work

    def __await__(self) -> Generator[Any, None, None]:
        if self._work is not None and self._work.is_open:
            yield from self._work.commit().__await__()
        if self._task is not None:
            seen.add(self._task)
            yield from asyncio.shield(self._task).__await__()


def current_page_records() -> PageRecords | None:
    """The records of the page whose code is running; None outside of components."""
    component = current.get()
    if component is None:
        return None
    page = component.page
    if not isinstance(page.records, PageRecords):
        page.records = PageRecords(page)
        if open_work() is not None:
            page.records.adopt()
    return page.records
