"""Deliveries that were kept: what became of each, and another try for those that are dead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.store.database import Store
from orchestrate.store.due import note_due
from orchestrate.store.tables import PlatformConnection, PlatformEvent, PlatformWebhook, now
from orchestrate.vault.service import Vault
from orchestrate.webhooks.endpoints import NoWebhookError
from orchestrate.webhooks.sharing import afresh

KEPT = timedelta(days=30)
"""So long a delivery is known again: no vendor retries for longer."""


@dataclass(frozen=True)
class ShownEvent:
    """A delivery as people see it, without its body: to the address of a `connection`, and the `concerned` ones."""

    id: str
    webhook: str
    connection: str
    concerned: tuple[str, ...]
    platform: str
    delivery: str
    types: tuple[str, ...]
    state: str
    attempts: int
    due_at: datetime
    said: str | None
    received_at: datetime


class Events:
    """The deliveries of one tenant."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self.store, self.vault, self.tenant_id, self.actor = store, vault, tenant_id, actor

    def part(
        self, limit: int, before: tuple[datetime, str] | None = None, state: str | None = None,
        webhook: str | None = None,
    ) -> list[ShownEvent]:  # fmt: skip
        """So many deliveries, newest first: those before this moment and id, of a state, of an endpoint."""
        mine = select(PlatformEvent).where(PlatformEvent.tenant_id == self.tenant_id)
        if before is not None:
            mine = mine.where(tuple_(PlatformEvent.received_at, PlatformEvent.id) < before)
        if state is not None:
            mine = mine.where(PlatformEvent.state == state)
        if webhook is not None:
            mine = mine.where(PlatformEvent.webhook_id == webhook)
        newest = mine.order_by(PlatformEvent.received_at.desc(), PlatformEvent.id.desc()).limit(limit)
        with self.store.transaction(self.tenant_id) as session:
            return [self._shown(session, row) for row in session.scalars(newest)]

    def show(self, event: str) -> ShownEvent:
        """One delivery; raises `NoWebhookError`."""
        with self.store.transaction(self.tenant_id) as session:
            return self._shown(session, self._row(session, event))

    def replay(self, event: str) -> ShownEvent:
        """Processes a delivery once more, whatever became of it."""
        with self.store.transaction(self.tenant_id) as session:
            row = self._row(session, event)
            row.state, row.attempts, row.due_at, row.said = "queued", 0, now(), None
            row.parts = afresh(row.parts)
            note_due(session, self.tenant_id, row.due_at)
            self._log(session, "delivery replayed", row.id)
            return self._shown(session, row)

    def replay_dead(self) -> int:
        """Processes every dead delivery once more; returns how many."""
        dead = update(PlatformEvent).where(PlatformEvent.tenant_id == self.tenant_id, PlatformEvent.state == "dead")
        with self.store.transaction(self.tenant_id) as session:
            done = session.execute(dead.values(state="queued", attempts=0, due_at=now(), said=None))
            number = int(done.rowcount)  # type: ignore[attr-defined] # of an UPDATE's result
            if number:
                note_due(session, self.tenant_id, now())
            self._log(session, "dead deliveries replayed", "all", number=str(number))
            return number

    def _row(self, session: Session, event: str) -> PlatformEvent:
        row = session.get(PlatformEvent, (self.tenant_id, event), with_for_update=True)
        if row is None:
            raise NoWebhookError(f"there is no delivery {event!r}")
        return row

    def _shown(self, session: Session, row: PlatformEvent) -> ShownEvent:
        webhook = session.get_one(PlatformWebhook, (self.tenant_id, row.webhook_id))
        owner = session.get_one(PlatformConnection, (self.tenant_id, webhook.connection_id))
        found = [session.get(PlatformConnection, (self.tenant_id, each)) for each in row.parts]
        concerned = sorted(each.name for each in found if each is not None) if row.parts else [owner.name]
        return ShownEvent(
            row.id, row.webhook_id, owner.name, tuple(concerned), webhook.platform, row.delivery, tuple(row.types),
            row.state, row.attempts, row.due_at, row.said, row.received_at,
        )  # fmt: skip

    def _log(self, session: Session, action: str, subject: str, **detail: str) -> None:
        audit.record(session, self.tenant_id, self.actor, action, subject, **detail)


def clear(store: Store, tenant_id: str) -> int:
    """Drops what was processed longer than `KEPT` ago, dead ones too; returns how many."""
    old = delete(PlatformEvent).where(
        PlatformEvent.tenant_id == tenant_id, PlatformEvent.state != "queued",
        PlatformEvent.received_at < now() - KEPT,
    )  # fmt: skip
    with store.transaction(tenant_id) as session:
        return int(session.execute(old).rowcount)  # type: ignore[attr-defined] # of a DELETE's result
