"""Alembic's way in; the connection is the store's own."""

from alembic import context

from orchestrate.store.tables import Table

context.configure(connection=context.config.attributes["connection"], target_metadata=Table.metadata)
with context.begin_transaction():
    context.run_migrations()
