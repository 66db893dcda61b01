"""Refresh tokens that a vendor replaces at every use outlive the config file that a run was given."""

import json
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from taps.engine.api import ManifestTap
from tests.engine.vendor import Asked, Vendor, platform, vendor

AUTH = """
auth:
  app:
    kind: oauth2
    docs: https://acme.example/docs/oauth
    authorize: https://acme.example/oauth
    token: https://acme.example/token
    refresh: rotating
http: {base: https://api.acme.example}
"""
STREAMS = """
streams:
  items:
    docs: https://acme.example/docs/items
    path: /items
    records: data
    key: [id]
    deletes: never
    fields: {id: string!}
"""


class Rotating:
    """Takes each refresh token once; a second use ends the login, as vendors that rotate do."""

    def __init__(self, first: str) -> None:
        self.valid, self.given = first, 0

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/items":
            good = asked.headers.get("Authorization") == f"Bearer access-{self.given}"
            return {"data": [{"id": "1"}]} if good else (401, {})
        if parse_qs(asked.body)["refresh_token"] != [self.valid]:
            self.valid = "none"
            return 400, {"error": "invalid_grant"}
        self.given += 1
        self.valid = f"refresh-{self.given}"
        return {"access_token": f"access-{self.given}", "expires_in": 30, "refresh_token": self.valid}


@pytest.fixture
def tap(tmp_path: Path) -> type[ManifestTap]:
    return platform(tmp_path / "acme", STREAMS, auth=AUTH)


@contextmanager
def generated(folder: Path, settings: dict[str, Any]) -> Iterator[Path]:
    """A config file as Meltano makes one for a run and throws it away."""
    file = folder / f"tap.{uuid.uuid4()}.config.json"
    file.write_text(json.dumps(settings))
    yield file
    file.unlink()


def given(found: Vendor, **settings: Any) -> dict[str, Any]:
    return {
        "client_id": "app",
        "client_secret": "s",
        "api_url": found.url,
        "auth_url": f"{found.url}/token",
        **settings,
    }


def run(tap: type[ManifestTap], folder: Path, found: Vendor, **settings: Any) -> int:
    with generated(folder, given(found, **settings)) as file:
        try:
            tap.cli(args=["--config", str(file)])
        except SystemExit as ended:
            return int(ended.code or 0)
    return 0


def test_a_rotated_token_is_found_again_under_a_config_file_made_anew(tap, tmp_path, capfd):
    store = tmp_path / "state"
    with vendor(Rotating("refresh-0")) as found:
        for _ in range(3):
            assert run(tap, tmp_path, found, refresh_token="refresh-0", token_store=str(store)) == 0
    (kept,) = store.glob("acme-*.json")
    assert json.loads(kept.read_text())["refresh_token"] == "refresh-3"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    written = "".join(capfd.readouterr())
    assert "refresh-" not in written
    assert "access-" not in written


def test_a_login_given_anew_starts_afresh_and_two_logins_do_not_meet(tap, tmp_path):
    store = str(tmp_path / "state")
    with vendor(Rotating("a")) as found, vendor(Rotating("b")) as other:
        for _ in range(2):
            assert run(tap, tmp_path, found, refresh_token="a", token_store=store) == 0
            assert run(tap, tmp_path, other, refresh_token="b", token_store=store) == 0
    with vendor(Rotating("c")) as again:
        assert run(tap, tmp_path, again, refresh_token="c", token_store=store) == 0


def test_without_a_setting_tokens_lie_in_the_users_state(tap, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "home"))
    with vendor(Rotating("refresh-0")) as found:
        assert run(tap, tmp_path, found, refresh_token="refresh-0") == 0
        assert run(tap, tmp_path, found, refresh_token="refresh-0") == 0
    assert len(list((tmp_path / "home" / "engarde" / "tokens").glob("acme-*.json"))) == 1


def test_a_folder_that_cannot_be_written_is_said_and_the_run_goes_on(tap, tmp_path, caplog):
    (tmp_path / "file").write_text("")
    with vendor(Rotating("refresh-0")) as found:
        settings = given(found, refresh_token="refresh-0", token_store=str(tmp_path / "file"))
        made = tap(config=settings)
        made.sync_all()
    assert "could not be kept: set token_store" in caplog.text
