"""Whose budget a login spends: what two connections have in common that ask the same account, as far as settings tell.

A vendor's limit is kept for the account, or for the app (`bucket: app`). Where the address or the login names the
account (a shop's address, an organisation's id, a user's name) that is what counts; a key that stands for the account
stands for its budget too. A login by OAuth names its account only where the vendor tells its id with the token:
elsewhere every connection counts for itself, as one key of an account is not known to be another's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from taps.engine.auth import Auth, Jwt, OAuth2
from taps.engine.auth_choice import options_of
from taps.engine.manifest import Manifest
from taps.engine.options import ChoiceOption, TextOption
from taps.engine.references import names


def accounts(
    manifest: Manifest, config: Mapping[str, Any], base: str, login: str | None, platform: str
) -> dict[str, str]:
    """Bucket -> the account whose budget it is, as a digest; none for a bucket whose account is not known."""
    auth = manifest.auth.get(login) if login else None
    account = _account(manifest, config, auth)
    app = _texts(config, ["client_id"]) if auth is not None and "client_id" in options_of(auth) else []
    found = {}
    for name, rate in manifest.rate.items():
        whose = app or account if rate.bucket == "app" else account
        if whose:
            found[name] = _digest([platform, base, *whose])
    return found


def _account(manifest: Manifest, config: Mapping[str, Any], auth: Auth | None) -> list[str]:
    told = [name for name, fact in manifest.account.items() if fact.from_ is not None]
    addressed = [
        name
        for name in _referred([manifest.http.base, auth.base if auth else None])
        if not isinstance(manifest.config.get(name), ChoiceOption)
    ]
    named = _texts(config, [*told, *addressed])
    if named or auth is None:
        return named
    agreed = isinstance(auth, OAuth2) and auth.grant == "authorization_code"
    if agreed or isinstance(auth, Jwt):
        return []
    options = options_of(auth)
    public = [name for name, each in options.items() if isinstance(each, TextOption) and each.type == "string"]
    secret = [name for name, each in options.items() if isinstance(each, TextOption) and each.type == "secret"]
    return _texts(config, public) or _texts(config, secret)


def _referred(texts: list[str | None]) -> list[str]:
    found = names([text for text in texts if text])
    return sorted({name.split(".")[1] for name in found if name.startswith("config.")})


def _texts(config: Mapping[str, Any], wanted: list[str]) -> list[str]:
    return [f"{name}={config[name]}" for name in sorted(set(wanted)) if config.get(name) not in (None, "")]


def _digest(parts: list[str]) -> str:
    """One that says nothing of the key in it: keys are long and random, and of passwords it takes none."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
