"""What is thrown away when: answers that nobody asks for again, logs of old runs, what leases and sessions leave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete

from orchestrate.announce import outbox
from orchestrate.connections.budgets import forget_idle
from orchestrate.idempotency import service as answers
from orchestrate.logins import service as logins
from orchestrate.people import leftovers
from orchestrate.store.database import Store
from orchestrate.store.tables import Lease, now
from orchestrate.syncs.service import forget_lines
from orchestrate.webhooks import events

LINES = timedelta(days=30)
LEASES = timedelta(days=30)


def clean_up(store: Store) -> Counter[str]:
    """Does it for every tenant and what is none's; returns how many rows of each kind went."""
    gone: Counter[str] = Counter()
    for tenant_id, _ in store.tenants():
        for what, clean in KINDS.items():
            gone[what] += clean(store, tenant_id)
    gone[BUDGETS] += forget_idle(store)
    return gone


def _leases(store: Store, tenant_id: str) -> int:
    with store.transaction(tenant_id) as session:
        ended = delete(Lease).where(Lease.tenant_id == tenant_id, Lease.until < now() - LEASES)
        return int(session.execute(ended).rowcount)  # type: ignore[attr-defined] # of a DELETE's result


BUDGETS = "limits of accounts that nobody asked for 30 days"
KINDS: dict[str, Callable[[Store, str], int]] = {
    "answers kept for a day": answers.clear,
    "lines of runs kept for 30 days": lambda store, tenant_id: forget_lines(store, tenant_id, LINES),
    "leases that ended 30 days ago": _leases,
    "sessions and links that are over": leftovers.clear,
    "logins at vendors that were not finished": logins.clear,
    "deliveries kept for 30 days": events.clear,
    "announcements kept for 30 days": outbox.clear,
}
"""A kind's name tells how long it is kept. Runs and their figures, and the audit log, stay."""
