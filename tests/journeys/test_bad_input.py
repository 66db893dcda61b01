"""What a user does wrong ends in one clear line, a non-zero exit, and nothing half-written; as a user runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sandbox.running import Box, running

BIN = Path(sys.executable).parent
CANARY = "canary-7f3a91"


@pytest.fixture(scope="module")
def box() -> Any:
    with running(seed=5, people=30) as box:
        yield box


def settings(box: Box, platform: str) -> dict[str, Any]:
    return {
        "stripe": {"api_key": "rk_test_engarde", "api_url": box.url("stripe") + "/v1"},
        "hubspot": {"access_token": "pat-na1-engarde", "api_url": box.url("hubspot")},
        "google_ads": {
            "developer_token": "engarde-developer",
            "client_id": "engarde",
            "client_secret": "engarde-secret",
            "refresh_token": "1//engarde",
            "login_customer_id": "1000000000",
            "api_url": box.url("google_ads") + "/v25",
            "auth_url": box.url("google_ads") + "/oauth/token",
        },
    }[platform] | {"start_date": "2026-11-01"}


def tap(folder: Path, platform: str, config: Any, *more: str) -> tuple[int, str, bytes]:
    """Exit code, the lines of warnings and errors, and what was written."""
    file = folder / "config.json"
    file.write_text(config if isinstance(config, str) else json.dumps(config))
    command = [str(BIN / f"tap-{platform.replace('_', '-')}"), "--config", str(file), *more]
    done = subprocess.run(command, capture_output=True, timeout=90, check=False)
    said = done.stderr.decode()
    assert "Traceback" not in said
    assert CANARY not in said
    return done.returncode, "\n".join(line for line in said.splitlines() if "INFO" not in line), done.stdout


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"api_key": None}, "no login: set api_key"),
        ({"api_key": CANARY}, "setting 'api_key': the value does not look like"),
        ({"api_key": f"rk_{CANARY}"}, "the login is refused"),
        ({"start_date": "soon"}, "start_date is 'soon', which is no date"),
        ({"api_url": "http://192.0.2.1/v1"}, "setting 'api_url' is not https"),
        ({"request_timeout": "long"}, "setting 'request_timeout' must be a number"),
    ],
)
def test_a_wrong_setting_is_one_line_and_writes_nothing(box, tmp_path, change, says):
    config = {**settings(box, "stripe"), **change}
    code, said, written = tap(tmp_path, "stripe", {name: value for name, value in config.items() if value is not None})
    assert code == (77 if "login is refused" in says else 1)
    assert says in said
    assert len(said.splitlines()) == 1
    assert written == b""


def test_a_config_or_state_that_is_no_json_is_refused(box, tmp_path):
    code, said, _ = tap(tmp_path, "stripe", '{"api_key": ')
    assert (code, len(said.splitlines())) == (1, 1)
    assert "is not readable JSON" in said
    (tmp_path / "state.json").write_text("{")
    code, said, _ = tap(tmp_path, "stripe", settings(box, "stripe"), "--state", str(tmp_path / "state.json"))
    assert code == 1
    assert "the state file is not whole JSON" in said


def test_an_unknown_stream_in_the_catalog_names_the_nearest(box, tmp_path):
    entry = {"tap_stream_id": "custmers", "stream": "custmers", "schema": {}, "metadata": []}
    (tmp_path / "catalog.json").write_text(json.dumps({"streams": [entry]}))
    code, said, written = tap(
        tmp_path, "stripe", settings(box, "stripe"), "--catalog", str(tmp_path / "catalog.json")
    )  # fmt: skip
    assert code == 1
    assert "did you mean 'customers'?" in said
    assert written == b""


def test_a_revoked_token_asks_to_connect_again(box, tmp_path):
    config = {**settings(box, "google_ads"), "refresh_token": f"1//{CANARY}"}
    code, said, written = tap(tmp_path, "google_ads", config)
    assert code == 77
    assert "revoked or expired: connect again" in said
    assert written == b""


def test_an_unreachable_host_is_one_line_and_can_be_tried_later(tmp_path):
    code, said, written = tap(
        tmp_path, "stripe", {"api_key": f"rk_{CANARY}", "api_url": "http://127.0.0.1:9/v1"}
    )  # fmt: skip
    assert code == 75
    assert "could not be reached" in said
    assert len(said.splitlines()) == 1
    assert written == b""


def test_a_missing_permission_leaves_the_others_and_is_partial(box, tmp_path):
    box.faults("stripe", "403", match="/v1/refunds", times=50)
    code, said, written = tap(tmp_path, "stripe", settings(box, "stripe"))
    box.sandbox.faults.pending.clear()
    assert code == 3
    assert re.search("refunds: the login may not read this", said)
    assert b'"stream":"customers"' in written
    assert b'"RECORD","stream":"refunds"' not in written


def test_a_locked_duckdb_file_names_its_holder(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    holder = duckdb.connect(str(path))
    (tmp_path / "target.json").write_text(json.dumps({"path": str(path), "lock_timeout": 1}))
    done = subprocess.run(
        [str(BIN / "target-duckdb"), "--config", str(tmp_path / "target.json")],
        input=b'{"type":"STATE","value":{}}\n', capture_output=True, timeout=240, check=False,
    )  # fmt: skip
    holder.close()
    assert done.returncode == 1
    said = [line for line in done.stderr.decode().splitlines() if "INFO" not in line]
    assert str(os.getpid()) in said[-1]


def test_a_full_disk_stops_with_a_line_and_a_readable_file(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small file system cannot be mounted here")
    try:
        (tmp_path / "target.json").write_text(json.dumps({"path": str(disk / "w.duckdb"), "batch_size_rows": 2000}))
        schema = {"properties": {"id": {"type": "string"}, "text": {"type": "string"}}}
        lines = [{"type": "SCHEMA", "stream": "s", "schema": schema, "key_properties": ["id"]}]
        lines += [
            {"type": "RECORD", "stream": "s", "record": {"id": str(n), "text": f"{n}-{CANARY}" * 40}}
            for n in range(20000)
        ]
        done = subprocess.run(
            [str(BIN / "target-duckdb"), "--config", str(tmp_path / "target.json")],
            input="\n".join(map(json.dumps, lines)).encode(), capture_output=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 1
        said = done.stderr.decode()
        assert CANARY not in said
        assert "Traceback" not in said
        assert "space" in said.lower()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=False)
