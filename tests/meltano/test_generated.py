import json

import pytest

from plugins.generate import ROOT, generated, listed, stale
from taps.kinds import kind_of, platforms


def test_lock_files_and_lists_say_what_the_manifests_say() -> None:
    assert stale() == [], "run `make generate`"


@pytest.mark.parametrize("platform", platforms())
def test_a_tap_is_defined_for_work_without_a_network(platform: str) -> None:
    tap = f"tap-{platform.replace('_', '-')}"
    lock = json.loads((ROOT / "plugins" / "extractors" / f"{tap}--engarde.lock").read_text())
    assert lock["namespace"] == platform
    assert lock["executable"] == tap
    assert "pip_url" not in lock
    assert {"catalog", "discover", "state", "about"} <= set(lock["capabilities"])
    common = {"start_date", "connection_id"} | ({"api_url"} if kind_of(platform) == "api" else set())
    assert common <= {setting["name"] for setting in lock["settings"]}


def test_secrets_are_passwords() -> None:
    secrets = {
        (path.name.split("--")[0], setting["name"])
        for path in generated()
        if path.suffix == ".lock"
        for setting in json.loads(path.read_text())["settings"]
        if setting.get("kind") == "password"
    }
    assert {
        ("tap-stripe", "api_key"),
        ("tap-shopify", "access_token"),
        ("tap-hubspot", "access_token"),
        ("tap-google-ads", "developer_token"),
        ("tap-google-ads", "refresh_token"),
        ("target-postgres", "password"),
    } <= secrets


def test_what_a_user_wrote_into_meltano_yml_survives() -> None:
    own = (ROOT / "meltano.yml").read_text().replace('interval: "@hourly"', 'interval: "7 * * * *"  # my own')
    assert "my own" in own
    assert listed(own) == own


def test_a_platform_that_meltano_yml_lacks_is_listed() -> None:
    text = (ROOT / "meltano.yml").read_text()
    without = text.replace("  - name: tap-stripe\n    variant: engarde\n", "")
    without = without.replace("  - tap-stripe target-duckdb\n", "", 1)
    assert without.count("tap-stripe target-duckdb") == 1
    back = listed(without)
    assert "- name: tap-stripe\n    variant: engarde" in back
    assert back.count("- tap-stripe target-duckdb") == 2
