"""A stream as its SCHEMA message describes it, and where its rows go."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from targets.loading.batch import Batch
from targets.loading.errors import InputError, one_line
from targets.loading.names import INTERNAL_SCHEMA, hashed, usable
from targets.loading.plan import TableName
from targets.loading.recall import Recall, Segment, fingerprints
from targets.loading.report import StreamReport
from targets.loading.settings import LoadMethod


@dataclass(frozen=True, slots=True)
class Declared:
    """What a SCHEMA message says."""

    stream: str
    platform: str | None
    schema: Mapping[str, Any]
    keys: tuple[str, ...]
    tells_end: bool = False
    """Whether the tap marks the STATE that ends a complete run."""


@dataclass(slots=True)
class Stream:
    """A stream of this run."""

    declared: Declared
    batch: Batch
    report: StreamReport
    recall: Recall | None = None
    before_state: array[int] = field(default_factory=fingerprints)
    after_state: array[int] = field(default_factory=fingerprints)
    """What came since the last commit before and after the last STATE, of rows that are added."""
    version: int | None = None
    """The version of the records in the batch."""
    activates: bool = False
    """Whether rows of other versions go with the next commit."""

    def adds_rows(self, method: LoadMethod) -> bool:
        """Whether a row that comes twice would be there twice; rows loaded beside the table wait for nobody."""
        if method is LoadMethod.UPSERT:
            return not self.batch.plan.keys and self.version is None
        return method is LoadMethod.APPEND_ONLY

    def state_came(self) -> None:
        """Everything that came lies before a STATE now."""
        self.before_state += self.after_state
        self.after_state = fingerprints()

    def passed(self) -> Iterable[Segment]:
        """What earlier runs wrote and came again since the last commit."""
        return () if self.recall is None else self.recall.passed()

    def committed(self) -> None:
        """Nothing waits any more."""
        self.batch.clear()
        self.activates = False
        self.before_state, self.after_state = fingerprints(), fingerprints()
        if self.recall is not None:
            self.recall.settle()
            self.recall = None if self.recall.is_over else self.recall


def read_schema(message: Mapping[str, Any], number: int) -> Declared:
    """Reads a SCHEMA message; raises InputError where it is none."""
    stream, schema, keys = message.get("stream"), message.get("schema"), message.get("key_properties") or []
    if not isinstance(stream, str) or not stream or not isinstance(schema, Mapping):
        raise InputError(f"line {number}: a SCHEMA message without stream or schema")
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise InputError(f"line {number}: stream {one_line(stream)}: key_properties is not a list of names")
    platform = message.get("platform")
    return Declared(
        stream,
        platform if isinstance(platform, str) and platform else None,
        schema,
        tuple(keys),
        message.get("tells_end") is True,
    )


def table_of(declared: Declared, default_schema: str | None, fallback: str, max_bytes: int) -> TableName:
    """Schema and table: the setting, else the platform, else the first part of schema-table, else the fallback.

    Only a stream that names no platform is taken apart at its hyphens.
    """
    parts = declared.stream.split("-")
    split = declared.platform is None and len(parts) in (2, 3) and all(parts)
    name = parts[-1] if split else declared.stream
    schema = default_schema or declared.platform or (parts[-2] if split else fallback)
    return TableName(_name(schema, max_bytes, INTERNAL_SCHEMA), _name(name, max_bytes, ""))


def _name(original: str, max_bytes: int, reserved: str) -> str:
    if usable(original, max_bytes) and original.lower() != reserved:
        return original
    return hashed(original, max_bytes)
