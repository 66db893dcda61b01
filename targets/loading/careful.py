"""The careful way for records that are not plain: partial, deleted, with unknown properties or misfit values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from targets.loading.column_types import Kind
from targets.loading.errors import InputError, NoKeyError, one_line
from targets.loading.json_numbers import BEYOND_JSON, bounded_numbers
from targets.loading.names import DELETED_AT, EXTRA
from targets.loading.plan import Column, Plan
from targets.loading.repair import shallow
from targets.loading.values import RoundedError, UnreadableError, WiderError, read_value

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
NAN_AS_NULL = "NaN or Infinity, null, original in _extra"
_NULL = b"null"
_NOT_NUMBERS = (b'"NaN"', b'"Infinity"', b'"-Infinity"')
_ROUNDED = {Kind.DOUBLE: "rounded to a double", Kind.DATETIME: "cut to a microsecond"}


class NeedsWiderColumnError(Exception):
    """A column has to be widened before the record fits."""

    def __init__(self, column: Column, cause: WiderError) -> None:
        super().__init__(column.name)
        self.column = column
        self.needed = cause.needed


@dataclass(slots=True)
class Careful:
    """A record as texts by column, the numbers of the columns it does not mention, and what was changed."""

    texts: list[str | None]
    missing: list[int] | None
    changes: Counter[str]


def read_record(raw: bytes, plan: Plan, *, strict: bool = False, widens: bool = True) -> Careful:
    """Reads a record property by property.

    Raises NeedsWiderColumnError (where its column cannot widen any more the value counts as unreadable), and InputError
    if a key is missing, null or not exactly of its type, or (`strict`) if a value does not fit.
    """
    properties, changes = _properties(raw, plan)
    _check_keys(properties, plan)
    kept: dict[str, bytes] = {}
    texts: list[str | None] = [None] * len(plan.columns)
    missing: list[int] = []
    for i, column in enumerate(plan.columns):
        if (value := properties.pop(column.prop, None)) is None:
            missing.append(i)
        elif column.prop != EXTRA:
            texts[i] = _read_column(bytes(value), column, plan, kept, changes, strict=strict, widens=widens)
        else:
            kept |= _sent_extra(bytes(value))
    for prop, value in properties.items():
        kept[prop] = bytes(value)
        changes["unknown property kept in _extra"] += 1
    extra, deleted = plan.index[EXTRA], plan.index[DELETED_AT]
    partial = [i for i in missing if i not in (extra, deleted)]
    if kept:
        texts[extra] = _object(kept)
    elif extra in missing and (partial or EXTRA in plan.declared):
        partial.append(extra)
    if not plan.bounded_decimals:
        changes += _bound_numbers(texts, plan)
    return Careful(texts, partial or None, changes)


def _properties(raw: bytes, plan: Plan) -> tuple[dict[str, msgspec.Raw], Counter[str]]:
    try:
        try:
            return _decode(raw), Counter()
        except RecursionError:
            raw, changes = shallow(raw)
            return _decode(raw), changes
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise InputError(f"stream {one_line(plan.stream)}: a record is not a JSON object") from None


def _bound_numbers(texts: list[str | None], plan: Plan) -> Counter[str]:
    """Where decimals have no bound of 38 digits, JSON holds numbers as decimals, and those end somewhere too."""
    changes: Counter[str] = Counter()
    for i, column in enumerate(plan.columns):
        if column.type.kind is Kind.JSON and (text := texts[i]) is not None:
            texts[i], beyond = bounded_numbers(text)
            changes[BEYOND_JSON] += beyond
    return +changes


def _check_keys(properties: dict[str, msgspec.Raw], plan: Plan) -> None:
    for key in plan.keys:
        if (value := properties.get(key.prop)) is None or bytes(value).strip() == _NULL:
            state = "missing" if value is None else "null"
            raise NoKeyError(
                f"stream {one_line(plan.stream)}: a record's key {one_line(key.prop)!r} is {state}. "
                "Every record needs its key; correct the tap's key_properties or its records"
            )


def _read_column(
    raw: bytes, column: Column, plan: Plan, kept: dict[str, bytes], changes: Counter[str], *, strict: bool, widens: bool
) -> str | None:
    try:
        return read_value(raw, column.type, bounded=plan.bounded_decimals)
    except WiderError as wider:
        if widens and not strict:
            raise NeedsWiderColumnError(column, wider) from None
        text, change = None, _unreadable(raw, column)
    except UnreadableError:
        text, change = None, _unreadable(raw, column)
    except RoundedError as rounded:
        text, change = rounded.nearest, f"{_ROUNDED[column.type.kind]}, original in _extra"
    if strict:
        raise InputError(f"{_where(plan, column)}: a value is not a {column.type.kind} (validate_records is on)")
    if column.is_key:
        raise InputError(f"{_where(plan, column)}: a value of the key is not exactly a {column.type.kind}")
    changes[change] += 1
    kept[column.prop] = raw
    return text


def _unreadable(raw: bytes, column: Column) -> str:
    if raw.strip() in _NOT_NUMBERS:
        return NAN_AS_NULL
    return f"unreadable as {column.type.kind}, null, original in _extra"


def _where(plan: Plan, column: Column) -> str:
    return f"stream {one_line(plan.stream)}, column {one_line(column.name)!r}"


def _sent_extra(raw: bytes) -> dict[str, bytes]:
    if raw.strip() == _NULL:
        return {}
    if raw.lstrip()[:1] != b"{":
        return {EXTRA: raw}
    return {prop: bytes(value) for prop, value in _decode(raw).items()}


def _object(properties: dict[str, bytes]) -> str:
    return b"".join([b"{", b",".join(msgspec.json.encode(k) + b":" + v for k, v in properties.items()), b"}"]).decode()
