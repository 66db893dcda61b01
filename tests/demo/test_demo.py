"""The demo as somebody runs it, on few people and a short advertising history."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.meltano.project_copy import ROOT, copy_project

SHORT = {"TAP_GOOGLE_ADS_START_DATE": "2026-10-15", "COLUMNS": "200", "NO_COLOR": "1"}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("demo"))


def demo(root: Path, **variables: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "demo", "--people", "60", "--root", str(root)]
    return subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **SHORT, **variables}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_a_step_that_fails_is_said_in_one_line(root: Path) -> None:
    process = demo(root, TAP_GOOGLE_ADS_DEVELOPER_TOKEN="not-the-token")
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 1
    assert re.search(r"^demo: tap-google-ads failed: google_ads: .+", said, re.MULTILINE), said
    assert "Traceback" not in said
    assert "not-the-token" not in said
    assert not _answers(root)


def test_ctrl_c_stops_everything(root: Path) -> None:
    process = demo(root)
    assert process.stdout is not None
    while "tap-google-ads ..." not in process.stdout.readline():
        assert process.poll() is None
    assert _answers(root)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=240)[0]
    assert process.returncode == 130
    assert "demo: stopped" in said
    assert not _answers(root)


@pytest.mark.slow
def test_the_whole_way(root: Path) -> None:
    process = demo(root)
    said = process.communicate(timeout=240)[0]
    assert process.returncode == 0, said
    assert "customers behind" in said

    output = root / "output"
    with duckdb.connect(str(output / "warehouse.duckdb"), read_only=True) as con:
        schemas = {row[0] for row in con.execute("select distinct schema_name from duckdb_tables()").fetchall()}
        orders = con.execute("select count(*), count(match_rule) from unified.orders where is_counted").fetchall()[0]
        truth = con.execute("select * from read_parquet(?) limit 1", [str(output / "truth.parquet")])
        assert [column[0] for column in truth.description] == ["platform", "object", "source_id", "truth_id"]
        truth.fetchall()
    assert {"stripe", "shopify", "hubspot", "google_ads", "staging", "unified", "marts"} <= schemas
    assert orders[1] > orders[0] / 2, "most orders find their payment"
    _is_a_page_of_its_own((output / "report.html").read_text())
    assert not _answers(root)


def test_what_the_demo_did_not_make_is_not_overwritten(tmp_path: Path) -> None:
    root = copy_project(tmp_path)
    (root / "output" / "warehouse.duckdb").write_bytes(b"mine")
    process = demo(root)
    said = process.communicate(timeout=240)[0]
    assert process.returncode == 1
    assert "was not made by the demo" in said
    assert (root / "output" / "warehouse.duckdb").read_bytes() == b"mine"


def _is_a_page_of_its_own(page: str) -> None:
    assert page.count("<svg") >= 4
    assert page.count("<article>") >= 1
    assert not re.search(r"""(src|href)\s*=|@import|url\(""", page), "the page asks for something outside"
    assert "{{" not in page


def _answers(root: Path) -> bool:
    port = json.loads((root / "output" / "sandbox.json").read_text())["port"]
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
