"""Figures for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats/

Counts of requests are this process's; what is counted in the store is read when it is asked for, over all tenants. No
figure names a tenant or a connection.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrate.store.database import Store
from orchestrate.store.tables import PlatformConnection, PlatformTotal


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
    """What the store holds: a few rows for all runs, and connections counted anew once a minute at the most."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._counted: tuple[int, Counter[tuple[str, str]]] = (0, Counter())
        self._counted_at = float("-inf")

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        if time.monotonic() - self._counted_at >= COUNTED_FOR:
            self._counted, self._counted_at = self._count(), time.monotonic()
        tenants, connections = self._counted
        yield GaugeMetricFamily("engarde_tenants", "Tenants.", value=tenants)
        words = "Connections by platform and state."
        told = GaugeMetricFamily("engarde_connections", words, labels=["platform", "status"])
        for values, number in sorted(connections.items()):
            told.add_metric(values, number)
        yield told
        with self._store.across_tenants() as session:
            totals = session.scalars(select(PlatformTotal).order_by(PlatformTotal.platform)).all()
            session.expunge_all()
        for name, (said, figure) in TOTALS.items():
            family = GaugeMetricFamily(name, said, labels=["platform"])
            for row in totals:
                family.add_metric([row.platform], round(getattr(row, figure)))
            yield family

    def _count(self) -> tuple[int, Counter[tuple[str, str]]]:
        found: Counter[tuple[str, str]] = Counter()
        tenants = self._store.tenants()
        with self._store.snapshot() as session:
            for tenant_id, _ in tenants:
                self._store.see(session, tenant_id)
                by_state = (
                    select(PlatformConnection.platform, PlatformConnection.status, func.count())
                    .where(PlatformConnection.tenant_id == tenant_id)
                    .group_by(PlatformConnection.platform, PlatformConnection.status)
                )
                found.update({(platform, status): number for platform, status, number in session.execute(by_state)})
        return len(tenants), found


COUNTED_FOR = 60.0
"""Seconds."""
TOTALS = {
    "engarde_sync_rows": ("Rows written in all runs.", "rows"),
    "engarde_sync_requests": ("Requests to vendors in all runs.", "requests"),
    "engarde_sync_bytes": ("Bytes of their answers.", "bytes"),
    "engarde_sync_waited_seconds": ("What limits cost.", "waited"),
    "engarde_sync_answers": ("Whole answers of vendors in all runs.", "answers"),
    "engarde_sync_answering_seconds": ("How long they took to begin, all together.", "answering"),
}
"""Name -> help, and the column of the totals."""
