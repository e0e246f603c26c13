"""Which tables keep walks over fault trees? Never runs a statement."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from triage.store.tables import UtcTime, metadata

walks = Table(
    "walks",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), nullable=False),
    Column("tree", String(64), nullable=False),
    Column("tree_hash", String(64), nullable=False),
    Column("rules_hash", String(64), nullable=False),
    Column("begun_by", Text, nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    Column("version", Integer, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("concluded_by", Text),
    Column("concluded_at", UtcTime),
    Index(None, "ticket_id", "begun_at"),
)

walk_entries = Table(
    "walk_entries",
    metadata,
    Column("walk_id", String(32), ForeignKey("walks.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(8), nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("by", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("detail", Text, nullable=False),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", UtcTime),
)
