"""How does a database get the tables of this program, whether it is new or years old?

Alembic's migrations run in one transaction under a lock, so that two processes may start at once: the second
waits and finds the work done. A database that already has tables is handed to `before_change` first, for a backup.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from triage.store.database import install
from triage.store.engine import is_sqlite, writing
from triage.store.errors import DatabaseUnusable

_MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 5_271_946  # any number that only this program uses for pg_advisory_xact_lock


def migrate(engine: Engine, *, before_change: Callable[[], None] | None = None) -> bool:
    """Bring the database to the schema of this program; return whether anything had to change.

    before_change: called before a database that has tables is changed; what it raises stops the migration.
    Raises DatabaseUnusable where it cannot be reached or was made by a newer program.
    """
    try:
        with writing(engine).begin() as connection:
            return _migrate(connection, before_change)
    except OperationalError as error:
        where = engine.url.render_as_string(hide_password=True)
        raise DatabaseUnusable(f"the database {where} cannot be used: {error.orig}") from error


def upgrade(connection: Connection, to: str) -> None:
    """Run the migrations up to a revision in the connection's transaction.

    Raises DatabaseUnusable where the program does not know the revision that it finds or that it is to reach.
    """
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise DatabaseUnusable(
            f"this program does not know the schema {current_revision(connection) or to}; use the one that wrote it"
        ) from error


def current_revision(connection: Connection) -> str | None:
    """Return the schema revision of the database, None where it has no tables of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Return the schema revision that this program needs."""
    head = ScriptDirectory(str(_MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def _migrate(connection: Connection, before_change: Callable[[], None] | None) -> bool:
    if not is_sqlite(connection):
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = current_revision(connection)
    if before == newest_revision():
        return False
    if before is not None and before_change is not None:
        before_change()
    upgrade(connection, "head")
    install(connection, datetime.now(UTC))
    return True
