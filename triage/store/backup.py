"""How is everything written into one file while the system runs?

A zip: `manifest.json`, `tables/<name>.jsonl` (one row a line), `uploads/<sha256>` and `rules/<hash>`. All tables are
read in one transaction, so the file shows one moment, whatever is written meanwhile; either database can read it.
The full-text index is left out: it is made again from the tickets. Never deletes or overwrites a file.
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, inspect, select

from triage.documents import encode
from triage.store.errors import BackupError
from triage.store.manifest import FORMAT, Manifest, is_member, write_manifest
from triage.store.migrate import current_revision
from triage.store.tables import metadata

_STRETCH = 2_000  # rows fetched at a time
_BLOCK = 1 << 20  # bytes read at a time


def write_backup(engine: Engine, file: Path, *, uploads: Path, rules: Mapping[str, bytes], at: datetime) -> Manifest:
    """Write a backup to file and return what it holds.

    uploads: directory of uploads named by content hash; may be missing. rules: the sets in force, by hash. at: UTC.
    Raises BackupError where file exists or cannot be written, or the database has no tables.
    """
    if file.exists():
        raise BackupError(f"{file} exists already; name a new file")
    part = file.with_name(file.name + ".part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
            backup = _Backup(archive)
            schema = backup.add_tables(engine)
            backup.add_uploads(uploads)
            for hash_, content in sorted(rules.items()):
                backup.add(f"rules/{hash_}", [content])
            manifest = Manifest(FORMAT, schema, at.isoformat(), backup.rows, backup.sha256)
            write_manifest(archive, manifest)
        part.rename(file)
    except OSError as error:
        raise BackupError(f"the backup {file} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return manifest


class _Backup:
    """A backup that is being written, and what went into it so far."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.rows: dict[str, int] = {}
        self.sha256: dict[str, str] = {}

    def add(self, name: str, blocks: Iterable[bytes]) -> int:
        digest, count = hashlib.sha256(), 0
        with self._archive.open(name, "w", force_zip64=True) as member:
            for block in blocks:
                digest.update(block)
                member.write(block)
                count += 1
        self.sha256[name] = digest.hexdigest()
        return count

    def add_tables(self, engine: Engine) -> str:
        """Add every table as of one moment, with the schema it has now; return the revision of that."""
        if engine.dialect.name != "sqlite":  # SQLite's transactions always see one moment
            engine = engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.begin() as connection:
            schema = current_revision(connection)
            if schema is None:
                raise BackupError("the database has no tables yet, so there is nothing to back up")
            there = inspect(connection)
            present = set(there.get_table_names())
            for table in (table for table in metadata.sorted_tables if table.name in present):
                columns = {str(column["name"]) for column in there.get_columns(table.name)}
                self.rows[table.name] = self.add(f"tables/{table.name}.jsonl", _lines(connection, table, columns))
        return schema

    def add_uploads(self, uploads: Path) -> None:
        for upload in sorted(uploads.iterdir()) if uploads.is_dir() else ():
            if is_member(f"uploads/{upload.name}"):
                self.add(f"uploads/{upload.name}", _blocks(upload))


def _lines(connection: Connection, table: Table, present: Collection[str]) -> Iterator[bytes]:
    """Every row as JSON. present: the columns that the database has, fewer than the program's before a migration."""
    columns = [column for column in table.c if column.name in present]
    statement = select(*columns).order_by(*table.primary_key).execution_options(yield_per=_STRETCH)
    for row in connection.execute(statement):
        yield encode({name: _plain(value) for name, value in row._mapping.items()}).encode() + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value


def _blocks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while block := content.read(_BLOCK):
            yield block
