"""Which files were handed in, how far did each get, and which of its rows could not be read?"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from triage.documents import encode
from triage.records import Import, ImportKind, Page
from triage.store.errors import UnknownRecord
from triage.store.rows import clean
from triage.store.statements import insert_new
from triage.store.tables import imports, rejects
from triage.tickets import Reject


class SqlImports:
    """The imports of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add(self, import_: Import) -> None:
        """Keep a new import."""
        row = {column.name: getattr(import_, column.name) for column in imports.c}
        self._connection.execute(
            insert(imports).values(row | {"file": clean(import_.file), "counts": encode(dict(import_.counts))})
        )

    def get(self, id_: str) -> Import:
        """Return an import. Raises UnknownRecord."""
        row = self._connection.execute(select(imports).where(imports.c.id == id_)).one_or_none()
        if row is None:
            raise UnknownRecord("没有这次导入，请用提交时返回的地址查询")
        return _import(row)

    def of_content(self, kind: ImportKind, content_hash: str) -> Import | None:
        """Return the newest import of a file with this content; None where there was none."""
        statement = (
            select(imports)
            .where(imports.c.kind == kind, imports.c.content_hash == content_hash)
            .order_by(imports.c.created_at.desc(), imports.c.id)
            .limit(1)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else _import(row)

    def progress(self, id_: str, rows: int, counts: Mapping[str, int], finished_at: datetime | None = None) -> None:
        """Note that the first rows of the file are done. counts: what became of them. Raises UnknownRecord."""
        changed = self._connection.execute(
            update(imports)
            .where(imports.c.id == id_)
            .values(rows=rows, counts=encode(dict(counts)), finished_at=finished_at)
        )
        if changed.rowcount == 0:
            raise UnknownRecord("没有这次导入，请用提交时返回的地址查询")


class SqlRejects:
    """The rejected rows of one unit of work."""

    def __init__(self, connection: Connection) -> None:
        """Work on connection."""
        self._connection = connection

    def add_many(self, import_id: str, found: Sequence[Reject]) -> None:
        """Keep rejects; the same row and field again is no change."""
        rows = [
            {"import_id": import_id, "file": clean(r.file), "row": r.row, "field": clean(r.field),
             "sentence": clean(r.sentence)}
            for r in found
        ]  # fmt: skip
        insert_new(self._connection, rejects, rows)

    def of(self, import_id: str, page: Page) -> tuple[tuple[Reject, ...], int]:
        """Return one page of an import's rejects in the order of the file, and how many there are."""
        mine = rejects.c.import_id == import_id
        statement = select(rejects.c.file, rejects.c.row, rejects.c.field, rejects.c.sentence).where(mine)
        ordered = statement.order_by(rejects.c.row, rejects.c.field)
        found = self._connection.execute(ordered.limit(page.size).offset((page.number - 1) * page.size))
        total = self._connection.scalar(select(func.count()).select_from(rejects).where(mine)) or 0
        return tuple(Reject(**row._mapping) for row in found), total


def _import(row: Row[Any]) -> Import:
    return Import(**{**row._mapping, "counts": json.loads(row.counts)})
