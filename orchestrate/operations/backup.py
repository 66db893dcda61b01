"""Copies of the store that fit either engine: one zip file with a text file of JSON lines for each table.

A copy is of one moment, across all tenants. Sealed values stay sealed: it is worth nothing without the keys, which are
not in it and are kept elsewhere. What was loaded is not in it either: a warehouse is copied by its own means, or loaded
again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from sqlalchemy import Connection, LargeBinary, MetaData, Table, insert, select
from sqlalchemy.orm import Session

from orchestrate.operations.errors import OperationError
from orchestrate.store.database import Store
from orchestrate.store.tables import Table as Base
from orchestrate.store.tables import Tenant
from orchestrate.store.tables.row import Moment

FORM = 1
ABOUT = "about.json"
OF_THE_MOMENT = frozenset({"account_budgets"})
"""Tables whose rows mean nothing a day later."""
PEOPLE = "users"
_BATCH = 1000


def back_up(store: Store, file: Path) -> dict[str, int]:
    """Writes all rows into a new zip file; returns how many of each table. Raises `OperationError`."""
    if file.exists():
        raise OperationError(f"{file} is there already; a copy overwrites nothing")
    part = file.with_name(f"{file.name}.part")
    file.parent.mkdir(parents=True, exist_ok=True)
    counts: dict[str, int] = {}
    hashes: dict[str, str] = {}
    with store.snapshot() as session, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as copy:
        tenants = list(session.scalars(select(Tenant.id).order_by(Tenant.id)))
        for table in _tables():
            counts[table.name], digest = 0, hashlib.sha256()
            with copy.open(f"{table.name}.jsonl", "w", force_zip64=True) as lines:
                for row in _rows(store, session, table, tenants):
                    line = json.dumps(row, ensure_ascii=False).encode() + b"\n"
                    digest.update(line)
                    lines.write(line)
                    counts[table.name] += 1
            hashes[table.name] = digest.hexdigest()
        about = {
            "form": FORM, "made_at": datetime.now(UTC).isoformat(), "heads": _heads(session.connection()),
            "tables": [table.name for table in _tables()], "sha256": hashes, "rows": counts,
        }  # fmt: skip
        copy.writestr(ABOUT, json.dumps(about, indent=1))
    part.rename(file)
    return counts


def restore(store: Store, file: Path) -> dict[str, int]:
    """Fills an empty store of either engine from a copy, whole or not at all; returns how many rows of each table.

    Raises `OperationError` for a store that is not empty, a copy that is damaged, or one of another version.
    """
    try:
        with zipfile.ZipFile(file) as copy:
            about = json.loads(copy.read(ABOUT))
            return _filled(store, copy, about)
    except (zipfile.BadZipFile, KeyError, ValueError, FileNotFoundError, EOFError) as broken:
        raise OperationError(f"{file} is no whole copy of a store: {broken}") from None


def _filled(store: Store, copy: zipfile.ZipFile, about: Mapping[str, Any]) -> dict[str, int]:
    counts: dict[str, int] = {}
    tables = {table.name: table for table in _tables()}
    with store.across_tenants() as session:
        if session.scalar(select(Tenant.id).limit(1)) is not None:
            raise OperationError("the store is not empty; restore into a new one (ENGARDE_STORE)")
        heads = _heads(session.connection())
        if about["form"] != FORM or sorted(about["heads"]) != heads or set(about["tables"]) != set(tables):
            raise OperationError(
                f"the copy is of another version (tables at {', '.join(about['heads'])}, here {', '.join(heads)}); "
                "restore it with the version that made it, and let this one open that store"
            )
        for name in about["tables"]:
            counts[name] = _fill(store, session, copy, tables[name], about["sha256"][name])
    return counts


def _fill(store: Store, session: Session, copy: zipfile.ZipFile, table: Table, sha256: str) -> int:
    digest, number, batch = hashlib.sha256(), 0, []
    with copy.open(f"{table.name}.jsonl") as lines:
        for line in lines:
            digest.update(line)
            batch.append(_read(table, json.loads(line)))
            number += 1
            if len(batch) == _BATCH:
                _insert(store, session, table, batch)
                batch = []
    _insert(store, session, table, batch)
    if digest.hexdigest() != sha256:
        raise OperationError(f"the copy is damaged: {table.name} is not what was written")
    return number


def _insert(store: Store, session: Session, table: Table, rows: list[dict[str, Any]]) -> None:
    by_tenant: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_tenant.setdefault(row.get("tenant_id", ""), []).append(row)
    for tenant_id, mine in by_tenant.items():
        for part in ([row] for row in mine) if table.name == PEOPLE else (mine,):
            store.see(session, tenant_id, email=part[0]["email"] if table.name == PEOPLE else "")
            session.execute(insert(table), part)


def _rows(store: Store, session: Session, table: Table, tenants: list[str]) -> Iterator[dict[str, Any]]:
    """All rows in the order of their keys; on Postgres each tenant's are seen as theirs."""
    ordered = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    if table.name == PEOPLE:
        yield from _people(store, session, table, tenants)
        return
    if "tenant_id" not in table.columns:
        yield from map(_plain, session.execute(ordered).mappings())
        return
    for tenant in tenants:
        store.see(session, tenant)
        mine = ordered.where(table.columns["tenant_id"] == tenant)
        yield from map(_plain, session.execute(mine).mappings())


def _people(store: Store, session: Session, table: Table, tenants: list[str]) -> list[dict[str, Any]]:
    """On Postgres a person is seen by the tenants that they belong to."""
    found: dict[str, dict[str, Any]] = {}
    for tenant in tenants:
        store.see(session, tenant)
        found |= {row["id"]: _plain(row) for row in session.execute(select(table)).mappings()}
    return [found[key] for key in sorted(found)]


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): _json(value) for name, value in row.items()}


def _json(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _read(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _typed(table.columns[name].type, value) for name, value in row.items()}


def _typed(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(kind, Moment) else value


def _tables() -> list[Table]:
    """Every table that is worth a copy, those first that others point to."""
    metadata: MetaData = Base.metadata
    return [table for table in metadata.sorted_tables if table.name not in OF_THE_MOMENT]


def _heads(connection: Connection) -> list[str]:
    return sorted(MigrationContext.configure(connection).get_current_heads())
