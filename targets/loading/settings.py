"""Settings that every target has, named as the ecosystem names them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from targets.loading.errors import one_line


class LoadMethod(StrEnum):
    """What a record does to the row of the same key."""

    UPSERT = "upsert"
    APPEND_ONLY = "append-only"
    OVERWRITE = "overwrite"


class LoadSettings(BaseModel):
    """The settings of every target."""

    model_config = ConfigDict(extra="ignore")

    default_target_schema: str | None = Field(
        None, min_length=1, description="Schema of the tables. Default: the platform that the tap names."
    )
    add_record_metadata: bool = Field(
        True,
        description="Fill _sdc_received_at, _sdc_batched_at and _sdc_sequence (the other _sdc columns always are).",
    )
    load_method: LoadMethod = Field(
        LoadMethod.UPSERT,
        description="upsert by key; append-only: every record is a row; overwrite: this run's rows replace the table.",
    )
    batch_size_rows: int = Field(500_000, ge=1, description="Rows received before they are written.")
    batch_size_bytes: int = Field(32_000_000, ge=1, description="Bytes received before they are written.")
    batch_wait_limit_seconds: float = Field(
        60, gt=0, description="Age of the oldest unwritten row before it is written."
    )
    hard_delete: bool = Field(False, description="Remove deleted rows instead of marking them in _sdc_deleted_at.")
    validate_records: bool = Field(
        False, description="Stop at a value that is not of its declared type, instead of widening the column."
    )
    pipeline_id: str | None = Field(
        None,
        min_length=1,
        description="Whose state this is in _engarde.state. Default: the schema of the first stream.",
    )
    batch_root: str | None = Field(
        None, description="Folder that files named by BATCH messages must lie in. Default: the temporary folder."
    )


def json_schema(model: type[LoadSettings]) -> dict[str, Any]:
    """The settings as the flat JSON Schema that singer-sdk reads."""
    properties: dict[str, Any] = {}
    for name, described in model.model_json_schema(mode="validation")["properties"].items():
        parts = described.pop("anyOf", [described])
        types = [part.get("type", "string") for part in parts]
        properties[name] = {"type": types, "description": described.get("description", "")}
        if described.get("default") is not None:
            properties[name]["default"] = described["default"]
        if described.get("writeOnly") or any(part.get("writeOnly") for part in parts):
            properties[name]["secret"] = True
    if LoadMethod in (field.annotation for field in model.model_fields.values()):
        properties["load_method"]["enum"] = [str(method) for method in LoadMethod]
    return {"type": "object", "properties": properties}


def unknown_settings(given: Iterable[str], known: Iterable[str]) -> list[str]:
    """A sentence for each setting that does not exist, with the nearest one that does."""
    known = list(known)
    sentences = []
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "--about lists those there are"
            sentences.append(f"{one_line(name)!r} is unknown; {hint}")
    return sentences
