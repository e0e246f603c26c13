"""How does Alembic reach the database? Over the connection, and within the transaction, of triage/store/migrate.py."""

from __future__ import annotations

from alembic import context

from triage.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
