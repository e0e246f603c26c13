"""How is a database opened so that readers and writers do not stand in each other's way?

SQLite: WAL, foreign keys, a busy timeout, and transactions that take the write lock when they begin, because a
reader that turns writer half-way cannot be made to wait. PostgreSQL: as it is. Never makes a table.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import ConnectionPoolEntry

from triage.store.errors import DatabaseUnusable

BUSY_MS = 30_000  # a chunk of an import holds the lock for about 0.1 s; half a minute means that something hangs
WRITING = "suyin_writing"


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///file` or `postgresql://…`.

    Raises DatabaseUnusable for any other URL and for a directory that cannot be made.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnusable("the database URL cannot be read; it looks like sqlite:///var/suyin.db") from error
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed.render_as_string(), parsed.database)
    if parsed.drivername != "postgresql+psycopg":
        raise DatabaseUnusable(f"{parsed.drivername} is not supported; use sqlite:///FILE or postgresql://HOST/NAME")
    try:
        return create_engine(parsed, pool_size=10, max_overflow=30, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseUnusable(f"the database URL cannot be used: {error}") from error


def writing(engine: Engine) -> Engine:
    """Return a view of engine whose transactions are going to write; it shares the connections."""
    return engine.execution_options(**{WRITING: True})


def use_wal(file: Path) -> None:
    """Make an SQLite file, new or not, one that readers and a writer can use at once. For files of libraries."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


def is_sqlite(connection: Connection) -> bool:
    """Return whether connection leads to SQLite."""
    return connection.dialect.name == "sqlite"


def _open_sqlite(url: str, database: str | None) -> Engine:
    if not database or database == ":memory:":
        raise DatabaseUnusable("the SQLite URL names no file; it looks like sqlite:///var/suyin.db")
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusable(f"the directory of {database} cannot be made: {error.strerror}") from error
    engine = create_engine(url, pool_size=10, max_overflow=30, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    assert isinstance(connection, sqlite3.Connection)
    connection.isolation_level = None  # the driver begins nothing by itself; _begin_sqlite does
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # safe against kill -9; a power cut may lose the last commits
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA cache_size = -64000")  # 64 MB
    connection.execute("PRAGMA wal_autocheckpoint = 8000")  # pages, 32 MB: imports; while serving, tidy() is earlier


def _begin_sqlite(connection: Connection) -> None:
    wants_to_write = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if wants_to_write else "BEGIN")
