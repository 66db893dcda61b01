"""Subscriptions: addresses that are told of events, with a secret each, and what became of every event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from orchestrate.announce import mail
from orchestrate.announce.addresses import refuse
from orchestrate.announce.outbox import KINDS
from orchestrate.announce.signing import new_secret
from orchestrate.audit import service as audit
from orchestrate.store.database import Store
from orchestrate.store.due import note_due
from orchestrate.store.tables import Announcement, Membership, Subscription, User, new_id, now
from orchestrate.vault.service import Vault
from taps.engine.hosted import is_hosted

OLD_SECRET_FOR = timedelta(days=1)
"""After a change of secret events are signed with both for so long."""


class AnnounceRefusedError(Exception):
    """What was asked of a subscription cannot be done; says what to do."""


class NoSubscriptionError(AnnounceRefusedError):
    """There is no such subscription or announcement."""


@dataclass(frozen=True)
class ShownSubscription:
    """A subscription as people see it; `reason` tells why it was disabled."""

    id: str
    url: str
    kinds: tuple[str, ...]
    enabled: bool
    reason: str | None
    failing_since: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class ShownAnnouncement:
    """What became of one event: `waiting` (due again at `due_at`), `delivered` or `dead`."""

    id: str
    subscription: str
    message: str
    kind: str
    state: str
    attempts: int
    due_at: datetime
    said: str | None
    created_at: datetime


@dataclass(frozen=True)
class Counts:
    """Addresses and announcements in numbers; `disabled` are among the addresses."""

    addresses: int
    disabled: int
    delivered: int
    waiting: int
    dead: int


class Announcements:
    """The subscriptions of one tenant."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self.store, self.vault, self.tenant_id, self.actor = store, vault, tenant_id, actor

    def subscribe(self, url: str, kinds: Sequence[str]) -> tuple[ShownSubscription, str]:
        """A new subscription and its secret, which nobody sees again; raises `AnnounceRefusedError`.

        `url` may be an e-mail address, with `mailto:` or without: mail is not signed, and its secret is empty.
        """
        url = url if ":" in url or "@" not in url else f"{mail.SCHEME}{url}"
        wanted = sorted(set(kinds))
        if not wanted or not set(wanted) <= KINDS.keys():
            raise AnnounceRefusedError(f"an address is told of some of {', '.join(KINDS)}; not of {', '.join(wanted)}")
        if reason := refuse(url):
            raise AnnounceRefusedError(f"events cannot be sent there: {reason}")
        to = mail.address_of(url)
        secret = new_secret() if to is None else ""
        with self.store.transaction(self.tenant_id) as session:
            if to is not None and is_hosted() and to.lower() not in self._people(session):
                raise AnnounceRefusedError("mail goes to people of this workspace alone: invite them first")
            row = Subscription(tenant_id=self.tenant_id, id=new_id(), url=url, kinds=wanted, enabled=True)
            row.sealed = self.vault.seal(session, row.place, json.dumps([secret]))
            session.add(row)
            session.flush()
            self._log(session, "subscription added", row.id, kinds=" ".join(wanted))
            return _shown(row), secret

    def part(self, limit: int, after: str | None = None) -> list[ShownSubscription]:
        """So many subscriptions by id, those after this one."""
        mine = select(Subscription).where(Subscription.tenant_id == self.tenant_id)
        if after is not None:
            mine = mine.where(Subscription.id > after)
        with self.store.transaction(self.tenant_id) as session:
            return [_shown(row) for row in session.scalars(mine.order_by(Subscription.id).limit(limit))]

    def show(self, subscription: str) -> ShownSubscription:
        """One subscription."""
        with self.store.transaction(self.tenant_id) as session:
            return _shown(self._row(session, subscription))

    def enable(self, subscription: str) -> ShownSubscription:
        """Sends again what comes from now on; what is dead is sent again one by one."""
        with self.store.transaction(self.tenant_id) as session:
            row = self._row(session, subscription)
            row.enabled, row.reason, row.failing_since = True, None, None
            self._log(session, "subscription enabled", row.id)
            return _shown(row)

    def change_secret(self, subscription: str) -> str:
        """A new secret, shown this once; for `OLD_SECRET_FOR` events are signed with the old one too."""
        secret = new_secret()
        with self.store.transaction(self.tenant_id) as session:
            row = self._row(session, subscription)
            if mail.address_of(row.url) is not None:
                raise AnnounceRefusedError("mail is not signed and has no secret")
            old = json.loads(self.vault.unseal(session, row.place, row.sealed))[:1]
            row.sealed = self.vault.seal(session, row.place, json.dumps([secret, *old]))
            row.old_secret_until = now() + OLD_SECRET_FOR
            self._log(session, "subscription secret changed", row.id)
        return secret

    def remove(self, subscription: str) -> None:
        """Tells this address nothing any more."""
        with self.store.transaction(self.tenant_id) as session:
            session.delete(self._row(session, subscription))
            self._log(session, "subscription removed", subscription)

    def sent(
        self, limit: int, before: tuple[datetime, str] | None = None, state: str | None = None
    ) -> list[ShownAnnouncement]:
        """What was and is to be told, newest first: those before this moment and id."""
        mine = select(Announcement).where(Announcement.tenant_id == self.tenant_id)
        place = tuple_(Announcement.created_at, Announcement.id)
        if before is not None:
            mine = mine.where(place < before)
        if state is not None:
            mine = mine.where(Announcement.state == state)
        newest = mine.order_by(Announcement.created_at.desc(), Announcement.id.desc()).limit(limit)
        with self.store.transaction(self.tenant_id) as session:
            return [_told(row) for row in session.scalars(newest)]

    def counts(self, days: int) -> Counts:
        """How many addresses there are, and what became of the announcements of the last days."""
        addresses = (
            select(Subscription.enabled, func.count()).where(Subscription.tenant_id == self.tenant_id)
            .group_by(Subscription.enabled)
        )  # fmt: skip
        told = (
            select(Announcement.state, func.count())
            .where(Announcement.tenant_id == self.tenant_id, Announcement.created_at > now() - timedelta(days=days))
            .group_by(Announcement.state)
        )  # fmt: skip
        with self.store.transaction(self.tenant_id) as session:
            enabled = dict(session.execute(addresses).tuples().all())
            states = dict(session.execute(told).tuples().all())
        return Counts(
            addresses=sum(enabled.values()), disabled=enabled.get(False, 0), delivered=states.get("delivered", 0),
            waiting=states.get("waiting", 0), dead=states.get("dead", 0),
        )  # fmt: skip

    def send_again(self, announcement: str) -> ShownAnnouncement:
        """Delivers once more what is dead or was delivered; the receiver knows it by the same message id."""
        with self.store.transaction(self.tenant_id) as session:
            row = session.get(Announcement, (self.tenant_id, announcement), with_for_update=True)
            if row is None:
                raise NoSubscriptionError(f"there is no announcement {announcement!r}")
            row.state, row.attempts, row.due_at = "waiting", 0, now()
            note_due(session, self.tenant_id, row.due_at)
            self._log(session, "announcement sent again", row.id)
            return _told(row)

    def _people(self, session: Session) -> set[str]:
        members = select(User.email).join(Membership, Membership.user_id == User.id)
        return set(session.scalars(members.where(Membership.tenant_id == self.tenant_id)))

    def _row(self, session: Session, subscription: str) -> Subscription:
        row = session.get(Subscription, (self.tenant_id, subscription), with_for_update=True)
        if row is None:
            raise NoSubscriptionError(f"there is no subscription {subscription!r}")
        return row

    def _log(self, session: Session, action: str, subject: str, **detail: str) -> None:
        audit.record(session, self.tenant_id, self.actor, action, subject, **detail)


def _shown(row: Subscription) -> ShownSubscription:
    return ShownSubscription(
        row.id, row.url, tuple(row.kinds), row.enabled, row.reason, row.failing_since, row.created_at
    )  # fmt: skip


def _told(row: Announcement) -> ShownAnnouncement:
    return ShownAnnouncement(
        row.id, row.subscription_id, row.message, row.kind, row.state, row.attempts, row.due_at, row.said,
        row.created_at,
    )  # fmt: skip
