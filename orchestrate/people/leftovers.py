"""What people leave behind that is good for nothing any more."""

from __future__ import annotations

from sqlalchemy import delete

from orchestrate.people import sessions, throttle
from orchestrate.store.database import Store
from orchestrate.store.tables import Invitation, now


def clear(store: Store, tenant_id: str) -> int:
    """Drops a tenant's sessions that are over, links that expired and old tries to log in; returns how many."""
    with store.transaction(tenant_id) as session:
        expired = delete(Invitation).where(Invitation.tenant_id == tenant_id, Invitation.expires_at <= now())
        links = int(session.execute(expired).rowcount)  # type: ignore[attr-defined] # of a DELETE's result
        return links + sessions.sweep(session, tenant_id) + throttle.sweep(session)
