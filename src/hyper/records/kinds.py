"""How records are stored: dataclasses and pydantic models as JSON documents, mapped classes in their tables.

Both have the same methods, so ``persistence.py`` treats them alike: ``dump`` (the content of an object, to
compare and to save), ``restore`` (give an object that content), ``read`` and ``write``. ``write`` raises
``StaleError`` if the record was changed since it was read: documents have a version number for this; rows of
mapped classes are compared as a whole, so that an author's table needs no column for it. Relationships of mapped
classes are not followed.
"""

from __future__ import annotations

import copy
from functools import cached_property
from typing import Any, NamedTuple, Protocol, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy import insert, inspect, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.orm.exc import StaleDataError

from hyper.records.database import Database, documents, metadata
from hyper.records.errors import RecordError as RecordError
from hyper.records.naming import adopt_once, claim, record_name
from hyper.records.round_trip import cure_of, hides_values, is_same, lost_field
from hyper.state.observed import identity
from hyper.state.observed_object import copy_object, field_names, is_frozen, is_object

Dump = Any
"""The content of a record, in a form that can be compared."""


class StaleError(Exception):
    """The record in the database has changed since it was read."""


class StoredRecord(NamedTuple):
    """A record as it is in the database."""

    version: int
    dump: Dump


class Kind(Protocol):
    """How the records of one model are created, stored and compared."""

    model: Any
    name: str
    """Under which its records are stored."""
    hides: bool
    """Can two different objects have the same dump? Then each dump is checked, not only those that differ."""

    def make(self, key: object, defaults: dict[str, Any]) -> Any:
        """A new object, for a record that is not in the database yet."""

    def from_dump(self, dump: Dump) -> Any:
        """A new object with the content of ``dump``."""

    def dump(self, target: Any) -> Dump:
        """The content of an object. Raises ``RecordError`` if it cannot be written."""

    def check(self, target: Any, dump: Dump) -> None:
        """Raises ``RecordError`` if ``target`` would not come back as it is, once its ``dump`` is written."""

    def restore(self, target: Any, dump: Dump) -> None:
        """Give an object the content of ``dump``."""

    def refresh(self, target: Any, written: Dump, stored: Dump) -> None:
        """Give an object the values that the database changed when it stored ``written``."""

    def read(self, session: Session, key: object) -> StoredRecord | None:
        """The record as it is in the database; None if there is none."""

    def write(self, session: Session, key: object, old: StoredRecord | None, dump: Dump) -> StoredRecord:
        """Replace ``old`` (None: no record) by ``dump``. Raises ``StaleError`` if the database does not hold ``old``."""
        raise NotImplementedError

    def prepare(self, database: Database) -> None:
        """Create the table if there is none; may wait for other writers."""

    def exists_in(self, database: Database) -> bool:
        """Is there a table, also one just created? Waits for nobody, unless records have a name of before."""
        raise NotImplementedError

    def attach(self, target: Any, record: object) -> None:
        """Attach an object's record to it."""


class Document:
    """Base of the generated subclasses of dataclasses and models: they know their record, and can be saved."""

    __slots__ = ()

    _base: type[Any]
    _record: Any

    def __new__(cls, *args: Any, **options: Any) -> Any:
        """A plain instance, for ``dataclasses.replace`` and methods that say ``type(self)(…)``."""
        return cls._base(*args, **options)

    def save(self) -> Any:
        """Save it; see ``hyper.records.persistence.save``."""
        return self._record.save()

    def __eq__(self, other: object) -> bool:
        return bool(self.__copy__() == (other.__copy__() if isinstance(other, Document) else other))

    __hash__ = None  # type: ignore[assignment]

    def __copy__(self) -> Any:
        return copy_object(self, self._base, lambda value: value)

    def __deepcopy__(self, memo: Any) -> Any:
        return copy.deepcopy(self.__copy__(), memo)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return identity, (self.__copy__(),)


class DocumentKind:
    """Dataclasses and pydantic models, each in one row of ``hyper_records``. A dump is JSON."""

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.name = record_name(model)
        self.adapter: TypeAdapter[Any] = TypeAdapter(model)
        self.hides = hides_values(self.adapter.core_schema)
        if is_frozen(model):
            raise RecordError(
                f"persistent({model.__name__}): the class is frozen, so its fields can never change"
            )

    @cached_property
    def generated(self) -> type[Any]:
        """The generated subclass, whose instances know their record."""
        body = {
            "__slots__": ("_record",),
            "__module__": self.model.__module__,
            "__qualname__": self.model.__qualname__,
        }
        if hasattr(self.model, "save"):
            body["save"] = self.model.save
        metaclass: Any = type(self.model)
        generated: type[Any] = metaclass(self.model.__name__, (Document, self.model), body)
        type.__setattr__(generated, "_base", self.model)
        return generated

    def make(self, key: object, defaults: dict[str, Any]) -> Any:
        if "id" in field_names(self.model):
            defaults = {"id": key, **defaults}
        return self.instance(self.model(**defaults))

    def instance(self, plain: Any) -> Any:
        new: Any = object.__new__(self.generated)
        return fill_object(new, plain)

    def from_dump(self, dump: Dump) -> Any:
        return self.instance(self.parse(dump))

    def parse(self, dump: Dump) -> Any:
        """A plain object with that content. Fields are stored by their names; aliases are read, too."""
        return self.adapter.validate_json(dump, by_name=True, by_alias=True)

    def dump(self, target: Any) -> Dump:
        try:
            return self.adapter.dump_json(target, by_alias=False, round_trip=True).decode()
        except Exception as error:
            raise self.not_kept(target, self.unwritable(target), f"it cannot be written ({error})") from error

    def unwritable(self, target: Any) -> str:
        """The name of the first field that cannot be written."""
        for name in field_names(self.model):
            try:
                self.adapter.dump_json(target, include={name}, by_alias=False, round_trip=True)
            except Exception:
                return name
        return "?"

    def check(self, target: Any, dump: Dump) -> None:
        try:
            read = self.parse(dump)
        except Exception as error:  # of pydantic, or of the author's validators
            raise self.not_kept(target, *first_problem(error)) from error
        lost = lost_field(target, read)
        if lost is not None:
            raise self.not_kept(target, lost, "another value would come back")

    def not_kept(self, target: Any, name: str, reason: str) -> RecordError:
        """The error of a field that would not come back as it is. It does not show the value, which may be a secret."""
        value = getattr(target, name, None)
        error = RecordError(
            f"{self.model.__name__}.{name} holds {type(value).__name__}, which cannot be stored as it is: {reason}. "
            f"What to do: {cure_of(self.model, name, value)}"
        )
        error.field = name
        return error

    def restore(self, target: Any, dump: Dump) -> None:
        fill_object(target, self.parse(dump))

    def refresh(self, target: Any, written: Dump, stored: Dump) -> None:
        """Does nothing: the database stores a document as it was written."""

    def attach(self, target: Any, record: object) -> None:
        object.__setattr__(target, "_record", record)

    def prepare(self, database: Database) -> None:
        claim(database, self.name, self.model)
        database.prepare(metadata)
        adopt_once(database, self.name, self.model)

    def exists_in(self, database: Database) -> bool:
        claim(database, self.name, self.model)
        if not database.try_to_prepare(metadata):
            return False
        adopt_once(database, self.name, self.model)
        return True

    def where(self, key: object) -> Any:
        return (documents.c.model == self.name) & (documents.c.id == str(key))

    def read(self, session: Session, key: object) -> StoredRecord | None:
        found = session.execute(select(documents.c.version, documents.c.data).where(self.where(key))).first()
        return None if found is None else StoredRecord(found.version, found.data)

    def write(self, session: Session, key: object, old: StoredRecord | None, dump: Dump) -> StoredRecord:
        if old is None:
            return self.add(session, key, dump)
        new = StoredRecord(old.version + 1, dump)
        statement = update(documents).where(self.where(key), documents.c.version == old.version)
        result: Any = session.execute(statement.values(version=new.version, data=dump))
        if result.rowcount != 1:
            raise StaleError
        return new

    def add(self, session: Session, key: object, dump: Dump) -> StoredRecord:
        try:
            session.execute(insert(documents).values(model=self.name, id=str(key), version=1, data=dump))
        except IntegrityError:
            raise StaleError from None
        return StoredRecord(1, dump)


def first_problem(error: Exception) -> tuple[str, str]:
    """The field that could not be read again, and why; not the value."""
    if not isinstance(error, ValidationError):
        return "?", f"reading it again raised {type(error).__name__}"
    problem = error.errors()[0]
    return str(next(iter(problem["loc"]), "?")), f"it could not be read again ({problem['msg']})"


def fill_object(target: Any, plain: Any) -> Any:
    """Copy the content of ``plain`` into ``target``, of the same class. Returns ``target``."""
    if isinstance(plain, BaseModel):
        for name in ("__dict__", "__pydantic_fields_set__", "__pydantic_extra__", "__pydantic_private__"):
            object.__setattr__(target, name, getattr(plain, name))
        return target
    if hasattr(plain, "__dict__"):
        target.__dict__.update(plain.__dict__)
    for name in field_names(type(plain)):
        object.__setattr__(target, name, getattr(plain, name))
    return target


class MappedKind:
    """Classes mapped by SQLAlchemy. A dump is a dict of their column attributes."""

    hides = False

    def __init__(self, model: type[Any]) -> None:
        self.model = model
        self.mapper: Mapper[Any] = inspect(model)
        self.name = str(self.mapper.local_table)
        self.names = [attribute.key for attribute in self.mapper.column_attrs]

    def make(self, key: object, defaults: dict[str, Any]) -> Any:
        return self.model(**self.key_values(key), **defaults)

    def key_values(self, key: object) -> dict[str, Any]:
        """``{"id": 7}``: one value for each column of the primary key."""
        names = [self.mapper.get_property_by_column(column).key for column in self.mapper.primary_key]
        values = key if isinstance(key, tuple) else (key,)
        return dict(zip(names, values, strict=True))

    def from_dump(self, dump: Dump) -> Any:
        new = self.mapper.class_manager.new_instance()
        self.restore(new, dump)
        return new

    def dump(self, target: Any) -> Dump:
        return {name: copy.deepcopy(getattr(target, name)) for name in self.names}

    def restore(self, target: Any, dump: Dump) -> None:
        for name, value in dump.items():
            setattr(target, name, copy.deepcopy(value))

    def check(self, target: Any, dump: Dump) -> None:
        """Does nothing: ``refresh`` gives the object what its columns hold, as soon as it is written."""

    def refresh(self, target: Any, written: Dump, stored: Dump) -> None:
        self.restore(target, {name: value for name, value in stored.items() if value != written[name]})

    def attach(self, target: Any, record: object) -> None:
        target.__dict__["_record"] = record
        if not hasattr(self.model, "save"):
            target.__dict__["save"] = cast(Any, record).save

    def prepare(self, database: Database) -> None:
        database.prepare(self.model.metadata)

    def exists_in(self, database: Database) -> bool:
        return database.try_to_prepare(self.model.metadata)

    def read(self, session: Session, key: object) -> StoredRecord | None:
        found = session.get(self.model, key, populate_existing=True)
        return None if found is None else StoredRecord(1, self.dump(found))

    def write(self, session: Session, key: object, old: StoredRecord | None, dump: Dump) -> StoredRecord:
        try:
            target = self.added(dump) if old is None else self.changed(session, key, old, dump)
            session.add(target)
            session.flush()
            session.refresh(target)
        except (IntegrityError, StaleDataError) as error:
            if old is None or isinstance(error, StaleDataError):
                raise StaleError from None
            raise
        return StoredRecord(1, self.dump(target))

    def added(self, dump: Dump) -> Any:
        """A new object; columns whose value is None get their default."""
        return self.from_dump({name: value for name, value in dump.items() if value is not None})

    def changed(self, session: Session, key: object, old: StoredRecord, dump: Dump) -> Any:
        """The object in the database, locked and changed to ``dump``. Raises ``StaleError`` if it is not ``old``."""
        target = session.get(self.model, key, populate_existing=True, with_for_update=True)
        if target is None or not is_same(old.dump, self.dump(target)):
            raise StaleError
        for name, value in dump.items():
            if value != old.dump[name]:
                setattr(target, name, value)
        return target


kinds: dict[type[Any], Kind] = {}


def kind_of(model: type[Any]) -> Kind:
    """How records of this class are stored. Raises ``RecordError`` if they cannot be."""
    if model not in kinds:
        kinds[model] = make_kind(model)
    return kinds[model]


def make_kind(model: Any) -> Kind:
    if isinstance(model, type) and hasattr(model, "__mapper__"):
        return MappedKind(model)
    if isinstance(model, type) and is_object(model):
        return DocumentKind(model)
    raise RecordError(f"persistent({model!r}): needs a dataclass, a pydantic model or a mapped class")
