"""Moves a staged batch into its table: last version of a key wins, what a record does not mention stays."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
from targets.loading.plan import Plan
from targets.loading.store import Stamp, Store

MISSING = quoted("_engarde_missing")
FOLDED = quoted("_engarde_folded")
_ORDER = quoted("_engarde_order")
_PLACE = quoted("_engarde_place")


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


def merge_batch(
    store: Store, plan: Plan, staged: str, target: str, stamp: Stamp, wishes: Wishes, *, partial: bool
) -> Merged:
    """Merges the staged rows into the target; `partial` says that some rows do not mention every column."""
    keys = [column.name for column in plan.keys]
    if wishes.append or not keys:
        written, deleted = _counts(store, staged)
        selected = _selected(plan, stamp, wishes, store.stage_order)
        names = ", ".join(map(quoted, selected))
        store.execute(f"INSERT INTO {target} ({names}) SELECT {', '.join(selected.values())} FROM {staged}")
        return Merged(written, deleted)
    folded = _merge_partial(store, plan, staged, target, stamp, wishes, keys) if partial else Merged(0, 0)
    _keep_last(store, staged, keys)
    written, deleted = _counts(store, staged)
    if deleted and wishes.hard_delete:
        _delete_marked(store, target, staged, keys)
    selected = _selected(plan, stamp, wishes, store.stage_order)
    source = ", ".join(f"{value} AS {quoted(name)}" for name, value in selected.items())
    store.merge(target, f"(SELECT {source} FROM {staged})", list(selected), keys)
    return Merged(written + folded.written, deleted + folded.deleted)


def _merge_partial(
    store: Store, plan: Plan, staged: str, target: str, stamp: Stamp, wishes: Wishes, keys: Sequence[str]
) -> Merged:
    """Merges all rows of those keys of which some row does not mention every column, and takes them off the stage."""
    _fold(store, plan, staged, keys)
    same = same_key("s", "f", keys)
    store.execute(f"DELETE FROM {staged} AS s WHERE EXISTS (SELECT 1 FROM {FOLDED} AS f WHERE {same})")
    written, deleted = _counts(store, FOLDED)
    if deleted and wishes.hard_delete:
        _delete_marked(store, target, FOLDED, keys)
    _merge_folded(store, plan, target, _selected(plan, stamp, wishes, _ORDER), keys)
    return Merged(written, deleted)


def same_key(one: str, other: str, keys: Sequence[str]) -> str:
    """The condition that two rows have the same key."""
    return " AND ".join(f"{one}.{quoted(key)} = {other}.{quoted(key)}" for key in keys)


def _selected(plan: Plan, stamp: Stamp, wishes: Wishes, order: str) -> dict[str, str]:
    selected = {column.name: quoted(column.name) for column in plan.columns}
    received = literal(stamp.received_at.isoformat())
    selected[EXTRACTED_AT] = f"coalesce({quoted(EXTRACTED_AT)}, CAST({received} AS timestamptz))"
    selected[TABLE_VERSION] = quoted(TABLE_VERSION)
    if wishes.record_metadata:
        selected[RECEIVED_AT] = f"CAST({received} AS timestamptz)"
        selected[BATCHED_AT] = f"CAST({literal(stamp.batched_at.isoformat())} AS timestamptz)"
        selected[SEQUENCE] = f"{stamp.sequence} + {order}"
    return selected


def _counts(store: Store, staged: str) -> tuple[int, int]:
    rows, deleted = store.query(f"SELECT count(*), count({quoted(DELETED_AT)}) FROM {staged}")[0]
    return rows - deleted, deleted


def _keep_last(store: Store, staged: str, keys: Sequence[str]) -> None:
    by = ", ".join(map(quoted, keys))
    distinct = f"(SELECT count(*) FROM (SELECT 1 FROM {staged} GROUP BY {by}) AS k)"
    if store.query(f"SELECT count(*) - {distinct} FROM {staged}")[0][0]:
        last = f"SELECT max({store.stage_order}) FROM {staged} GROUP BY {by}"
        store.execute(f"DELETE FROM {staged} WHERE {store.stage_order} NOT IN ({last})")


def _delete_marked(store: Store, target: str, staged: str, keys: Sequence[str]) -> None:
    marked = f"s.{quoted(DELETED_AT)} IS NOT NULL"
    store.execute(f"DELETE FROM {target} AS t USING {staged} AS s WHERE {same_key('t', 's', keys)} AND {marked}")
    store.execute(f"DELETE FROM {staged} WHERE {quoted(DELETED_AT)} IS NOT NULL")


def _mentions(store: Store, number: int) -> str:
    return f"({MISSING} IS NULL OR NOT {store.among(number, MISSING)})"


def _has(number: int) -> str:
    return quoted(f"_engarde_has_{number}")


def _fold(store: Store, plan: Plan, staged: str, keys: Sequence[str]) -> None:
    newest = f"ORDER BY {_PLACE} DESC"
    parts = [quoted(key) for key in keys]
    for i, column in enumerate(plan.columns):
        if column.name in keys:
            continue
        name = quoted(column.name)
        if column.name == DELETED_AT:
            parts.append(f"(array_agg({name} {newest}))[1] AS {name}")
        else:
            parts.append(f"(array_agg({name} {newest}) FILTER (WHERE {_mentions(store, i)}))[1] AS {name}")
            parts.append(f"bool_or({_mentions(store, i)}) AS {_has(i)}")
    controls = map(quoted, (EXTRACTED_AT, TABLE_VERSION))
    parts.extend(f"(array_agg({control} {newest}))[1] AS {control}" for control in controls)
    parts.append(f"max({_PLACE}) AS {_ORDER}")
    store.execute(f"DROP TABLE IF EXISTS {FOLDED}")
    by = ", ".join(map(quoted, keys))
    some = f"EXISTS (SELECT 1 FROM {staged} AS p WHERE p.{MISSING} IS NOT NULL AND {same_key('s', 'p', keys)})"
    rows = f"SELECT s.*, s.{store.stage_order} AS {_PLACE} FROM {staged} AS s WHERE {some}"
    store.execute(f"CREATE TEMP TABLE {FOLDED} AS SELECT {', '.join(parts)} FROM ({rows}) AS r GROUP BY {by}")


def _merge_folded(store: Store, plan: Plan, target: str, selected: dict[str, str], keys: Sequence[str]) -> None:
    numbers = {column.name: i for i, column in enumerate(plan.columns) if column.name != DELETED_AT}
    changes = []
    for name in selected:
        column = quoted(name)
        if name in keys:
            continue
        if name in numbers:
            changes.append(f"{column} = CASE WHEN s.{_has(numbers[name])} THEN s.{column} ELSE t.{column} END")
        else:
            changes.append(f"{column} = s.{column}")
    flags = ", ".join(_has(i) for name, i in numbers.items() if name not in keys)
    values = ", ".join(f"{value} AS {quoted(name)}" for name, value in selected.items())
    source = f"(SELECT {values}, {flags} FROM {FOLDED})"
    same = same_key("t", "s", keys)
    names = ", ".join(map(quoted, selected))
    store.execute(f"UPDATE {target} AS t SET {', '.join(changes)} FROM {source} AS s WHERE {same}")
    store.execute(
        f"INSERT INTO {target} ({names}) SELECT {names} FROM {source} AS s "
        f"WHERE NOT EXISTS (SELECT 1 FROM {target} AS t WHERE {same})"
    )
