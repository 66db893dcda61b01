"""Runs a tap and target-duckdb as a user does: two processes and a pipe."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Loaded:
    """What a run left behind."""

    warehouse: Path
    state: dict[str, Any]
    log: str
    code: int

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A table's rows, JSON columns decoded."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            cursor = connection.execute(f"SELECT * FROM {table}")
            names = [(column[0], str(column[1])) for column in cursor.description or []]
            return [
                {name: _value(value, kind) for (name, kind), value in zip(names, row, strict=True)}
                for row in cursor.fetchall()
            ]

    def tables(self, schema: str) -> set[str]:
        """The tables of a schema."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            found = connection.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = ?", [schema])
            return {name for (name,) in found.fetchall()}


def _value(value: Any, kind: str) -> Any:
    return json.loads(value) if kind == "JSON" and value is not None else value


def load(
    tap: str,
    config: dict[str, Any],
    folder: Path,
    *,
    state: dict[str, Any] | None = None,
    streams: frozenset[str] = frozenset(),
) -> Loaded:
    """Pipes the tap into `folder/warehouse.duckdb`: the named streams, or all. The tap may fail, the target may not."""
    warehouse = folder / "warehouse.duckdb"
    (folder / "tap.json").write_text(json.dumps(config))
    (folder / "target.json").write_text(json.dumps({"path": str(warehouse)}))
    (folder / "state.json").write_text(json.dumps(state or {}))
    command = [str(PROGRAMS / tap), "--config", str(folder / "tap.json"), "--state", str(folder / "state.json")]
    if streams:
        command += ["--catalog", str(_catalog(tap, folder, streams))]
    with (folder / "messages.jsonl").open("wb") as messages:
        ran = subprocess.run(command, stdout=messages, stderr=subprocess.PIPE, check=False, timeout=90)
    with (folder / "messages.jsonl").open("rb") as messages:
        target = subprocess.run(
            [str(PROGRAMS / "target-duckdb"), "--config", str(folder / "target.json")],
            stdin=messages, capture_output=True, check=False, timeout=90,
        )  # fmt: skip
    assert target.returncode == 0, target.stderr.decode()
    states = target.stdout.decode().splitlines()
    reached = json.loads(states[-1]) if states else {}
    return Loaded(warehouse, reached, ran.stderr.decode(), ran.returncode)


def _catalog(tap: str, folder: Path, streams: frozenset[str]) -> Path:
    discovered = subprocess.run(
        [str(PROGRAMS / tap), "--config", str(folder / "tap.json"), "--discover"],
        capture_output=True, check=True, timeout=240,
    )  # fmt: skip
    catalog = json.loads(discovered.stdout)
    for entry in catalog["streams"]:
        for each in entry["metadata"]:
            if each["breadcrumb"] == []:
                each["metadata"]["selected"] = entry["tap_stream_id"] in streams
    file = folder / "catalog.json"
    file.write_text(json.dumps(catalog))
    return file
