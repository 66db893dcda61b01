"""Traces reach whoever collects them by OTLP, and hold no value of a statement."""

from __future__ import annotations

import builtins
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from orchestrate.access.service import ApiKeys
from orchestrate.api.app import create_app
from orchestrate.connections.service import Connections
from orchestrate.operations.errors import OperationError


@pytest.fixture
def collector() -> Iterator[tuple[str, list[ExportTraceServiceRequest]]]:
    received: list[ExportTraceServiceRequest] = []

    class Collects(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(ExportTraceServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Collects)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


@pytest.fixture
def traced() -> Iterator[None]:
    """Statements are traced once in a process: what one test asked for would hold for the next."""
    yield
    SQLAlchemyInstrumentor().uninstrument()


@pytest.mark.usefixtures("traced")
def test_a_request_and_its_statements_are_one_trace(
    connections: Connections, collector: tuple[str, list[ExportTraceServiceRequest]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, received = collector
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    key = ApiKeys(connections.store, connections.tenant_id, "user test").add("all", ["connections:read"])
    connections.add("hubspot", "main", {"access_token": "pat-canary-9"})
    app = create_app(connections.store, connections.vault)
    answer = TestClient(app).get("/api/v1/connections/main", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200
    app.state.traces.shutdown()
    spans = [
        span for each in received for one in each.resource_spans for scope in one.scope_spans for span in scope.spans
    ]
    asked = next(span for span in spans if span.name.startswith("GET") and "connections" in span.name)
    statements = [span for span in spans if span.name.startswith("SELECT") and span.trace_id == asked.trace_id]
    assert statements
    said = b"".join(each.SerializeToString() for each in received)
    assert key.encode() not in said and b"pat-canary-9" not in said


def test_missing_packages_are_named(connections: Connections, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("opentelemetry.instrumentation"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(OperationError, match="pip install 'engarde\\[tracing\\]'"):
        create_app(connections.store, connections.vault)
