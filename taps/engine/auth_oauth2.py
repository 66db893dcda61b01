"""OAuth 2.0: access tokens from a refresh token or from client credentials (RFC 6749, sections 4.4 and 6)."""

import base64
import json
import logging
from collections.abc import Mapping
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
from taps.engine.references import Scope, fill_text, fill_value

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


def _seconds_left(settings: Mapping[str, Any], clock: Clock) -> float | None:
    try:
        return (datetime.fromisoformat(str(settings[EXPIRES_AT])) - clock.now()).total_seconds()
    except (KeyError, ValueError, TypeError):
        return None


def token_request(auth: OAuth2, url: str, scope: Scope, refresh: str | None) -> Request:
    """The request for a new access token, in the vendor's own form."""
    config: Mapping[str, Any] = scope.get("config", {})
    grant: dict[str, str] = {"grant_type": auth.grant}
    if auth.grant == "authorization_code":
        grant = {"grant_type": "refresh_token", "refresh_token": refresh or ""}
    elif auth.scopes:
        grant["scope"] = auth.separator.join(auth.scopes)
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


def oauth2_obtain(
    auth: OAuth2, scope: Scope, *, platform: str, url: str | None, store: TokenStore | None, clock: Clock
) -> Obtain | None:
    """How this login gets new access tokens; None where it cannot (an access token alone).

    A rotated refresh token is stored before the access token that came with it is used.
    """
    config: Mapping[str, Any] = scope.get("config", {})
    if auth.grant == "authorization_code" and (auth.refresh == "none" or not config.get("refresh_token")):
        return None
    log = logging.getLogger(f"tap-{platform}")
    warned: list[bool] = []
    newest = [str(config.get("refresh_token") or "")]

    def keep(token: Token) -> None:
        until = clock.now() + timedelta(seconds=token.lifetime or 0)
        settings = {"refresh_token": token.refresh or "", "access_token": token.access}
        settings[EXPIRES_AT] = until.astimezone(UTC).isoformat()
        if (store is None or not store.write(settings)) and not warned:
            warned.append(True)
            log.warning(
                "%s gave a new refresh token and it could not be kept: give the tap a config file it may write, or "
                "the next run will have to connect again",
                platform,
            )

    def from_elsewhere(last: Token | None) -> Token | None:
        """What another process has stored meanwhile: its token is used, not spent again."""
        stored = store.read() if store else {}
        if not stored.get("refresh_token") or stored["refresh_token"] == newest[0]:
            return None
        newest[0] = stored["refresh_token"]
        token = first_token(stored, clock)
        return token if token and (last is None or token.access != last.access) else None

    def ask(last: Token | None, fetch: Fetch) -> Token:
        if auth.refresh == "rotating" and (found := from_elsewhere(last)):
            return found
        address = url or fill_text(auth.token, scope)
        answer = _ask(fetch, token_request(auth, address, scope, newest[0]), platform)
        token = token_of(answer, auth.take, auth.expires, clock)
        if auth.grant == "authorization_code" and token.refresh and token.refresh != newest[0]:
            keep(token)
            newest[0] = token.refresh
        return token

    def obtain(last: Token | None, fetch: Fetch) -> Token:
        if store is None or auth.refresh != "rotating":
            return ask(last, fetch)
        with store.lock():
            return ask(last, fetch)

    return obtain


def _ask(fetch: Fetch, request: Request, platform: str) -> Answer:
    try:
        return fetch(request)
    except LoginRefused as refused:
        code = refused.code
    why = {
        "invalid_grant": "the refresh token is revoked or expired",
        "invalid_client": "client_id or client_secret is wrong",
        "unauthorized_client": "the OAuth app may not use this login",
    }.get(code or "", "the token endpoint refused the login" + (f" ({code})" if code else ""))
    raise connect_again(platform, why)
