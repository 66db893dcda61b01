"""OAuth 2.0: access tokens from a refresh token or from client credentials (RFC 6749, sections 4.4 and 6)."""

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from taps.engine.auth import OAuth2
from taps.engine.auth_choice import EXPIRES_AT
from taps.engine.auth_store import TokenStore
from taps.engine.auth_tokens import Fetch, Obtain, Token
from taps.engine.errors import LoginRefused
from taps.engine.http_answer import Answer
from taps.engine.http_clock import Clock
from taps.engine.http_request import Request
from taps.engine.http_waits import number
from taps.engine.paths import Path, take
from taps.engine.references import Scope, fill_value

_GOOD_FOR = 60.0
_TOKENS = {"access_token", "refresh_token", "id_token"}


def connect_again(platform: str, why: str) -> LoginRefused:
    """What the user reads when only he can help."""
    return LoginRefused(f"{why}: connect again", platform=platform)


def token_of(answer: Answer, take_from: Mapping[Any, Path], expires: float | None, clock: Clock) -> Token:
    """The token in a token endpoint's answer; raises `LoginRefused` where there is none."""
    decoded = answer.json()
    access = take(decoded, take_from.get("access_token", "access_token"))
    if not isinstance(access, str) or not access:
        msg = "the token endpoint answered without an access token: connect again"
        raise LoginRefused(msg)
    refresh = take(decoded, take_from.get("refresh_token", "refresh_token?"))
    lifetime = number(take(decoded, take_from.get("expires_in", "expires_in?"))) or expires
    facts = {key: value for key, value in decoded.items() if key not in _TOKENS} if isinstance(decoded, dict) else {}
    return Token(
        access=access,
        expires_at=clock.monotonic() + lifetime if lifetime else None,
        lifetime=lifetime,
        refresh=refresh if isinstance(refresh, str) and refresh else None,
        facts=facts,
    )


def first_token(settings: Mapping[str, Any], clock: Clock) -> Token | None:
    """The access token that stands in the settings, with the end of its life where that is known."""
    access, refresh = settings.get("access_token"), settings.get("refresh_token")
    if not access:
        return None
    left = _seconds_left(settings, clock)
    if refresh and (left is None or left <= _GOOD_FOR):
        return None
    return Token(str(access), clock.monotonic() + left if left else None, left, str(refresh) if refresh else None)


def kept_settings(token: Token, clock: Clock) -> dict[str, str]:
    """The settings that a connection keeps of a token."""
    until = clock.now() + timedelta(seconds=token.lifetime or 0)
    return {
        "refresh_token": token.refresh or "",
        "access_token": token.access,
        EXPIRES_AT: until.astimezone(UTC).isoformat(),
    }


def _seconds_left(settings: Mapping[str, Any], clock: Clock) -> float | None:
    try:
        return (datetime.fromisoformat(str(settings[EXPIRES_AT])) - clock.now()).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None


def token_request(auth: OAuth2, url: str, scope: Scope, refresh: str | None) -> Request:
    """The request for a new access token, in the vendor's own form."""
    grant: dict[str, str] = {"grant_type": auth.grant}
    if auth.grant == "authorization_code":
        grant = {"grant_type": "refresh_token", "refresh_token": refresh or ""}
    elif auth.scopes:
        grant["scope"] = auth.separator.join(auth.scopes)
    return grant_request(auth, url, scope, grant)


def grant_request(auth: OAuth2, url: str, scope: Scope, grant: Mapping[str, str]) -> Request:
    """The request that exchanges a grant for tokens, in the vendor's own form."""
    config: Mapping[str, Any] = scope.get("config", {})
    client = {name: str(config.get(name) or "") for name in ("client_id", "client_secret")}
    headers = {"Accept": "application/json", **fill_value(auth.headers, scope)}
    fields = {**grant, **fill_value(auth.params, scope)}
    if auth.client == "basic":
        pair = ":".join(quote(text, safe="") for text in client.values())
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        fields |= {name: text for name, text in client.items() if text}
    fields = {auth.names.get(name, name): str(text) for name, text in fields.items()}
    if auth.client == "query":
        return Request(url, "POST", params=tuple(fields.items()), headers=headers, login="none")
    as_json = auth.client == "json"
    headers["Content-Type"] = "application/json" if as_json else "application/x-www-form-urlencoded"
    body = json.dumps(fields) if as_json else urlencode(fields)
    return Request(url, "POST", headers=headers, body=body.encode(), login="none")


class _Renewal:
    """Gets new access tokens; a rotated refresh token is stored before the token that came with it is used."""

    def __init__(
        self, auth: OAuth2, scope: Scope, *, platform: str, url: str, store: TokenStore | None, clock: Clock
    ) -> None:
        self._auth, self._scope, self._platform, self._url = auth, scope, platform, url
        self._store, self._clock = store, clock
        self._refresh = str(scope.get("config", {}).get("refresh_token") or "")
        self._warned = False

    def __call__(self, last: Token | None, fetch: Fetch) -> Token:
        if self._store is None or not self._is_kept(self._store):
            return self._ask(fetch)
        with self._store.lock():
            return self._from_elsewhere(self._store.read(), last) or self._ask(fetch)

    def _is_kept(self, store: TokenStore) -> bool:
        """Rotated tokens always; others where every worker sees them, so that one renewal serves all."""
        agreed = self._auth.grant == "authorization_code"
        return self._auth.refresh == "rotating" or (agreed and store.shared)

    def _from_elsewhere(self, stored: Mapping[str, str], last: Token | None) -> Token | None:
        """What another process has stored meanwhile: its token is used, not spent again."""
        self._refresh = stored.get("refresh_token") or self._refresh
        token = first_token(stored, self._clock)
        return token if token and (last is None or token.access != last.access) else None

    def _ask(self, fetch: Fetch) -> Token:
        request = token_request(self._auth, self._url, self._scope, self._refresh)
        try:
            answer = _sent(fetch, request, self._platform)
        except LoginRefused as refused:
            if (renewed := self._renewed_meanwhile()) is not None:
                return renewed
            if self._store is not None:
                self._store.refused(str(refused))
            raise
        token = token_of(answer, self._auth.take, self._auth.expires, self._clock)
        rotated = token.refresh is not None and token.refresh != self._refresh
        self._refresh = token.refresh or self._refresh
        if self._auth.grant == "authorization_code" and (rotated or (self._store is not None and self._store.shared)):
            return self._keep(replace(token, refresh=self._refresh))
        return token

    def _renewed_meanwhile(self) -> Token | None:
        """What another worker has kept since: the lock ends by itself where the vendor takes too long to answer."""
        if self._store is None or not self._store.shared:
            return None
        stored = self._store.read()
        if stored.get("refresh_token", self._refresh) == self._refresh:
            return None
        return self._from_elsewhere(stored, None)

    def _keep(self, token: Token) -> Token:
        """The token that counts from now on: this one, or the one that another worker has kept meanwhile."""
        settings = kept_settings(token, self._clock)
        if self._store is not None and self._store.write(settings):
            return token
        if self._store is not None and self._store.shared:
            return self._from_elsewhere(self._store.read(), None) or token
        self._warn()
        return token

    def _warn(self) -> None:
        if self._warned:
            return
        self._warned = True
        logging.getLogger(f"tap-{self._platform}").warning(
            "%s gave a new refresh token and it could not be kept: set token_store to a folder that the tap "
            "may write, or the next run will have to connect again",
            self._platform,
        )


def oauth2_obtain(
    auth: OAuth2, scope: Scope, *, platform: str, url: str, store: TokenStore | None, clock: Clock
) -> Obtain | None:
    """How this login gets new access tokens from the endpoint `url`; None where it cannot (an access token alone)."""
    given = scope.get("config", {}).get("refresh_token")
    if auth.grant == "authorization_code" and (auth.refresh == "none" or not given):
        return None
    return _Renewal(auth, scope, platform=platform, url=url, store=store, clock=clock)


def _sent(fetch: Fetch, request: Request, platform: str) -> Answer:
    return sent(fetch, request, platform, "the refresh token is revoked or expired")


def sent(fetch: Fetch, request: Request, platform: str, invalid_grant: str) -> Answer:
    """The token endpoint's answer; raises `LoginRefused` with the reason in words."""
    try:
        return fetch(request)
    except LoginRefused as refused:
        code = refused.code
    why = {
        "invalid_grant": invalid_grant,
        "invalid_client": "client_id or client_secret is wrong",
        "unauthorized_client": "the OAuth app may not use this login",
    }.get(code or "", "the token endpoint refused the login" + (f" ({code})" if code else ""))
    raise connect_again(platform, why)
