"""`engarde dbt` reads the folders of connected platforms, and of nobody else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pytest

from tests.postgres import fresh_database
from transform.launch import EXCLUDED, PROJECT, connected_platforms, platforms_only, settings
from transform.warehouse import WarehouseError, schemas_with_tables

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with two more platforms: one sound, one whose every file dbt would stumble over."""
    root = tmp_path_factory.mktemp("launch")
    folder = root / "transform"
    shutil.copytree(
        PROJECT, folder, ignore=lambda _, names: [n for n in names if n in {"target", "logs", "__pycache__"}]
    )
    (root / "output").mkdir()
    broken = {
        "models/staging/broken/_broken__sources.yml": "sources: [{{{",
        "models/staging/broken/stg_broken__products.sql": "{% if %} nothing {{ of_this() }} is a model",
        "macros/staging/broken/_broken.sql": "{% macro unfinished( %}",
    }
    macro = "\n".join([
        "{% macro staging_models__sound() %}{{ return(['stg_sound__products']) }}{% endmacro %}",
        "{% macro category__sound() %}{{ return('crm') }}{% endmacro %}",
    ])  # fmt: skip
    sound = {
        "models/staging/sound/_sound__sources.yml": "sources: [{name: sound, tables: [{name: products}]}]",
        "models/staging/sound/stg_sound__products.sql": "select * from {{ raw('sound', 'products') }}",
        "macros/staging/sound/_sound.sql": macro,
    }
    for name, text in (broken | sound).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def dbt(
    project: Path, *arguments: str, program: str = "engarde-dbt", **variables: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ENGARDE_", "DBT_"))}
    return subprocess.run(
        [str(BIN / program), *arguments], cwd=project, text=True, capture_output=True, check=False,
        env=clean | {"DBT_PROJECT_DIR": str(project), "DBT_TARGET_PATH": "target", "NO_COLOR": "1", **variables},
    )  # fmt: skip


def parsed(project: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((project / "target" / "manifest.json").read_text())
    return manifest


def test_files_of_a_platform_that_is_not_connected_are_not_parsed(project: Path) -> None:
    done = dbt(project, "parse", ENGARDE_CONNECTED="sound")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout[-2000:]
    manifest = parsed(project)
    read = {
        each["original_file_path"]
        for kind in ("nodes", "sources", "macros")
        for each in manifest[kind].values()
        if each["package_name"] == "engarde"
    }
    assert {path.split("/")[2] for path in read if path.split("/")[1] == "staging"} == {"sound"}
    products = next(node for node in manifest["nodes"].values() if node["name"] == "int_product_records")
    assert "model.engarde.stg_sound__products" in products["depends_on"]["nodes"]
    schemas = {node["name"]: node["schema"] for node in manifest["nodes"].values()}
    assert (schemas["stg_sound__products"], schemas["orders"], schemas["customer_360"]) == (
        "staging",
        "unified",
        "marts",
    )

    assert dbt(project, "parse", ENGARDE_CONNECTED="broken,sound").returncode != 0


@pytest.mark.slow
def test_dbt_by_itself_reads_every_platform(project: Path, tmp_path: Path) -> None:
    whole = tmp_path / "transform"
    shutil.copytree(project, whole, ignore=lambda _, names: [n for n in names if n in {"broken", "target"}])
    done = dbt(whole, "parse", program="dbt")
    assert done.returncode == 0, done.stdout[-2000:]
    folders = {path.name for path in (whole / "models" / "staging").iterdir()}
    assert {source["source_name"] for source in parsed(whole)["sources"].values()} == folders


def test_nothing_loaded_is_said_before_empty_tables_are_built(project: Path) -> None:
    done = dbt(project, "build")
    assert done.returncode == 2
    assert done.stderr.startswith(f"engarde dbt: no platform has raw tables in {project.parent}/output/dev.duckdb; ")
    assert done.stderr.count("\n") == 1
    assert dbt(project, "--version").returncode == 0


def test_connected_is_what_has_tables_in_duckdb(project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE SCHEMA stripe; CREATE TABLE stripe.charges (id text); CREATE SCHEMA shopify")
        connection.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.charges (id text)")
    monkeypatch.setenv("ENGARDE_DUCKDB_PATH", str(file))
    monkeypatch.delenv("ENGARDE_CONNECTED", raising=False)
    assert connected_platforms(project, project, "duckdb") == ["stripe"]


def test_connected_is_what_has_tables_in_postgres(
    project: Path, monkeypatch: pytest.MonkeyPatch, postgres_host: str
) -> None:
    with fresh_database(postgres_host, "launch") as database:
        with psycopg.connect(host=postgres_host, user="postgres", dbname=database, autocommit=True) as connection:
            connection.execute("CREATE SCHEMA hubspot; CREATE TABLE hubspot.contacts (id text); CREATE SCHEMA shopify")
        monkeypatch.setenv("ENGARDE_PG_HOST", postgres_host)
        monkeypatch.setenv("ENGARDE_PG_DATABASE", database)
        monkeypatch.delenv("ENGARDE_CONNECTED", raising=False)
        assert connected_platforms(project, project, "postgres") == ["hubspot"]


def test_of_several_businesses_in_a_database_ones_own_schemas_count(
    project: Path, monkeypatch: pytest.MonkeyPatch, postgres_host: str
) -> None:
    with fresh_database(postgres_host, "launch") as database:
        with psycopg.connect(host=postgres_host, user="postgres", dbname=database, autocommit=True) as connection:
            for schema in ("hubspot", "acme_stripe", "zeta_shopify"):
                connection.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.things (id text)".encode())
        for name, value in {"ENGARDE_PG_HOST": postgres_host, "ENGARDE_PG_DATABASE": database}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("ENGARDE_CONNECTED", raising=False)
        memories = {platforms_only(project, ["stripe"])["DBT_TARGET_PATH"]}
        for prefix, found in (("acme_", ["stripe"]), ("zeta_", ["shopify"])):
            monkeypatch.setenv("ENGARDE_SCHEMA_PREFIX", prefix)
            assert connected_platforms(project, project, "postgres") == found
            memories.add(platforms_only(project, ["stripe"])["DBT_TARGET_PATH"])
        assert len(memories) == 3, "what dbt parsed for one names the schemas of one"
        monkeypatch.setenv("ENGARDE_RAW_PREFIX", "acme_")  # built elsewhere, of the same raw tables
        assert connected_platforms(project, project, "postgres") == ["stripe"]


def test_a_warehouse_that_cannot_be_asked_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("ENGARDE_DUCKDB_PATH", str(tmp_path / "warehouse.duckdb"))
    (tmp_path / "warehouse.duckdb").write_text("not a database, and long enough to be looked at as if it were one")
    with pytest.raises(WarehouseError, match=r"warehouse\.duckdb cannot be opened: "):
        schemas_with_tables(project, project, "duckdb")
    monkeypatch.setenv("ENGARDE_PG_PORT", "9")
    with pytest.raises(WarehouseError, match=r"Postgres at 127\.0\.0\.1:9 cannot be asked: "):
        schemas_with_tables(project, project, "postgres")
    with pytest.raises(WarehouseError, match=r"has no target 'snowflake'; it has duckdb, postgres"):
        schemas_with_tables(project, project, "snowflake")


def test_a_misspelt_platform_is_not_passed_over(project: Path) -> None:
    with pytest.raises(WarehouseError, match="'strype', which models/staging does not hold; did you mean 'stripe'"):
        connected_platforms(project, project, environment={"ENGARDE_CONNECTED": "shopify, strype"})
    assert connected_platforms(project, project, environment={"ENGARDE_CONNECTED": "stripe, shopify"}) == [
        "shopify",
        "stripe",
    ]


def test_each_set_and_each_new_model_has_a_memory_of_its_own(project: Path) -> None:
    def memory(*platforms: str) -> str:
        return platforms_only(project, platforms)["DBT_TARGET_PATH"]

    before = memory("sound")
    assert memory("sound", "stripe") not in {before, memory("stripe")}
    model = project / "models" / "staging" / "sound" / "stg_sound__orders.sql"
    model.touch()
    assert memory("sound") != before
    model.unlink()
    assert memory("sound") == before


def test_what_was_parsed_for_one_file_serves_another_of_its_name(project: Path, tmp_path: Path) -> None:
    """Many tenants' warehouses have one set of models."""

    def parse(file: str) -> str:
        told = {"ENGARDE_DUCKDB_PATH": str(tmp_path / file), "DBT_TARGET_PATH": str(tmp_path / "target")}
        done = dbt(project, "parse", ENGARDE_CONNECTED="sound", **told)
        assert done.returncode == 0, done.stdout[-2000:]
        return done.stdout

    anew = "Unable to do partial parsing"
    assert anew in parse("one/warehouse.duckdb")
    assert anew not in parse("other/warehouse.duckdb")


def test_a_build_leaves_unit_tests_out_unless_it_is_told_what_to_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(EXCLUDED, raising=False)
    monkeypatch.setenv("ENGARDE_CONNECTED", "stripe")
    assert settings(["build", "--target", "duckdb"])[EXCLUDED] == "unit_test"
    assert EXCLUDED not in settings(["test", "--target", "duckdb"])
    assert EXCLUDED not in settings(["build", "--resource-type", "unit_test"])
    monkeypatch.setenv(EXCLUDED, "seed")
    assert EXCLUDED not in settings(["build"])
