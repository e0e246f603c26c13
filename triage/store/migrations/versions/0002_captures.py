"""Captures and the tickets they are evidence of.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "captures",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("areas", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("duplicate_of", sa.String(length=32), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_captures"),
    )
    op.create_index("ix_captures_content_hash", "captures", ["content_hash"], unique=False)
    op.create_index("ix_captures_expires_at", "captures", ["expires_at"], unique=False)
    op.create_index("ix_captures_owner_uploaded_at", "captures", ["owner", "uploaded_at"], unique=False)
    op.create_table(
        "capture_tickets",
        sa.Column("capture_id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["captures.id"], name="fk_capture_tickets_capture_id"),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_capture_tickets_ticket_id"),
        sa.PrimaryKeyConstraint("capture_id", "ticket_id", name="pk_capture_tickets"),
    )
    op.create_index("ix_capture_tickets_ticket_id", "capture_tickets", ["ticket_id"], unique=False)
