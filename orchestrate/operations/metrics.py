"""Figures for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/

Counts of requests are this process's; what is counted in the store is read when it is asked for, over all tenants. No
figure names a tenant or a connection.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, SyncResult, SyncRun

Counted = Callable[[Session, str], Counter[tuple[str, ...]]]
"""Counts a tenant's rows in its transaction, by the values of labels."""


class Figures:
    """The figures of one process over one store."""

    def __init__(self, store: Store) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "engarde_http_request_seconds", "How long requests took.", ["method", "route", "status"],
            registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Kept(store))

    def text(self) -> bytes:
        """All figures in Prometheus' text form."""
        return generate_latest(self.registry)


class Measured:
    """Times every request by its route: addresses hold names, and their number has no bound."""

    def __init__(self, app: ASGIApp, figures: Figures) -> None:
        self._app, self._figures = app, figures

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on and notes how it ended."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            labels = self._figures.requests.labels(scope["method"], _route(scope), str(status))
            labels.observe(time.perf_counter() - began)
        return None


def _route(scope: Scope) -> str:
    """The path with its parameters' names instead of their values; `none` where there is no such route."""
    if "endpoint" not in scope:
        return "none"
    parts = scope["path"].split("/")
    for name, value in reversed(scope.get("path_params", {}).items()):
        if str(value) in parts:
            place = len(parts) - 1 - parts[::-1].index(str(value))
            parts[place] = f"{{{name}}}"
    return "/".join(parts)


class _Kept(Collector):
    """What the store holds, counted when it is asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        tenants = self._store.tenants()
        yield GaugeMetricFamily("engarde_tenants", "Tenants.", value=len(tenants))
        for name, (told, labels, count) in KEPT.items():
            total: Counter[tuple[str, ...]] = Counter()
            for tenant_id, _ in tenants:
                with self._store.transaction(tenant_id) as session:
                    total += count(session, tenant_id)
            family = GaugeMetricFamily(name, told, labels=labels)
            for values, number in sorted(total.items()):
                family.add_metric(values, number)
            yield family


def _connections(session: Session, tenant_id: str) -> Counter[tuple[str, ...]]:
    by_state = (
        select(PlatformConnection.platform, PlatformConnection.status, func.count())
        .where(PlatformConnection.tenant_id == tenant_id)
        .group_by(PlatformConnection.platform, PlatformConnection.status)
    )
    return Counter({(platform, status): number for platform, status, number in session.execute(by_state)})


def _of_results(figure: Any) -> Counted:
    """Sums a figure of all kept runs by platform."""

    def counted(session: Session, tenant_id: str) -> Counter[tuple[str, ...]]:
        by_platform = (
            select(PlatformConnection.platform, func.sum(figure))
            .join(SyncRun, (SyncRun.tenant_id == SyncResult.tenant_id) & (SyncRun.id == SyncResult.run_id))
            .join(
                PlatformConnection,
                (PlatformConnection.tenant_id == SyncRun.tenant_id) & (PlatformConnection.id == SyncRun.connection_id),
            )
            .where(SyncResult.tenant_id == tenant_id)
            .group_by(PlatformConnection.platform)
        )
        return Counter({(platform,): round(number) for platform, number in session.execute(by_platform)})

    return counted


KEPT: dict[str, tuple[str, list[str], Counted]] = {
    "engarde_connections": ("Connections by platform and state.", ["platform", "status"], _connections),
    "engarde_sync_rows": ("Rows written in all runs.", ["platform"], _of_results(SyncResult.rows)),
    "engarde_sync_requests": ("Requests to vendors in all runs.", ["platform"], _of_results(SyncResult.requests)),
    "engarde_sync_bytes": ("Bytes of their answers.", ["platform"], _of_results(SyncResult.bytes)),
    "engarde_sync_waited_seconds": ("What limits cost.", ["platform"], _of_results(SyncResult.waited)),
}
"""Name, help, labels and count of each figure of the store."""
