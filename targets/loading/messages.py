"""Singer messages as they come down the pipe: the envelope decoded, the record left as bytes."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from targets.loading.errors import InputError
from targets.loading.repair import TOO_DEEP, needs_repair, repair, shallow

MAX_DEPTH = 2000


class Envelope(msgspec.Struct, gc=False):
    """The fields of a RECORD or STATE line; `record` and `value` are slices of the line."""

    type: str
    stream: str | None = None
    record: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    value: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    version: int | None = None
    end: bool = False
    time_extracted: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class Line(msgspec.Struct, gc=False):
    """One decoded line: its (mended) bytes, its envelope, and what mending changed."""

    data: bytes
    envelope: Envelope
    changes: Counter[str] | None = None


_decode = msgspec.json.Decoder(Envelope).decode


def read_line(data: bytes, number: int) -> Line:
    """Decodes a line.

    Raises InputError with the line's number, length and hash (never its content) if it is no Singer message.
    """
    changes: Counter[str] = Counter()
    if b"\r" in data:
        # In JSON it can only be white space, and stores that take lines would take it for the end of one.
        data = data.replace(b"\r", b" ")
    if needs_repair(data):
        data, changes = repair(data)
    while True:
        try:
            envelope = _decode(data)
            break
        except RecursionError:
            data, more = shallow(data)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            data, more = repair(data, not_json=True)
        if not more:
            raise _malformed(data, number, "is not a Singer message")
        changes += more
    if TOO_DEEP in changes and envelope.type != "RECORD":
        raise _malformed(data, number, f"is nested deeper than about {MAX_DEPTH:,} levels")
    return Line(data, envelope, changes or None)


def read_message(line: Line, number: int) -> dict[str, Any]:
    """Decodes a whole message that is neither RECORD nor STATE."""
    try:
        message: dict[str, Any] = msgspec.json.decode(line.data, type=dict[str, Any])
    except (msgspec.MsgspecError, RecursionError):
        raise _malformed(line.data, number, "is not a Singer message") from None
    return message


def _malformed(data: bytes, number: int, what: str) -> InputError:
    digest = hashlib.sha256(data).hexdigest()[:16]
    return InputError(
        f"line {number} of the input {what} ({len(data):,} bytes, SHA-256 {digest}...). Rows and state up to the last "
        "committed STATE are kept; look at what the tap prints on standard output"
    )


def extracted_at(line: Line) -> str | None:
    """A RECORD's time_extracted as text, None where it is absent or no time."""
    raw = line.envelope.time_extracted
    try:
        return None if raw is msgspec.UNSET else msgspec.json.decode(raw, type=datetime).isoformat()
    except msgspec.MsgspecError:
        return None
