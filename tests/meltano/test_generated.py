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


STRIPE = "  - name: tap-stripe\n    variant: engarde\n"


def test_a_platform_that_the_list_lacks_is_listed_and_one_that_is_gone_is_not() -> None:
    text = (ROOT / "plugins" / "taps.meltano.yml").read_text()
    without = text.replace(STRIPE, "  - name: tap-gone\n    variant: engarde\n")
    assert without != text
    assert listed(without) == text


def test_settings_that_meltano_wrote_into_the_list_survive() -> None:
    text = (ROOT / "plugins" / "taps.meltano.yml").read_text()
    own = text.replace(STRIPE, f"{STRIPE}    config:\n      start_date: '2025-01-01'\n").replace(
        "name: tap-shopify", "name: tap-gone"
    )
    assert "start_date: '2025-01-01'" in listed(own)
    assert "tap-shopify" in listed(own)


def test_lists_of_two_branches_merge_in_any_order() -> None:
    text = (ROOT / "plugins" / "taps.meltano.yml").read_text()
    merged = text.replace(STRIPE, "") + STRIPE
    assert listed(merged) == merged
