"""Which login a tap uses: the entry of `auth` whose settings the user has given."""

from collections.abc import Mapping
from typing import Any

from taps.engine.auth import Auth, Jwt, OAuth2
from taps.engine.errors import BadSetting
from taps.engine.options import Option, TextOption
from taps.engine.references import names

EXPIRES_AT = "access_token_expires_at"

_OAUTH2_OPTIONS: dict[str, Option] = {
    "client_id": TextOption(type="string", title="Client ID of the OAuth app", optional=True),
    "client_secret": TextOption(type="secret", title="Client secret of the OAuth app", optional=True),
    "refresh_token": TextOption(type="secret", title="Refresh token", optional=True),
    "access_token": TextOption(
        type="secret", title="Access token", help="Enough on its own until it expires.", optional=True
    ),
    EXPIRES_AT: TextOption(
        type="string", title="When the access token expires", help="Kept by the tap itself.", optional=True
    ),
}


def options_of(auth: Auth) -> dict[str, Option]:
    """Every setting of a login: those its entry names and those its kind brings."""
    brought = _OAUTH2_OPTIONS if isinstance(auth, OAuth2) else {}
    return {**brought, **auth.config}


def _given(settings: Mapping[str, Any], name: str) -> bool:
    return settings.get(name) not in (None, "", [])


def missing_settings(auth: Auth, settings: Mapping[str, Any]) -> list[str]:
    """The settings without which this login cannot work and which are not given."""
    texts = auth.model_dump(exclude={"docs", "title", "config", "authorize", "ask", "scopes"}, exclude_none=True)
    referred = {name.removeprefix("config.").split(".")[0] for name in names(texts) if name.startswith("config.")}
    owned = {
        name for name, option in auth.config.items() if not option.optional and getattr(option, "default", None) is None
    }
    optional = {
        name for name, option in auth.config.items() if option.optional or getattr(option, "default", None) is not None
    }
    needed = sorted((referred | owned) - optional)
    if isinstance(auth, OAuth2):
        needed = [name for name in needed if name not in _OAUTH2_OPTIONS] + _oauth2_needs(auth, settings)
    return [name for name in needed if not _given(settings, name)]


def _oauth2_needs(auth: OAuth2, settings: Mapping[str, Any]) -> list[str]:
    if auth.grant == "client_credentials":
        return ["client_id", "client_secret"]
    if auth.refresh == "none" or (_given(settings, "access_token") and not _given(settings, "refresh_token")):
        return ["access_token"]
    return ["client_id", "client_secret", "refresh_token"]


def choose_login(auth: Mapping[str, Auth], settings: Mapping[str, Any], *, platform: str = "") -> str | None:
    """The name of the login to use; None for a platform that needs none.

    The setting `auth_method` decides where several could be used; raises `BadSetting` naming what is missing.
    """
    if not auth:
        return None
    asked = settings.get("auth_method")
    if asked and asked not in auth:
        msg = f"setting 'auth_method': {asked!r} is none of {', '.join(auth)}"
        raise BadSetting(msg, platform=platform)
    lacking = {name: missing_settings(entry, settings) for name, entry in auth.items() if asked in (None, "", name)}
    ready = [name for name, missing in lacking.items() if not missing]
    if ready:
        return max(ready, key=lambda name: _weight(auth[name], settings))
    ways = " or ".join(f"{_listed(missing)} ({auth[name].title or name})" for name, missing in lacking.items())
    msg = f"no login: set {ways}"
    raise BadSetting(msg, platform=platform)


def _listed(settings: list[str]) -> str:
    return ", ".join(settings)


def _weight(auth: Auth, settings: Mapping[str, Any]) -> tuple[int, bool]:
    """Logins that use more of what was given come first, and of those the ones that renew themselves."""
    used = sum(_given(settings, name) for name in options_of(auth))
    return used, isinstance(auth, OAuth2 | Jwt)
