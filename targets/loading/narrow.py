"""Makes rows fit that PostgreSQL cannot hold: values of the last columns move into `_extra`.

A row has to fit in a page of 8,160 bytes. Long values are stored elsewhere and leave a pointer, but many short ones are
too much: https://www.postgresql.org/docs/current/limits.html.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import msgspec

from targets.loading.batch import Batch
from targets.loading.column_types import Kind
from targets.loading.names import EXTRA
from targets.loading.plan import Column, Plan

TOO_WIDE = "row too wide, null, original in _extra"
_ROW_BYTES = 7600
"""What is left of a page after the row's head, `_extra` and the metadata columns."""
_LONGEST_INSIDE = 24
_FIXED = {Kind.INTEGER: 8, Kind.DOUBLE: 8, Kind.DATETIME: 8, Kind.DATE: 4, Kind.BOOLEAN: 1}
_LITERAL = (Kind.INTEGER, Kind.BIG_INTEGER, Kind.DECIMAL, Kind.DOUBLE, Kind.BOOLEAN, Kind.JSON)
_TEXTS = b'{"texts":'


class _Staged(msgspec.Struct, omit_defaults=True):
    """A line of a batch that went the careful way."""

    texts: list[str | None]
    missing: list[int] | None = None
    version: int | None = None
    time_extracted: str | None = None


_decode = msgspec.json.Decoder(_Staged).decode


@dataclass(slots=True)
class _Width:
    """The most that the values of a row can take, with the gaps before those that begin at multiples of eight."""

    whole: int = 0
    other: int = 0
    others: int = 0
    wholes: int = 0

    def count(self, column: Column, text: str, sign: int) -> None:
        size = _FIXED.get(column.type.kind) or min(len(text.encode()) + 4, _LONGEST_INSIDE)
        if size == 8 and column.type.kind in _FIXED:
            self.whole, self.wholes = self.whole + 8 * sign, self.wholes + sign
        else:
            self.other, self.others = self.other + size * sign, self.others + sign

    @property
    def bytes(self) -> int:
        return self.whole + self.other + 7 * min(self.wholes, self.others)


def make_narrow(batch: Batch) -> Counter[str]:
    """Moves values of the careful lines of a batch until every row fits; returns what was moved, by rule."""
    changes: Counter[str] = Counter()
    lines = []
    for line in b"".join(batch.chunks).splitlines():
        staged = _decode(line)
        moved = _move(staged, batch.plan)
        changes[TOO_WIDE] += moved
        lines.append(msgspec.json.encode(staged) if moved else line)
    batch.chunks = [line + b"\n" for line in lines]
    return +changes


def _move(staged: _Staged, plan: Plan) -> int:
    width = _Width()
    for column, text in zip(plan.columns, staged.texts, strict=True):
        if text is not None:
            width.count(column, text, 1)
    kept: dict[str, msgspec.Raw] = {}
    for i, column in reversed(list(enumerate(plan.columns))):
        if width.bytes <= _ROW_BYTES:
            break
        text = staged.texts[i]
        if text is not None and not column.is_key and column.prop in plan.declared and column.prop != EXTRA:
            width.count(column, text, -1)
            staged.texts[i] = None
            kept[column.prop] = msgspec.Raw(
                text.encode() if column.type.kind in _LITERAL else msgspec.json.encode(text)
            )
    if kept:
        _keep(staged, kept, plan.index[EXTRA])
    return len(kept)


def _keep(staged: _Staged, kept: dict[str, msgspec.Raw], extra: int) -> None:
    there = msgspec.json.decode(staged.texts[extra] or "{}", type=dict[str, msgspec.Raw])
    staged.texts[extra] = msgspec.json.encode({**there, **kept}).decode()
    staged.missing = [number for number in staged.missing or () if number != extra] or None
