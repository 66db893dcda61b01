"""A new platform's draft says what was guessed, is refused for just that, and is sound once that is found out."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

import taps.engine.load
import taps.kinds
import taps.scaffold.unchecked
from taps import cli, fixtures
from taps.engine.load import load
from taps.engine.manifest import Manifest
from taps.engine.pages import Number, Offset, Token
from taps.scaffold.draft import draft
from taps.scaffold.vendor import ScaffoldError
from transform.generate import generated
from transform.launch import PROJECT

SPEC = Path(__file__).parent / "acme.json"
MARKED = re.compile(r'  # unchecked: .*$| *-- unchecked: .*$|^ "unchecked": .*\n', re.MULTILINE)


@dataclass(frozen=True)
class Drafted:
    platforms: Path
    staging: Path

    @property
    def folder(self) -> Path:
        return self.platforms / "acme"

    def files(self) -> list[Path]:
        return [path for path in (*self.folder.rglob("*"), *(self.staging / "acme").rglob("*")) if path.is_file()]

    def manifest(self) -> Manifest:
        return load("acme", self.folder)


def engarde(drafted: Drafted, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[str]]:
    """`engarde check acme` on the draft: its exit code and its lines."""
    for module in (taps.engine.load, taps.kinds, taps.scaffold.unchecked, fixtures):
        monkeypatch.setattr(module, "PLATFORMS", drafted.platforms)
    monkeypatch.setattr(taps.scaffold.unchecked, "STAGING", drafted.staging)
    load.cache_clear()  # another test has drafted another acme
    result = CliRunner().invoke(cli.app, ["check", "acme"])
    load.cache_clear()
    return result.exit_code, result.output.splitlines()


def find_everything_out(drafted: Drafted) -> None:
    for path in drafted.files():
        path.write_text(MARKED.sub("", path.read_text()))


@pytest.fixture(params=[SPEC, None], ids=["described", "undescribed"])
def any_draft(request: pytest.FixtureRequest, tmp_path: Path) -> Drafted:
    drafted = Drafted(tmp_path / "platforms", tmp_path / "staging")
    draft("acme", request.param, drafted.platforms, drafted.staging)
    return drafted


@pytest.fixture
def drafted(tmp_path: Path) -> Drafted:
    made = Drafted(tmp_path / "platforms", tmp_path / "staging")
    draft("acme", SPEC, made.platforms, made.staging)
    return made


def test_check_refuses_every_unchecked_line_and_nothing_else(
    any_draft: Drafted, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, lines = engarde(any_draft, monkeypatch)
    marked = {
        f"{path}:{number}"
        for path in any_draft.files()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if "unchecked" in line
    }
    assert code == 1
    assert len(marked) > 20
    assert {line.split(": unchecked: ")[0] for line in lines} == marked
    assert all(line.split(": unchecked: ")[1] for line in lines)


def test_check_accepts_it_once_everything_is_found_out(any_draft: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    find_everything_out(any_draft)
    code, lines = engarde(any_draft, monkeypatch)
    assert (code, lines) == (0, [f"acme: {len(any_draft.manifest().streams)} streams, sound"])
    assert fixtures.findings("acme", any_draft.folder) == []


def test_check_holds_the_fixtures_against_the_manifest(drafted: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    find_everything_out(drafted)
    (drafted.folder / "fixtures" / "notes.json").unlink()
    (drafted.folder / "fixtures" / "nots.json").write_text("{}")
    code, lines = engarde(drafted, monkeypatch)
    assert code == 1
    assert lines == [
        "acme/fixtures/nots.json: there is nothing of this name in the manifest",
        "acme/fixtures/notes.json: the stream has no fixture",
    ]


def test_lists_become_streams_with_their_parents_fields_and_pages(drafted: Drafted) -> None:
    manifest = drafted.manifest()
    assert list(manifest.streams) == ["customers", "notes", "orders"]
    customers, notes, orders = (manifest.streams[name] for name in manifest.streams)
    assert (customers.path, customers.records) == ("/customers", "customers")
    assert {name: spec if isinstance(spec, str) else spec.type for name, spec in customers.fields.items()} == {
        "id": "integer!", "email": "string", "name": "string", "updated_at": "datetime", "signed_up_on": "string",
        "credit": "decimal", "tags": "json", "home_page": "string",
    }  # fmt: skip
    assert isinstance(customers.pages, Token)
    assert (customers.pages.send, customers.pages.take) == ("cursor", "meta.next_cursor?")
    assert (customers.pages.more, customers.pages.size) == ("meta.has_more", {"limit": 250})
    assert customers.params == {"updated_since": "{window.start}"}
    assert isinstance(notes.pages, Number)
    assert notes.parent is not None
    assert (notes.parent.stream, notes.parent.carry, notes.key) == (
        "customers", {"customer_id": "id"}, ["customer_id", "uuid"],
    )  # fmt: skip
    assert notes.path == "/customers/{parent.id}/notes"
    assert isinstance(orders.pages, Offset)
    assert (orders.method, orders.path, orders.pages.into) == ("POST", "/shops/{config.shop_id}/orders/search", "body")


def test_logins_and_address_come_from_the_description(drafted: Drafted) -> None:
    manifest = drafted.manifest()
    assert manifest.http.base == "https://eu.acme.example/v1"
    assert {name: login.kind for name, login in manifest.auth.items()} == {"api_key": "keys", "oauth": "oauth2"}
    assert manifest.checked.api_version == "2026-03"
    assert set(manifest.config) == {"shop_id", "start_date"}


def test_what_is_only_guessed_is_marked(drafted: Drafted) -> None:
    marked = [line for line in (drafted.folder / "manifest.yaml").read_text().splitlines() if "unchecked" in line]
    fields = {line.split(":")[0].strip() for line in marked}
    assert {"signed_up_on", "credit", "created", "deletes", "key", "kind", "requests", "docs"} <= fields
    assert not {"email", "updated_at", "tags"} & fields


@pytest.mark.slow
def test_a_drafted_staging_model_builds(drafted: Drafted, tmp_path: Path) -> None:
    find_everything_out(drafted)
    project = tmp_path / "transform"
    left_out = shutil.ignore_patterns("target", "logs", "__pycache__")
    shutil.copytree(PROJECT, project, ignore=left_out)
    shutil.copytree(drafted.staging / "acme", project / "models" / "staging" / "acme")
    for path, text in generated(drafted.platforms, project).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    warehouse = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "CREATE SCHEMA acme; CREATE TABLE acme.customers AS SELECT 7 AS id, 'ada@example.com' AS email, "
            "now() AS updated_at, 'main' AS _connection_id, now() AS _sdc_extracted_at, "
            "CAST(NULL AS TIMESTAMPTZ) AS _sdc_deleted_at"
        )
    done = subprocess.run(
        [str(Path(sys.executable).with_name("engarde-dbt")), "build", "--select", "+int_customers"],
        env={**os.environ, "DBT_PROJECT_DIR": str(project), "ENGARDE_DUCKDB_PATH": str(warehouse)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        rows = connection.execute("SELECT source_record_id, email FROM staging.int_customers").fetchall()
    assert rows == [("7", "ada@example.com")]


def test_what_cannot_be_drafted_is_said_and_nothing_written(tmp_path: Path) -> None:
    platforms, staging = tmp_path / "platforms", tmp_path / "staging"
    (tmp_path / "other.json").write_text('{"hello": "world"}')
    (tmp_path / "empty.json").write_text('{"openapi": "3.0.0", "paths": {}}')
    for name, spec, said in (
        ("Acme Inc", None, "no platform's name"),
        ("acme", tmp_path / "absent.json", "cannot be read"),
        ("acme", tmp_path / "other.json", "neither an OpenAPI 3 nor a Swagger 2"),
        ("acme", tmp_path / "empty.json", "describes no list"),
    ):
        with pytest.raises(ScaffoldError, match=said):
            draft(name, spec, platforms, staging)
    assert not platforms.exists()
    draft("acme", None, platforms, staging)
    with pytest.raises(ScaffoldError, match="is there already"):
        draft("acme", None, platforms, staging)


def test_no_platform_of_the_collection_has_unchecked_lines() -> None:
    assert [line for name in taps.kinds.platforms() for line in taps.scaffold.unchecked.unchecked(name)] == []
