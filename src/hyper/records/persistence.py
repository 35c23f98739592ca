"""Objects kept in a database: ``persistent(Model, id=…)``.

    @live
    def profile(user_id: int):
        user = persistent(User, id=user_id)

        def rename(name: str):
            user.name = name                     # saved when the handler is done, before it is acknowledged

        t'<form @submit.prevent="rename(name)"><input name="name" value="{user.name}"></form>'

The object is an instance of the model. What a handler, or another job of the page, changes is committed before the
event is acknowledged, all records in one transaction; if the job or the commit fails, all of it is undone.
``user.save()`` marks a record to be saved with the others; ``await user.save()`` commits what the job has done so far.
If someone else saved the record after it was read here, nothing is overwritten: ``ConflictError`` is raised, and the
object holds what they saved. Outside a component nothing is saved automatically.
"""

from __future__ import annotations

import asyncio
from typing import Any, Literal, TypeVar, get_args

from hyper.records.database import database
from hyper.records.errors import MissingRecordError as MissingRecordError
from hyper.records.kinds import RecordError, StoredRecord, kind_of
from hyper.records.record import Record, Saving, current_page_records
from hyper.records.writing import ConflictError as ConflictError
from hyper.records.writing import SaveError as SaveError

T = TypeVar("T")


Missing = Literal["create", "error"]
"""What happens if there is no record: one is made when it is saved, or ``MissingRecordError`` is raised."""


def persistent(model: type[T], *, id: object, missing: Missing = "create", **defaults: Any) -> T:
    """The object with that id, kept in the database; created from ``defaults`` if there is no record yet.

    With ``missing="error"``, for ids that visitors choose, it raises ``MissingRecordError`` if there is none.

    Within one page the same call returns the same object. Blocks while it reads: microseconds with a local
    SQLite; with a database across a network, ``await open_persistent(…)`` does not hold up other users.
    """
    opening = Opening(model, id, defaults, missing)
    return opening.finish(opening.known() or opening.read())  # type: ignore[no-any-return]


async def open_persistent(model: type[T], *, id: object, missing: Missing = "create", **defaults: Any) -> T:
    """The same as ``persistent``, but reads in another thread."""
    opening = Opening(model, id, defaults, missing)
    known = opening.known()
    if known is None:
        loop = asyncio.get_running_loop()
        known = await loop.run_in_executor(opening.store.executor, opening.read)
    return opening.finish(known)  # type: ignore[no-any-return]


class Opening:
    """One call of ``persistent``."""

    def __init__(self, model: type[Any], key: object, defaults: dict[str, Any], missing: Missing) -> None:
        if key is None:
            raise RecordError(
                f"persistent({model.__name__}, id=None): None is not an id; give the id of the record"
            )
        if missing not in get_args(Missing):
            raise RecordError(f'persistent({model.__name__}, missing={missing!r}): "create" or "error"')
        self.missing = missing
        self.kind = kind_of(model)
        self.key = key
        self.defaults = defaults
        self.store = database()
        self.page = current_page_records()
        self.records = {} if self.page is None else self.page.known

    def known(self) -> Record | None:
        """The record, if this page has opened it already; else None."""
        record = self.records.get((self.kind.model, self.key))
        if record is not None and record.row is None:
            self.refuse_missing()
        return record

    def read(self) -> Record:
        """The record, read from the database or new; blocks."""
        row = None
        if self.kind.exists_in(
            self.store
        ):  # else another one writes now, and the first write creates the table
            with self.store.reading() as session:
                row = self.kind.read(session, self.key)
        return Record(self.kind, self.key, row, self.target(row), self.store)

    def target(self, row: StoredRecord | None) -> Any:
        """The object. Raises ``RecordError`` if it cannot be created from the defaults or the stored record."""
        if row is None:
            self.refuse_missing()
        name = self.kind.model.__name__
        try:
            return self.new() if row is None else self.kind.from_dump(row.dump)
        except (TypeError, ValueError) as error:
            if row is None:
                raise RecordError(
                    f"there is no {name} {self.key!r} yet, and it cannot be created from these defaults: "
                    f"persistent({name}, id={self.key!r}, field=value, …). {error}"
                ) from error
            raise RecordError(
                f"the stored {name} {self.key!r} no longer matches the class: {error}"
            ) from error

    def new(self) -> Any:
        """The object for a record that is not in the database yet."""
        made = self.kind.make(self.key, self.defaults)
        if self.kind.hides:  # its changes could not be noticed
            self.kind.check(made, self.kind.dump(made))
        return made

    def finish(self, record: Record) -> Any:
        if self.page is not None and record.page is None:
            record.page = self.page
            self.store.open_records.add(record)
        return self.records.setdefault((self.kind.model, self.key), record).target

    def refuse_missing(self) -> None:
        """Raises ``MissingRecordError`` if there has to be a record."""
        if self.missing == "error":
            name = self.kind.model.__name__
            raise MissingRecordError(f"there is no {name} {self.key!r}")


def save(target: object) -> Saving:
    """Save a persistent object, even if it is new and unchanged.

    In a handler, or another job of the page, it is saved with everything else when the job ends, before the event is
    acknowledged; ``await save(user)`` commits what the job has done so far: undoing it later goes back to here. In a
    task it begins at once, and ``await save(user)`` returns when it is committed. Without an event loop it is committed
    when this returns. Raises ``RecordError`` if the object is not persistent.
    """
    record = getattr(target, "_record", None)
    if not isinstance(record, Record):
        raise RecordError(f"save({type(target).__name__}): not persistent; pass what persistent() returned")
    return record.save()
