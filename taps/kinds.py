"""The kinds of platform. A manifest says its own (`kind:`, `api` unless said), and everything that handles platforms
without caring for their kind comes here for the manifest, the settings and the tap.
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taps.engine.load import PLATFORMS

if TYPE_CHECKING:
    from taps.databases.manifest import DatabaseManifest
    from taps.engine.frame import FrameTap
    from taps.engine.manifest import Manifest

_KIND = re.compile(r"^kind: *([a-z]+)", re.MULTILINE)


def platforms(kind: str | None = None) -> list[str]:
    """Every platform that has a manifest, in order of name; of one kind if it is named."""
    found = sorted(path.parent.name for path in PLATFORMS.glob("*/manifest.yaml"))
    return [name for name in found if kind is None or kind_of(name) == kind]


@cache
def kind_of(platform: str, folder: Path | None = None) -> str:
    """The kind that a manifest says it is; `api` where it says none or is not there."""
    file = (folder or PLATFORMS / platform) / "manifest.yaml"
    said = _KIND.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return said[1] if said else "api"


def load(platform: str) -> "Manifest | DatabaseManifest":
    """The checked manifest of a platform; raises `ManifestError` with all findings."""
    if kind_of(platform) == "database":
        from taps.databases.load import load as load_database

        return load_database(platform)
    from taps.engine.load import load as load_api

    return load_api(platform)


def settings_schema(platform: str) -> dict[str, Any]:
    """The JSON Schema of a tap's settings, for `--about` and Meltano."""
    schema: dict[str, Any] = tap_class(platform).config_jsonschema
    return schema


def tap_class(platform: str, folder: Path | None = None) -> "type[FrameTap]":
    """The tap of a platform; raises `ManifestError` for a manifest with mistakes."""
    if kind_of(platform, folder) == "database":
        from taps.databases.tap import tap_class as database_tap

        return database_tap(platform, folder)
    from taps.engine.api import tap_class as api_tap

    return api_tap(platform, folder)
