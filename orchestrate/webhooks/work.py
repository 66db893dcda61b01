"""Works off the queue: what deliveries tell of is read again from the vendor, many of them by one run.

The vendor's present state is what is loaded, so that neither the order of deliveries nor a stale payload matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformEvent, PlatformWebhook, now
from orchestrate.webhooks.naming import Concerned, concerned
from orchestrate.webhooks.reading import streams_of

Reread = Callable[[str, str, Concerned], list[str]]
"""Has what deliveries about a tenant's connection concern read again; returns the runs' ids."""

WAITS = [timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14400)]
"""Between one attempt and the next; after the last a delivery is dead."""
_LEASE = timedelta(minutes=2)
"""What a killed worker had taken is due again after so long."""
_AT_ONCE = 1000
NOT_LOADED = "the connection does not load these streams"


@dataclass(frozen=True)
class _Batch:
    """Deliveries about one connection: their ids, and what they concern."""

    connection: str
    events: tuple[str, ...]
    about: Concerned


def work(store: Store, tenant_id: str, reread: Reread) -> int:
    """Processes what is due of one tenant; returns how many deliveries."""
    done = 0
    for batch in _taken(store, tenant_id):
        try:
            runs = reread(tenant_id, batch.connection, batch.about)
        except Exception as broken:  # it is the delivery's, which is tried again
            _failed(store, tenant_id, batch.events, str(broken) or type(broken).__name__)
        else:
            said = ", ".join(f"run {run}" for run in runs)
            _end(store, tenant_id, batch.events, "done" if runs else "ignored", said or NOT_LOADED)
        done += len(batch.events)
    return done


def _taken(store: Store, tenant_id: str) -> list[_Batch]:
    """Takes what is due, so that no other worker does; what concerns no stream is done with here."""
    moment = now()
    due = (
        select(PlatformEvent)
        .where(PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued", PlatformEvent.due_at <= moment)
        .order_by(PlatformEvent.due_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    )  # fmt: skip
    with store.transaction(tenant_id) as session:
        by_webhook: dict[str, list[PlatformEvent]] = {}
        for row in session.scalars(due):
            row.due_at, row.attempts = moment + _LEASE, row.attempts + 1
            by_webhook.setdefault(row.webhook_id, []).append(row)
        return [batch for webhook, rows in by_webhook.items() for batch in _batches(session, tenant_id, webhook, rows)]


def _batches(session: Session, tenant_id: str, webhook_id: str, rows: Iterable[PlatformEvent]) -> list[_Batch]:
    webhook = session.get_one(PlatformWebhook, (tenant_id, webhook_id))
    owner = session.get_one(PlatformConnection, (tenant_id, webhook.connection_id))
    told: list[PlatformEvent] = []
    for row in rows:
        if streams_of(webhook.platform, row.types) == []:
            _close(row, "ignored", f"no stream of {webhook.platform} is concerned")
        else:
            told.append(row)
    about = concerned(webhook.platform, [(row.types, row.objects) for row in told])
    return [_Batch(owner.name, tuple(row.id for row in told), about)] if told else []


def _end(store: Store, tenant_id: str, events: Sequence[str], state: str, said: str) -> None:
    with store.transaction(tenant_id) as session:
        for row in _rows(session, tenant_id, events):
            _close(row, state, said)


def _failed(store: Store, tenant_id: str, events: Sequence[str], said: str) -> None:
    with store.transaction(tenant_id) as session:
        for row in _rows(session, tenant_id, events):
            if row.attempts > len(WAITS):
                row.state, row.said = "dead", said
            else:
                row.due_at, row.said = now() + WAITS[row.attempts - 1], said


def _close(row: PlatformEvent, state: str, said: str) -> None:
    row.state, row.said, row.body = state, said, b""


def _rows(session: Session, tenant_id: str, events: Sequence[str]) -> Iterable[PlatformEvent]:
    mine = (PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued", PlatformEvent.id.in_(events))
    return session.scalars(select(PlatformEvent).where(*mine).with_for_update())
