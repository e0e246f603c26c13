"""Which statements do both databases spell alike, but SQLAlchemy does not? Never decides what is written."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, func, select, text
from sqlalchemy.dialects import postgresql, sqlite

from triage.store.engine import is_sqlite


def insert_new(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, leaving out those whose key is there already."""
    if rows:
        connection.execute(_insert_new(table, is_sqlite(connection)), rows)


def upsert(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert whole rows; where the key is there already, the other columns of the row are overwritten."""
    if rows:
        connection.execute(_upsert(table, is_sqlite(connection)), rows)


@cache
def _insert_new(table: Table, sqlite_spelling: bool) -> Insert:
    """Building a statement costs as much as running it, so each is built once."""
    if sqlite_spelling:
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


@cache
def _upsert(table: Table, sqlite_spelling: bool) -> Insert:
    keys = [column.name for column in table.primary_key]
    others = [column.name for column in table.c if column.name not in keys]
    if sqlite_spelling:
        lite = sqlite.insert(table)
        return lite.on_conflict_do_update(index_elements=keys, set_={name: lite.excluded[name] for name in others})
    full = postgresql.insert(table)
    return full.on_conflict_do_update(index_elements=keys, set_={name: full.excluded[name] for name in others})


@cache
def _highest_row(table: Table) -> Select[Any]:
    return select(func.coalesce(func.max(table.c.row), 0))


def next_rows(connection: Connection, table: Table, count: int) -> range:
    """Return count free numbers for the `row` column of table.

    SQLite: the write lock is held, so the highest number is ours. PostgreSQL: from the sequence `<table>_row`.
    """
    if is_sqlite(connection):
        highest: int = connection.scalar(_highest_row(table)) or 0
        return range(highest + 1, highest + 1 + count)
    sequence = text("SELECT setval(:name, nextval(:name) + :more)")
    last = connection.scalar(sequence, {"name": f"{table.name}_row", "more": count - 1}) or 0
    return range(last - count + 1, last + 1)
