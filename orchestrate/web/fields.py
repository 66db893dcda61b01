"""What was written into a form, as the settings of a tap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orchestrate.connections.checking import fields as known_settings
from orchestrate.connections.forms import Field
from orchestrate.web.asking import Form, text
from taps.engine.errors import BadSetting

PREFIX = "setting."
"""Before the name of a setting in a form, apart from the form's own fields."""


def asked(fields: Iterable[Field]) -> list[Field]:
    """The fields that a form shows: what is picked among accounts is chosen once the connection works."""
    return [field for field in fields if field.kind != "pick"]


def settings_of(form: Form, fields: Iterable[Field]) -> dict[str, Any]:
    """The settings that were filled in; a value that is not of its kind stays a text, which the check refuses."""
    found = {field.name: _value(field, text(form, PREFIX + field.name)) for field in asked(fields)}
    return {name: value for name, value in found.items() if value is not None}


def further_of(platform: str, written: str) -> dict[str, Any]:
    """Settings that the form does not ask for, one a line as `name=value`; raises `BadSetting` for another line."""
    known, found = known_settings(platform), dict[str, Any]()
    for line in filter(None, (each.strip() for each in written.splitlines())):
        name, equals, value = (part.strip() for part in line.partition("="))
        if not equals:
            raise BadSetting("a further setting is written as name=value", platform=platform)
        kinds = known.get(name, {}).get("type", "string")
        found[name] = _of_kind(kinds if isinstance(kinds, list) else [kinds], value)
    return found


def shown_again(settings: Mapping[str, Any], fields: Iterable[Field]) -> dict[str, Any]:
    """What a form that was refused shows again: all but secrets."""
    secret = {field.name for field in fields if field.kind == "secret"}
    return {name: value for name, value in settings.items() if name not in secret}


def _of_kind(kinds: list[str], written: str) -> Any:
    if "boolean" in kinds and written in {"true", "false"}:
        return written == "true"
    if "integer" in kinds and written.lstrip("-").isdigit():
        return int(written)
    return [each.strip() for each in written.split(",")] if "array" in kinds else written


def _value(field: Field, written: str) -> Any:
    if field.kind == "boolean":
        return written == "true" if written or field.default else None
    if not written:
        return None
    if field.many or field.kind == "list":
        return [line.strip() for line in written.splitlines() if line.strip()]
    if field.kind == "integer" and written.lstrip("-").isdigit():
        return int(written)
    return written
