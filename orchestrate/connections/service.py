"""Connections: made after their settings were checked, tried out, read by taps, changed and removed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as rows
from orchestrate.connections.advice import advised
from orchestrate.connections.checking import checked, secret_fields
from orchestrate.connections.sealed import Sealed
from orchestrate.connections.standing import stands
from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, now
from orchestrate.vault.service import Vault
from taps.engine.auth_store import HandedBack, TokenStore
from taps.engine.errors import LoginRefused, TapError
from taps.kinds import kind_of

HIDDEN = "••••••"


class ConnectionRefusedError(Exception):
    """What was asked of a connection cannot be done; says what to do."""


class NoConnectionError(ConnectionRefusedError):
    """There is none of that name."""


class NameTakenError(ConnectionRefusedError):
    """There is one of that name."""


@dataclass(frozen=True)
class Shown:
    """A connection as people see it: secrets are `HIDDEN`."""

    id: str
    platform: str
    name: str
    status: str
    status_reason: str | None
    checked_at: datetime | None
    settings: Mapping[str, Any]


class Connections:
    """One tenant's connections."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self.store, self.vault, self.tenant_id, self.actor = store, vault, tenant_id, actor

    def add(self, platform: str, name: str, settings: Mapping[str, Any], *, test: bool = False) -> Shown:
        """A new connection; raises `BadSetting` for settings that cannot work and `ConnectionRefusedError`.

        With `test` it is tried first, and nothing is kept where the vendor refuses: its `TapError` says what to do.
        """
        kept = checked(platform, {"connection_id": name, **settings})
        status: tuple[str, str | None] = ("new", None)
        account: dict[str, str] = {}
        if test:
            with self.store.transaction(self.tenant_id) as session:
                self._refuse_a_taken_name(session, name)
            kept, status = self._tried(platform, kept)
            account = self._account(platform, kept, HandedBack(kept.update))
        with self.store.transaction(self.tenant_id) as session:
            self._refuse_a_taken_name(session, name)
            row = PlatformConnection(tenant_id=self.tenant_id, platform=platform, name=name)
            row.status, row.status_reason = status
            row.checked_at, row.account = now() if test else None, account
            session.add(row)
            session.flush()
            Sealed(self.vault, session, row).put(kept)
            self._log(session, "connection added", name, platform=platform)
            return self._shown(session, row)

    def change(self, name: str, settings: Mapping[str, Any]) -> Shown:
        """Sets these settings and keeps the others; None takes one away. It counts as not tried again."""
        with self.store.transaction(self.tenant_id) as session:
            row = self.named(session, name)
            sealed = Sealed(self.vault, session, row)
            before = sealed.opened()
            kept = {field: value for field, value in {**before, **settings}.items() if value is not None}
            checked(row.platform, kept)
            sealed.put({field: value for field, value in kept.items() if before.get(field) != value})
            sealed.drop(before.keys() - kept.keys())
            row.status, row.status_reason = "new", None
            if secret_fields(row.platform) & settings.keys():  # it may be a login to another account
                row.account = {}
            self._log(session, "connection changed", name, settings=", ".join(sorted(settings)))
            return self._shown(session, row)

    def all(self) -> list[Shown]:
        """All connections by name."""
        with self.store.transaction(self.tenant_id) as session:
            return [self._shown(session, row) for row in rows.all_of(session, self.tenant_id)]

    def part(self, limit: int, after: str | None) -> list[Shown]:
        """So many connections by name, those after this name."""
        with self.store.transaction(self.tenant_id) as session:
            return [self._shown(session, row) for row in rows.part_of(session, self.tenant_id, limit, after)]

    def show(self, name: str) -> Shown:
        """One connection."""
        with self.store.transaction(self.tenant_id) as session:
            return self._shown(session, self.named(session, name))

    def settings(self, name: str, platform: str) -> dict[str, Any]:
        """The settings with their secrets, for the tap of this platform alone."""
        with self.store.transaction(self.tenant_id) as session:
            row = self.named(session, name)
            if row.platform != platform:
                raise ConnectionRefusedError(f"connection {name!r} is one to {row.platform}, not to {platform}")
            return Sealed(self.vault, session, row).opened()

    def test(self, name: str) -> Mapping[str, str]:
        """Reads the first page of every stream with the connection's login: stream -> `ok` or what is wrong.

        The outcome is kept as the connection's state; what the vendor refuses is raised as its `TapError`.
        """
        from orchestrate.connections.tokens import StoredTokens
        from taps.adapter import PlatformAdapter

        with self.store.transaction(self.tenant_id) as session:
            row = self.named(session, name)
            platform, given = row.platform, Sealed(self.vault, session, row).opened()
        try:
            found = PlatformAdapter(platform, given, StoredTokens(self, name)).test_connection()
        except LoginRefused as refused:
            told = advised(refused, platform, given)
            self.keep_status(name, "reconnect", str(told))
            raise told from None
        except TapError as refused:
            self.keep_status(name, "broken", str(refused))
            raise
        self.keep_status(name, *_outcome(found))
        self.learn_account(name)
        return found

    def learn_account(self, name: str) -> None:
        """Asks the vendor whose account it is, where its deliveries tell by that whose they are, and keeps it."""
        from orchestrate.connections.tokens import StoredTokens

        with self.store.transaction(self.tenant_id) as session:
            row = self.named(session, name)
            platform, given = row.platform, Sealed(self.vault, session, row).opened()
        account = self._account(platform, given, StoredTokens(self, name))
        with self.store.transaction(self.tenant_id) as session:
            self.named(session, name).account = account

    def remove(self, name: str) -> None:
        """Forgets a connection and its secrets; what was loaded stays in the warehouse."""
        with self.store.transaction(self.tenant_id) as session:
            session.delete(self.named(session, name))
            self._log(session, "connection removed", name)

    def keep_status(self, name: str, status: str, reason: str | None) -> None:
        """Notes the state that a try or a renewal of the login found: `ok`, `broken` or `reconnect`, and why."""
        with self.store.transaction(self.tenant_id) as session:
            row = self.named(session, name)
            self._log(session, "connection tried", name, status=status)
            stands(session, row, status, reason)

    def _tried(self, platform: str, given: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, str | None]]:
        """The settings, with the tokens that the try was given in place of theirs, and the state that it found."""
        from taps.adapter import PlatformAdapter

        try:
            found = PlatformAdapter(platform, given, HandedBack(given.update)).test_connection()
        except LoginRefused as refused:
            raise advised(refused, platform, given) from None
        return given, _outcome(found)

    @staticmethod
    def _account(platform: str, given: Mapping[str, Any], tokens: TokenStore) -> dict[str, str]:
        """What the vendor says of the account, where its deliveries tell by that whose they are."""
        from taps.adapter import PlatformAdapter

        return PlatformAdapter(platform, given, tokens).get_account() if kind_of(platform) == "api" else {}

    def _refuse_a_taken_name(self, session: Session, name: str) -> None:
        if rows.named(session, self.tenant_id, name) is not None:
            raise NameTakenError(f"there is a connection {name!r} already; choose another name")

    def _log(self, session: Session, action: str, subject: str, **detail: str) -> None:
        audit.record(session, self.tenant_id, self.actor, action, subject, **detail)

    def named(self, session: Session, name: str) -> PlatformConnection:
        """The row of this name; raises `ConnectionRefusedError`."""
        row = rows.named(session, self.tenant_id, name)
        if row is None:
            known = [each.name for each in rows.all_of(session, self.tenant_id)]
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(known) or 'none yet'}"
            raise NoConnectionError(f"there is no connection {name!r}; {hint}")
        return row

    def _shown(self, session: Session, row: PlatformConnection) -> Shown:
        secret = secret_fields(row.platform)
        opened = Sealed(self.vault, session, row).opened()
        settings = {field: HIDDEN if field in secret else value for field, value in opened.items()}
        return Shown(row.id, row.platform, row.name, row.status, row.status_reason, row.checked_at, settings)


def _outcome(found: Mapping[str, str]) -> tuple[str, str | None]:
    """The state after a try that the vendor answered, and the streams that it keeps to itself."""
    wrong = sorted(stream for stream, said in found.items() if said != "ok")
    return "ok", f"not readable: {', '.join(wrong)}" if wrong else None
