"""Which tables keep captures? Never runs a statement."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, String, Table, Text

from triage.store.tables import UtcTime, metadata

captures = Table(
    "captures",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("areas", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("uploaded_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
    Column("job", String(32), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("message", Text, nullable=False),
    Column("duplicate_of", String(32)),
    Column("verdict", Text),
    Column("document", Text),
    Column("gone", Boolean, nullable=False),
    Index(None, "owner", "uploaded_at"),
)

capture_tickets = Table(
    "capture_tickets",
    metadata,
    Column("capture_id", String(32), ForeignKey("captures.id"), primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Index(None, "ticket_id"),
)
