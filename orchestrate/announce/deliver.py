"""Delivers what stands in the outbox, again and again until it is taken; who never takes it is told no more.

An event may arrive more than once and in any order: its receiver knows it by `webhook-id`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.announce import mail
from orchestrate.announce.addresses import egress
from orchestrate.announce.signing import headers
from orchestrate.store.database import Store
from orchestrate.store.tables import Announcement, Subscription, now
from orchestrate.vault.service import Vault
from taps.engine.http_clock import Clock
from taps.engine.http_exchange import Fault, Settings, Wire
from taps.engine.http_request import Request

WAITS = [timedelta(seconds=5), *(timedelta(minutes=each) for each in (5, 30, 120, 300, 600, 840, 1200, 1440))]
"""Between one attempt and the next; after the last the event is dead."""
DISABLED_AFTER = timedelta(days=5)
"""An address that has taken nothing for so long is told no more until somebody enables it."""
_SECONDS = 15
_LEASE = timedelta(seconds=4 * _SECONDS)
"""What a killed worker had taken is due again after so long."""
_AT_ONCE = 20
_GONE = 410
_LONGEST = 64 * 1024


@dataclass(frozen=True)
class _Due:
    id: str
    subscription: str
    url: str
    secrets: tuple[str, ...]
    message: str
    body: bytes


def deliver(store: Store, vault: Vault, tenant_id: str) -> int:
    """Sends what is due of one tenant, once each; returns how many were tried."""
    wire = Wire(Settings(request_timeout=_SECONDS, max_bytes=_LONGEST), egress(), Clock())
    tried = 0
    try:
        while tried < _AT_ONCE and (due := _taken(store, vault, tenant_id)) is not None:
            outcome = _sent(wire, due)
            with store.transaction(tenant_id) as session:
                _settle(session, tenant_id, due, outcome)
            tried += 1
    finally:
        wire.close()
    return tried


def _taken(store: Store, vault: Vault, tenant_id: str) -> _Due | None:
    """Takes the event that is due longest, so that no other worker does."""
    moment = now()
    waiting = (
        select(Announcement)
        .where(Announcement.tenant_id == tenant_id, Announcement.state == "waiting", Announcement.due_at <= moment)
        .order_by(Announcement.due_at).limit(_AT_ONCE).with_for_update(skip_locked=True)
    )  # fmt: skip
    with store.transaction(tenant_id) as session:
        for row in session.scalars(waiting):
            subscription = session.get_one(Subscription, (tenant_id, row.subscription_id))
            if subscription.enabled:
                row.due_at, row.attempts = moment + _LEASE, row.attempts + 1
                return _due(session, vault, row, subscription, moment)
            row.state, row.said = "dead", "its subscription is disabled"
    return None


def _due(session: Session, vault: Vault, row: Announcement, to: Subscription, moment: datetime) -> _Due:
    secrets = json.loads(vault.unseal(session, to.place, to.sealed))
    if to.old_secret_until is None or to.old_secret_until <= moment:
        secrets = secrets[:1]
    told = {"type": row.kind, "timestamp": row.created_at.isoformat().replace("+00:00", "Z"), "data": row.body}
    return _Due(row.id, to.id, to.url, tuple(secrets), row.message, json.dumps(told, ensure_ascii=False).encode())


def _sent(wire: Wire, due: _Due) -> int | str:
    """The status that was answered, or what went wrong. Redirects are not followed."""
    to = mail.address_of(due.url)
    if to is not None:
        return mail.send(to, due.message, due.body)
    signed = headers(due.message, now(), due.body, due.secrets)
    request = Request(due.url, "POST", headers={"Content-Type": "application/json", **signed}, body=due.body)
    answer = wire.send(request)
    return answer.text if isinstance(answer, Fault) else answer.status


def _settle(session: Session, tenant_id: str, due: _Due, outcome: int | str) -> None:
    row = session.get(Announcement, (tenant_id, due.id), with_for_update=True)
    to = session.get(Subscription, (tenant_id, due.subscription), with_for_update=True)
    if row is None or to is None or row.state != "waiting":
        return
    row.said = f"answered {outcome}" if isinstance(outcome, int) else outcome
    if isinstance(outcome, int) and 200 <= outcome < 300:
        row.state, to.failing_since = "delivered", None
        return
    to.failing_since = to.failing_since or now()
    if outcome == _GONE or now() - to.failing_since >= DISABLED_AFTER:
        to.enabled, to.reason, row.state = False, f"the last event was not taken: {row.said}", "dead"
    elif row.attempts > len(WAITS):
        row.state = "dead"
    else:
        row.due_at = now() + WAITS[row.attempts - 1]
