"""Weights are learned from the records of a warehouse and written in the seed's shape."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from taps.cli import app
from transform.scoring.population import populate
from transform.training.command import SEED, read

pytest.importorskip("splink")

FEATURES = """
    CREATE TABLE staging.int_customer_features AS
    SELECT md5(unique_id::text) AS record_key, lower(first_name) AS first_norm, lower(first_name) AS first_as_written,
        lower(last_name) AS last_norm, replace(dob, '-', '') AS birth, lower(email) AS email_norm,
        right(phone, 9) AS phone_e164, regexp_replace(street, '[^a-z0-9]', '', 'g') AS street, suburb AS city, postcode
    FROM population
"""


@pytest.fixture
def warehouse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        populate(connection, 6000, 3)
        connection.execute("CREATE SCHEMA staging")
        connection.execute(FEATURES)
    monkeypatch.setenv("ENGARDE_DUCKDB_PATH", str(file))
    monkeypatch.setenv("ENGARDE_CONNECTED", "none")
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    monkeypatch.setenv("DBT_LOG_PATH", str(tmp_path / "logs"))
    return file


@pytest.mark.slow
def test_what_one_person_shares_weighs_for_and_what_differs_against(warehouse: Path, tmp_path: Path) -> None:
    written, shipped = tmp_path / "weights.csv", SEED.read_bytes()
    done = CliRunner().invoke(app, ["train-matching", "--output", str(written), "--pairs", "300000"])
    assert done.exit_code == 0, done.output
    weights = read(written)
    assert weights["email", "same"] > weights["first_name", "same"] > 4
    assert weights["birth_date", "same"] > 8
    assert weights["household", "differ/differ/differ"] < -4
    assert weights["first_name", "differ"] < -2
    assert weights["email", "close"] == read(SEED)["email", "close"], "hardly any pair shows it: kept"
    assert "kept" in done.output
    assert SEED.read_bytes() == shipped


@pytest.mark.slow
def test_what_an_older_file_lacks_comes_from_the_shipped_seed(warehouse: Path, tmp_path: Path) -> None:
    written = tmp_path / "weights.csv"
    written.write_text("comparison,level,weight\nemail,close,3.21\n", encoding="utf-8")
    done = CliRunner().invoke(app, ["train-matching", "--output", str(written), "--pairs", "300000"])
    assert done.exit_code == 0, done.output
    weights, shipped = read(written), read(SEED)
    organisations = {key: weight for key, weight in shipped.items() if key[0].startswith("organisation_")}
    assert organisations, "the seed ships weights for organisations, which are not trained"
    assert {key: weights.get(key) for key in organisations} == organisations
    assert weights["email", "close"] == 3.21, "what the file says and nothing teaches is kept"


def test_without_splink_one_line_says_how_to_install_it(
    warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("splink", "sqlglot", "transform.training.levels", "transform.training.weights"):
        monkeypatch.setitem(sys.modules, name, None)
    done = CliRunner().invoke(app, ["train-matching", "--output", str(tmp_path / "weights.csv")])
    assert (done.exit_code, len(done.stderr.splitlines())) == (2, 1)
    assert "engarde[splink]" in done.stderr
    assert not (tmp_path / "weights.csv").exists()


@pytest.mark.slow
def test_too_few_records_teach_nothing(warehouse: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["train-matching", "--output", str(tmp_path / "weights.csv"), "--records", "10"])
    assert done.exit_code == 2
    assert "10 records of people are too few" in done.stderr
