"""Where tickets are: names of roads and compounds, and coordinates.

Revision ID: 0003
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from triage.decisions import Address
from triage.store.naming import keep_names

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_STRETCH = 2_000  # tickets named at a time


def upgrade() -> None:
    """Add the table of names and the columns of coordinates."""
    op.add_column("tickets", sa.Column("lon", sa.Float(), nullable=True))
    op.add_column("tickets", sa.Column("lat", sa.Float(), nullable=True))
    op.create_index("ix_tickets_lat_lon", "tickets", ["lat", "lon"], unique=False)
    op.create_table(
        "ticket_names",
        sa.Column("ticket_id", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name="fk_ticket_names_ticket_id_tickets"),
        sa.PrimaryKeyConstraint("ticket_id", "name", name="pk_ticket_names"),
    )
    op.create_index("ix_ticket_names_name", "ticket_names", ["name"], unique=False)
    _name_known_tickets()


def _name_known_tickets() -> None:
    """Keep the names of the addresses that were decided on before; none of those tickets had a coordinate."""
    connection = op.get_bind()
    decisions = sa.table("decisions", sa.column("ticket_id"), sa.column("latest"), sa.column("document"))
    newest = sa.select(decisions.c.ticket_id, decisions.c.document).where(decisions.c.latest)
    ordered = newest.order_by(decisions.c.ticket_id).limit(_STRETCH)
    last = ""
    while rows := connection.execute(ordered.where(decisions.c.ticket_id > last)).all():
        last = rows[-1].ticket_id
        addresses = {row.ticket_id: Address(**json.loads(row.document)["address"]) for row in rows}
        keep_names(connection, addresses, known=())
