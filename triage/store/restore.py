"""How is a backup brought back, into SQLite or PostgreSQL, whole or not at all?

The database is rebuilt with the schema of the backup, filled, and migrated to the schema of this program, all in
one transaction. Uploads are named by their content, so bringing them back overwrites nothing. Refuses a database
that holds anything unless it is told to replace it.
"""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from shutil import copyfileobj
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, MetaData, Table, func, inspect, select, text
from sqlalchemy.types import DateTime

from triage.store import search
from triage.store.engine import is_sqlite, writing
from triage.store.errors import BackupError, TargetNotEmpty
from triage.store.manifest import Manifest, read_manifest
from triage.store.migrate import upgrade
from triage.store.statements import insert_new
from triage.store.tables import audit, corrections, metadata, revisions, rule_sets, tickets

_CHUNK = 500
_NEVER_EMPTY = {"installation", "history_head"}


def restore_backup(engine: Engine, file: Path, *, uploads: Path, replace: bool = False) -> Manifest:
    """Bring a backup back and return what it held.

    uploads: directory for the uploads. replace: whether what the database holds may be thrown away.
    Raises BackupError where the file cannot be read or trusted, TargetNotEmpty where something would be lost.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = read_manifest(archive)
            with writing(engine).begin() as connection:
                _clear(connection, replace)
                upgrade(connection, manifest.schema)
                _load(connection, archive, manifest)
                upgrade(connection, "head")
                _set_sequences(connection)
                _index(connection)
                _remember_rules(connection, archive, manifest)
                _extract_uploads(archive, manifest, uploads)
    except (OSError, zipfile.BadZipFile) as error:
        raise BackupError(f"the backup {file} cannot be read: {error}") from error
    return manifest


def _clear(connection: Connection, replace: bool) -> None:
    """Drop all tables, so that they can be made again with the schema of the backup."""
    present = set(inspect(connection).get_table_names())
    for table in metadata.sorted_tables:
        kept = not replace and table.name in present - _NEVER_EMPTY
        if kept and connection.scalar(select(func.count()).select_from(table)):
            raise TargetNotEmpty(
                f"the database already holds {table.name}; restore into an empty one, or use --replace to throw it away"
            )
    connection.execute(text("DROP TABLE IF EXISTS ticket_search"))
    old = MetaData()
    old.reflect(connection)
    old.drop_all(connection)
    if not is_sqlite(connection):
        connection.execute(text("DROP SEQUENCE IF EXISTS revisions_row"))


def _load(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    made = MetaData()
    made.reflect(connection)
    for table in made.sorted_tables:
        if table.name in manifest.rows:
            connection.execute(table.delete())
            rows = _rows(archive, table)
            while chunk := list(islice(rows, _CHUNK)):
                connection.execute(table.insert(), chunk)


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    times = [column.name for column in table.c if isinstance(column.type, DateTime)]
    blobs = [column.name for column in table.c if isinstance(column.type, LargeBinary)]
    with archive.open(f"tables/{table.name}.jsonl") as lines:
        for line in lines:
            row = json.loads(line)
            row.update({name: datetime.fromisoformat(row[name]) for name in times if row[name] is not None})
            row.update({name: base64.b64decode(row[name]) for name in blobs})
            yield row


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL counts on from the highest number of each table; SQLite does so by itself."""
    if is_sqlite(connection):
        return
    for table, sequence in (
        (revisions, "revisions_row"),
        (corrections, "corrections_row_seq"),
        (audit, "audit_row_seq"),
    ):
        highest = connection.scalar(select(func.coalesce(func.max(table.c.row), 0))) or 0
        connection.execute(select(func.setval(sequence, highest + 1)))


def _index(connection: Connection) -> None:
    columns = (revisions.c.row, revisions.c.fields, revisions.c.extra, tickets.c.number)
    statement = select(*columns).join(tickets).order_by(revisions.c.row).limit(_CHUNK)
    last = 0
    while chunk := connection.execute(statement.where(revisions.c.row > last)).all():
        last = chunk[-1].row
        search.add_texts(
            connection,
            [
                (row, "\n".join((number, *json.loads(fields).values(), *json.loads(extra).values())))
                for row, fields, extra, number in chunk
            ],
        )


def _remember_rules(connection: Connection, archive: zipfile.ZipFile, manifest: Manifest) -> None:
    found = [name for name in manifest.sha256 if name.startswith("rules/")]
    now = datetime.now(UTC)
    rows = [{"hash": name[6:], "archive": archive.read(name), "first_used_at": now} for name in found]
    insert_new(connection, rule_sets, rows)


def _extract_uploads(archive: zipfile.ZipFile, manifest: Manifest, uploads: Path) -> None:
    uploads.mkdir(parents=True, exist_ok=True)
    for name in manifest.sha256:
        target = uploads / name.removeprefix("uploads/")
        if not name.startswith("uploads/") or target.exists():
            continue
        part = target.with_name(target.name + ".part")
        with archive.open(name) as source, part.open("wb") as out:
            copyfileobj(source, out)
        part.rename(target)
