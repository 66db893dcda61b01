"""The writer for runs with `stream_maps`: records go through singer-sdk's mapper, one by one."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from taps.engine.records import Row, raw
from taps.engine.writer import Writer, encoded

_decode = msgspec.json.Decoder().decode


class MappedWriter(Writer):
    """Writes what the maps make of schemas and records."""

    def __init__(self, *args: Any, maps: Mapping[str, list[Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._maps = maps

    def schema(self, stream: str, schema: dict[str, Any], key: list[str], bookmark: list[str]) -> None:  # noqa: ARG002
        """Announces every stream that the maps make of this one, with the schema and key they give it."""
        for each in self._maps[stream]:
            if each.transformed_schema:
                mapped_key = list(each.transformed_key_properties or [])
                super().schema(each.stream_alias, each.transformed_schema, mapped_key, bookmark)

    def announce_all(self, streams: Iterable[str]) -> None:
        """Announces what the maps make of these streams."""
        super().announce_all(each.stream_alias for stream in streams for each in self._maps[stream])

    def rows(self, stream: str, rows: Sequence[Row | bytes], extracted: datetime, version: int | None = None) -> int:
        """Writes the mapped records; those the maps filter out are not written."""
        size = 0
        for each in self._maps[stream]:
            mapped: list[Row] = []
            for row in rows:
                record = each.transform(_decode(encoded(row)))
                if record is not None:
                    mapped.append({name: raw(value) for name, value in record.items()})
            size += super().rows(each.stream_alias, mapped, extracted, version)
        return size
