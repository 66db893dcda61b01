"""A tenant's own apps at the vendors: the client id and secret that logins are asked with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from orchestrate.audit import service as audit
from orchestrate.connections import store as rows
from orchestrate.connections.sealed import Sealed
from orchestrate.connections.service import ConnectionRefusedError
from orchestrate.logins.address import redirect_uri
from orchestrate.store.database import Store
from orchestrate.store.tables import OAuthApp
from orchestrate.vault.service import Vault
from taps.engine.auth_code import code_logins
from taps.engine.load import load
from taps.engine.manifest import Manifest
from taps.kinds import kind_of
from taps.registry import get_adapter_registry


class NoOAuthAppError(ConnectionRefusedError):
    """The tenant has no app at this platform."""


@dataclass(frozen=True)
class ShownApp:
    """An app without its secret, and the redirect address that the vendor has to know."""

    platform: str
    client_id: str
    redirect_uri: str


class OAuthApps:
    """The OAuth apps of one tenant."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str) -> None:
        self._store, self._vault, self._tenant_id, self._actor = store, vault, tenant_id, actor

    def put(self, platform: str, client_id: str, client_secret: str) -> ShownApp:
        """Keeps an app; connections that were made with its client id get the new secret.

        Raises `ConnectionRefusedError` for a platform without such logins.
        """
        manifest_with_logins(platform)
        with self._store.transaction(self._tenant_id) as session:
            row = session.get(OAuthApp, (self._tenant_id, platform), with_for_update=True)
            row = row or OAuthApp(tenant_id=self._tenant_id, platform=platform)
            row.client_id = client_id
            row.sealed = self._vault.seal(session, row.place, client_secret)
            session.add(row)
            self._hand_on(session, platform, client_id, client_secret)
            audit.record(session, self._tenant_id, self._actor, "oauth app kept", platform)
            return _shown(row)

    def all(self) -> list[ShownApp]:
        """Every app by platform."""
        with self._store.transaction(self._tenant_id) as session:
            mine = select(OAuthApp).where(OAuthApp.tenant_id == self._tenant_id).order_by(OAuthApp.platform)
            return [_shown(row) for row in session.scalars(mine)]

    def remove(self, platform: str) -> None:
        """Forgets an app; connections keep what they need of it."""
        with self._store.transaction(self._tenant_id) as session:
            session.delete(self._row(session, platform))
            audit.record(session, self._tenant_id, self._actor, "oauth app removed", platform)

    def settings(self, platform: str) -> dict[str, str]:
        """The app's client id and secret as settings of a tap; raises `NoOAuthAppError`."""
        with self._store.transaction(self._tenant_id) as session:
            row = self._row(session, platform)
            secret = self._vault.unseal(session, row.place, row.sealed)
            return {"client_id": row.client_id, "client_secret": secret}

    def _row(self, session: Session, platform: str) -> OAuthApp:
        row = session.get(OAuthApp, (self._tenant_id, platform))
        if row is None:
            raise NoOAuthAppError(
                f"there is no OAuth app for {platform!r}: make one at the vendor with the redirect address "
                f"{redirect_uri(platform)} and keep its client id and secret here"
            )
        return row

    def _hand_on(self, session: Session, platform: str, client_id: str, client_secret: str) -> None:
        for row in rows.all_of(session, self._tenant_id):
            if row.platform == platform:
                sealed = Sealed(self._vault, session, row)
                kept = sealed.opened()
                if kept.get("client_id") == client_id and kept.get("client_secret") != client_secret:
                    sealed.put({"client_secret": client_secret})


def manifest_with_logins(platform: str) -> Manifest:
    """The manifest of a platform that people log in to in a browser; raises `ConnectionRefusedError` for others."""
    name = get_adapter_registry().resolve(platform)
    manifest = load(name) if kind_of(name) == "api" else None
    if manifest is None or name != platform or not code_logins(manifest):
        raise ConnectionRefusedError(f"{name} has no login that one agrees to in a browser; connect it by its settings")
    return manifest


def _shown(row: OAuthApp) -> ShownApp:
    return ShownApp(row.platform, row.client_id, redirect_uri(row.platform))
