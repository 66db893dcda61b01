"""Writes entries in the transaction of what they tell of, and proves that none was altered or taken out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from orchestrate.store.database import Store
from orchestrate.store.tables import AuditEntry, now

START = ""


@dataclass(frozen=True)
class Verdict:
    """What a check of the chain found: how many entries are sound, the last one's hash, and the first that is not."""

    entries: int
    head: str
    broken_at: int | None


def record(session: Session, tenant_id: str, actor: str, action: str, subject: str, **detail: str) -> None:
    """Adds an entry; `detail` holds names, never values of settings."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtext('audit ' || :tenant))"), {"tenant": tenant_id})
    last = session.scalar(
        select(AuditEntry).where(AuditEntry.tenant_id == tenant_id).order_by(AuditEntry.number.desc()).limit(1)
    )
    entry = AuditEntry(
        tenant_id=tenant_id, number=last.number + 1 if last else 1, at=now(), actor=actor, action=action,
        subject=subject, detail=detail, previous=last.hash if last else START,
    )  # fmt: skip
    entry.hash = _hash(entry)
    session.add(entry)
    session.flush()


def entries(store: Store, tenant_id: str, limit: int, before: int | None = None) -> list[AuditEntry]:
    """The newest entries, newest first; with `before` those whose numbers are below it."""
    with store.transaction(tenant_id) as session:
        newest = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id).order_by(AuditEntry.number.desc())
        if before is not None:
            newest = newest.where(AuditEntry.number < before)
        found = list(session.scalars(newest.limit(limit)))
        session.expunge_all()
        return found


def check(store: Store, tenant_id: str, head: str | None = None) -> Verdict:
    """Follows the chain from its first entry; a `head` that was noted earlier must still be in it.

    Without one, entries cut off at the end cannot be noticed: nothing is left that would tell of them.
    """
    previous, number, seen = START, 0, head is None
    with store.transaction(tenant_id) as session:
        chain = select(AuditEntry).where(AuditEntry.tenant_id == tenant_id).order_by(AuditEntry.number)
        for entry in session.scalars(chain.execution_options(yield_per=1000)):
            if entry.number != number + 1 or entry.previous != previous or entry.hash != _hash(entry):
                return Verdict(number, previous, number + 1)
            previous, number, seen = entry.hash, entry.number, seen or entry.hash == head
    return Verdict(number, previous, None if seen else number + 1)


def _hash(entry: AuditEntry) -> str:
    detail: Mapping[str, str] = entry.detail
    said = [entry.previous, entry.tenant_id, entry.number, entry.at.isoformat(), entry.actor, entry.action,
            entry.subject, detail]  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
