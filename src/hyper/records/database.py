"""The database behind ``persistent()``: an engine, a few threads, and the settings that make SQLite durable.

By default it is the file ``hyper.db`` in the working directory, or the URL in ``HYPER_DATABASE_URL``.
SQLite runs with a write-ahead log and ``synchronous=FULL``: a commit that returned survives kill -9 and, as
far as the disk tells the truth, a power failure. PostgreSQL (``postgresql://…``, package ``psycopg``) commits
as it is configured. Writers of one SQLite file wait for each other, for ten seconds at most.
"""

from __future__ import annotations

import asyncio
import importlib.util
import os
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

try:
    from sqlalchemy import (
        Column,
        Engine,
        Integer,
        MetaData,
        String,
        Table,
        Text,
        create_engine,
        event,
        inspect,
        text,
    )
    from sqlalchemy.engine import URL, make_url
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.exc import InterfaceError as InterfaceError
    from sqlalchemy.exc import OperationalError as OperationalError
    from sqlalchemy.exc import SQLAlchemyError as SQLAlchemyError
    from sqlalchemy.orm import Session
    from sqlalchemy.schema import CreateTable
except ImportError as error:
    raise ImportError("persistent() needs another package: pip install 'hyper-live[persistent]'") from error

from hyper.errors import AuthorError
from hyper.records.open_records import OpenRecords

DEFAULT_URL = "sqlite:///hyper.db"
THREADS = 4
BUSY_S = 10
"""How long writers of one SQLite file wait for each other, in seconds."""

metadata = MetaData()
documents = Table(
    "hyper_records",
    metadata,
    Column("model", String(200), primary_key=True),
    Column("id", String(200), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("data", Text, nullable=False),
)
"""The table in which dataclasses and pydantic models are kept, as JSON."""


class DatabaseUrlError(AuthorError):
    """The URL of a database that cannot be used."""


class Database:
    """One database. Methods block, so call them in ``executor`` if there is an event loop."""

    def __init__(self, url: str) -> None:
        self.url = checked_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.prepared: set[int] = set()
        """The ``id()`` of each ``MetaData`` whose tables are known to exist."""
        self.claimed: dict[str, Path | None] = {}
        """The names under which records are stored, and the file of each one's class."""
        self.adopted: set[str] = set()
        """Those of them under which no records of before are left."""
        self.executor = ThreadPoolExecutor(THREADS, thread_name_prefix="hyper-database")
        """The threads in which calls that block run."""
        self.engine = engine_of(self.url, self.is_sqlite)
        """The engine; it connects when it is first used. There is one, also if two threads come at once."""

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self, *, waits: bool = True) -> Iterator[Session]:
        """A session in a transaction, which is committed if the context exits without an error, else rolled back.

        Unless it ``waits`` for other writers, it raises ``DBAPIError`` if there is one.
        """
        engine = self.engine.execution_options(hyper_writes=True, hyper_waits=waits)
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    def prepare(self, tables: MetaData) -> None:
        """Create tables that do not exist: our own in any database, the author's only in SQLite.

        That takes the lock for writing, for which SQLite may wait: call it before a write, in a thread.
        """
        if self.has(tables):
            return
        if self.is_sqlite:
            self._create(tables)
        else:
            self._create_documents()
        self.prepared.add(id(tables))

    def try_to_prepare(self, tables: MetaData) -> bool:
        """Do these tables exist now? Creates them if that is up to us, and nobody has to be waited for."""
        if self.has(tables):
            return True
        try:
            self._create(tables, waits=False)
        except DBAPIError:
            return False
        self.prepared.add(id(tables))
        return True

    def _create(self, tables: MetaData, *, waits: bool = True) -> None:
        with self.writing(waits=waits) as session:
            if not waits and not self.is_sqlite:
                session.execute(text("SET LOCAL lock_timeout = '10ms'"))
            tables.create_all(session.connection())

    def has(self, tables: MetaData) -> bool:
        """Do these tables exist, as far as it is up to us to create them? Only reads."""
        if id(tables) in self.prepared or (tables is not metadata and not self.is_sqlite):
            return True
        with self.reading() as session:
            known = set(inspect(session.connection()).get_table_names())
        if known.issuperset(tables.tables):
            self.prepared.add(id(tables))
        return id(tables) in self.prepared

    def _create_documents(self) -> None:
        """Create our table. Tries twice: in PostgreSQL the slower of two processes fails the first time."""
        for attempt in range(2):
            try:
                with self.writing() as session:
                    session.execute(CreateTable(documents, if_not_exists=True))
                    return
            except DBAPIError:
                if attempt:
                    raise

    @cached_property
    def open_records(self) -> OpenRecords:
        """Which pages hold which record."""
        return OpenRecords(self)

    def close(self) -> None:
        """Wait for running writes, and close all connections."""
        self.executor.shutdown()
        self.engine.dispose()


def engine_of(url: URL, is_sqlite: bool) -> Engine:
    """A new engine for that database, without a connection yet."""
    if not is_sqlite:
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url)
    event.listen(engine, "connect", prepare_sqlite)
    event.listen(engine, "begin", begin_sqlite)
    return engine


def checked_url(url: str) -> URL:
    """The parsed URL. Raises ``DatabaseUrlError`` if threads could not share the database."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
        raise DatabaseUrlError(
            f"database {url!r} is in memory, so each thread would have its own: use a file"
        )
    if parsed.drivername == "postgresql" and importlib.util.find_spec("psycopg") is not None:
        parsed = parsed.set(drivername="postgresql+psycopg")
    return parsed


def prepare_sqlite(connection: Any, _: Any) -> None:
    """Configure a new connection; ``begin_sqlite`` begins its transactions, not the driver."""
    connection.isolation_level = None
    for pragma in (f"busy_timeout={BUSY_S * 1000}", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    _enable_write_ahead_log(connection)


def _enable_write_ahead_log(connection: Any) -> None:
    """Switch to the write-ahead log. Retries: SQLite does not wait if another connection is doing so.

    In an event loop it tries once. The next connection tries again, and until then it works all the same.
    """
    is_in_loop = asyncio._get_running_loop() is not None
    until_s = time.monotonic() + (0 if is_in_loop else BUSY_S)
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if is_in_loop:
                return
            if time.monotonic() > until_s:
                raise
            time.sleep(0.01)


def begin_sqlite(connection: Any) -> None:
    """Begin a transaction; if it will write, with the write lock: taken later, that may fail without waiting."""
    options = connection.get_execution_options()
    if not options.get("hyper_writes"):
        connection.exec_driver_sql("BEGIN")
    elif options["hyper_waits"]:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_S * 1000}")


opened: dict[str, Database] = {}
"""The databases in use, by URL."""
chosen: list[str] = []
"""The URL given to ``use_database``, if it was called."""


def use_database(url: str) -> None:
    """Keep persistent records in that database from now on: ``use_database("postgresql://localhost/shop")``."""
    checked_url(url)
    chosen[:] = [url]


def database() -> Database:
    """The database in use."""
    url = chosen[0] if chosen else os.environ.get("HYPER_DATABASE_URL", DEFAULT_URL)
    return opened.get(url) or opened.setdefault(url, Database(url))
