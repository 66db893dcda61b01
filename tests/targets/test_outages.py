"""What a target says and leaves where disk, server, connection or permission fail: one line, state never ahead."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from targets.postgres.connect import connect
from targets.postgres.settings import PostgresSettings
from tests.postgres import SYSTEM_BINARIES, fresh_database, system_server
from tests.targets.outages import breaking_proxy, cable, small_disk
from tests.targets.singer import INTEGER, TEXT, joined, record, schema, state
from tests.targets.warehouse import DuckDBWarehouse, PostgresWarehouse, Warehouse

CANARY = "canary-4242"


def _orders(count: int, width: int = 20, keys: tuple[str, ...] = ("id",)) -> bytes:
    """Orders whose notes no log may show, with a state after each hundred."""
    lines, chance = [schema(keys=keys, id=TEXT, note=TEXT)], random.Random(count)
    for number in range(count):
        lines.append(record(id=f"{CANARY}-{number}", note=CANARY + chance.randbytes(width).hex()))
        if number % 100 == 99:
            lines.append(state(number + 1))
    return joined(*lines)


def _said(result: subprocess.CompletedProcess[bytes]) -> str:
    """The last line of standard error; no line may hold a row or a traceback."""
    assert CANARY.encode() not in result.stderr + result.stdout
    assert b"Traceback" not in result.stderr
    return result.stderr.decode().strip().splitlines()[-1]


def _check_state_is_not_ahead(warehouse: Warehouse, result: subprocess.CompletedProcess[bytes]) -> None:
    out = [json.loads(line)["bookmarks"] for line in result.stdout.splitlines()]
    there = len(warehouse.rows("shop.orders", ["id"])) if "shop.orders" in warehouse.tables() else 0
    assert (out or [0])[-1] <= there
    if there:
        assert ((warehouse.state() or {}).get("bookmarks") or 0) == (out or [0])[-1]


def test_duckdb_on_a_full_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk:
        warehouse = DuckDBWarehouse(disk / "warehouse.duckdb")
        result = warehouse.run(tmp_path, _orders(4000, 8000), batch_size_rows=200)
        assert result.returncode == 1
        said = _said(result)
        assert "o space left" in said
        assert "rows and state up to the last STATE are kept" in said
        _check_state_is_not_ahead(warehouse, result)


def test_duckdb_on_a_read_only_disk(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 12) as disk:
        warehouse = DuckDBWarehouse(disk / "warehouse.duckdb")
        assert warehouse.run(tmp_path, _orders(100)).returncode == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        result = warehouse.run(tmp_path, _orders(100))
        assert result.returncode == 1
        assert "may not be written" in _said(result)


def test_postgres_on_a_full_disk(postgres_18: str, tmp_path: Path) -> None:
    with _connected(postgres_18) as admin, small_disk(Path(postgres_18) / "small", 16) as disk:
        owner = Path(str(admin.execute("SHOW data_directory").fetchall()[0][0])).stat()
        os.chown(disk, owner.st_uid, owner.st_gid)
        admin.execute(f"CREATE TABLESPACE small LOCATION '{disk}'".encode())
        with fresh_database(postgres_18, "crowded") as database:
            admin.execute("ALTER DATABASE crowded SET default_tablespace = small")
            warehouse = PostgresWarehouse(postgres_18, database)
            result = warehouse.run(tmp_path, _orders(4000, 4000), batch_size_rows=200)
            assert result.returncode == 1
            assert "No space left on device (SQLSTATE 53100); rows and state up to the last STATE" in _said(result)
            _check_state_is_not_ahead(warehouse, result)
        admin.execute("DROP TABLESPACE small")


def test_postgres_that_only_reads(postgres: PostgresWarehouse, tmp_path: Path) -> None:
    with fresh_database(postgres.host, "reading") as database, _connected(postgres.host) as admin:
        admin.execute("ALTER DATABASE reading SET default_transaction_read_only = on")
        result = PostgresWarehouse(postgres.host, database).run(tmp_path, _orders(100))
    assert result.returncode == 1
    assert "read-only transaction (SQLSTATE 25006)" in _said(result)
    assert result.stdout == b""


@pytest.mark.parametrize("keys", [("id",), ()], ids=["keyed", "append"])
@pytest.mark.parametrize(
    ("statement", "after"),
    [*((b"COMMIT", number) for number in range(2, 9)), (b"COPY pg_temp", 1), (b"INSERT INTO", 3), (b"ALTER TABLE", 0)],
)
def test_a_broken_connection_writes_each_batch_once(
    postgres: PostgresWarehouse, tmp_path: Path, keys: tuple[str, ...], statement: bytes, after: int
) -> None:
    """Also where the batch was committed and only the answer to COMMIT was lost."""
    with breaking_proxy(postgres.host, statement, after) as port:
        lines = _orders(500, keys=keys) + joined(schema(keys=keys, id=TEXT, note=TEXT, n=INTEGER))
        lines += joined(*[record(id=str(n), n=n if n < 250 else f"{n}th") for n in range(500)], state(1000))
        result = postgres.run(tmp_path, lines, host="127.0.0.1", port=port, batch_size_rows=130)
    assert result.returncode == 0, _said(result)
    assert "the connection to PostgreSQL was lost" in result.stderr.decode()
    assert len(postgres.rows("shop.orders", ["id"])) == 1000
    _check_state_is_not_ahead(postgres, result)


def test_a_server_that_restarts_in_mid_run(tmp_path: Path) -> None:
    """It is set to answer COMMIT before it has written; the target asks for better."""
    if not SYSTEM_BINARIES.is_dir():
        pytest.skip(f"no PostgreSQL in {SYSTEM_BINARIES} that could be restarted")
    with system_server() as host:
        warehouse = PostgresWarehouse(host, "postgres")
        data = _orders(2000)
        with subprocess.Popen(
            warehouse.command(tmp_path, batch_size_rows=130, batch_wait_limit_seconds=0.5),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        ) as target:  # fmt: skip
            assert target.stdin is not None
            assert target.stdout is not None
            target.stdin.write(data[: len(data) // 2])
            target.stdin.flush()
            first = target.stdout.readline()
            command = [SYSTEM_BINARIES / "pg_ctl", "-D", Path(host) / "data", "-m", "immediate", "-w", "restart"]
            command += ["-l", Path(host) / "log"]
            subprocess.run(command, user="postgres", cwd=host, check=True, stdout=subprocess.DEVNULL)
            out, err = target.communicate(data[len(data) // 2 :], timeout=90)
        result = subprocess.CompletedProcess([], target.returncode, first + out, err)
        assert result.returncode == 0, _said(result)
        assert len(warehouse.rows("shop.orders", ["id"])) == 2000
        _check_state_is_not_ahead(warehouse, result)


def test_loads_that_take_tables_in_opposite_order_both_end(postgres: PostgresWarehouse, tmp_path: Path) -> None:
    def lines(order: tuple[str, str], run: str) -> bytes:
        rows = [record(name, id=f"{run}{n}", n=n) for n in range(300) for name in order]
        return joined(*[schema(name) for name in order], *rows, state(1))

    running = []
    for number, order in enumerate((("a", "b"), ("b", "a"))):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "input").write_bytes(lines(order, str(number)))
        command = postgres.command(folder, batch_size_rows=10)
        with (folder / "input").open() as source:
            running.append(subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE))
    ends = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], ends
    assert [len(postgres.rows(f"shop.{name}", ["id"])) for name in "ab"] == [600, 600]


def test_a_deadlock_is_gone_through_again(postgres: PostgresWarehouse, tmp_path: Path) -> None:
    """The target waits for a table that the other session has, which then asks for the one that the target has."""
    schemas = [schema("a"), schema("b")]
    assert postgres.load(schemas).error is None
    with _connected(postgres.host) as other, _connected(postgres.host) as admin:
        # Whoever has waited so long looks for a deadlock and gives in: the target, not the other session.
        admin.execute("ALTER DATABASE postgres SET deadlock_timeout = '4s'")
        try:
            other.execute("SET deadlock_timeout = '1h'")
            other.execute("BEGIN")
            other.execute("LOCK TABLE shop.b")
            (tmp_path / "input").write_bytes(joined(*schemas, record("a", id="1"), record("b", id="2"), state(1)))
            with (tmp_path / "input").open() as source:
                target = subprocess.Popen(
                    postgres.command(tmp_path), stdin=source, stdout=subprocess.PIPE, stderr=subprocess.PIPE
                )
            waits = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = CAST('shop.b' AS regclass)"
            while not admin.execute(waits).fetchall():
                assert target.poll() is None
            other.execute("LOCK TABLE shop.a")
            other.execute("COMMIT")
            out, err = target.communicate(timeout=120)
        finally:
            admin.execute("ALTER DATABASE postgres RESET deadlock_timeout")
    result = subprocess.CompletedProcess([], target.returncode, out, err)
    assert result.returncode == 0, _said(result)
    assert "PostgreSQL ended the transaction after a deadlock (40P01); trying again" in err.decode()
    assert [len(postgres.rows(f"shop.{name}", ["id"])) for name in "ab"] == [1, 1]
    assert json.loads(out)["bookmarks"] == 1


def test_a_dead_connection_is_noticed_within_a_minute(postgres: PostgresWarehouse) -> None:
    """Of a peer that is gone without a word, only the kernel can tell: by keepalives, or by data never acknowledged."""
    with breaking_proxy(postgres.host, b"no statement", 0) as port:
        config = {**postgres.config(), "host": "127.0.0.1", "port": port}
        with (
            connect(PostgresSettings.model_validate(config)) as connection,
            socket.socket(fileno=os.dup(connection.fileno())) as line,
        ):
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            idle, between, count = (
                line.getsockopt(socket.IPPROTO_TCP, option)
                for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
            )
            assert idle + between * count <= 60
            assert 0 < line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 60_000


@pytest.mark.slow
def test_a_server_that_vanishes_without_a_word_ends_the_run(postgres: PostgresWarehouse, tmp_path: Path) -> None:
    """No packet says that it is gone: what was sent stays unacknowledged for a minute, then half a minute of tries."""
    data = _orders(400)
    with cable() as line, breaking_proxy(postgres.host, b"no statement", 0, line.NEAR) as port:
        command = postgres.command(tmp_path, host=line.NEAR, port=port, batch_size_rows=100)
        with subprocess.Popen(
            [*line.program, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as target:
            assert target.stdin is not None
            assert target.stdout is not None
            target.stdin.write(data[: len(data) // 2])
            target.stdin.flush()
            first = target.stdout.readline()
            line.cut()
            began = time.monotonic()
            out, err = target.communicate(data[len(data) // 2 :], timeout=240)
            took = time.monotonic() - began
    result = subprocess.CompletedProcess([], target.returncode, first + out, err)
    assert result.returncode == 1
    assert "PostgreSQL" in _said(result)
    assert 30 < took < 150
    _check_state_is_not_ahead(postgres, result)
    assert postgres.run(tmp_path, data).returncode == 0
    assert len(postgres.rows("shop.orders", ["id"])) == 400


def test_a_second_target_names_the_first(warehouse: Warehouse, tmp_path: Path) -> None:
    first = subprocess.Popen(
        warehouse.command(tmp_path, load_method="append-only"),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert first.stdin is not None
    assert first.stdout is not None
    first.stdin.write(_orders(100))
    first.stdin.flush()
    waiting = [sys.executable, "-c", "import time; time.sleep(2)"]
    subprocess.run(waiting, check=True)
    result = warehouse.run(tmp_path, _orders(100), load_method="append-only", lock_timeout=0.5)
    assert result.returncode == 1
    named = f"(PID {first.pid})" if isinstance(warehouse, DuckDBWarehouse) else "target-postgres (server process"
    assert named in _said(result)
    first.communicate()
    assert first.returncode == 0
    assert len(warehouse.rows("shop.orders", ["id"])) == 100


@contextlib.contextmanager
def _connected(host: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        yield connection
