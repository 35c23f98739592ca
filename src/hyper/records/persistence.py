"""Records that outlive everything: ``persistent(Model, id=…)``.

    @live
    def profile(user_id: int):
        user = persistent(User, id=user_id)

        def rename(name: str):
            user.name = name                     # saved when the handler is done, before the page is told so

        t'<form @submit.prevent="rename(name)"><input name="name" value="{user.name}"></form>'

The object is an instance of the model. What a handler changes in it is committed before the event is
acknowledged, all records of one handler in one transaction; a handler that fails changes nothing.
``user.save()`` commits at once, ``await user.save()`` waits for it. If somebody else saved the record after
it was read here, nothing is overwritten: ``ConflictError``, and the object holds what the others saved.
Outside a component nothing is saved by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any, NamedTuple, TypeVar

from hyper.context import current
from hyper.records.database import Database, InterfaceError, OperationalError, SQLAlchemyError, database
from hyper.records.kinds import Dump, Kind, RecordError, Row, StaleError, kind_of
from hyper.state.cells import running_loop
from hyper.transport.component import CallError

T = TypeVar("T")


class SaveError(CallError):
    """A record could not be saved; the reason is the ``__cause__``.

    The object keeps its changes while the database cannot be reached: they are saved with the next ones. What
    the database refuses (a value that must be unique, say) is taken back.
    """

    code = "not_saved"


class ConflictError(SaveError):
    """Somebody else saved the record since it was read; the object now holds what they saved."""

    code = "conflict"


class Record:
    """One persistent object: what the database is known to hold of it, and who waits for it."""

    def __init__(self, kind: Kind, key: object, row: Row | None, target: Any, store: Database) -> None:
        self.kind = kind
        self.key = key
        self.row = row
        """As it was last read or written; None: not in the database."""
        self.saved = kind.dump(target)
        """What the object held then."""
        self.target = target
        self.store = store
        self.last: asyncio.Task[None] | None = None
        """The latest write; the next one waits for it."""
        kind.attach(target, self)

    @property
    def name(self) -> str:
        """``User 7``."""
        return f"{self.kind.model.__name__} {self.key}"

    def change(self) -> Change | None:
        """What is to be written; None when the object holds what it held last."""
        dump = self.kind.dump(self.target)
        return Change(self, dump) if dump != self.saved else None

    def save(self) -> Saving:
        """Write it now, also if it is new and unchanged; see ``save``."""
        change = self.change() or (Change(self, self.saved) if self.row is None else None)
        if running_loop() is None:
            if change is not None:
                settle([change], write(self.store, [change]))
            return Saving(None)
        saving = Saving(self.pending() if change is None else start_write([change]))
        if (page_records := current_page_records()) is not None:
            page_records.unawaited.append(saving)
        return saving

    def pending(self) -> asyncio.Task[None] | None:
        """The write that is on its way."""
        return None if self.last is None or self.last.done() else self.last

    def written(self, row: Row, dump: Dump) -> None:
        """The database holds ``row`` now, where ``dump`` was asked for."""
        self.row, self.saved = row, row.dump
        self.kind.refresh(self.target, dump, row.dump)

    def reread(self, row: Row | None) -> None:
        """The database holds ``row``, whatever the object does."""
        self.row = row
        if row is not None:
            self.kind.restore(self.target, row.dump)
        self.saved = self.kind.dump(self.target)

    def revert(self) -> None:
        """Hold what was saved last."""
        if self.change():
            self.kind.restore(self.target, self.saved)


class Change(NamedTuple):
    """A record and what it shall hold."""

    record: Record
    dump: Dump


class Outcome(NamedTuple):
    """What a transaction came to."""

    error: SaveError | None
    rows: list[Row | None] | None
    """For each change in turn what the database holds now; None: what it held before."""


class Saving:
    """A save on its way: await it to have it done and to be told of a conflict, or go on."""

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
        self.unawaited: list[Saving] = []
        """The saves that the page's code began and has not waited for."""

    async def commit(self) -> None:
        """Commit all that was changed and saved. Raises ``SaveError`` or ``ConflictError`` if that fails.

        Called after each handler, before its event is acknowledged.
        """
        changes = [change for record in self.known.values() if (change := record.change())]
        if changes:
            self.unawaited.append(Saving(start_write(changes)))
        for error in await self._finished():
            raise error

    async def rollback(self) -> None:
        """Make all records hold what was saved last. Called when a handler failed."""
        await self._finished()
        for record in self.known.values():
            record.revert()

    async def _finished(self) -> list[BaseException]:
        """Wait for the saves that were begun; returns the errors that nobody was told of."""
        savings, self.unawaited = self.unawaited, []
        tasks = [saving.task for saving in savings if saving.task is not None]
        results = await asyncio.gather(*tasks, return_exceptions=True) if tasks else []
        pairs = zip([saving for saving in savings if saving.task is not None], results, strict=True)
        return [
            result for saving, result in pairs if isinstance(result, BaseException) and not saving.is_awaited
        ]


def persistent(model: type[T], *, id: object, **defaults: Any) -> T:
    """The object with that id, kept in the database; made of ``defaults`` if there is none yet.

    Within one page the same call gives the same object. Reads at once, which a local SQLite answers in
    microseconds; with a database across a network ``await open_persistent(…)`` does not stop other users.
    """
    opening = Opening(model, id, defaults)
    return opening.finish(opening.known() or opening.read())  # type: ignore[no-any-return]


async def open_persistent(model: type[T], *, id: object, **defaults: Any) -> T:
    """The same as ``persistent``, read in another thread."""
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
            raise RecordError(f"persistent({model.__name__}, id=None): which one? Give its id")
        self.kind = kind_of(model)
        self.key = key
        self.defaults = defaults
        self.store = database()
        page_records = current_page_records()
        self.records = {} if page_records is None else page_records.known

    def known(self) -> Record | None:
        """The record, if this page has it already."""
        return self.records.get((self.kind.model, self.key))

    def read(self) -> Record:
        """The record, from the database or new; blocks."""
        self.kind.prepare(self.store)
        with self.store.reading() as session:
            row = self.kind.read(session, self.key)
        return Record(self.kind, self.key, row, self.target(row), self.store)

    def target(self, row: Row | None) -> Any:
        name = self.kind.model.__name__
        try:
            return self.kind.make(self.key, self.defaults) if row is None else self.kind.from_dump(row.dump)
        except (TypeError, ValueError) as error:
            if row is None:
                raise RecordError(
                    f"there is no {name} {self.key!r} yet, and it cannot be made of its defaults: "
                    f"persistent({name}, id={self.key!r}, field=value, …). {error}"
                ) from error
            raise RecordError(
                f"the stored {name} {self.key!r} does not fit the class any more: {error}"
            ) from error

    def finish(self, record: Record) -> Any:
        return self.records.setdefault((self.kind.model, self.key), record).target


def current_page_records() -> PageRecords | None:
    """The records of the page whose code is running; ``None`` outside of components."""
    component = current.get()
    if component is None:
        return None
    page = component.page
    if not isinstance(page.unit, PageRecords):
        page.unit = PageRecords()
    return page.unit


def save(target: object) -> Saving:
    """Save a persistent object now; ``await save(user)`` returns when it is committed.

    Without an event loop it is committed when this returns. In a handler the event is acknowledged after it.
    """
    record = getattr(target, "_record", None)
    if not isinstance(record, Record):
        raise RecordError(f"save({type(target).__name__}): not persistent; pass what persistent() returned")
    return record.save()


running: set[asyncio.Task[None]] = set()
"""Writes on their way: a task that nobody holds may be collected."""


def start_write(changes: list[Change]) -> asyncio.Task[None]:
    """A task that writes the changes in one transaction, after earlier writes of the same records."""
    loop = asyncio.get_running_loop()
    earlier = {task for change in changes if (task := change.record.pending()) is not None}
    task = loop.create_task(write_after([one for one in earlier if one.get_loop() is loop], changes))
    for change in changes:
        change.record.last = task
    running.add(task)
    task.add_done_callback(running.discard)
    return task


async def write_after(earlier: list[asyncio.Task[None]], changes: list[Change]) -> None:
    """Write; but not if an earlier write met a conflict: these changes were made before it was known."""
    for result in await asyncio.gather(*earlier, return_exceptions=True):
        if isinstance(result, ConflictError):
            raise result
    store = changes[0].record.store
    outcome = await asyncio.get_running_loop().run_in_executor(store.executor, write, store, changes)
    settle(changes, outcome)


def write(store: Database, changes: list[Change]) -> Outcome:
    """Write all changes in one transaction, or none; blocks. SaveError if the database cannot be reached."""
    names = ", ".join(change.record.name for change in changes)
    try:
        return try_write(store, changes)
    except (OperationalError, InterfaceError) as error:
        raise SaveError(f"{names} could not be saved now. Please try again.") from error
    except SQLAlchemyError as error:
        refused = SaveError(f"{names} could not be saved: the database refused it.")
        refused.__cause__ = error
        return Outcome(refused, None)


def try_write(store: Database, changes: list[Change]) -> Outcome:
    record = changes[0].record
    try:
        with store.writing() as session:
            rows: list[Row | None] = []
            for record, dump in changes:
                rows.append(record.kind.write(session, record.key, record.row, dump))
        return Outcome(None, rows)
    except StaleError:
        with store.reading() as session:
            rows = [change.record.kind.read(session, change.record.key) for change in changes]
        return Outcome(ConflictError(f"{record.name} was changed by somebody else meanwhile: {SHOWN}"), rows)


SHOWN = "nothing was overwritten, and you see it as it is now."


def settle(changes: list[Change], outcome: Outcome) -> None:
    """Let the records know what the database holds; raises the outcome's error."""
    for (record, dump), row in zip(changes, outcome.rows or [None] * len(changes), strict=True):
        if outcome.error is None and row is not None:
            record.written(row, dump)
        elif outcome.rows is None:
            record.revert()
        else:
            record.reread(row)
    if outcome.error is not None:
        raise outcome.error
