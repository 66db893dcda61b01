"""Endpoints: the address that a vendor delivers to for one connection, and the secrets that its deliveries prove."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as connections
from orchestrate.connections.service import NoConnectionError
from orchestrate.logins.address import public_url
from orchestrate.store.database import Store
from orchestrate.store.leases import is_held
from orchestrate.store.tables import PlatformConnection, PlatformWebhook, WebhookSecret, new_id, now
from orchestrate.vault.service import Vault
from orchestrate.webhooks.reading import words_of
from orchestrate.webhooks.sharing import siblings_of

ROUTE = "/api/v1/webhooks/{platform}/{token}"
OLD_SECRET_FOR = timedelta(days=3)
"""So long the old secret is accepted beside the new one: vendors retry for a day or two."""
SEALED = "sealed"
"""In place of a code that is a secret, and lies with the secrets."""
_TOKEN = re.compile(r"([0-9a-f]{32})([0-9a-f]{32})")


class WebhookRefusedError(Exception):
    """What was asked of an endpoint cannot be done; says what to do."""


class NoWebhookError(WebhookRefusedError):
    """There is no such endpoint or delivery."""


@dataclass(frozen=True)
class ShownWebhook:
    """An endpoint as people see it. `secrets` counts those that are accepted now; none means nothing is.

    Deliveries of an app's one address are for the connections that it `serves` too, each told of its own account's.
    `registered` at the vendor by its API, which is possible where it is `registrable`; else `by_hand` says why not and
    where it is set. `code` is what the vendor sent to the address to be typed into its page, until the first delivery.
    """

    id: str
    platform: str
    connection: str
    serves: tuple[str, ...]
    address: str
    secrets: int
    registered: bool
    registrable: bool
    by_hand: str
    code: str | None
    docs: str
    created_at: datetime


class Webhooks:
    """The endpoints of one tenant."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self.store, self.vault, self.tenant_id, self.actor = store, vault, tenant_id, actor

    def add(self, connection: str, secret: str | None = None) -> ShownWebhook:
        """A new endpoint of a connection; raises `WebhookRefusedError`.

        `secret` is what the vendor signs with, as its pages show it. Without one nothing is accepted until it is set,
        by `change_secret` or by the vendor's own handshake.
        """
        with self.store.transaction(self.tenant_id) as session:
            owner = connections.named(session, self.tenant_id, connection)
            if owner is None:
                raise NoConnectionError(f"there is no connection {connection!r}; connect the platform first")
            if words_of(owner.platform) is None:
                raise WebhookRefusedError(f"{owner.platform} sends no webhooks, or its manifest does not know them yet")
            webhook_id = new_id()
            path = ROUTE.format(platform=owner.platform, token=self.tenant_id + webhook_id)
            row = PlatformWebhook(
                tenant_id=self.tenant_id, id=webhook_id, connection_id=owner.id, platform=owner.platform,
                address=public_url() + path, vendor_ids=[],
            )  # fmt: skip
            session.add(row)
            session.flush()
            if secret:
                self._add_secret(session, row, secret)
            self._log(session, "webhook added", row.id, connection=connection)
            return self._shown(session, row)

    def part(self, limit: int, after: str | None = None) -> list[ShownWebhook]:
        """So many endpoints by id, those after this one."""
        mine = select(PlatformWebhook).where(PlatformWebhook.tenant_id == self.tenant_id)
        if after is not None:
            mine = mine.where(PlatformWebhook.id > after)
        with self.store.transaction(self.tenant_id) as session:
            return [
                self._shown(session, row) for row in session.scalars(mine.order_by(PlatformWebhook.id).limit(limit))
            ]

    def show(self, webhook: str) -> ShownWebhook:
        """One endpoint."""
        with self.store.transaction(self.tenant_id) as session:
            return self._shown(session, self.row(session, webhook))

    def serving(self, connection: str) -> list[ShownWebhook]:
        """The endpoints of other connections that serve this one too."""
        with self.store.transaction(self.tenant_id) as session:
            owner = connections.named(session, self.tenant_id, connection)
            others = [each.id for each in siblings_of(session, owner)] if owner is not None else []
            theirs = select(PlatformWebhook).where(
                PlatformWebhook.tenant_id == self.tenant_id, PlatformWebhook.connection_id.in_(others)
            )
            return [self._shown(session, row) for row in session.scalars(theirs.order_by(PlatformWebhook.id))]

    def hand_over(self, connection: str) -> list[ShownWebhook]:
        """Gives a connection's endpoints, with what they know, to another that they serve: the vendor goes on there.

        To one without an endpoint of its own, if there is any. Returns those that were given away.
        """
        with self.store.transaction(self.tenant_id) as session:
            owner = connections.named(session, self.tenant_id, connection)
            others = siblings_of(session, owner) if owner is not None else []
            if owner is None or not others:
                return []
            mine = select(PlatformWebhook).where(PlatformWebhook.tenant_id == self.tenant_id)
            busy = set(session.scalars(mine.with_only_columns(PlatformWebhook.connection_id)))
            heir = next((each for each in others if each.id not in busy), others[0])
            rows = session.scalars(mine.where(PlatformWebhook.connection_id == owner.id).with_for_update()).all()
            for row in rows:
                row.connection_id = heir.id
                self._log(session, "webhook handed over", row.id, connection=heir.name)
            session.flush()
            return [self._shown(session, row) for row in rows]

    def change_secret(self, webhook: str, secret: str, *, at_once: bool = False) -> ShownWebhook:
        """Another secret; the old one is accepted for `OLD_SECRET_FOR` longer, with `at_once` no more: it leaked."""
        if not secret:
            raise WebhookRefusedError("a secret cannot be empty")
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            self._replace_secrets(session, row, [secret], OLD_SECRET_FOR if not at_once else timedelta(0))
            self._log(session, "webhook secret changed", row.id)
            return self._shown(session, row)

    def take_secret(self, webhook: str, secret: str) -> bool:
        """Keeps the secret that a vendor tells in its handshake; False, and nothing kept, where none is expected.

        One is where there is none yet, and while the address is being registered: then each registration may have its
        own, beside those of the others.
        """
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            if accepted(session, self.vault, row) and not is_held(session, self.tenant_id, registering(webhook)):
                return False
            self._add_secret(session, row, secret)
            self._log(session, "webhook secret told by the vendor", row.id)
            return True

    def take_code(self, webhook: str, code: str, *, signs: bool) -> None:
        """Keeps a code for a person to type into the vendor's page; whoever knows the address can send one.

        One that deliveries are signed with is kept as a secret, if there is none yet or none that ever proved one.
        """
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            if signs:
                if row.code != SEALED and accepted(session, self.vault, row):
                    return
                self._replace_secrets(session, row, [code], timedelta(0))
            row.code = SEALED if signs else code
            self._log(session, "webhook code came", webhook)

    def forget_code(self, webhook: str) -> None:
        """A delivery was proved: nobody has to type the code any more."""
        with self.store.transaction(self.tenant_id) as session:
            self.row(session, webhook).code = None

    def remove(self, webhook: str, *, anyway: bool = False) -> None:
        """Forgets an endpoint, its secrets and its deliveries; what was loaded stays.

        One that its vendor was told of is unregistered first, or removed `anyway`: the vendor goes on delivering.
        """
        with self.store.transaction(self.tenant_id) as session:
            row = self.row(session, webhook)
            if row.vendor_ids and not anyway:
                raise WebhookRefusedError(f"{row.platform} delivers to this address: unregister it there first")
            session.delete(row)
            self._log(session, "webhook removed", webhook)

    def row(self, session: Session, webhook: str) -> PlatformWebhook:
        """The endpoint's row, locked; raises `NoWebhookError`."""
        row = session.get(PlatformWebhook, (self.tenant_id, webhook), with_for_update=True)
        if row is None:
            raise NoWebhookError(f"there is no webhook endpoint {webhook!r}")
        return row

    def _replace_secrets(
        self, session: Session, row: PlatformWebhook, secrets: Sequence[str], old_for: timedelta = OLD_SECRET_FOR
    ) -> None:
        """Those that were the newest until now are accepted for a while longer."""
        newest = (WebhookSecret.webhook_id == row.id, WebhookSecret.valid_until.is_(None))
        session.execute(
            update(WebhookSecret)
            .where(WebhookSecret.tenant_id == self.tenant_id, *newest)
            .values(valid_until=now() + old_for)
        )
        for secret in secrets:
            self._add_secret(session, row, secret)

    def _add_secret(self, session: Session, row: PlatformWebhook, secret: str) -> None:
        added = WebhookSecret(tenant_id=self.tenant_id, webhook_id=row.id, id=new_id())
        added.sealed = self.vault.seal(session, added.place, secret)
        session.add(added)
        session.flush()

    def _log(self, session: Session, action: str, subject: str, **detail: str) -> None:
        audit.record(session, self.tenant_id, self.actor, action, subject, **detail)

    def _code(self, session: Session, row: PlatformWebhook) -> str | None:
        return next(iter(accepted(session, self.vault, row)), None) if row.code == SEALED else row.code

    def _shown(self, session: Session, row: PlatformWebhook) -> ShownWebhook:
        owner = session.get_one(PlatformConnection, (self.tenant_id, row.connection_id))
        words = words_of(row.platform)
        serves = tuple(each.name for each in siblings_of(session, owner))
        return ShownWebhook(
            row.id, row.platform, owner.name, serves, row.address, len(accepted(session, self.vault, row)),
            bool(row.vendor_ids), bool(words and words.registering), (words.by_hand if words else None) or "",
            self._code(session, row), words.docs if words else "", row.created_at,
        )  # fmt: skip


def registering(webhook: str) -> str:
    """The lease that is held while an endpoint is registered at its vendor."""
    return f"webhook {webhook}"


def accepted(session: Session, vault: Vault, row: PlatformWebhook) -> list[str]:
    """The secrets that prove a delivery now, the newest first."""
    mine = select(WebhookSecret).where(
        WebhookSecret.tenant_id == row.tenant_id, WebhookSecret.webhook_id == row.id
    )  # fmt: skip
    valid = [each for each in session.scalars(mine) if each.valid_until is None or each.valid_until > now()]
    newest = sorted(valid, key=lambda each: (each.valid_until is None, each.created_at), reverse=True)
    return [vault.unseal(session, each.place, each.sealed) for each in newest]


def place_of(token: str) -> tuple[str, str] | None:
    """Tenant and endpoint of an address's last part; None for what is none."""
    form = _TOKEN.fullmatch(token)
    return (form[1], form[2]) if form else None


def decoy_secret() -> str:
    """A secret that nobody knows, to verify deliveries to unknown addresses by: as long as for known ones."""
    return secrets.token_hex(32)
