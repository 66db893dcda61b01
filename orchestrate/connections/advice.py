"""What a person can do about a login that a vendor refuses: where its values are found, as the manifest says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrate.connections.forms import LoginForm, form
from taps.engine.auth_choice import choose_login
from taps.engine.errors import BadSetting, LoginRefused
from taps.engine.manifest import Manifest
from taps.kinds import load


def advised(refused: LoginRefused, platform: str, settings: Mapping[str, Any]) -> LoginRefused:
    """The refusal with the settings to look at, and where each is found at the vendor."""
    where = _where(platform, settings)
    if not where:
        return refused
    what = f"{refused.what}. Check {where}"
    return LoginRefused(what, platform=refused.platform, stream=refused.stream, code=refused.code)


def _where(platform: str, settings: Mapping[str, Any]) -> str:
    manifest = load(platform)
    if not isinstance(manifest, Manifest):
        return ""
    try:
        used = choose_login(manifest.auth, settings, platform=platform)
    except BadSetting:
        return ""
    logins = form(platform).logins
    login = next((each for each in logins if each.name == used), None)
    if login is not None and login.in_browser and not settings.get("client_id"):
        # An access token alone fits both kinds of login: without an app it was typed by hand.
        login = next((each for each in logins if not each.in_browser and _fits(each, settings)), login)
    if login is None:
        return ""
    if login.in_browser:
        return f"that the app at the vendor is still permitted, and log in again ({login.docs})"
    parts = [
        each.title + "".join(f" ({text})" for text in (each.help, each.docs or login.docs) if text)
        for each in login.fields
        if each.required or each.name in settings
    ]
    return "; ".join(parts)


def _fits(login: LoginForm, settings: Mapping[str, Any]) -> bool:
    return all(settings.get(each.name) for each in login.fields if each.required)
