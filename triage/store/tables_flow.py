"""Which tables keep the lives of tickets: where each stands, its clocks, its history, and what is told to whom?

Personal values stand in `flow_personal` alone, so that they can be erased without touching the history, which only
names their ids. Never runs a statement.
"""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from triage.store.tables import UtcTime, metadata

flows = Table(
    "flows",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("lifecycle", String(64), nullable=False),
    Column("lifecycle_hash", String(64), nullable=False),
    Column("rules_hash", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("creator", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("fields", Text, nullable=False),
    Column("counts", Text, nullable=False),
    Column("parent_id", String(20)),
    Column("merged_into", String(20)),
    Column("begun_at", UtcTime, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "role", "holder"),
    Index(None, "holder", "ended_at"),
    Index(None, "ended_at", "changed_at"),
    Index(None, "parent_id"),
)

flow_personal = Table(
    "flow_personal",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), nullable=False, index=True),
    Column("field", String(64), nullable=False),
    Column("n", Integer, nullable=False),
    Column("value", Text, nullable=False),
)

flow_clocks = Table(
    "flow_clocks",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("clock", String(64), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("state", String(8), nullable=False),
    Column("due_at", UtcTime),
    Column("left_s", Float),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "state", "due_at"),
)

flow_follows = Table(
    "flow_follows",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("actor", Text, primary_key=True),
)

history = Table(
    "history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("ticket_id", String(20)),
    Column("at", UtcTime, nullable=False),
    Column("actor", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("content", Text, nullable=False),
    Column("hash", String(64), nullable=False),
    Index(None, "ticket_id", "seq"),
    Index(None, "actor", "ticket_id"),
)

history_head = Table(
    "history_head",
    metadata,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("ticket_id", String(20), ForeignKey("tickets.id"), index=True),
    Column("at", UtcTime, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("to_kind", String(8), nullable=False),
    Column("recipient", Text, nullable=False),
    Column("message", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("state", String(8), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcTime),
    Column("sent_at", UtcTime),
    Column("error", Text, nullable=False),
    Index(None, "state", "next_at"),
    Index(None, "to_kind", "recipient", "at"),
)

notice_reads = Table(
    "notice_reads",
    metadata,
    Column("notice_id", String(32), ForeignKey("notices.id"), primary_key=True),
    Column("actor", Text, primary_key=True),
    Column("at", UtcTime, nullable=False),
)
