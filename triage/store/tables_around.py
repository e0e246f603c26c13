"""Which table finds the tickets of a road or a compound? Never runs a statement."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from triage.store.tables import metadata

ticket_names = Table(
    "ticket_names",
    metadata,
    Column("ticket_id", String(20), ForeignKey("tickets.id"), primary_key=True),
    Column("name", String(60), primary_key=True),
    Column("kind", String(16), nullable=False),
    Index(None, "name"),
)
