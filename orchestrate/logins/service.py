"""Sends a person to the vendor, and takes what they come back with: good once, for who began it, until it expires."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete

from orchestrate.access.tokens import new_token, read_token
from orchestrate.audit import service as audit
from orchestrate.connections import store as rows
from orchestrate.connections.checking import LOGIN_KEEPS
from orchestrate.connections.sealed import Sealed
from orchestrate.connections.service import ConnectionRefusedError, Connections, NameTakenError, Shown
from orchestrate.logins.address import redirect_uri
from orchestrate.logins.apps import NoOAuthAppError, OAuthApps, manifest_with_logins
from orchestrate.store.database import Store
from orchestrate.store.tables import OAuthState, now
from orchestrate.vault.service import Vault
from taps.engine.auth import OAuth2
from taps.engine.auth_code import code_login, code_logins, consent_address, exchanged
from taps.engine.manifest import Manifest

KIND = "os"
LASTS = timedelta(minutes=10)
_VERIFIER_BYTES = 48
_PATH = re.compile(r"/(?![/\\])[\w./?=&%~-]{0,500}", re.ASCII)
"""A path of this service: no other host could be meant by it."""


class StateRefusedError(Exception):
    """What came back from the vendor does not belong to a login that this person began for this platform."""

    def __init__(self) -> None:
        super().__init__("this login was finished already, took over ten minutes, or was begun elsewhere: begin again")


class ConsentRefusedError(Exception):
    """The vendor sent the person back without a code."""


@dataclass(frozen=True)
class Begun:
    """Where to send the browser, and until when it may come back."""

    authorize_url: str
    redirect_uri: str
    expires_at: datetime


@dataclass(frozen=True)
class Finished:
    """The connection that can be used now, and the path where the browser goes on."""

    connection: Shown
    goes_on_at: str


class Logins:
    """Logins of one tenant; `credential` is the session or key of who acts, to which a login is bound."""

    def __init__(self, store: Store, vault: Vault, tenant_id: str, actor: str, credential: str) -> None:
        self._store, self._vault, self._tenant_id, self._actor = store, vault, tenant_id, actor
        self._credential = credential
        self._connections = Connections(store, vault, tenant_id, actor)

    def begin(
        self, platform: str, name: str, settings: Mapping[str, Any], *, login: str | None = None,
        goes_on_at: str | None = None, webhooks: bool = False,
    ) -> Begun:  # fmt: skip
        """Begins a login for a new connection, or anew for one that there is: its other settings stay.

        With `webhooks` it may register addresses too, where the vendor has scopes for that.

        Raises `ConnectionRefusedError`, `NoOAuthAppError` and `BadSetting`.
        """
        manifest = manifest_with_logins(platform)
        goes_on_at = goes_on_at or f"/connections/{name}"
        if not _PATH.fullmatch(goes_on_at):
            raise ConnectionRefusedError("after a login the browser goes on at a path of this service, such as /")
        login = login or next(iter(code_logins(manifest)))
        before = self._kept(platform, name)
        kept = {**before, **self._app(platform, settings.get("client_id") or before.get("client_id")), **settings}
        if len(manifest.auth) > 1:
            kept["auth_method"] = login
        state, verifier = new_token(KIND, self._tenant_id), secrets.token_urlsafe(_VERIFIER_BYTES)
        back = redirect_uri(platform)
        address = consent_address(
            manifest, platform, login, kept, redirect_uri=back, state=state.text, verifier=verifier,
            also=scopes_of_webhooks(manifest) if webhooks else (),
        )  # fmt: skip
        row = OAuthState(
            tenant_id=self._tenant_id, id=state.id, hash=state.hash, bound_to=self._credential, platform=platform,
            login=login, connection=name, redirect_uri=back, goes_on_at=goes_on_at, expires_at=now() + LASTS,
        )  # fmt: skip
        clear(self._store, self._tenant_id)
        with self._store.transaction(self._tenant_id) as session:
            row.sealed = self._vault.seal(session, row.place, json.dumps({"verifier": verifier, "settings": kept}))
            session.add(row)
            audit.record(session, self._tenant_id, self._actor, "login begun", name, platform=platform)
            return Begun(address, back, row.expires_at)

    def finish(self, platform: str, answer: Mapping[str, str]) -> Finished:
        """Exchanges the code of the vendor's answer for tokens, which are sealed in the connection before any use.

        Raises `StateRefusedError`, `ConsentRefusedError`, `ConnectionRefusedError`, and `TapError` for what the vendor
        refuses.
        """
        row, kept = self._taken(platform, answer.get("state", ""))
        manifest = manifest_with_logins(platform)
        auth = code_login(manifest, platform, row.login)
        code = answer.get(auth.returned.get("code", "code"))
        if not code or "error" in answer:
            raise ConsentRefusedError(_why(platform, answer))
        settings: dict[str, Any] = dict(kept["settings"])
        told = _told(manifest, auth, answer)
        tokens = exchanged(
            manifest, platform, row.login, settings | told,
            code=code, redirect_uri=row.redirect_uri, verifier=kept["verifier"],
        )  # fmt: skip
        shown = self._saved(row, {**settings, **told}, tokens)
        self._connections.learn_account(shown.name)
        return Finished(shown, row.goes_on_at)

    def _taken(self, platform: str, text: str) -> tuple[OAuthState, dict[str, Any]]:
        """The state, which nobody can take again, whatever it is found to be."""
        token = read_token(KIND, text)
        if token is None or token.tenant_id != self._tenant_id:
            raise StateRefusedError
        with self._store.transaction(self._tenant_id) as session:
            row = session.get(OAuthState, (self._tenant_id, token.id), with_for_update=True)
            if not token.fits(row.hash if row else None) or row is None:
                raise StateRefusedError
            kept = json.loads(self._vault.unseal(session, row.place, row.sealed))
            session.delete(row)
            session.flush()
            session.expunge_all()
        if row.platform != platform or row.bound_to != self._credential or row.expires_at <= now():
            raise StateRefusedError
        return row, kept

    def _app(self, platform: str, known: object) -> dict[str, str]:
        """The tenant's app, without which there must be a client id already."""
        try:
            return OAuthApps(self._store, self._vault, self._tenant_id, self._actor).settings(platform)
        except NoOAuthAppError:
            if not known:
                raise
            return {}

    def _kept(self, platform: str, name: str) -> dict[str, Any]:
        """What the connection of this name keeps, without its tokens; nothing where there is none yet."""
        with self._store.transaction(self._tenant_id) as session:
            row = rows.named(session, self._tenant_id, name)
            if row is None:
                return {}
            if row.platform != platform:
                raise NameTakenError(f"connection {name!r} is one to {row.platform}; choose another name")
            opened = Sealed(self._vault, session, row).opened()
        return {field: value for field, value in opened.items() if field not in LOGIN_KEEPS}

    def _saved(self, row: OAuthState, settings: Mapping[str, Any], tokens: Mapping[str, str]) -> Shown:
        with self._store.transaction(self._tenant_id) as session:
            known = rows.named(session, self._tenant_id, row.connection)
        if known is None:
            return self._connections.add(row.platform, row.connection, {**settings, **tokens})
        return self._connections.change(row.connection, {**dict.fromkeys(LOGIN_KEEPS), **settings, **tokens})


def scopes_of_webhooks(manifest: Manifest) -> list[str]:
    """What a login has to ask for so that it may register addresses; none where reading is enough or nothing helps."""
    words = manifest.webhooks.registering if manifest.webhooks else None
    return words.scopes if words else []


def _told(manifest: Manifest, auth: OAuth2, answer: Mapping[str, str]) -> dict[str, str]:
    """The settings that the vendor's answer tells beside the code, such as the company that was chosen there."""
    facts = {name: str(fact.take) for name, fact in manifest.account.items() if fact.from_ == "callback"}
    called = {**facts, **auth.returned}
    return {name: answer[param] for name, param in called.items() if name != "code" and param in answer}


def clear(store: Store, tenant_id: str) -> int:
    """Drops the logins of a tenant that nobody finished in time; returns how many."""
    with store.transaction(tenant_id) as session:
        late = delete(OAuthState).where(OAuthState.tenant_id == tenant_id, OAuthState.expires_at <= now())
        return int(session.execute(late).rowcount)  # type: ignore[attr-defined] # of a DELETE's result


def _why(platform: str, answer: Mapping[str, str]) -> str:
    """The vendor's refusal (RFC 6749, section 4.1.2.1) and what to do; its own words are cut to be shown."""
    code = re.sub(r"[^\w.-]", "", answer.get("error", ""))[:50]
    meaning = {
        "access_denied": "the access was not granted: log in again and agree, as somebody who may",
        "invalid_scope": "the app may not ask for what is read: add the scopes to the app at the vendor",
        "unauthorized_client": "the app may not use this login: check its kind and its redirect address at the vendor",
        "temporarily_unavailable": "the vendor is busy: try again in a few minutes",
        "server_error": "the vendor failed: try again in a few minutes",
    }.get(code, "the login was not finished: begin again")
    return f"{platform}: {meaning}" + (f" ({code})" if code else "")
