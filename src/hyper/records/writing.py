"""Writing records: all changes of one transaction or none, one write of a record after the other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet

from hyper.records.database import Database, InterfaceError, OperationalError, SQLAlchemyError
from hyper.records.kinds import Dump, StaleError, StoredRecord
from hyper.transport.component import CallError

if TYPE_CHECKING:
    from hyper.records.record import Record


class SaveError(CallError):
    """A record could not be saved; the reason is the ``__cause__``.

    The database cannot be reached, or it rejects a change: two equal values in a unique column, say. The changes that
    were to be saved are undone.
    """

    code = "not_saved"


class ConflictError(SaveError):
    """Someone else saved the record after it was read; the object now holds what they saved.

    Or a task and a job of one page changed it at the same time: the later one is undone.
    """

    code = "conflict"


class RecordChange(NamedTuple):
    """A record and the content to write."""

    record: Record
    dump: Dump


class Outcome(NamedTuple):
    """The result of a transaction."""

    error: SaveError | None
    rows: list[StoredRecord | None] | None
    """For each change the record in the database now; None if the transaction was rolled back."""


def error_of(task: asyncio.Task[None]) -> BaseException | None:
    """The exception of a task that is done, also a cancellation; None if there is none."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


running: set[asyncio.Task[None]] = set()
"""Running writes: a task without a reference may be garbage-collected."""

seen: WeakSet[asyncio.Task[None]] = WeakSet()
"""Writes that code has awaited: their errors are known."""


def start_write(changes: list[RecordChange]) -> asyncio.Task[None]:
    """A new task that writes the changes in one transaction, after running writes of the same records.

    All transactions lock records in the same order, by name, so that no two wait for each other.
    """
    changes = sorted(changes, key=lambda change: change.record.name)
    loop = asyncio.get_running_loop()
    earlier = {task for change in changes if (task := change.record.pending()) is not None}
    task = loop.create_task(write_after([one for one in earlier if one.get_loop() is loop], changes))
    for change in changes:
        change.record.last, change.record.writing = task, change.dump
    running.add(task)
    task.add_done_callback(running.discard)
    return task


async def write_after(earlier: list[asyncio.Task[None]], changes: list[RecordChange]) -> None:
    """Write the changes, unless an earlier write failed: they were made before that was known.

    Raises ``SaveError`` or ``ConflictError`` if they were not saved.
    """
    for result in await asyncio.gather(*earlier, return_exceptions=True):
        if isinstance(result, SaveError):
            settle(changes, Outcome(result, None))
    store = changes[0].record.store
    outcome = await asyncio.get_running_loop().run_in_executor(store.executor, write, store, changes)
    settle(changes, outcome)


def write(store: Database, changes: list[RecordChange]) -> Outcome:
    """Write all changes in one transaction, or none; blocks."""
    names = ", ".join(change.record.name for change in changes)
    try:
        return try_write(store, changes)
    except (OperationalError, InterfaceError) as error:
        return _failed(f"{names} could not be saved now. Please try again.", error)
    except SQLAlchemyError as error:
        return _failed(f"{names} could not be saved: the database refused it.", error)


def _failed(message: str, error: SQLAlchemyError) -> Outcome:
    failed = SaveError(message)
    failed.__cause__ = error
    return Outcome(failed, None)


def try_write(store: Database, changes: list[RecordChange]) -> Outcome:
    """The outcome of one attempt. Raises ``SQLAlchemyError`` if the database fails or rejects a change."""
    record = changes[0].record
    for change in changes:
        change.record.kind.prepare(store)
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
    for page in {change.record.page for change in changes}:
        if page is not None:
            page.look()  # before objects change: what running work has changed in them is made on what fails here
    for (record, dump), row in zip(changes, outcome.rows or [None] * len(changes), strict=True):
        if outcome.error is None and row is not None:
            record.note_written(row, dump)
            record.store.open_records.note_saved(record)
        elif outcome.rows is None:
            record.give_up(dump)
        else:
            record.replace_content(row)
    if outcome.error is not None:
        raise outcome.error
