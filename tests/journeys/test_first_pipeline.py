"""Four taps through target-duckdb, twice: what the sandbox says exists is in the tables, and nothing else is alive."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb

from sandbox.running import Box, running
from sandbox.truth import STREAMS

BIN = Path(sys.executable).parent
KEYS = {
    ("google_ads", "campaigns"): "campaign_id",
    ("google_ads", "ad_groups"): "ad_group_id",
    ("google_ads", "ads"): "ad_group_ad_ad_id",
    ("google_ads", "keywords"): "ad_group_criterion_criterion_id",
}
NOT_COMPARED = {
    ("shopify", "customers"): "the shop only shows by a weekly comparison that one is gone",
}


def config(box: Box, platform: str) -> dict[str, Any]:
    return {
        "stripe": {"api_key": "rk_test_engarde", "api_url": box.url("stripe") + "/v1"},
        "shopify": {
            "access_token": "shpat_engarde",
            "shop": "engarde",
            "api_url": box.url("shopify") + "/admin/api/2026-07/graphql.json",
        },
        "hubspot": {"access_token": "pat-na1-engarde", "api_url": box.url("hubspot")},
        "google_ads": {
            "developer_token": "engarde-developer",
            "client_id": "engarde",
            "client_secret": "engarde-secret",
            "refresh_token": "1//engarde",
            "login_customer_id": "1000000000",
            "api_url": box.url("google_ads") + "/v25",
            "auth_url": box.url("google_ads") + "/oauth/token",
            "start_date": "2026-09-01",
        },
    }[platform]


def load(box: Box, folder: Path, platform: str) -> int:
    """Runs a tap into target-duckdb from its last state; gives back how many records it sent."""
    name = platform.replace("_", "-")
    (folder / f"{name}.json").write_text(json.dumps(config(box, platform)))
    (folder / "target.json").write_text(json.dumps({"path": str(folder / "warehouse.duckdb")}))
    state = folder / f"{name}.state.json"
    command = [str(BIN / f"tap-{name}"), "--config", str(folder / f"{name}.json")]
    command += ["--state", str(state)] if state.exists() else []
    tapped = subprocess.run(command, capture_output=True, timeout=170, check=False)
    assert tapped.returncode == 0, tapped.stderr.decode()[-2000:]
    loaded = subprocess.run(
        [str(BIN / "target-duckdb"), "--config", str(folder / "target.json")],
        input=tapped.stdout, capture_output=True, timeout=170, check=False,
    )  # fmt: skip
    assert loaded.returncode == 0, loaded.stderr.decode()[-2000:]
    state.write_bytes(loaded.stdout.splitlines()[-1])
    return tapped.stdout.count(b'{"type":"RECORD"')


def differences(box: Box, folder: Path) -> dict[tuple[str, str], tuple[int, int, int]]:
    """(platform, stream) -> how many live records there are, how many of them the table lacks and has too many."""
    now = box.world.snapshot()
    found = {}
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as warehouse:
        for collection, (platform, table) in STREAMS.items():
            expected = {str(identity) for identity in getattr(now, collection).live}
            key = KEYS.get((platform, table), "id")
            query = f'select "{key}" from {platform}.{table} where _sdc_deleted_at is null'
            live = {str(row[0]) for row in warehouse.execute(query).fetchall()}
            found[platform, table] = (len(expected), len(expected - live), len(live - expected))
    return found


def test_what_exists_is_loaded_then_a_day_passes_and_only_the_change_is(tmp_path):
    platforms = ("stripe", "shopify", "hubspot", "google_ads")
    with running(seed=11, people=120) as box:
        first = {platform: load(box, tmp_path, platform) for platform in platforms}
        assert {place: n for place, n in differences(box, tmp_path).items() if n[1:] != (0, 0)} == {}
        box.advance(days=2)
        second = {platform: load(box, tmp_path, platform) for platform in platforms}
        wrong = {place: n for place, n in differences(box, tmp_path).items() if n[1:] != (0, 0)}
    assert {place: n for place, n in wrong.items() if n[1] or place not in NOT_COMPARED} == {}
    assert second["stripe"] < first["stripe"] / 4
    assert second["shopify"] < first["shopify"] / 4
