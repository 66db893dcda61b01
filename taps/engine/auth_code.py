"""The authorization code grant (RFC 6749, section 4.1) with PKCE (RFC 7636): where a user agrees, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from taps.engine.auth import OAuth2
from taps.engine.auth_oauth2 import grant_request, kept_settings, sent, token_of
from taps.engine.egress import check_address
from taps.engine.errors import BadSetting
from taps.engine.http_clock import Clock
from taps.engine.manifest import Manifest
from taps.engine.references import ReferenceUnset, fill_text, fill_value
from taps.engine.settings import token_client, values


def consent_address(
    manifest: Manifest, platform: str, login: str, given: Mapping[str, Any], *,
    redirect_uri: str, state: str, verifier: str, also: Sequence[str] = (),
) -> str:  # fmt: skip
    """Where the browser is sent so that the user agrees; raises `BadSetting` naming the setting that is missing.

    `also` are scopes that are asked for beside those of reading.
    """
    auth = code_login(manifest, platform, login)
    scopes = list(dict.fromkeys([*auth.scopes, *also]))
    config = values(manifest, given, platform, later=auth.returned)
    scope = {"config": config}
    asked = {
        "response_type": "code",
        "client_id": str(config.get("client_id") or ""),
        "redirect_uri": redirect_uri,
        "state": state,
        **({"scope": auth.separator.join(scopes)} if scopes else {}),
        **fill_value(auth.ask, scope),
    }
    if auth.pkce == "S256":
        asked |= {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    try:
        address = fill_text(auth.authorize or "", scope)
    except ReferenceUnset as unset:
        raise BadSetting(f"the login's address needs a setting: {unset}", platform=platform) from None
    if urlsplit(address).scheme != "https":
        raise BadSetting(f"the login's address {address!r} is not https", platform=platform)
    fields = {auth.names.get(name, name): str(text) for name, text in asked.items()}
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode(fields)}"


def exchanged(
    manifest: Manifest, platform: str, login: str, given: Mapping[str, Any], *,
    code: str, redirect_uri: str, verifier: str,
) -> dict[str, str]:  # fmt: skip
    """The settings with the tokens that a code is exchanged for; raises `TapError`, `LoginRefused` for a spent code."""
    auth = code_login(manifest, platform, login)
    config = values(manifest, given, platform)
    url = fill_text(auth.token, {"config": config})
    if given.get("auth_url"):
        url = check_address(str(given["auth_url"]), "auth_url", bool(given.get("allow_insecure")))
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    if auth.pkce == "S256":
        grant["code_verifier"] = verifier
    hidden = [code, verifier, str(config.get("client_secret") or "")]
    client, clock = token_client(given, platform, [text for text in hidden if text]), Clock()
    try:
        request = grant_request(auth, url, {"config": config}, grant)
        why = "the vendor no longer knows this login: it was used, or it took too long"
        token = token_of(sent(client.ask_for_token, request, platform, why), auth.take, auth.expires, clock)
    finally:
        client.close()
    kept = kept_settings(token, clock)
    return {name: text for name, text in kept.items() if text and (name in _TOKENS or token.lifetime)}


def code_login(manifest: Manifest, platform: str, login: str) -> OAuth2:
    """The entry of `auth`; raises `BadSetting` where users do not agree to it in a browser."""
    auth = manifest.auth.get(login)
    if not isinstance(auth, OAuth2) or auth.grant != "authorization_code":
        raise BadSetting(f"the login {login!r} is not one that a user agrees to in a browser", platform=platform)
    return auth


def code_logins(manifest: Manifest) -> dict[str, OAuth2]:
    """The logins that a user agrees to in a browser, by name."""
    return {
        name: auth
        for name, auth in manifest.auth.items()
        if isinstance(auth, OAuth2) and auth.grant == "authorization_code"
    }


_TOKENS = {"access_token", "refresh_token"}
