"""What docs/deploy.md and the compose file say, held against the code: commands, variables, and the role's script."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from orchestrate.project import ROOT
from orchestrate.store.database import Store
from sandbox.running import running
from tests.meltano.project_copy import copy_project
from tests.postgres import embedded_server

DEPLOY = ROOT / "orchestrate" / "deploy"
VARIABLE = re.compile(r"\bENGARDE_[A-Z_]+\b")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    return found


def test_every_command_of_the_compose_file_is_there_with_its_options(compose: dict[str, Any]) -> None:
    given = [service["command"] for service in compose["services"].values() if "command" in service]
    commands = [command if command[0] != "sh" else re.search(r"engarde .*", command[2])[0].split() for command in given]
    assert [command[:2] for command in commands] == [["engarde", each] for each in ("serve", "sync", "backup")]
    for command in commands:
        options = {word for word in command if word.startswith("--")}
        words = [word for word in command[1:] if not word.startswith("-") and word.isalpha()]
        told = subprocess.run(
            [sys.executable, "-m", "taps.start", *words, "--help"], capture_output=True, text=True, timeout=240,
            check=True, env={"COLUMNS": "200", "NO_COLOR": "1"},
        ).stdout  # fmt: skip
        assert options <= set(re.findall(r"--[a-z-]+", told)), told


def test_every_variable_that_the_service_reads_is_documented() -> None:
    read = {
        name
        for path in (ROOT / "orchestrate").rglob("*.py")
        for name in VARIABLE.findall(path.read_text(encoding="utf-8"))
    }
    documented = {name for path in (ROOT / "docs").glob("*.md") for name in VARIABLE.findall(path.read_text())}
    assert read - documented - {"ENGARDE_DUCKDB_PATH", "ENGARDE_DBT_TARGET_NAME", "ENGARDE_CONNECTED"} == set()


def test_the_compose_files_variables_are_those_of_the_service(compose: dict[str, Any]) -> None:
    given = set(compose["x-engarde"]["environment"])
    assert given and given <= set(VARIABLE.findall((ROOT / "docs" / "deploy.md").read_text()))


def test_neither_secrets_nor_this_machines_environment_get_into_the_image(compose: dict[str, Any]) -> None:
    beside = {f"orchestrate/deploy/{Path(each['file']).name}" for each in compose["secrets"].values()}
    kept_out = set((ROOT / ".dockerignore").read_text().split("\n"))
    assert beside == {"orchestrate/deploy/keys"}
    assert beside | {"orchestrate/deploy/.env", ".venv", "output"} <= kept_out
    (volume,) = compose["x-engarde"]["volumes"]
    assert volume.split(":")[1] == "/engarde/output" and "WORKDIR /engarde\n" in (DEPLOY / "Dockerfile").read_text()


@pytest.mark.parametrize(
    ("now", "sleeps"), [("01:59:59", 1), ("02:00:00", 86_400), ("02:00:01", 86_399), ("12:00:00", 50_400)]
)
def test_the_nightly_copy_waits_until_two(compose: dict[str, Any], now: str, sleeps: int) -> None:
    script = compose["services"]["copies"]["command"][2].replace("$$", "$")
    seconds = re.search(r"sleep (.*); do", script)[1].replace("$(date -u +%s)", f"$(date -u -d '2026-12-01 {now}' +%s)")
    told = subprocess.run(["sh", "-c", f"echo {seconds}"], capture_output=True, text=True, check=True).stdout
    assert int(told) == sleeps


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may write anywhere")
def test_the_images_user_may_write_whatever_a_sync_writes(tmp_path: Path) -> None:
    """Who is root here gives up the right to write where nobody may."""
    own = re.search(r"chown -R engarde ((?:[\w./]+ ?)+)", (DEPLOY / "Dockerfile").read_text())
    assert own is not None
    root, home = copy_project(tmp_path), tmp_path / "home"
    home.mkdir()
    for name in own[1].split():
        (root / name).mkdir(parents=True, exist_ok=True)
    free = {root / name for name in own[1].split()}
    for path in (root, *root.rglob("*")):
        if path not in free and not path.is_symlink():
            path.chmod(path.stat().st_mode & 0o555)
    bound = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    with running(seed=7, people=20) as box:
        variables = {
            "HOME": str(home), "ENGARDE_DUCKDB_PATH": str(root / "output" / "w.duckdb"), "PYTHONPATH": str(ROOT),
            "TARGET_DUCKDB_PATH": str(root / "output" / "w.duckdb"), "TAP_STRIPE_API_KEY": "rk_test_engarde",
            "TAP_STRIPE_API_URL": f"http://127.0.0.1:{box.port}/stripe/v1",
            "MELTANO_DATABASE_URI": f"sqlite:///{root}/output/meltano.db", "PYTHONDONTWRITEBYTECODE": "1",
        }  # fmt: skip
        for command in (
            ["meltano.cli", "--environment=dev", "run", "tap-stripe", "target-duckdb"],
            ["transform.launch", "build", "--target", "duckdb", "--quiet", "--no-write-json", "--select", "+orders",
             "--exclude-resource-type", "test", "unit_test"],
        ):  # fmt: skip
            done = subprocess.run(
                [*bound, sys.executable, "-m", *command],
                cwd=root, env={**os.environ, **variables}, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]


@pytest.mark.skipif(shutil.which("psql") is None, reason="psql is not installed")
def test_the_roles_script_makes_a_role_that_the_store_accepts(tmp_path: Path) -> None:
    with embedded_server() as host:
        subprocess.run(
            ["psql", "-h", host, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-f", str(DEPLOY / "role.sql")],
            check=True, capture_output=True, env={"POSTGRES_PASSWORD": "it's secret", "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        with psycopg.connect(host=host, user="postgres", autocommit=True) as admin:
            (above,) = admin.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname='engarde'").fetchone()  # type: ignore[misc]
            assert above is False
            store = Store(f"postgresql://engarde@/engarde?host={host}")
            store.migrate()
            assert store.tenants() == []
            store.close()
            admin.execute("DROP DATABASE engarde")
            admin.execute("DROP ROLE engarde")
