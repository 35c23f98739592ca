"""Which pages hold which stored record: when one has saved it, the others read it again and are rendered.

    page 1     offer.price = 5 ── committed ── note_saved
    page 2                                        reads the record in a thread of the database, hears of it, is rendered

Other processes are told by a shared value, if there is Redis: for each record that was saved lately a mark that is new.
They hear only that it has changed, and read it themselves. A page that is not told in time shows an old copy, and cannot
save it: that is a ``ConflictError``.
"""

from __future__ import annotations

import itertools
import logging
from threading import Lock
from typing import TYPE_CHECKING, Final, cast
from weakref import WeakSet, WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError

from hyper.state.observed_dict import ObservedDict
from hyper.state.presence import no_unit
from hyper.state.sharing import hub

if TYPE_CHECKING:
    from hyper.records.database import Database
    from hyper.records.record import Record

log = logging.getLogger("hyper")

SAVED_NAME: Final = "hyper saved records"
"""The name of the shared value."""
MAX_SAVED: Final = 1_000
"""How many records it has. Who is not told of more than that at once shows an old copy of some."""


class Holders:
    """The objects of this process that hold one stored record."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.records: WeakSet[Record] = WeakSet()
        self.is_reading = False
        self.is_due = False
        """Was it saved again since the read began?"""


class OpenRecords:
    """The records of one database that pages of this process have open."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._holders: WeakValueDictionary[str, Holders] = WeakValueDictionary()
        """By address; each lives as long as its records."""
        self._lock = Lock()
        self._marks: dict[str, str] = {}
        """The marks that were there last."""
        self._count = itertools.count()
        self._hub = hub
        hub.watch(self._saved(), self._hear)

    def _saved(self) -> ObservedDict[str, str]:
        """The shared value: for each record that was saved lately a mark that no other save has."""
        return cast("ObservedDict[str, str]", self._hub.share({}, SAVED_NAME))

    def add(self, record: Record) -> None:
        """Tell ``record`` from now on when others save it."""
        with self._lock:
            record.holders = self._holders.get(record.address) or Holders(record.address)
            self._holders[record.address] = record.holders
            record.holders.records.add(record)

    def note_saved(self, record: Record) -> None:
        """Tell all others that hold it, in this process and the others."""
        holders = self._holders.get(record.address)
        if holders is not None and any(other is not record for other in list(holders.records)):
            self._read_again(holders)
        if self._hub.sync is not None:
            self._tell(record.address)

    def _tell(self, address: str) -> None:
        table = self._saved()
        mark = self._marks[address] = f"{self._hub.id}:{next(self._count)}"
        with no_unit():
            table.pop(address, None)  # the newest are the last
            table[address] = mark
            while len(table) > MAX_SAVED:
                del table[next(iter(table))]
            self._hub.broadcast((table,))

    def _hear(self) -> None:
        """Read again what other processes have saved."""
        table = self._saved()
        news = [address for address, mark in dict(table).items() if self._marks.get(address) != mark]
        self._marks = dict(table)
        for holders in map(self._holders.get, news):
            if holders is not None:
                self._read_again(holders)

    def _read_again(self, holders: Holders) -> None:
        with self._lock:
            holders.is_due = True
            if holders.is_reading:
                return
            holders.is_reading = True
        try:
            self._store.executor.submit(self._read, holders)
        except RuntimeError:  # the database was closed
            holders.is_reading = False

    def _read(self, holders: Holders) -> None:
        """Read one record, until it was not saved meanwhile, and hand it to all that hold it; blocks."""
        while True:
            holders.is_due = False
            try:
                self._hand_out(list(holders.records))
            except SQLAlchemyError as error:
                log.warning(
                    "%s could not be read again: its pages show an old copy. %s", holders.address, error
                )
            with self._lock:
                if not holders.is_due:
                    holders.is_reading = False
                    return

    def _hand_out(self, records: list[Record]) -> None:
        with self._store.reading() as session:
            rows = {record.kind: record.kind.read(session, record.key) for record in records}
        for record in records:
            record.hear(rows[record.kind])
