"""Loading: what a run wrote becomes the same tables in DuckDB and in Postgres, however often it is loaded."""

import atexit
import contextlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from targets.loading.names import quoted
from targets.loading.tables import NAMES_TABLE
from tests.conformance.bench import Ran
from tests.conformance.checks import Case, Complaints, check
from tests.postgres import embedded_server
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse, _plain

Tables = dict[str, list[str]]
"""Rows by table, each as JSON, in order."""


@cache
def server() -> str:
    """A PostgreSQL server for this process."""
    stack = contextlib.ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(embedded_server())


def lines_of(ran: Ran) -> list[bytes]:
    """A run's messages as a target reads them."""
    return ran.output.splitlines()


def loaded_twice(case: Case, warehouse: Warehouse) -> tuple[Tables, Tables, list[str]]:
    """The tables after loading both runs, after loading them again, and what went wrong."""
    found: list[Tables] = []
    broken: list[str] = []
    for _ in range(2):
        outcome = warehouse.load([*lines_of(case.usual.first), *lines_of(case.usual.second)])
        broken += [outcome.error] if outcome.error else []
        found.append(dump(warehouse))
    return found[0], found[1], broken


def dump(warehouse: Warehouse) -> Tables:
    """Everything in the warehouse but when it was loaded; columns go by the names that the tap gives them."""
    store = warehouse.open(warehouse.settings.model_validate(warehouse.config()))
    tables: Tables = {}
    try:
        names = store.query(f"SELECT table_schema, table_name, column_name, property FROM {NAMES_TABLE}")
        renamed = {(schema, table, column): name for schema, table, column, name in names}
        for table in sorted(warehouse.tables()):
            schema, _, name = table.partition(".")
            kinds = {c: k.kind for c, k in store.table_columns(schema, name).items() if not _is_ours(c)}
            shown = [f"CAST({quoted(c)} AS text)" if kind == "json" else quoted(c) for c, kind in kinds.items()]
            rows = store.query(f"SELECT {', '.join(shown)} FROM {quoted(schema)}.{quoted(name)}")
            named = {renamed.get((schema, name, column), column): kind for column, kind in kinds.items()}
            tables[table] = sorted(_as_json(named, row) for row in rows)
    finally:
        store.close()
    return tables


def _is_ours(column: str) -> bool:
    """Columns that say when something was loaded or read: no two loads agree on them."""
    return column.startswith("_sdc_") or column == "_engarde_loaded_at"


def _as_json(kinds: dict[str, str], row: tuple[Any, ...]) -> str:
    plain = {column: _plain(value, kind) for (column, kind), value in zip(kinds.items(), row, strict=True)}
    return json.dumps(plain, sort_keys=True, ensure_ascii=False)


def in_duckdb(case: Case) -> tuple[Tables, Tables, list[str]]:
    """Both runs loaded twice into DuckDB, once for all checks."""
    if not hasattr(case, "_duckdb"):
        with tempfile.TemporaryDirectory(prefix="engarde-") as folder:
            warehouse = DuckDBWarehouse(Path(folder, "loaded.duckdb"))
            case._duckdb = loaded_twice(case, warehouse)  # type: ignore[attr-defined]
    found: tuple[Tables, Tables, list[str]] = case._duckdb  # type: ignore[attr-defined]
    return found


def in_postgres(case: Case) -> tuple[Tables, Tables, list[str]]:
    """Both runs loaded twice into Postgres, once for all checks."""
    if not hasattr(case, "_postgres"):
        warehouse = PostgresWarehouse(server(), "postgres").emptied()
        case._postgres = loaded_twice(case, warehouse)  # type: ignore[attr-defined]
    found: tuple[Tables, Tables, list[str]] = case._postgres  # type: ignore[attr-defined]
    return found


def _same_again(once: Tables, again: Tables, broken: list[str], where: str) -> Complaints:
    yield from (f"{where}: {sentence}" for sentence in broken)
    for table in once:
        if once[table] != again.get(table):
            yield f"{where}: {table} has {len(once[table])} rows, and {len(again.get(table, []))} after loading again"


@check(
    "Loaded twice into DuckDB, the tables are as after the first load.", defect="streams without a key for the target"
)
def loaded_twice_into_duckdb(case: Case) -> Complaints:
    yield from _same_again(*in_duckdb(case), "DuckDB")


@check(
    "Loaded twice into Postgres, the tables are as after the first load.", defect="streams without a key for the target"
)
def loaded_twice_into_postgres(case: Case) -> Complaints:
    yield from _same_again(*in_postgres(case), "Postgres")


@check("DuckDB and Postgres hold the same rows.", defect="a row that Postgres does not get")
def warehouses_agree(case: Case) -> Complaints:
    here, there = in_duckdb(case)[0], in_postgres(case)[0]
    for table in sorted(here.keys() | there.keys()):
        if here.get(table) == there.get(table):
            continue
        only = [row for row in here.get(table, []) if row not in there.get(table, [])]
        others = [row for row in there.get(table, []) if row not in here.get(table, [])]
        yield f"{table}: only in DuckDB {only[:1]}, only in Postgres {others[:1]}"
