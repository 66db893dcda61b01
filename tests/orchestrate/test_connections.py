"""Connections as their users meet them: by the command line, and by a tap that is told a connection's name."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import HIDDEN, ConnectionRefusedError, Connections
from orchestrate.connections.tokens import StoredTokens
from orchestrate.store.database import open_store
from orchestrate.vault.keys import VaultError, new_key
from taps.cli import app
from taps.engine.errors import BadSetting, LoginRefused
from taps.kinds import tap_class
from tests.engine.vendor import Asked, Vendor, vendor

PROGRAMS = Path(sys.executable).parent
CANARY = "pat-canary-4711"


def run(*command: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]], input=given or "", capture_output=True, text=True, timeout=240,
        check=False, env={**os.environ, "ENGARDE_TENANT": "acme"},
    )  # fmt: skip


@contextmanager
def hubspot(token: str = CANARY) -> Iterator[Vendor]:
    """A HubSpot whose lists are empty, for whoever brings the token."""

    def answer(asked: Asked) -> Any:
        if asked.headers.get("Authorization") != f"Bearer {token}":
            return 401, {"category": "INVALID_AUTHENTICATION"}
        return {"results": [], "lists": [], "events": [], "total": 0}

    with vendor(answer) as found:
        yield found


def test_a_connection_is_made_tried_used_and_forgotten_by_the_command_line(environment: Path, tmp_path: Path) -> None:
    with hubspot() as found:
        settings = json.dumps({"access_token": CANARY, "api_url": found.url})
        steps = [run("engarde", "connection", "add", "hubspot", "--name", "main", "--file", "-", given=settings)]
        config = tmp_path / "tap.json"
        config.write_text(json.dumps({"connection": "main"}))
        tap = run("tap-hubspot", "--config", str(config), "--discover")
        steps += [run("engarde", "connection", *words) for words in (["list"], ["show", "main"], ["remove", "main"])]
        after = run("engarde", "connection", "list")
    assert [step.returncode for step in (*steps, tap, after)] == [0] * 6, [step.stderr for step in (*steps, tap)]
    assert "connected hubspot as main" in steps[0].stdout
    assert json.loads(steps[2].stdout) == {"connection_id": "main", "access_token": HIDDEN, "api_url": found.url}
    assert {stream["tap_stream_id"] for stream in json.loads(tap.stdout)["streams"]} >= {"contacts", "deals"}
    assert after.stdout == ""
    assert CANARY not in "".join(step.stdout + step.stderr for step in (*steps, tap, after))


def test_a_secret_lies_nowhere_in_the_open(connections: Connections, tmp_path: Path) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    if connections.store.engine.dialect.name == "sqlite":
        files = [path for path in tmp_path.iterdir() if path.name.startswith("store.db")]
        assert files
        assert not [path for path in files if CANARY.encode() in path.read_bytes()]
    with connections.store.engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    assert CANARY not in repr(connections.show("main"))
    assert connections.settings("main", "hubspot")["access_token"] == CANARY


@pytest.mark.parametrize(
    ("platform", "settings", "says"),
    [
        ("hubspott", {}, "there is no platform 'hubspott'; did you mean 'hubspot'"),
        ("hubspot", {"acces_token": "x"}, "setting 'acces_token' is not known; did you mean 'access_token'"),
        ("shopify", {"access_token": "x"}, "setting 'shop' is missing"),
        ("hubspot", {"access_token": CANARY, "start_date": "soon"}, "start_date"),
    ],
)
def test_settings_that_cannot_work_are_refused_and_nothing_is_kept(
    connections: Connections, platform: str, settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(BadSetting, match=says) as refused:
        connections.add(platform, "main", settings)
    assert CANARY not in str(refused.value)
    assert connections.all() == []


def test_names_are_unique_and_a_wrong_one_is_told_the_nearest(connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    with pytest.raises(ConnectionRefusedError, match="already; choose another name"):
        connections.add("stripe", "main", {"api_key": "sk_test_1"})
    with pytest.raises(ConnectionRefusedError, match="did you mean 'main'"):
        connections.show("mian")
    with pytest.raises(ConnectionRefusedError, match="one to hubspot, not to stripe"):
        connections.settings("main", "stripe")


def test_a_change_keeps_what_it_does_not_name(connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY, "start_date": "2025-01-01"})
    connections.change("main", {"start_date": None, "user_agent": "acme"})
    expected = {"connection_id": "main", "access_token": CANARY, "user_agent": "acme"}
    assert connections.settings("main", "hubspot") == expected
    with pytest.raises(BadSetting):
        connections.change("main", {"strat_date": "2025-01-01"})
    assert connections.settings("main", "hubspot") == expected


def test_a_try_keeps_what_the_vendor_said(connections: Connections) -> None:
    with hubspot() as found:
        connections.add("hubspot", "main", {"access_token": CANARY, "api_url": found.url})
        assert set(connections.test("main").values()) <= {"ok"} or connections.show("main").status == "ok"
        assert connections.show("main").checked_at is not None
        connections.change("main", {"access_token": "pat-canary-old"})
        assert connections.show("main").status == "new"
        with pytest.raises(LoginRefused):
            connections.test("main")
    shown = connections.show("main")
    assert shown.status == "reconnect"
    assert "pat-canary" not in str(shown.status_reason)


def test_what_is_tried_first_is_kept_with_what_the_try_found_or_not_at_all(connections: Connections) -> None:
    with hubspot() as found:
        with pytest.raises(LoginRefused, match=r"Check Access token \(HubSpot, Settings, Integrations, Private Apps"):
            connections.add("hubspot", "main", {"access_token": "pat-canary-old", "api_url": found.url}, test=True)
        assert connections.all() == []
        shown = connections.add("hubspot", "main", {"access_token": CANARY, "api_url": found.url}, test=True)
    assert (shown.status, shown.checked_at is not None) == ("ok", True)


def test_whose_account_it_is_is_learnt_by_a_try_and_forgotten_with_the_login(connections: Connections) -> None:
    def intercom(asked: Asked) -> Any:
        if asked.headers.get("Authorization") != f"Bearer {CANARY}":
            return 401, {"type": "error.list", "errors": [{"code": "unauthorized"}]}
        return {"type": "admin", "app": {"id_code": "acme1"}} if asked.path == "/me" else {"data": []}

    def account_of(name: str) -> dict[str, Any]:
        with connections.store.transaction(connections.tenant_id) as session:
            return connections.named(session, name).account

    with vendor(intercom) as found:
        settings = {"access_token": CANARY, "api_url": found.url}
        connections.add("intercom", "first", settings, test=True)
        connections.add("intercom", "later", settings)
        assert (account_of("first"), account_of("later")) == ({"workspace": "acme1"}, {})
        connections.test("later")
        assert account_of("later") == {"workspace": "acme1"}
        connections.change("later", {"start_date": "2025-01-01"})
        assert account_of("later") == {"workspace": "acme1"}
        connections.change("later", {"access_token": "of-another-workspace"})
        assert account_of("later") == {}
        connections.learn_account("later")
        assert account_of("later") == {}, "what the vendor refuses is not known"


@pytest.mark.parametrize("pair", ["access_token=pat-canary-4711", "access_token"])
def test_a_secret_on_the_command_line_is_refused(environment: Path, pair: str) -> None:
    refused = run("engarde", "connection", "add", "hubspot", "--set", pair)
    assert refused.returncode == 1
    assert refused.stderr.startswith("connection: --set access_token: ")
    assert CANARY not in refused.stderr


def test_a_default_that_meltano_gives_does_not_win_over_the_connection(
    connections: Connections, monkeypatch: pytest.MonkeyPatch
) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY, "max_concurrency": 3})
    monkeypatch.setenv("ENGARDE_TENANT", "acme")
    defaults = {"connection_id": "default", "max_concurrency": 8, "request_timeout": 60}
    made = tap_class("hubspot")(config={"connection": "main", "user_agent": "mine", **defaults})
    assert made.config["connection_id"] == "main"
    assert (made.config["max_concurrency"], made.config["request_timeout"]) == (3, 60)
    beside = tap_class("hubspot")(config={"connection": "main", "connection_id": "other", "max_concurrency": 5})
    assert (beside.config["connection_id"], beside.config["max_concurrency"]) == ("other", 5)


def test_a_tap_that_names_no_known_connection_says_so(environment: Path, tmp_path: Path) -> None:
    config = tmp_path / "tap.json"
    config.write_text(json.dumps({"connection": "main"}))
    refused = run("tap-hubspot", "--config", str(config))
    assert refused.returncode != 0
    assert "setting 'connection': there is no connection 'main'; there are none yet" in refused.stderr


def test_new_keys_seal_everything_anew_and_the_old_one_can_go(environment: Path, connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    old = environment.read_text()
    environment.write_text(new_key("second") + "\n" + old)
    rotated = run("engarde", "vault", "rotate")
    assert rotated.stdout == "acme: 2 settings sealed anew\n", rotated.stderr
    environment.write_text(environment.read_text().splitlines()[0])
    assert open_connections("acme").settings("main", "hubspot")["access_token"] == CANARY
    environment.write_text(old)
    with pytest.raises(VaultError, match="sealed with key 'second', at hand are first"):
        open_connections("acme")


def test_a_wrong_key_of_the_right_name_is_refused_at_the_start(environment: Path, connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    environment.write_text(new_key("first"))
    with pytest.raises(VaultError, match="is not the one that the store was sealed with"):
        open_connections("acme")


@pytest.mark.parametrize("command", [["serve"], ["sync", "work", "--until-idle"]])
def test_what_works_for_all_tenants_is_refused_where_one_tenants_key_is_not_at_hand(
    environment: Path, connections: Connections, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: None)
    monkeypatch.setattr("orchestrate.operations.logs.to_log", lambda: None)
    monkeypatch.setattr("orchestrate.syncs.worker.work", lambda *_, **__: None)
    assert CliRunner().invoke(app, command).exit_code == 0
    connections.add("hubspot", "main", {"access_token": CANARY})
    environment.write_text(new_key("second"))
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 1
    assert f"{command[0]}: the store was sealed with key 'first', at hand are second" in told.output


def test_one_worker_renews_and_the_others_take_what_it_got(connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    spent: list[str] = []

    def renew(_: int) -> str:
        # A store of its own, as another process has; closed, for a server has only so many connections.
        with closing(open_store(Path())) as store:
            return renewed(
                StoredTokens(Connections(store, connections.vault, connections.tenant_id, "user test"), "main")
            )

    def renewed(tokens: StoredTokens) -> str:
        with tokens.lock():
            kept = tokens.read()
            if kept["access_token"] != CANARY:
                return kept["access_token"]
            spent.append(CANARY)
            assert tokens.write({"access_token": "pat-canary-new"})
            return "pat-canary-new"

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(renew, range(100))) == {"pat-canary-new"}
    assert len(spent) == 1


def test_a_renewal_that_came_too_late_overwrites_nothing(connections: Connections) -> None:
    connections.add("hubspot", "main", {"access_token": CANARY})
    late, other = StoredTokens(connections, "main"), StoredTokens(connections, "main")
    late.read()
    other.read()
    assert other.write({"access_token": "pat-canary-new"})
    assert not late.write({"access_token": "pat-canary-late"})
    assert late.read()["access_token"] == "pat-canary-new"
