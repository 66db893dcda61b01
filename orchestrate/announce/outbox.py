"""What is to be told, written together with what it tells of: neither is there without the other."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.due import note_due
from orchestrate.store.tables import Announcement, Subscription, new_id, now

KEPT = timedelta(days=30)

KINDS = {
    "run.finished": "a sync ended, whether well or not",
    "conflict.found": "two records may be one, and somebody has to decide",
    "connection.broken": "a connection no longer works; its vendor wants a new login or refuses it",
}


def announce(session: Session, tenant_id: str, kind: str, body: Mapping[str, Any]) -> int:
    """Puts an event into the outbox of everybody who wants to be told of its kind; returns how many.

    Belongs into the caller's transaction. `body` is JSON, without secrets; moments are ISO 8601 in UTC. Raises
    `ValueError` for a kind that is none of `KINDS`.
    """
    if kind not in KINDS:
        raise ValueError(f"{kind!r} is no kind of announcement; there are {', '.join(KINDS)}")
    interested = [
        each.id
        for each in session.scalars(select(Subscription).where(Subscription.tenant_id == tenant_id))
        if each.enabled and kind in each.kinds
    ]
    message = f"msg_{new_id()}"
    session.add_all(
        Announcement(tenant_id=tenant_id, subscription_id=each, message=message, kind=kind, body=dict(body))
        for each in interested
    )
    if interested:
        note_due(session, tenant_id, now())
    return len(interested)


def clear(store: Store, tenant_id: str) -> int:
    """Drops what was delivered, or given up, and is older than `KEPT`; returns how many."""
    old = delete(Announcement).where(
        Announcement.tenant_id == tenant_id, Announcement.state != "waiting", Announcement.created_at < now() - KEPT
    )
    with store.transaction(tenant_id) as session:
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined] # of a DELETE's result
