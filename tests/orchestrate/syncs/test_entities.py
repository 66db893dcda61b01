"""A tenant's orders at a platform, said as such: its connections and the streams that its models read."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrate.connections.service import Connections, NoConnectionError
from orchestrate.syncs import schedule_sync, trigger_sync
from orchestrate.syncs.service import Syncs
from taps.engine.errors import BadSetting
from taps.kinds import load, platforms
from taps.registry import entities_of
from taps.staging_streams import streams_of
from tests.orchestrate.stores import sqlite_address

HUBSPOT = {"access_token": "pat-canary-1"}


@pytest.fixture
def address(tmp_path: Path) -> str:
    """Nothing here depends on the engine."""
    return sqlite_address(tmp_path)


@pytest.mark.parametrize("platform", [name for name in platforms() if entities_of(name)])
def test_every_entity_of_every_platform_comes_from_streams_that_its_tap_has(platform: str) -> None:
    manifest = load(platform)
    for entity in entities_of(platform):
        assert set(streams_of(platform, entity)) <= set(manifest.streams), entity


def test_streams_that_a_macro_or_a_loop_names_are_found() -> None:
    assert streams_of("square", "payments") == ("payments",)
    assert streams_of("quickbooks", "orders") == ("invoices", "sales_receipts")
    assert streams_of("amazon_ads", "campaigns") == ("profiles", "sb_campaigns", "sd_campaigns", "sp_campaigns")


def test_an_entity_is_loaded_and_scheduled_in_every_connection_of_the_platform(connections: Connections) -> None:
    connections.add("hubspot", "main", HUBSPOT)
    connections.add("hubspot", "other", HUBSPOT)
    connections.add("stripe", "shop", {"api_key": "rk_test_1"})
    syncs = Syncs(connections.store, connections.tenant_id, "user test")
    runs = [syncs.run(each) for each in trigger_sync("acme", "HubSpot", "customers")]
    assert {(run.connection, run.streams) for run in runs} == {
        ("main", streams_of("hubspot", "customers")), ("other", streams_of("hubspot", "customers")),
    }  # fmt: skip
    made = schedule_sync("acme", "stripe", "payments", "daily at 06:30", time_zone="Europe/Berlin")
    assert [(each.connection, each.cron, each.time_zone) for each in syncs.schedules()] == [
        ("shop", "30 6 * * *", "Europe/Berlin")
    ]
    assert "charges" in made[0].streams
    assert len(syncs.runs()) == 2


def test_what_is_not_there_is_named(connections: Connections) -> None:
    with pytest.raises(BadSetting, match="there are no campaigns; there are customer_identifiers"):
        trigger_sync("acme", "stripe", "campaigns")
    with pytest.raises(NoConnectionError, match="acme has no connection to stripe"):
        trigger_sync("acme", "stripe", "payments")
