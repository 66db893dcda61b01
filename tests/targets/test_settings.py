"""Every setting in docs/target-settings.md does what the page says."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from targets.duckdb.settings import DuckDBSettings
from targets.postgres.settings import PostgresSettings
from tests.targets.singer import INTEGER, TEXT, record, schema, state
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

TWO = [schema(), record(id="a", n=1), state(1), record(id="b", n=2), state(2)]
METADATA = {"_sdc_received_at", "_sdc_batched_at", "_sdc_sequence"}


def _default_target_schema(warehouse: Warehouse, folder: Path) -> None:
    warehouse.load(TWO, default_target_schema="raw")
    assert warehouse.tables() == {"raw.orders"}


def _add_record_metadata(warehouse: Warehouse, folder: Path) -> None:
    warehouse.load(TWO, add_record_metadata=False)
    assert not METADATA & set(warehouse.types("shop.orders"))
    warehouse.load(TWO)
    assert set(warehouse.types("shop.orders")) >= METADATA


def _load_method(warehouse: Warehouse, folder: Path) -> None:
    rows = []
    for method in ("upsert", "upsert", "append-only", "overwrite"):
        lines = [schema(id=TEXT), record(id="a"), state(len(rows))]
        assert warehouse.load(lines, load_method=method).error is None
        rows.append(len(warehouse.rows("shop.orders", ["id"])))
    assert rows == [1, 1, 2, 1]


def _batch_size_rows(warehouse: Warehouse, folder: Path) -> None:
    assert len(warehouse.load(TWO).states) == 1
    assert len(warehouse.load(TWO, batch_size_rows=1).states) == 2


def _batch_size_bytes(warehouse: Warehouse, folder: Path) -> None:
    assert len(warehouse.load(TWO, batch_size_bytes=1).states) == 2


def _hard_delete(warehouse: Warehouse, folder: Path) -> None:
    gone = [schema(id=TEXT), record(id="a"), record(id="a", _sdc_deleted_at="2026-01-01T00:00:00Z")]
    warehouse.load(gone)
    assert len(warehouse.rows("shop.orders", ["id"])) == 1
    warehouse.load(gone, hard_delete=True)
    assert warehouse.rows("shop.orders", ["id"]) == []


def _validate_records(warehouse: Warehouse, folder: Path) -> None:
    odd = [schema(id=TEXT, n=INTEGER), record(id="a", n="many")]
    assert "validate_records is on" in str(warehouse.load(odd, validate_records=True).error)
    assert warehouse.load(odd).error is None


def _pipeline_id(warehouse: Warehouse, folder: Path) -> None:
    warehouse.load(TWO, pipeline_id="nightly")
    assert warehouse.query("SELECT pipeline FROM _engarde.state") == [("nightly",)]


def _batch_root(warehouse: Warehouse, folder: Path) -> None:
    (file := folder / "rows.jsonl").write_text('{"id": "a"}\n')
    encoding = {"format": "jsonl", "compression": "none"}
    message = {"type": "BATCH", "stream": "orders", "encoding": encoding, "manifest": [f"file://{file}"]}
    lines = [schema(id=TEXT), json.dumps(message).encode()]
    assert warehouse.load(lines, batch_root=str(folder)).error is None
    (elsewhere := folder / "elsewhere").mkdir()
    assert "outside" in str(warehouse.load(lines, batch_root=str(elsewhere)).error)


def _filepath(warehouse: Warehouse, folder: Path) -> None:
    assert DuckDBSettings.model_validate({"filepath": "x.duckdb"}).path == "x.duckdb"


def _memory_limit(warehouse: Warehouse, folder: Path) -> None:
    store = warehouse.open(warehouse.settings.model_validate({**warehouse.config(), "memory_limit": "150MB"}))
    assert store.query("SELECT current_setting('memory_limit')") == [("143.0 MiB",)]
    store.close()


def _connection(warehouse: Warehouse, folder: Path) -> None:
    given = {"host": "h", "port": 1, "user": "u", "password": "p", "database": "d", "connect_timeout": 3}
    arguments = PostgresSettings.model_validate(given).connection_arguments()
    assert {**arguments, "database": arguments["dbname"]}.items() >= given.items()


def _sqlalchemy_url(warehouse: Warehouse, folder: Path) -> None:
    place = warehouse.config()
    url = f"postgresql+psycopg2://{place['user']}@/{place['database']}?host={place['host']}"
    store = warehouse.open(PostgresSettings.model_validate({"sqlalchemy_url": url}))
    assert store.query("SELECT current_user") == [(place["user"],)]
    store.close()


BOTH: dict[str, Callable[[Warehouse, Path], None]] = {
    "default_target_schema": _default_target_schema,
    "add_record_metadata": _add_record_metadata,
    "load_method": _load_method,
    "batch_size_rows": _batch_size_rows,
    "batch_size_bytes": _batch_size_bytes,
    "hard_delete": _hard_delete,
    "validate_records": _validate_records,
    "pipeline_id": _pipeline_id,
    "batch_root": _batch_root,
}
DUCKDB = {"filepath": _filepath, "memory_limit": _memory_limit}
POSTGRES = {
    **dict.fromkeys(("host", "port", "user", "password", "database", "connect_timeout"), _connection),
    "sqlalchemy_url": _sqlalchemy_url,
}  # fmt: skip
ELSEWHERE = {
    "batch_wait_limit_seconds": "test_command_line.test_age_writes_while_nothing_comes",
    "path": "test_command_line.test_duckdb_refuses_bad_settings",
    "token": "test_duckdb_places.test_motherduck_gets_its_address_and_the_token_apart",
    "lock_timeout": "test_command_line.test_locked_duckdb_file_names_the_holder",
    "role": "test_postgres_places.test_tables_belong_to_the_role_that_is_taken_on",
    "ssl_enable": "test_postgres_tls.test_a_load_is_encrypted",
    "ssl_mode": "test_postgres_tls.test_another_server_is_refused_in_one_line",
    "ssl_certificate_authority": "test_postgres_tls.test_another_server_is_refused_in_one_line",
    "ssl_client_certificate": "test_postgres_tls.test_a_client_shows_its_certificate",
    "ssl_client_private_key": "test_postgres_tls.test_a_client_shows_its_certificate",
}


def test_every_setting_is_tried() -> None:
    tried = {*BOTH, *DUCKDB, *POSTGRES, *ELSEWHERE}
    assert tried == {*DuckDBSettings.model_fields, *PostgresSettings.model_fields}
    for place in ELSEWHERE.values():
        module, _, name = place.partition(".")
        assert callable(getattr(import_module(f"tests.targets.{module}"), name))


@pytest.mark.parametrize("setting", BOTH)
def test_a_setting_of_both(warehouse: Warehouse, tmp_path: Path, setting: str) -> None:
    BOTH[setting](warehouse, tmp_path)


@pytest.mark.parametrize("setting", DUCKDB)
def test_a_setting_of_duckdb(duckdb_file: DuckDBWarehouse, tmp_path: Path, setting: str) -> None:
    DUCKDB[setting](duckdb_file, tmp_path)


@pytest.mark.parametrize("setting", POSTGRES)
def test_a_setting_of_postgres(postgres: PostgresWarehouse, tmp_path: Path, setting: str) -> None:
    POSTGRES[setting](postgres, tmp_path)
