"""Which warehouse a tenant has, and what its schemas are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrate.data.errors import RowsError
from orchestrate.warehouse.postgres import PostgresWarehouse
from orchestrate.warehouse.postgres_names import prefix_of, translated
from orchestrate.warehouses import ADDRESS, FOLDER, warehouse_of

ID, OTHER = "3f9c2a1b" + "0" * 24, "3f9c2a1c" + "0" * 24
URL = "postgresql://warehouses:p%40ss@db.example:6432/rows?sslmode=require"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER, str(tmp_path))
    monkeypatch.setenv(ADDRESS, URL)
    return tmp_path


def test_an_address_puts_tenants_on_postgres_but_for_those_that_have_a_file(folder: Path) -> None:
    assert warehouse_of(ID, "acme").engine == "postgres"
    (folder / OTHER).mkdir()
    (folder / OTHER / "warehouse.duckdb").touch()
    assert warehouse_of(OTHER, "zeta").engine == "duckdb"
    assert warehouse_of("0" * 32, "default").engine == "duckdb"


def test_a_tenant_moves_to_postgres_when_its_folder_is_taken_away(folder: Path) -> None:
    file = folder / ID / "warehouse.duckdb"
    file.parent.mkdir()
    file.touch()
    before = warehouse_of(ID, "acme")
    assert before.environment["MELTANO_DATABASE_URI"] == f"sqlite:///{folder / ID / 'meltano.db'}"
    file.parent.rename(folder / "kept")
    after = warehouse_of(ID, "acme")
    assert (before.engine, after.engine) == ("duckdb", "postgres")
    assert not (folder / ID).exists(), "nothing of a tenant on Postgres needs a folder that workers share"


def test_loader_and_dbt_are_told_where_it_is() -> None:
    found = warehouse_of(ID, "acme")
    assert isinstance(found, PostgresWarehouse)
    told = found.environment
    assert {name: told[f"ENGARDE_PG_{name}"] for name in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE")} == {
        "HOST": "db.example", "PORT": "6432", "USER": "warehouses", "PASSWORD": "p@ss", "DATABASE": "rows",
    }  # fmt: skip
    assert (told["ENGARDE_SCHEMA_PREFIX"], told["PGSSLMODE"]) == ("acme_3f9c2a1b_", "require")
    assert told["MELTANO_DATABASE_URI"] == (
        "postgresql+psycopg://warehouses:p%40ss@db.example:6432/rows"
        "?options=-c+search_path%3Dacme_3f9c2a1b_meltano&sslmode=require"
    )
    assert found.target_settings("stripe") == {"sqlalchemy_url": URL, "default_target_schema": "acme_3f9c2a1b_stripe"}
    assert "p@ss" not in repr(found) and "p%40ss" not in repr(found)


def test_a_preview_is_built_of_the_same_raw_tables_in_schemas_of_its_own() -> None:
    found = warehouse_of(ID, "acme")
    assert isinstance(found, PostgresWarehouse)
    beside = found.preview("0d81c2aa" + "0" * 24).answers
    names = [beside.schema(name) for name in ("unified", "decided", "answers", "shopify")]
    assert names == [f"acme_3f9c2a1b_{name}" for name in (
        "p0d81c2aa_unified", "p0d81c2aa_decided", "p0d81c2aa_answers", "shopify",
    )]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "prefix"),
    [("acme", "acme_3f9c2a1b_"), ("Café & Söhne GmbH", "caf_s_hne_gmbh_3f9c2a1b_"), ("日本", "tenant_3f9c2a1b_"),
     ("x" * 100, "x" * 20 + "_3f9c2a1b_")],
)  # fmt: skip
def test_a_prefix_is_readable_short_and_ones_own(name: str, prefix: str) -> None:
    assert prefix_of(ID, name) == prefix != prefix_of(OTHER, name)


def test_sql_of_both_engines_becomes_psycopgs_on_the_tenants_schemas() -> None:
    said = "SELECT json_object('a?', x.unified), '100%' FROM unified.orders AS x WHERE x.id % 2 = ? AND y = 'marts.z'"
    assert translated(said, "acme_") == (
        "SELECT json_build_object('a?', x.unified), '100%%' FROM \"acme_unified\".orders AS x "
        "WHERE x.id %% 2 = %s AND y = 'marts.z'"
    )


@pytest.mark.parametrize("address", ["nonsense", "mysql://x/y", "postgresql://host"])
def test_an_address_that_cannot_be_one_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv(ADDRESS, address)
    with pytest.raises(RowsError, match=r"ENGARDE_WAREHOUSE_URL is no address such as postgresql://"):
        warehouse_of(ID, "acme")
