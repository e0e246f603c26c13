"""Lives of tickets: states, clocks, history, notices.

Revision ID: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the beginning of the history's chain."""
    _lives()
    _history()
    _notices()


def _lives() -> None:
    op.create_table(
        "flows",
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("lifecycle", sa.String(length=64), nullable=False),
        sa.Column("lifecycle_hash", sa.String(length=64), nullable=False),
        sa.Column("rules_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("creator", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.String(length=20), nullable=True),
        sa.Column("merged_into", sa.String(length=20), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_flows_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", name="pk_flows"),
    )
    op.create_index("ix_flows_ended_at_changed_at", "flows", ["ended_at", "changed_at"], unique=False)
    op.create_index("ix_flows_holder_ended_at", "flows", ["holder", "ended_at"], unique=False)
    op.create_index("ix_flows_parent_id", "flows", ["parent_id"], unique=False)
    op.create_index("ix_flows_role_holder", "flows", ["role", "holder"], unique=False)
    op.create_table(
        "flow_personal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=64), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_flow_personal_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flow_personal"),
    )
    op.create_index("ix_flow_personal_ticket_id", "flow_personal", ["ticket_id"], unique=False)
    op.create_table(
        "flow_clocks",
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("clock", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_s", sa.Float(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_flow_clocks_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "clock", "kind", "level", name="pk_flow_clocks"),
    )
    op.create_index("ix_flow_clocks_state_due_at", "flow_clocks", ["state", "due_at"], unique=False)
    op.create_table(
        "flow_follows",
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_flow_follows_ticket_id"),
        sa.PrimaryKeyConstraint("ticket_id", "actor", name="pk_flow_follows"),
    )


def _history() -> None:
    op.create_table(
        "history",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticket_id", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_history"),
    )
    op.create_index("ix_history_actor_ticket_id", "history", ["actor", "ticket_id"], unique=False)
    op.create_index("ix_history_ticket_id_seq", "history", ["ticket_id", "seq"], unique=False)
    op.create_table(
        "history_head",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("one", name="pk_history_head"),
    )
    op.execute("INSERT INTO history_head (one, seq, hash) VALUES (1, 0, '" + "0" * 64 + "')")


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", sa.String(length=20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("to_kind", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("message", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_notices_ticket_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_state_next_at", "notices", ["state", "next_at"], unique=False)
    op.create_index("ix_notices_ticket_id", "notices", ["ticket_id"], unique=False)
    op.create_index("ix_notices_to_kind_recipient_at", "notices", ["to_kind", "recipient", "at"], unique=False)
    op.create_table(
        "notice_reads",
        sa.Column("notice_id", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_reads_notice_id"),
        sa.PrimaryKeyConstraint("notice_id", "actor", name="pk_notice_reads"),
    )
