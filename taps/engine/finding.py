"""What is wrong with a manifest, and where; for all that look for it."""

from difflib import get_close_matches
from typing import Any

from taps.engine.manifest import Manifest

Keys = tuple[Any, ...]
Finding = tuple[Keys, str]
OAUTH2 = frozenset({"client_id", "client_secret", "refresh_token", "access_token"})
"""Settings that a login in a browser brings."""


def unknown(what: str, name: str, known: list[str]) -> str:
    """That nothing has this name, and which is nearest to it."""
    nearest = get_close_matches(name, known, n=1)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return f"there is no {what} {name!r}{hint}"


def all_options(manifest: Manifest) -> dict[str, Keys]:
    """Every setting of the manifest, and where it is said."""
    options: dict[str, Keys] = {name: ("config", name) for name in manifest.config}
    for entry, auth in manifest.auth.items():
        options |= {name: ("auth", entry, "config", name) for name in auth.config}
    return options


def as_list(value: str | list[str] | None) -> list[str]:
    """A word that is a text or several."""
    return [value] if isinstance(value, str) else value or []
