"""Removes rows that a re-read of everything or of a window no longer brought; swaps in tables loaded beside."""

# ruff: noqa: S608 - statements are built from quoted names and literals; none takes foreign text unquoted
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from targets.loading.errors import LoadError, one_line
from targets.loading.names import DELETED_AT, EXTRACTED_AT, INTERNAL_SCHEMA, TABLE_VERSION, hashed, literal, quoted
from targets.loading.plan import Plan, TableName
from targets.loading.store import Store
from targets.loading.tables import qualified, shape_like

_ENDS = {"from": (">=", "<"), "until": (">", "<="), "both": (">=", "<="), "neither": (">", "<")}


@dataclass(frozen=True, slots=True)
class Window:
    """What was read again: rows in it that match `where` (each value one of a list) and were extracted before
    `before` are removed. Without a field it is bounded by `where` alone: the children of parents read again.
    """

    field: str | None
    start: str | None
    until: str | None
    includes: str
    where: Mapping[str, list[str] | None]
    before: str


def read_window(stream: str, message: Any) -> Window:
    """Reads the `replaces` of a SCHEMA message."""
    try:
        includes = message.get("includes", "both")
        _ENDS[includes]
        where = {str(k): None if v is None else _texts(v) for k, v in (message.get("where") or {}).items()}
        ends = [message.get(end) for end in ("from", "until")]
        start, until = (None if end is None else str(end) for end in ends)
        field = message.get("field")
        if field is None and not where:
            raise KeyError("field")
        return Window(field if field is None else str(field), start, until, includes, where, str(message["before"]))
    except (AttributeError, KeyError, TypeError):
        raise LoadError(
            f"stream {one_line(stream)}: its SCHEMA's 'replaces' lacks field, before or a known 'includes'"
        ) from None


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def remove_window(store: Store, plan: Plan, window: Window) -> int:
    """Removes the rows of the window that its re-read did not bring; returns how many."""
    after, before = _ENDS[window.includes]
    conditions = [f"{quoted(EXTRACTED_AT)} < {literal(window.before)}"]
    if window.field is not None:
        edge = _column(plan, window.field)
        if window.start is not None:
            conditions.append(f"{edge} {after} {literal(window.start)}")
        if window.until is not None:
            conditions.append(f"{edge} {before} {literal(window.until)}")
    for prop, values in window.where.items():
        column = f"CAST({_column(plan, prop)} AS text)"
        among = ", ".join(map(literal, values or []))
        conditions.append(f"{column} IS NULL" if values is None else f"{column} IN ({among or 'NULL'})")
    return store.execute(f"DELETE FROM {qualified(plan.table)} WHERE {' AND '.join(conditions)}")


def _column(plan: Plan, prop: str) -> str:
    if prop not in plan.index:
        raise LoadError(
            f"stream {one_line(plan.stream)}: 'replaces' names {one_line(prop)!r}, which its schema does not"
        )
    return quoted(plan.columns[plan.index[prop]].name)


def activate(store: Store, plan: Plan, version: int, connection: str | None, now: str, *, hard_delete: bool) -> int:
    """Ends a complete re-read: rows of the connection with another version are deleted; returns how many.

    A stream without key was loaded beside its table and takes the old rows' place.
    """
    target, column = qualified(plan.table), quoted(TABLE_VERSION)
    of_connection = _of_connection(plan, connection)
    if not plan.keys:
        return _swap(store, plan, f"{column} = {version}", of_connection)
    others = f"{column} IS DISTINCT FROM {version}{of_connection}"
    if hard_delete:
        return store.execute(f"DELETE FROM {target} WHERE {others}")
    mark = quoted(DELETED_AT)
    return store.execute(f"UPDATE {target} SET {mark} = {literal(now)} WHERE {others} AND {mark} IS NULL")


def _of_connection(plan: Plan, connection: str | None) -> str:
    if connection is None or plan.connection is None:
        return ""
    return f" AND CAST({quoted(plan.connection.name)} AS text) = {literal(connection)}"


def beside(store: Store, table: TableName) -> TableName:
    """The table in which a complete re-read waits until it is whole."""
    return TableName(INTERNAL_SCHEMA, hashed(f"loading {table.schema}.{table.name}", store.max_name_bytes))


def open_beside(store: Store, plan: Plan, version: int | None, connections: str | None) -> TableName:
    """Makes the waiting table ready for the rows of a version; those of versions that never became whole go.

    `connections` is a query of the connections that the rows belong to, None where rows belong to nobody.
    """
    waiting = beside(store, plan.table)
    shape_like(store, plan.table, waiting)
    store.ensure_key(waiting.schema, waiting.name, [key.name for key in plan.keys])
    if version is not None:
        own = ""
        if connections is not None and plan.connection is not None:
            own = f" AND {quoted(plan.connection.name)} IN ({connections})"
        store.execute(f"DELETE FROM {qualified(waiting)} WHERE {quoted(TABLE_VERSION)} IS DISTINCT FROM {version}{own}")
    return waiting


def empty_beside(store: Store, plan: Plan) -> None:
    """Forgets what an overwriting run that did not reach its end left waiting."""
    waiting = beside(store, plan.table)
    shape_like(store, plan.table, waiting)
    store.execute(f"DELETE FROM {qualified(waiting)}")


def replace_table(store: Store, plan: Plan) -> int:
    """Puts the rows loaded beside in place of all the table's rows; returns how many went."""
    return _swap(store, plan, "true", "")


def _swap(store: Store, plan: Plan, which: str, of_connection: str) -> int:
    waiting = beside(store, plan.table)
    shape_like(store, plan.table, waiting)
    target, source = qualified(plan.table), qualified(waiting)
    names = ", ".join(map(quoted, store.table_columns(plan.table.schema, plan.table.name)))
    gone = store.execute(f"DELETE FROM {target} WHERE true{of_connection}")
    store.execute(f"INSERT INTO {target} ({names}) SELECT {names} FROM {source} WHERE {which}{of_connection}")
    store.execute(f"DELETE FROM {source} WHERE true{of_connection}")
    return gone
