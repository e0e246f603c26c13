"""Which statements do both databases spell alike, but SQLAlchemy does not? Never decides what is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from triage.store.engine import is_sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, leaving out those whose key is there already."""
    if not rows:
        return
    if is_sqlite(connection):
        connection.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
    else:
        connection.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows; where the key is there already, the other columns of the row are overwritten."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    if is_sqlite(connection):
        lite = sqlite.insert(table)
        connection.execute(
            lite.on_conflict_do_update(
                index_elements=keys, set_={name: lite.excluded[name] for name in rows[0] if name not in keys}
            ),
            rows,
        )
        return
    full = postgresql.insert(table)
    connection.execute(
        full.on_conflict_do_update(
            index_elements=keys, set_={name: full.excluded[name] for name in rows[0] if name not in keys}
        ),
        rows,
    )


def next_rows(connection: Connection, table: Table, count: int) -> range:
    """Return count free numbers for the `row` column of table.

    SQLite: the write lock is held, so the highest number is ours. PostgreSQL: from the sequence `<table>_row`.
    """
    if is_sqlite(connection):
        highest = connection.scalar(select(func.coalesce(func.max(table.c.row), 0))) or 0
        return range(highest + 1, highest + 1 + count)
    sequence = text("SELECT setval(:name, nextval(:name) + :more)")
    last = connection.scalar(sequence, {"name": f"{table.name}_row", "more": count - 1}) or 0
    return range(last - count + 1, last + 1)
