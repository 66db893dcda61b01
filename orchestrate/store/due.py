"""When a tenant's deliveries and announcements are due: known beside the tenant, so that nobody asks each for it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import Announcement, PlatformEvent, Tenant, now

_MOST = 1000


def note_due(session: Session, tenant_id: str, at: datetime) -> None:
    """Notes that a delivery or an announcement of the tenant's is due then, if nothing is earlier.

    The tenant's row is locked until the transaction ends, after what is due was written: whoever finds out in `settle`
    what is left sees it, or is overruled by this.
    """
    session.flush()
    tenant = session.get_one(Tenant, tenant_id, with_for_update=True, populate_existing=True)
    tenant.events_at = min(at, tenant.events_at or at)


def due_tenants(store: Store) -> list[str]:
    """The tenants of whom something is due, who waited longest first: one question, however many there are."""
    with store.across_tenants() as session:
        due = select(Tenant.id).where(Tenant.events_at <= now())
        return list(session.scalars(due.order_by(Tenant.events_at).limit(_MOST)))


def settle(store: Store, tenant_id: str, not_before: datetime | None = None) -> None:
    """Finds out when the tenant is to be looked at again: when the first of what is left is due, or at `not_before`."""
    events = select(func.min(PlatformEvent.due_at)).where(
        PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued"
    )
    waiting = select(func.min(Announcement.due_at)).where(
        Announcement.tenant_id == tenant_id, Announcement.state == "waiting"
    )
    with store.transaction(tenant_id) as session:
        tenant = session.get_one(Tenant, tenant_id, with_for_update=True)
        left = [at for at in (session.scalar(events), session.scalar(waiting)) if at is not None]
        first = min(left, default=None)
        tenant.events_at = max(first, not_before) if first and not_before else first
