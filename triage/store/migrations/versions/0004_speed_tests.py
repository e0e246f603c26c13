"""Speed tests and closings.

Revision ID: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of speed tests and of closings."""
    op.create_table(
        "speed_attempts",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("contract_bps", sa.BigInteger(), nullable=True),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_speed_attempts_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_speed_attempts"),
        sa.UniqueConstraint("ticket_id", "seq", name="uq_speed_attempts_ticket_id_seq"),
        sa.UniqueConstraint("ticket_id", "key", name="uq_speed_attempts_ticket_id_key"),
    )
    op.create_index("ix_speed_attempts_due_at", "speed_attempts", ["due_at"], unique=False)
    op.create_table(
        "speed_steps",
        sa.Column("attempt_id", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["speed_attempts.id"], name="fk_speed_steps_attempt_id"),
        sa.PrimaryKeyConstraint("attempt_id", "n", name="pk_speed_steps"),
    )
    _make_closings()


def _make_closings() -> None:
    op.create_table(
        "closings",
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("subject", sa.Boolean(), nullable=False),
        sa.Column("attempt_id", sa.String(length=32), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=True),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("tier_bps", sa.BigInteger(), nullable=True),
        sa.Column("hints", sa.Text(), nullable=False),
        sa.Column("warnings", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_closings_ticket_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["speed_attempts.id"], name="fk_closings_attempt_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_closings"),
    )
    op.create_index("ix_closings_at_ticket_id", "closings", ["at", "ticket_id"], unique=False)
