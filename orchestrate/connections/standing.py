"""How a connection stands, whoever found it out: a try, a renewal of its login, or a sync."""

from __future__ import annotations

from sqlalchemy.orm import Session

from orchestrate.announce import announce
from orchestrate.store.tables import PlatformConnection, now


def stands(session: Session, row: PlatformConnection, status: str, reason: str | None) -> None:
    """Notes the state; that it broke is announced when it does, and not again until it has worked meanwhile."""
    broke = status in {"broken", "reconnect"} and row.status != status
    row.status, row.status_reason, row.checked_at = status, reason, now()
    if broke:
        told = {"connection": row.name, "platform": row.platform, "status": status, "reason": reason}
        announce(session, row.tenant_id, "connection.broken", told)
