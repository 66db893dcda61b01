"""Moves a staged batch into its table: last version of a key wins, what a record does not mention stays."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from targets.loading.column_types import Kind
from targets.loading.names import (
    BATCHED_AT,
    DELETED_AT,
    EXTRACTED_AT,
    RECEIVED_AT,
    SEQUENCE,
    TABLE_VERSION,
    literal,
    quoted,
)
from targets.loading.plan import Column, Plan
from targets.loading.store import Stamp, Store

MISSING = quoted("_engarde_missing")
FOLDED = quoted("_engarde_folded")
WHOLE = quoted("_engarde_whole")
ORDER = quoted("_engarde_order")
_PLACE = quoted("_engarde_place")
_HAS = quoted("_engarde_has")


@dataclass(frozen=True, slots=True)
class Merged:
    """Rows written and rows deleted by one merge."""

    written: int
    deleted: int


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to merge: upsert or append, soft or hard deletes, with or without record metadata."""

    append: bool
    hard_delete: bool
    record_metadata: bool


def load_plain(
    store: Store, plan: Plan, chunks: Sequence[bytes], target: str, stamp: Stamp, wishes: Wishes
) -> Merged | None:
    """Loads plain lines straight into the target; None where they have to be staged first."""
    keys = [] if wishes.append else [column.name for column in plan.keys]
    if wishes.hard_delete and keys:
        return None
    counts = store.load_plain(plan, chunks, target, _selected(plan, stamp, wishes, ORDER), keys)
    return None if counts is None else Merged(*counts)


def merge_batch(
    store: Store, plan: Plan, staged: str, target: str, stamp: Stamp, wishes: Wishes, *, partial: bool
) -> Merged:
    """Merges the staged rows into the target; `partial` says that some rows do not mention every column."""
    keys = [column.name for column in plan.keys]
    if wishes.append or not keys:
        written, deleted = _counts(store, staged)
        selected = _selected(plan, stamp, wishes, ORDER)
        names = ", ".join(map(quoted, selected))
        store.execute(f"INSERT INTO {target} ({names}) SELECT {', '.join(selected.values())} FROM {staged}")
        return Merged(written, deleted)
    selected = _selected(plan, stamp, wishes, ORDER)
    folded = Merged(0, 0)
    if partial and _has_several_versions(store, staged, keys):
        folded = _merge_folded(store, plan, staged, target, stamp, wishes)
    _keep_last(store, staged, keys)
    written, deleted = _counts(store, staged)
    if deleted and wishes.hard_delete:
        _delete_marked(store, target, staged, keys)
    if partial:
        rows = f"(SELECT {_aliased(selected)}, {MISSING} FROM {staged} WHERE {MISSING} IS NOT NULL)"
        missing = f"s.{MISSING}"
        _merge_completed(store, plan, target, rows, list(selected), lambda number: _mentions(store, number, missing))
        store.execute(f"DELETE FROM {staged} WHERE {MISSING} IS NOT NULL")
    store.merge(target, f"(SELECT {_aliased(selected)} FROM {staged})", list(selected), keys)
    return Merged(written + folded.written, deleted + folded.deleted)


def _aliased(selected: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {quoted(name)}" for name, value in selected.items())


def _has_several_versions(store: Store, staged: str, keys: Sequence[str]) -> bool:
    """Whether some key has several rows of which one does not mention every column."""
    by = ", ".join(map(quoted, keys))
    several = f"HAVING count(*) > 1 AND bool_or({MISSING} IS NOT NULL)"
    return bool(store.query(f"SELECT 1 FROM {staged} GROUP BY {by} {several} LIMIT 1"))


def _merge_folded(store: Store, plan: Plan, staged: str, target: str, stamp: Stamp, wishes: Wishes) -> Merged:
    """Merges the keys of several rows, of which some do not mention every column, and takes them off the stage."""
    keys = [column.name for column in plan.keys]
    _fold(store, plan, staged, keys)
    same = same_key("s", "f", keys)
    store.execute(f"DELETE FROM {staged} AS s WHERE EXISTS (SELECT 1 FROM {FOLDED} AS f WHERE {same})")
    written, deleted = _counts(store, FOLDED)
    if deleted and wishes.hard_delete:
        _delete_marked(store, target, FOLDED, keys)
    selected = _selected(plan, stamp, wishes, ORDER)
    rows = f"(SELECT {_aliased(selected)}, {_HAS} FROM {FOLDED})"
    _merge_completed(store, plan, target, rows, list(selected), lambda number: f"s.{_HAS}[{number + 1}]")
    return Merged(written, deleted)


def same_key(one: str, other: str, keys: Sequence[str]) -> str:
    """The condition that two rows have the same key."""
    return " AND ".join(f"{one}.{quoted(key)} = {other}.{quoted(key)}" for key in keys)


def _selected(plan: Plan, stamp: Stamp, wishes: Wishes, order: str) -> dict[str, str]:
    selected = {column.name: _value(column) for column in plan.columns}
    received = literal(stamp.received_at.isoformat())
    selected[EXTRACTED_AT] = f"coalesce({quoted(EXTRACTED_AT)}, CAST({received} AS timestamptz))"
    selected[TABLE_VERSION] = quoted(TABLE_VERSION)
    if wishes.record_metadata:
        selected[RECEIVED_AT] = f"CAST({received} AS timestamptz)"
        selected[BATCHED_AT] = f"CAST({literal(stamp.batched_at.isoformat())} AS timestamptz)"
        selected[SEQUENCE] = f"{stamp.sequence} + {order}"
    return selected


def _value(column: Column) -> str:
    """Refuses what a zone pushed out of the years 1 to 9999: databases hold it, but many of their readers fail."""
    name = quoted(column.name)
    if column.type.kind is not Kind.DATETIME:
        return name
    first, after = (f"CAST('{day} 00:00:00+00' AS timestamptz)" for day in ("0001-01-01", "10000-01-01"))
    refused = f"CAST(CAST({name} AS text) || ' is refused' AS timestamptz)"
    return f"CASE WHEN {name} < {first} OR {name} >= {after} THEN {refused} ELSE {name} END"


def _counts(store: Store, staged: str) -> tuple[int, int]:
    rows, deleted = store.query(f"SELECT count(*), count({quoted(DELETED_AT)}) FROM {staged}")[0]
    return rows - deleted, deleted


def _keep_last(store: Store, staged: str, keys: Sequence[str]) -> None:
    by = ", ".join(map(quoted, keys))
    distinct = f"(SELECT count(*) FROM (SELECT 1 FROM {staged} GROUP BY {by}) AS k)"
    if store.query(f"SELECT count(*) - {distinct} FROM {staged}")[0][0]:
        last = f"SELECT max({ORDER}) FROM {staged} GROUP BY {by}"
        store.execute(f"DELETE FROM {staged} WHERE {ORDER} NOT IN ({last})")


def _delete_marked(store: Store, target: str, staged: str, keys: Sequence[str]) -> None:
    marked = f"s.{quoted(DELETED_AT)} IS NOT NULL"
    store.execute(f"DELETE FROM {target} AS t USING {staged} AS s WHERE {same_key('t', 's', keys)} AND {marked}")
    store.execute(f"DELETE FROM {staged} WHERE {quoted(DELETED_AT)} IS NOT NULL")


def _mentions(store: Store, number: int, missing: str) -> str:
    return f"({missing} IS NULL OR NOT {store.among(number, missing)})"


def _fold(store: Store, plan: Plan, staged: str, keys: Sequence[str]) -> None:
    parts = [quoted(key) for key in keys]
    for i, column in enumerate(plan.columns):
        if column.name in keys:
            continue
        mentioned = "TRUE" if column.name == DELETED_AT else _mentions(store, i, MISSING)
        parts.append(f"{store.newest(quoted(column.name), mentioned, _PLACE)} AS {quoted(column.name)}")
    controls = map(quoted, (EXTRACTED_AT, TABLE_VERSION))
    parts.extend(f"{store.newest(control, 'TRUE', _PLACE)} AS {control}" for control in controls)
    parts.append(f"max({_PLACE}) AS {ORDER}")
    # A column for each would be more than PostgreSQL takes where the columns are many.
    mentioned = ", ".join(f"bool_or({_mentions(store, i, MISSING)})" for i in range(len(plan.columns)))
    parts.append(f"ARRAY[{mentioned}] AS {_HAS}")
    store.execute(f"DROP TABLE IF EXISTS {FOLDED}")
    by = ", ".join(map(quoted, keys))
    some = f"SELECT {by} FROM {staged} GROUP BY {by} HAVING count(*) > 1 AND bool_or({MISSING} IS NOT NULL)"
    rows = f"SELECT s.*, s.{ORDER} AS {_PLACE} FROM {staged} AS s JOIN ({some}) AS p ON "
    rows += same_key("s", "p", keys)
    store.execute(f"CREATE TEMP TABLE {FOLDED} AS SELECT {', '.join(parts)} FROM ({rows}) AS r GROUP BY {by}")


def _merge_completed(
    store: Store, plan: Plan, target: str, rows: str, columns: Sequence[str], mentions: Callable[[int], str]
) -> None:
    """Merges rows `s` that take from the table what they do not mention; `mentions` says so of a plan's column."""
    keys = [column.name for column in plan.keys]
    numbers = {column.name: i for i, column in enumerate(plan.columns) if column.name not in (DELETED_AT, *keys)}
    whole = []
    for name in columns:
        column = quoted(name)
        if name in numbers:
            whole.append(f"CASE WHEN {mentions(numbers[name])} THEN s.{column} ELSE t.{column} END AS {column}")
        else:
            whole.append(f"s.{column}")
    store.execute(f"DROP TABLE IF EXISTS {WHOLE}")
    same = same_key("t", "s", keys)
    store.execute(
        f"CREATE TEMP TABLE {WHOLE} AS SELECT {', '.join(whole)} FROM {rows} AS s LEFT JOIN {target} AS t ON {same}"
    )
    store.merge(target, WHOLE, columns, keys)
    store.execute(f"DROP TABLE {WHOLE}")
