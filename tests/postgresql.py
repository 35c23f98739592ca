"""A real PostgreSQL for the tests that need one."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL of this test run on a socket in its own folder; skipped where there is none."""
    tools = [shutil.which(name) or shutil.which(name, path=DEBIAN_TOOLS) for name in ("initdb", "pg_ctl")]
    if None in tools:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    folder = Path(
        tempfile.mkdtemp(prefix="hyper-postgresql-")
    )  # pytest's own folders are closed to other users
    data = folder / "data"
    user = []
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    run = {"check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
    subprocess.run([*user, tools[0], "-D", str(data), "-A", "trust", "-U", "test", "-N"], **run)  # type: ignore[call-overload]
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    control = [*user, tools[1], "-D", str(data), "-w", "-l", str(folder / "log")]
    subprocess.run([*control, "-o", options, "start"], **run)  # type: ignore[call-overload]
    yield str(folder)
    subprocess.run([*control, "-m", "immediate", "stop"], **run)  # type: ignore[call-overload]
    shutil.rmtree(folder)


DEBIAN_TOOLS = os.pathsep.join(map(str, Path("/usr/lib/postgresql").glob("*/bin")))


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    """An empty database."""
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    from sqlalchemy import create_engine, text

    address = f"postgresql+psycopg://test@/{{}}?host={postgresql}"
    engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS hyper WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE hyper"))
    engine.dispose()
    return address.format("hyper")
