"""What all runs brought and cost, by platform."""

import sqlalchemy as sa
from alembic import op

from orchestrate.store.migrations.rows import each_tenant

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Makes the table, with the sums of the runs so far."""
    totals = op.create_table(
        "platform_totals",
        sa.Column("platform", sa.String(100), primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("waited", sa.Float, nullable=False),
    )
    store = op.get_bind()
    sums: dict[str, tuple[float, ...]] = {}
    for tenant in each_tenant(store):
        for platform, *figures in store.execute(sa.text(_OF_A_TENANT), {"tenant": tenant}):
            before = sums.get(platform, (0, 0, 0, 0.0))
            sums[platform] = tuple(one + other for one, other in zip(before, figures, strict=True))
    rows = [
        {"platform": platform, "rows": rows, "requests": requests, "bytes": received, "waited": waited}
        for platform, (rows, requests, received, waited) in sums.items()
    ]
    if rows:
        op.bulk_insert(totals, rows)


def downgrade() -> None:
    """Drops the table."""
    op.drop_table("platform_totals")


_OF_A_TENANT = """
SELECT platform_connections.platform, CAST(sum(sync_results."rows") AS BIGINT), CAST(sum(requests) AS BIGINT),
  CAST(sum(bytes) AS BIGINT), sum(waited)
FROM sync_results
JOIN sync_runs ON sync_runs.tenant_id = sync_results.tenant_id AND sync_runs.id = sync_results.run_id
JOIN platform_connections ON platform_connections.tenant_id = sync_runs.tenant_id
  AND platform_connections.id = sync_runs.connection_id
WHERE sync_results.tenant_id = :tenant
GROUP BY platform_connections.platform
"""
