"""What the settings of a connection may be, as the platform's manifest says it."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from taps.engine.auth_choice import EXPIRES_AT, options_of
from taps.engine.errors import BadSetting
from taps.engine.manifest import Manifest
from taps.kinds import load, platforms, settings_schema, tap_class

LOGIN_KEEPS = frozenset({"access_token", "refresh_token", EXPIRES_AT})
"""What a login by OAuth leaves in a connection, whether or not the platform's form asks for it."""


def fields(platform: str) -> dict[str, dict[str, Any]]:
    """Every setting of a platform's tap, as JSON Schema; raises `BadSetting` for a platform that there is not."""
    if platform not in platforms():
        nearest = get_close_matches(platform, platforms(), n=1)
        hint = f"did you mean {nearest[0]!r}?" if nearest else "`engarde list` names them all"
        raise BadSetting(f"there is no platform {platform!r}; {hint}")
    known: dict[str, dict[str, Any]] = settings_schema(platform)["properties"]
    return known


def secret_fields(platform: str) -> frozenset[str]:
    """The settings that are never shown."""
    return frozenset(name for name, words in fields(platform).items() if words.get("secret")) | LOGIN_KEEPS


def checked(platform: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, if a tap would start with them; raises `BadSetting` naming the first that is wrong."""
    known = fields(platform)
    for name in settings:
        if name not in known and name not in LOGIN_KEEPS:
            nearest = get_close_matches(name, known, n=1)
            hint = f"did you mean {nearest[0]!r}?" if nearest else f"there are {', '.join(sorted(known))}"
            raise BadSetting(f"setting {name!r} is not known; {hint}", platform=platform)
    tap_class(platform)(config=dict(settings))
    return dict(settings)


def required(platform: str) -> list[str]:
    """The settings without which a tap cannot start, and those of its default login."""
    schema = settings_schema(platform)
    manifest = load(platform)
    login = options_of(next(iter(manifest.auth.values()))) if isinstance(manifest, Manifest) and manifest.auth else {}
    return [*schema["required"], *(name for name, option in login.items() if not option.optional)]
