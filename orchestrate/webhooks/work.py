"""Works off the queue: what deliveries tell of is read again from the vendor, many of them by one run.

The vendor's present state is what is loaded, so that neither the order of deliveries nor a stale payload matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformEvent, PlatformWebhook, now
from orchestrate.webhooks.naming import Concerned, concerned
from orchestrate.webhooks.reading import streams_of
from orchestrate.webhooks.sharing import waiting

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
    """Deliveries that are for one connection: their ids, and what they concern of it."""

    connection_id: str
    name: str
    events: tuple[str, ...]
    about: Concerned


def work(store: Store, tenant_id: str, reread: Reread) -> int:
    """Processes what is due of one tenant; returns how many deliveries."""
    worked: set[str] = set()
    for batch in _taken(store, tenant_id):
        try:
            runs = reread(tenant_id, batch.name, batch.about)
        except Exception as broken:  # it is the delivery's, which is tried again
            _failed(store, tenant_id, batch, str(broken) or type(broken).__name__)
        else:
            said = ", ".join(f"run {run}" for run in runs)
            _end(store, tenant_id, batch, "done" if runs else "ignored", said or NOT_LOADED)
        worked.update(batch.events)
    return len(worked)


def _taken(store: Store, tenant_id: str) -> list[_Batch]:
    """Takes what is due, so that no other worker does; what concerns no stream is done with here."""
    moment = now()
    due = (
        select(PlatformEvent)
        .where(PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued", PlatformEvent.due_at <= moment)
        .order_by(PlatformEvent.due_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    )  # fmt: skip
    with store.transaction(tenant_id) as session:
        rows = session.scalars(due).all()
        # asked for once, before any row is changed: else each is written before the next is looked at
        owners = {
            each: session.get_one(PlatformWebhook, (tenant_id, each)) for each in {row.webhook_id for row in rows}
        }
        by_connection: dict[str, list[PlatformEvent]] = {}
        for row in rows:
            row.due_at, row.attempts = moment + _LEASE, row.attempts + 1
            for connection in waiting(row.parts) if row.parts else [owners[row.webhook_id].connection_id]:
                by_connection.setdefault(connection, []).append(row)
        batches = [_batch(session, tenant_id, connection, rows) for connection, rows in by_connection.items()]
        return [batch for batch in batches if batch is not None]


def _batch(session: Session, tenant_id: str, connection_id: str, rows: Iterable[PlatformEvent]) -> _Batch | None:
    """What deliveries have read again of a connection; None where that is nothing."""
    connection = session.get(PlatformConnection, (tenant_id, connection_id))
    if connection is None:
        for row in rows:
            _close(row, connection_id, "ignored", "the connection was removed")
        return None
    told: list[tuple[str, Sequence[str], Mapping[str, Sequence[str]]]] = []
    for row in rows:
        part = row.parts.get(connection_id, {"types": row.types, "objects": row.objects})
        if streams_of(connection.platform, part["types"]) == []:
            said = f"no stream of {connection.platform} is concerned"
            _close(row, connection_id, "ignored", said, connection.name)
        else:
            told.append((row.id, part["types"], part["objects"]))
    if not told:
        return None
    about = concerned(connection.platform, [(types, objects) for _, types, objects in told])
    return _Batch(connection_id, connection.name, tuple(event for event, _, _ in told), about)


def _end(store: Store, tenant_id: str, batch: _Batch, state: str, said: str) -> None:
    with store.transaction(tenant_id) as session:
        for row in _rows(session, tenant_id, batch.events):
            _close(row, batch.connection_id, state, said, batch.name)


def _failed(store: Store, tenant_id: str, batch: _Batch, said: str) -> None:
    """The delivery is tried again, for those connections alone that it was not read for."""
    with store.transaction(tenant_id) as session:
        for row in _rows(session, tenant_id, batch.events):
            row.said = f"{batch.name}: {said}" if len(row.parts) > 1 else said
            if row.attempts > len(WAITS):
                row.state = "dead"
            else:
                row.due_at = now() + WAITS[row.attempts - 1]


def _close(row: PlatformEvent, connection_id: str, state: str, said: str, name: str = "") -> None:
    """A delivery is done with for a connection, and when none is left that it is for, at all."""
    if connection_id in row.parts:
        many = name and len(row.parts) > 1
        part = {**row.parts[connection_id], "state": state, "said": f"{name}: {said}" if many else said}
        row.parts = {**row.parts, connection_id: part}
        if waiting(row.parts):
            return
        state = "done" if any(each["state"] == "done" for each in row.parts.values()) else "ignored"
        said = "; ".join(sorted({each["said"] for each in row.parts.values()}))
    row.state, row.said, row.body = state, said, b""


def _rows(session: Session, tenant_id: str, events: Sequence[str]) -> Iterable[PlatformEvent]:
    mine = (PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued", PlatformEvent.id.in_(events))
    return session.scalars(select(PlatformEvent).where(*mine).with_for_update())
