"""Our taps into targets of other people: every record is there with its key and its plain values."""

from __future__ import annotations

import ast
import csv
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sandbox.running import running
from tests.compat.installed import Program, program
from tests.journeys.test_first_pipeline import BIN, config
from tests.postgres import fresh_database
from tests.targets.outages import breaking_proxy
from tests.targets.told import Row, Told

PLATFORMS = ("stripe", "hubspot")
_QUERY = (
    "import duckdb, json, sys; rows = duckdb.connect(sys.argv[1]).execute(sys.argv[2]).fetchall(); "
    "print(json.dumps(rows, default=str))"
)
_OLD_PYTHON = (
    "import collections, collections.abc; collections.MutableMapping = collections.abc.MutableMapping; "
    "from target_csv import main; main()"
)
"""target-csv was written for Python 3.9 and older."""
_DECIMAL = re.compile(r"Decimal\('([^']*)'\)")
"""meltanolabs-target-csv writes numbers in objects so."""
Read = Callable[[str, list[str]], list[Row]]
"""Reads a stream's columns back."""


@pytest.fixture(scope="module", params=PLATFORMS)
def messages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What a tap says of the pretend business in a first run."""
    (file := tmp_path_factory.mktemp("tap") / "config.json").touch()
    with running(seed=3, people=25) as box:
        file.write_text(json.dumps(config(box, request.param)))
        command = [BIN / f"tap-{request.param}", "--config", file]
        return subprocess.run(command, capture_output=True, timeout=170, check=True).stdout


def _load(target: Program, folder: Path, messages: bytes, **settings: Any) -> None:
    (file := folder / "target.json").write_text(json.dumps(settings))
    out = target.run("--config", file, data=messages)
    assert json.loads(out.splitlines()[-1]) == Told(messages.splitlines()).states[-1]


def _compare(messages: bytes, read: Read, *, keys_only: bool = False) -> None:
    told, compared = Told(messages.splitlines()), 0
    for stream in told.columns:
        if rows := told.rows(stream):
            columns = told.keys[stream] if keys_only else told.columns[stream]
            expected = [{name: row[name] for name in columns} for row in rows]
            assert _plain(read(stream, columns)) == _plain(expected), stream
            compared += len(rows)
    assert compared > 200


def _plain(rows: list[Row]) -> list[str]:
    return sorted(json.dumps({name: _text(value) for name, value in row.items()}) for row in rows)


def _text(value: Any) -> str:
    """A value as every target would have to tell it: files know no types."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True, default=float)
    if isinstance(value, datetime):
        value = value.isoformat()
    text = str(value)
    for reading in (_as_json, _as_number, _as_moment):
        if (read := reading(text)) is not None:
            return read
    return text


def _as_json(text: str) -> str | None:
    """meltanolabs-target-csv writes lists and objects as Python does."""
    for read in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError):
            return json.dumps(read(text), sort_keys=True) if text[:1] in ("{", "[") else None
    return None


def _as_number(text: str) -> str | None:
    if text.lower() in ("true", "false"):
        return text.lower()
    try:
        return format(Decimal(text).normalize(), "f")
    except InvalidOperation:
        return None


def _as_moment(text: str) -> str | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()


def test_target_jsonl(messages: bytes, tmp_path: Path) -> None:
    _load(program("target-jsonl", "target-jsonl"), tmp_path, messages, destination_path=str(tmp_path))

    def read(stream: str, columns: list[str]) -> list[Row]:
        (file,) = tmp_path.glob(f"{stream}-*.jsonl")
        rows = [json.loads(line, parse_float=Decimal) for line in file.read_text().splitlines()]
        return [{name: row.get(name) for name in columns} for row in rows]

    _compare(messages, read)


def test_meltanolabs_target_csv(messages: bytes, tmp_path: Path) -> None:
    (folder := tmp_path / "out").mkdir()
    target = program("meltanolabs-target-csv", "target-csv")
    _load(target, tmp_path, messages, output_path=str(folder), add_record_metadata=True)

    def read(stream: str, columns: list[str]) -> list[Row]:
        (file,) = folder.glob(f"{stream}*.csv")
        with file.open(newline="") as lines:
            rows = [{name: row[name] for name in columns} for row in csv.DictReader(lines)]
        return [{name: _DECIMAL.sub(r"\1", value) for name, value in row.items()} for row in rows]

    _compare(messages, read)


def test_target_csv(messages: bytes, tmp_path: Path) -> None:
    (folder := tmp_path / "out").mkdir()
    target = program("target-csv", "target-csv", _OLD_PYTHON)
    _load(target, tmp_path, messages, destination_path=str(folder), disable_collection=True)

    def read(stream: str, columns: list[str]) -> list[Row]:
        (file,) = folder.glob(f"{stream}-*.csv")
        with file.open(newline="") as lines:
            return [{name: row[name] for name in columns} for row in csv.DictReader(lines)]

    # It writes every record under the header of the first: where objects differ in their members, values move.
    _compare(messages, read, keys_only=True)


def test_target_duckdb(messages: bytes, tmp_path: Path) -> None:
    target = program("target-duckdb", "target-duckdb")
    file = tmp_path / "theirs.duckdb"
    _load(target, tmp_path, messages, filepath=str(file), default_target_schema="raw")
    python = program("target-duckdb", "python", _QUERY)

    def read(stream: str, columns: list[str]) -> list[Row]:
        names = ", ".join(f'"{name.lower()}"' for name in columns)
        rows = json.loads(python.run(file, f"SELECT {names} FROM raw.{stream}"))
        return [dict(zip(columns, row, strict=True)) for row in rows]

    _compare(messages, read)


@pytest.fixture
def theirs(postgres_18: str) -> Iterator[psycopg.Connection]:
    with (
        fresh_database(postgres_18, "theirs") as name,
        psycopg.connect(host=postgres_18, user="postgres", dbname=name, autocommit=True) as connection,
    ):
        yield connection


def test_meltanolabs_target_postgres(messages: bytes, tmp_path: Path, theirs: psycopg.Connection) -> None:
    target = program("meltanolabs-target-postgres", "target-postgres")
    place = {"user": "postgres", "password": "none", "database": theirs.info.dbname, "default_target_schema": "raw"}
    with breaking_proxy(theirs.info.host, b"nothing breaks", 1) as port:
        _load(target, tmp_path, messages, host="127.0.0.1", port=port, **place)

    def read(stream: str, columns: list[str]) -> list[Row]:
        names = ", ".join(f'"{name}"' for name in columns)
        rows = theirs.execute(f'SELECT {names} FROM raw."{stream}"').fetchall()
        return [dict(zip(columns, row, strict=True)) for row in rows]

    _compare(messages, read)
