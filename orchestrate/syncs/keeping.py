"""What a worker writes about its run. Every word is refused once the run is another's."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from orchestrate.announce import announce
from orchestrate.connections.standing import stands
from orchestrate.meltano_run import LogLine
from orchestrate.reconciliation.decided import write_decided
from orchestrate.store.database import Store
from orchestrate.store.tables import (
    HeldConnection,
    PlatformConnection,
    PlatformRateLimit,
    PlatformSyncStatus,
    SyncLine,
    SyncResult,
    SyncRun,
    now,
)
from orchestrate.syncs.queue import Claim
from orchestrate.syncs.service import BUILDS, Result, work_at
from orchestrate.syncs.totals import count as count_totals
from orchestrate.warehouse.base import Warehouse
from taps.engine.http_usage import Limit


class TakenError(Exception):
    """The run is another worker's by now."""


TOLD = 100
"""How many pairs an announcement names; the queue has them all."""


class Keeping:
    """Writes about one claimed run."""

    def __init__(self, store: Store, claim: Claim) -> None:
        self._store, self._claim = store, claim
        self._number = self._last_number()

    @property
    def connection_id(self) -> str:
        """The id of the run's connection, of a run that has one; raises `TakenError`."""
        with self._store.transaction(self._claim.tenant_id) as session:
            return self._row(session).connection_id or ""

    def lives(self) -> bool:
        """Says that the worker lives; tells whether the run is to be cancelled. Raises `TakenError`."""
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            row.alive_at = now()
            return row.cancelling

    def decisions(self, warehouse: Warehouse, included: tuple[str, str] | None = None) -> None:
        """Writes what people decided into the tenant's warehouse, for the models; `included` is not held back there."""
        write_decided(self._store, self._claim.tenant_id, warehouse, included)

    def is_held(self, platform: str, connection: str) -> bool:
        """Whether the connection's rows stay out of the unified tables."""
        with self._store.transaction(self._claim.tenant_id) as session:
            return session.get(HeldConnection, (self._claim.tenant_id, platform, connection)) is not None

    def conflicts(self, pairs: Collection[str]) -> None:
        """Announces pairs of records that wait for review since this build: how many, and the first of them."""
        if not pairs:
            return
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            told = {"run": row.id, "pairs": len(pairs), "first": sorted(pairs)[:TOLD]}
            announce(session, row.tenant_id, "conflict.found", told)

    def lines(self, said: Sequence[tuple[datetime, LogLine]]) -> None:
        """Adds lines to the log."""
        with self._store.transaction(self._claim.tenant_id) as session:
            self._row(session)
            for at, line in said:
                self._number += 1
                session.add(
                    SyncLine(
                        tenant_id=self._claim.tenant_id, run_id=self._claim.run_id, number=self._number, at=at,
                        level=line.level[:10], plugin=line.plugin, text=line.text,
                    )
                )  # fmt: skip

    def loaded(self, results: Mapping[str, Result]) -> None:
        """Keeps what each stream brought so far, or before the models are built."""
        with self._store.transaction(self._claim.tenant_id) as session:
            self._keep(session, self._row(session), results)

    def end(
        self, status: str, reason: str | None, results: Mapping[str, Result], *, login_refused: bool = False
    ) -> None:  # fmt: skip
        """Keeps how the run ended and what it brought, stream by stream, and whether the login is good."""
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            row.status, row.reason, row.ended_at = status, reason, now()
            self._keep(session, row, results)
            for result in results.values():
                if status in {"done", "partial"} and result.loaded:
                    self._stands(session, row, result)
            owner = self._owner(session, row)
            if owner is not None:
                count_totals(session, owner.platform, results.values())
            self._announce(session, row, owner)
            if row.cause not in BUILDS:
                self._login(session, row, refused=login_refused)
            work_at(session, row.tenant_id, now())

    @staticmethod
    def _keep(session: Session, row: SyncRun, results: Mapping[str, Result]) -> None:
        for result in results.values():
            session.merge(
                SyncResult(
                    tenant_id=row.tenant_id, run_id=row.id, stream=result.stream, records=result.records,
                    rows=result.rows, deleted=result.deleted, requests=result.requests, bytes=result.bytes,
                    waited=result.waited, reason=result.reason, loaded=result.loaded,
                    answers=result.answers, answering=result.answering, slowest=result.slowest,
                )
            )  # fmt: skip

    def limits(self, seen: Sequence[Limit]) -> None:
        """Keeps what the vendor said of the connection's limits."""
        if not seen:
            return
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            for limit in seen:
                session.merge(
                    PlatformRateLimit(
                        tenant_id=row.tenant_id, connection_id=row.connection_id, bucket=limit.bucket[:100],
                        used=limit.used, waited=limit.waited, permitted=limit.permitted, size=limit.limit,
                        remaining=limit.remaining, resets_at=limit.resets_at, seen_at=now(),
                    )
                )  # fmt: skip

    def wait(self, reason: str, until: datetime) -> None:
        """Puts the run off: the vendor asked to come later."""
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            row.status, row.reason, row.not_before = "waiting", reason, until
            work_at(session, row.tenant_id, until)

    def give_back(self, reason: str) -> None:
        """Queues the run again, for the next worker."""
        with self._store.transaction(self._claim.tenant_id) as session:
            row = self._row(session)
            row.status, row.reason, row.attempt = "queued", reason, row.attempt - 1
            work_at(session, row.tenant_id, now())

    def _announce(self, session: Session, run: SyncRun, owner: PlatformConnection | None) -> None:
        told = {
            "run": run.id, "connection": owner and owner.name, "platform": owner and owner.platform,
            "cause": run.cause, "status": run.status, "reason": run.reason,
        }  # fmt: skip
        announce(session, run.tenant_id, "run.finished", told)

    def _owner(self, session: Session, run: SyncRun) -> PlatformConnection | None:
        if run.connection_id is None:
            return None
        return session.get_one(PlatformConnection, (run.tenant_id, run.connection_id))

    def _login(self, session: Session, run: SyncRun, *, refused: bool) -> None:
        owner = session.get_one(PlatformConnection, (run.tenant_id, run.connection_id), with_for_update=True)
        if refused and owner.status != "reconnect":
            stands(session, owner, "reconnect", run.reason)
        elif run.status in {"done", "partial"} and owner.status != "ok":
            stands(session, owner, "ok", run.reason if run.status == "partial" else None)

    def _stands(self, session: Session, run: SyncRun, result: Result) -> None:
        key = (run.tenant_id, run.connection_id, result.stream)
        row = session.get(PlatformSyncStatus, key)
        if run.short:  # single records say nothing of how far the stream is complete
            if row is not None:
                row.rows += result.rows
            return
        if row is None:
            row = PlatformSyncStatus(
                tenant_id=run.tenant_id, connection_id=run.connection_id, stream=result.stream, rows=0
            )
            session.add(row)
        row.run_id, row.reason, row.updated_at = run.id, result.reason, now()
        row.status = "partial" if result.reason else "done"
        row.rows += result.rows
        if result.reason is None and run.since is None and run.until is None:
            row.complete_at = run.started_at

    def _row(self, session: Session) -> SyncRun:
        row = session.get(SyncRun, (self._claim.tenant_id, self._claim.run_id), with_for_update=True)
        if row is None or row.fence != self._claim.fence or row.status != "running":
            raise TakenError(f"run {self._claim.run_id} was taken by another worker, or its connection is gone")
        return row

    def _last_number(self) -> int:
        with self._store.transaction(self._claim.tenant_id) as session:
            mine = select(func.max(SyncLine.number)).where(
                SyncLine.tenant_id == self._claim.tenant_id, SyncLine.run_id == self._claim.run_id
            )
            return session.scalar(mine) or 0
