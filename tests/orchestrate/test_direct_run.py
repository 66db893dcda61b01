"""Single records without Meltano: a real tap and target, how they end, and what nobody gets to see."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestrate.connections.service import Connections
from orchestrate.direct_run import Direct, Standby, read_line, run_direct
from orchestrate.meltano_run import NO_LOGIN, LogLine, Outcome, stop
from orchestrate.project import ROOT
from sandbox.running import Box, running
from tests.orchestrate.stores import sqlite_address

KEY = "rk_test_engarde"


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=7, people=20) as box:
        yield box


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Nothing here depends on the engine."""
    return sqlite_address(tmp_path)


@pytest.fixture
def shop(connections: Connections, box: Box) -> Connections:
    settings = {"api_url": f"http://127.0.0.1:{box.port}/stripe/v1", "api_key": KEY}
    connections.add("stripe", "main", settings)
    return connections


def ran(warehouse: Path, standby: Standby | None = None, **words: Any) -> tuple[Outcome, list[LogLine]]:
    lines: list[LogLine] = []
    began = words.pop("began", lambda _: None)
    settings = {"connection": "main", "objects": {"customers": ["cus_unknown"]}, **words}
    direct = Direct("stripe", settings, ["customers"], "target-duckdb", {"path": str(warehouse)})
    outcome = run_direct(standby or Standby(ROOT), ROOT, direct, lines.append, {"ENGARDE_TENANT": "acme"}, began)
    return outcome, lines


def test_records_arrive_by_the_next_process_in_waiting(shop: Connections, tmp_path: Path) -> None:
    del shop
    warehouse, standby = tmp_path / "w.duckdb", Standby(ROOT, keeps=True)
    used: list[subprocess.Popen[str]] = []
    try:
        for _ in range(2):
            outcome, lines = ran(warehouse, standby, began=used.append)
            assert outcome.code == 0, lines
            assert outcome.tables["stripe.customers"].records == 1
            assert outcome.costs["customers"].requests == 1
        waiting = standby.take()
        assert len({used[0].pid, used[1].pid, waiting.pid}) == 3 and waiting.poll() is None
        stop(waiting)
    finally:
        standby.close()
    with duckdb.connect(str(warehouse), read_only=True) as con:
        told = con.execute("SELECT id, _sdc_deleted_at IS NOT NULL, _connection_id FROM stripe.customers").fetchall()
    assert told == [("cus_unknown", True, "main")]
    assert KEY not in str(lines) and "METRIC" not in str(lines)


def test_a_refused_login_and_a_target_that_fails_are_told_as_meltanos_runs_tell_them(
    shop: Connections, tmp_path: Path
) -> None:
    outcome, _ = ran(tmp_path / "nowhere" / "w.duckdb")
    assert outcome.code == 1
    assert outcome.reason.startswith(f"target-duckdb: path {tmp_path}/nowhere/w.duckdb: there is no folder")
    shop.change("main", {"api_key": "rk_test_wrong"})
    outcome, lines = ran(tmp_path / "w.duckdb")
    assert outcome.code == NO_LOGIN
    assert "the login is refused (401 Unauthorized" in outcome.reason
    assert "rk_test_wrong" not in str(lines) + outcome.reason


def test_all_of_it_ends_when_it_is_stopped_and_no_command_line_says_what_it_reads(
    shop: Connections, tmp_path: Path
) -> None:
    del shop
    with duckdb.connect(str(tmp_path / "w.duckdb")):  # the target waits for the file
        processes: list[subprocess.Popen[str]] = []
        run = threading.Thread(target=ran, args=(tmp_path / "w.duckdb",), kwargs={"began": processes.append})
        run.start()
        members = _members(processes, 3)
        seen = [Path(f"/proc/{pid}/cmdline").read_text() for pid in members]
        assert "cus_unknown" not in str(seen) and str(tmp_path) not in str(seen)
        stop(processes[0])
        run.join(30)
        assert not run.is_alive()
        until = time.monotonic() + 20
        while time.monotonic() < until and any(_alive(pid) for pid in members):
            time.sleep(0.05)
        assert [pid for pid in members if _alive(pid)] == []


def _members(processes: list[subprocess.Popen[str]], count: int) -> list[int]:
    """The processes of the group, once there are so many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        found = [
            int(each.name) for each in Path("/proc").glob("[0-9]*") if processes and _group(each) == processes[0].pid
        ]
        if len(found) >= count:
            return found
        time.sleep(0.05)
    pytest.fail("the target did not start")


def _group(process: Path) -> int | None:
    try:
        return os.getpgid(int(process.name))
    except ProcessLookupError:
        return None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIG_DFL)
    except ProcessLookupError:
        return False
    return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2026-01-05 06:07:08,910 | WARNING  | tap-stripe                     | slow down\n",
         LogLine("warning", "tap-stripe", "slow down")),
        ("2026-01-05 06:07:08,910 | INFO     | target-duckdb.store            | a | b\n",
         LogLine("info", "target-duckdb", "a | b")),
        ("2026-01-05 06:07:08,910 | INFO     | alembic.runtime                | up\n", LogLine("info", None, "up")),
        ("target-duckdb: path: there is no folder\n",
         LogLine("info", "target-duckdb", "target-duckdb: path: there is no folder")),
        ("Traceback (most recent call last):\n", LogLine("info", None, "Traceback (most recent call last):")),
    ],
)  # fmt: skip
def test_lines_are_known_by_who_said_them(text: str, line: LogLine) -> None:
    assert read_line(text) == line
