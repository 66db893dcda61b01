"""The executables: settings, about, signals, a closed output, and errors in one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from targets.loading import ledger, tables
from targets.loading.loader import Loader
from targets.loading.plan import TableName
from tests.targets.singer import joined, record, schema, state
from tests.targets.warehouse import LOG, DuckDBWarehouse, PostgresWarehouse, Warehouse

RUN = joined(schema(), record(id="a", n=1), record(id="b", n=2), state(5))


def _last_line(result: subprocess.CompletedProcess[bytes]) -> str:
    assert b"Traceback" not in result.stderr
    return result.stderr.decode().strip().splitlines()[-1]


@pytest.mark.parametrize("module", ["targets.duckdb.target", "targets.postgres.target"])
def test_about_lists_the_settings(module: str) -> None:
    result = subprocess.run([sys.executable, "-m", module, "--about", "--format=json"], capture_output=True, check=True)
    settings = json.loads(result.stdout)["settings"]["properties"]
    shared = {"default_target_schema", "add_record_metadata", "load_method", "batch_size_rows", "hard_delete"}
    assert shared <= set(settings)
    assert ("path" in settings) is (module == "targets.duckdb.target")


def test_loads_and_emits_the_last_state(warehouse: Warehouse, tmp_path: Path) -> None:
    result = warehouse.run(tmp_path, RUN)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout) == {"bookmarks": 5}
    assert b"shop.orders: 2 records, 2 rows written, 0 deleted" in result.stderr
    assert len(warehouse.rows("shop.orders", ["id"])) == 2


def test_settings_come_from_the_environment(duckdb_file: DuckDBWarehouse) -> None:
    environment = {**os.environ, "TARGET_DUCKDB_PATH": str(duckdb_file.path), "TARGET_DUCKDB_HARD_DELETE": "true"}
    command = [sys.executable, "-m", "targets.duckdb.target", "--config=ENV"]
    subprocess.run(command, input=RUN, capture_output=True, env=environment, check=True)
    assert len(duckdb_file.rows("shop.orders", ["id"])) == 2


def test_logging_is_set_up_by_the_variables_that_singer_sdk_reads(duckdb_file: DuckDBWarehouse, tmp_path: Path) -> None:
    file = tmp_path / "logging.json"
    handlers = {"stderr": {"class": "logging.StreamHandler", "formatter": "short"}}
    root = {"level": "INFO", "handlers": ["stderr"]}
    told = {"version": 1, "formatters": {"short": {"format": "says %(message)s"}}, "handlers": handlers, "root": root}
    file.write_text(json.dumps(told))
    for variables, logged in (
        ({"SINGER_SDK_LOG_CONFIG": str(file)}, b"says shop.orders"),
        ({"LOGLEVEL": "error"}, b""),
    ):
        command = duckdb_file.command(tmp_path)
        result = subprocess.run(command, input=RUN, capture_output=True, env={**os.environ, **variables}, check=True)
        assert logged in result.stderr
        assert bool(result.stderr) == bool(logged)


@pytest.mark.parametrize(
    ("config", "phrase"),
    [
        ({}, "path: Field required"),
        ({"path": "/nowhere/at/all.duckdb"}, "there is no folder /nowhere/at"),
        ({"path": "/tmp"}, "is a folder"),
        ({"path": "/proc/x.duckdb"}, "/proc/x.duckdb"),
        ({"path": "/tmp/x.duckdb", "load_method": "SECRET"}, "load_method: Input should be"),
        ({"path": "/tmp/x.duckdb", "filepath": "/tmp/y.duckdb"}, "path and filepath differ"),
        ({"path": "/tmp/x.duckdb", "batch_size_rows": 0}, "batch_size_rows"),
    ],
)
def test_duckdb_refuses_bad_settings(config: dict[str, object], phrase: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    command = [sys.executable, "-m", "targets.duckdb.target", "--config", str(file)]
    result = subprocess.run(command, input=RUN, capture_output=True, check=False)
    assert result.returncode == 1
    assert phrase in _last_line(result)
    assert b"SECRET" not in result.stderr
    assert result.stdout == b""


@pytest.mark.parametrize(
    ("config", "phrase"),
    [
        ({"host": "127.0.0.1"}, "give host and database, or sqlalchemy_url"),
        ({"sqlalchemy_url": "mysql://u:SECRET@h/d"}, "is not a postgresql URL"),
        ({"sqlalchemy_url": "SECRET"}, "sqlalchemy_url is not of the form"),
    ],
)
def test_postgres_refuses_bad_settings(config: dict[str, object], phrase: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    command = [sys.executable, "-m", "targets.postgres.target", "--config", str(file)]
    result = subprocess.run(command, input=RUN, capture_output=True, check=False)
    assert result.returncode == 1
    assert phrase in _last_line(result)
    assert b"SECRET" not in result.stderr


def test_unknown_settings_are_refused_with_the_nearest(warehouse: Warehouse, tmp_path: Path) -> None:
    result = warehouse.run(tmp_path, RUN, batch_sise_rows="SECRET", stream_maps={"orders": "SECRET"})
    assert result.returncode == 1
    assert _last_line(result).endswith(
        "settings: 'batch_sise_rows' is unknown; did you mean 'batch_size_rows'? "
        "'stream_maps' is unknown; --about lists those there are"
    )
    assert b"SECRET" not in result.stderr
    assert warehouse.tables() == set()


@pytest.mark.parametrize(
    "change",
    [{"database": "absent"}, {"user": "absent"}, {"host": "/nowhere"}, {"host": "127.0.0.1", "port": 1}],
)
def test_postgres_that_cannot_be_reached(
    postgres: PostgresWarehouse, tmp_path: Path, change: dict[str, object]
) -> None:
    result = postgres.run(tmp_path, RUN, password="SECRET", **change)
    assert result.returncode == 1
    assert "cannot connect to PostgreSQL" in _last_line(result)
    assert b"SECRET" not in result.stderr


def test_missing_privilege_is_one_line(postgres: PostgresWarehouse, tmp_path: Path) -> None:
    store = postgres.open(postgres.settings.model_validate(postgres.config()))
    store.execute("DROP ROLE IF EXISTS reader")
    store.execute("CREATE ROLE reader LOGIN")
    store.close()
    result = postgres.run(tmp_path, RUN, user="reader")
    assert result.returncode == 1
    assert "permission denied for database" in _last_line(result)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_drains_and_emits_state(warehouse: Warehouse, tmp_path: Path, number: signal.Signals) -> None:
    process = subprocess.Popen(
        warehouse.command(tmp_path), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stderr is not None
    process.stdin.write(RUN)
    process.stdin.flush()
    while b"store is open" not in process.stderr.readline():
        assert process.poll() is None
    time.sleep(1.5)
    process.send_signal(number)
    process.send_signal(number)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 128 + number, err
    assert json.loads(out) == {"bookmarks": 5}
    assert b"Traceback" not in err
    assert len(warehouse.rows("shop.orders", ["id"])) == 2


def test_age_writes_while_nothing_comes(duckdb_file: DuckDBWarehouse, tmp_path: Path) -> None:
    command = duckdb_file.command(tmp_path, batch_wait_limit_seconds=0.2)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(RUN)
    process.stdin.flush()
    assert json.loads(process.stdout.readline()) == {"bookmarks": 5}
    process.stdin.close()
    assert process.wait(timeout=20) == 0


def test_age_writes_though_records_keep_coming(duckdb_file: DuckDBWarehouse, tmp_path: Path) -> None:
    command = duckdb_file.command(tmp_path, batch_wait_limit_seconds=0.4)
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(joined(schema()))
    os.set_blocking(process.stdout.fileno(), False)
    states, number, end = b"", 0, time.monotonic() + 30
    while states.count(b"\n") < 3 and time.monotonic() < end:
        number += 1
        process.stdin.write(joined(record(id=str(number), n=number), state(number)))
        process.stdin.flush()
        states += process.stdout.read() or b""
        time.sleep(0.05)
    process.stdin.close()
    process.stdout.close()
    process.wait(timeout=20)
    assert states.count(b"\n") >= 3


def test_the_committed_state_is_read_back(warehouse: Warehouse, tmp_path: Path) -> None:
    def read(**config: object) -> subprocess.CompletedProcess[bytes]:
        command = [*warehouse.command(tmp_path, **config), "--committed-state"]
        return subprocess.run(command, capture_output=True, check=False)

    assert "no state of any pipeline is committed here" in _last_line(read())
    warehouse.load([schema(), state(5)])
    assert json.loads(read().stdout) == {"bookmarks": 5}
    warehouse.load([schema(), state(6)], pipeline_id="second")
    assert "name one in pipeline_id: second, shop" in _last_line(read())
    assert json.loads(read(pipeline_id="second").stdout) == {"bookmarks": 6}
    assert "no state of third is committed here" in _last_line(read(pipeline_id="third"))


def test_closed_output_commits_and_fails(duckdb_file: DuckDBWarehouse, tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    result = subprocess.run(
        duckdb_file.command(tmp_path), input=RUN, stdout=write_end, stderr=subprocess.PIPE, check=False
    )
    os.close(write_end)
    assert result.returncode == 1
    assert "standard output is closed" in _last_line(result)
    assert len(duckdb_file.rows("shop.orders", ["id"])) == 2
    assert duckdb_file.state() == {"bookmarks": 5}


def test_locked_duckdb_file_names_the_holder(duckdb_file: DuckDBWarehouse, tmp_path: Path) -> None:
    code = f"import duckdb, time; c = duckdb.connect({str(duckdb_file.path)!r}); print(1, flush=True); time.sleep(60)"
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        holder.stdout.readline()
        result = duckdb_file.run(tmp_path, RUN, lock_timeout=0.5)
        assert result.returncode == 1
        assert f"(PID {holder.pid}) after 0.5 s" in _last_line(result)
    finally:
        holder.kill()
        holder.wait()
    assert duckdb_file.run(tmp_path, RUN).returncode == 0


def test_second_load_into_a_table_waits_then_names_the_holder(postgres: PostgresWarehouse) -> None:
    assert postgres.load([schema()]).error is None
    first = postgres.open(postgres.settings.model_validate(postgres.config()))
    with first.transaction():
        first.lock_tables([TableName("shop", "orders")])
        outcome = postgres.load([schema(), record(id="a", n=1)], lock_timeout=0.3)
    first.close()
    assert outcome.error is not None
    assert "nothing of this batch was written" in outcome.error
    assert (
        "another load into the same table or of the same pipeline still runs: target-postgres (server process"
        in outcome.error
    )


def test_terminated_connection_is_made_again(postgres: PostgresWarehouse) -> None:
    lines = [schema(), *[record(id=str(i), n=i) for i in range(20)], state(1)]

    settings = postgres.settings.model_validate({**postgres.config(), "batch_size_rows": 5})
    store = postgres.open(settings)
    tables.prepare(store)
    ledger.prepare(store)
    loader = Loader(store, settings, lambda _: None, LOG)
    for number, line in enumerate(lines):
        if number == 13:
            others = "application_name = 'target-postgres' AND pid <> pg_backend_pid()"
            postgres.query(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")
        loader.feed(line)
    loader.finish(complete=True)
    store.close()
    assert len(postgres.rows("shop.orders", ["id"])) == 20
