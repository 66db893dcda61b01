"""`fields:` the columns a stream promises, their types, and how a vendor's value becomes one of them."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from pydantic import BeforeValidator, Field

from taps.engine.words import Docs, Path, Word

Type = Literal["string", "integer", "number", "decimal", "boolean", "date", "datetime", "epoch", "epoch_ms", "json"]


class FieldSpec(Word):
    """One column. The short form `integer!` means `{type: integer!}`; `!` says the vendor never leaves it out."""

    type: Annotated[
        str, Field(pattern=r"^(string|integer|number|decimal|boolean|date|datetime|epoch|epoch_ms|json)!?$")
    ]
    from_: Path | None = Field(default=None, alias="from")
    """Where the value stands in the record, if not under the column's own name."""
    format: str | None = None
    """How the vendor writes a date or a moment: a strptime pattern, `epoch`, `epoch_ms`, or `dotnet`, which is
    `/Date(1573755038314)/`. ISO 8601 needs none."""
    zone: str | None = None
    """The IANA zone of moments written without an offset; UTC if not said."""
    docs: Docs | None = None

    @property
    def kind(self) -> Type:
        """The type without its `!`."""
        return self.type.removesuffix("!")  # type: ignore[return-value]

    @property
    def required(self) -> bool:
        """Whether the vendor promises never to leave it out."""
        return self.type.endswith("!")


def _short(value: Any) -> Any:
    return {"type": value} if isinstance(value, str) else value


FieldWord = Annotated[FieldSpec, BeforeValidator(_short, json_schema_input_type=str | FieldSpec)]

JSON_SCHEMA: dict[str, dict[str, Any]] = {
    "string": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "epoch": {"type": ["integer", "null"]},
    "epoch_ms": {"type": ["integer", "null"]},
    "number": {"type": ["number", "null"]},
    "decimal": {"type": ["string", "null"], "format": "x-singer.decimal"},
    "boolean": {"type": ["boolean", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "json": {"type": ["object", "array", "string", "number", "boolean", "null"]},
}
"""The Singer schema of each type; money and other exact numbers travel as text."""

Raw = msgspec.Raw
NULL = Raw(b"null")
_NUMBER = re.compile(rb"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_INTEGER = re.compile(rb"-?(0|[1-9]\d*)")
_WHOLE = re.compile(rb"(-?(?:0|[1-9]\d*))\.0+")
_DATE = re.compile(rb'"\d{4}-\d\d-\d\d"')
_DOTNET = re.compile(r"/Date\((-?\d+)([+-]\d{4})?\)/")
_MOMENT = re.compile(rb'"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)"')


class Drift(ValueError):
    """A value does not read as the column's declared type."""


def _bare(raw: bytes) -> bytes:
    """The text inside quotes without blanks around it, or the bytes as they are."""
    return raw[1:-1].strip() if raw[:1] == b'"' else raw


def _string(raw: bytes) -> bytes:
    if raw[:1] == b'"':
        return raw
    if raw[:1] in b"[{":
        raise Drift
    return b'"' + raw + b'"'


def _integer(raw: bytes) -> bytes:
    bare = _bare(raw)
    if _INTEGER.fullmatch(bare):
        return bare
    if whole := _WHOLE.fullmatch(bare):
        return whole[1]
    if bare == b"":
        return b"null"
    raise Drift


def _number(raw: bytes) -> bytes:
    bare = _bare(raw)
    if _NUMBER.fullmatch(bare):
        return bare
    if bare == b"":
        return b"null"
    raise Drift


def _decimal(raw: bytes) -> bytes:
    number = _number(raw)
    return number if number == b"null" else b'"' + number + b'"'


def _boolean(raw: bytes) -> bytes:
    bare = _bare(raw).lower()
    if bare in (b"true", b"false"):
        return bare
    if bare == b"":
        return b"null"
    raise Drift


def _json(raw: bytes) -> bytes:
    return raw


def dotnet(text: str) -> datetime:
    """The moment in `/Date(1573755038314+0000)/`: milliseconds since 1970 in UTC, whatever offset follows."""
    found = _DOTNET.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(found[1]))


def _parsed(raw: bytes, spec: FieldSpec) -> datetime:
    bare = _bare(raw).decode()
    zone: tzinfo = ZoneInfo(spec.zone) if spec.zone else UTC
    if spec.format == "dotnet":
        return dotnet(bare)
    if spec.format in {"epoch", "epoch_ms"}:
        return datetime.fromtimestamp(float(bare) / (1000 if spec.format == "epoch_ms" else 1), UTC)
    moment = datetime.strptime(bare, spec.format) if spec.format else datetime.fromisoformat(bare)  # noqa: DTZ007
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _date(spec: FieldSpec) -> Callable[[bytes], bytes]:
    def convert(raw: bytes) -> bytes:
        try:
            if spec.format is None and _DATE.fullmatch(raw):
                date.fromisoformat(raw[1:-1].decode())
                return raw
            return b"null" if _bare(raw) == b"" else b'"' + _parsed(raw, spec).date().isoformat().encode() + b'"'
        except ValueError as cause:
            raise Drift from cause

    return convert


def _datetime(spec: FieldSpec) -> Callable[[bytes], bytes]:
    def convert(raw: bytes) -> bytes:
        try:
            if spec.format is None and _MOMENT.fullmatch(raw):
                datetime.fromisoformat(raw[1:-1].decode())
                return raw
            if _bare(raw) == b"":
                return b"null"
            return b'"' + _parsed(raw, spec).astimezone(UTC).isoformat().encode() + b'"'
        except (ValueError, OverflowError, OSError) as cause:
            raise Drift from cause

    return convert


_CONVERTERS: dict[str, Callable[[bytes], bytes]] = {
    "string": _string,
    "integer": _integer,
    "epoch": _integer,
    "epoch_ms": _integer,
    "number": _number,
    "decimal": _decimal,
    "boolean": _boolean,
    "json": _json,
}


def converter(spec: FieldSpec) -> Callable[[bytes], bytes]:
    """Turns a value's JSON bytes into those of the declared type; raises `Drift` where it does not read as one."""
    if spec.kind == "date":
        return _date(spec)
    if spec.kind == "datetime":
        return _datetime(spec)
    return _CONVERTERS[spec.kind]
