"""Keeps deliveries for good, many in one commit: those that come while one batch is written are the next one.

A commit costs about the same for one row as for hundreds; every caller waits for the one that holds its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool

from orchestrate.store.database import Store
from orchestrate.store.due import note_due
from orchestrate.store.tables import PlatformEvent, now

_MOST = 500


@dataclass(frozen=True)
class Kept:
    """A delivery to be kept."""

    tenant_id: str
    webhook_id: str
    key: str
    delivery: str
    types: list[str]
    body: bytes = field(repr=False)
    objects: dict[str, list[str]] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    received_at: datetime = field(default_factory=now)


class Batches:
    """The writer of one event loop."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: list[tuple[Kept, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, event: Kept) -> None:
        """Returns when it is on disk, now or from an earlier delivery of the same; raises what the store raises."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            fault: BaseException | None = None
            try:
                await run_in_threadpool(write, self._store, [event for event, _ in batch])
            except IntegrityError:
                await self._one_by_one(batch)
                continue
            except Exception as broken:  # each caller raises it
                fault = broken
            for _, done in batch:
                _end(done, fault)

    async def _one_by_one(self, batch: Sequence[tuple[Kept, asyncio.Future[None]]]) -> None:
        """An endpoint was removed meanwhile: its deliveries fail, the others do not."""
        for event, done in batch:
            fault: BaseException | None = None
            try:
                await run_in_threadpool(write, self._store, [event])
            except Exception as broken:  # its caller raises it
                fault = broken
            _end(done, fault)


def write(store: Store, events: Sequence[Kept]) -> None:
    """Keeps them in one transaction; those that are there already stay as they are."""
    rows: dict[str, list[dict[str, object]]] = {}
    for each in events:
        rows.setdefault(each.tenant_id, []).append({
            "tenant_id": each.tenant_id, "id": each.key, "webhook_id": each.webhook_id, "delivery": each.delivery,
            "types": each.types, "objects": each.objects, "parts": each.parts, "body": each.body, "state": "queued",
            "attempts": 0, "due_at": each.received_at, "received_at": each.received_at,
        })  # fmt: skip
    with store.across_tenants() as session:
        for tenant_id, mine in sorted(rows.items()):  # all writers lock tenants in one order
            store.see(session, tenant_id)
            session.execute(_insert(store), mine)
            note_due(session, tenant_id, now())


def _insert(store: Store) -> Insert:
    if store.engine.dialect.name == "postgresql":
        return postgresql.insert(PlatformEvent).on_conflict_do_nothing()
    return sqlite.insert(PlatformEvent).on_conflict_do_nothing()


def _end(done: asyncio.Future[None], fault: BaseException | None) -> None:
    if done.done():  # its caller went away
        return
    if fault is None:
        done.set_result(None)
    else:
        done.set_exception(fault)
