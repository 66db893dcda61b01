"""Runs that read single records of a connection, beside its bookmarks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as connection_rows
from orchestrate.connections.service import NoConnectionError
from orchestrate.store.database import Store
from orchestrate.store.tables import SyncRun, new_id, now
from orchestrate.syncs.service import work_at
from taps.engine.load import load
from taps.engine.manifest import Stream

URGENT = 20
"""The priority of single records: a few requests, and somebody may be looking at them."""
MOST = 200
"""Records of a stream in one run; more wait for a run of their own."""


def refresh(store: Store, tenant_id: str, connection: str, objects: Mapping[str, Sequence[str]]) -> str:
    """Queues a run of these records, stream -> ids; returns its id. They join a run of such that waits."""
    with store.transaction(tenant_id) as session:
        owner = connection_rows.named(session, tenant_id, connection)
        if owner is None:
            raise NoConnectionError(f"there is no connection {connection!r}")
        waiting = _waiting(session, tenant_id, owner.id)
        joined = _joined(waiting.objects if waiting else {}, objects)
        if waiting is not None and all(len(ids) <= MOST for ids in joined.values()):
            waiting.objects, waiting.streams = joined, sorted(joined)
            return waiting.id
        run = SyncRun(
            tenant_id=tenant_id, id=new_id(), connection_id=owner.id, cause="webhook", streams=sorted(objects),
            objects=_joined({}, objects), short=True, bookmark=owner.id, priority=URGENT, status="queued",
            not_before=now(),
        )  # fmt: skip
        session.add(run)
        session.flush()
        work_at(session, tenant_id, run.not_before)
        audit.record(session, tenant_id, "platform", "sync triggered", connection, run=run.id, cause=run.cause)
        return run.id


def _waiting(session: Session, tenant_id: str, connection_id: str) -> SyncRun | None:
    mine = select(SyncRun).where(
        SyncRun.tenant_id == tenant_id, SyncRun.connection_id == connection_id, SyncRun.short.is_(True),
        SyncRun.status == "queued",
    )  # fmt: skip
    return session.scalar(mine.order_by(SyncRun.queued_at.desc()).limit(1).with_for_update())


def _joined(known: Mapping[str, Sequence[str]], more: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    streams = sorted({*known, *more})
    return {name: list(dict.fromkeys([*known.get(name, ()), *more.get(name, ())])) for name in streams}


def selected(platform: str, objects: Collection[str], chosen: Collection[str]) -> list[str]:
    """The streams that a run of single records writes: theirs and those below them, of those that are loaded."""
    streams: Mapping[str, Stream] = load(platform).streams
    found = dict.fromkeys(objects)
    while more := [name for name, each in streams.items() if name not in found and _above(each) in found]:
        found.update(dict.fromkeys(more))
    return [name for name in found if not streams[name].helper and (not chosen or name in chosen)]


def _above(stream: Stream) -> str | None:
    return stream.parent.stream if stream.parent else None
