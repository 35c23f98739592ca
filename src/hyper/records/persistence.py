"""Objects kept in a database: ``persistent(Model, id=…)``.

    @live
    def profile(user_id: int):
        user = persistent(User, id=user_id)

        def rename(name: str):
            user.name = name                     # saved when the handler is done, before it is acknowledged

        t'<form @submit.prevent="rename(name)"><input name="name" value="{user.name}"></form>'

The object is an instance of the model. The changes of a handler are committed before the event is
acknowledged, all records of one handler in one transaction; if the handler fails, they are undone.
``user.save()`` begins to save at once, ``await user.save()`` waits for it. If someone else saved the record after it
was read here, nothing is overwritten: ``ConflictError`` is raised, and the object holds what they saved. Outside a
component nothing is saved automatically.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar

from hyper.context import current
from hyper.records.database import Database, InterfaceError, OperationalError, SQLAlchemyError, database
from hyper.records.kinds import Dump, Kind, RecordError, StaleError, StoredRecord, kind_of
from hyper.state.cells import running_loop
from hyper.transport.component import CallError

T = TypeVar("T")


class SaveError(CallError):
    """A record could not be saved; the reason is the ``__cause__``.

    If the database cannot be reached, the object keeps its changes, and they are saved with the next ones. If
    the database rejects a change (two equal values in a unique column, say), it is undone.
    """

    code = "not_saved"


class ConflictError(SaveError):
    """Someone else saved the record after it was read; the object now holds what they saved."""

    code = "conflict"


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
        self.last: asyncio.Task[None] | None = None
        """The latest write, for which the next one waits."""
        kind.attach(target, self)

    @property
    def name(self) -> str:
        """``User 7``."""
        return f"{self.kind.model.__name__} {self.key}"

    def change(self) -> RecordChange | None:
        """The change to write; None if the object was not changed since it was last read or written."""
        dump = self.kind.dump(self.target)
        return RecordChange(self, dump) if dump != self.saved else None

    def save(self) -> Saving:
        """Begin to write the object, even if it is new and unchanged; see ``save``."""
        change = self.change() or (RecordChange(self, self.saved) if self.row is None else None)
        if running_loop() is None:
            if change is not None:
                settle([change], write(self.store, [change]))
            return Saving(None)
        saving = Saving(self.pending() if change is None else start_write([change]))
        if (page_records := current_page_records()) is not None:
            page_records.begun.append(saving)
        return saving

    def pending(self) -> asyncio.Task[None] | None:
        """The write that is running, if there is one."""
        return None if self.last is None or self.last.done() else self.last

    def note_written(self, row: StoredRecord, dump: Dump) -> None:
        """Note that ``dump`` was written, and stored as ``row``."""
        self.row, self.saved = row, row.dump
        self.kind.refresh(self.target, dump, row.dump)

    def replace_content(self, row: StoredRecord | None) -> None:
        """Give the object the content of ``row``, which is in the database (None: no record is)."""
        self.row = row
        if row is not None:
            self.kind.restore(self.target, row.dump)
        self.saved = self.kind.dump(self.target)

    def revert(self) -> None:
        """Undo the changes since it was last read or written."""
        if self.change():
            self.kind.restore(self.target, self.saved)


class RecordChange(NamedTuple):
    """A record and the content to write."""

    record: Record
    dump: Dump


class Outcome(NamedTuple):
    """The result of a transaction."""

    error: SaveError | None
    rows: list[StoredRecord | None] | None
    """For each change the record in the database now; None if the transaction was rolled back."""


class Saving:
    """A save that was begun. Awaiting it waits until it is done.

    Awaiting raises ``SaveError`` if the record could not be saved, ``ConflictError`` if someone else had saved it.
    """

    def __init__(self, task: asyncio.Task[None] | None) -> None:
        self.task = task
        self.is_awaited = False

    def __await__(self) -> Generator[Any, None, None]:
        self.is_awaited = True
        if self.task is not None:
            yield from asyncio.shield(self.task).__await__()


class PageRecords:
    """The records of one mounted page, committed and rolled back together: the page's unit of work."""

    def __init__(self) -> None:
        self.known: dict[tuple[type[Any], object], Record] = {}
        """By model and id."""
        self.begun: list[Saving] = []
        """The saves begun since the last commit or rollback."""

    async def commit(self) -> None:
        """Save all changed records and wait for all saves that were begun.

        Called after each handler, before its event is acknowledged. Raises the ``SaveError`` or ``ConflictError`` of a
        save that failed and that no code of the page awaited.
        """
        changes = [change for record in self.known.values() if (change := record.change())]
        if changes:
            self.begun.append(Saving(start_write(changes)))
        for error in await self._finish():
            raise error

    async def rollback(self) -> None:
        """Undo the changes that were not saved. Called when a handler failed."""
        await self._finish()
        for record in self.known.values():
            record.revert()

    async def _finish(self) -> list[BaseException]:
        """Wait for all saves that were begun. Returns the errors of those that no code awaited.

        If this is cancelled, so are the saves: those that have not reached the database are never written.
        """
        begun, self.begun = self.begun, []
        tasks = [saving.task for saving in begun if saving.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)
        unseen = [saving.task for saving in begun if saving.task is not None and not saving.is_awaited]
        return [error for task in unseen if (error := error_of(task)) is not None]


def persistent(model: type[T], *, id: object, **defaults: Any) -> T:
    """The object with that id, kept in the database; created from ``defaults`` if there is no record yet.

    Within one page the same call returns the same object. Blocks while it reads: microseconds with a local
    SQLite; with a database across a network, ``await open_persistent(…)`` does not hold up other users.
    """
    opening = Opening(model, id, defaults)
    return opening.finish(opening.known() or opening.read())  # type: ignore[no-any-return]


async def open_persistent(model: type[T], *, id: object, **defaults: Any) -> T:
    """The same as ``persistent``, but reads in another thread."""
    opening = Opening(model, id, defaults)
    known = opening.known()
    if known is None:
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(opening.store.executor, opening.read)
    return opening.finish(known)  # type: ignore[no-any-return]


class Opening:
    """One call of ``persistent``."""

    def __init__(self, model: type[Any], key: object, defaults: dict[str, Any]) -> None:
        if key is None:
            raise RecordError(
                f"persistent({model.__name__}, id=None): None is not an id; give the id of the record"
            )
        self.kind = kind_of(model)
        self.key = key
        self.defaults = defaults
        self.store = database()
        page_records = current_page_records()
        self.records = {} if page_records is None else page_records.known

    def known(self) -> Record | None:
        """The record, if this page has opened it already; else None."""
        return self.records.get((self.kind.model, self.key))

    def read(self) -> Record:
        """The record, read from the database or new; blocks."""
        self.kind.prepare(self.store)
        with self.store.reading() as session:
            row = self.kind.read(session, self.key)
        return Record(self.kind, self.key, row, self.target(row), self.store)

    def target(self, row: StoredRecord | None) -> Any:
        """The object. Raises ``RecordError`` if it cannot be created from the defaults or the stored record."""
        name = self.kind.model.__name__
        try:
            return self.kind.make(self.key, self.defaults) if row is None else self.kind.from_dump(row.dump)
        except (TypeError, ValueError) as error:
            if row is None:
                raise RecordError(
                    f"there is no {name} {self.key!r} yet, and it cannot be created from these defaults: "
                    f"persistent({name}, id={self.key!r}, field=value, …). {error}"
                ) from error
            raise RecordError(
                f"the stored {name} {self.key!r} no longer matches the class: {error}"
            ) from error

    def finish(self, record: Record) -> Any:
        return self.records.setdefault((self.kind.model, self.key), record).target


def current_page_records() -> PageRecords | None:
    """The records of the page whose code is running; None outside of components."""
    component = current.get()
    if component is None:
        return None
    page = component.page
    if not isinstance(page.unit, PageRecords):
        page.unit = PageRecords()
    return page.unit


def save(target: object) -> Saving:
    """Begin to save a persistent object; ``await save(user)`` returns when it is committed.

    Without an event loop it is committed when this returns. An event is acknowledged only after the saves that
    its handler began. Raises ``RecordError`` if the object is not persistent.
    """
    record = getattr(target, "_record", None)
    if not isinstance(record, Record):
        raise RecordError(f"save({type(target).__name__}): not persistent; pass what persistent() returned")
    return record.save()


def error_of(task: asyncio.Task[None]) -> BaseException | None:
    """The exception of a task that is done, also a cancellation; None if there is none."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


running: set[asyncio.Task[None]] = set()
"""Running writes: a task without a reference may be garbage-collected."""


def start_write(changes: list[RecordChange]) -> asyncio.Task[None]:
    """A new task that writes the changes in one transaction, after running writes of the same records."""
    loop = asyncio.get_running_loop()
    earlier = {task for change in changes if (task := change.record.pending()) is not None}
    task = loop.create_task(write_after([one for one in earlier if one.get_loop() is loop], changes))
    for change in changes:
        change.record.last = task
    running.add(task)
    task.add_done_callback(running.discard)
    return task


async def write_after(earlier: list[asyncio.Task[None]], changes: list[RecordChange]) -> None:
    """Write the changes, unless an earlier write met a conflict: they were made before that was known.

    Raises ``SaveError`` or ``ConflictError`` if they were not saved.
    """
    for result in await asyncio.gather(*earlier, return_exceptions=True):
        if isinstance(result, ConflictError):
            raise result
    store = changes[0].record.store
    outcome = await asyncio.get_running_loop().run_in_executor(store.executor, write, store, changes)
    settle(changes, outcome)


def write(store: Database, changes: list[RecordChange]) -> Outcome:
    """Write all changes in one transaction, or none; blocks. Raises ``SaveError`` if the database cannot be reached."""
    names = ", ".join(change.record.name for change in changes)
    try:
        return try_write(store, changes)
    except (OperationalError, InterfaceError) as error:
        raise SaveError(f"{names} could not be saved now. Please try again.") from error
    except SQLAlchemyError as error:
        rejected = SaveError(f"{names} could not be saved: the database refused it.")
        rejected.__cause__ = error
        return Outcome(rejected, None)


def try_write(store: Database, changes: list[RecordChange]) -> Outcome:
    """The outcome of one attempt. Raises ``SQLAlchemyError`` if the database fails or rejects a change."""
    record = changes[0].record
    try:
        with store.writing() as session:
            rows: list[StoredRecord | None] = []
            for record, dump in changes:
                rows.append(record.kind.write(session, record.key, record.row, dump))
        return Outcome(None, rows)
    except StaleError:
        with store.reading() as session:
            rows = [change.record.kind.read(session, change.record.key) for change in changes]
        return Outcome(
            ConflictError(
                f"{record.name} was changed by someone else in the meantime: "
                "nothing was overwritten, and you now see their version."
            ),
            rows,
        )


def settle(changes: list[RecordChange], outcome: Outcome) -> None:
    """Update the records and their objects after a transaction. Raises the error of the outcome, if there is one."""
    for (record, dump), row in zip(changes, outcome.rows or [None] * len(changes), strict=True):
        if outcome.error is None and row is not None:
            record.note_written(row, dump)
        elif outcome.rows is None:
            record.revert()
        else:
            record.replace_content(row)
    if outcome.error is not None:
        raise outcome.error
