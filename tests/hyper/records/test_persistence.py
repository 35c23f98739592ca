"""persistent(): records are committed before handlers are acknowledged, and never overwritten unseen."""

from __future__ import annotations

import asyncio
import copy
import dataclasses
import gc
import pickle
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

pytest.importorskip("sqlalchemy", reason="the persistent extra is not installed")

from sqlalchemy import JSON, String, create_engine, inspect, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hyper.records import database, writing
from hyper.records.database import DatabaseUrlError, use_database
from hyper.records.kinds import RecordError
from hyper.records.persistence import ConflictError, SaveError, open_persistent, persistent, save
from hyper.records.writing import running
from hyper.records.writing import write as real
from tests.hyper.records.pages import Page

pytestmark = pytest.mark.usefixtures("untold")


@dataclass
class Person:
    id: int
    name: str = "nobody"
    tags: list[str] = field(default_factory=list)
    born: date | None = None


@dataclass(slots=True)
class Slotted:
    name: str = "nobody"
    tags: list[str] = field(default_factory=list)
    born: date | None = None


class Model(BaseModel):
    name: str = "nobody"
    tags: list[str] = []
    born: date | None = None


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), default="nobody", unique=True)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    born: Mapped[date | None]


class Versioned(Base):
    __tablename__ = "versioned"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(50), default="nobody")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    born: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012


models = pytest.mark.parametrize("model", [Person, Slotted, Model, Row, Versioned])
documents = pytest.mark.parametrize("model", [Person, Slotted, Model])


@pytest.fixture(autouse=True)
def store(url: str) -> database.Database:
    """The database that persistent() uses in a test."""
    use_database(url)
    store = database.database()
    if not store.is_sqlite:
        Base.metadata.create_all(store.engine)
    return store


def fresh(model: Any, key: object = 7) -> Any:
    """The record as another page reads it."""
    return Page().run(lambda: persistent(model, id=key))


@models
async def test_changes_are_committed_after_the_handler(model: Any) -> None:
    page = Page()
    person = page.run(lambda: persistent(model, id=7))
    assert isinstance(person, model)
    assert (person.name, person.tags or []) == ("nobody", []) or model in (Row, Versioned)

    def handler() -> None:
        person.name = "Ada"
        person.tags = ["a"]
        person.born = date(1815, 12, 10)

    await page.handle(handler)
    other = fresh(model)
    assert (other.name, other.tags, other.born) == ("Ada", ["a"], date(1815, 12, 10))
    await page.handle(lambda: person.tags.append("b"))
    assert fresh(model).tags == ["a", "b"]


@models
async def test_a_handler_that_fails_changes_nothing(model: Any) -> None:
    page = Page()
    person = page.run(lambda: persistent(model, id=7, name="Ada", tags=[]))
    await page.handle(person.save)

    def handler() -> None:
        person.name = "Bob"
        person.tags.append("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await page.handle(handler)
    assert (person.name, person.tags) == ("Ada", [])
    assert fresh(model).name == "Ada"


@models
async def test_two_editors_are_told_and_nothing_is_overwritten(model: Any) -> None:
    first, second = Page(), Page()
    mine = first.run(lambda: persistent(model, id=7, name="start", tags=[]))
    await first.handle(mine.save)
    theirs = second.run(lambda: persistent(model, id=7))
    await first.handle(lambda: setattr(mine, "name", "mine"))
    with pytest.raises(ConflictError, match="7 was changed by someone else"):
        await second.handle(lambda: setattr(theirs, "name", "theirs"))
    assert theirs.name == "mine"
    assert fresh(model).name == "mine"
    await second.handle(lambda: setattr(theirs, "name", "now theirs"))
    assert fresh(model).name == "now theirs"
    with pytest.raises(ConflictError):
        await first.handle(lambda: mine.tags.append("x"))
    assert (mine.name, mine.tags) == ("now theirs", [])


@models
async def test_two_pages_creating_one_record(model: Any) -> None:
    first, second = Page(), Page()
    mine = first.run(lambda: persistent(model, id=7, name="mine", tags=[]))
    theirs = second.run(lambda: persistent(model, id=7, name="theirs", tags=[]))
    await first.handle(mine.save)
    with pytest.raises(ConflictError):
        await second.handle(theirs.save)
    assert theirs.name == "mine"


@models
async def test_save_can_be_awaited(model: Any) -> None:
    page = Page()
    person = page.run(lambda: persistent(model, id=7, tags=[]))

    async def handler() -> None:
        person.name = "Ada"
        await person.save()
        assert fresh(model).name == "Ada"
        person.name = "Ada Lovelace"
        person.save()

    await page.handle(handler)
    assert fresh(model).name == "Ada Lovelace"


@models
async def test_a_conflict_takes_back_what_was_not_in_the_database_yet(model: Any) -> None:
    first, second = Page(), Page()
    ours, theirs = (page.run(lambda: persistent(model, id=1, name="start")) for page in (first, second))
    new = second.run(lambda: persistent(model, id=2, name="new", tags=[]))
    await first.handle(lambda: setattr(ours, "name", "ours"))

    def handler() -> None:
        theirs.name = "theirs"
        new.name = "changed"

    with pytest.raises(ConflictError):
        await second.handle(handler)
    assert (theirs.name, new.name) == ("ours", "new")
    await second.handle(lambda: new.tags.append("first"))
    other = fresh(model, 2)
    assert (other.name, list(other.tags)) == ("new", ["first"])


@models
async def test_a_conflict_can_be_caught_in_the_handler(model: Any) -> None:
    first, second = Page(), Page()
    mine = first.run(lambda: persistent(model, id=7, name="start", tags=[]))
    await first.handle(mine.save)
    theirs = second.run(lambda: persistent(model, id=7))
    await first.handle(lambda: setattr(mine, "name", "mine"))

    async def handler() -> str:
        theirs.name = "theirs"
        try:
            await theirs.save()
        except ConflictError:
            theirs.name += " and theirs"
        return "caught"

    assert await second.handle(handler) == "caught"
    assert fresh(model).name == "mine and theirs"


async def test_changes_made_before_a_conflict_was_known_are_not_saved_after_it() -> None:
    first, second = Page(), Page()
    mine = first.run(lambda: persistent(Person, id=7))
    await first.handle(mine.save)
    theirs = second.run(lambda: persistent(Person, id=7))
    await first.handle(lambda: setattr(mine, "name", "mine"))

    def handler() -> None:
        theirs.name = "theirs"
        theirs.save()
        theirs.tags.append("made on what is not there")

    with pytest.raises(ConflictError):
        await second.handle(handler)
    assert (theirs.name, theirs.tags) == ("mine", [])
    other = fresh(Person)
    assert (other.name, other.tags) == ("mine", [])


async def test_records_are_written_in_one_order_whoever_changed_them(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[list[str]] = []
    monkeypatch.setattr(
        writing,
        "write",
        lambda store, changes: written.append([c.record.name for c in changes]) or real(store, changes),
    )
    for name, order in (("first", (1, 2, 3)), ("second", (3, 1, 2))):
        page = Page()
        people = [page.run(lambda key=key: persistent(Person, id=key)) for key in order]
        await page.handle(
            lambda name=name, people=people: [setattr(person, "name", name) for person in people]
        )
    assert written == [["Person 1", "Person 2", "Person 3"]] * 2


async def test_one_handler_is_one_transaction() -> None:
    first, second = Page(), Page()
    ours = [first.run(lambda key=key: persistent(Person, id=key, name="start")) for key in (1, 2)]
    await first.handle(lambda: [person.save() for person in ours])
    theirs = [second.run(lambda key=key: persistent(Person, id=key)) for key in (1, 2)]
    await first.handle(lambda: setattr(ours[1], "name", "ours"))

    def handler() -> None:
        theirs[0].name = theirs[1].name = "theirs"

    with pytest.raises(ConflictError):
        await second.handle(handler)
    assert [fresh(Person, key).name for key in (1, 2)] == ["start", "ours"]
    assert [person.name for person in theirs] == ["start", "ours"]


async def test_what_changes_while_it_is_written_is_written_next() -> None:
    page = Page()
    person = page.run(lambda: persistent(Person, id=7))

    async def handler() -> None:
        for number in range(20):
            person.name = str(number)
            person.save()
            await asyncio.sleep(0)
        person.tags.append("last")

    await page.handle(handler)
    assert (fresh(Person).name, fresh(Person).tags) == ("19", ["last"])
    assert person.name == "19"


async def test_a_commit_that_has_begun_is_waited_for(store: database.Database) -> None:
    """Whoever is told that a job was cancelled finds nothing changed; so one that commits is not cancelled."""
    page = Page()
    person = page.run(lambda: persistent(Person, id=7, name="first"))
    await page.handle(person.save)
    gate = threading.Event()
    for _ in range(database.THREADS):
        store.executor.submit(gate.wait)
    handling = asyncio.ensure_future(page.handle(lambda: setattr(person, "name", "second")))
    while not running:
        await asyncio.sleep(0)
    for _ in range(3):
        handling.cancel()
        await asyncio.sleep(0)
    assert not handling.done()
    gate.set()
    await handling
    assert (person.name, fresh(Person).name) == ("second", "second")


async def test_one_page_has_one_object_for_one_record() -> None:
    page = Page()
    person = page.run(lambda: persistent(Person, id=7))
    assert page.run(lambda: persistent(Person, id=7)) is person
    assert page.run(lambda: persistent(Person, id=8)) is not person
    assert fresh(Person) is not person


async def test_records_are_forgotten_with_their_page() -> None:
    page = Page()
    person = page.run(lambda: persistent(Model, id=7))
    known = weakref.ref(page)
    del page, person
    gc.collect()
    assert known() is None


async def test_an_unchanged_new_record_is_not_stored() -> None:
    page = Page()
    page.run(lambda: persistent(Person, id=7))
    await page.handle(lambda: None)
    assert fresh(Person).name == "nobody"
    store = database.database()
    store.prepare(database.metadata)
    with store.reading() as session:
        assert list(session.execute(text("SELECT * FROM hyper_records"))) == []


async def test_saving_what_did_not_change_writes_nothing() -> None:
    first, second = Page(), Page()
    mine = first.run(lambda: persistent(Person, id=7, name="Ada"))
    await first.handle(mine.save)
    theirs = second.run(lambda: persistent(Person, id=7))
    await first.handle(lambda: (mine.save(), mine.save()))
    await second.handle(lambda: setattr(theirs, "name", "Bob"))
    with pytest.raises(ConflictError):
        await first.handle(lambda: setattr(mine, "name", "Eve"))
    await first.handle(mine.save)
    assert fresh(Person).name == "Bob"


async def test_open_persistent_reads_in_another_thread() -> None:
    person = fresh(Person)
    person.name = "Ada"
    await person.save()
    page = Page()

    async def setup() -> Any:
        return await open_persistent(Person, id=7)

    opened = await page.handle(setup)
    assert opened.name == "Ada"
    assert page.run(lambda: persistent(Person, id=7)) is opened


def test_without_a_loop_save_is_done_when_it_returns() -> None:
    person = persistent(Person, id=7)
    person.name = "Ada"
    person.save()
    again = persistent(Person, id=7)
    assert again.name == "Ada"
    again.name = "Bob"
    save(again)
    person.name = "Eve"
    with pytest.raises(ConflictError):
        person.save()
    assert person.name == "Bob"


async def test_save_in_a_thread_of_a_handler() -> None:
    page = Page()
    person = page.run(lambda: persistent(Person, id=7))

    async def handler() -> None:
        person.name = "Ada"
        await asyncio.to_thread(person.save)

    await page.handle(handler)
    assert fresh(Person).name == "Ada"


async def test_outside_a_component_nothing_is_saved_by_itself() -> None:
    person = persistent(Person, id=7)
    person.name = "Ada"
    await Page().handle(lambda: None)
    assert persistent(Person, id=7).name == "nobody"


@documents
def test_a_document_behaves_like_its_class(model: Any) -> None:
    person = persistent(model, id=7, name="Ada")
    assert type(person).__name__ == model.__name__
    assert person == persistent(model, id=7, name="Ada")
    for twin in (copy.copy(person), copy.deepcopy(person), pickle.loads(pickle.dumps(person))):
        assert type(twin) is model
        assert twin == person
        assert repr(twin) == repr(person)
    if model is not Model:
        assert dataclasses.replace(person, name="Bob").name == "Bob"


def test_an_own_save_method_is_left_alone() -> None:
    @dataclass
    class Document:
        text: str = ""

        def save(self) -> str:
            return "mine"

    document = persistent(Document, id=1)
    assert document.save() == "mine"
    document.text = "x"
    save(document)
    assert persistent(Document, id=1).text == "x"


def test_precise_values_come_back() -> None:
    class Account(BaseModel):
        balance: Decimal = Decimal("0.00")
        history: list[tuple[date, Decimal]] = []

    account = persistent(Account, id="a/ü")
    account.balance = Decimal("12345678901234567890.01")
    account.history.append((date(2026, 1, 2), Decimal("-1.50")))
    account.save()
    assert persistent(Account, id="a/ü") == account


async def test_database_defaults_reach_the_object() -> None:
    page = Page()
    row = page.run(lambda: persistent(Row, id=7))
    await page.handle(row.save)
    assert (row.name, row.tags, row.born) == ("nobody", [], None)


async def test_what_the_database_refuses_is_taken_back() -> None:
    page = Page()
    first = page.run(lambda: persistent(Row, id=1, name="taken", tags=[]))
    second = page.run(lambda: persistent(Row, id=2, name="free", tags=[]))
    await page.handle(lambda: (first.save(), second.save()))
    with pytest.raises(SaveError, match="refused") as caught:
        await page.handle(lambda: setattr(second, "name", "taken"))
    assert not isinstance(caught.value, ConflictError)
    assert second.name == "free"
    await page.handle(lambda: setattr(second, "name", "other"))
    assert fresh(Row, 2).name == "other"


async def test_a_deleted_record_is_a_conflict_once() -> None:
    page = Page()
    person = page.run(lambda: persistent(Person, id=7, name="Ada"))
    await page.handle(person.save)
    with database.database().writing() as session:
        session.execute(text("DELETE FROM hyper_records"))
    with pytest.raises(ConflictError):
        await page.handle(lambda: setattr(person, "name", "Bob"))
    assert person.name == "Ada"
    await page.handle(lambda: setattr(person, "name", "Eve"))
    assert fresh(Person).name == "Eve"


async def test_a_database_that_is_away_changes_nothing(store: database.Database) -> None:
    page = Page()
    person = page.run(lambda: persistent(Person, id=7))
    real = store.__dict__["engine"]
    store.__dict__["engine"] = create_engine("sqlite:////nowhere/at/all.db")
    with pytest.raises(SaveError, match="try again"):
        await page.handle(lambda: setattr(person, "name", "Ada"))
    store.__dict__["engine"].dispose()
    store.__dict__["engine"] = real
    assert person.name == "nobody"
    await page.handle(lambda: None)
    assert fresh(Person).name == "nobody"


async def test_many_editors_lose_no_update(store: database.Database) -> None:
    """Everybody adds one, again after a conflict; every acknowledged addition is there."""
    acknowledged = 0

    async def edit(page: Page) -> int:
        person = page.run(lambda: persistent(Person, id=7))
        done = 0
        while done < 5:
            try:
                await page.handle(lambda: person.tags.append("x"))
                done += 1
            except ConflictError:
                await asyncio.sleep(0)
        return done

    acknowledged = sum(await asyncio.gather(*[edit(Page()) for _ in range(6)]))
    assert len(fresh(Person).tags) == acknowledged == 30


def test_threads_that_come_at_once_share_one_engine(
    store: database.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create_slowly(*given: Any, **named: Any) -> Any:
        time.sleep(0.05)
        return real_create(*given, **named)

    real_create = database.create_engine
    monkeypatch.setattr(database, "create_engine", create_slowly)
    other = database.Database(store.url.render_as_string(hide_password=False))
    with ThreadPoolExecutor(4) as threads:
        engines = list(threads.map(lambda _: other.engine, range(4)))
    assert {id(engine) for engine in engines} == {id(other.engine)}
    other.close()


def test_two_threads_prepare_one_database(store: database.Database) -> None:
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            other = database.Database(store.url.render_as_string(hide_password=False))
            other.prepare(database.metadata)
            other.close()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert "hyper_records" in inspect(store.engine).get_table_names()


def test_a_connection_waits_for_another_that_switches_to_the_log() -> None:
    class Busy:
        """SQLite, which does not wait there itself."""

        said: ClassVar[list[str]] = []

        def execute(self, statement: str) -> None:
            self.said.append(statement)
            if self.said.count("PRAGMA journal_mode=WAL") in (1, 2):
                raise sqlite3.OperationalError("database is locked")

    database.prepare_sqlite(Busy(), None)
    assert Busy.said.count("PRAGMA journal_mode=WAL") == 3
    assert Busy.said[-1] == "PRAGMA journal_mode=WAL"


@dataclass
class Strict:
    name: str


@dataclass(frozen=True)
class Frozen:
    name: str = ""


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: persistent(Strict, id=1), r"there is no Strict 1 yet.*field=value"),
        (lambda: persistent(Person, id=None), "None is not an id"),
        (lambda: persistent(Frozen, id=1), "frozen"),
        (lambda: persistent(dict, id=1), "needs a dataclass"),
        (lambda: persistent(5, id=1), "needs a dataclass"),  # type: ignore[arg-type]
        (lambda: save(Person(1)), "not persistent"),
    ],
)
def test_mistakes_are_named(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(RecordError, match=message):
        call()


def test_a_record_that_does_not_fit_its_class_any_more() -> None:
    @dataclass
    class Note:
        text: int = 0

    old = Note
    persistent(old, id=1).save()
    with database.database().writing() as session:
        session.execute(text("UPDATE hyper_records SET data = :data"), {"data": '{"text": "words"}'})
    with pytest.raises(RecordError, match="stored Note 1 no longer matches"):
        persistent(old, id=1)


@pytest.mark.parametrize("memory", ["sqlite://", "sqlite:///:memory:"])
def test_a_database_in_memory_is_refused(memory: str) -> None:
    with pytest.raises(DatabaseUrlError, match="in memory"):
        database.Database(memory)


@models
def test_what_is_opened_has_its_table(model: Any, store: database.Database) -> None:
    Page().run(lambda: persistent(model, id=7, name="Ada", tags=[]))
    table = getattr(model, "__tablename__", "hyper_records")
    assert table in inspect(store.engine).get_table_names()


def test_sqlite_is_durable(store: database.Database) -> None:
    if not store.is_sqlite:
        pytest.skip("of SQLite only")
    with store.reading() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2


def test_the_default_database_is_a_file_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HYPER_DATABASE_URL", raising=False)
    database.chosen.clear()
    assert database.database().url.database == "hyper.db"
    monkeypatch.setenv("HYPER_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    assert str(database.database().url.database).endswith("other.db")


@models
@pytest.mark.parametrize("are_there", [True, False])
async def test_setup_waits_for_no_other_writer(
    model: Any, are_there: bool, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backup, say, that holds SQLite's lock for writing, whether the tables are there yet or not."""
    if not url.startswith("sqlite"):
        pytest.skip("PostgreSQL locks no whole database")
    file = tmp_path / "test.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    if are_there:
        person = Page().run(lambda: persistent(model, id=7, name="Ada", tags=[]))
        await save(person)
    database.database().close()
    database.opened.clear()  # as after a restart
    monkeypatch.setattr(database, "BUSY_S", 0)  # who waits for the lock, fails
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        page = Page()
        person = page.run(lambda: persistent(model, id=7, name="nobody", tags=[]))
        assert person.name == ("Ada" if are_there else "nobody")
        other.execute("ROLLBACK")
    await page.handle(lambda: setattr(person, "name", "Bob"))
    assert fresh(model).name == "Bob"
