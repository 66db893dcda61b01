"""The careful way for records that are not plain: partial, deleted, with unknown properties or misfit values."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from targets.loading.errors import InputError, one_line
from targets.loading.names import DELETED_AT, EXTRA
from targets.loading.plan import Column, Plan
from targets.loading.values import RoundedError, UnreadableError, WiderError, read_value

_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_NULL = b"null"


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


def read_record(raw: bytes, plan: Plan, *, strict: bool = False) -> Careful:
    """Reads a record property by property.

    Raises NeedsWiderColumnError, and InputError if a key is missing or null, or (`strict`) if a value does not fit.
    """
    try:
        properties = _decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise InputError(f"stream {one_line(plan.stream)}: a record is not a JSON object") from None
    _check_keys(properties, plan)
    changes: Counter[str] = Counter()
    kept: dict[str, bytes] = {}
    texts: list[str | None] = [None] * len(plan.columns)
    missing: list[int] = []
    for i, column in enumerate(plan.columns):
        if (value := properties.pop(column.prop, None)) is None:
            missing.append(i)
        elif column.prop != EXTRA:
            texts[i] = _read_column(bytes(value), column, plan, kept, changes, strict=strict)
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
    return Careful(texts, partial or None, changes)


def _check_keys(properties: dict[str, msgspec.Raw], plan: Plan) -> None:
    for key in plan.keys:
        if (value := properties.get(key.prop)) is None or bytes(value).strip() == _NULL:
            state = "missing" if value is None else "null"
            raise InputError(
                f"stream {one_line(plan.stream)}: a record's key {one_line(key.prop)!r} is {state}. "
                "Every record needs its key; correct the tap's key_properties or its records"
            )


def _read_column(
    raw: bytes, column: Column, plan: Plan, kept: dict[str, bytes], changes: Counter[str], *, strict: bool
) -> str | None:
    try:
        return read_value(raw, column.type, bounded=plan.bounded_decimals)
    except WiderError as wider:
        if strict:
            what = f"a value is not a {column.type.kind} (validate_records is on)"
            raise InputError(f"{_where(plan, column)}: {what}") from None
        raise NeedsWiderColumnError(column, wider) from None
    except UnreadableError:
        changes[f"unreadable as {column.type.kind}, null, original in _extra"] += 1
        text = None
    except RoundedError as rounded:
        changes["rounded to a double, original in _extra"] += 1
        text = rounded.nearest
    if strict or (column.is_key and text is None):
        raise InputError(f"{_where(plan, column)}: a value does not read as {column.type.kind}")
    kept[column.prop] = raw
    return text


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
