"""Values as they leave a database: the Singer schema of each kind of column, and what its values become.

Most kinds arrive as what they become, because the manifest reads them by SQL expressions; only those that may hold
something that the kind cannot say (NaN, infinity, the zeroth of a month) are looked at one by one.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from taps.databases.manifest import Kind, VendorType
from taps.engine.fields import JSON_SCHEMA, Drift, Raw

MAX_DIGITS = 38
"""More digits than any target's decimal holds: such columns are text."""
_WRITTEN_AS = {"local_datetime": "datetime", "bytes": "string"}
Convert = Callable[[Any], Any]
"""Takes a value that is not None; raises `Drift` where the column's kind cannot say it."""


@dataclass(frozen=True)
class Column:
    """One column of a table, its type resolved."""

    name: str
    vendor: str
    kind: Kind
    read: str
    send: str
    nullable: bool
    precision: int | None = None
    scale: int | None = None
    bounds: tuple[int, int] | None = None

    @property
    def sendable(self) -> bool:
        """Whether a value read earlier can be compared with the column."""
        return self.send != "none"

    @property
    def is_time(self) -> bool:
        """Whether a duration can be taken off a value."""
        return self.kind in ("date", "datetime", "local_datetime")


def resolved(spec: VendorType, precision: int | None, scale: int | None) -> tuple[Kind, tuple[int, int] | None]:
    """The kind and bounds of a column: a decimal without a fraction is an integer, one too long for a decimal text."""
    if spec.type != "decimal" or precision is None:
        return spec.type, spec.bounds
    if precision > MAX_DIGITS:
        return "string", None
    if (scale or 0) <= 0:
        most = 10 ** (precision - (scale or 0)) - 1
        return "integer", (-most, most)
    return "decimal", None


def schema(column: Column) -> dict[str, Any]:
    """The column's Singer schema."""
    described = dict(JSON_SCHEMA[_WRITTEN_AS.get(column.kind, column.kind)])
    if column.bounds is not None:
        described |= {"minimum": column.bounds[0], "maximum": column.bounds[1]}
    if column.kind == "decimal" and column.scale is not None:
        described["scale"] = column.scale
    return described


def converter(column: Column, zone: ZoneInfo) -> Convert | None:
    """What is done with each value; None where it is written as it comes."""
    match column.kind:
        case "string" | "boolean":
            return None
        case "integer":
            return _integer if column.precision is not None else None
        case "number":
            return _number
        case "decimal":
            return _decimal
        case "date":
            return _date
        case "datetime":
            return _datetime
        case "local_datetime":
            return _utc_wall_clock if zone.key == "UTC" else _wall_clock(zone)
        case "json":
            return _json
        case "bytes":
            return _base64


def _integer(value: Any) -> int:
    try:
        return int(value)
    except ValueError:
        raise Drift from None


def _number(value: float) -> float:
    if not isfinite(value):
        raise Drift
    return value


def _decimal(value: Any) -> str:
    text = str(value)
    if not text[-1:].isdigit():
        raise Drift
    return text


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise Drift from None
    return value


def _datetime(value: str) -> str:
    """A moment, written with a blank or T, and with Z, +00 or another offset; becomes ISO 8601 in UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise Drift from None
    if value.endswith("+00"):
        return f"{value[:10]}T{value[11:-3]}Z"
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _utc_wall_clock(value: str) -> str:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise Drift from None
    return f"{value[:10]}T{value[11:]}Z"


def _wall_clock(zone: ZoneInfo) -> Convert:
    def convert(value: str) -> str:
        try:
            moment = datetime.fromisoformat(value).replace(tzinfo=zone)
            return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (ValueError, OverflowError):
            raise Drift from None

    return convert


def _base64(value: bytes) -> str:
    return b64encode(value).decode()


def _json(value: str) -> Raw:
    """The server's JSON as it is; a line break can only stand between its parts, and would end the message."""
    if "\n" in value or "\r" in value:
        value = value.replace("\n", " ").replace("\r", " ")
    return Raw(value.encode())
