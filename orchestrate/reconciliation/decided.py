"""Writes the decisions that stand into a warehouse, where the models read them like their seeds."""

from __future__ import annotations

from sqlalchemy import select

from orchestrate.store.database import Store
from orchestrate.store.tables import HeldConnection, ReconciliationDecision
from orchestrate.warehouse.base import Warehouse

LINKS = {"accept": "must_link", "reject": "cannot_link", "split": "cannot_link"}
"""Kind of decision -> what the models call it."""
_WHO = "decided_by VARCHAR, decided_at TIMESTAMPTZ, note VARCHAR"


def write_decided(
    store: Store, tenant_id: str, warehouse: Warehouse, included: tuple[str, str] | None = None
) -> None:  # fmt: skip
    """Replaces the tables of the schema `decided` in the tenant's warehouse, which nobody else writes meanwhile.

    `included` is a connection, by platform and name, that is not held back in this one, whatever people decided: to
    see what it would change.
    """
    with store.transaction(tenant_id) as session:
        mine = select(ReconciliationDecision).where(
            ReconciliationDecision.tenant_id == tenant_id, ReconciliationDecision.undone_at.is_(None)
        )
        standing = list(session.scalars(mine.order_by(ReconciliationDecision.decided_at)))
        session.expunge_all()
        names = select(HeldConnection.platform, HeldConnection.name).where(HeldConnection.tenant_id == tenant_id)
        held = [tuple(each) for each in session.execute(names) if tuple(each) != included]
    links = [
        (each.left_id, each.right_id, LINKS[each.kind], each.decided_by, each.decided_at, each.note)
        for each in standing
        if each.kind in LINKS
    ]
    values = [
        (each.customer_key, each.attribute, each.value, each.decided_by, each.decided_at, each.note)
        for each in standing
        if each.kind not in LINKS
    ]
    with warehouse.writing() as writing:
        writing.execute(f"CREATE SCHEMA IF NOT EXISTS {warehouse.schema('decided')}")
        for name, columns, rows in (
            ("identity_overrides", f"left_id VARCHAR, right_id VARCHAR, decision VARCHAR, {_WHO}", links),
            ("attribute_overrides", f"customer_key VARCHAR, attribute VARCHAR, value VARCHAR, {_WHO}", values),
            ("held_connections", "platform VARCHAR, connection_id VARCHAR", held),
        ):
            # Not replaced but filled anew: views of the models rest on them.
            writing.execute(f"CREATE TABLE IF NOT EXISTS decided.{name} ({columns})")
            writing.execute(f"DELETE FROM decided.{name}")  # noqa: S608 # names stand above
            writing.add(f"decided.{name}", rows)
