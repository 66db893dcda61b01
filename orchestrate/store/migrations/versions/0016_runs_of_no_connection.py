"""Runs that build what people decided are of no connection."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import each_tenant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Lets a run have no connection; it still goes with its tenant."""
    with op.batch_alter_table("sync_runs") as table:
        table.alter_column("connection_id", existing_type=sa.String(32), nullable=True)
        table.create_foreign_key("sync_runs_of_tenant", "tenants", ["tenant_id"], ["id"], ondelete="CASCADE")


def downgrade() -> None:
    """Every run has a connection again; those that have none go."""
    store = op.get_bind()
    for tenant in each_tenant(store):
        mine = "SELECT id FROM sync_runs WHERE tenant_id = :tenant AND connection_id IS NULL"
        for name, column in (("sync_lines", "run_id"), ("sync_results", "run_id"), ("sync_runs", "id")):
            gone = sa.text(f"DELETE FROM {name} WHERE tenant_id = :tenant AND {column} IN ({mine})")  # noqa: S608 # names stand above
            store.execute(gone, {"tenant": tenant})
    with op.batch_alter_table("sync_runs") as table:
        table.drop_constraint("sync_runs_of_tenant", type_="foreignkey")
        table.alter_column("connection_id", existing_type=sa.String(32), nullable=False)
