"""Reads a database's manifest, and checks what its grammar cannot say."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from taps.databases.manifest import DatabaseManifest
from taps.databases.settings import COMMON
from taps.engine.load import PLATFORMS, ManifestError, Source, parse, read_source
from taps.engine.references import names


@lru_cache(maxsize=8)
def load(platform: str, folder: Path | None = None) -> DatabaseManifest:
    """The checked manifest of a database; raises `ManifestError` with all findings."""
    place = folder or PLATFORMS / platform
    source = read_source(place / "manifest.yaml")
    manifest = parse(source, DatabaseManifest)
    if wrong := findings(manifest, source, place):
        raise ManifestError(wrong)
    return manifest


def findings(manifest: DatabaseManifest, source: Source, folder: Path) -> list[str]:
    """One line for each mistake that the models let through."""
    found, text = [], ""
    if not (folder / manifest.catalogue.query).is_file():
        found.append(source.finding(("catalogue", "query"), f"there is no file {manifest.catalogue.query}"))
    else:
        text = (folder / manifest.catalogue.query).read_text(encoding="utf-8")
        safe = {f"config.{name}" for name, option in manifest.config.items() if getattr(option, "pattern", None)}
        found += [
            source.finding(("catalogue", "query"), f"{{{name}}}: only options with a pattern may stand in a statement")
            for name in sorted(set(names(text)) - safe)
        ]
    if find_spec(f"taps.databases.drivers.{manifest.driver}") is None:
        found.append(source.finding(("driver",), f"there is no driver {manifest.driver!r}"))
    if "other" not in manifest.types:
        found.append(source.finding(("types",), "'other' is missing: how a type that is not listed is read"))
    return found + _references(manifest, source, names(text))


def _references(manifest: DatabaseManifest, source: Source, in_query: list[str]) -> list[str]:
    found = []
    known = {f"config.{name}" for name in (*manifest.config, *COMMON)}
    used = names(manifest.connect.arguments) + in_query
    found += [
        source.finding(("connect", "arguments"), f"{{{name}}} is not known") for name in used if name not in known
    ]
    numbers = {name for name, option in manifest.config.items() if option.type == "integer"}
    numbers |= {name for name, schema in COMMON.items() if schema["type"] == "integer"}
    for word in ("session", "snapshot", "transaction", "end"):
        spoken = names(getattr(manifest.connect, word))
        used += spoken
        found += [
            source.finding(("connect", word), f"{{{name}}}: only whole numbers may stand in a statement")
            for name in spoken
            if name.removeprefix("config.") not in numbers
        ]
    for name in manifest.config:
        if f"config.{name}" not in used:
            found.append(source.finding(("config", name), f"option {name!r} is used nowhere"))
    for name, spec in manifest.types.items():
        if "{column}" not in spec.read:
            found.append(source.finding(("types", name), "read: must hold {column}"))
        if spec.send != "none" and "{value}" not in spec.send:
            found.append(source.finding(("types", name), "send: must hold {value}, or be none"))
    return found
