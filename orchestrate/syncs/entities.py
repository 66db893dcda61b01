"""Syncs by what they are for: a tenant's orders, customers or campaigns at a platform."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from orchestrate.connections.opening import open_connections
from orchestrate.connections.service import NoConnectionError
from orchestrate.syncs.service import Schedule, Syncs
from taps.registry import get_adapter_registry
from taps.staging_streams import streams_of


def schedule_sync(tenant: str, platform: str, entity: str, frequency: str, *, time_zone: str = "UTC") -> list[Schedule]:
    """Loads what a unified entity is made from again and again, in each of the tenant's connections to the platform.

    `entity` is one of those in `engarde list` (`orders`, `customers`), `frequency` as in `every 15 minutes`. Raises
    `BadSetting`, `UnknownPlatformError`, `NoConnectionError` or `FrequencyError`.
    """
    with _meant(tenant, platform, entity) as (syncs, names, streams):
        return [syncs.schedule(name, frequency, time_zone=time_zone, streams=streams) for name in names]


def trigger_sync(tenant: str, platform: str, entity: str) -> list[str]:
    """Queues a load of what a unified entity is made from; returns the id of one run for each connection.

    Raises as `schedule_sync`.
    """
    with _meant(tenant, platform, entity) as (syncs, names, streams):
        return [syncs.trigger(name, streams=streams) for name in names]


@contextmanager
def _meant(tenant: str, platform: str, entity: str) -> Iterator[tuple[Syncs, list[str], tuple[str, ...]]]:
    resolved = get_adapter_registry().resolve(platform)
    streams = streams_of(resolved, entity)
    connections = open_connections(tenant)
    try:
        names = [each.name for each in connections.all() if each.platform == resolved]
        if not names:
            raise NoConnectionError(f"{tenant} has no connection to {resolved}; `engarde connection add` makes one")
        yield Syncs(connections.store, connections.tenant_id, connections.actor), names, streams
    finally:
        connections.store.close()
