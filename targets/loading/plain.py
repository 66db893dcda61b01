"""Tells records that the store can read as they came from those that need a careful look, singly or many at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from targets.loading.messages import Line
from targets.loading.names import EXTRA
from targets.loading.plan import Plan
from targets.loading.precision import loses
from targets.loading.repair import needs_repair
from targets.loading.runs import Run


def is_plain(plan: Plan, line: Line, record: msgspec.Raw) -> bool:
    """Whether the record of a line, mended before, is plain."""
    if plan.plain is None or _loses(plan, line.data):
        return False
    try:
        plan.plain.decode(record)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
    return True


class PlainLines(NamedTuple):
    """Lines to stage; `partial` says that some name in `missing` the columns that their records do not mention."""

    data: bytes
    partial: bool


def plain_lines(plan: Plan, run: Run, version: int | None) -> PlainLines | None:
    """The lines of a run, if all are RECORD messages of this version whose records are plain, whole or in part.

    None where some need mending or a closer look.
    """
    lines = run.data
    if plan.plain_lines is None or plan.partial_lines is None or b"\r" in lines or needs_repair(lines):
        return None
    if _loses(plan, lines):
        return None
    messages, partial = _decoded(plan.plain_lines, lines), False
    if messages is None:
        messages, partial = _decoded(plan.partial_lines, lines), True
    if messages is None or len(messages) != run.rows or {message.version for message in messages} != {version}:
        return None
    decimals = ((pattern, map(attrgetter(f"record.{name}"), messages)) for name, pattern in plan.plain_decimals)
    if not all(_match(pattern, values) for pattern, values in decimals):
        return None
    return PlainLines(_with_missing(plan, lines, messages) if partial else lines, partial)


def _decoded(decoder: msgspec.json.Decoder[Any], lines: bytes) -> list[Any] | None:
    try:
        return decoder.decode_lines(lines)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _with_missing(plan: Plan, lines: bytes, messages: Sequence[Any]) -> bytes:
    """The lines, each with the numbers of the columns that its record does not mention."""
    numbers = [plan.index[column.prop] for column in plan.sent]
    extra = [] if EXTRA in plan.declared else [plan.index[EXTRA]]
    staged = []
    for line, message in zip(lines.removesuffix(b"\n").split(b"\n"), messages, strict=True):
        values = msgspec.structs.astuple(message.record)
        if msgspec.UNSET in values:
            missing = [number for number, value in zip(numbers, values, strict=True) if value is msgspec.UNSET]
            staged.append(b'%b,"missing":%b}' % (line.rstrip()[:-1], str(missing + extra).encode()))
        else:
            staged.append(line)
    return b"\n".join([*staged, b""])


def _match(pattern: re.Pattern[str], values: Iterable[str | int | None]) -> bool:
    """Whether the pattern of texts that each end with a comma takes all these; a number that is no text always fits."""
    texts = [value for value in values if type(value) is str]
    joined = ",".join([*texts, ""])
    return joined.count(",") == len(texts) and pattern.fullmatch(joined) is not None


def _loses(plan: Plan, lines: bytes) -> bool:
    numbers, moments = plan.checks_numbers, plan.checks_moments
    return (numbers or moments) and loses(lines, numbers=numbers, moments=moments)
