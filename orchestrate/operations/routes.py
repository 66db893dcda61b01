"""Addresses for whoever looks after the service: does it live, can it work, and its figures."""

from __future__ import annotations

import hmac
import os

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

router = APIRouter(include_in_schema=False)
TOKEN = "ENGARDE_METRICS_TOKEN"  # noqa: S105 # the variable's name
_HERE = {"127.0.0.1", "::1"}


@router.get("/health")
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/ready")
def ready(request: Request) -> dict[str, str]:
    """The store answers too; 503 otherwise."""
    try:
        with request.app.state.store.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        raise HTTPException(503, "the store does not answer; its server's log says why") from None
    return {"status": "ready"}


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures for Prometheus: to who bears ENGARDE_METRICS_TOKEN, or, where none is set, to this machine alone."""
    if not _may_see(request):
        raise HTTPException(403, f"give the token that {TOKEN} sets as a Bearer token")
    return Response(request.app.state.figures.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)


def _may_see(request: Request) -> bool:
    token = os.environ.get(TOKEN)
    if token:
        given = request.headers.get("authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {token}".encode())
    # A proxy on this machine asks for others.
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    return request.client is not None and request.client.host in _HERE and not forwarded
