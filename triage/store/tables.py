"""Which tables and columns are there?

The full-text table `ticket_search` is made by the first migration, once for each dialect. A row of it belongs to a
revision and is never changed: a ticket finds its own through `tickets.revision_row`, so a new revision needs no
deletion from the index. JSON is kept as text: it is read whole or not at all. Never runs a statement.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite keeps it without its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time as UTC; a time without zone is refused, because its meaning is unknown."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"the time {value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time with its zone."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


installation = Table(
    "installation",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("id", String(32), nullable=False),
    Column("secret", LargeBinary, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

tickets = Table(
    "tickets",
    metadata,
    Column("id", String(20), primary_key=True),
    Column("source", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("revision_row", Integer, nullable=False),
    Column("lifecycle", Text),
    Column("lifecycle_hash", Text),
    Column("domain", Text, nullable=False),
    Column("phenomenon", Text),
    Column("specialty", Text),
    Column("action", Text, nullable=False),
    Column("centre", Text),
    Column("centre_name", Text),
    Column("priority", Text, nullable=False),
    Column("escalation", Text, nullable=False),
    Column("place_outcome", Text, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("city", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("corrected", Boolean, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    UniqueConstraint("source", "number"),
    Index(None, "lat", "lon"),
    Index(None, "taken_at", "id"),
    Index(None, "specialty", "taken_at"),
    Index(None, "action", "taken_at"),
)

revisions = Table(
    "revisions",
    metadata,
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("number_made", Boolean, nullable=False),
    Column("fields", Text, nullable=False),
    Column("extra", Text, nullable=False),
    Column("notes", Text, nullable=False),
    Column("origin_file", Text, nullable=False),
    Column("origin_row", Integer, nullable=False),
    Column("taken_at", UtcTime, nullable=False),
    UniqueConstraint("ticket_id", "content_hash"),
    UniqueConstraint("ticket_id", "n"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("revision", Integer, nullable=False),
    Column("latest", Boolean, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("rules_hash", String(64), nullable=False),
    Column("model_hash", String(64)),
    Column("facts", Text, nullable=False),
    Column("document", Text, nullable=False),
)

corrections = Table(
    "corrections",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("field", Text, nullable=False),
    Column("before", Text),
    Column("after", Text),
    Column("why", Text, nullable=False),
)

rule_sets = Table(
    "rule_sets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("archive", LargeBinary, nullable=False),
    Column("first_used_at", UtcTime, nullable=False),
)

places = Table(
    "places",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("number", String(200), primary_key=True),
    Column("name", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("city", Text, nullable=False),
    Column("district", Text, nullable=False),
    Column("lon", Float),
    Column("lat", Float),
    Column("datum", String(16)),
    Column("extra", Text, nullable=False),
    Column("content_hash", String(64), nullable=False),
    Column("batch", String(32), nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("gone_at", UtcTime),
)

imports = Table(
    "imports",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("file", Text, nullable=False),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("rows", Integer, nullable=False),
    Column("counts", Text, nullable=False),
)

rejects = Table(
    "rejects",
    metadata,
    Column("import_id", String(32), ForeignKey("imports.id"), primary_key=True),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("file", Text, nullable=False),
    Column("sentence", Text, nullable=False),
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("args", Text, nullable=False),
    Column("key", String(200), nullable=False, unique=True),
    Column("state", String(16), nullable=False, index=True),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("message", Text, nullable=False),
    Column("result", Text),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("row", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("detail", Text, nullable=False),
)
