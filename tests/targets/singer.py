"""Singer lines for tests."""

from __future__ import annotations

import json
from typing import Any

TEXT = {"type": ["string", "null"]}
INTEGER = {"type": ["integer", "null"]}
TIME = "2026-11-24T10:00:00+00:00"


def schema(stream: str = "orders", keys: tuple[str, ...] = ("id",), **properties: Any) -> bytes:
    properties = properties or {"id": TEXT, "n": INTEGER}
    message = {"type": "SCHEMA", "stream": stream, "platform": "shop", "key_properties": list(keys)}
    return json.dumps({**message, "schema": {"type": "object", "properties": properties}}).encode()


def record(_stream: str = "orders", **values: Any) -> bytes:
    return json.dumps({"type": "RECORD", "stream": _stream, "record": values, "time_extracted": TIME}).encode()


def state(value: Any) -> bytes:
    return json.dumps({"type": "STATE", "value": {"bookmarks": value}}).encode()


def joined(*lines: bytes) -> bytes:
    return b"".join(line + b"\n" for line in lines)
