"""Works off the queue: what deliveries tell of is read again from the vendor, many of them by one run.

The vendor's present state is what is loaded, so that neither the order of deliveries nor a stale payload matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, select, update
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformEvent, PlatformWebhook, now
from orchestrate.webhooks.naming import Concerned, concerned
from orchestrate.webhooks.reading import streams_of
from orchestrate.webhooks.sharing import is_shared, waiting

Reread = Callable[[str, str, Concerned], list[str]]
"""Has what deliveries about a tenant's connection concern read again; returns the runs' ids."""

WAITS = [timedelta(seconds=each) for each in (5, 30, 120, 600, 1800, 3600, 7200, 14400)]
"""Between one attempt and the next; after the last a delivery is dead."""
_LEASE = timedelta(minutes=2)
"""What a killed worker had taken is due again after so long."""
_AT_ONCE = 1000
_TOLD = (
    PlatformEvent.id, PlatformEvent.webhook_id, PlatformEvent.types, PlatformEvent.objects, PlatformEvent.parts,
)  # fmt: skip
_NOT_HELD = {"synchronize_session": False}
NOT_LOADED = "the connection does not load these streams"


@dataclass(frozen=True)
class _Reader:
    """A connection that deliveries are for; one that was removed has no name."""

    id: str
    name: str = ""
    shared: bool = True
    """Whether the same delivery may be for others too."""


@dataclass(frozen=True)
class _Batch:
    """Deliveries that are for one connection: their ids, and what they concern of it."""

    reader: _Reader
    events: tuple[str, ...]
    about: Concerned


def work(store: Store, tenant_id: str, reread: Reread) -> int:
    """Processes what is due of one tenant; returns how many deliveries."""
    worked: set[str] = set()
    for batch in _taken(store, tenant_id):
        try:
            runs = reread(tenant_id, batch.reader.name, batch.about)
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
    mine = (PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued")
    due = (
        select(*_TOLD).where(*mine, PlatformEvent.due_at <= moment)
        .order_by(PlatformEvent.due_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    )  # fmt: skip
    with store.transaction(tenant_id) as session:
        rows = session.execute(due).all()
        taken = update(PlatformEvent).where(*mine, PlatformEvent.id.in_([row.id for row in rows]))
        session.execute(taken.values(due_at=moment + _LEASE, attempts=PlatformEvent.attempts + 1),
                        execution_options=_NOT_HELD)  # fmt: skip
        of = (PlatformWebhook.tenant_id == tenant_id, PlatformWebhook.id.in_({row.webhook_id for row in rows}))
        owned = select(PlatformWebhook.id, PlatformWebhook.connection_id).where(*of)
        owners = dict(session.execute(owned).tuples().all())
        by_connection: dict[str, list[Row[Any]]] = {}
        for row in rows:
            for connection in waiting(row.parts) if row.parts else [owners[row.webhook_id]]:
                by_connection.setdefault(connection, []).append(row)
        batches = [_batch(session, tenant_id, connection, rows) for connection, rows in by_connection.items()]
        return [batch for batch in batches if batch is not None]


def _batch(session: Session, tenant_id: str, connection_id: str, rows: Sequence[Row[Any]]) -> _Batch | None:
    """What deliveries have read again of a connection; None where that is nothing."""
    connection = session.get(PlatformConnection, (tenant_id, connection_id))
    if connection is None:
        gone = [row.id for row in rows]
        _close_all(session, tenant_id, _Reader(connection_id), gone, "ignored", "the connection was removed")
        return None
    platform = connection.platform
    reader = _Reader(connection_id, connection.name, is_shared(platform))
    told: list[tuple[str, Sequence[str], Mapping[str, Sequence[str]]]] = []
    nothing: list[str] = []
    for row in rows:
        part = row.parts.get(connection_id, {"types": row.types, "objects": row.objects})
        if streams_of(platform, part["types"]) == []:
            nothing.append(row.id)
        else:
            told.append((row.id, part["types"], part["objects"]))
    _close_all(session, tenant_id, reader, nothing, "ignored", f"no stream of {platform} is concerned")
    if not told:
        return None
    about = concerned(platform, [(types, objects) for _, types, objects in told])
    return _Batch(reader, tuple(event for event, _, _ in told), about)


def _end(store: Store, tenant_id: str, batch: _Batch, state: str, said: str) -> None:
    with store.transaction(tenant_id) as session:
        _close_all(session, tenant_id, batch.reader, batch.events, state, said)


def _close_all(
    session: Session, tenant_id: str, reader: _Reader, events: Sequence[str], state: str, said: str
) -> None:  # fmt: skip
    """Deliveries are done with for a connection: in one statement where they are for no other."""
    if not reader.shared:
        ended = update(PlatformEvent).where(*_queued(tenant_id, events))
        session.execute(ended.values(state=state, said=said, body=b""), execution_options=_NOT_HELD)
        return
    for row in _rows(session, tenant_id, events):
        _close(row, reader.id, state, said, reader.name)


def _failed(store: Store, tenant_id: str, batch: _Batch, said: str) -> None:
    """The delivery is tried again, for those connections alone that it was not read for."""
    with store.transaction(tenant_id) as session:
        for row in _rows(session, tenant_id, batch.events):
            row.said = f"{batch.reader.name}: {said}" if len(row.parts) > 1 else said
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
    return session.scalars(select(PlatformEvent).where(*_queued(tenant_id, events)).with_for_update())


def _queued(tenant_id: str, events: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (PlatformEvent.tenant_id == tenant_id, PlatformEvent.state == "queued", PlatformEvent.id.in_(events))
