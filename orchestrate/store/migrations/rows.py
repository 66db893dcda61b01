"""How migrations make tables whose rows belong to a tenant."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)


def create_owned_table(
    name: str, *parts: "sa.Column[Any] | sa.Constraint", of: str | None = None, cascade: bool = True,
    parent: sa.ForeignKeyConstraint | None = None,
) -> None:  # fmt: skip
    """A table that begins with `tenant_id`, the first column of its key.

    Its rows go with their tenant, or with a row of the table `of`, whose id is their `connection_id` or the like, or
    with what `parent` says, or stay for good (`cascade=False`). On Postgres a row is seen in its tenant's transactions
    alone, by its owner too.
    """
    action = "CASCADE" if cascade else None
    if parent is None:
        parent = child_of(of) if of else sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], ondelete=action)
    op.create_table(name, sa.Column("tenant_id", sa.String(32), primary_key=True), *parts, parent)
    if op.get_bind().dialect.name != "postgresql":
        return
    own = "tenant_id = current_setting('app.tenant', true)"
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_tenant ON {name} USING ({own}) WITH CHECK ({own})")


def each_tenant(store: sa.Connection) -> Iterator[str]:
    """The id of every tenant, whose rows are seen then."""
    for tenant in store.execute(sa.text("SELECT id FROM tenants")).scalars().all():
        see(store, tenant=tenant)
        yield tenant


def see(store: sa.Connection, *, tenant: str = "", user: str = "", email: str = "") -> None:
    """From here on the rows of this tenant or person are seen."""
    if store.dialect.name == "postgresql":
        for name, value in {"tenant": tenant, "user": user, "email": email}.items():
            store.execute(sa.text(f"SELECT set_config('app.{name}', :value, true)"), {"value": value})


def child_of(table: str, column: str | None = None) -> sa.ForeignKeyConstraint:
    """Goes with the row of `table` whose id is in `column`: `connection_id` for `platform_connections`, and so on."""
    column = column or table.rpartition("_")[2].removesuffix("s") + "_id"
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete="CASCADE"
    )  # fmt: skip
