"""Which tables keep speed tests and closings? Never runs a statement."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from triage.store.tables import UtcTime, metadata

speed_attempts = Table(
    "speed_attempts",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("method", String(16), nullable=False),
    Column("account", Text, nullable=False),
    Column("contract_bps", BigInteger),
    Column("requested_by", Text, nullable=False),
    Column("key", String(200), nullable=False),
    Column("requested_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, index=True),
    Column("polls", Integer, nullable=False),
    UniqueConstraint("ticket_id", "seq"),
    UniqueConstraint("ticket_id", "key"),
)

speed_steps = Table(
    "speed_steps",
    metadata,
    Column("attempt_id", String(32), ForeignKey("speed_attempts.id"), primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("document", Text, nullable=False),
)

closings = Table(
    "closings",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("by", Text, nullable=False),
    Column("subject", Boolean, nullable=False),
    Column("attempt_id", String(32), ForeignKey("speed_attempts.id")),
    Column("method", String(16)),
    Column("verdict", String(8)),
    Column("reason", String(32)),
    Column("confirmed", Boolean, nullable=False),
    Column("team", Text, nullable=False),
    Column("tier_bps", BigInteger),
    Column("hints", Text, nullable=False),
    Column("warnings", Text, nullable=False),
    Index(None, "at", "ticket_id"),
)
