"""Traces by OpenTelemetry, for who asks for them: `pip install engarde[tracing]` and an address to send them to."""

from __future__ import annotations

import os

from fastapi import FastAPI
from sqlalchemy import Engine

from orchestrate.operations.errors import OperationError

ADDRESS = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""As https://opentelemetry.io/docs/specs/otel/protocol/exporter/ names it; its other variables hold too."""


def trace(app: FastAPI, engine: Engine) -> bool:
    """Traces requests and statements, without their values, if the environment names an address; tells whether.

    Raises `OperationError` where the packages are missing.
    """
    if not os.environ.get(ADDRESS):
        return False
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
        from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise OperationError(
            f"{ADDRESS} asks for traces, whose packages are missing: pip install 'engarde[tracing]', or unset it"
        ) from None
    provider = TracerProvider(resource=Resource.create({"service.name": "engarde"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    FastAPIInstrumentor.instrument_app(app, tracer_provider=provider)
    SQLAlchemyInstrumentor().instrument(engine=engine, tracer_provider=provider)
    app.state.traces = provider
    return True
