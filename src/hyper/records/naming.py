"""The name under which the records of a class are stored: ``shop.Offer``, from the file of the class and its own name.

It does not depend on how the file was loaded: ``python shop.py``, ``import shop`` and ``hyper dev .`` find the same
records, in whichever folder they are started and wherever the project lies. A file in a package has the
package in its name. ``__persistent_name__`` in the class is another name, as that of before a file was renamed.

Databases of before named records after the module as it was loaded, ``shop@examples.Offer`` or ``__main__.Offer``.
``adopt`` gives them the new name.
"""

from __future__ import annotations

import inspect
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Column, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hyper.records.database import Database, documents
from hyper.records.errors import RecordError

log = logging.getLogger("hyper")


def record_name(model: type[Any]) -> str:
    """``shop.Offer``, or the ``__persistent_name__`` of the class."""
    own = vars(model).get("__persistent_name__")
    return str(own) if own is not None else f"{module_name(model)}.{model.__qualname__}"


def module_name(model: type[Any]) -> str:
    """The name of the module by its file: ``shop``, or ``package.shop``."""
    file = file_of(model)
    if file is None:
        return model.__module__.partition("@")[0]
    names = [package.name for package in reversed(list(packages(file)))]
    stem = file.name.partition(".")[0]
    return ".".join(names if stem == "__init__" and names else [*names, stem])


def file_of(model: type[Any]) -> Path | None:
    """The file of a class; None if there is none, as in an interactive session."""
    try:
        file = Path(os.path.abspath(inspect.getfile(model)))
    except (TypeError, OSError):
        return None
    return file if file.is_file() else None


def packages(file: Path) -> Iterator[Path]:
    """The folders of the packages that a file is in, the innermost first."""
    for folder in file.parents:
        if not any((folder / init).is_file() for init in ("__init__.py", "__init__.pyc")):
            return
        yield folder


def claim(database: Database, name: str, model: type[Any]) -> None:
    """Note that records of that name are those of ``model``. Only looks at files.

    Raises ``RecordError`` if a class of another file has the name.
    """
    file = file_of(model)
    known = database.claimed.get(name)
    if name in database.claimed and (known is None or file is None or is_same_file(known, file)):
        return
    if known is not None and known.is_file():
        raise RecordError(
            f"the records of two classes would both be stored as {name!r}: of {known} and of {file}. "
            f'Name one of them otherwise: write __persistent_name__ = "…" into the class'
        )
    database.claimed[name] = file


def adopt_once(database: Database, name: str, model: type[Any]) -> None:
    """Adopt the records of before, unless that is done. It waits for other writers only if there are any."""
    if name not in database.adopted:
        if "__persistent_name__" not in vars(model):
            adopt(database, name, model)
        database.adopted.add(name)


def is_same_file(one: Path, other: Path) -> bool:
    return one == other or (one.exists() and other.exists() and one.samefile(other))


def adopt(database: Database, name: str, model: type[Any]) -> None:
    """Give the records that were stored under an earlier name of the class the present one.

    A record whose id is there under both names stays as it is, and is told in the log. Tries twice: two processes may do
    it at once.
    """
    for attempt in range(2):
        with database.reading() as session:
            earlier = earlier_names(session, name, model)
        if not earlier:
            return
        try:
            with database.writing() as session:
                for old in earlier:
                    rename(session, old, name)
            break
        except IntegrityError:
            if attempt:
                raise
    with database.reading() as session:
        for old in earlier_names(session, name, model):
            log.warning("some records of %s have the same ids as records of %s: they were left", old, name)


def rename(session: Session, old: str, new: str) -> None:
    """Rename the records whose id is not taken under the new name."""
    other = documents.alias()
    taken = exists(select(other.c.id).where(other.c.model == new, other.c.id == documents.c.id))
    session.execute(update(documents).where(documents.c.model == old, ~taken).values(model=new))


def earlier_names(session: Session, name: str, model: type[Any]) -> list[str]:
    """The names of before under which records of the class are stored, that of the module as it is loaded now first."""
    stem = module_name(model).rpartition(".")[2]
    now, script = f"{model.__module__}.{model.__qualname__}", f"__main__.{model.__qualname__}"
    column: Column[str] = documents.c.model
    found = session.scalars(
        select(column)
        .distinct()
        .where(column.in_([now, script]) | column.startswith(f"{stem}@", autoescape=True))
    ).all()
    names = [old for old in found if old in (now, script) or is_of_this_file(old, stem, model)]
    return sorted((old for old in names if old != name), key=lambda old: (old != now, old))


def is_of_this_file(old: str, stem: str, model: type[Any]) -> bool:
    """May ``shop@FOLDER.Offer`` be the class? Not if that is another class, or another file that exists."""
    place, _, qualname = old.partition("@")[2].partition(".")
    if qualname != model.__qualname__:
        return False
    other, file = Path.cwd() / ("." if place == "_" else place) / f"{stem}.py", file_of(model)
    return file is None or not other.exists() or is_same_file(other, file)
