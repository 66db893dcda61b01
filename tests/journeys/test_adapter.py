"""The adapter: entities as Python values, by the same staging models as the warehouse."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.running import Box, running
from taps.engine.errors import BadSetting, LoginRefused
from taps.registry import get_adapter_registry
from tests.journeys.test_first_pipeline import config


class Connections:
    """A store of one tenant's settings."""

    def __init__(self, box: Box, **changed: Any) -> None:
        self.box, self.changed = box, changed

    def settings(self, tenant_id: str, platform: str) -> Mapping[str, Any]:
        if tenant_id != "shop-1":
            raise LookupError(tenant_id)
        return {**config(self.box, platform), **self.changed}


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with running(seed=9, people=60) as box:
        yield box


def test_orders_come_in_the_unified_shape_and_bounded_by_dates(box):
    adapter = get_adapter_registry().get_adapter("Shopify", "shop-1", Connections(box))
    assert adapter.get_platform_name() == "shopify"
    orders = adapter.fetch_orders()
    live = box.world.snapshot().orders.live
    assert {order["source_record_id"] for order in orders} == set(live)
    assert len(adapter.fetch_orders(limit=3)) == 3
    since = datetime.fromtimestamp(box.world.now, UTC) - timedelta(days=30)
    recent = {order["source_record_id"] for order in adapter.fetch_orders(date_from=since)}
    assert recent == {order.id for order in live.values() if order.updated >= since.timestamp()}


def test_what_a_platform_lacks_is_an_error_that_names_what_it_has(box):
    adapter = get_adapter_registry().get_adapter("stripe", "shop-1", Connections(box))
    with pytest.raises(BadSetting, match="there are no campaigns; there are .*customers"):
        adapter.fetch_campaigns()
    assert "customers" in adapter.get_supported_entities()


def test_a_connection_is_tested_stream_by_stream(box):
    connections = Connections(box)
    found = get_adapter_registry().get_adapter("stripe", "shop-1", connections).test_connection()
    assert set(found.values()) == {"ok"}
    assert "customers" in found
    refused = get_adapter_registry().get_adapter("stripe", "shop-1", Connections(box, api_key="rk_wrong"))
    with pytest.raises(LoginRefused):
        refused.test_connection()
    with pytest.raises(LookupError):
        get_adapter_registry().get_adapter("stripe", "shop-2", connections)
