"""`make serve` as a newcomer meets it: an address, a login, sample connections that sync, and a clean end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import requests

from demo.serve import OWNER, PLATFORMS, TENANT, first_login, prepare
from orchestrate.connections.opening import open_connections
from orchestrate.project import read_project
from orchestrate.syncs.service import Syncs
from tests.meltano.project_copy import ROOT, copy_project


def test_the_sample_is_prepared_once_and_follows_the_vendors_address(tmp_path: Path) -> None:
    connections, project = open_connections(TENANT, tmp_path), read_project(ROOT)
    prepare(connections, project, "http://127.0.0.1:1111")
    prepare(connections, project, "http://127.0.0.1:2222")
    assert [each.name for each in connections.all()] == list(PLATFORMS)
    assert {str(each.settings["api_url"])[:22] for each in connections.all()} == {"http://127.0.0.1:2222/"}
    syncs = Syncs(connections.store, connections.tenant_id, "user test")
    assert len(syncs.schedules()) == len(syncs.runs()) == len(PLATFORMS)
    login = first_login(connections)
    assert login is not None and login[0] == OWNER
    assert first_login(connections) is None


def test_a_newcomer_logs_in_sees_runs_and_leaves_nothing_behind(tmp_path: Path) -> None:
    root, port = copy_project(tmp_path), _free_port()
    variables = {name: value for name, value in os.environ.items() if name not in {"ENGARDE_STORE", "ENGARDE_KEYS"}}
    command = [sys.executable, "-m", "demo.serve", "--port", str(port), "--people", "10", "--root", str(root)]
    log = (tmp_path / "log").open("wb+")
    process = subprocess.Popen(command, stdout=log, stderr=log, env={**variables, "COLUMNS": "300"}, cwd=ROOT)
    try:
        address = f"http://127.0.0.1:{port}"
        _until(lambda: requests.get(f"{address}/ready", timeout=5).status_code == 200, process, tmp_path / "log")
        said = (tmp_path / "log").read_text()
        found = re.search(rf"log in as {OWNER} with (\S+)", said)
        assert found, said
        browser = requests.Session()
        login = {"workspace": TENANT, "email": OWNER, "password": found[1]}
        entered = browser.post(f"{address}/api/v1/session", json=login, timeout=60)
        assert entered.ok, entered.text + said
        _until(
            lambda: any(run["status"] == "running" for run in _items(browser, f"{address}/api/v1/syncs")),
            process, tmp_path / "log",
        )  # fmt: skip
        assert {each["name"] for each in _items(browser, f"{address}/api/v1/connections")} == set(PLATFORMS)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            assert process.wait(90) in {0, 130}
        finally:
            process.kill()
    assert _working_for(root) == []


def _items(browser: requests.Session, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = browser.get(address, timeout=60).json()["items"]
    return found


def _until(true: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 240
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if true():
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.2)
    raise AssertionError(log.read_text())


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _working_for(root: Path) -> list[str]:
    """Processes that name the folder in their command or environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            known = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if str(root).encode() in known and folder.name != str(os.getpid()):
            found.append(known[:200].decode(errors="replace"))
    return found
