"""One value at a time, for records that are not plain: reads it as its column's type or says why not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation

import msgspec

from targets.loading.column_types import INT64, TEXT, ColumnType, Kind, decimal_of, simple

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,6})?\Z", re.ASCII)
_NOT_NUMBERS = {"NaN", "Infinity", "-Infinity"}
_FINER = re.compile(r"[.,]\d{6}\d*[1-9]", re.ASCII)
_MAX_DECIMAL_DIGITS = 1000


class WiderError(Exception):
    """The column has to become wide enough for this type before the value fits."""

    def __init__(self, needed: ColumnType) -> None:
        super().__init__(needed.kind)
        self.needed = needed


class UnreadableError(Exception):
    """Only text could hold the value, but the column's type is worth keeping: null, and the original in `_extra`."""


class RoundedError(Exception):
    """The column holds the value only nearly: `nearest` goes into the column, the original into `_extra`."""

    def __init__(self, nearest: str) -> None:
        super().__init__()
        self.nearest = nearest


def read_value(raw: bytes, column: ColumnType, *, bounded: bool) -> str | None:
    """The value as text that the column's type reads, None for null.

    `bounded` tells whether the store's decimals end at 38 digits. Raises WiderError, UnreadableError or RoundedError.
    """
    raw = raw.strip()
    if raw == b"null":
        return None
    if column.kind is Kind.JSON:
        return raw.decode()
    text = msgspec.json.decode(raw, type=str) if raw[:1] == b'"' else raw.decode()
    if column.kind is Kind.TEXT:
        return text
    if text == "" or text in _NOT_NUMBERS:
        raise UnreadableError
    match column.kind:
        case Kind.BOOLEAN:
            if text not in ("true", "false"):
                raise WiderError(TEXT)
            return text
        case Kind.DATE:
            return _date(raw, text)
        case Kind.DATETIME:
            return _datetime(raw, text)
        case _:
            return _number(text, column, bounded=bounded)


def _number(text: str, column: ColumnType, *, bounded: bool) -> str:
    if not _NUMBER.match(text):
        raise WiderError(TEXT)
    number = Decimal(text)
    if column.kind is Kind.DOUBLE:
        return _double(number)
    if number and abs(number.adjusted()) > _MAX_DECIMAL_DIGITS:
        raise WiderError(TEXT)
    plain = format(number, "f")
    if column.kind is Kind.DECIMAL:
        return _fitting_decimal(plain, column, bounded=bounded)
    if number != number.to_integral_value():
        raise WiderError(decimal_of(*_digits(plain)) if bounded else simple(Kind.DECIMAL))
    whole = plain.partition(".")[0]
    if column.kind is Kind.BIG_INTEGER or not (len(whole) <= 20 and int(whole) in INT64):
        return _big_integer(whole, column)
    return whole


def _big_integer(whole: str, column: ColumnType) -> str:
    if len(whole.lstrip("-")) > 38:
        raise WiderError(TEXT)
    if column.kind is not Kind.BIG_INTEGER:
        raise WiderError(simple(Kind.BIG_INTEGER))
    return whole


def _double(number: Decimal) -> str:
    nearest = float(number)
    if nearest in (float("inf"), float("-inf")):
        raise UnreadableError
    try:
        exact = Decimal(repr(nearest)) == number
    except InvalidOperation:  # pragma: no cover - repr of a finite float is a number
        exact = False
    if not exact:
        raise RoundedError(repr(nearest))
    return repr(nearest)


def _digits(plain: str) -> tuple[int, int]:
    whole, _, fraction = plain.lstrip("-").partition(".")
    return len(whole.lstrip("0")), len(fraction.rstrip("0"))


def _fitting_decimal(plain: str, column: ColumnType, *, bounded: bool) -> str:
    whole, scale = _digits(plain)
    if bounded and (scale > column.scale or whole > column.precision - column.scale):
        raise WiderError(decimal_of(whole, max(scale, column.scale)) if whole + scale <= column.precision else TEXT)
    return plain


def _date(raw: bytes, text: str) -> str:
    moment = _moment(raw, text)
    if moment.timetz() not in (time(0, 0), time(0, 0, tzinfo=UTC)) or _FINER.search(text):
        raise WiderError(simple(Kind.DATETIME))
    return moment.date().isoformat()


def _datetime(raw: bytes, text: str) -> str:
    moment = _moment(raw, text)
    utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        told = utc.astimezone(UTC).isoformat()
    except OverflowError:
        raise UnreadableError from None
    if _FINER.search(text):
        raise RoundedError(told)
    return told


def _moment(raw: bytes, text: str) -> datetime:
    if raw[:1] in b"{[":
        raise WiderError(TEXT)
    if raw[:1] != b'"' or len(text) < 10 or text[4] != "-" or text[11:13] == "24":
        raise UnreadableError
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time())
        return datetime.fromisoformat(text[:10] + text[10:].upper().replace(" ", "T", 1))
    except ValueError:
        raise UnreadableError from None
