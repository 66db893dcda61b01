"""Meltano's definition of a tap, a target and dbt, read off their own settings (docs.meltano.com/reference)."""

from __future__ import annotations

from typing import Any

from taps.engine.frame import FrameTap
from taps.kinds import load, settings_schema
from targets.duckdb.kind import DUCKDB
from targets.loading.frame import LoadingTarget, target_class
from targets.postgres.kind import POSTGRES

VARIANT = "engarde"
KINDS = {"boolean": "boolean", "integer": "integer", "number": "decimal", "array": "array", "object": "object"}
TARGETS: dict[str, type[LoadingTarget]] = {"duckdb": target_class(DUCKDB), "postgres": target_class(POSTGRES)}


def tap_name(platform: str) -> str:
    """The executable and plugin name of a platform's tap."""
    return f"tap-{platform.replace('_', '-')}"


def extractor(platform: str) -> dict[str, Any]:
    """The definition of a platform's tap; its namespace is the platform, so that Meltano's load schema is too."""
    manifest = load(platform)
    schema = settings_schema(platform)
    return {
        "plugin_type": "extractors",
        "name": tap_name(platform),
        "namespace": platform,
        "variant": VARIANT,
        "label": manifest.title,
        "docs": str(manifest.docs),
        "executable": tap_name(platform),
        "capabilities": sorted(capability.value for capability in FrameTap.capabilities),
        "settings_group_validation": [list(schema["required"])],
        "settings": settings(schema),
    }


def loader(name: str) -> dict[str, Any]:
    """The definition of a target."""
    target = TARGETS[name]
    return {
        "plugin_type": "loaders",
        "name": target.name,
        "namespace": f"target_{name}",
        "variant": VARIANT,
        "label": {"duckdb": "DuckDB", "postgres": "PostgreSQL"}[name],
        "executable": target.name,
        "capabilities": sorted(capability.value for capability in target.capabilities),
        "settings": settings(target.config_jsonschema),
    }


def dbt() -> dict[str, Any]:
    """The definition of dbt as a command over the folder transform and the connected platforms in it."""
    commands = {
        "build": "Builds and tests every model.",
        "run": "Builds every model.",
        "test": "Tests every model.",
        "seed": "Loads the seeds.",
        "compile": "Compiles without running.",
        "debug": "Checks the connection to the warehouse.",
    }
    return {
        "plugin_type": "utilities",
        "name": "dbt",
        "namespace": "dbt",
        "variant": VARIANT,
        "label": "dbt",
        "docs": "https://docs.getdbt.com/reference/dbt-commands",
        "executable": "engarde-dbt",
        "commands": {name: {"args": name, "description": text} for name, text in commands.items()},
        "settings": [
            {"name": "project_dir", "label": "Folder of the dbt project", "env": "DBT_PROJECT_DIR",
             "value": "$MELTANO_PROJECT_ROOT/transform"},
            {"name": "profiles_dir", "label": "Folder of profiles.yml", "env": "DBT_PROFILES_DIR",
             "value": "$MELTANO_PROJECT_ROOT/transform"},
        ],
    }  # fmt: skip


def settings(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A settings' JSON Schema as Meltano's list of settings; a secret is a password, which Meltano keeps in .env."""
    return [_setting(name, described) for name, described in schema["properties"].items()]


def _setting(name: str, described: dict[str, Any]) -> dict[str, Any]:
    setting: dict[str, Any] = {"name": name, "label": described.get("title") or name.replace("_", " ").capitalize()}
    setting["description"] = described.get("description", "")
    setting["kind"] = _kind(described)
    if described.get("secret"):
        setting["sensitive"] = True
    if setting["kind"] == "options":
        setting["options"] = [{"label": str(value), "value": value} for value in described["enum"]]
    if described.get("default") is not None:
        setting["value"] = described["default"]
    return setting


def _kind(described: dict[str, Any]) -> str:
    if described.get("secret"):
        return "password"
    if described.get("enum"):
        return "options"
    if described.get("format") in {"date", "date-time"}:
        return "date_iso8601"
    types = described.get("type", "string")
    for kind in [types] if isinstance(types, str) else types:
        if kind in KINDS:
            return KINDS[kind]
    return "string"
