"""Loading: what a run wrote becomes the same tables in DuckDB and in Postgres, however often it is loaded."""

import atexit
import contextlib
import json
import tempfile
import weakref
from dataclasses import dataclass, field
from functools import cache, cached_property
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


@dataclass
class Loading:
    """A warehouse, the tables after loading both runs, and what went wrong; loaded again only where that is asked."""

    case: Case
    warehouse: Warehouse
    broken: list[str] = field(default_factory=list)

    @cached_property
    def once(self) -> Tables:
        """The tables after loading both runs."""
        return self._loaded()

    @cached_property
    def twice(self) -> Tables:
        """The tables after loading them again."""
        assert self.once is not None
        return self._loaded()

    def _loaded(self) -> Tables:
        runs = self.case.usual
        outcome = self.warehouse.load([*lines_of(runs.first), *lines_of(runs.second)])
        self.broken += [outcome.error] if outcome.error else []
        return dump(self.warehouse)

    def same_again(self, where: str) -> Complaints:
        """What differs after the second time."""
        once, again = self.once, self.twice
        yield from (f"{where}: {sentence}" for sentence in self.broken)
        for table in once:
            if once[table] != again.get(table):
                rows = len(again.get(table, []))
                yield f"{where}: {table} has {len(once[table])} rows, and {rows} after loading again"


def dump(warehouse: Warehouse) -> Tables:
    """Everything in the warehouse but when it was loaded; columns go by the names that the tap gives them."""
    loaded = sorted(warehouse.tables())
    store = warehouse.open(warehouse.settings.model_validate(warehouse.config()))
    tables: Tables = {}
    try:
        names = store.query(f"SELECT table_schema, table_name, column_name, property FROM {NAMES_TABLE}")
        renamed = {(schema, table, column): name for schema, table, column, name in names}
        for table in loaded:
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


def in_duckdb(case: Case) -> Loading:
    """Both runs loaded into DuckDB, once for all checks."""
    if "duckdb" not in case.loaded:
        folder = tempfile.TemporaryDirectory(prefix="engarde-")
        case.loaded["duckdb"] = Loading(case, DuckDBWarehouse(Path(folder.name, "loaded.duckdb")))
        weakref.finalize(case, folder.cleanup)
    return case.loaded["duckdb"]


def in_postgres(case: Case) -> Loading:
    """Both runs loaded into Postgres, once for all checks."""
    if "postgres" not in case.loaded:
        case.loaded["postgres"] = Loading(case, PostgresWarehouse(server(), "postgres").emptied())
    return case.loaded["postgres"]


@check(
    "Loaded twice into DuckDB, the tables are as after the first load.", defect="streams without a key for the target"
)
def loaded_twice_into_duckdb(case: Case) -> Complaints:
    yield from in_duckdb(case).same_again("DuckDB")


@check(
    "Loaded twice into Postgres, the tables are as after the first load.", defect="streams without a key for the target"
)
def loaded_twice_into_postgres(case: Case) -> Complaints:
    yield from in_postgres(case).same_again("Postgres")


@check("DuckDB and Postgres hold the same rows.", defect="a row that Postgres does not get")
def warehouses_agree(case: Case) -> Complaints:
    duckdb, postgres = in_duckdb(case), in_postgres(case)
    here, there = duckdb.once, postgres.once
    yield from [*duckdb.broken, *postgres.broken]
    for table in sorted(here.keys() | there.keys()):
        if here.get(table) == there.get(table):
            continue
        only = [row for row in here.get(table, []) if row not in there.get(table, [])]
        others = [row for row in there.get(table, []) if row not in here.get(table, [])]
        yield f"{table}: only in DuckDB {only[:1]}, only in Postgres {others[:1]}"
